"""LangGraph's checkpointer over the checkpoint file."""

from __future__ import annotations

import contextlib
import json
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, cast

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
    get_checkpoint_metadata,
)
from langgraph.checkpoint.serde.base import SerializerProtocol
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer

from langgraph_debugger.checkpointer import maintenance, threads
from langgraph_debugger.checkpointer.async_half import AsyncHalf
from langgraph_debugger.checkpointer.core import Core, LiveCheckpoint, key_of, metadata_json
from langgraph_debugger.checkpointer.decoder import collector_paused
from langgraph_debugger.checkpointer.encoder import Leaf
from langgraph_debugger.checkpointer.entries import MalformedError
from langgraph_debugger.checkpointer.errors import CheckpointFileError, UnknownCheckpointError
from langgraph_debugger.checkpointer.history import delta_history
from langgraph_debugger.checkpointer.kinds import CheckpointKey, Edited, Timer
from langgraph_debugger.checkpointer.store import CheckpointRow, ThreadRow
from langgraph_debugger.checkpointer.writer import BACKLOG_MAX, StatusOp

if TYPE_CHECKING:
    from langgraph.checkpoint.base import DeltaChannelHistory  # not in langgraph 0.6

_random = random.Random()
"""Not the one that nodes draw from, whose numbers a run without a checkpointer gets."""


class FileCheckpointer(AsyncHalf):
    """Saves to one SQLite file, behind the run; both the sync and the async half of LangGraph's contract.

    Values are serialised before `put` returns, and committed soon after; `flush()` waits for that.
    Reads flush first. `on_error(error)` is called in another thread when a commit fails.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        serde: SerializerProtocol | None = None,
        on_error: Callable[[CheckpointFileError], None] | None = None,
    ) -> None:
        """Open the file, or make it. Raises CheckpointFileError."""
        super().__init__(serde=serde or JsonPlusSerializer(pickle_fallback=False))
        # Behind one reference: `with_allowlist` makes shallow copies that must see each other's changes.
        self._hooks: dict[str, Any] = {"on_error": on_error, "timer": None}
        self._core = Core(Path(path).absolute(), self._tell_error)

    @property
    def path(self) -> Path:
        """The checkpoint file."""
        return self._core.path

    @property
    def on_error(self) -> Callable[[CheckpointFileError], None] | None:
        """Called when a commit fails, in the writer's thread."""
        return cast("Callable[[CheckpointFileError], None] | None", self._hooks["on_error"])

    @on_error.setter
    def on_error(self, observer: Callable[[CheckpointFileError], None] | None) -> None:
        self._hooks["on_error"] = observer

    def time_by(self, timer: Timer) -> None:
        """From here on `timer` is asked at each `put`, and told of its time and that of `put_writes`."""
        self._hooks["timer"] = timer

    def _tell_error(self, error: CheckpointFileError) -> None:
        if self.on_error is not None:
            self.on_error(error)

    # Writing

    def put(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """Store a checkpoint under the parent that `config` names. All channels are examined, not only
        those in `new_versions`: a node may have changed a value in place."""
        self.wait_for_room()
        began = time.perf_counter()
        full_metadata = get_checkpoint_metadata(config, metadata)
        timer: Timer | None = self._hooks["timer"]
        timing = timer.of(checkpoint["id"]) if timer is not None else None
        stored = metadata_json(full_metadata)
        result = self._core.put(self.serde, config, checkpoint, full_metadata, stored, timing=timing)
        if timer is not None:
            timer.spent(time.perf_counter() - began)
        return result

    def put_writes(
        self,
        config: RunnableConfig,
        writes: Sequence[tuple[str, Any]],
        task_id: str,
        task_path: str = "",
    ) -> None:
        """Store the writes of one task for the checkpoint that `config` names."""
        self.wait_for_room()
        began = time.perf_counter()
        self._core.put_writes(self.serde, config, writes, task_id, task_path)
        timer: Timer | None = self._hooks["timer"]
        if timer is not None:
            timer.spent(time.perf_counter() - began)

    def replace(
        self, config: RunnableConfig, checkpoint: Checkpoint, metadata: CheckpointMetadata | None = None
    ) -> RunnableConfig:
        """Edit a checkpoint in place: new values and versions under the same id.

        Parent, pending writes and, unless given, metadata stay. What the checkpoint was is kept, see
        `edits()`. Returns when it is committed. Raises UnknownCheckpointError when it is not in the file.
        """
        thread_id, ns, checkpoint_id = key_of(config)
        checkpoint_id = checkpoint_id or checkpoint["id"]
        self._core.check_language(thread_id)
        checkpoint = cast("Checkpoint", {**checkpoint, "id": checkpoint_id})
        encoded = self._core.encode_once(self.serde, thread_id, checkpoint)
        stored = metadata_json(metadata) if metadata is not None else None
        key = (thread_id, ns, checkpoint_id)
        found = self._core.writer.call(lambda connection: maintenance.edit(connection, key, encoded, stored))
        if not found:
            raise UnknownCheckpointError(
                f"There is no checkpoint {checkpoint_id!r} in thread {thread_id!r}, namespace {ns!r}."
            )
        row = self._core.reader.checkpoint(*key)
        result: RunnableConfig = {
            "configurable": {"thread_id": thread_id, "checkpoint_ns": ns, "checkpoint_id": checkpoint_id}
        }
        if row is not None:
            latest = LiveCheckpoint(result, row.parent, checkpoint, json.loads(row.metadata))
            self._core.set_latest(result, latest)
        return result

    def undo(self, config: RunnableConfig) -> int | None:
        """Take back the last edit in place of the checkpoint that `config` names: it is again what it was.

        How many edits of it are left, None when there was none to take back. Returns when that is committed.
        """
        thread_id, ns, checkpoint_id = key_of(config)
        self._core.check_language(thread_id)
        key = (thread_id, ns, checkpoint_id or "")
        left = self._core.writer.call(lambda connection: maintenance.undo(connection, key))
        self._core.set_latest(config, None)
        return left

    def wait_for_room(self) -> None:
        """Wait for the writer when a great deal is waiting. Raises what stands in its way."""
        self._core.writer.wait_for_room()

    def is_full(self) -> bool:
        """Whether `put` would have to wait for the writer."""
        return self._core.writer.backlog > BACKLOG_MAX

    def flush(self) -> None:
        """Return when all that was put before is committed. Raises CheckpointFileError when it cannot be."""
        self._core.writer.flush()

    def close(self) -> None:
        """Flush and close the file; the saver cannot be used afterwards."""
        self._core.close()

    def __enter__(self) -> FileCheckpointer:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    # Reading

    def latest(self, thread_id: str, ns: str = "") -> LiveCheckpoint | None:
        """The last checkpoint put in this process; its values are the run's own: look, don't touch."""
        return self._core.latest(thread_id, ns)

    def get_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """The checkpoint that `config` names, or the latest of its thread and namespace."""
        thread_id, ns, checkpoint_id = key_of(config)
        self.flush()
        self._core.check_language(thread_id)
        leaves: dict[int, Leaf] = {}
        with collector_paused(), self._core.reader.snapshot():
            thread = self._core.reader.thread(thread_id)
            row = self._core.reader.checkpoint(thread_id, ns, checkpoint_id)
            if row is None or thread is None:
                return None
            found = self._load(row, leaves)
        self._core.remember_read(thread, ns, leaves)
        return found._replace(config=config) if checkpoint_id else found

    def changes(self) -> int:
        """Another number after each change of the file by any process, of all that was put before."""
        self.flush()
        with self._core.reader.snapshot() as connection:
            (version,) = connection.execute("PRAGMA data_version").fetchone()
            return int(version)

    def list(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> Iterator[CheckpointTuple]:
        """The checkpoints asked for, newest first. `filter` is on the metadata, `before` is strict."""
        self.flush()
        fields = config["configurable"] if config is not None else {}
        thread_id = fields.get("thread_id")
        last = before["configurable"].get("checkpoint_id") if before is not None else None
        keys = self._core.reader.keys(
            str(thread_id) if thread_id is not None else None,
            fields.get("checkpoint_ns"),
            fields.get("checkpoint_id"),
            last,
        )
        left = len(keys) if limit is None else limit
        for thread, ns, checkpoint_id, metadata in keys:
            if left <= 0:
                return
            if filter and not _matches(json.loads(metadata), filter):
                continue
            with self._core.reader.snapshot():
                row = self._core.reader.checkpoint(thread, ns, checkpoint_id)
                found = self._load(row) if row is not None else None
            if found is not None:
                left -= 1
                yield found

    def edits(self, config: RunnableConfig) -> Sequence[Edited]:
        """What the checkpoint that `config` names was before each edit in place, oldest first."""
        thread_id, ns, checkpoint_id = key_of(config)
        self.flush()
        result = []
        with self._core.reader.snapshot():
            decoder = self._core.decoder(self.serde, thread_id)
            for row in self._core.reader.edits(thread_id, ns, checkpoint_id or ""):
                decoder.load((row.envelope, row.channels))
                checkpoint = decoder.value(row.envelope)
                checkpoint["channel_values"] = decoder.mapping(row.channels)
                result.append(Edited(row.edited, checkpoint, json.loads(row.metadata)))
        return result

    def pick(self, config: RunnableConfig, keys: Sequence[str]) -> dict[str, Any]:
        """The values that a checkpoint has for some channels, without reading the others."""
        thread_id, ns, checkpoint_id = key_of(config)
        self.flush()
        with self._core.reader.snapshot():
            row = self._core.reader.checkpoint(thread_id, ns, checkpoint_id) if keys else None
            return {} if row is None else self._core.decoder(self.serde, thread_id).pick(row.channels, keys)

    def threads(self) -> Sequence[ThreadRow]:
        """Every thread in the file, of both languages, the last used first."""
        self.flush()
        return self._core.reader.threads()

    def _load(self, row: CheckpointRow, leaves: dict[int, Leaf] | None = None) -> CheckpointTuple:
        writes = self._core.reader.writes(row.thread_id, row.ns, row.id)
        decoder = self._core.decoder(self.serde, row.thread_id, leaves)
        try:
            decoder.load((row.envelope, row.channels, *(write.value for write in writes)))
            checkpoint = decoder.value(row.envelope)
            checkpoint["channel_values"] = decoder.mapping(row.channels)
        except (MalformedError, TypeError) as error:
            raise CheckpointFileError("corrupt", self.path, f"checkpoint {row.id}: {error}") from error
        place = {"thread_id": row.thread_id, "checkpoint_ns": row.ns}
        return CheckpointTuple(
            config={"configurable": {**place, "checkpoint_id": row.id}},
            checkpoint=checkpoint,
            metadata=json.loads(row.metadata),
            parent_config={"configurable": {**place, "checkpoint_id": row.parent}} if row.parent else None,
            pending_writes=[(write.task, write.channel, decoder.value(write.value)) for write in writes],
        )

    def get_delta_channel_history(
        self, *, config: RunnableConfig, channels: Sequence[str]
    ) -> Mapping[str, DeltaChannelHistory]:
        """For each channel its writes since the nearest ancestor with a value, and that value as `seed`."""
        if not channels:
            return {}
        thread_id, ns, checkpoint_id = key_of(config)
        self.flush()
        self._core.check_language(thread_id)
        with self._core.reader.snapshot():
            return delta_history(
                self._core.reader,
                self._core.decoder(self.serde, thread_id),
                (thread_id, ns, checkpoint_id),
                channels,
            )

    def keys(self, thread_id: str) -> Sequence[CheckpointKey]:
        """The checkpoints of all namespaces of a thread, newest first, without their values."""
        self.flush()
        self._core.check_language(thread_id)
        rows = self._core.reader.keys(thread_id, None, None, None)
        return [CheckpointKey(ns, id_, json.loads(metadata)) for _, ns, id_, metadata in rows]

    # Changing what is there

    def discard(self, config: RunnableConfig, writes: int) -> bool:
        """Remove a checkpoint of which nothing was made: no child, no edit, no more than `writes` pending
        writes. Whether it was removed. Returns when that is committed."""
        thread_id, ns, checkpoint_id = key_of(config)
        self._core.check_language(thread_id)
        key = (thread_id, ns, checkpoint_id or "")
        return self._core.writer.call(lambda connection: maintenance.discard(connection, key, writes))

    def delete_thread(self, thread_id: str) -> None:
        """Remove a thread and all that belongs to it."""
        thread_id = str(thread_id)
        self._change(lambda connection: threads.delete_thread(connection, thread_id))
        self._core.forget_thread(thread_id)

    def delete_for_runs(self, run_ids: Sequence[str]) -> None:
        """Remove the checkpoints that these runs made, with their writes."""
        self._change(lambda connection: maintenance.delete_for_runs(connection, run_ids))

    def copy_thread(self, source_thread_id: str, target_thread_id: str) -> None:
        """Copy all of a thread to another id."""
        self._core.check_language(source_thread_id)
        self._core.check_language(target_thread_id)
        self._core.writer.call(
            lambda connection: threads.copy_thread(connection, source_thread_id, target_thread_id)
        )
        self._core.live.copy_thread(source_thread_id, target_thread_id)

    def prune(self, thread_ids: Sequence[str], *, strategy: str = "keep_latest") -> None:
        """Keep only the latest checkpoint of each namespace ("keep_latest"), or nothing ("delete").

        Ancestors that a DeltaChannel of a kept checkpoint is rebuilt from stay.
        """
        if strategy not in ("keep_latest", "delete"):
            raise ValueError(f"Unknown strategy {strategy!r}: use 'keep_latest' or 'delete'.")
        for thread_id in thread_ids:
            if strategy == "delete":
                self.delete_thread(thread_id)
            else:
                self._core.check_language(thread_id)
                self._change(lambda connection, id_=thread_id: maintenance.prune(connection, id_))

    def timing(self, config: RunnableConfig) -> str | None:
        """How the superstep went that made a checkpoint: the JSON of `checkpoints.timing`."""
        self.flush()
        return self._core.reader.timing(*key_of(config))

    def set_timing(self, config: RunnableConfig, timing: str) -> None:
        """Note afterwards how a checkpoint came about: the JSON of `checkpoints.timing`."""
        key = key_of(config)
        self._core.writer.call(lambda connection: maintenance.set_timing(connection, key, timing))

    def set_status(self, thread_id: str, status: str) -> None:
        """Note what a thread's run does, in line with what it puts. Returns at once."""
        self._core.writer.add(StatusOp(thread_id, status))

    def forget_thread(self, thread_id: str) -> None:
        """Another connection has changed which thread has this id."""
        self._core.forget_thread(thread_id)

    def describe_thread(self, thread_id: str, **changes: str | None) -> None:
        """Set a thread's `graph`, `name` or `status`."""
        unknown = changes.keys() - {"graph", "name", "status"}
        if unknown:
            raise ValueError(f"A thread has no {', '.join(sorted(unknown))}: use graph, name or status.")
        self._core.writer.call(lambda connection: threads.describe_thread(connection, thread_id, changes))

    def _change(self, run: Callable[..., object]) -> None:
        self._core.change(run)
        with contextlib.suppress(CheckpointFileError):  # the file only stays larger than it need be
            self._core.writer.call(maintenance.vacuum)

    def get_next_version(self, current: Any, channel: None) -> str:
        """As LangGraph's own savers: a counter, then a random part that tells forks apart, only shorter."""
        last = 0 if current is None else int(str(current).split(".", maxsplit=1)[0])
        return f"{last + 1:08}.{_random.randrange(10**8):08}"


def _matches(metadata: Mapping[str, Any], filter: Mapping[str, Any]) -> bool:
    return all(metadata.get(key) == value for key, value in filter.items())
