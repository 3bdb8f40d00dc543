"""Copies of checkpoints, put so that LangGraph goes on from them, and removed while nothing came of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, NamedTuple

from .pending_writes import PendingWrite, is_mark, status_of
from .position import Threads
from .pregel import next_checkpoint_id, path_text

if TYPE_CHECKING:
    from .graphs import KnownGraph

FORKED_FROM = "forked_from"
_KEPT_WRITES = "forked_writes"
"""In a copy's metadata: with how many pending writes it was put, where it has any."""
_NULL_TASK = "00000000-0000-0000-0000-000000000000"
_ROUTES = ("branch:to:", "__")
"""Channels by which a Command's writes, which belong to no task, decide what comes next."""


class Copy(NamedTuple):
    """A checkpoint that was put."""

    id: str
    tasks: dict[str, str]
    """Ids of its tasks by those of the original."""


class Forks:
    """Copies checkpoints of any thread."""

    def __init__(self, threads: Threads, saver: Any) -> None:
        self._threads = threads
        self._saver = saver

    # ------------------------------------------------------------------------------------- copies

    def copy(
        self,
        known: KnownGraph | None,
        saved: Any,
        *,
        keeps: Callable[[Any], bool],
        namespace: str | None = None,
        parents: dict[str, str] | None = None,
        checkpoint: Any = None,
        renamed: dict[str, str] | None = None,
    ) -> Copy:
        """
        A copy of `saved`, with the tasks of the changed `checkpoint` where one is given. Of the tasks that
        `keeps` is true for, it keeps the results, or the answers that they had so far. `namespace` and
        `parents` are the copy's own where they are others than the original's, and `renamed` then has the new
        ids of the tasks that made it. Where the graph is not known, its tasks begin anew.
        """
        place = saved.config["configurable"]
        if namespace is None:
            namespace = str(place.get("checkpoint_ns", ""))
        before = self._tasks(known, saved)
        parent = (saved.parent_config or {}).get("configurable", {}).get("checkpoint_id")
        metadata = {**saved.metadata, "source": "fork", FORKED_FROM: saved.checkpoint["id"]}
        metadata.pop(_KEPT_WRITES, None)
        if parents is not None:
            metadata["parents"] = parents
        kept = _kept_writes(saved, [task for task in before if keeps(task)])
        if kept:
            metadata[_KEPT_WRITES] = sum(len(writes) for _, _, writes in kept)
        new = _renewed(checkpoint or saved.checkpoint)
        copied = self._as_saved(place["thread_id"], namespace, new, metadata, parent)
        self._put(copied, parent, saved, renamed or {})
        lasting = before if checkpoint is None else [task for task in before if keeps(task)]
        ids = _corresponding(lasting, self._tasks(known, copied))
        for task_id, path, writes in kept:
            self._saver.put_writes(copied.config, writes, ids.get(task_id, task_id), path)
        return Copy(new["id"], ids)

    def copy_chain(
        self, known: KnownGraph, saved: Any, namespace: str, parents: dict[str, str]
    ) -> tuple[str | None, dict[str, str]]:
        """
        Copies of the checkpoints that led to `saved`, with all of their writes, into another namespace. The
        id of the last one, which is the parent for a copy of `saved`, and the new ids of the tasks.
        """
        thread_id, own = (
            saved.config["configurable"]["thread_id"],
            saved.config["configurable"]["checkpoint_ns"],
        )
        chain = []
        while saved.parent_config:
            saved = self._threads.at(thread_id, own, saved.parent_config["configurable"]["checkpoint_id"])
            if saved is None:
                break
            chain.append(saved)
        parent = None
        ids: dict[str, str] = {}
        for each in reversed(chain):
            new = _renewed(each.checkpoint)
            metadata = {**each.metadata, FORKED_FROM: each.checkpoint["id"], "parents": parents}
            writes = list(each.pending_writes or ())
            metadata[_KEPT_WRITES] = len(writes)
            copied = self._as_saved(thread_id, namespace, new, metadata, parent)
            self._put(copied, parent, each, ids)
            before = self._tasks(known, each)
            ids.update(_corresponding(before, self._tasks(known, copied)))
            paths = {task.id: path_text(task) for task in before}
            for task_id in dict.fromkeys(write[0] for write in writes):
                own_writes = [(channel, value) for id_, channel, value in writes if id_ == task_id]
                self._saver.put_writes(
                    copied.config, own_writes, ids.get(task_id, task_id), paths.get(task_id, "")
                )
            parent = new["id"]
        return parent, ids

    def put_empty(self, thread_id: str, namespace: str, original: str) -> None:
        """The checkpoint of a graph that has not run yet, over the one with the id `original`."""
        from langgraph.checkpoint.base import empty_checkpoint

        metadata = {"source": "fork", "step": -2, "parents": {}, FORKED_FROM: original}
        self._put(self._as_saved(thread_id, namespace, _renewed(empty_checkpoint()), metadata, None), None)

    def _put(
        self, copied: Any, parent: str | None, original: Any = None, renamed: dict[str, str] | None = None
    ) -> None:
        """Also how the original came about; the tasks that made it may have got other ids."""
        place = {**copied.config["configurable"], "checkpoint_id": parent}
        self._saver.put({"configurable": place}, copied.checkpoint, copied.metadata, {})
        timing = self._saver.timing(original.config) if original is not None else None
        if timing is not None:
            for old, new in (renamed or {}).items():
                timing = timing.replace(old, new)
            self._saver.set_timing(copied.config, timing)

    def _as_saved(
        self, thread_id: str, namespace: str, checkpoint: Any, metadata: dict[str, Any], parent: str | None
    ) -> Any:
        from langgraph.checkpoint.base import CheckpointTuple

        place = {"thread_id": thread_id, "checkpoint_ns": namespace}
        return CheckpointTuple(
            config={"configurable": {**place, "checkpoint_id": checkpoint["id"]}},
            checkpoint=checkpoint,
            metadata=metadata,  # type: ignore[arg-type] # has keys of ours
            parent_config={"configurable": {**place, "checkpoint_id": parent}} if parent else None,
            pending_writes=[],
        )

    def _tasks(self, known: KnownGraph | None, saved: Any) -> list[Any]:
        return [] if known is None else list(self._threads.snapshot(known.graph, saved).tasks)

    # ------------------------------------------------------------------------------------- removal

    def untouched(self, thread_id: str) -> list[Any]:
        """
        The keys of the copies that the last move put, newest first: the newest checkpoints of the thread, as
        far as they are copies.
        """
        found = []
        for key in self._saver.keys(thread_id):
            if FORKED_FROM not in key.metadata:
                break
            found.append(key)
        return found

    def discard(self, thread_id: str, key: Any) -> bool:
        """Removes a copy, unless something was made of it."""
        place = {"thread_id": thread_id, "checkpoint_ns": key.ns, "checkpoint_id": key.id}
        return bool(self._saver.discard({"configurable": place}, int(key.metadata.get(_KEPT_WRITES, 0))))


def _renewed(checkpoint: Any) -> Any:
    """A copy of a checkpoint with an id newer than all."""
    from langgraph.checkpoint.base import copy_checkpoint

    new = copy_checkpoint(checkpoint)
    new["id"] = next_checkpoint_id()
    new["ts"] = datetime.now(timezone.utc).isoformat()
    return new


def _corresponding(before: Iterable[Any], after: Iterable[Any]) -> dict[str, str]:
    """Ids of the tasks after, by those before: tasks correspond by their order and name."""
    by_name: dict[str, list[str]] = {}
    for task in after:
        by_name.setdefault(task.name, []).append(task.id)
    return {task.id: ids.pop(0) for task in before if (ids := by_name.get(task.name))}


def _kept_writes(saved: Any, tasks: list[Any]) -> list[tuple[str, str, list[tuple[str, Any]]]]:
    """What a copy keeps of its original's pending writes: by task id, with the task's path."""
    pending: list[PendingWrite] = list(saved.pending_writes or ())
    found = []
    for task in tasks:
        own = [write for write in pending if write[0] == task.id]
        results = [(channel, value) for _, channel, value in own if not is_mark(channel)]
        answers = [(channel, value) for _, channel, value in own if channel == "__resume__"]
        found += [(task.id, path_text(task), each) for each in (results or answers,) if each]
    if tasks:
        updates = [w[1:] for w in pending if w[0] == _NULL_TASK and not w[1].startswith(_ROUTES)]
        found += [(_NULL_TASK, "", updates)] if updates else []
    return found


def is_finished(saved: Any, task: Any) -> bool:
    """Whether a task of the superstep that follows a checkpoint has written its results."""
    return status_of([write for write in saved.pending_writes or () if write[0] == task.id]) == "done"
