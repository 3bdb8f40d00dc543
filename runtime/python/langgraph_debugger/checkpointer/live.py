"""Values that cannot be serialised: kept in the process that made them, a marker in the file."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections import OrderedDict
from typing import Any
from uuid import uuid4
from weakref import WeakValueDictionary

_PREVIEW_MAX = 200
_SLOW_SECONDS = 0.002
_KEEP_AT_MOST = 256
_KEEP_BYTES = 256 * 1024 * 1024


class Unavailable:
    """Stands for a value that is not in the file: it could not be stored, or was removed."""

    def __init__(self, type_name: str, preview: str, marker: bytes = b"") -> None:
        self.type_name = type_name
        self.preview = preview
        self.marker = marker

    def __repr__(self) -> str:
        return f"<unavailable {self.type_name}: {self.preview}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Unavailable) and (other.type_name, other.preview) == (
            self.type_name,
            self.preview,
        )

    def __hash__(self) -> int:
        return hash((self.type_name, self.preview))


class Kept:
    """One object that is kept, and its marker. Whoever holds this keeps the object."""

    __slots__ = ("__weakref__", "_constant", "_token", "marker", "size", "value")

    def __init__(self, token: str, value: Any) -> None:
        self._token = token
        self.value = value
        self.marker = b""
        self.size = sys.getsizeof(value, 0)
        own_repr: object = type(value).__repr__
        self._constant = own_repr is object.__repr__

    def describe(self) -> None:
        """Make the marker of the object as it is now."""
        if self.marker and self._constant:
            return
        kind = type(self.value)
        started = time.perf_counter()
        preview = _preview(self.value)
        # Where it takes long, the first one has to do.
        self._constant |= time.perf_counter() - started > _SLOW_SECONDS
        fields = {"type": f"{kind.__module__}.{kind.__qualname__}", "repr": preview, "token": self._token}
        self.marker = json.dumps(fields, ensure_ascii=False).encode("utf-8", "replace")


class LiveObjects:
    """The unserialisable objects of this process, by token and by identity.

    An object stays as long as somebody holds its `Kept`: whoever put the latest checkpoint that has it, and
    this class for the last 256 of them, or 256 MB as far as Python can tell, so that older checkpoints find
    theirs too.
    """

    def __init__(self) -> None:
        self._process = uuid4().hex
        self._lock = threading.Lock()
        self._count = 0
        self._by_token: WeakValueDictionary[str, Kept] = WeakValueDictionary()
        self._by_identity: WeakValueDictionary[int, Kept] = WeakValueDictionary()
        self._recent: OrderedDict[tuple[str, int], Kept] = OrderedDict()  # by thread id and identity
        self._recent_bytes = 0

    def keep(self, thread_id: str, value: Any) -> Kept:
        """What keeps `value`, its marker up to date."""
        with self._lock:
            kept = self._by_identity.get(id(value))
            if kept is None:
                self._count += 1
                token = f"{self._process}:{self._count}"
                kept = Kept(token, value)
                self._by_token[token] = self._by_identity[id(value)] = kept
            self._remember(thread_id, kept)
        kept.describe()
        return kept

    def resolve(self, marker: bytes) -> Any:
        """The object that a marker stands for, or a placeholder when it is not kept in this process."""
        fields = json.loads(marker)
        kept = self._by_token.get(fields["token"])
        return Unavailable(fields["type"], fields["repr"], marker) if kept is None else kept.value

    def copy_thread(self, source: str, target: str) -> None:
        """Keep the objects of `source` for `target` too."""
        with self._lock:
            for kept in [kept for (thread_id, _), kept in self._recent.items() if thread_id == source]:
                self._remember(target, kept)

    def forget_thread(self, thread_id: str) -> None:
        """Let go of the objects that no other thread needs."""
        with self._lock:
            for key in [key for key in self._recent if key[0] == thread_id]:
                self._recent_bytes -= self._recent.pop(key).size

    def _remember(self, thread_id: str, kept: Kept) -> None:
        key = (thread_id, id(kept.value))
        if key not in self._recent:
            self._recent_bytes += kept.size
        self._recent[key] = kept
        self._recent.move_to_end(key)
        while len(self._recent) > _KEEP_AT_MOST or self._recent_bytes > _KEEP_BYTES:
            _, dropped = self._recent.popitem(last=False)
            self._recent_bytes -= dropped.size


def _preview(value: Any) -> str:
    try:
        text = repr(value)
    except Exception as error:  # the user's own `__repr__`
        text = f"<{type(error).__name__} in repr()>"
    return text if len(text) <= _PREVIEW_MAX else text[: _PREVIEW_MAX - 1] + "…"
