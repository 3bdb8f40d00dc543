"""Turns entries back into values: fetches the blobs level by level, then builds."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any

from langgraph.checkpoint.serde.base import SerializerProtocol

from langgraph_debugger.checkpointer.entries import LIST, LIVE, MAP, PART, Parsed, parse
from langgraph_debugger.checkpointer.live import LiveObjects, Unavailable

Stored = tuple[str, bytes]
Fetch = Callable[[Iterable[bytes]], dict[bytes, Stored]]


class Decoder:
    """Reads values of one thread. `fetch` gets the blobs of many hashes at once."""

    def __init__(self, serde: SerializerProtocol, live: LiveObjects, fetch: Fetch) -> None:
        self._serde = serde
        self._live = live
        self._fetch = fetch
        self._blobs: dict[bytes, Stored] = {}

    def load(self, data: Iterable[bytes]) -> None:
        """Fetch every blob that `data` (entries, list data or map data) reaches, one query a level."""
        self._load(entry.hash for piece in data for entry in parse(piece) if entry.hash)

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
        while wanted := wanted - self._blobs.keys():
            found = self._fetch(wanted)
            self._blobs.update(found)
            wanted = {
                entry.hash
                for type_, piece in found.values()
                if type_ in (LIST, MAP)
                for entry in parse(piece)
                if entry.hash
            }

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

    def _value(self, entry: Parsed) -> Any:
        if not entry.hash:
            return self._serde.loads_typed((entry.type, entry.data))
        stored = self._blobs.get(entry.hash)
        if stored is None:
            return Unavailable("value", "removed from the checkpoint file")
        type_, data = stored
        if type_ == LIST:
            return self._list(data)
        if type_ == MAP:
            return self.mapping(data)
        if type_ == LIVE:
            return self._live.resolve(data)
        return self._serde.loads_typed(stored)

    def _list(self, data: bytes) -> list[Any]:
        result: list[Any] = []
        for entry in parse(data):
            if entry.tag == PART:
                piece = self._value(entry)
                result.extend(piece if isinstance(piece, list) else [piece])
            else:
                result.append(self._value(entry))
        return result
