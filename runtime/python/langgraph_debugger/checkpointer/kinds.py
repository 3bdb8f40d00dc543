"""What the checkpointer gives beyond LangGraph's own kinds, and who times it."""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

from langgraph.checkpoint.base import Checkpoint, CheckpointMetadata


class Edited(NamedTuple):
    """What a checkpoint was before an edit in place; `edited` is when, in milliseconds since 1970."""

    edited: int
    checkpoint: Checkpoint
    metadata: CheckpointMetadata


class Timer(Protocol):
    """Knows how supersteps went, and hears what the saver takes of their time."""

    def of(self, checkpoint_id: str) -> str | None:
        """The JSON of `checkpoints.timing`."""
        ...

    def spent(self, seconds: float) -> None:
        """Some time of the run's."""
        ...


class CheckpointKey(NamedTuple):
    """What tells a checkpoint from the others of its thread, and what is known of it."""

    ns: str
    id: str
    metadata: dict[str, Any]
