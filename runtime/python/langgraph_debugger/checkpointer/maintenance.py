"""Changes to what is in the file: delete, copy, prune, edit in place, and removal of unreachable blobs."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from langgraph_debugger.checkpointer.entries import LIST, MAP, PART, Blob, hashes, parse
from langgraph_debugger.checkpointer.store import LANGUAGE, fetch_blobs

_VACUUM_PAGES = 10_000

Key = tuple[int, str, str]  # thread number, namespace, checkpoint id


class Encoded(NamedTuple):
    """A checkpoint as it is stored, with every blob it needs."""

    blobs: list[Blob]
    envelope: bytes
    channels: bytes


def delete_thread(connection: sqlite3.Connection, thread_id: str) -> None:
    """Remove a thread and all that belongs to it. One that does not exist is no error."""
    row = connection.execute("SELECT num FROM threads WHERE id = ?", (thread_id,)).fetchone()
    if row is None:
        return
    for table in ("checkpoints", "writes", "edits", "blobs"):
        connection.execute(f"DELETE FROM {table} WHERE thread = ?", row)
    connection.execute("DELETE FROM threads WHERE num = ?", row)


def delete_for_runs(connection: sqlite3.Connection, run_ids: Iterable[str]) -> None:
    """Remove the checkpoints that these runs made, with their writes."""
    keys: list[Key] = []
    for run_id in run_ids:
        keys += connection.execute(
            "SELECT c.thread, c.ns, c.id FROM checkpoints c JOIN threads t ON t.num = c.thread "
            "WHERE c.run = ? AND t.language = ?",
            (run_id, LANGUAGE),
        ).fetchall()
    _delete_checkpoints(connection, keys)


def copy_thread(connection: sqlite3.Connection, source: str, target: str) -> None:
    """Copy all of a thread, its blobs too, to `target`. A source that does not exist is no error."""
    row = connection.execute(
        "SELECT num, language, graph, created FROM threads WHERE id = ?", (source,)
    ).fetchone()
    if row is None or source == target:
        return
    connection.execute(
        "INSERT OR IGNORE INTO threads (id, language, graph, created, updated) VALUES (?, ?, ?, ?, ?)",
        (target, *row[1:], _now()),
    )
    (number,) = connection.execute("SELECT num FROM threads WHERE id = ?", (target,)).fetchone()
    for table, columns in (
        ("checkpoints", "ns, id, parent, step, source, run, created, metadata, envelope, channels"),
        ("writes", "ns, checkpoint, task, idx, path, channel, value"),
        ("blobs", "hash, type, data"),
        ("edits", "ns, id, edited, metadata, envelope, channels"),
    ):
        connection.execute(
            f"INSERT OR IGNORE INTO {table} (thread, {columns}) "
            f"SELECT ?, {columns} FROM {table} WHERE thread = ?",
            (number, row[0]),
        )


def prune(connection: sqlite3.Connection, thread_id: str) -> None:
    """Keep the latest checkpoint of each namespace, and the ancestors its delta channels are made from."""
    row = connection.execute("SELECT num FROM threads WHERE id = ?", (thread_id,)).fetchone()
    if row is None:
        return
    thread = row[0]
    keep: set[Key] = set()
    latest = connection.execute(
        "SELECT ns, max(id) FROM checkpoints WHERE thread = ? GROUP BY ns", (thread,)
    ).fetchall()
    for ns, checkpoint_id in latest:
        keep.update((thread, ns, ancestor) for ancestor in _needed(connection, thread, ns, checkpoint_id))
    keys = connection.execute("SELECT thread, ns, id FROM checkpoints WHERE thread = ?", (thread,)).fetchall()
    _delete_checkpoints(connection, [key for key in keys if key not in keep])


def edit(
    connection: sqlite3.Connection,
    key: tuple[str, str, str],
    encoded: Encoded,
    metadata: str | None,
) -> bool:
    """Replace the values of the checkpoint `key` (thread id, namespace, id); what it was goes to `edits`.

    Parent, pending writes and, when it is None, the metadata stay. False when there is no such checkpoint.
    """
    row = connection.execute(
        "SELECT t.num, c.metadata, c.envelope, c.channels FROM threads t CROSS JOIN checkpoints c "
        "ON c.thread = t.num WHERE t.id = ? AND c.ns = ? AND c.id = ?",
        key,
    ).fetchone()
    if row is None:
        return False
    thread, *original = row
    connection.execute(
        "INSERT INTO edits (thread, ns, id, edited, metadata, envelope, channels) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        (thread, *key[1:], _now(), *original),
    )
    connection.executemany(
        "INSERT OR IGNORE INTO blobs (thread, hash, type, data) VALUES (?, ?, ?, ?)",
        [(thread, *blob) for blob in encoded.blobs],
    )
    connection.execute(
        "UPDATE checkpoints SET metadata = coalesce(?, metadata), envelope = ?, channels = ? "
        "WHERE thread = ? AND ns = ? AND id = ?",
        (metadata, encoded.envelope, encoded.channels, thread, *key[1:]),
    )
    return True


def discard(connection: sqlite3.Connection, key: tuple[str, str, str], writes: int) -> bool:
    """Remove the checkpoint `key` (thread id, namespace, id) if nothing was made of it.

    False when it is left: it has children or edits, or another number of pending writes than `writes`.
    Its blobs stay until others of the thread are removed: most are those of the checkpoint it was copied
    from.
    """
    row = connection.execute("SELECT num FROM threads WHERE id = ?", key[:1]).fetchone()
    if row is None:
        return False
    where = (row[0], *key[1:])
    (used,) = connection.execute(
        "SELECT (SELECT count(*) FROM checkpoints WHERE thread = ?1 AND ns = ?2 AND parent = ?3) + "
        "(SELECT count(*) FROM edits WHERE thread = ?1 AND ns = ?2 AND id = ?3) + "
        "((SELECT count(*) FROM writes WHERE thread = ?1 AND ns = ?2 AND checkpoint = ?3) != ?4)",
        (*where, writes),
    ).fetchone()
    if used:
        return False
    connection.execute("DELETE FROM checkpoints WHERE thread = ? AND ns = ? AND id = ?", where)
    connection.execute("DELETE FROM writes WHERE thread = ? AND ns = ? AND checkpoint = ?", where)
    return True


def describe_thread(connection: sqlite3.Connection, thread_id: str, changes: dict[str, str | None]) -> None:
    """Set `graph`, `name` or `status` of a thread, which is made when it is missing."""
    now = _now()
    connection.execute(
        "INSERT OR IGNORE INTO threads (id, language, created, updated) VALUES (?, ?, ?, ?)",
        (thread_id, LANGUAGE, now, now),
    )
    for column, value in changes.items():
        connection.execute(f"UPDATE threads SET {column} = ? WHERE id = ?", (value, thread_id))


def vacuum(connection: sqlite3.Connection) -> None:
    """Give pages that were freed back to the file system. Not inside a transaction that needs them."""
    connection.execute(f"PRAGMA incremental_vacuum({_VACUUM_PAGES})").fetchall()


def _now() -> int:
    return int(time.time() * 1000)


def _needed(connection: sqlite3.Connection, thread: int, ns: str, checkpoint_id: str) -> list[str]:
    """The checkpoint, and its ancestors back to the one where each of its delta channels has a value."""
    chain: list[str] = []
    missing: set[str] | None = None
    current: str | None = checkpoint_id
    while current is not None and current not in chain and (missing is None or missing):
        row: tuple[Any, ...] | None = connection.execute(
            "SELECT parent, json_extract(metadata, '$.counters_since_delta_snapshot'), channels "
            "FROM checkpoints WHERE thread = ? AND ns = ? AND id = ?",
            (thread, ns, current),
        ).fetchone()
        if row is None:
            break
        chain.append(current)
        parent, counters, channels = row
        if missing is None:
            # LangGraph lists there the delta channels that were written after their last snapshot.
            missing = {
                name for (name,) in connection.execute("SELECT key FROM json_each(?)", (counters or "{}",))
            }
        missing = missing - _channel_names(connection, thread, channels)
        current = parent
    return chain


def _channel_names(connection: sqlite3.Connection, thread: int, data: bytes) -> set[str]:
    names: set[str] = set()
    for entry in parse(data):
        if entry.key is not None:
            names.add(entry.key)
        elif entry.tag == PART:
            for _, inner in fetch_blobs(connection, thread, [entry.hash]).values():
                names |= _channel_names(connection, thread, inner)
    return names


def _delete_checkpoints(connection: sqlite3.Connection, keys: Collection[Key]) -> None:
    if not keys:
        return
    connection.executemany("DELETE FROM checkpoints WHERE thread = ? AND ns = ? AND id = ?", keys)
    connection.executemany("DELETE FROM writes WHERE thread = ? AND ns = ? AND checkpoint = ?", keys)
    connection.executemany("DELETE FROM edits WHERE thread = ? AND ns = ? AND id = ?", keys)
    for thread in {key[0] for key in keys}:
        _sweep(connection, thread)


def _sweep(connection: sqlite3.Connection, thread: int) -> None:
    """Remove the blobs of a thread that nothing reaches any more."""
    roots = (
        "SELECT envelope FROM checkpoints WHERE thread = :t UNION ALL "
        "SELECT channels FROM checkpoints WHERE thread = :t UNION ALL "
        "SELECT value FROM writes WHERE thread = :t UNION ALL "
        "SELECT envelope FROM edits WHERE thread = :t UNION ALL SELECT channels FROM edits WHERE thread = :t"
    )
    reached: set[bytes] = set()
    level: set[bytes] = set()
    for (data,) in connection.execute(roots, {"t": thread}):
        level.update(hashes(data))
    while level := level - reached:
        reached |= level
        found = fetch_blobs(connection, thread, level)
        level = {inner for type_, data in found.values() if type_ in (LIST, MAP) for inner in hashes(data)}
    stored = connection.execute("SELECT hash FROM blobs WHERE thread = ?", (thread,)).fetchall()
    gone = [(thread, hash_) for (hash_,) in stored if hash_ not in reached]
    connection.executemany("DELETE FROM blobs WHERE thread = ? AND hash = ?", gone)
    connection.execute("UPDATE threads SET epoch = epoch + 1 WHERE num = ?", (thread,))
