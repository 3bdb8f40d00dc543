"""Short ways to put and read checkpoints without a graph."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import Checkpoint, empty_checkpoint
from langgraph_debugger.checkpointer import CheckpointFileError, FileCheckpointer


def config_of(thread: str = "thread", ns: str = "", checkpoint: str | None = None) -> RunnableConfig:
    """A config as LangGraph passes it."""
    fields: dict[str, Any] = {"thread_id": thread, "checkpoint_ns": ns}
    if checkpoint is not None:
        fields["checkpoint_id"] = checkpoint
    return {"configurable": fields}


def checkpoint_of(values: dict[str, Any]) -> Checkpoint:
    """A new checkpoint with these channel values, each at version 1."""
    checkpoint = empty_checkpoint()
    checkpoint["channel_values"] = values
    checkpoint["channel_versions"] = dict.fromkeys(values, "00000001.00000000")
    return checkpoint


def put(
    saver: FileCheckpointer, values: dict[str, Any], config: RunnableConfig | None = None
) -> RunnableConfig:
    """Put a checkpoint with these values under `config`."""
    return saver.put(config or config_of(), checkpoint_of(values), {"source": "loop", "step": 1}, {})


def values_at(saver: FileCheckpointer, config: RunnableConfig) -> dict[str, Any]:
    """The channel values of a checkpoint, read back."""
    found = saver.get_tuple(config)
    assert found is not None
    return found.checkpoint["channel_values"]


def stored_bytes(saver: FileCheckpointer) -> int:
    """Bytes of all blobs and checkpoint rows in the file."""
    import sqlite3

    saver.flush()
    connection = sqlite3.connect(saver.path)
    try:
        (blobs,) = connection.execute("SELECT coalesce(sum(length(data) + 16), 0) FROM blobs").fetchone()
        (rows,) = connection.execute(
            "SELECT coalesce(sum(length(channels) + length(envelope)), 0) FROM checkpoints"
        ).fetchone()
    finally:
        connection.close()
    return int(blobs) + int(rows)


def refuse(path: Path) -> CheckpointFileError:
    """Open a file that cannot be opened."""
    with pytest.raises(CheckpointFileError) as caught:
        FileCheckpointer(path)
    assert str(path) in str(caught.value)
    return caught.value
