"""Changes to whole threads of the file: describe, copy, put away and bring back, delete."""

from __future__ import annotations

import sqlite3
import time

from langgraph_debugger.checkpointer.processes import this_process
from langgraph_debugger.checkpointer.store import LANGUAGE

TABLES: dict[str, tuple[tuple[str, ...], str]] = {
    "checkpoints": (
        (
            "ns",
            "id",
            "parent",
            "step",
            "source",
            "run",
            "created",
            "metadata",
            "envelope",
            "channels",
            "timing",
        ),
        "ns, id",
    ),
    "writes": (
        ("ns", "checkpoint", "task", "idx", "path", "channel", "value"),
        "ns, checkpoint, task, idx",
    ),
    "blobs": (("hash", "type", "data"), "hash"),
    "edits": (("ns", "id", "edited", "metadata", "envelope", "channels"), "num"),
    "annotations": (("ns", "checkpoint", "name", "note"), "ns, checkpoint"),
}
"""What belongs to a thread: the columns of each table but the thread, and the order of its rows."""

_DESCRIPTION = "language, graph, name, note, created"


def describe_thread(connection: sqlite3.Connection, thread_id: str, changes: dict[str, str | None]) -> None:
    """Set `graph`, `name` or `status` of a thread, which is made when it is missing."""
    time_ = now()
    connection.execute(
        "INSERT OR IGNORE INTO threads (id, language, created, updated) VALUES (?, ?, ?, ?)",
        (thread_id, LANGUAGE, time_, time_),
    )
    if "status" in changes:
        changes = {**changes, "runner": runner_of(changes["status"])}
    for column, value in changes.items():
        connection.execute(f"UPDATE threads SET {column} = ? WHERE id = ?", (value, thread_id))


def runner_of(status: str | None) -> str | None:
    """Who runs a thread to which this process gives the status."""
    return this_process() if status == "running" else None


def delete_thread(connection: sqlite3.Connection, thread_id: str) -> None:
    """Remove a thread and all that belongs to it. One that does not exist is no error."""
    row = connection.execute("SELECT num FROM threads WHERE id = ?", (thread_id,)).fetchone()
    if row is None:
        return
    _remove(connection, row[0])


def copy_thread(connection: sqlite3.Connection, source: str, target: str) -> None:
    """Copy all of a thread, its blobs too, to `target`. A source that does not exist is no error."""
    row = connection.execute(f"SELECT num, {_DESCRIPTION} FROM threads WHERE id = ?", (source,)).fetchone()
    if row is None or source == target:
        return
    connection.execute(
        f"INSERT OR IGNORE INTO threads (id, updated, {_DESCRIPTION}) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (target, now(), *row[1:]),
    )
    (number,) = connection.execute("SELECT num FROM threads WHERE id = ?", (target,)).fetchone()
    for table, (columns, order) in TABLES.items():
        names = ", ".join(columns)
        connection.execute(
            f"INSERT OR IGNORE INTO {table} (thread, {names}) "
            f"SELECT ?, {names} FROM {table} WHERE thread = ? ORDER BY {order}",
            (number, row[0]),
        )


def put_away(connection: sqlite3.Connection, thread_id: str) -> str | None:
    """Take a thread out of the list, with all that it has. The id it has from now on; None: there is none."""
    row = connection.execute(
        "SELECT num FROM threads WHERE id = ? AND deleted IS NULL", (thread_id,)
    ).fetchone()
    if row is None:
        return None
    new_id = f"deleted:{row[0]}:{thread_id}"
    connection.execute("UPDATE threads SET id = ?, deleted = ? WHERE num = ?", (new_id, now(), row[0]))
    return new_id


def bring_back(connection: sqlite3.Connection, deleted: str) -> str | None:
    """A thread that was put away, by the id that it got then. Its id now; None: there is none."""
    row = connection.execute(
        "SELECT num FROM threads WHERE id = ? AND deleted IS NOT NULL", (deleted,)
    ).fetchone()
    if row is None:
        return None
    thread_id = free_id(connection, deleted.removeprefix(f"deleted:{row[0]}:"))
    connection.execute("UPDATE threads SET id = ?, deleted = NULL WHERE num = ?", (thread_id, row[0]))
    return thread_id


def purge(connection: sqlite3.Connection) -> int:
    """Remove the threads that were put away. How many."""
    rows = connection.execute("SELECT num FROM threads WHERE deleted IS NOT NULL").fetchall()
    for (number,) in rows:
        _remove(connection, number)
    return len(rows)


def free_id(connection: sqlite3.Connection, thread_id: str) -> str:
    """The id, or the first of `<id>-2`, `<id>-3`... that no thread has."""
    number, free = 1, thread_id
    while connection.execute("SELECT 1 FROM threads WHERE id = ?", (free,)).fetchone():
        number += 1
        free = f"{thread_id}-{number}"
    return free


def now() -> int:
    """Milliseconds since 1970, UTC."""
    return int(time.time() * 1000)


def _remove(connection: sqlite3.Connection, number: int) -> None:
    for table in TABLES:
        connection.execute(f"DELETE FROM {table} WHERE thread = ?", (number,))
    connection.execute("DELETE FROM threads WHERE num = ?", (number,))
