"""Puts JSON in the place of a value, in which the objects that it has stay objects: a message a message."""

from __future__ import annotations

import copy
import json
from typing import Any

from .as_json import to_json


def kept(old: Any, new: Any) -> Any:
    """
    What `new`, of JSON, means where `old` is: what reads as before is the object that it was, an object whose
    fields read otherwise is a copy with these set, and what was not there is plain data. Raises what objects
    raise that don't take a field.
    """
    return _kept(old, to_json(old), new)


def _kept(old: Any, told: Any, new: Any) -> Any:
    if _text(told) == _text(new):
        return old
    if isinstance(new, dict) and isinstance(old, dict):
        return _entries(old, told, new)
    # A message of another type is another message.
    if isinstance(new, dict) and _is_like(told, new):
        changed = [name for name in new if _text(told[name]) != _text(new[name])]
        return _with_fields(old, {name: _kept(getattr(old, name), told[name], new[name]) for name in changed})
    if isinstance(new, list) and isinstance(told, list) and isinstance(old, (list, tuple, set, frozenset)):
        return type(old)(_items(list(old), told, new))
    return new


def _is_like(told: Any, new: dict[str, Any]) -> bool:
    return isinstance(told, dict) and told.keys() == new.keys() and told.get("type") == new.get("type")


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _entries(old: dict[Any, Any], told: dict[str, Any], new: dict[str, Any]) -> dict[Any, Any]:
    """In JSON every key is a text."""
    names = dict(zip(told, old, strict=True)) if len(told) == len(old) else {}
    made = copy.copy(old)
    made.clear()
    for name, value in new.items():
        if name in names:
            made[names[name]] = _kept(old[names[name]], told[name], value)
        else:
            made[name] = value
    return made


def _items(old: list[Any], told: list[Any], new: list[Any]) -> list[Any]:
    """Each item by its counterpart: the equal one, of the same id, in its place, or what is left."""
    texts = [_text(each) for each in told]
    free = dict.fromkeys(range(len(old)))
    counterparts: list[int | None] = [None] * len(new)

    def match(find: Any) -> None:
        for index, value in enumerate(new):
            if counterparts[index] is None:
                found = find(index, value)
                if found is not None and found in free:
                    counterparts[index] = found
                    del free[found]

    match(lambda index, value: index if index < len(old) and texts[index] == _text(value) else None)
    by_text: dict[str, list[int]] = {}
    for index in reversed(free):
        by_text.setdefault(texts[index], []).append(index)
    match(lambda _, value: by_text[_text(value)].pop() if by_text.get(_text(value)) else None)
    by_id = {told[index]["id"]: index for index in free if _id(told[index]) is not None}
    match(lambda _, value: by_id.get(_id(value)))
    if len(old) == len(new):
        match(lambda index, _: index)
        match(lambda *_: next(iter(free), None))
    return [
        value if at is None else _kept(old[at], told[at], value)
        for at, value in zip(counterparts, new, strict=True)
    ]


def _id(value: Any) -> str | None:
    found = value.get("id") if isinstance(value, dict) else None
    return found if isinstance(found, str) else None


def _with_fields(old: Any, fields: dict[str, Any]) -> Any:
    if hasattr(old, "_replace"):
        return old._replace(**fields)
    made = copy.copy(old)
    for name, value in fields.items():
        set_field(made, name, value)
    return made


def set_field(made: Any, name: str, value: Any) -> None:
    """Set a field of an object that was made just now; pydantic's are validated."""
    validator = getattr(type(made), "__pydantic_validator__", None)
    if validator is not None and hasattr(made, "model_copy"):
        validator.validate_assignment(made, name, value)
    else:
        object.__setattr__(made, name, value)  # a frozen dataclass too: it is a new object
