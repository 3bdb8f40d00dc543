"""Who wrote the keys of a state: the checkpoints of a branch at which they changed hands."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from .opening import number_of, reading
from .standing import is_own
from .supersteps import ROW, Row, Supersteps
from .timeline import unknown_checkpoint

if TYPE_CHECKING:
    from ..file_protocol import KeyHistoryParams, KeyHistoryResult, KeyWriting

_AT_ONCE = 200


def key_history(params: KeyHistoryParams) -> KeyHistoryResult:
    """The writings of a key, newest first; or the last one of each key."""
    path, limit = Path(params["file"]), int(params["limit"])
    with reading(path) as connection:
        number = number_of(connection, path, params["threadId"])
        assert connection is not None
        branch = _Branch(connection, number, params["namespace"])
        if not branch.has(params["checkpointId"]):
            raise unknown_checkpoint(params["threadId"], params["checkpointId"])
        key = params.get("key")
        rows = branch.from_(params["checkpointId"], key)
        found: list[KeyWriting] = []
        known: set[str] = set()
        row = next(rows, None)
        for _ in range(limit) if key is None else count():
            if row is None or (key is not None and len(found) >= limit):
                break
            for writing in branch.writings(row):
                if writing["key"] == key or (key is None and writing["key"] not in known):
                    known.add(writing["key"])
                    found.append(writing)
            row = next(rows, None)
        return {"writings": found if key is None else found[:limit], "more": row is not None}


class _Branch:
    """The way of a graph's state to one checkpoint."""

    def __init__(self, connection: sqlite3.Connection, number: int, namespace: str) -> None:
        self._connection = connection
        self._place = (number, namespace)
        self._steps = Supersteps(connection, number, namespace)
        self._edited = [
            id_
            for (id_,) in connection.execute(
                "SELECT DISTINCT id FROM edits WHERE thread = ? AND ns = ?", self._place
            )
        ]

    def from_(self, checkpoint_id: str, key: str | None) -> Iterator[Row]:
        """The checkpoint and its ancestors; with a key only those at which it may have been written."""
        parents: dict[str, str | None] = dict(
            self._connection.execute(
                "SELECT id, parent FROM checkpoints WHERE thread = ? AND ns = ?", self._place
            )
        )
        branch: list[str] = []
        seen: set[str] = set()
        current: str | None = checkpoint_id
        while current in parents and current not in seen:
            seen.add(current)
            branch.append(current)
            current = parents[current]
        if key is not None and not self._edited:
            written = self._written(key)
            branch = [each for each in branch if parents[each] in written]
        for start in range(0, len(branch), _AT_ONCE):
            some = branch[start : start + _AT_ONCE]
            self._steps.load(parents[each] for each in some)
            yield from (row for each in some if (row := self._row(each)) is not None)

    def has(self, checkpoint_id: str) -> bool:
        """Whether there is such a checkpoint."""
        return self._row(checkpoint_id) is not None

    def _written(self, key: str) -> set[str]:
        """The checkpoints that have pending writes of a key."""
        found = self._connection.execute(
            "SELECT DISTINCT checkpoint FROM writes WHERE thread = ? AND ns = ? AND channel = ?",
            (*self._place, key),
        )
        return {each for (each,) in found}

    def writings(self, row: Row) -> list[KeyWriting]:
        """What was written at a checkpoint: by hand last, so first."""
        edited = self._edited_keys(row)
        found = [_writing(row, key, []) for key in edited]
        if row.source == "input" or row.parent is None:
            return found
        nodes: dict[str, list[str]] = {}
        for task in self._steps.tasks(row):
            for channel in dict.fromkeys(write.channel for write in task.writes):
                nodes.setdefault(channel, []).append(task.node)
        return found + [
            _writing(row, key, list(dict.fromkeys(nodes.get(key, [])))) for key in self._steps.written(row)
        ]

    def _row(self, checkpoint_id: str) -> Row | None:
        found = self._connection.execute(
            f"SELECT {ROW} FROM checkpoints WHERE thread = ? AND ns = ? AND id = ?",
            (*self._place, checkpoint_id),
        ).fetchone()
        return None if found is None else Row(*found)

    def _edited_keys(self, row: Row) -> list[str]:
        """The keys whose values an edit has changed, of this checkpoint or of what it was copied from."""
        found: dict[str, None] = {}
        at, until, channels = row, 2**62, row.channels
        while at.id in self._edited or at.forked_from is not None:
            versions = [
                data
                for (data,) in self._connection.execute(
                    "SELECT channels FROM edits WHERE thread = ? AND ns = ? AND id = ? AND edited < ? "
                    "ORDER BY num DESC",
                    (*self._place, at.id, until),
                )
            ]
            for before in versions:
                old, new = self._steps.raw.channels(before), self._steps.raw.channels(channels)
                changed = (key for key in {**new, **old} if old.get(key) != new.get(key))
                found.update(dict.fromkeys(key for key in changed if not is_own(key)))
                channels = before
            original = self._row(at.forked_from) if at.forked_from else None
            if original is None or not self._edited:
                break
            at, until = original, at.created
        return list(found)


def _writing(row: Row, key: str, nodes: list[str]) -> KeyWriting:
    return {
        "key": key,
        "checkpointId": row.id,
        "step": -1 if row.step is None else row.step,
        "source": row.source or "loop",
        "nodes": nodes,
    }
