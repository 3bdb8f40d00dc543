"""Changes to checkpoints in the file: prune, edit in place, undo, and removal of unreachable blobs."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from langgraph_debugger.checkpointer.entries import LIST, MAP, PART, Blob, hashes, parse
from langgraph_debugger.checkpointer.store import LANGUAGE, fetch_blobs

_VACUUM_PAGES = 10_000

Key = tuple[int, str, str]  # thread number, namespace, checkpoint id
Place = tuple[str, str]  # namespace, checkpoint id


class Encoded(NamedTuple):
    """A checkpoint as it is stored, with every blob it needs."""

    blobs: list[Blob]
    envelope: bytes
    channels: bytes


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


class Pruned(NamedTuple):
    """What became of the old checkpoints of a thread."""

    gone: int
    spared: int


def prune(connection: sqlite3.Connection, thread_id: str, keep: int = 1) -> Pruned:
    """Keep the newest checkpoints of each namespace, those with a name or a note, and what these need.

    A checkpoint needs the ancestors that its delta channels are made from. One with a name needs those
    that the graphs around it stood at, too. Those of a subgraph's run (a namespace with a task id) go with
    the checkpoint that the run began at.
    """
    row = connection.execute("SELECT num FROM threads WHERE id = ?", (thread_id,)).fetchone()
    if row is None:
        return Pruned(0, 0)
    thread = row[0]
    rows = [
        (ns, id_, json.loads(parents or "{}"))
        for ns, id_, parents in connection.execute(
            "SELECT ns, id, json_extract(metadata, '$.parents') FROM checkpoints WHERE thread = ? "
            "ORDER BY ns, id DESC",
            (thread,),
        )
    ]
    named: set[Place] = set(
        connection.execute("SELECT ns, checkpoint FROM annotations WHERE thread = ?", (thread,))
    )
    newest = _kept(connection, thread, rows, keep, set())
    kept = _kept(connection, thread, rows, keep, named) if named - newest else newest
    gone = [(thread, ns, id_) for ns, id_, _ in rows if (ns, id_) not in kept]
    _delete_checkpoints(connection, gone)
    return Pruned(len(gone), len(kept) - len(newest))


def _kept(
    connection: sqlite3.Connection,
    thread: int,
    rows: list[tuple[str, str, dict[str, str]]],
    keep: int,
    named: set[Place],
) -> set[Place]:
    kept: set[Place] = set()
    for ns, id_, parents in rows:
        if (ns, id_) in named:
            for place in ((ns, id_), *parents.items()):
                kept |= _needed(connection, thread, *place)
    counts: dict[str, int] = {}
    # A namespace begins with that of the graph around it, so that this one comes first.
    for ns, id_, parents in rows:
        if counts.get(ns, 0) >= keep or (":" in ns and not kept.issuperset(parents.items())):
            continue
        counts[ns] = counts.get(ns, 0) + 1
        if (ns, id_) not in kept:
            kept |= _needed(connection, thread, ns, id_)
    return kept


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


def undo(connection: sqlite3.Connection, key: tuple[str, str, str]) -> int | None:
    """Make the checkpoint `key` (thread id, namespace, id) again what it was before its last edit in place.

    How many of its edits are left; None when there is none. Blobs of the edit stay until others are removed.
    """
    rows = connection.execute(
        "SELECT e.num, e.thread, e.metadata, e.envelope, e.channels FROM threads t CROSS JOIN edits e "
        "ON e.thread = t.num WHERE t.id = ? AND e.ns = ? AND e.id = ? ORDER BY e.num DESC",
        key,
    ).fetchall()
    if not rows:
        return None
    number, thread, *original = rows[0]
    connection.execute(
        "UPDATE checkpoints SET metadata = ?, envelope = ?, channels = ? "
        "WHERE thread = ? AND ns = ? AND id = ?",
        (*original, thread, *key[1:]),
    )
    connection.execute("DELETE FROM edits WHERE num = ?", (number,))
    return len(rows) - 1


def set_timing(connection: sqlite3.Connection, key: tuple[str, str, str | None], timing: str) -> None:
    """Say how the checkpoint `key` (thread id, namespace, id) came about."""
    connection.execute(
        "UPDATE checkpoints SET timing = ? "
        "WHERE thread = (SELECT num FROM threads WHERE id = ?) AND ns = ? AND id = ?",
        (timing, *key),
    )


def discard(connection: sqlite3.Connection, key: tuple[str, str, str], writes: int) -> bool:
    """Remove the checkpoint `key` (thread id, namespace, id) if nothing was made of it.

    False when it is left: it has children, edits or a name, or another number of pending writes than
    `writes`. Its blobs stay until others of the thread are removed: most are those of the checkpoint it was
    copied from.
    """
    row = connection.execute("SELECT num FROM threads WHERE id = ?", key[:1]).fetchone()
    if row is None:
        return False
    where = (row[0], *key[1:])
    (used,) = connection.execute(
        "SELECT (SELECT count(*) FROM checkpoints WHERE thread = ?1 AND ns = ?2 AND parent = ?3) + "
        "(SELECT count(*) FROM edits WHERE thread = ?1 AND ns = ?2 AND id = ?3) + "
        "(SELECT count(*) FROM annotations WHERE thread = ?1 AND ns = ?2 AND checkpoint = ?3) + "
        "((SELECT count(*) FROM writes WHERE thread = ?1 AND ns = ?2 AND checkpoint = ?3) != ?4)",
        (*where, writes),
    ).fetchone()
    if used:
        return False
    connection.execute("DELETE FROM checkpoints WHERE thread = ? AND ns = ? AND id = ?", where)
    connection.execute("DELETE FROM writes WHERE thread = ? AND ns = ? AND checkpoint = ?", where)
    return True


def vacuum(connection: sqlite3.Connection, pages: int = _VACUUM_PAGES) -> None:
    """Give pages that were freed back to the file system, as a rule as many as takes only a moment."""
    (free,) = connection.execute("PRAGMA freelist_count").fetchone()
    for _ in range(min(free, pages)):
        # One by one: the pragma has a row without columns for each page, and `sqlite3` stops at the first.
        connection.execute("PRAGMA incremental_vacuum(1)")


def _now() -> int:
    return int(time.time() * 1000)


def _needed(connection: sqlite3.Connection, thread: int, ns: str, checkpoint_id: str) -> set[Place]:
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
    return {(ns, each) for each in chain}


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
    connection.executemany("DELETE FROM annotations WHERE thread = ? AND ns = ? AND checkpoint = ?", keys)
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
