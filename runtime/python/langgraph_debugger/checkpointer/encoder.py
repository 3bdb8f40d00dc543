"""Turns values into entries and blobs, again only where they changed since the time before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import is_
from types import MappingProxyType
from typing import Any

from langgraph.checkpoint.serde.base import SerializerProtocol

from langgraph_debugger.checkpointer import fingerprint
from langgraph_debugger.checkpointer.entries import (
    INLINE_MAX,
    INT,
    LIST,
    LIVE,
    MAP,
    Blob,
    inline,
    item_prefix,
    make_blob,
    part,
    ref_to,
)
from langgraph_debugger.checkpointer.live import Kept, LiveObjects, Unavailable
from langgraph_debugger.checkpointer.parts import Parts

SPLIT_AT = 512  # bytes; a list or map that serialises to less stays whole
_MAX_DEPTH = 8
_RUN = 64
_RUN_STRING_MAX = 64
_SCALARS = {int, float, bool, type(None)}


class Leaf:
    """A value that is serialised as a whole."""

    __slots__ = ("entry", "print", "value")

    def __init__(self, value: object, print_: object, entry: bytes) -> None:
        self.value = value  # kept so that its identity stays its own
        self.print = print_
        self.entry = entry

    def matches(self, value: object) -> bool:
        """Whether `value` is what was serialised, also not changed in place since."""
        return fingerprint.same(self.print, self.value, value)


class ListNode:
    """A list whose items are stored one by one, found again by their identity."""

    __slots__ = ("entry", "items", "models", "nodes", "parts")

    def __init__(
        self,
        nodes: list[Node],
        items: dict[int, Node],
        models: fingerprint.ModelsPrint | None,
        parts: Parts,
        entry: bytes,
    ) -> None:
        self.nodes = nodes
        self.items = items
        self.models = models
        self.parts = parts
        self.entry = entry


class RunsNode:
    """A list of numbers and short strings, stored as arrays of 64 of them."""

    __slots__ = ("entries", "entry", "parts", "values")

    def __init__(self, values: list[Any], entries: list[bytes], parts: Parts, entry: bytes) -> None:
        self.values = values
        self.entries = entries
        self.parts = parts
        self.entry = entry


class MapNode:
    """A map with string keys whose values are stored one by one."""

    __slots__ = ("entry", "items", "parts")

    def __init__(self, items: dict[str, tuple[Node, bytes]], parts: Parts, entry: bytes) -> None:
        self.items = items
        self.parts = parts
        self.entry = entry


Node = Leaf | ListNode | RunsNode | MapNode


class Encoder:
    """Encodes values of one thread; new blobs are added to `out`."""

    def __init__(
        self,
        serde: SerializerProtocol,
        live: LiveObjects,
        thread_id: str,
        out: list[Blob],
        *,
        track: bool = True,
        split_at: int = SPLIT_AT,
        inline_max: int = INLINE_MAX,
        read: Mapping[int, Leaf] = MappingProxyType({}),
    ) -> None:
        """`track=False` is for values that are encoded once, whose fingerprints nobody will ask for.

        `read` has leaves of objects that were read from the file, by their identity.
        """
        self._serde = serde
        self._track = track
        self._live = live
        self._thread_id = thread_id
        self.kept: list[Kept] = []  # the objects that could not be serialised
        self._out = out
        self._split_at = split_at
        self._inline_max = inline_max
        self._read = read

    def encode(self, before: Node | None, value: Any, depth: int = 0) -> Node:
        """The node of `value`; unchanged parts of `before`, the node it had the last time, are kept."""
        kind = type(value)
        if kind is list and value and isinstance(before, (ListNode, RunsNode)):
            return self._list(before, value, depth)
        if kind is dict and value and isinstance(before, MapNode) and _splittable_keys(value):
            return self._dict(before, value, depth)
        if isinstance(before, Leaf) and before.matches(value):
            return before
        read = self._read.get(id(value))
        if read is not None and read.matches(value):
            return read
        may_split = depth < _MAX_DEPTH and (
            (kind is list and value) or (kind is dict and value and _splittable_keys(value))
        )
        # Taken first: a node of the user may change the value while it is serialised.
        print_ = fingerprint.take(value) if self._track else fingerprint.UNKNOWN
        try:
            type_, data = self._serde.dumps_typed(value)
        except Exception:  # the serialiser and the user's classes raise whatever they like
            if kind is int:
                return self._leaf(before, value, print_, INT, b"%x" % value)
            if not may_split:
                return self._live_leaf(before, value)
        else:
            if not may_split or len(data) <= self._split_at:
                return self._leaf(before, value, print_, type_, bytes(data))
        if kind is list:
            return self._list(None, value, depth)
        return self._dict(None, value, depth)

    def encode_channels(self, before: MapNode | None, values: Mapping[str, Any]) -> MapNode:
        """The node of `channel_values`; its `parts.data` goes into the checkpoint's own row."""
        items, parts = self._items(before, values, 0)
        return MapNode(items, parts, b"")

    def _leaf(self, before: Node | None, value: Any, print_: object, type_: str, data: bytes) -> Leaf:
        if len(data) <= self._inline_max:
            return Leaf(value, print_, inline(type_, data))
        return self._stored(before, value, print_, make_blob(type_, data))

    def _live_leaf(self, before: Node | None, value: Any) -> Leaf:
        if isinstance(value, Unavailable) and value.marker:
            marker = value.marker
        else:
            kept = self._live.keep(self._thread_id, value)
            self.kept.append(kept)
            marker = kept.marker
        return self._stored(before, value, fingerprint.UNKNOWN, make_blob(LIVE, marker))

    def _stored(self, before: Node | None, value: Any, print_: object, blob: Blob) -> Leaf:
        entry = ref_to(blob.hash)
        if before is None or before.entry != entry:
            self._out.append(blob)
        return Leaf(value, print_, entry)

    def _whole(self, before: Node | None, type_: str, parts: Parts) -> bytes:
        blob = make_blob(type_, parts.data)
        entry = ref_to(blob.hash)
        if before is None or before.entry != entry:
            self._out.append(blob)
        return entry

    def _list(self, before: Node | None, values: list[Any], depth: int) -> Node:
        if _is_scalar_list(values):
            try:
                return self._runs(before if isinstance(before, RunsNode) else None, list(values))
            except Exception:  # an integer beyond 64 bits
                before = None
        before = before if isinstance(before, ListNode) else None
        head = before.models if before is not None else None
        if head is not None and not head.begins(values):
            head = None
        elif before is not None and head is not None and len(values) == len(before.nodes):
            return before
        nodes = before.nodes.copy() if before is not None and head is not None else []
        known = before.items if before is not None else {}
        rest = values[len(nodes) :]
        for value in rest:
            node = known.get(id(value)) or self._read.get(id(value))
            if not (type(node) is Leaf and node.matches(value)):
                node = self.encode(node, value, depth + 1)
            nodes.append(node)
        added = nodes[len(nodes) - len(rest) :]
        items = known.copy() if head is not None else {}
        items.update(zip(map(id, rest), added, strict=True))
        models = fingerprint.take_all(head, rest, (node.print for node in added if type(node) is Leaf))
        entries = [node.entry for node in nodes]
        parts = Parts(entries, None, LIST, before.parts if before else None, self._out)
        return ListNode(nodes, items, models, parts, self._whole(before, LIST, parts))

    def _runs(self, before: RunsNode | None, values: list[Any]) -> Node:
        entries: list[bytes] = []
        counts: list[int] = []
        for start in range(0, len(values), _RUN):
            run = values[start : start + _RUN]
            at = start // _RUN
            counts.append(len(run))
            known = before.entries[at] if before is not None and at < len(before.entries) else None
            if known is not None and before is not None:
                old = before.values[start : start + _RUN]
                if len(old) == len(run) and all(map(is_, old, run)):
                    entries.append(known)
                    continue
            blob = make_blob(*self._serde.dumps_typed(run))
            entry = part(blob, len(run))
            if entry != known:
                self._out.append(blob)
            entries.append(entry)
        parts = Parts(entries, counts, LIST, before.parts if before else None, self._out)
        return RunsNode(values, entries, parts, self._whole(before, LIST, parts))

    def _dict(self, before: MapNode | None, values: dict[str, Any], depth: int) -> Node:
        items, parts = self._items(before, values, depth)
        return MapNode(items, parts, self._whole(before, MAP, parts))

    def _items(
        self, before: MapNode | None, values: Mapping[str, Any], depth: int
    ) -> tuple[dict[str, tuple[Node, bytes]], Parts]:
        known = before.items if before is not None else {}
        items: dict[str, tuple[Node, bytes]] = {}
        for key, value in list(values.items()):
            old = known.get(key)
            node = self.encode(old[0] if old else None, value, depth + 1)
            items[key] = old if old and node is old[0] else (node, item_prefix(key) + node.entry)
        entries = [entry for _, entry in items.values()]
        return items, Parts(entries, None, MAP, before.parts if before else None, self._out)


def _splittable_keys(value: dict[Any, Any]) -> bool:
    return all(type(key) is str and (key.isascii() or _encodes(key)) for key in value)


def _encodes(key: str) -> bool:
    try:
        key.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_scalar_list(values: Sequence[Any]) -> bool:
    kinds = set(map(type, values))
    if kinds <= _SCALARS:
        return True
    return kinds <= _SCALARS | {str} and all(
        len(value) <= _RUN_STRING_MAX for value in values if type(value) is str
    )
