"""The steps of a thread, newest first, along the branch that leads to where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .graphs import START, KnownGraph
from .pending_writes import is_mark
from .position import Threads, checkpoint_info
from .saving import failure_of

if TYPE_CHECKING:
    from .protocol import HistoryEntry, HistoryResult


class History:
    """Reads the steps of one graph's checkpoints on a thread."""

    def __init__(self, threads: Threads, known: KnownGraph, thread_id: str, namespace: str) -> None:
        self._threads = threads
        self._known = known
        self._thread_id = thread_id
        self._namespace = namespace

    def read(self, before: str | None, limit: int) -> HistoryResult:
        """At most `limit` steps before the checkpoint `before` (None: with the newest)."""
        if before:
            saved = self._parent(self._threads.at(self._thread_id, self._namespace, before))
        else:
            saved = _unless_empty(self._threads.latest(self._thread_id, self._namespace))
        entries: list[HistoryEntry] = []
        while saved is not None and len(entries) < limit:
            parent = self._parent(saved)
            entries.append(self._entry(saved, parent))
            saved = parent
        return {"entries": entries, "more": saved is not None}

    def _parent(self, saved: Any) -> Any:
        if saved is None or not saved.parent_config:
            return None
        parent_id = saved.parent_config["configurable"]["checkpoint_id"]
        return _unless_empty(self._threads.at(self._thread_id, self._namespace, parent_id))

    def _entry(self, saved: Any, parent: Any) -> HistoryEntry:
        following = [task.name for task in self._tasks(saved)]
        parent_id = parent.checkpoint["id"] if parent is not None else None
        nodes, written = self._wrote(saved, parent)
        return {
            "checkpoint": checkpoint_info(
                saved.checkpoint, saved.metadata, self._namespace, parent_id, following
            ),
            "nodes": nodes,
            "written": written,
            "graph": self._known.id,
        }

    def _wrote(self, saved: Any, parent: Any) -> tuple[list[str], list[str]]:
        """Names of the tasks whose writes, pending at its parent, made a checkpoint; the keys written."""
        source = saved.metadata.get("source")
        if parent is None or source not in ("loop", "fork", "update"):
            return [], []
        own = [write for write in parent.pending_writes or () if not is_mark(write[1])]
        if source == "update":
            # What was pending is still written there too.
            made = dict(self._threads.updates(saved))
            own = [write for write in own if write[0] in made]
            nodes = list(made.values())
        else:
            tasks = {write[0] for write in own}
            nodes = [task.name for task in self._tasks(parent) if task.id in tasks]
        channels = {write[1] for write in own}
        return nodes, [key for key in self._known.state_keys if key in channels]

    def _tasks(self, saved: Any) -> list[Any]:
        """
        The tasks that follow a checkpoint, without LangGraph's own; none where LangGraph can't prepare them,
        as for a state that its schema refuses after a bad input.
        """
        try:
            snapshot = self._threads.snapshot(self._known.graph, saved)
        except Exception as exc:
            if failure_of(exc) is not None:
                raise
            return []
        return [task for task in snapshot.tasks if task.name != START]


def _unless_empty(saved: Any) -> Any:
    """A graph that was set back to before its first visit has a checkpoint at which nothing has run."""
    return saved if saved is not None and saved.checkpoint["channel_versions"] else None
