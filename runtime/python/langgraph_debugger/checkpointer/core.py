"""What all clones of one saver share: the file, its writer, and what is remembered of each thread."""

from __future__ import annotations

import atexit
import contextlib
import json
import sqlite3
import threading
import time
import weakref
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import WRITES_IDX_MAP, Checkpoint, CheckpointMetadata
from langgraph.checkpoint.serde.base import SerializerProtocol

from langgraph_debugger.checkpointer.decoder import Decoder
from langgraph_debugger.checkpointer.encoder import Encoder, Leaf, MapNode, Node
from langgraph_debugger.checkpointer.entries import INLINE_MAX, Blob
from langgraph_debugger.checkpointer.errors import CheckpointFileError, other_language
from langgraph_debugger.checkpointer.live import Kept, LiveObjects
from langgraph_debugger.checkpointer.maintenance import Encoded
from langgraph_debugger.checkpointer.store import LANGUAGE, Reader, ThreadRow, open_file
from langgraph_debugger.checkpointer.templates import Templates
from langgraph_debugger.checkpointer.writer import PutOp, Writer, WritesOp

T = TypeVar("T")

# A namespace that ended is never put to again; remembering all of them would keep their values for ever.
_REMEMBERED = 64
# The envelope is new in each checkpoint: it goes into the checkpoint's row, cut up only when it is long.
_ENVELOPE_INLINE = 2048


class LiveCheckpoint(NamedTuple):
    """The last checkpoint put in this process, with the very objects of the run as channel values."""

    config: RunnableConfig
    parent_id: str | None
    checkpoint: Checkpoint
    metadata: CheckpointMetadata


class _Scope:
    """What is remembered of one (thread, namespace)."""

    __slots__ = ("channels", "envelope", "kept", "kept_writes", "latest", "read")

    def __init__(self) -> None:
        self.channels: MapNode | None = None
        self.envelope: Node | None = None
        self.read: dict[int, Leaf] = {}  # what was read last, until the run puts it
        self.latest: LiveCheckpoint | None = None
        self.kept: list[Kept] = []  # unserialisable objects of the latest checkpoint, and of its writes
        self.kept_writes: list[Kept] = []


class Core:
    """The shared state behind a saver and its shallow copies."""

    def __init__(self, path: Path, on_error: Callable[[CheckpointFileError], None]) -> None:
        self.path = path
        self.live = LiveObjects()
        self._lock = threading.RLock()
        self._scopes: OrderedDict[tuple[str, str], _Scope] = OrderedDict()
        self._checked: set[str] = set()
        # What a serialiser makes of the same bytes depends on its allowlist.
        self._templates: weakref.WeakKeyDictionary[SerializerProtocol, Templates] = (
            weakref.WeakKeyDictionary()
        )
        connection = open_file(path)
        self.reader = Reader(path)
        self.writer = Writer(path, connection, on_error, self.forget_encoding)
        atexit.register(self._close_at_exit)

    def put(
        self,
        serde: SerializerProtocol,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        stored_metadata: str,
        *,
        timing: str | None,
    ) -> RunnableConfig:
        """Serialise a checkpoint now and hand it to the writer. Returns its config."""
        thread_id, ns, parent = key_of(config)
        result: RunnableConfig = {
            "configurable": {"thread_id": thread_id, "checkpoint_ns": ns, "checkpoint_id": checkpoint["id"]}
        }
        with self._lock:
            self._check_language(thread_id)
            scope = self._scope(thread_id, ns)
            blobs: list[Blob] = []
            encoder = Encoder(serde, self.live, thread_id, blobs, read=scope.read)
            channels = encoder.encode_channels(scope.channels, checkpoint["channel_values"])
            envelope = self._envelope(serde, thread_id, scope.envelope, checkpoint, blobs)
            self.writer.add(
                PutOp(
                    thread_id,
                    blobs,
                    (
                        ns,
                        checkpoint["id"],
                        parent,
                        _only(int, metadata.get("step")),
                        _only(str, metadata.get("source")),
                        _only(str, metadata.get("run_id")),
                        int(time.time() * 1000),
                        stored_metadata,
                        envelope.entry,
                        channels.parts.data,
                        timing,
                    ),
                )
            )
            scope.channels, scope.envelope, scope.read = channels, envelope, {}
            scope.kept, scope.kept_writes = encoder.kept, []
            scope.latest = LiveCheckpoint(result, parent, checkpoint, metadata)
        return result

    def put_writes(
        self,
        serde: SerializerProtocol,
        config: RunnableConfig,
        writes: Sequence[tuple[str, Any]],
        task_id: str,
        task_path: str,
    ) -> None:
        """Serialise the writes of one task now and hand them to the writer."""
        thread_id, ns, checkpoint_id = key_of(config)
        with self._lock:
            self._check_language(thread_id)
            blobs: list[Blob] = []
            encoder = Encoder(serde, self.live, thread_id, blobs, track=False)
            rows = [
                (
                    ns,
                    checkpoint_id,
                    task_id,
                    WRITES_IDX_MAP.get(channel, index),
                    task_path,
                    channel,
                    encoder.encode(None, value).entry,
                )
                for index, (channel, value) in enumerate(writes)
            ]
            results = [row for row in rows if row[5] not in WRITES_IDX_MAP]
            marks = [row for row in rows if row[5] in WRITES_IDX_MAP]
            self.writer.add(WritesOp(thread_id, blobs, results, marks))
            self._scope(thread_id, ns).kept_writes += encoder.kept

    def encode_once(self, serde: SerializerProtocol, thread_id: str, checkpoint: Checkpoint) -> Encoded:
        """A checkpoint with all of its blobs, whatever is already in the file."""
        with self._lock:
            blobs: list[Blob] = []
            encoder = Encoder(serde, self.live, thread_id, blobs, track=False)
            channels = encoder.encode_channels(None, checkpoint["channel_values"])
            envelope = self._envelope(serde, thread_id, None, checkpoint, blobs)
            return Encoded(blobs, envelope.entry, channels.parts.data)

    def decoder(
        self, serde: SerializerProtocol, thread_id: str, leaves: dict[int, Leaf] | None = None
    ) -> Decoder:
        """A decoder for values of one thread. `leaves` are to be handed to `remember_read`."""
        templates = self._templates.setdefault(serde, Templates())
        return Decoder(
            serde, self.live, lambda hashes: self.reader.blobs(thread_id, hashes), templates, leaves
        )

    def remember_read(self, thread: ThreadRow, ns: str, leaves: dict[int, Leaf]) -> None:
        """The objects of a checkpoint just read: a run that goes on from it puts most of them again."""
        with self._lock:
            self.writer.saw(thread.id, thread.num, thread.epoch)
            self._scope(thread.id, ns).read = leaves

    def latest(self, thread_id: str, ns: str) -> LiveCheckpoint | None:
        """The last checkpoint put in this process."""
        with self._lock:
            scope = self._scopes.get((thread_id, ns))
            return scope.latest if scope else None

    def set_latest(self, config: RunnableConfig, latest: LiveCheckpoint | None) -> None:
        """If the checkpoint of `config` is the last one, it is `latest` now; None: as it is in the file."""
        thread_id, ns, checkpoint_id = key_of(config)
        with self._lock:
            scope = self._scopes.get((thread_id, ns))
            if scope and scope.latest and scope.latest.checkpoint["id"] == checkpoint_id:
                scope.latest = latest

    def check_language(self, thread_id: str) -> None:
        """Raise CheckpointFileError when the thread is the other runtime's."""
        with self._lock:
            self._check_language(thread_id)

    def change(self, run: Callable[[sqlite3.Connection], T]) -> T:
        """Run what may remove blobs, after all that was put before. Returns when it is committed."""
        with self._lock:
            # What is put from here on runs after it, so it must not count on any blob.
            self.forget_encoding()
            wait = self.writer.submit(run)
        return wait()

    def forget_encoding(self, thread_id: str | None = None) -> None:
        """Write all values of the thread, or of all threads, again with the next checkpoint."""
        with self._lock:
            for (known, _), scope in self._scopes.items():
                if thread_id in (None, known):
                    scope.channels = scope.envelope = None
                    scope.read = {}

    def forget_thread(self, thread_id: str) -> None:
        """The thread is gone from the file."""
        with self._lock:
            self.writer.forget(thread_id)
            for key in [key for key in self._scopes if key[0] == thread_id]:
                del self._scopes[key]
            self._checked.discard(thread_id)
            self.live.forget_thread(thread_id)

    def close(self) -> None:
        """Write what waits and close the file. Raises when it cannot be written."""
        atexit.unregister(self._close_at_exit)
        try:
            self.writer.close()
        finally:
            self.reader.close()

    def _close_at_exit(self) -> None:
        # Nobody is left to be told; flush() has told those who asked.
        with contextlib.suppress(CheckpointFileError):
            self.close()

    def _scope(self, thread_id: str, ns: str) -> _Scope:
        key = (thread_id, ns)
        scope = self._scopes.get(key)
        if scope is None:
            scope = self._scopes[key] = _Scope()
            if len(self._scopes) > _REMEMBERED:
                self._scopes.popitem(last=False)
        else:
            self._scopes.move_to_end(key)
        return scope

    def _check_language(self, thread_id: str) -> None:
        if thread_id in self._checked:
            return
        row = self.reader.thread(thread_id)
        if row is not None and row.language != LANGUAGE:
            raise other_language(self.path, thread_id, row.language)
        self._checked.add(thread_id)

    def _envelope(
        self,
        serde: SerializerProtocol,
        thread_id: str,
        before: Node | None,
        checkpoint: Checkpoint,
        blobs: list[Blob],
    ) -> Node:
        fields: Mapping[str, Any] = checkpoint
        rest = {name: value for name, value in fields.items() if name != "channel_values"}
        encoder = Encoder(
            serde,
            self.live,
            thread_id,
            blobs,
            track=False,
            split_at=_ENVELOPE_INLINE,
            inline_max=_ENVELOPE_INLINE if before is None or isinstance(before, Leaf) else INLINE_MAX,
        )
        return encoder.encode(before, rest)


def key_of(config: RunnableConfig) -> tuple[str, str, str | None]:
    """Thread id, namespace and checkpoint id of a config."""
    fields = config["configurable"]
    return str(fields["thread_id"]), fields.get("checkpoint_ns", ""), fields.get("checkpoint_id")


def _only(kind: type[T], value: object) -> T | None:
    """A metadata field for queries; anybody may have put anything there."""
    return value if isinstance(value, kind) else None


def metadata_json(metadata: Mapping[str, Any]) -> str:
    """Metadata as it is stored; what JSON does not know becomes its `repr`."""
    return _to_json(metadata).encode("utf-8", "replace").decode("utf-8")


_to_json = json.JSONEncoder(ensure_ascii=False, default=repr).encode
