"""The steps of a thread, newest first, along the branch that leads to where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .graphs import KnownGraph
from .position import Threads, checkpoint_info, is_mark, status_of

if TYPE_CHECKING:
    from .protocol import HistoryEntry, HistoryResult


def history(
    threads: Threads, known: KnownGraph, thread_id: str, namespace: str, before: str | None, limit: int
) -> HistoryResult:
    """At most `limit` steps before the checkpoint `before` (None: with the newest)."""
    saved = threads.at(thread_id, namespace, before) if before else threads.latest(thread_id, namespace)
    if before:
        saved = _parent(threads, thread_id, namespace, saved)
    entries: list[HistoryEntry] = []
    while saved is not None and len(entries) < limit:
        parent = _parent(threads, thread_id, namespace, saved)
        entries.append(_entry(threads, known, thread_id, namespace, saved, parent))
        saved = parent
    return {"entries": entries, "more": saved is not None}


def _parent(threads: Threads, thread_id: str, namespace: str, saved: Any) -> Any:
    if saved is None or not saved.parent_config:
        return None
    return threads.at(thread_id, namespace, saved.parent_config["configurable"]["checkpoint_id"])


def _entry(
    threads: Threads, known: KnownGraph, thread_id: str, namespace: str, saved: Any, parent: Any
) -> HistoryEntry:
    following = _tasks(threads, known, thread_id, namespace, saved)
    parent_id = parent.checkpoint["id"] if parent is not None else None
    nodes: list[str] = []
    if parent is not None and saved.metadata.get("source") == "loop":
        wrote = {
            task_id
            for task_id, channel, _ in parent.pending_writes or ()
            if not is_mark(channel) and status_of([w for w in parent.pending_writes if w[0] == task_id]) == "done"
        }
        nodes = [task.name for task in _tasks(threads, known, thread_id, namespace, parent) if task.id in wrote]
    return {
        "checkpoint": checkpoint_info(
            saved.checkpoint, saved.metadata, namespace, parent_id, [task.name for task in following]
        ),
        "nodes": nodes,
        "graph": known.id,
    }


def _tasks(threads: Threads, known: KnownGraph, thread_id: str, namespace: str, saved: Any) -> list[Any]:
    """The tasks that follow a checkpoint, without LangGraph's own."""
    snapshot = threads.snapshot(known.graph, thread_id, namespace, saved.checkpoint["id"])
    return [task for task in snapshot.tasks if task.name != "__start__"]
