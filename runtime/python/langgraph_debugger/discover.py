"""Finds the functions and the graphs that a node is made of, through whatever wraps them."""

from __future__ import annotations

import functools
import types
from collections.abc import Callable, Iterator
from typing import Any

_MAX_OBJECTS = 400
_CONTAINERS = (list, tuple, set, frozenset)


def reachable(start: Any, into_globals: bool) -> Iterator[Any]:
    """
    Functions, tools and graphs that `start` leads to, nearest first: through runnables, sequences,
    partials, wrappers, bound methods, callable objects and closures; with `into_globals` also through the
    module names that a function uses, one level deep.
    """
    seen: set[int] = set()
    queue: list[tuple[Any, int]] = [(start, 0)]
    while queue and len(seen) < _MAX_OBJECTS:
        value, depth = queue.pop(0)
        if (
            value is None
            or id(value) in seen
            or isinstance(value, (str, bytes, int, float, type, types.ModuleType))
        ):
            continue
        seen.add(id(value))
        if isinstance(value, types.FunctionType) or is_pregel(value) or is_tool_node(value):
            yield value
        if depth < 12:
            queue.extend((each, depth + 1) for each in _parts(value, into_globals))


def _parts(value: Any, into_globals: bool) -> Iterator[Any]:
    if is_pregel(value) or hasattr(value, "_llm_type"):  # what a model is made of is no part of the node
        return
    if isinstance(value, types.FunctionType):
        if hasattr(value, "__wrapped__"):
            yield value.__wrapped__
        for cell in value.__closure__ or ():
            with_value = _cell(cell)
            if _interesting(with_value):
                yield with_value
        if into_globals:
            for name in _global_names(value.__code__):
                found = value.__globals__.get(name)
                if is_pregel(found):
                    yield found
        return
    if isinstance(value, types.MethodType):
        yield value.__func__
        if is_pregel(value.__self__):
            yield value.__self__
        return
    if isinstance(value, functools.partial):
        yield value.func
        yield from (each for each in (*value.args, *value.keywords.values()) if _interesting(each))
        return
    if isinstance(value, _CONTAINERS):
        yield from value
        return
    if isinstance(value, dict):
        yield from value.values()
        return
    if is_tool_node(value):
        yield from value.tools_by_name.values()
        return
    for name in ("func", "afunc", "coroutine", "bound", "steps", "__wrapped__", "__func__"):
        found = _attribute(value, name)
        if found is not None:
            yield found
    steps = _attribute(value, "steps__")
    if steps is not None:
        yield steps
    call = getattr(type(value), "__call__", None)  # noqa: B004 - the function itself is wanted
    if isinstance(call, types.FunctionType):
        yield call
    if isinstance(call, types.FunctionType) or hasattr(value, "invoke"):
        yield from (each for each in getattr(value, "__dict__", {}).values() if _interesting(each))


def _interesting(value: Any) -> bool:
    return (
        callable(value)
        or is_pregel(value)
        or isinstance(value, (list, tuple, dict))
        or hasattr(value, "invoke")
    )


def _attribute(value: Any, name: str) -> Any:
    try:
        return getattr(value, name, None)
    except Exception:
        return None


def _cell(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:
        return None


def _global_names(code: types.CodeType) -> set[str]:
    names = set(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            names |= _global_names(constant)
    return names


def is_pregel(value: Any) -> bool:
    from langgraph.pregel import Pregel

    return isinstance(value, Pregel)


def is_tool_node(value: Any) -> bool:
    return isinstance(getattr(value, "tools_by_name", None), dict)


def graphs_in_node(node: Any) -> list[Any]:
    """The graph that a node is, then those that its functions call by a name or a closure."""
    found = list(getattr(node, "subgraphs", None) or ())
    found = [graph for graph in found if is_pregel(graph)]
    bound = getattr(node, "bound", None)
    for value in reachable(bound, into_globals=True):
        if is_pregel(value) and not any(value is known for known in found):
            found.append(value)
    return found


def functions_of(start: Any, accept: Callable[[types.FunctionType], bool]) -> types.FunctionType | None:
    """The nearest function that `accept` takes."""
    for value in reachable(start, into_globals=False):
        if isinstance(value, types.FunctionType) and accept(value):
            return value
    return None
