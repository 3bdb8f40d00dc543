"""Writes behind the run: one thread commits what was put, in order, in small batches."""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from langgraph_debugger.checkpointer.entries import Blob
from langgraph_debugger.checkpointer.errors import CheckpointFileError, closed, from_sqlite, other_language
from langgraph_debugger.checkpointer.store import LANGUAGE, transaction
from langgraph_debugger.checkpointer.threads import runner_of

T = TypeVar("T")
_log = logging.getLogger(__name__)

_GATHER_SECONDS = 0.02  # fewer, larger transactions; flush() cuts it short
_BATCH_MAX = 1000
BACKLOG_MAX = 256 * 1024 * 1024  # bytes waiting before `put` waits too


class PutOp(NamedTuple):
    """One checkpoint with the blobs it needs: a row of `checkpoints` without its thread."""

    thread_id: str
    blobs: list[Blob]
    row: tuple[Any, ...]


class WritesOp(NamedTuple):
    """The writes of one task with the blobs they need: rows of `writes` without their thread."""

    thread_id: str
    blobs: list[Blob]
    rows: list[tuple[Any, ...]]
    marks: list[tuple[Any, ...]]
    """LangGraph's own, of which a later one replaces an earlier one."""


class StatusOp(NamedTuple):
    """What a thread's run does: `running`, `stopped` or `failed`."""

    thread_id: str
    status: str
    blobs: tuple[()] = ()


class CallOp(NamedTuple):
    """Anything else, in order with the rest: runs alone in a transaction of its own."""

    run: Callable[[sqlite3.Connection], object]
    done: Callable[[object, BaseException | None], None]


ThreadOp = PutOp | WritesOp | StatusOp
Op = ThreadOp | CallOp


class Writer:
    """Owns the writing connection and its thread.

    `on_error(error)` is called in the writer's thread when a batch could not be committed. The batch
    stays first in line and is tried again at the next flush.
    `on_stale(thread_id)` is called when another process has removed blobs of a thread.
    """

    def __init__(
        self,
        path: Path,
        connection: sqlite3.Connection,
        on_error: Callable[[CheckpointFileError], None],
        on_stale: Callable[[str], None],
    ) -> None:
        self._path = path
        self._connection = connection
        self._on_error = on_error
        self._on_stale = on_stale
        self._process = os.getpid()
        self._wake = threading.Condition()
        self._waiting: list[Op] = []
        self._waiting_bytes = 0
        self._accepted = 0  # operations ever accepted, and committed
        self._committed = 0
        self._flush_to = 0
        self._failure: CheckpointFileError | None = None
        self._closing = False
        self._seen: dict[str, tuple[int, int]] = {}  # thread id -> (num, epoch) at the last commit
        self._worker = threading.Thread(target=self._run, name="langgraph-checkpoints", daemon=True)
        self._worker.start()

    @property
    def backlog(self) -> int:
        """Bytes that wait to be written."""
        return self._waiting_bytes

    def add(self, op: ThreadOp) -> None:
        """Accept an operation. Returns at once."""
        with self._wake:
            self._accept(op)
            if len(self._waiting) == 1:
                self._wake.notify_all()

    def call(self, run: Callable[[sqlite3.Connection], T]) -> T:
        """Run `run` in the writer's thread, after all that was put before. Returns when it is committed."""
        return self.submit(run)()

    def submit(self, run: Callable[[sqlite3.Connection], T]) -> Callable[[], T]:
        """Put `run` in line. What is returned waits until it is committed, and gives its result."""
        outcome: list[Any] = []
        op = CallOp(run, lambda result, error: outcome.extend((result, error)))
        with self._wake:
            self._accept(op)
            self._flush_to = self._accepted
            self._failure = None
            self._wake.notify_all()

        def wait() -> T:
            with self._wake:
                while not outcome:
                    self._check_alive()
                    if self._failure is not None:
                        # What its caller was told has failed must not happen later on.
                        self._waiting[self._waiting.index(op)] = CallOp(_nothing, op.done)
                        raise self._failure
                    self._wake.wait(1.0)
            result: T
            result, error = outcome
            if error is not None:
                raise error
            return result

        return wait

    def flush(self) -> None:
        """Return when all that was put before is committed. Raises what stands in the way."""
        with self._wake:
            target = self._accepted
            if self._committed >= target:
                return
            self._check_alive()
            self._flush_to = max(self._flush_to, target)
            self._failure = None
            self._wake.notify_all()
            while self._committed < target:
                self._wake.wait(1.0)
                if self._failure is not None:
                    raise self._failure
                self._check_alive()

    def saw(self, thread_id: str, num: int, epoch: int) -> None:
        """Blobs of a thread were read when these were its number and epoch, and will not be written again."""
        self._seen.setdefault(thread_id, (num, epoch))

    def forget(self, thread_id: str) -> None:
        """The thread of this id is another one from now on, or none."""
        self._seen.pop(thread_id, None)

    def wait_for_room(self) -> None:
        """Wait while too much is waiting. Raises what stands in the way."""
        if self._waiting_bytes > BACKLOG_MAX:
            self.flush()

    def close(self) -> None:
        """Commit what waits, then end the thread and close the connection. May be called twice."""
        if self._closing or os.getpid() != self._process:
            return
        try:
            self.flush()
        finally:
            with self._wake:
                self._closing = True
                self._wake.notify_all()
            self._worker.join()
            self._connection.close()

    def _accept(self, op: Op) -> None:
        if self._closing:
            raise closed(self._path)
        self._waiting.append(op)
        self._waiting_bytes += _size(op)
        self._accepted += 1

    def _check_alive(self) -> None:
        # Not in a forked child, nor from `on_error`: nobody would ever answer.
        if not self._worker.is_alive() or threading.current_thread() is self._worker:
            raise self._failure or CheckpointFileError("unknown", self._path, "its writer is not there")

    def _run(self) -> None:
        while True:
            with self._wake:
                # After a failure nothing is tried until somebody asks for a flush.
                while not self._closing and (not self._waiting or self._failure is not None):
                    self._wake.wait()
                if self._closing:
                    return
                if self._flush_to <= self._committed and len(self._waiting) < _BATCH_MAX:
                    self._wake.wait(_GATHER_SECONDS)
                batch = self._next_batch()
            try:
                self._commit(batch)
            except sqlite3.Error as error:
                self._failed(from_sqlite(error, self._path))
            except CheckpointFileError as error:
                self._failed(error)
            except Exception as error:  # the writer must go on, whatever it was
                self._failed(CheckpointFileError("unknown", self._path, repr(error)))
            else:
                with self._wake:
                    del self._waiting[: len(batch)]
                    self._waiting_bytes -= sum(map(_size, batch))
                    self._committed += len(batch)
                    self._wake.notify_all()

    def _next_batch(self) -> list[Op]:
        """The first operations in line: one call, or all up to the next call."""
        batch: list[Op] = []
        for op in self._waiting[:_BATCH_MAX]:
            if isinstance(op, CallOp):
                return batch or [op]
            batch.append(op)
        return batch

    def _failed(self, error: CheckpointFileError) -> None:
        with self._wake:
            self._failure = error
            self._wake.notify_all()
        try:
            self._on_error(error)
        except Exception:  # the observer's own; the writer must go on
            _log.exception("on_error raised")

    def _commit(self, batch: list[Op]) -> None:
        first = batch[0] if batch else None
        if isinstance(first, CallOp):
            result: object = None
            problem: BaseException | None = None
            try:
                with transaction(self._connection):
                    result = first.run(self._connection)
            except sqlite3.Error as error:
                problem = from_sqlite(error, self._path)
            except Exception as error:  # belongs to the caller
                problem = error
            first.done(result, problem)
            return
        threads: dict[str, tuple[int, int]] = {}
        with transaction(self._connection):
            for op in batch:
                if not isinstance(op, CallOp) and op.thread_id not in threads:
                    threads[op.thread_id] = self._thread(op.thread_id)
            self._write(batch, threads)
        stale = [thread_id for thread_id, now in threads.items() if self._seen.get(thread_id, now) != now]
        self._seen.update(threads)
        for thread_id in stale:
            self._on_stale(thread_id)

    def _thread(self, thread_id: str) -> tuple[int, int]:
        """Number and epoch of a thread, which is made when it is missing."""
        now = int(time.time() * 1000)
        row = self._connection.execute(
            "SELECT num, epoch, language FROM threads WHERE id = ?", (thread_id,)
        ).fetchone()
        if row is None:
            row = self._brought_back(thread_id)
        if row is None:
            cursor = self._connection.execute(
                "INSERT INTO threads (id, language, created, updated) VALUES (?, ?, ?, ?)",
                (thread_id, LANGUAGE, now, now),
            )
            return cursor.lastrowid or 0, 0
        num, epoch, language = row
        if language != LANGUAGE:
            raise other_language(self._path, thread_id, language)
        self._connection.execute("UPDATE threads SET updated = ? WHERE num = ?", (now, num))
        return num, epoch

    def _brought_back(self, thread_id: str) -> tuple[int, int, str] | None:
        """A thread that another process has deleted while this one writes to it is no deleted one."""
        num, _ = self._seen.get(thread_id, (None, None))
        changed = self._connection.execute(
            "UPDATE threads SET id = ?, deleted = NULL WHERE num = ? AND deleted IS NOT NULL",
            (thread_id, num),
        ).rowcount
        if not changed:
            return None
        found: tuple[int, int, str] = self._connection.execute(
            "SELECT num, epoch, language FROM threads WHERE num = ?", (num,)
        ).fetchone()
        return found

    def _write(self, batch: Sequence[Op], threads: dict[str, tuple[int, int]]) -> None:
        connection = self._connection
        ops = [op for op in batch if not isinstance(op, CallOp)]
        numbers = {thread_id: num for thread_id, (num, _) in threads.items()}
        connection.executemany(
            "INSERT OR IGNORE INTO blobs (thread, hash, type, data) VALUES (?, ?, ?, ?)",
            [(numbers[op.thread_id], *blob) for op in ops for blob in op.blobs],
        )
        connection.executemany(
            "INSERT OR REPLACE INTO checkpoints (thread, ns, id, parent, step, source, run, created, "
            "metadata, envelope, channels, timing) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [(numbers[op.thread_id], *op.row) for op in ops if isinstance(op, PutOp)],
        )
        for op in ops:
            if isinstance(op, WritesOp):
                for verb, rows in (("IGNORE", op.rows), ("REPLACE", op.marks)):
                    connection.executemany(
                        f"INSERT OR {verb} INTO writes "
                        "(thread, ns, checkpoint, task, idx, path, channel, value) "
                        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                        [(numbers[op.thread_id], *row) for row in rows],
                    )
            elif isinstance(op, StatusOp):
                connection.execute(
                    "UPDATE threads SET status = ?, runner = ? WHERE num = ?",
                    (op.status, runner_of(op.status), numbers[op.thread_id]),
                )


def _nothing(_: sqlite3.Connection) -> None:
    """What a call that was given up does."""


def _size(op: Op) -> int:
    return 0 if isinstance(op, CallOp) else sum(len(blob.data) for blob in op.blobs)
