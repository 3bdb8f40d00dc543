"""The file's version: what it says it is, files of older ones brought forward, newer ones refused."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from helpers import config_of, refuse, values_at
from langgraph_debugger.checkpointer import FileCheckpointer, store


def test_the_file_says_what_it_is(filled: Path) -> None:
    connection = sqlite3.connect(filled)
    pragmas = [
        connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")
    ]
    journal = connection.execute("PRAGMA journal_mode").fetchone()[0]
    connection.close()

    assert pragmas == [0x4C474442, 3]
    assert journal == "wal"


def test_a_newer_file_is_refused_and_left_alone(filled: Path) -> None:
    connection = sqlite3.connect(filled)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    before = filled.read_bytes()

    error = refuse(filled)

    assert error.code == "newerVersion"
    assert "version 99, this is 3" in str(error)
    assert "Update the debugger" in str(error)
    assert filled.read_bytes() == before


def test_a_file_of_version_1_is_brought_forward_with_all_that_is_in_it(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "MIGRATIONS", store.MIGRATIONS[:1])
    old = store.open_file(path)
    old.execute(
        "INSERT INTO threads (id, language, name, created, updated) VALUES ('t', 'python', 'N', 1, 2)"
    )
    old.execute(
        "INSERT INTO checkpoints (thread, ns, id, created, metadata, envelope, channels) "
        "VALUES (1, '', 'c', 3, '{\"step\": 1}', ?, ?)",
        (b"\x10\x04\x81\xa1v\x01", b"\x20\x04text\x10\x06\xa5early"),
    )
    old.execute("INSERT INTO writes VALUES (1, '', 'c', 'task', 0, '', 'text', x'02')")
    old.close()
    monkeypatch.undo()

    with FileCheckpointer(path) as saver:
        found = saver.get_tuple(config_of("t"))
        (thread,) = saver.threads()

    assert found is not None
    assert (found.checkpoint["v"], found.checkpoint["channel_values"]) == (1, {"text": "early"})
    assert found.pending_writes == [("task", "text", None)]
    assert (thread.name, thread.created, thread.updated, thread.note, thread.deleted) == (
        "N",
        1,
        2,
        None,
        None,
    )
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA user_version").fetchone() == (3,)
    assert connection.execute("SELECT timing FROM checkpoints").fetchall() == [(None,)]
    assert connection.execute("SELECT * FROM annotations").fetchall() == []
    connection.close()


def test_a_migration_that_fails_leaves_the_file_as_it_was(
    filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(connection: sqlite3.Connection) -> None:
        connection.execute("DROP TABLE checkpoints")
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(store, "MIGRATIONS", (*store.MIGRATIONS, fail))
    refuse(filled)
    monkeypatch.undo()

    with FileCheckpointer(filled) as saver:
        assert values_at(saver, config_of()) == {"text": "committed"}


def test_two_processes_may_make_the_same_file_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before each statement of the one, the other makes the whole file."""

    def statements_of(path: Path, other_at: int | None = None) -> list[str]:
        """Opens the file; the other process comes before the statement of this number."""
        statements: list[str] = []
        others: list[sqlite3.Connection] = []

        def meanwhile(statement: str) -> None:
            if len(statements) == other_at:
                others.append(open_alone(path))
            statements.append(statement)

        def traced(path: Path) -> sqlite3.Connection:
            connection = connect(path)
            connection.set_trace_callback(meanwhile)
            return connection

        with monkeypatch.context() as patched:
            patched.setattr(store, "connect", traced)
            opened = store.open_file(path)
        assert opened.execute("PRAGMA user_version").fetchone() == (3,)
        assert len(others) == (other_at is not None)
        for connection in (opened, *others):
            connection.close()
        return statements

    def open_alone(path: Path) -> sqlite3.Connection:
        other = connect(path)
        store._prepare(other, path)
        return other

    connect = store.connect
    statements = statements_of(tmp_path / "alone.sqlite")
    before_writing = statements.index("BEGIN IMMEDIATE")
    assert before_writing > 3
    for number in range(before_writing + 1):
        statements_of(tmp_path / f"{number}.sqlite", number)


def test_a_file_that_another_process_is_making_is_waited_for(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It reads or writes just when the journal is to become a log, for which SQLite does not wait."""
    path.parent.mkdir()
    other = store.connect(path)
    waits: list[float] = []

    def begin(statement: str) -> None:
        if statement.startswith("PRAGMA journal_mode") and not waits:
            other.execute("BEGIN EXCLUSIVE")

    def end(seconds: float) -> None:
        waits.append(seconds)
        other.execute("COMMIT")

    def traced(path: Path) -> sqlite3.Connection:
        connection = sqlite3.connect(path, timeout=0, isolation_level=None)
        connection.set_trace_callback(begin)
        return connection

    monkeypatch.setattr(store, "connect", traced)
    monkeypatch.setattr(store.time, "sleep", end)
    opened = store.open_file(path)

    assert len(waits) == 1
    assert opened.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    opened.close()
    other.close()
