"""Turns entries back into values: fetches the blobs level by level, then builds."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Callable, Collection, Generator, Iterable
from typing import Any

from langgraph.checkpoint.serde.base import SerializerProtocol

from langgraph_debugger.checkpointer import fingerprint
from langgraph_debugger.checkpointer.encoder import Leaf
from langgraph_debugger.checkpointer.entries import (
    INT,
    LIST,
    LIVE,
    MAP,
    PART,
    REF,
    Parsed,
    Stored,
    parse,
    ref_to,
)
from langgraph_debugger.checkpointer.live import LiveObjects, Unavailable
from langgraph_debugger.checkpointer.templates import Template, Templates

Fetch = Callable[[Iterable[bytes]], dict[bytes, Stored]]


class Decoder:
    """Reads values of one thread. `fetch` gets the blobs of many hashes at once.

    `leaves`, when given, gets a leaf for each object that was read from a blob, by the object's identity:
    the encoder then knows the object without serialising it again.
    """

    def __init__(
        self,
        serde: SerializerProtocol,
        live: LiveObjects,
        fetch: Fetch,
        templates: Templates | None = None,
        leaves: dict[int, Leaf] | None = None,
    ) -> None:
        self._serde = serde
        self._live = live
        self._fetch = fetch
        self._templates = templates
        self._leaves = leaves
        self._blobs: dict[bytes, Stored] = {}
        self._used: dict[bytes, Template | list[Template]] = {}

    def load(self, data: Iterable[bytes]) -> None:
        """Fetch every blob that `data` (entries, list data or map data) reaches, one query a level."""
        self._load(entry.hash for piece in data for entry in parse(piece) if entry.hash)

    def value(self, entry: bytes) -> Any:
        """The value of one entry, whose blobs were loaded."""
        (parsed,) = parse(entry)
        return self._value(parsed)

    def mapping(self, data: bytes) -> dict[str, Any]:
        """The value of map data, whose blobs were loaded."""
        result: dict[str, Any] = {}
        for entry in parse(data):
            if entry.tag == PART:
                stored = self._blobs.get(entry.hash)
                if stored is not None:
                    result.update(self.mapping(stored[1]))
            elif entry.key is not None:
                result[entry.key] = self._value(entry)
        return result

    def pick(self, data: bytes, keys: Collection[str]) -> dict[str, Any]:
        """The values that map data has for some keys; the others are not even fetched."""
        result: dict[str, Any] = {}
        for entry in parse(data):
            if entry.key in keys and entry.key is not None:
                self._load([entry.hash] if entry.hash else [])
                result[entry.key] = self._value(entry)
            elif entry.tag == PART:
                found = self._fetch([entry.hash]).get(entry.hash)
                if found is not None:
                    result.update(self.pick(found[1], keys))
        return result

    def _load(self, hashes: Iterable[bytes]) -> None:
        wanted = set(hashes)
        while wanted := {hash_ for hash_ in wanted if not self._has(hash_)}:
            found = self._fetch(wanted)
            self._blobs.update(found)
            wanted = {
                entry.hash
                for type_, piece in found.values()
                if type_ in (LIST, MAP)
                for entry in parse(piece)
                if entry.hash
            }
            wanted -= found.keys()

    def _has(self, hash_: bytes) -> bool:
        if hash_ in self._blobs or hash_ in self._used:
            return True
        found = self._templates.get(hash_) if self._templates is not None else None
        if found is None:
            return False
        self._used[hash_] = found  # it may be dropped there before it is used here
        return True

    def _value(self, entry: Parsed) -> Any:
        hash_ = entry.hash
        if not hash_:
            return self._loads((entry.type, entry.data))
        made = self._used.get(hash_)
        if made is not None:
            return self._copies(made) if isinstance(made, list) else self._copies([made])[0]
        stored = self._blobs.get(hash_)
        if stored is None:
            return Unavailable("value", "removed from the checkpoint file")
        type_, data = stored
        if type_ == LIST:
            return self._list(data)
        if type_ == MAP:
            return self.mapping(data)
        if type_ == LIVE:
            return self._live.resolve(data)
        return self._decode(entry, stored)

    def _loads(self, stored: Stored) -> Any:
        return int(stored[1], 16) if stored[0] == INT else self._serde.loads_typed(stored)

    def _decode(self, entry: Parsed, stored: Stored) -> Any:
        value = self._loads(stored)
        if entry.tag == PART:
            return value
        if self._templates is not None:
            template = self._templates.add(entry.hash, len(stored[1]), value)
            if template is not None:
                self._used[entry.hash] = template
                return self._copies([template])[0]
        if self._leaves is not None:
            self._leaves[id(value)] = Leaf(value, fingerprint.take(value), ref_to(entry.hash))
        return value

    def _copies(self, templates: list[Template]) -> list[Any]:
        values = [template.copy() for template in templates]
        if self._leaves is not None:
            for value, template in zip(values, templates, strict=True):
                self._leaves[id(value)] = template.leaf(value)
        return values

    def _list(self, data: bytes) -> list[Any]:
        result: list[Any] = []
        for entry in parse(data):
            if entry.tag == PART:
                result.extend(self._part(entry))
            else:
                result.append(self._value(entry))
        return result

    def _part(self, entry: Parsed) -> list[Any]:
        piece = self._value(entry)
        if not isinstance(piece, list):
            return [piece]
        if entry.hash not in self._used:
            self._keep_list(entry.hash)
        return piece

    def _keep_list(self, hash_: bytes) -> None:
        type_, data = self._blobs[hash_]
        if self._templates is None or type_ != LIST:
            return
        templates: list[Template] = []
        for entry in parse(data):
            made = self._used.get(entry.hash) if entry.tag == REF else None
            if not isinstance(made, Template):
                return
            templates.append(made)
        self._templates.add_list(hash_, templates)


@contextlib.contextmanager
def collector_paused() -> Generator[None]:
    """Many objects are made at once and none becomes garbage: the collector would go over them in vain."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
