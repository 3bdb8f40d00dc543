"""Values that cannot be serialised: kept in the process that made them, a marker in the file."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections import OrderedDict
from typing import Any
from uuid import uuid4

_PREVIEW_MAX = 200
_SLOW_SECONDS = 0.002
_KEEP_AT_LEAST, _KEEP_AT_MOST = 16, 256
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


class _Kept:
    """One object that is kept, and its marker."""

    __slots__ = ("marker", "slow", "token", "value")

    def __init__(self, token: str, value: Any) -> None:
        self.token = token
        self.value = value
        self.marker = b""
        self.slow = False  # its repr took long; the first one has to do


class LiveObjects:
    """The unserialisable objects of this process, by token and by identity.

    They stay until their thread is forgotten, as the file may ask for them until then; but when a run makes
    new ones at every step, the oldest go: beyond 256 of them, or 256 MB as far as Python can tell.
    """

    def __init__(self) -> None:
        self._process = uuid4().hex
        self._lock = threading.Lock()
        self._count = 0
        self._kept: OrderedDict[str, _Kept] = OrderedDict()  # by token, the last used one last
        self._by_identity: dict[int, _Kept] = {}
        self._tokens_of_thread: dict[str, set[str]] = {}

    def marker(self, thread_id: str, value: Any) -> bytes:
        """Keep `value` and return the data of its `@live` blob."""
        if isinstance(value, Unavailable) and value.marker:
            return value.marker
        with self._lock:
            kept = self._by_identity.get(id(value))
            if kept is None:
                self._count += 1
                kept = _Kept(f"{self._process}:{self._count}", value)
                self._kept[kept.token] = self._by_identity[id(value)] = kept
                self._drop_oldest()
            self._kept.move_to_end(kept.token)
            self._tokens_of_thread.setdefault(thread_id, set()).add(kept.token)
        if not kept.slow:
            kind = type(value)
            started = time.perf_counter()
            preview = _preview(value)
            kept.slow = time.perf_counter() - started > _SLOW_SECONDS
            fields = {
                "type": f"{kind.__module__}.{kind.__qualname__}",
                "repr": preview,
                "token": kept.token,
            }
            kept.marker = json.dumps(fields, ensure_ascii=False).encode("utf-8", "replace")
        return kept.marker

    def resolve(self, marker: bytes) -> Any:
        """The object that a marker stands for, or a placeholder when it is not kept in this process."""
        fields = json.loads(marker)
        with self._lock:
            kept = self._kept.get(fields["token"])
        return Unavailable(fields["type"], fields["repr"], marker) if kept is None else kept.value

    def copy_thread(self, source: str, target: str) -> None:
        """Keep the objects of `source` for `target` too."""
        with self._lock:
            tokens = self._tokens_of_thread.get(source, set())
            self._tokens_of_thread.setdefault(target, set()).update(tokens)

    def forget_thread(self, thread_id: str) -> None:
        """Let go of the objects that no other thread needs."""
        with self._lock:
            gone = self._tokens_of_thread.pop(thread_id, set())
            for token in gone.difference(*self._tokens_of_thread.values()):
                self._drop(token)

    def _drop_oldest(self) -> None:
        bytes_ = sum(sys.getsizeof(kept.value, 0) for kept in self._kept.values())
        while len(self._kept) > _KEEP_AT_LEAST and (len(self._kept) > _KEEP_AT_MOST or bytes_ > _KEEP_BYTES):
            token = next(iter(self._kept))
            bytes_ -= sys.getsizeof(self._kept[token].value, 0)
            self._drop(token)

    def _drop(self, token: str) -> None:
        kept = self._kept.pop(token, None)
        if kept is not None:
            self._by_identity.pop(id(kept.value), None)


def _preview(value: Any) -> str:
    try:
        text = repr(value)
    except Exception as error:  # the user's own `__repr__`
        text = f"<{type(error).__name__} in repr()>"
    return text if len(text) <= _PREVIEW_MAX else text[: _PREVIEW_MAX - 1] + "…"
