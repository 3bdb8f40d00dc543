"""Puts the Python runtime on the path and gives each test a checkpoint file of its own."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

RUNTIME = Path(__file__).parents[3] / "runtime" / "python"
sys.path.insert(0, str(RUNTIME))

from helpers import put  # noqa: E402  # needs the path above
from langgraph_debugger.checkpointer import FileCheckpointer  # noqa: E402  # needs the path above


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the test's checkpoint file goes."""
    return tmp_path / ".langgraph-debug" / "checkpoints.sqlite"


@pytest.fixture
def open_saver(path: Path) -> Iterator[Callable[[], FileCheckpointer]]:
    """Opens the test's file, as often as it is asked for; each is closed at the end."""
    savers: list[FileCheckpointer] = []

    def open_one() -> FileCheckpointer:
        saver = FileCheckpointer(path)
        savers.append(saver)
        return saver

    yield open_one
    for saver in savers:
        saver.close()


@pytest.fixture
def saver(open_saver: Callable[[], FileCheckpointer]) -> FileCheckpointer:
    """A saver on the test's file."""
    return open_saver()


@pytest.fixture
def filled(path: Path) -> Path:
    """A file with one committed checkpoint."""
    with FileCheckpointer(path) as saver:
        put(saver, {"text": "committed"})
    return path
