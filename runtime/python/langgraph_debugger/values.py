"""Values as a typed, paged tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .protocol import Value


def describe(name: str, key: str, value: Any, evaluate_name: str | None = None) -> Value:
    shown: Value = {
        "name": name,
        "key": key,
        "value": repr(value)[:300],
        "type": type(value).__name__,
        "indexed": 0,
        "named": 0,
    }
    if evaluate_name is not None:
        shown["evaluateName"] = evaluate_name
    return shown
