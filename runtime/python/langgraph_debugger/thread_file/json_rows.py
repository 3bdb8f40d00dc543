"""Reads an exported thread row by row, so that no more than a row of it is in memory."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from pathlib import Path

_CHUNK_BYTES = 1 << 20
_ROW_DEPTH = 4
"""A row is an array inside of so many others: of the file, its tables, a table, the rows."""
_REST_LIMIT = 16 << 20
"""All but the rows: the thread with its note, the names of tables and columns."""

_IN_TEXT = re.compile(rb'["\\]')
_OUTSIDE = re.compile(rb'["\[\]{}]')
_BETWEEN_ROWS = re.compile(rb"[\s,]*")
_TEXT, _ESCAPED, _AFTER_ROW = 1, 2, 4


class Rows:
    """The rows of a file, each with the name of its table; after them, `rest` is the file with empty `rows`.

    What is no JSON shows when these are parsed. Raises OSError, and ValueError for a file with far too much
    beside rows.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._rest = bytearray()
        self._row = bytearray()
        self._depth = 0
        self._state = 0
        self._table = bytearray()

    @property
    def rest(self) -> bytes:
        return bytes(self._rest)

    def __iter__(self) -> Iterator[tuple[str, bytes]]:
        with self._path.open("rb") as file:
            while chunk := file.read(_CHUNK_BYTES):
                yield from self._take(chunk)

    def _take(self, chunk: bytes) -> Generator[tuple[str, bytes]]:
        start = at = 0
        while at < len(chunk):
            if self._state & _TEXT:
                at = self._text(chunk, at)
                continue
            if self._state & _AFTER_ROW:
                between = _BETWEEN_ROWS.match(chunk, at)
                start = at = between.end() if between else at
                if at == len(chunk):
                    break
                self._state = 0
            found = _OUTSIDE.search(chunk, at)
            if found is None:
                break
            sign, at = found.group(), found.end()
            if sign == b'"':
                self._state = _TEXT
                if self._depth == 2:
                    self._table.clear()
            elif sign in b"[{":
                if self._depth == _ROW_DEPTH:
                    self._keep(chunk[start : at - 1])
                    start = at - 1
                self._depth += 1
            else:
                self._depth -= 1
                if self._depth == _ROW_DEPTH:
                    self._row += chunk[start:at]
                    start = at
                    yield self._table.decode("utf-8", "replace"), bytes(self._row)
                    self._row.clear()
                    self._state = _AFTER_ROW
        if self._depth > _ROW_DEPTH:
            self._row += chunk[start:]
        else:
            self._keep(chunk[start:])

    def _text(self, chunk: bytes, at: int) -> int:
        """Reads on in a text. Where it ends, or the chunk."""
        if self._state & _ESCAPED:
            self._state = _TEXT
            return at + 1
        found = _IN_TEXT.search(chunk, at)
        end = len(chunk) if found is None else found.start()
        if self._depth == 2 and len(self._table) < 100:
            self._table += chunk[at : min(end, at + 100)]
        if found is None:
            return end
        self._state = 0 if found.group() == b'"' else _TEXT | _ESCAPED
        return found.end()

    def _keep(self, part: bytes) -> None:
        self._rest += part
        if len(self._rest) > _REST_LIMIT:
            raise ValueError("more than an exported thread has beside its rows")
