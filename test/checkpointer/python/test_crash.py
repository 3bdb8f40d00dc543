"""Killed processes, several processes at once, and what flush() promises."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from helpers import config_of, put, values_at
from langgraph_debugger.checkpointer import CheckpointFileError, FileCheckpointer

FOLDERS = [str(Path(__file__).parent), str(Path(__file__).parents[3] / "runtime" / "python")]

WRITE_FOR_EVER = """
import sys
sys.path[:0] = sys.argv[3:]
from helpers import config_of, put
from langchain_core.messages import HumanMessage
from langgraph_debugger.checkpointer import CheckpointFileError, FileCheckpointer
saver = FileCheckpointer(sys.argv[1])
thread, messages, config, number = sys.argv[2], [], config_of(sys.argv[2]), 0
while True:
    messages = [*messages, HumanMessage(f"{number} " * 100, id=str(number))]
    config = put(saver, {"number": number, "messages": messages[-50:]}, config)
    saver.put_writes(config, [("number", number), ("text", f"{number} " * 100)], "task")
    number += 1
    if number % 20 == 0:
        saver.flush()
        print(number, flush=True)
"""


def start_writer(path: Path, thread: str) -> subprocess.Popen[str]:
    """A process that puts checkpoints and prints how many of them were flushed."""
    return subprocess.Popen(
        [sys.executable, "-c", WRITE_FOR_EVER, str(path), thread, *FOLDERS],
        stdout=subprocess.PIPE,
        text=True,
    )


def read_flushed(writer: subprocess.Popen[str], lines: int) -> int:
    """Wait for some flushes; the number of checkpoints that the last one told."""
    assert writer.stdout is not None
    for _ in range(lines):
        last = writer.stdout.readline()
    return int(last)


def kill(writer: subprocess.Popen[str]) -> int:
    """End it without warning; the number of checkpoints that it had told of by then."""
    writer.kill()
    rest, _ = writer.communicate(timeout=30)
    return int(rest.split()[-1]) if rest.split() else 0


def check_thread(path: Path, thread: str, flushed: int) -> None:
    """The thread is whole, in order, and has at least what was flushed."""
    with FileCheckpointer(path) as saver:
        numbers = []
        for found in saver.list(config_of(thread)):
            values = found.checkpoint["channel_values"]
            number = values["number"]
            numbers.append(number)
            first = max(0, number - 49)
            assert [message.id for message in values["messages"]] == [
                str(n) for n in range(first, number + 1)
            ]
            if len(numbers) > 1:  # the last one's writes may not have been committed
                assert found.pending_writes is not None
                assert [write[2] for write in found.pending_writes] == [number, f"{number} " * 100]
        assert numbers == list(range(len(numbers) - 1, -1, -1))
        assert len(numbers) >= flushed
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()


@pytest.mark.parametrize("flushes", [1, 2, 3, 5, 8])
def test_a_killed_process_loses_at_most_what_was_not_flushed(flushes: int, path: Path) -> None:
    writer = start_writer(path, "thread")
    flushed = read_flushed(writer, flushes)
    flushed = max(flushed, kill(writer))

    check_thread(path, "thread", flushed)


def test_two_processes_write_at_once_and_one_is_killed(path: Path) -> None:
    first, second = start_writer(path, "first"), start_writer(path, "second")
    told = {"first": read_flushed(first, 5), "second": read_flushed(second, 5)}
    told["first"] = max(told["first"], kill(first))
    read_flushed(second, 3)
    told["second"] = max(told["second"], kill(second))

    for thread, flushed in told.items():
        check_thread(path, thread, flushed)


def test_two_processes_that_open_a_new_file_together(path: Path) -> None:
    writers = [start_writer(path, str(number)) for number in range(3)]
    told = [read_flushed(writer, 1) for writer in writers]
    told = [max(before, kill(writer)) for before, writer in zip(told, writers, strict=True)]

    for number, flushed in enumerate(told):
        check_thread(path, str(number), flushed)


# Windows cannot send this signal.
if os.name == "posix":

    def test_an_interrupted_process_writes_what_it_had_put(path: Path) -> None:
        script = (
            "import sys; sys.path[:0] = sys.argv[2:]\n"
            "from helpers import put\n"
            "from langgraph_debugger.checkpointer import FileCheckpointer\n"
            "import signal, threading\n"
            "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # ignored in some CI shells
            "saver = FileCheckpointer(sys.argv[1])\n"
            "try:\n    print('ready', flush=True)\n    threading.Event().wait(60)\n"
            "finally:\n    put(saver, {'text': 'last words'})\n"
        )
        child = subprocess.Popen(
            [sys.executable, "-c", script, str(path), *FOLDERS],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        child.send_signal(signal.SIGINT)
        child.communicate(timeout=30)

        with FileCheckpointer(path) as saver:
            assert values_at(saver, config_of()) == {"text": "last words"}


def test_flush_returns_when_all_is_on_disk(saver: FileCheckpointer) -> None:
    for number in range(200):
        put(saver, {"number": number})
    saver.flush()

    connection = sqlite3.connect(saver.path)
    assert connection.execute("SELECT count(*) FROM checkpoints").fetchone() == (200,)
    connection.close()


def test_flush_can_be_awaited(saver: FileCheckpointer) -> None:
    async def run() -> None:
        await saver.aput(config_of(), {**_checkpoint(), "channel_values": {"a": 1}}, {"step": 0}, {})
        await saver.aflush()

    asyncio.run(run())

    connection = sqlite3.connect(saver.path)
    assert connection.execute("SELECT count(*) FROM checkpoints").fetchone() == (1,)
    connection.close()


def _checkpoint() -> dict[str, object]:
    from langgraph.checkpoint.base import empty_checkpoint

    return dict(empty_checkpoint())


def test_a_read_sees_what_was_just_put(saver: FileCheckpointer) -> None:
    for number in range(50):
        config = put(saver, {"number": number})
        assert values_at(saver, config) == {"number": number}
        assert values_at(saver, config_of()) == {"number": number}


def test_a_run_goes_on_whole_after_another_process_pruned_its_thread(path: Path) -> None:
    long = "x" * 1000
    with FileCheckpointer(path) as mine, FileCheckpointer(path) as other:
        config = put(mine, {"text": long, "number": 1})
        mine.flush()
        other.delete_thread("thread")
        put(mine, {"text": long, "number": 2}, config)
        mine.flush()

        config = put(mine, {"text": long, "number": 3}, config)

        assert values_at(mine, config) == {"text": long, "number": 3}


def test_the_event_loop_is_not_held_up_by_a_locked_file(path: Path) -> None:
    async def run(saver: FileCheckpointer) -> dict[str, object]:
        config = await saver.aput(config_of(), {**_checkpoint(), "channel_values": {"a": 1}}, {"step": 0}, {})
        reading = asyncio.create_task(saver.aget_tuple(config))
        for _ in range(20):  # the loop turns while the read waits for the lock
            await asyncio.sleep(0)
        assert not reading.done()
        lock.execute("ROLLBACK")
        found = await reading
        assert found is not None
        return found.checkpoint["channel_values"]

    with FileCheckpointer(path) as saver:
        lock = sqlite3.connect(path, isolation_level=None)
        lock.execute("BEGIN IMMEDIATE")
        try:
            assert asyncio.run(run(saver)) == {"a": 1}
        finally:
            lock.close()


def test_a_run_goes_on_whole_after_its_own_checkpoints_were_deleted(saver: FileCheckpointer) -> None:
    long = "x" * 1000
    config = saver.put(
        config_of(), {**_checkpoint(), "channel_values": {"text": long}}, {"step": 0, "run_id": "run"}, {}
    )
    found = saver.get_tuple(config)
    assert found is not None
    saver.delete_for_runs(["run"])

    config = put(saver, found.checkpoint["channel_values"], config)

    assert values_at(saver, config) == {"text": long}


def test_an_observer_of_errors_that_asks_for_a_flush_gets_the_error(path: Path) -> None:
    saver = FileCheckpointer(path)
    put(saver, {"text": "committed"})
    saver.flush()
    asked: list[str] = []

    def flush_again(error: CheckpointFileError) -> None:
        try:
            saver.flush()
        except CheckpointFileError as again:
            asked.append(again.code)

    saver.on_error = flush_again
    saver._core.writer.call(lambda connection: connection.execute("PRAGMA max_page_count = 1").fetchall())
    put(saver, {"text": "x" * 1_000_000})

    with pytest.raises(CheckpointFileError, match="disk"):
        saver.close()
    assert asked == ["diskFull"]
