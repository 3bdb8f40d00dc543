"""Looks at any checkpoint of the graph's threads: what came next there, and what differs between two."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .as_json import to_json
from .errors import RuntimeFailure
from .graphs import START, KnownGraph
from .messages import takes_messages
from .pending_writes import PendingWrite, answers_of, status_of
from .position import checkpoint_info, task_position
from .saving import failure_of
from .thread_file.opening import reading
from .thread_file.standing import NULL_TASK, Raw

if TYPE_CHECKING:
    from .checkpointer.entries import Parsed
    from .engine import Engine
    from .protocol import (
        ChangedKeysParams,
        ChangedKeysResult,
        ChangedKeysResult_keys,
        CheckpointRef,
        LookParams,
        LookResult,
        TaskPosition,
    )


class Past:
    """Reads the checkpoints that a thread does not stand at. On the control thread."""

    def __init__(self, engine: Engine, saver: Any) -> None:
        self._engine = engine
        self._saver = saver

    def look(self, params: LookParams) -> LookResult:
        """The tasks that follow a checkpoint, as they are now."""
        namespace = params["namespace"]
        known = self._engine.known_at(namespace)
        saved = self._saved(params["threadId"], namespace, params["checkpointId"])
        tasks = [_looked_at(known, namespace, task, saved) for task in self._tasks(known, saved)]
        parent = (saved.parent_config or {}).get("configurable", {}).get("checkpoint_id")
        following = [task["name"] for task in tasks]
        found: LookResult = {
            "graph": known.id,
            "namespace": namespace,
            "checkpoint": checkpoint_info(saved.checkpoint, saved.metadata, namespace, parent, following),
            "stateKeys": known.state_keys,
            "tasks": tasks,
        }
        channels = known.graph.channels
        takers = [key for key in known.state_keys if takes_messages(channels.get(key))]
        if takers:
            found["messageKeys"] = takers
        values = saved.checkpoint["channel_values"]
        if saved.metadata.get("source") == "input" and START in values:
            found["input"] = to_json(values[START])
        if any(
            task == NULL_TASK and channel != "__resume__" for task, channel, _ in saved.pending_writes or ()
        ):
            found["commanded"] = True
        return found

    def changed_keys(self, params: ChangedKeysParams) -> ChangedKeysResult:
        """The keys of the state that differ; told from what is stored, where that tells it."""
        left, right = params["from"], params["to"]
        graphs = [self._engine.known_at(each["namespace"]) for each in (left, right)]
        keys = list(dict.fromkeys(key for known in graphs for key in known.state_keys))
        before, after = self._stored(left), self._stored(right)
        deltas = {
            key
            for known in graphs
            for key in known.state_keys
            if type(known.graph.channels.get(key)).__name__ == "DeltaChannel"
        }
        unequal = [key for key in keys if before.get(key) != after.get(key) and key not in deltas]
        both = [key for key in unequal if key in before and key in after]
        old, new = self._saver.pick(_config(left), both), self._saver.pick(_config(right), both)
        told: dict[str, ChangedKeysResult_keys] = {}
        for key in unequal:
            if key in both and is_same(old.get(key), new.get(key)):
                continue
            change: Any = "changed" if key in both else "added" if key in after else "removed"
            told[key] = {"key": key, "change": change}
        if deltas:
            told.update(self._changed_deltas(graphs, left, right, deltas))
        return {"keys": [told[key] for key in keys if key in told]}

    def _changed_deltas(
        self, graphs: list[KnownGraph], left: CheckpointRef, right: CheckpointRef, keys: set[str]
    ) -> dict[str, ChangedKeysResult_keys]:
        """Of keys that are stored as changes only, and have to be put together."""
        before, after = self._values(graphs[0], left), self._values(graphs[1], right)
        told: dict[str, ChangedKeysResult_keys] = {}
        for key in keys:
            if key in before and key in after:
                if not is_same(before[key], after[key]):
                    told[key] = {"key": key, "change": "changed"}
            elif key in before or key in after:
                told[key] = {"key": key, "change": "added" if key in after else "removed"}
        return told

    def _values(self, known: KnownGraph, at: CheckpointRef) -> Mapping[str, Any]:
        state = self._engine.threads.state(known.graph, at["threadId"], at["namespace"], at["checkpointId"])
        return state.values if state is not None and isinstance(state.values, dict) else {}

    def _stored(self, at: CheckpointRef) -> dict[str, Parsed]:
        """The entries of a checkpoint's channels."""
        self._engine.check_graph(at["threadId"])
        self._saver.flush()
        with reading(self._saver.path) as connection:
            row = None if connection is None else _channels(connection, at)
            if connection is None or row is None:
                raise _unknown(at)
            return Raw(connection, row[0]).channels(row[1])

    def _saved(self, thread_id: str, namespace: str, checkpoint_id: str) -> Any:
        self._engine.check_graph(thread_id)
        saved = self._engine.threads.look(thread_id, namespace, checkpoint_id) if checkpoint_id else None
        if saved is None:
            raise _unknown({"threadId": thread_id, "namespace": namespace, "checkpointId": checkpoint_id})
        return saved

    def _tasks(self, known: KnownGraph, saved: Any) -> list[Any]:
        """None where LangGraph can't prepare them, as for a state that its schema refuses."""
        try:
            tasks = list(self._engine.threads.snapshot(known.graph, saved).tasks)
        except Exception as exc:
            if failure_of(exc) is not None:
                raise
            return []
        return [task for task in tasks if task.name != START]


def is_same(left: Any, right: Any) -> bool:
    """Whether two values are equal; those that can't tell are not."""
    try:
        return type(left) is type(right) and bool(left == right)
    except Exception:
        return False


def _looked_at(known: KnownGraph, namespace: str, task: Any, saved: Any) -> TaskPosition:
    writes: list[PendingWrite] = [write for write in saved.pending_writes or () if write[0] == task.id]
    found = task_position(task, status_of(writes), writes, known=known, namespace=namespace, subgraph=None)
    return {**found, "answers": [to_json(answer) for answer in answers_of(writes)]}


def _config(at: CheckpointRef) -> Any:
    place = {"thread_id": at["threadId"], "checkpoint_ns": at["namespace"]}
    return {"configurable": {**place, "checkpoint_id": at["checkpointId"]}}


def _channels(connection: sqlite3.Connection, at: CheckpointRef) -> tuple[int, bytes] | None:
    found: tuple[int, bytes] | None = connection.execute(
        "SELECT t.num, c.channels FROM threads t CROSS JOIN checkpoints c ON c.thread = t.num "
        "WHERE t.id = ? AND t.deleted IS NULL AND c.ns = ? AND c.id = ?",
        (at["threadId"], at["namespace"], at["checkpointId"]),
    ).fetchone()
    return found


def _unknown(at: CheckpointRef) -> RuntimeFailure:
    return RuntimeFailure(
        "unknownCheckpoint",
        f"The thread {at['threadId']} has no checkpoint {at['checkpointId'] or 'without an id'}.",
    )
