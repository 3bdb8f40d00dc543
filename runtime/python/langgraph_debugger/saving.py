"""The checkpointer that debugged graphs get, behind the few calls that the runtime makes of it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from .errors import RuntimeFailure


def open_saver(path: str, on_error: Callable[[str], None]) -> Any:
    """The checkpointer on the file at `path`; `on_error` is told, in a sentence, when a commit fails."""
    from .checkpointer import FileCheckpointer

    # LangGraph warns of each class of the user's that is read back, which a run without the debugger never
    # does.
    logging.getLogger("langgraph.checkpoint.serde.jsonplus").addFilter(_is_not_about_types)
    return FileCheckpointer(path, on_error=lambda error: on_error(str(error)))


def _is_not_about_types(record: logging.LogRecord) -> bool:
    return not str(record.msg).startswith("Deserializing unregistered type")


def flush(saver: Any) -> None:
    """Writes all that was put to disk."""
    saver.flush()


def replace(graph: Any, saver: Any) -> str | None:
    """Puts `saver` on the root graph; the type's name of the one that the user's graph brought, or None."""
    own = graph.checkpointer
    graph.checkpointer = saver
    return None if own is None or isinstance(own, bool) else type(own).__name__


def replace_in_subgraph(graph: Any, saver: Any) -> None:
    """
    A subgraph's own setting stays: None (the parent's), True (its own history in the parent's), False (none).
    Where it brings a checkpointer of its own, ours takes its place, so that the user's is not written to; its
    threads and namespaces are told apart in ours as they are in the user's.
    """
    own = graph.checkpointer
    if own is not None and not isinstance(own, bool):
        graph.checkpointer = saver


def failure_of(exc: BaseException) -> RuntimeFailure | None:
    """What the user is told where the checkpoint file can't be used; None for any other exception."""
    from .checkpointer import CheckpointFileError

    if isinstance(exc, CheckpointFileError):
        return RuntimeFailure("otherGraph" if exc.code == "otherLanguage" else "checkpointFile", str(exc))
    return None


def claim(saver: Any, thread_id: str, graph: str) -> None:
    """Refuses a thread that another graph made, and notes with a new one that `graph` makes it."""
    if not belongs_to(saver, thread_id, graph):
        saver.describe_thread(thread_id, graph=graph)


def belongs_to(saver: Any, thread_id: str, graph: str) -> bool:
    """False for a thread that no graph has made yet; refuses one that another graph made."""
    row = next((each for each in saver.threads() if each.id == thread_id), None)
    if row is None or not row.graph:
        return False
    if row.graph != graph:
        raise RuntimeFailure(
            "otherGraph",
            f"The thread {thread_id} was made by the graph {row.graph}, not by {graph}. Choose another "
            "`threadId`, or debug that graph.",
        )
    return True


def given(saver: Any, saved: Any) -> Any:
    """A checkpointer that has one checkpoint, which was read before: a large state is not decoded twice."""
    from langgraph.checkpoint.base import BaseCheckpointSaver, copy_checkpoint

    class Given(BaseCheckpointSaver[Any]):
        def get_tuple(self, config: Any) -> Any:
            # LangGraph applies pending writes to the checkpoint that it is given.
            return saved._replace(checkpoint=copy_checkpoint(saved.checkpoint))

        def __getattr__(self, name: str) -> Any:
            return getattr(saver, name)

        def get_delta_channel_history(self, **arguments: Any) -> Any:
            return saver.get_delta_channel_history(**arguments)

    return Given(serde=saver.serde)
