"""Opens the checkpoint file for one request."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Generator
from pathlib import Path

from ..checkpointer.errors import from_sqlite
from ..checkpointer.store import open_existing, transaction
from ..errors import RuntimeFailure


@contextlib.contextmanager
def reading(path: Path) -> Generator[sqlite3.Connection | None]:
    """One state of the file, whatever is written meanwhile. None: there is no file."""
    with _opened(path) as connection:
        if connection is not None:
            connection.execute("BEGIN")
        yield connection


@contextlib.contextmanager
def writing(path: Path, thread_id: str) -> Generator[sqlite3.Connection]:
    """A transaction, committed at the end. Without a file the thread is refused as unknown."""
    with _opened(path) as connection:
        if connection is None:
            raise unknown_thread(path, thread_id)
        with transaction(connection):
            yield connection


@contextlib.contextmanager
def outside_of_transactions(path: Path) -> Generator[sqlite3.Connection | None]:
    """For what makes its own. None: there is no file."""
    with _opened(path) as connection:
        yield connection


@contextlib.contextmanager
def _opened(path: Path) -> Generator[sqlite3.Connection | None]:
    connection = open_existing(path)
    try:
        yield connection
    except sqlite3.Error as error:
        raise from_sqlite(error, path) from error
    finally:
        if connection is not None:
            connection.close()


def number_of(connection: sqlite3.Connection | None, path: Path, thread_id: str) -> int:
    """A thread's number in the other tables. Refuses one that is not there."""
    row = None
    if connection is not None:
        row = connection.execute(
            "SELECT num FROM threads WHERE id = ? AND deleted IS NULL", (thread_id,)
        ).fetchone()
    if row is None:
        raise unknown_thread(path, thread_id)
    return int(row[0])


def unknown_thread(path: Path, thread_id: str) -> RuntimeFailure:
    return RuntimeFailure(
        "unknownThread", f"The checkpoint file {path} has no thread {thread_id}; refresh the list of threads."
    )
