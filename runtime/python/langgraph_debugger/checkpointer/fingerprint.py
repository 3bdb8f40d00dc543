"""Tells cheaply whether a value is the same as when it was last serialised, also after a change in place.

A fingerprint is a copy of the value's containers that shares its leaves. Comparing it with the value
(`fingerprint == value`, in this order) runs in C for the most part: about 0.3 µs for a message, where
serialising it again takes ten times that. The value itself is kept alive, so identities stay valid.
"""

from __future__ import annotations

import dataclasses
import datetime
import decimal
import enum
import pathlib
import re
import uuid
from collections import OrderedDict, defaultdict
from collections.abc import Iterable
from operator import is_
from typing import Any, Final

_ATOMS = (type(None), str, bytes)
_BY_IDENTITY = (
    int,
    float,
    bool,
    enum.Enum,
    datetime.datetime,
    datetime.date,
    datetime.time,
    datetime.timedelta,
    datetime.timezone,
    decimal.Decimal,
    pathlib.PurePath,
    re.Pattern,
    uuid.UUID,
)
_DICTS = (dict, OrderedDict, defaultdict)


class _Unknown:
    """Equal to nothing: the value can change without a trace that could be compared."""

    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]  # never a key; equality is all that is asked

    def __eq__(self, other: object) -> bool:
        return False


UNKNOWN: Final = _Unknown()


class _Same:
    """An immutable leaf, compared by identity: 1, True and 1.0 are equal but not stored alike."""

    __slots__ = ("value",)
    __hash__ = None  # type: ignore[assignment]  # never a key; equality is all that is asked

    def __init__(self, value: object) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return other is self.value


class ObjectPrint:
    """The attributes of a pydantic model or a dataclass; copies of the object may share it."""

    __slots__ = ("extra", "private", "state")

    def __init__(self, value: Any) -> None:
        self.state: object = _copy(value.__dict__)
        # Pydantic keeps extra fields and private attributes beside `__dict__`.
        self.extra: object = _copy(getattr(value, "__pydantic_extra__", None))
        self.private: object = _copy(getattr(value, "__pydantic_private__", None))

    def matches(self, value: Any) -> bool:
        """Whether an object of the same class has these attributes."""
        return bool(
            self.state == value.__dict__
            and (self.extra is None or self.extra == value.__pydantic_extra__)
            and (self.private is None or self.private == value.__pydantic_private__)
        )


class _Inner:
    """An object inside another value: it must be the same one, with the same attributes."""

    __slots__ = ("print", "value")
    __hash__ = None  # type: ignore[assignment]  # never a key; equality is all that is asked

    def __init__(self, value: object) -> None:
        self.value = value
        self.print = ObjectPrint(value)

    def __eq__(self, other: object) -> bool:
        return other is self.value and self.print.matches(other)


class ModelsPrint:
    """The fingerprints of a list of pydantic models, compared in one go, for the most part in C."""

    __slots__ = ("_extras", "_states", "_values")

    def __init__(self, head: ModelsPrint | None, values: list[Any], prints: list[ObjectPrint]) -> None:
        """The models of `head`, and after them `values` with their prints."""
        states, extras = [print_.state for print_ in prints], [print_.extra for print_ in prints]
        self._values: list[Any] = [*head._values, *values] if head else values
        self._states: list[object] = [*head._states, *states] if head else states
        self._extras: list[object] = [*head._extras, *extras] if head else extras

    def begins(self, values: list[Any]) -> bool:
        """Whether `values` begins with these models, all of them unchanged."""
        if len(values) < len(self._values) or not all(map(is_, self._values, values)):
            return False
        try:
            return self._states == [value.__dict__ for value in self._values] and self._extras == [
                value.__pydantic_extra__ for value in self._values
            ]
        except Exception:  # an `__eq__` of the user's class, which may return an array or raise
            return False


def take_all(head: ModelsPrint | None, values: list[Any], prints: Iterable[object]) -> ModelsPrint | None:
    """One fingerprint for the models of `head` and `values`, from the prints of each value.

    None when anything else is among the values.
    """
    models = [
        print_
        for print_ in prints
        if type(print_) is ObjectPrint and print_.extra is not None and print_.private is None
    ]
    return ModelsPrint(head, values, models) if len(models) == len(values) else None


class _UnknownError(Exception):
    """Some part of the value cannot be compared."""


def take(value: object) -> object:
    """A fingerprint of `value`, or `UNKNOWN` when changes in place could go unseen."""
    try:
        return ObjectPrint(value) if _is_object(value) else _copy(value)
    except Exception:  # unknown, nested too deeply, or changed by the user's code at this moment
        return UNKNOWN


def same(fingerprint: object, then: object, value: object) -> bool:
    """Whether `value` is what `then` was when its `fingerprint` was taken. False when in doubt."""
    try:
        if type(fingerprint) is ObjectPrint:
            return value is then and fingerprint.matches(value)
        return bool(fingerprint == value)
    except Exception:  # an `__eq__` of the user's class, which may return an array or raise
        return False


def _copy(value: Any) -> object:
    kind = type(value)
    if kind in _ATOMS:
        return value
    if kind is list:
        return [_copy(item) for item in value]
    if kind is tuple or hasattr(kind, "_asdict"):
        return tuple([_copy(item) for item in value])
    if kind in _DICTS:
        return {key: _copy(item) for key, item in value.items()}
    if isinstance(value, _BY_IDENTITY):
        return _Same(value)
    if kind in (set, frozenset) and all(type(item) in _ATOMS for item in value):
        return kind(value)
    if _is_object(value):
        return _Inner(value)
    raise _UnknownError


def _is_object(value: object) -> bool:
    return hasattr(type(value), "__pydantic_fields__") or _is_plain_dataclass(value)


def _is_plain_dataclass(value: Any) -> bool:
    """A dataclass that keeps its fields in `__dict__`, none of them in slots."""
    if not dataclasses.is_dataclass(value) or not hasattr(value, "__dict__"):
        return False
    return all(field.name in value.__dict__ for field in dataclasses.fields(value))
