"""Any Python value as JSON: what JSON can't say becomes text."""

from __future__ import annotations

import base64
import dataclasses
import datetime
import decimal
import enum
import json
import math
import pathlib
import uuid
from typing import Any

MAX_DEPTH = 60


def to_json(value: Any, depth: int = 0) -> Any:
    """A copy of `value` of nothing but dicts, lists, strings, numbers, booleans and None. Never raises."""
    if value is None or (isinstance(value, (bool, str)) and type(value) in (bool, str)):
        return value
    if type(value) is int:
        return value if -(2**53) < value < 2**53 else str(value)
    if type(value) is float:
        return value if math.isfinite(value) else str(value)
    if depth > MAX_DEPTH:
        return "..."
    try:
        if isinstance(value, enum.Enum):
            return to_json(value.value, depth + 1)
        if isinstance(value, dict):
            return {_key(key): to_json(each, depth + 1) for key, each in value.items()}
        if isinstance(value, (list, tuple, set, frozenset)):
            if hasattr(value, "_asdict"):
                return to_json(value._asdict(), depth + 1)
            return [to_json(each, depth + 1) for each in value]
        if hasattr(value, "model_dump") and not isinstance(value, type):
            return to_json(value.model_dump(), depth + 1)
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            fields = dataclasses.fields(value)
            return {f.name: to_json(getattr(value, f.name, None), depth + 1) for f in fields}
        if isinstance(value, (datetime.datetime, datetime.date, datetime.time)):
            return value.isoformat()
        if isinstance(value, (decimal.Decimal, uuid.UUID, pathlib.PurePath, datetime.timedelta, str)):
            return str(value)
        if isinstance(value, (bytes, bytearray)):
            return base64.b64encode(value).decode("ascii")
        if hasattr(value, "tolist"):
            return to_json(value.tolist(), depth + 1)
        if isinstance(value, (int, float)):
            return to_json(value.real, depth + 1)
        return repr(value)
    except Exception as exc:
        return f"<{type(value).__name__}: {type(exc).__name__} when it was read>"


def _key(key: Any) -> str:
    return key if isinstance(key, str) else str(to_json(key))


def json_text(value: Any, compact: bool = False) -> str:
    """With two spaces of indent; `compact`, without, which Python writes many times as fast."""
    indent = None if compact else 2
    return json.dumps(to_json(value), indent=indent, ensure_ascii=False)
