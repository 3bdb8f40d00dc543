"""The SQLite file: opening, format version, and the statements that read it."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import time
from collections.abc import Callable, Generator, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from langgraph_debugger.checkpointer.entries import Stored
from langgraph_debugger.checkpointer.errors import CheckpointFileError, closed, from_sqlite

APPLICATION_ID = 0x4C474442
LANGUAGE = "python"
SCHEMA = Path(__file__).parents[3] / "schema" / "checkpoints.sql"

_BUSY_SECONDS = 5.0
_AGAIN_SECONDS = 0.01
_IN_MAX = 500  # SQLite allows 999 parameters before 3.32


def _to_version(version: int) -> Callable[[sqlite3.Connection], None]:
    def migrate(connection: sqlite3.Connection) -> None:
        step = 1
        for statement in _statements(SCHEMA.read_text(encoding="utf-8")):
            if step == version:
                connection.execute(statement)
            step += "PRAGMA user_version" in statement

    return migrate


# One step for each version: MIGRATIONS[n] brings a file of version n to n + 1 and sets user_version.
MIGRATIONS: Sequence[Callable[[sqlite3.Connection], None]] = tuple(map(_to_version, (1, 2, 3)))


class CheckpointRow(NamedTuple):
    """One row of `checkpoints`, with its thread's id."""

    thread_id: str
    ns: str
    id: str
    parent: str | None
    metadata: str
    envelope: bytes
    channels: bytes


class ThreadRow(NamedTuple):
    """One row of `threads`; times are milliseconds since 1970."""

    num: int
    id: str
    language: str
    graph: str | None
    name: str | None
    status: str | None
    created: int
    updated: int
    epoch: int
    note: str | None
    deleted: int | None


class WriteRow(NamedTuple):
    """One pending write."""

    task: str
    channel: str
    value: bytes


class EditRow(NamedTuple):
    """What a checkpoint was before an edit in place."""

    edited: int
    metadata: str
    envelope: bytes
    channels: bytes


def open_file(path: Path) -> sqlite3.Connection:
    """Open the file for reading and writing; make it, its folder and its tables when they are missing.

    Raises CheckpointFileError, and leaves a file that it refuses as it was.
    """
    _make_folder(path)
    return _opened(path, lambda connection: _prepare(connection, path))


def open_existing(path: Path) -> sqlite3.Connection | None:
    """Open a file that is there already, and bring it to this version. None: there is none.

    Raises CheckpointFileError.
    """

    def prepare(connection: sqlite3.Connection) -> None:
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        if application != APPLICATION_ID or _version(connection) != len(MIGRATIONS):
            _prepare(connection, path)
        connection.execute("PRAGMA synchronous = NORMAL")

    if not path.is_file() or path.stat().st_size == 0:
        return None
    return _opened(path, prepare)


def _opened(path: Path, prepare: Callable[[sqlite3.Connection], None]) -> sqlite3.Connection:
    connection: sqlite3.Connection | None = None
    try:
        connection = connect(path)
        prepare(connection)
    except BaseException as error:
        if connection is not None:
            connection.close()
        if isinstance(error, sqlite3.Error):
            raise from_sqlite(error, path) from error
        raise
    return connection


def connect(path: Path) -> sqlite3.Connection:
    """A connection without transactions of its own, usable from any thread under its owner's lock."""
    return sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)


def _make_folder(path: Path) -> None:
    folder = path.parent
    try:
        made = not folder.exists()
        folder.mkdir(parents=True, exist_ok=True)
        ignore = folder / ".gitignore"
        if made or (folder.name == ".langgraph-debug" and not ignore.exists()):
            ignore.write_text("*\n", encoding="utf-8")
    except OSError as error:
        raise CheckpointFileError("readOnly", path, str(error)) from error


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    version = _version(connection)
    if version > len(MIGRATIONS):
        raise CheckpointFileError("newerVersion", path, f"version {version}, this is {len(MIGRATIONS)}")
    # In this order: another process may make the tables just now, and sets the id together with them.
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    if tables and application != APPLICATION_ID:
        raise CheckpointFileError("notADatabase", path)
    if version == 0:
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
    _to_wal(connection, path)
    connection.execute("PRAGMA synchronous = NORMAL")
    with transaction(connection):
        for migrate in MIGRATIONS[_version(connection) :]:
            migrate(connection)
        # Finds out now, not at the first step of a run, that the file cannot be written.
        connection.execute(f"PRAGMA user_version = {_version(connection)}")


def _to_wal(connection: sqlite3.Connection, path: Path) -> None:
    """Here SQLite does not wait for another process that makes the same file."""
    deadline = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.Error as error:
            if from_sqlite(error, path).code != "locked" or time.monotonic() > deadline:
                raise
            time.sleep(_AGAIN_SECONDS)
        else:
            return


def _version(connection: sqlite3.Connection) -> int:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)


def _statements(script: str) -> Iterable[str]:
    """The statements of a script, one by one: `executescript` would commit the transaction."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection) -> Generator[None]:
    """A write transaction: committed at the end, rolled back when anything is raised."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # SQLite has rolled back by itself after some errors (disk full).
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


class Reader:
    """Reads the file. All methods may be called from any thread; errors are CheckpointFileError."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.RLock()
        self._connection = connect(path)
        self._closed = False

    @contextlib.contextmanager
    def snapshot(self) -> Generator[sqlite3.Connection]:
        """Reads in here see one state of the file, whatever is written meanwhile."""
        with self._lock:
            if self._closed:
                raise closed(self._path)
            if self._connection.in_transaction:
                yield self._connection
                return
            try:
                self._connection.execute("BEGIN")
                try:
                    yield self._connection
                finally:
                    if self._connection.in_transaction:
                        self._connection.execute("ROLLBACK")
            except sqlite3.Error as error:
                raise from_sqlite(error, self._path) from error

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            self._closed = True
            self._connection.close()

    def thread(self, thread_id: str) -> ThreadRow | None:
        """The thread with this id."""
        found = self._threads("WHERE id = ? AND deleted IS NULL", (thread_id,))
        return found[0] if found else None

    def threads(self) -> list[ThreadRow]:
        """Every thread, of both languages, the last used first."""
        return self._threads("WHERE deleted IS NULL ORDER BY updated DESC, num DESC", ())

    def _threads(self, clause: str, values: Sequence[object]) -> list[ThreadRow]:
        columns = ", ".join(ThreadRow._fields)
        with self.snapshot() as connection:
            rows = connection.execute(f"SELECT {columns} FROM threads {clause}", values).fetchall()
        return [ThreadRow(*row) for row in rows]

    def checkpoint(self, thread_id: str, ns: str, checkpoint_id: str | None) -> CheckpointRow | None:
        """The checkpoint with this id, or the latest one."""
        which = "AND c.id = ?" if checkpoint_id else "ORDER BY c.id DESC LIMIT 1"
        values = (thread_id, ns, checkpoint_id) if checkpoint_id else (thread_id, ns)
        with self.snapshot() as connection:
            row = connection.execute(
                "SELECT t.id, c.ns, c.id, c.parent, c.metadata, c.envelope, c.channels "
                "FROM threads t CROSS JOIN checkpoints c ON c.thread = t.num "
                f"WHERE t.id = ? AND c.ns = ? {which}",
                values,
            ).fetchone()
        return CheckpointRow(*row) if row else None

    def keys(
        self,
        thread_id: str | None,
        ns: str | None,
        checkpoint_id: str | None,
        before: str | None,
    ) -> list[tuple[str, str, str, str]]:
        """(thread id, namespace, checkpoint id, metadata) of the checkpoints asked for, newest first."""
        conditions = {"t.id =": thread_id, "c.ns =": ns, "c.id =": checkpoint_id, "c.id <": before}
        asked = {sql: value for sql, value in conditions.items() if value is not None}
        where = " AND ".join(["t.deleted IS NULL", "t.language = ?", *(f"{sql} ?" for sql in asked)])
        with self.snapshot() as connection:
            return connection.execute(
                "SELECT t.id, c.ns, c.id, c.metadata "
                "FROM threads t CROSS JOIN checkpoints c ON c.thread = t.num "
                f"WHERE {where} ORDER BY c.id DESC",
                (LANGUAGE, *asked.values()),
            ).fetchall()

    def writes(self, thread_id: str, ns: str, checkpoint_id: str) -> list[WriteRow]:
        """The pending writes of a checkpoint, in the order of LangGraph's `writes_sort_key`."""
        with self.snapshot() as connection:
            rows = connection.execute(
                "SELECT w.task, w.channel, w.value "
                "FROM threads t CROSS JOIN writes w ON w.thread = t.num "
                "WHERE t.id = ? AND w.ns = ? AND w.checkpoint = ? ORDER BY w.path, w.task, w.idx",
                (thread_id, ns, checkpoint_id),
            ).fetchall()
        return [WriteRow(*row) for row in rows]

    def timing(self, thread_id: str, ns: str, checkpoint_id: str | None) -> str | None:
        """How the superstep went that made a checkpoint, as it is stored."""
        with self.snapshot() as connection:
            row: tuple[str | None] | None = connection.execute(
                "SELECT c.timing FROM threads t CROSS JOIN checkpoints c ON c.thread = t.num "
                "WHERE t.id = ? AND c.ns = ? AND c.id = ?",
                (thread_id, ns, checkpoint_id),
            ).fetchone()
        return None if row is None else row[0]

    def edits(self, thread_id: str, ns: str, checkpoint_id: str) -> list[EditRow]:
        """What a checkpoint was before each edit, oldest first."""
        with self.snapshot() as connection:
            rows = connection.execute(
                "SELECT e.edited, e.metadata, e.envelope, e.channels "
                "FROM threads t CROSS JOIN edits e ON e.thread = t.num "
                "WHERE t.id = ? AND e.ns = ? AND e.id = ? ORDER BY e.num",
                (thread_id, ns, checkpoint_id),
            ).fetchall()
        return [EditRow(*row) for row in rows]

    def blobs(self, thread_id: str, hashes: Iterable[bytes]) -> dict[bytes, Stored]:
        """Type and data of the blobs of a thread that are there."""
        with self.snapshot() as connection:
            row = connection.execute("SELECT num FROM threads WHERE id = ?", (thread_id,)).fetchone()
            return fetch_blobs(connection, row[0], hashes) if row else {}


def fetch_blobs(connection: sqlite3.Connection, thread: int, hashes: Iterable[bytes]) -> dict[bytes, Stored]:
    """Type and data of the blobs of thread number `thread` that are there."""
    wanted = list(hashes)
    found: dict[bytes, Stored] = {}
    for start in range(0, len(wanted), _IN_MAX):
        some = wanted[start : start + _IN_MAX]
        marks = ",".join("?" * len(some))
        for hash_, type_, data in connection.execute(
            f"SELECT hash, type, data FROM blobs WHERE thread = ? AND hash IN ({marks})", (thread, *some)
        ):
            found[hash_] = (type_, data)
    return found
