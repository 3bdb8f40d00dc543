"""Threads as JSON files: written whole, read back row for row."""

from __future__ import annotations

import base64
import json
import os
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from ..checkpointer.entries import LIST, MAP, MalformedError, make_blob, parse
from ..checkpointer.errors import from_sqlite
from ..checkpointer.store import open_file, transaction
from ..checkpointer.threads import TABLES, free_id, now
from ..errors import RuntimeFailure
from .json_rows import Rows
from .opening import number_of, reading

if TYPE_CHECKING:
    from ..file_protocol import ExportThreadParams, ImportThreadParams, ImportThreadResult

FORMAT = "langgraph-debugger thread"
VERSION = 1

_FIELDS: dict[str, tuple[type, ...]] = {
    "id": (str,),
    "language": (str,),
    "graph": (str, type(None)),
    "name": (str, type(None)),
    "note": (str, type(None)),
    "status": (str, type(None)),
    "created": (int,),
    "updated": (int,),
}
_BINARY = {"envelope", "channels", "value", "hash", "data"}
_NUMBERS = {"step", "created", "idx", "edited"}
_OPTIONAL = {
    ("checkpoints", "parent"),
    ("checkpoints", "step"),
    ("checkpoints", "source"),
    ("checkpoints", "run"),
    ("checkpoints", "timing"),
    ("annotations", "name"),
    ("annotations", "note"),
}


def export(params: ExportThreadParams) -> dict[str, Any]:
    """Write a thread to a file, which is there whole or not at all."""
    path, target = Path(params["file"]), Path(params["to"])
    temporary = target.with_name(f"{target.name}.{os.getpid()}.part")
    with reading(path) as connection:
        number = number_of(connection, path, params["threadId"])
        assert connection is not None
        try:
            with temporary.open("w", encoding="utf-8", newline="\n") as file:
                _write(connection, number, file)
            temporary.replace(target)
        except OSError as error:
            raise RuntimeFailure(
                "invalidInput", f"The thread can't be written to {target}: {error}. Choose another place."
            ) from None
        finally:
            temporary.unlink(missing_ok=True)
    return {}


def _write(connection: sqlite3.Connection, number: int, file: TextIO) -> None:
    fields = ", ".join(_FIELDS)
    row = connection.execute(f"SELECT {fields} FROM threads WHERE num = ?", (number,)).fetchone()
    thread = dict(zip(_FIELDS, row, strict=True))
    file.write(f'{{\n"format": {json.dumps(FORMAT)},\n"version": {VERSION},\n')
    file.write(f'"thread": {_json(thread)},\n"tables": {{\n')
    for index, (table, (columns, order)) in enumerate(TABLES.items()):
        file.write(f'{"," if index else ""}"{table}": {{"columns": {_json(columns)}, "rows": [')
        rows = connection.execute(
            f"SELECT {', '.join(columns)} FROM {table} WHERE thread = ? ORDER BY {order}", (number,)
        )
        for at, cells in enumerate(rows):
            told = [base64.b64encode(each).decode() if type(each) is bytes else each for each in cells]
            file.write(f"{',' if at else ''}\n{_json(told)}")
        file.write("\n]}\n")
    file.write("}\n}\n")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def import_(params: ImportThreadParams) -> ImportThreadResult:
    """Make a thread of what was exported. It is read twice: all of it is checked before the first write."""
    path, source = Path(params["file"]), Path(params["from"])
    try:
        connection = open_file(path)
        try:
            thread = _check(source)
            with transaction(connection):
                return _insert(connection, source, thread)
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise from_sqlite(error, path) from error


def _insert(connection: sqlite3.Connection, source: Path, thread: dict[str, Any]) -> ImportThreadResult:
    thread_id = free_id(connection, thread["id"])
    # Nobody runs it here.
    thread["status"] = "stopped" if thread["status"] == "running" else thread["status"]
    values = {**thread, "id": thread_id, "updated": now()}
    cursor = connection.execute(
        f"INSERT INTO threads ({', '.join(values)}) VALUES ({', '.join('?' * len(values))})",
        list(values.values()),
    )
    statements = {
        table: f"INSERT INTO {table} (thread, {', '.join(columns)}) VALUES (?{', ?' * len(columns)})"
        for table, (columns, _) in TABLES.items()
    }
    for table, text in Rows(source):
        try:
            connection.execute(statements[table], (cursor.lastrowid, *_cells(table, text)))
        except sqlite3.IntegrityError:
            raise _bad(source, f"a row of {table} is in it twice") from None
    return {"threadId": thread_id}


def _check(source: Path) -> dict[str, Any]:
    """All of the file; what it says of the thread."""
    rows = Rows(source)
    counts: dict[str, int] = {}
    damage: RuntimeFailure | None = None
    try:
        for table, text in rows:
            counts[table] = number = counts.get(table, 0) + 1
            try:
                _check_row(table, _cells(table, text))
            except (ValueError, RecursionError) as error:
                damage = damage or _bad(source, f"row {number} of {table} is damaged ({error})")
        rest = json.loads(rows.rest.decode("utf-8-sig"))
    except OSError as error:
        raise _bad(source, error.strerror or str(error)) from None
    except (ValueError, RecursionError):
        raise _bad(source, "it is no JSON") from None
    thread = _thread(source, rest)
    if damage is not None:
        raise damage
    return thread


def _thread(source: Path, content: Any) -> dict[str, Any]:
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise _bad(source, "it is no exported thread")
    version = content.get("version")
    if not isinstance(version, int) or version > VERSION:
        raise _bad(source, "it was exported by a newer version of this debugger; update the debugger")
    thread, tables = content.get("thread"), content.get("tables")
    if not isinstance(thread, dict) or not isinstance(tables, dict):
        raise _bad(source, "its thread or its tables are missing")
    for field, kind in _FIELDS.items():
        value = thread.get(field)
        if not isinstance(value, kind) or isinstance(value, bool):
            raise _bad(source, f"the thread's {field} is missing or of another type")
    if not thread["id"] or thread["language"] not in ("python", "javascript"):
        raise _bad(source, "the thread's id or language is none")
    for table, (columns, _) in TABLES.items():
        if tables.get(table) != {"columns": list(columns), "rows": []}:
            raise _bad(source, f"its table {table} is missing or has other columns")
    return {field: thread[field] for field in _FIELDS}


def _cells(table: str, text: bytes) -> list[Any]:
    """A row as it goes to the table. Raises ValueError."""
    row = json.loads(text.decode())
    columns = TABLES[table][0] if table in TABLES else ()
    if not isinstance(row, list) or not columns or len(row) != len(columns):
        raise ValueError("other columns")
    return [
        _cell(each, column, (table, column) in _OPTIONAL) for column, each in zip(columns, row, strict=True)
    ]


def _cell(value: Any, column: str, optional: bool) -> Any:
    if value is None and optional:
        return None
    if column in _NUMBERS:
        if type(value) is int and -(2**63) <= value < 2**63:
            return value
    elif type(value) is str:
        if column in _BINARY:
            return base64.b64decode(value, validate=True)
        value.encode()  # raises a ValueError for what is no text
        return value
    raise ValueError(f"{column} is of another type")


def _check_row(table: str, cells: list[Any]) -> None:
    """Refuses what could not be read back."""
    if table == "blobs":
        hash_, type_, data = cells
        if make_blob(type_, data).hash != hash_:
            raise ValueError("its hash is another")
        if type_ in (LIST, MAP):
            _entries(data)
        return
    for column, value in zip(TABLES[table][0], cells, strict=True):
        if column in ("envelope", "value") and len(_entries(value)) != 1:
            raise ValueError(f"{column} is not one value")
        if column == "channels":
            _entries(value)
        if column == "metadata" and not isinstance(json.loads(value), dict):
            raise ValueError("metadata is no object")


def _entries(data: bytes) -> list[Any]:
    try:
        return list(parse(data))
    except MalformedError as error:
        raise ValueError(str(error)) from None


def _bad(source: Path, why: str) -> RuntimeFailure:
    return RuntimeFailure("badImport", f"{source} can't be imported: {why}.")
