"""Values that cannot be serialised: kept in the process that made them, a marker in the file."""

from __future__ import annotations

import json
import threading
from typing import Any
from uuid import uuid4

_PREVIEW_MAX = 200


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


class LiveObjects:
    """The unserialisable objects of this process, by token and by identity.

    They stay until their thread is forgotten, as the file may ask for them until then.
    """

    def __init__(self) -> None:
        self._process = uuid4().hex
        self._lock = threading.Lock()
        self._objects: dict[str, Any] = {}
        self._token_of: dict[int, str] = {}
        self._tokens_of_thread: dict[str, set[str]] = {}

    def marker(self, thread_id: str, value: Any) -> bytes:
        """Keep `value` and return the data of its `@live` blob."""
        if isinstance(value, Unavailable) and value.marker:
            return value.marker
        with self._lock:
            token = self._token_of.get(id(value))
            if token is None:
                token = f"{self._process}:{len(self._objects)}:{id(value):x}"
                self._objects[token] = value
                self._token_of[id(value)] = token
            self._tokens_of_thread.setdefault(thread_id, set()).add(token)
        kind = type(value)
        marker = {"type": f"{kind.__module__}.{kind.__qualname__}", "repr": _preview(value), "token": token}
        return json.dumps(marker, ensure_ascii=False).encode("utf-8", "replace")

    def resolve(self, marker: bytes) -> Any:
        """The object that a marker stands for, or a placeholder when another process made it."""
        fields = json.loads(marker)
        with self._lock:
            if fields["token"] in self._objects:
                return self._objects[fields["token"]]
        return Unavailable(fields["type"], fields["repr"], marker)

    def copy_thread(self, source: str, target: str) -> None:
        """Keep the objects of `source` for `target` too."""
        with self._lock:
            tokens = self._tokens_of_thread.get(source, set())
            self._tokens_of_thread.setdefault(target, set()).update(tokens)

    def forget_thread(self, thread_id: str) -> None:
        """Let go of the objects that no other thread needs."""
        with self._lock:
            gone = self._tokens_of_thread.pop(thread_id, set())
            gone = gone.difference(*self._tokens_of_thread.values())
            for token in gone:
                self._token_of.pop(id(self._objects.pop(token)), None)


def _preview(value: Any) -> str:
    try:
        text = repr(value)
    except Exception as error:  # the user's own `__repr__`
        text = f"<{type(error).__name__} in repr()>"
    return text if len(text) <= _PREVIEW_MAX else text[: _PREVIEW_MAX - 1] + "…"
