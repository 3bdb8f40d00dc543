"""The checkpoints of a thread, page by page, from the rows of the file alone; their names and notes."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import RuntimeFailure
from .listing import iso
from .opening import number_of, reading, writing
from .standing import by_task, status_of
from .supersteps import ROW, Row, Supersteps, Task, timing_of

if TYPE_CHECKING:
    from ..file_protocol import AnnotateParams, PastTask, TimelineEntry, TimelineParams, TimelineResult

_MARKS = ("failed", "waiting", "answered")
_BEGUN = "coalesce(step, 0) > -2"
"""A graph that was set back to before its first visit has a checkpoint that is no step of it."""

_ENDS = (
    f"SELECT count(*) FROM (SELECT id FROM checkpoints WHERE thread = ? AND ns = ? AND {_BEGUN} "
    "EXCEPT SELECT parent FROM checkpoints WHERE thread = ? AND ns = ?)"
)


def timeline(params: TimelineParams) -> TimelineResult:
    """The newest checkpoints of a namespace, or those before one."""
    path, namespace, limit = Path(params["file"]), params["namespace"], int(params["limit"])
    with reading(path) as connection:
        number = number_of(connection, path, params["threadId"])
        assert connection is not None
        where: list[Any] = [number, namespace]
        total, newest = connection.execute(
            f"SELECT count(*), max(id) FROM checkpoints WHERE thread = ? AND ns = ? AND {_BEGUN}", where
        ).fetchone()
        before = params.get("before")
        older = "" if before is None else "AND id < ?"
        rows = [
            Row(*row)
            for row in connection.execute(
                f"SELECT {ROW} FROM checkpoints WHERE thread = ? AND ns = ? AND {_BEGUN} {older} "
                "ORDER BY id DESC LIMIT ?",
                [*where, *([] if before is None else [before]), limit + 1],
            )
        ]
        result: TimelineResult = {
            "entries": _Page(connection, number, namespace, rows[:limit]).entries(),
            "more": len(rows) > limit,
            "total": total,
        }
        if newest is not None:
            result["live"] = newest
        if before is None:
            result["branches"] = connection.execute(_ENDS, where * 2).fetchone()[0]
            (name,) = connection.execute("SELECT name FROM threads WHERE num = ?", [number]).fetchone()
            if name is not None:
                result["name"] = name
        return result


class _Page:
    """Some checkpoints of one namespace, newest first."""

    def __init__(self, connection: sqlite3.Connection, number: int, namespace: str, rows: list[Row]) -> None:
        self._connection = connection
        self._number = number
        self._namespace = namespace
        self._rows = rows
        self._steps = Supersteps(connection, number, namespace)
        self._steps.load(each for row in rows for each in (row.id, row.parent))
        between = (number, namespace, rows[-1].id, rows[0].id) if rows else (number, namespace, "", "")
        self._edits = dict(
            connection.execute(
                "SELECT id, count(*) FROM edits WHERE thread = ? AND ns = ? AND id BETWEEN ? AND ? "
                "GROUP BY id",
                between,
            )
        )
        self._said = {
            checkpoint: said
            for checkpoint, *said in connection.execute(
                "SELECT checkpoint, name, note FROM annotations "
                "WHERE thread = ? AND ns = ? AND checkpoint BETWEEN ? AND ?",
                between,
            )
        }
        self._tasks = {row.id: self._steps.tasks(row) for row in rows}
        self._subgraphs = self._count_subgraphs()

    def entries(self) -> list[TimelineEntry]:
        return [self._entry(row) for row in self._rows]

    def _entry(self, row: Row) -> TimelineEntry:
        entry: TimelineEntry = {
            "id": row.id,
            "namespace": self._namespace,
            "step": -1 if row.step is None else row.step,
            "source": row.source or "loop",
            "createdAt": iso(row.created),
            "tasks": [self._task(row, task) for task in self._tasks[row.id]],
            "written": self._steps.written(row),
            "edits": self._edits.get(row.id, 0),
        }
        if row.parent is not None:
            entry["parentId"] = row.parent
        timing = timing_of(row)
        if isinstance(timing.get("ms"), (int, float)):
            entry["milliseconds"] = timing["ms"]
        if isinstance(timing.get("own"), (int, float)):
            entry["debuggerMilliseconds"] = timing["own"]
        statuses = {status_of(own) for own in by_task(self._steps.pending(row.id)).values()}
        mark: Any = next((each for each in _MARKS if each in statuses), None)
        if mark is not None:
            entry["mark"] = mark
        if row.forked_from is not None:
            entry["forkedFrom"] = row.forked_from
        name, note = self._said.get(row.id, (None, None))
        if name:
            entry["name"] = name
        if note:
            entry["note"] = note
        return entry

    def _task(self, row: Row, task: Task) -> PastTask:
        led_to = dict.fromkeys(name for write in task.writes for name in self._steps.raw.led_to(write))
        routers = task.timing.get("routers")
        told: PastTask = {
            "id": task.id,
            "node": task.node,
            "to": list(led_to),
            "routers": [
                {"name": str(each[0]), "returned": str(each[1])}
                for each in (routers if isinstance(routers, list) else [])
                if isinstance(each, list) and len(each) == 2
            ],
        }
        if isinstance(task.timing.get("ms"), (int, float)):
            told["milliseconds"] = task.timing["ms"]
        inner = self._inner(f"{task.node}:{task.id}")
        if inner in self._subgraphs:
            told["subgraph"] = {"namespace": inner, "checkpoints": self._subgraphs[inner]}
        else:
            self._add_kept(told, row, task)
        return told

    def _inner(self, name: str) -> str:
        return f"{self._namespace}|{name}" if self._namespace else name

    def _count_subgraphs(self) -> dict[str, int]:
        wanted = [self._inner(f"{task.node}:{task.id}") for own in self._tasks.values() for task in own]
        return {each: count for each in wanted if (count := self._count(each, "", "~"))}

    def _add_kept(self, told: PastTask, row: Row, task: Task) -> None:
        """A graph that keeps its state has one namespace; its checkpoints of this visit are told by time."""
        kept = "|".join(part.partition(":")[0] for part in self._inner(task.node).split("|"))
        count = self._count(kept, row.parent or "", row.id)
        if count:
            told["subgraph"] = {"namespace": kept, "checkpoints": count}

    def _count(self, namespace: str, after: str, before: str) -> int:
        (count,) = self._connection.execute(
            "SELECT count(*) FROM checkpoints WHERE thread = ? AND ns = ? AND id > ? AND id < ?",
            (self._number, namespace, after, before),
        ).fetchone()
        return int(count)


def annotate(params: AnnotateParams) -> dict[str, Any]:
    """Name a checkpoint, put a note to it, or take them away."""
    path, thread_id = Path(params["file"]), params["threadId"]
    with writing(path, thread_id) as connection:
        key = (number_of(connection, path, thread_id), params["namespace"], params["checkpointId"])
        found = connection.execute(
            "SELECT a.name, a.note FROM checkpoints c LEFT JOIN annotations a "
            "ON a.thread = c.thread AND a.ns = c.ns AND a.checkpoint = c.id "
            "WHERE c.thread = ? AND c.ns = ? AND c.id = ?",
            key,
        ).fetchone()
        if found is None:
            raise unknown_checkpoint(thread_id, params["checkpointId"])
        name = (params["name"] or None) if "name" in params else found[0]
        note = (params["note"] or None) if "note" in params else found[1]
        connection.execute("DELETE FROM annotations WHERE thread = ? AND ns = ? AND checkpoint = ?", key)
        if name is not None or note is not None:
            connection.execute("INSERT INTO annotations VALUES (?, ?, ?, ?, ?)", (*key, name, note))
    return {}


def unknown_checkpoint(thread_id: str, checkpoint_id: str) -> RuntimeFailure:
    return RuntimeFailure(
        "unknownCheckpoint",
        f"The thread {thread_id} has no checkpoint {checkpoint_id}; refresh its timeline.",
    )
