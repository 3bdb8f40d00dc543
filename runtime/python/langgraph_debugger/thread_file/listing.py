"""The threads of the checkpoint file, and the names and notes that the user gives them."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ..checkpointer.processes import lives
from .opening import number_of, reading, writing
from .standing import Raw, Write, standing_at

if TYPE_CHECKING:
    from ..file_protocol import (
        DescribeThreadParams,
        ThreadInfo,
        ThreadsParams,
        ThreadsResult,
        ThreadsResult_size,
    )

_NEWEST = "SELECT id, channels FROM checkpoints WHERE thread = ? AND ns = '' ORDER BY id DESC LIMIT 1"

_BEGUN = "EXISTS (SELECT 1 FROM checkpoints WHERE thread = threads.num)"
"""A process that is killed at once leaves a thread behind that has nothing to open."""


class _Row(NamedTuple):
    num: int
    id: str
    language: Any
    graph: str | None
    name: str | None
    note: str | None
    status: str | None
    runner: str | None
    created: int
    updated: int


def threads(params: ThreadsParams) -> ThreadsResult:
    """The threads of a file, the last changed first."""
    path = Path(params["file"])
    wanted = (params.get("filter") or "").casefold()
    with reading(path) as connection:
        if connection is None:
            return {"threads": [], "total": 0, "size": {"bytes": 0, "free": 0}}
        columns = ", ".join(_Row._fields)
        rows = [
            _Row(*row)
            for row in connection.execute(
                f"SELECT {columns} FROM threads WHERE deleted IS NULL AND {_BEGUN} "
                "ORDER BY updated DESC, num DESC"
            )
        ]
        if wanted:
            rows = [
                row
                for row in rows
                if any(wanted in (text or "").casefold() for text in (row.id, row.name, row.graph, row.note))
            ]
        start = int(params.get("start") or 0)
        limit = params.get("limit")
        shown = rows[start:] if limit is None else rows[start : start + int(limit)]
        return {
            "threads": [_info(connection, row) for row in shown],
            "total": len(rows),
            "size": size_of(path, connection),
        }


def size_of(path: Path, connection: sqlite3.Connection) -> ThreadsResult_size:
    """Bytes of the file with its journal, and those of pages that hold nothing."""
    (free,) = connection.execute("PRAGMA freelist_count").fetchone()
    (page,) = connection.execute("PRAGMA page_size").fetchone()
    journal = path.with_name(f"{path.name}-wal")
    return {
        "bytes": path.stat().st_size + (journal.stat().st_size if journal.exists() else 0),
        "free": free * page,
    }


def describe_thread(params: DescribeThreadParams) -> dict[str, Any]:
    """Give a thread a name, a note, or take them away."""
    path, thread_id = Path(params["file"]), params["threadId"]
    with writing(path, thread_id) as connection:
        number = number_of(connection, path, thread_id)
        if "name" in params:
            connection.execute("UPDATE threads SET name = ? WHERE num = ?", (params["name"] or None, number))
        if "note" in params:
            connection.execute("UPDATE threads SET note = ? WHERE num = ?", (params["note"] or None, number))
    return {}


def iso(milliseconds: int) -> str:
    """A time of the file, which has milliseconds since 1970, as ISO 8601."""
    time = datetime.fromtimestamp(milliseconds / 1000, timezone.utc)
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _info(connection: sqlite3.Connection, row: _Row) -> ThreadInfo:
    (count,) = connection.execute("SELECT count(*) FROM checkpoints WHERE thread = ?", (row.num,)).fetchone()
    at, status = _standing(connection, row)
    info: ThreadInfo = {
        "id": row.id,
        "language": row.language,
        "status": status,
        "at": at,
        "checkpoints": count,
        "createdAt": iso(row.created),
        "updatedAt": iso(row.updated),
    }
    if row.graph:
        info["graph"] = row.graph
    if row.name:
        info["name"] = row.name
    if row.note:
        info["note"] = row.note
    return info


def _standing(connection: sqlite3.Connection, row: _Row) -> tuple[list[str], Any]:
    newest = connection.execute(_NEWEST, (row.num,)).fetchone()
    at: list[str] = []
    statuses: set[Any] = set()
    if newest is not None:
        found = connection.execute(
            "SELECT task, path, channel, value FROM writes WHERE thread = ? AND ns = '' AND checkpoint = ? "
            "ORDER BY path, task, idx",
            (row.num, newest[0]),
        )
        at, statuses = standing_at(Raw(connection, row.num), newest[1], [Write(*each) for each in found])
    if row.status == "running" and lives(row.runner):
        return at, "running"
    told = next((status for status in ("failed", "waiting") if status in statuses), None)
    if told is not None or row.status == "failed":
        return at, told or "failed"
    return at, "stopped" if at or newest is None else "ended"
