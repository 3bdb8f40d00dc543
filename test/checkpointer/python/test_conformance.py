"""LangGraph's own conformance suite, all eight capabilities of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.conformance import checkpointer_test, validate
from langgraph.checkpoint.conformance.capabilities import Capability
from langgraph_debugger.checkpointer import FileCheckpointer


@pytest.mark.parametrize("capability", [capability.value for capability in Capability])
def test_passes_every_test_of_the_capability(capability: str, tmp_path: Path) -> None:
    @checkpointer_test(name="FileCheckpointer")
    async def savers() -> AsyncGenerator[BaseCheckpointSaver[str], None]:
        with FileCheckpointer(tmp_path / "checkpoints.sqlite") as saver:
            yield saver

    report = asyncio.run(validate(savers, capabilities={capability}))

    result = report.results[capability]
    assert result.failures == []
    assert result.detected
    assert result.passed
    assert result.tests_passed > 0
