"""Bad files and bad disks: one clear error each, and what was committed before is there."""

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from helpers import checkpoint_of, config_of, put, refuse, values_at
from langgraph_debugger.checkpointer import CheckpointFileError, FileCheckpointer, store, threads
from langgraph_debugger.checkpointer.processes import lives, lives_in_windows
from langgraph_debugger.checkpointer.threads import runner_of

FOLDERS = [str(Path(__file__).parent), str(Path(__file__).parents[3] / "runtime" / "python")]


def test_the_folder_is_made_and_ignored_by_git(saver: FileCheckpointer) -> None:
    assert (saver.path.parent / ".gitignore").read_text(encoding="utf-8") == "*\n"


def test_a_folder_of_the_user_is_not_ignored(tmp_path: Path) -> None:
    FileCheckpointer(tmp_path / "checkpoints.sqlite").close()

    assert not (tmp_path / ".gitignore").exists()


def test_closing_leaves_one_file(filled: Path) -> None:
    assert sorted(entry.name for entry in filled.parent.iterdir()) == [".gitignore", filled.name]


def test_another_programs_database_is_refused_and_left_alone(path: Path) -> None:
    path.parent.mkdir()
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE checkpoints (thread_id TEXT)")
    connection.close()
    before = path.read_bytes()

    error = refuse(path)

    assert error.code == "notADatabase"
    assert "Choose another file" in str(error)
    assert path.read_bytes() == before


def test_a_text_file_is_refused_and_left_alone(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("This is no database. " * 100, encoding="utf-8")

    assert refuse(path).code == "notADatabase"
    assert path.read_text(encoding="utf-8").startswith("This is no database.")


def test_a_damaged_file_is_told_when_it_is_opened(filled: Path) -> None:
    data = bytearray(filled.read_bytes())
    data[100:4096] = b"\xff" * (4096 - 100)
    filled.write_bytes(data)

    error = refuse(filled)

    assert error.code == "corrupt"
    assert "is damaged" in str(error)


def test_a_damaged_table_is_told_when_it_is_read(filled: Path) -> None:
    connection = sqlite3.connect(filled)
    (root,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'checkpoints'").fetchone()
    connection.close()
    data = bytearray(filled.read_bytes())
    data[(root - 1) * 4096 : root * 4096] = b"\xff" * 4096
    filled.write_bytes(data)

    with FileCheckpointer(filled) as saver, pytest.raises(CheckpointFileError) as caught:
        saver.get_tuple(config_of())

    assert caught.value.code == "corrupt"


def test_a_missing_blob_costs_only_its_value(filled: Path) -> None:
    with FileCheckpointer(filled) as saver:
        config = put(saver, {"long": "x" * 100, "text": "intact"})
    connection = sqlite3.connect(filled)
    connection.execute("DELETE FROM blobs")
    connection.commit()
    connection.close()

    with FileCheckpointer(filled) as saver:
        found = values_at(saver, config)

    assert found["text"] == "intact"
    assert repr(found["long"]) == "<unavailable value: removed from the checkpoint file>"


def test_a_file_where_the_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "folder").write_text("", encoding="utf-8")

    error = refuse(tmp_path / "folder" / "checkpoints.sqlite")

    assert error.code == "readOnly"
    assert "write access" in str(error)


def test_a_file_that_sqlite_may_only_read(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Root may write anywhere, so the connection itself is made read-only.
    def connect_read_only(path: Path) -> sqlite3.Connection:
        uri = f"{path.as_uri()}?mode=ro"
        return sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)

    monkeypatch.setattr(store, "connect", connect_read_only)

    assert refuse(filled).code == "readOnly"


OPEN_IN_READ_ONLY_FOLDER = """
import os, sys
sys.path[:0] = sys.argv[2:]
from langgraph_debugger.checkpointer import CheckpointFileError, FileCheckpointer
if os.name == "posix" and os.geteuid() == 0:
    os.setuid(65534)
try:
    FileCheckpointer(sys.argv[1])
except CheckpointFileError as error:
    print(error.code)
"""


@pytest.fixture
def world_readable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder that any user can reach, as pytest's own are private to theirs."""
    import tempfile

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
        (folder / "project").chmod(0o755)


def test_a_folder_without_permission_to_write(world_readable: Path) -> None:
    # As root in a container, the child becomes "nobody" first. Windows has no read-only folders; there
    # the file itself is made read-only.
    project = world_readable / "project"
    target = project / "checkpoints.sqlite"
    FileCheckpointer(target).close()
    target.chmod(0o444)
    project.chmod(0o555)

    child = subprocess.run(
        [sys.executable, "-c", OPEN_IN_READ_ONLY_FOLDER, str(target), *FOLDERS],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    target.chmod(0o644)

    assert child.stdout.strip() == "readOnly", child.stderr


def test_a_locked_file_is_told_when_it_is_opened(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "_BUSY_SECONDS", 0.05)
    other = sqlite3.connect(filled, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        error = refuse(filled)
    finally:
        other.close()

    assert error.code == "locked"
    assert "locked by another program" in str(error)


def test_a_lock_during_a_run_is_told_and_nothing_is_lost_when_it_goes(
    open_saver: Callable[[], FileCheckpointer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "_BUSY_SECONDS", 0.05)
    saver = open_saver()
    told = threading.Event()
    errors: list[CheckpointFileError] = []
    saver.on_error = lambda error: (errors.append(error), told.set())[0]
    put(saver, {"text": "before"})
    saver.flush()
    other = sqlite3.connect(saver.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    config = put(saver, {"text": "during"})

    assert told.wait(10)
    with pytest.raises(CheckpointFileError, match="locked"):
        saver.flush()
    other.close()
    saver.flush()
    assert values_at(saver, config) == {"text": "during"}
    assert {error.code for error in errors} == {"locked"}


def test_an_edit_that_was_refused_does_not_happen_later(
    open_saver: Callable[[], FileCheckpointer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "_BUSY_SECONDS", 0.05)
    saver = open_saver()
    config = put(saver, {"text": "before"})
    saver.flush()
    other = sqlite3.connect(saver.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    put(saver, {"text": "waits"}, config_of("other"))
    with pytest.raises(CheckpointFileError):
        saver.delete_thread("thread")
    other.close()

    assert values_at(saver, config) == {"text": "before"}
    assert values_at(saver, config_of("other")) == {"text": "waits"}


def test_a_full_disk_is_told_and_what_was_committed_is_there(
    open_saver: Callable[[], FileCheckpointer], path: Path
) -> None:
    saver = open_saver()
    first = put(saver, {"text": "committed"})
    saver.flush()
    # SQLite reports a file that may not grow any more as it does a full disk.
    saver._core.writer.call(lambda connection: connection.execute("PRAGMA max_page_count = 30").fetchall())

    second = put(saver, {"text": "x" * 1_000_000}, first)
    with pytest.raises(CheckpointFileError) as caught:
        saver.flush()
    assert caught.value.code == "diskFull"
    assert "Free some space" in str(caught.value)
    with FileCheckpointer(path) as reader:
        assert values_at(reader, config_of()) == {"text": "committed"}

    with pytest.raises(CheckpointFileError):
        saver.get_tuple(second)
    saver._core.writer._connection.execute("PRAGMA max_page_count = 100000").fetchall()
    saver.flush()
    assert values_at(saver, second) == {"text": "x" * 1_000_000}


# File size limits are a POSIX thing; the test above runs anywhere.
if os.name == "posix":

    def test_a_file_size_limit_is_a_full_disk(filled: Path) -> None:
        script = (
            "import resource, sys; sys.path[:0] = sys.argv[2:]\n"
            "from helpers import put\n"
            "from langgraph_debugger.checkpointer import CheckpointFileError, FileCheckpointer\n"
            "saver = FileCheckpointer(sys.argv[1])\n"
            "resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))\n"
            "put(saver, {'text': 'x' * 1_000_000})\n"
            "try:\n    saver.flush()\nexcept CheckpointFileError as error:\n    print(error.code)\n"
        )
        child = subprocess.run(
            [sys.executable, "-c", script, str(filled), *FOLDERS],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

        assert child.stdout.strip() == "diskFull", child.stderr
        with FileCheckpointer(filled) as saver:
            assert values_at(saver, config_of()) == {"text": "committed"}


def test_a_thread_of_the_other_language_is_listed_but_not_touched(filled: Path) -> None:
    connection = sqlite3.connect(filled)
    connection.execute("UPDATE threads SET language = 'javascript'")
    connection.commit()
    connection.close()

    with FileCheckpointer(filled) as saver:
        assert [(thread.id, thread.language) for thread in saver.threads()] == [("thread", "javascript")]
        assert list(saver.list(None)) == []
        for touch in (
            lambda: saver.get_tuple(config_of()),
            lambda: put(saver, {"text": "mine"}),
            lambda: saver.put_writes(config_of(checkpoint="1"), [("a", 1)], "task"),
        ):
            with pytest.raises(CheckpointFileError, match="made by a javascript graph") as caught:
                touch()
            assert caught.value.code == "otherLanguage"


def test_a_closed_saver_says_so(path: Path) -> None:
    saver = FileCheckpointer(path)
    saver.close()
    saver.close()

    with pytest.raises(CheckpointFileError, match="closed"):
        put(saver, {"text": "late"})


def test_a_copy_is_removed_only_while_nothing_came_of_it(open_saver: Callable[[], FileCheckpointer]) -> None:
    saver = open_saver()
    first = put(saver, {"text": "first"})
    child = put(saver, {"text": "second"}, first)
    copy = put(saver, {"text": "first"})
    saver.put_writes(copy, [("text", "kept")], "task")

    assert not saver.discard(first, 0)
    assert not saver.discard(copy, 0)
    assert saver.discard(copy, 1)
    assert saver.get_tuple(copy) is None
    saver.replace(child, checkpoint_of({"text": "edited"}))
    assert not saver.discard(child, 0)
    assert [key.id for key in saver.keys("thread")] == [
        each["configurable"]["checkpoint_id"] for each in (child, first)
    ]
    assert values_at(saver, first) == {"text": "first"}


def test_a_thread_that_another_process_deletes_during_a_run_is_brought_back(
    open_saver: Callable[[], FileCheckpointer], path: Path
) -> None:
    saver = open_saver()
    first = put(saver, {"long": "x" * 100})
    saver.flush()
    other = sqlite3.connect(path, isolation_level=None)
    assert threads.put_away(other, "thread") == "deleted:1:thread"
    assert saver.get_tuple(config_of()) is None
    assert saver.threads() == []

    saver.put(first, checkpoint_of({"long": "x" * 100}), {}, {})

    assert values_at(saver, config_of()) == {"long": "x" * 100}
    assert [(each.num, each.id, each.deleted) for each in saver.threads()] == [(1, "thread", None)]
    other.close()


def test_the_file_shrinks_when_a_thread_is_deleted(saver: FileCheckpointer, path: Path) -> None:
    put(saver, {"long": [str(number) * 1000 for number in range(1000)]}, config_of("large"))
    put(saver, {"text": "small"})
    saver.flush()

    saver.delete_thread("large")
    saver.close()

    assert path.stat().st_size < 100_000


def test_a_process_is_known_to_be_gone_in_windows_too() -> None:
    """Of each process number what Windows says: no such, not for you, still active, ended, unreadable."""

    class Kernel32:
        open = asked = 0

        def OpenProcess(self, access: int, inherit: bool, pid: int) -> int | None:
            assert (access, inherit) == (0x1000, False)
            self.asked = pid
            self.open += pid > 2
            return pid if pid > 2 else None

        def GetExitCodeProcess(self, handle: int, code: Any) -> int:
            code._obj.value = {3: 259, 4: 0}.get(handle, 0)
            return int(handle != 5)

        def CloseHandle(self, handle: int) -> None:
            self.open -= 1

    kernel32 = Kernel32()
    found = {
        pid: lives_in_windows(pid, kernel32, lambda: {1: 87, 2: 5}[kernel32.asked]) for pid in range(1, 6)
    }
    assert found == {1: False, 2: True, 3: True, 4: False, 5: True}
    assert kernel32.open == 0


def test_whose_run_it_is_that_a_status_tells() -> None:
    assert lives(runner_of("running"))
    assert runner_of("stopped") is None
    assert lives("1@another-host")
    assert not any(lives(each) for each in (None, "", "x", "0@" + socket.gethostname(), "-1@h"))
