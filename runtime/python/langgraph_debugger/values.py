"""Values as a typed tree, read page by page from the live objects."""

from __future__ import annotations

import ast
import collections
import keyword
import types
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from .display import is_message, is_plain_object, named_fields, one_line, type_name
from .errors import RuntimeFailure

if TYPE_CHECKING:
    from .protocol import Value

_PLAIN = (str, bytes, bytearray, int, float, complex, type(None))
_INDEXED = (list, tuple, set, frozenset, collections.deque, range)
_UNSTORABLE = (
    types.FunctionType,
    types.GeneratorType,
    types.CoroutineType,
    types.ModuleType,
    types.LambdaType,
)


class Child(NamedTuple):
    """One child of a value: its name, its key in a path, and the value."""

    name: str
    key: str
    value: Any


class Root(NamedTuple):
    """What a value root stands for. `evaluable`: its keys are names of expressions."""

    value: Any
    evaluable: bool = False


def describe(child: Child, evaluate_name: str | None = None) -> Value:
    """The child as the protocol tells it."""
    indexed, named = counts(child.value)
    shown: Value = {
        "name": child.name,
        "key": child.key,
        "value": one_line(child.value),
        "type": type_name(child.value),
        "indexed": indexed,
        "named": named,
    }
    if evaluate_name is not None:
        shown["evaluateName"] = evaluate_name
    if _is_unstorable(child.value):
        shown["unserialisable"] = True
    return shown


def counts(value: Any) -> tuple[int, int]:
    """How many items and how many named children a value has; never raises."""
    try:
        if isinstance(value, _PLAIN):
            return 0, 0
        if isinstance(value, Mapping):
            return 0, len(value)
        if isinstance(value, tuple) and hasattr(value, "_fields"):
            return 0, len(value)
        if isinstance(value, _INDEXED) or _is_array(value):
            return len(value), 0
        fields = named_fields(value)
        return 0, len(fields) if fields else 0
    except Exception:
        return 0, 0


def page(root: Root, path: list[str], only: str | None, start: int, count: int | None) -> list[Value]:
    """Children of the value at `path`, from `start`."""
    value, expression = resolve(root, path)
    indexed, named = counts(value)
    if only is not None and (only == "indexed") != (indexed > 0):
        return []
    if not indexed and not named:
        return []
    stop = None if count is None else start + count
    found = []
    for child in _page(value, start, stop):
        own = None
        if root.evaluable and not path:
            found.append(describe(child._replace(key=child.name), _variable(child.name)))
            continue
        if expression is not None and _has_expression(child.key):
            own = expression + child.key
        found.append(describe(child, own))
    return found


def resolve(root: Root, path: list[str]) -> tuple[Any, str | None]:
    """The value at `path` and an expression for it, where there is one."""
    value = root.value
    expression: str | None = None
    for depth, key in enumerate(path):
        if root.evaluable and depth == 0:
            if key not in value:
                raise RuntimeFailure("staleValue", f"The state has no key {key} any more.")
            value, expression = value[key], _variable(key)
            continue
        found = child_of(value, key)
        if expression is not None:
            expression = expression + key if _has_expression(key) else None
        value = found.value
    return value, expression


def _variable(key: str) -> str:
    """The expression for a key of the state."""
    return key if key.isidentifier() and not keyword.iskeyword(key) else f"state[{key!r}]"


def _has_expression(key: str) -> bool:
    return key.startswith((".", "["))


def described(root: Root, path: list[str], value: Any) -> Value:
    """The value at `path` as it is told among its siblings; `value` where it has got another place."""
    try:
        parent, expression = resolve(root, path[:-1])
        if len(path) == 1:
            return describe(Child(path[0], path[0], parent[path[0]]), _variable(path[0]))
        child = child_of(parent, path[-1])
    except RuntimeFailure:
        return describe(Child(path[-1], path[-1], value))
    has_expression = expression is not None and _has_expression(child.key)
    return describe(child, f"{expression}{child.key}" if has_expression else None)


def child_of(value: Any, key: str) -> Child:
    """
    The child with the key; most are found without going through the others. Raises `staleValue` where there
    is none.
    """
    try:
        if isinstance(value, Mapping):
            name = _literal(key)
            if name is not _NOTHING and name in value:
                return Child(_name(name), key, value[name])
        elif (
            isinstance(value, (list, tuple, range, collections.deque)) and key.startswith("[")
        ) or _is_array(value):
            return Child(key, key, value[int(key[1:-1])])
    except (KeyError, IndexError, ValueError, TypeError):
        pass
    for child in _children(value):
        if child.key == key:
            return child
    raise RuntimeFailure("staleValue", "This value is not there any more.")


_NOTHING = object()


def _literal(key: str) -> Any:
    if not key.startswith("["):
        return _NOTHING
    try:
        return ast.literal_eval(key[1:-1])
    except (ValueError, SyntaxError):
        return _NOTHING


def _name(key: Any) -> str:
    return key if isinstance(key, str) else one_line(key)


def _page(value: Any, start: int, stop: int | None) -> Iterator[Child]:
    """Children from `start`, without going through those before where that can be."""
    if isinstance(value, (list, range)) or (isinstance(value, tuple) and not hasattr(value, "_fields")):
        for index in range(start, len(value) if stop is None else min(stop, len(value))):
            yield Child(f"[{index}]", f"[{index}]", value[index])
    else:
        yield from islice(_children(value), start, stop)


def _children(value: Any) -> Iterator[Child]:
    if isinstance(value, Mapping):
        for key in value:
            yield Child(_name(key), f"[{key!r}]", value[key])
    elif isinstance(value, tuple) and hasattr(value, "_fields"):
        for name in value._fields:
            yield Child(name, f".{name}", getattr(value, name))
    elif isinstance(value, (set, frozenset)):
        for index, each in enumerate(value):
            yield Child(f"[{index}]", f"{{{index}}}", each)
    elif isinstance(value, _INDEXED) or _is_array(value):
        for index, each in enumerate(value):
            yield Child(f"[{index}]", f"[{index}]", each)
    else:
        for name, each in _ordered(value, named_fields(value) or {}).items():
            yield Child(name, f".{name}", each)


def _ordered(value: Any, fields: dict[str, Any]) -> dict[str, Any]:
    """A message's fields with those first that tell something."""
    if not is_message(value):
        return fields
    told = {name: each for name, each in fields.items() if each not in ({}, [], None)}
    return {**told, **{name: each for name, each in fields.items() if name not in told}}


def _is_array(value: Any) -> bool:
    shape = getattr(type(value), "shape", None)
    return shape is not None and hasattr(value, "dtype") and bool(value.shape)


def _is_unstorable(value: Any) -> bool:
    return (
        isinstance(value, _UNSTORABLE)
        or type(value).__name__ in ("lock", "RLock", "Unavailable")
        or is_plain_object(value)
    )
