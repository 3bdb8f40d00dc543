"""Any Python value as JSON: what JSON can't say becomes text."""

from __future__ import annotations

import base64
import dataclasses
import datetime
import decimal
import enum
import itertools
import json
import math
import pathlib
import uuid
from typing import Any

MAX_DEPTH = 60


class Room:
    """How many characters of JSON are still wanted: what comes after them is not read."""

    def __init__(self, left: float = math.inf) -> None:
        self.left = left


_ALL = Room()


def to_json(value: Any, depth: int = 0, room: Room = _ALL) -> Any:
    """
    A copy of `value` of nothing but dicts, lists, strings, numbers, booleans and None; where the room ends,
    its beginning. Never raises.
    """
    room.left -= 1
    if type(value) is str:
        if len(value) > room.left:
            value = value[: max(int(room.left), 0) + 1]
        room.left -= len(value)
        return value
    if value is None or type(value) is bool:
        return value
    if type(value) is int:
        return value if -(2**53) < value < 2**53 else str(value)
    if type(value) is float:
        return value if math.isfinite(value) else str(value)
    if depth > MAX_DEPTH:
        return "..."
    try:
        if isinstance(value, enum.Enum):
            return to_json(value.value, depth + 1, room)
        if isinstance(value, dict):
            return {
                _key(key): to_json(each, depth + 1, room)
                for key, each in itertools.takewhile(lambda _: room.left >= 0, value.items())
            }
        if isinstance(value, (list, tuple, set, frozenset)):
            if hasattr(value, "_asdict"):
                return to_json(value._asdict(), depth + 1, room)
            wanted = itertools.takewhile(lambda _: room.left >= 0, value)
            return [to_json(each, depth + 1, room) for each in wanted]
        if hasattr(value, "model_dump") and not isinstance(value, type):
            return to_json(value.model_dump(), depth + 1, room)
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            fields = dataclasses.fields(value)
            return {f.name: to_json(getattr(value, f.name, None), depth + 1, room) for f in fields}
        if isinstance(value, (datetime.datetime, datetime.date, datetime.time)):
            return value.isoformat()
        if isinstance(value, (decimal.Decimal, uuid.UUID, pathlib.PurePath, datetime.timedelta, str)):
            return str(value)
        if isinstance(value, (bytes, bytearray)):
            return base64.b64encode(value).decode("ascii")
        if hasattr(value, "tolist"):
            return to_json(value.tolist(), depth + 1, room)
        if isinstance(value, (int, float)):
            return to_json(value.real, depth + 1, room)
        return repr(value)
    except Exception as exc:
        return f"<{type(value).__name__}: {type(exc).__name__} when it was read>"


def _key(key: Any) -> str:
    return key if isinstance(key, str) else str(to_json(key))


def json_text(value: Any, compact: bool = False) -> str:
    """With two spaces of indent; `compact`, without, which Python writes many times as fast."""
    return json.dumps(to_json(value), indent=None if compact else 2, ensure_ascii=False)


def json_beginning(value: Any, compact: bool, most: int) -> tuple[str, bool]:
    """The first `most` characters of `json_text`, and whether there are more. Reads no more than it takes."""
    room = Room(most)
    text = json.dumps(to_json(value, room=room), indent=None if compact else 2, ensure_ascii=False)
    return text[:most], len(text) > most or room.left < 0
