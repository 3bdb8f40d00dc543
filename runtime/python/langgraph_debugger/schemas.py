"""JSON Schema of a graph's input."""

from __future__ import annotations

import typing
from typing import Any


def input_schema(graph: Any) -> Any:
    """As LangGraph tells it; where it can't, put together key by key. `{}` where nothing is known."""
    try:
        found = graph.get_input_jsonschema()
    except Exception:
        found = {}  # pydantic refuses typing.TypedDict before Python 3.12
    return found or _by_key(graph)


def _by_key(graph: Any) -> Any:
    builder = getattr(graph, "builder", None)
    schema = getattr(builder, "input_schema", None) or getattr(builder, "input", None)
    if not isinstance(schema, type):
        return {}
    try:
        hints = typing.get_type_hints(schema, include_extras=False)
    except Exception:
        hints = dict(getattr(schema, "__annotations__", {}))
    managed = getattr(builder, "managed", {})
    definitions: dict[str, Any] = {}
    properties = {}
    for key, hint in hints.items():
        if key in managed:
            continue
        own = _of_type(hint)
        definitions.update(own.pop("$defs", {}))
        properties[key] = {"title": key, **own}
    found: dict[str, Any] = {"title": schema.__name__, "type": "object", "properties": properties}
    required = sorted(getattr(schema, "__required_keys__", ()), key=list(hints).index)
    if required:
        found["required"] = [key for key in required if key in properties]
    if definitions:
        found["$defs"] = definitions
    return found


def _of_type(hint: Any) -> dict[str, Any]:
    try:
        from pydantic import TypeAdapter

        return TypeAdapter(hint).json_schema()
    except Exception:
        return {}
