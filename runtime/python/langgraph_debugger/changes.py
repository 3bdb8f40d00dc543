"""Data breakpoints: which keys of a state a superstep has changed."""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from .breakpoints import Breakpoints, Log, Outcome
from .display import one_line
from .evaluate import ChannelValues, Names

if TYPE_CHECKING:
    from .run import Level

_NOTHING = object()


class Before(NamedTuple):
    """A key's value before a superstep."""

    value: Any
    """A copy, as a node may change the value in place."""
    stored: bytes | None
    """What it is stored as, which tells contents from each other also where `==` does not."""
    shown: str


def remember(breakpoints: Breakpoints, level: Level) -> None:
    """Keeps what is needed to tell after the superstep which of the watched keys it has changed."""
    watched = breakpoints.watched(level.known.id)
    if watched or level.before:
        values = _values(level)
        level.before = {
            key: level.before[key] if key in level.before else _before(values.get(key, _NOTHING))
            for key in watched
        }


def hits(breakpoints: Breakpoints, level: Level, log: Log) -> tuple[Outcome, str]:
    """What the data breakpoints say after a superstep; each change that hit, in words."""
    outcome, told = Outcome(), []
    if not level.before:
        return outcome, ""
    before, level.before = level.before, {}
    values = _values(level)
    for key, old in before.items():
        writers = [
            task.name for task in level.tasks if any(channel == key for channel, _ in task.task.writes)
        ]
        new = values.get(key, _NOTHING)
        if not writers or not _differs(old, new):
            continue
        node = ", ".join(dict.fromkeys(writers))
        more = {"old": _or_none(old.value), "new": _or_none(new)}
        names = Names(values, level.known.state_keys, node, level.step, more)
        own = Outcome()
        for each in breakpoints.of_key(level.known.id, key):
            each.reached(names, own, log)
        outcome.add(own)
        if own.hits:
            told.append(f"{key}: {old.shown} → {_shown(new)}, written by {node}")
    return outcome, "; ".join(told)


def _values(level: Level) -> Mapping[str, Any]:
    return ChannelValues(level.loop.channels, level.known.state_keys)


def _before(value: Any) -> Before:
    stored, shown = _stored(value), _shown(value)
    # What can't be copied is told by what is stored only, or by the object's own ==.
    with contextlib.suppress(Exception):
        value = copy.deepcopy(value) if value is not _NOTHING else value
    return Before(value, stored, shown)


def _differs(old: Before, new: Any) -> bool:
    if old.value is _NOTHING or new is _NOTHING:
        return old.value is not new
    if old.stored is not None and old.stored == _stored(new):
        return False
    try:
        return bool(old.value != new)
    except Exception:
        return True  # an array, whose == is no truth


def _stored(value: Any) -> bytes | None:
    from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer

    if value is _NOTHING:
        return None
    try:
        kind, data = JsonPlusSerializer(pickle_fallback=False).dumps_typed(value)
    except Exception:
        return None
    return kind.encode() + data


def _or_none(value: Any) -> Any:
    return None if value is _NOTHING else value


def _shown(value: Any) -> str:
    return "nothing" if value is _NOTHING else one_line(value)
