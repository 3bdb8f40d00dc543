"""One line for any value, cut short while it is built: the whole of a large value is never touched."""

from __future__ import annotations

import collections
import datetime
import decimal
import enum
import pathlib
import sys
import types
import uuid
from collections.abc import Mapping
from itertools import islice
from typing import Any

LENGTH = 300
"""Characters of a line, about."""

_KNOWN_MODULES = {*sys.stdlib_module_names, "numpy", "langchain_core", "langgraph"}
_TEXT = 120
_ITEMS = 8
_EXACT = (bool, int, float, complex, type(None), datetime.date, datetime.time, datetime.timedelta)
_AS_TEXT = (decimal.Decimal, uuid.UUID, pathlib.PurePath)


def one_line(value: Any) -> str:
    """How a value is shown in a tree. Never raises."""
    try:
        text = _show(value, LENGTH, 0)
    except Exception as exc:
        text = f"<{type(value).__name__}: its display raised {type(exc).__name__}: {exc}>"
    return text if len(text) <= LENGTH + 40 else text[:LENGTH] + "…"


def type_name(value: Any) -> str:
    """The name of the value's class."""
    return type(value).__name__


def _show(value: Any, room: int, depth: int) -> str:
    if isinstance(value, str):
        shown = _text(value, max(room - 2, 20) if depth == 0 else min(max(room - 2, 20), _TEXT))
        return shown if type(value) is str else f"{type(value).__name__}({shown})"
    if isinstance(value, enum.Enum):
        return f"{type(value).__name__}.{value.name}"
    if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() > 2000:
        return f"<int of {value.bit_length()} bits>"
    if isinstance(value, _EXACT):
        return repr(value)
    if isinstance(value, _AS_TEXT):
        return f"{type(value).__name__}({str(value)[:_TEXT]!r})"
    if isinstance(value, (bytes, bytearray, memoryview)):
        return _bytes(value, room)
    if is_message(value):
        return message_line(value, room)
    if depth > 3:
        return f"{type(value).__name__}(…)"
    if isinstance(value, Mapping):
        inner = _joined((f"{_show(k, 40, depth + 1)}: ", v) for k, v in islice(value.items(), _ITEMS))(
            room, depth, len(value)
        )
        return f"{{{inner}}}" if type(value) is dict else f"{type(value).__name__}({{{inner}}})"
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        pairs = ((f"{name}=", getattr(value, name)) for name in value._fields)
        return f"{type(value).__name__}({_joined(pairs)(room, depth, len(value))})"
    if isinstance(value, (list, tuple, set, frozenset, collections.deque)):
        return _items(value, room, depth)
    fields = named_fields(value)
    if fields is not None:
        pairs = ((f"{name}=", each) for name, each in islice(fields.items(), _ITEMS))
        return f"{type(value).__name__}({_joined(pairs)(room, depth, len(fields))})"
    return _object(value, room)


def _joined(pairs: Any) -> Any:
    def join(room: int, depth: int, total: int) -> str:
        parts: list[str] = []
        used = 0
        for prefix, each in pairs:
            if used > room or len(parts) == _ITEMS:
                break
            part = prefix + _show(each, max(20, (room - used) // 2), depth + 1)
            parts.append(part)
            used += len(part) + 2
        if len(parts) < total:
            parts.append("…")
        return ", ".join(parts)

    return join


def _items(value: Any, room: int, depth: int) -> str:
    kind: type[Any] = type(value)
    opened, closed = "[]" if kind is list else "{}" if kind is set else "()"
    inner = _joined(("", each) for each in islice(value, _ITEMS))(room, depth, len(value))
    if isinstance(value, tuple) and len(value) == 1:
        inner += ","
    count = f" ({len(value)} items)" if len(value) > _ITEMS else ""
    if type(value) in (list, tuple) or (type(value) is set and value):
        return f"{opened}{inner}{closed}{count}"
    return f"{type(value).__name__}({inner}){count}"


def _text(value: str, room: int) -> str:
    shown = repr(str(value[:room]))
    return shown if len(value) <= room else f"{shown}… ({len(value)} characters)"


def _bytes(value: Any, room: int) -> str:
    if isinstance(value, memoryview):
        return f"<memoryview of {value.nbytes} bytes>"
    shown = repr(bytes(value[: max(10, min(room, _TEXT) // 4)]))
    return shown if len(value) <= 30 else f"{shown}… ({len(value)} bytes)"


def is_message(value: Any) -> bool:
    """Whether it is one of LangChain's messages, without importing them."""
    return hasattr(type(value), "model_fields") and any(
        base.__name__ == "BaseMessage" for base in type(value).__mro__
    )


def message_line(value: Any, room: int) -> str:
    """`ai: "text…" (2 tool calls)`."""
    kind = value.type
    name = getattr(value, "name", None)
    content = value.content
    if isinstance(content, str):
        text = content[: room + 1]
    else:
        blocks = [block if isinstance(block, str) else _block(block) for block in islice(content, _ITEMS)]
        text = " ".join(blocks)
    text = " ".join(text.split())
    line = f'{kind}{f" {name}" if name else ""}: "{text[:room]}{"…" if len(text) > room else ""}"'
    calls = getattr(value, "tool_calls", None)
    if calls:
        names = ", ".join(str(call.get("name")) for call in calls[:3])
        line += f" ({len(calls)} tool call{'s' if len(calls) > 1 else ''}: {names})"
    return line


def _block(block: Any) -> str:
    if isinstance(block, dict):
        return str(block.get("text") or f"<{block.get('type', 'block')}>")
    return f"<{type(block).__name__}>"


def named_fields(value: Any) -> dict[str, Any] | None:
    """Fields of a pydantic model, a dataclass, or an object with attributes; None for what has no parts."""
    kind = type(value)
    if isinstance(
        value, (type, types.ModuleType, types.FunctionType, types.BuiltinFunctionType, types.MethodType)
    ):
        return None
    if hasattr(kind, "model_fields"):
        extra = getattr(value, "__pydantic_extra__", None) or {}
        own = getattr(value, "__dict__", {})
        return {**{name: own[name] for name in kind.model_fields if name in own}, **extra}
    if hasattr(kind, "__dataclass_fields__"):
        names = kind.__dataclass_fields__
        return {name: getattr(value, name) for name in names if hasattr(value, name)}
    if isinstance(value, BaseException):
        return {"args": value.args, **vars(value)}
    if kind.__module__ in ("builtins", "_thread", "numpy", "pandas", "threading"):
        return None
    found: dict[str, Any] = {}
    for base in reversed(kind.__mro__):
        slots = base.__dict__.get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if not name.startswith("_") and hasattr(value, name):
                found[name] = getattr(value, name)
    own = getattr(value, "__dict__", None)
    if isinstance(own, dict):
        found.update({name: each for name, each in own.items() if not name.startswith("_")})
    return found or None


def is_plain_object(value: Any) -> bool:
    """Whether it is an instance of a class of which LangGraph's serialiser knows nothing."""
    kind = type(value)
    known = ("model_fields", "__dataclass_fields__", "_fields", "__attrs_attrs__")
    return (
        kind.__module__.partition(".")[0] not in _KNOWN_MODULES
        and not any(hasattr(kind, name) for name in known)
        and not isinstance(
            value, (type, enum.Enum, BaseException, str, int, float, bytes, dict, list, tuple, set)
        )
    )


def _object(value: Any, room: int) -> str:
    shape = getattr(value, "shape", None)
    if isinstance(shape, tuple):
        dtype = getattr(value, "dtype", None)
        return f"{type(value).__name__}(shape={shape}{f', dtype={dtype}' if dtype is not None else ''})"
    if getattr(type(value), "__repr__", None) is object.__repr__:
        return f"<{type(value).__name__}>"
    return repr(value)[:room]
