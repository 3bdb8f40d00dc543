"""How checkpoints came about: the writes that each was made of, read from the rows of its parent."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from typing import Any, NamedTuple

from .standing import (
    NULL_TASK,
    START,
    TASKS,
    UPDATE_PATH,
    Raw,
    Write,
    by_task,
    is_own,
    is_result,
    name_of,
)

_MANY = 400
"""Parameters of a statement at most, well below the limit of old SQLite versions."""


class Row(NamedTuple):
    """A checkpoint as far as its making needs it."""

    id: str
    parent: str | None
    step: int | None
    source: str | None
    created: int
    timing: str | None
    forked_from: str | None
    channels: bytes


ROW = "id, parent, step, source, created, timing, json_extract(metadata, '$.forked_from'), channels"


class Task(NamedTuple):
    """A task of a superstep that is over."""

    id: str
    node: str
    writes: list[Write]
    timing: dict[str, Any]


class Supersteps:
    """Reads the checkpoints of one graph's run on a thread, many at a time."""

    def __init__(self, connection: sqlite3.Connection, thread: int, namespace: str) -> None:
        self.raw = Raw(connection, thread)
        self._connection = connection
        self._thread = thread
        self._namespace = namespace
        self._writes: dict[str, list[Write]] = {}
        self._sent: dict[str, list[str]] = {}

    def load(self, ids: Iterable[str | None]) -> None:
        """Reads the pending writes of these checkpoints."""
        wanted = [each for each in dict.fromkeys(ids) if each is not None and each not in self._writes]
        for start in range(0, len(wanted), _MANY):
            some = wanted[start : start + _MANY]
            self._writes.update({each: [] for each in some})
            marks = ",".join("?" * len(some))
            for checkpoint, *write in self._connection.execute(
                "SELECT checkpoint, task, path, channel, value FROM writes "
                f"WHERE thread = ? AND ns = ? AND checkpoint IN ({marks}) ORDER BY path, task, idx",
                (self._thread, self._namespace, *some),
            ):
                self._writes[checkpoint].append(Write(*write))

    def pending(self, checkpoint_id: str) -> list[Write]:
        """The pending writes of a checkpoint that was loaded."""
        return self._writes.get(checkpoint_id, [])

    def made_of(self, row: Row) -> list[Write]:
        """The writes, pending at its parent, that made a checkpoint whose parent was loaded."""
        if row.parent is None or row.source not in ("loop", "fork", "update"):
            return []
        updated = row.source == "update"
        known = timing_of(row)["tasks"]
        stored = [
            write
            for write in self.pending(row.parent)
            if is_result(write.channel)
            # What `update_state` wrote has no path of its own in old versions of LangGraph.
            and (write.path.startswith(UPDATE_PATH) == updated or (updated and write.task in known))
        ]
        return stored + [
            Write(task_id, "", str(channel), b"")
            for task_id, told in known.items()
            for channel in (told["wrote"] if isinstance(told.get("wrote"), list) else ())
        ]

    def written(self, row: Row) -> list[str]:
        """The channels that these writes are of, but for LangGraph's own; in the order of the state."""
        found = {write.channel for write in self.made_of(row) if not is_own(write.channel)}
        if len(found) < 2:
            return list(found)
        order = list(self.raw.channels(row.channels))
        return [name for name in order if name in found] + sorted(found.difference(order))

    def tasks(self, row: Row) -> list[Task]:
        """The tasks of the superstep that made a checkpoint whose parent was loaded."""
        timings = timing_of(row)["tasks"]
        own = by_task(self.made_of(row))
        found = []
        for task_id in dict.fromkeys([*timings, *own]):
            writes, timing = own.get(task_id, []), timings.get(task_id, {})
            node = timing.get("node") or (writes and self._name(row, writes[0]))
            if node and node != START and task_id != NULL_TASK:
                found.append(Task(task_id, str(node), writes, timing))
        return found

    def _name(self, row: Row, write: Write) -> str | None:
        name = name_of(write.path, [])
        if name is not None or row.parent is None:
            return name
        if row.parent not in self._sent:
            found = self._connection.execute(
                "SELECT channels FROM checkpoints WHERE thread = ? AND ns = ? AND id = ?",
                (self._thread, self._namespace, row.parent),
            ).fetchone()
            entry = self.raw.channels(found[0]).get(TASKS) if found is not None else None
            self._sent[row.parent] = self.raw.sent_to(entry) if entry is not None else []
        return name_of(write.path, self._sent[row.parent])


def timing_of(row: Row) -> dict[str, Any]:
    """What a checkpoint's row tells of its superstep, with `tasks` at least."""
    try:
        timing = json.loads(row.timing or "{}")
    except ValueError:
        timing = {}
    found = timing if isinstance(timing, dict) else {}
    tasks = found.get("tasks")
    own = tasks.items() if isinstance(tasks, dict) else ()
    return {**found, "tasks": {key: each for key, each in own if isinstance(each, dict)}}
