"""Hears what tasks write to LangGraph's custom stream, whether or not anybody reads that stream."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .run import Level

Heard = Callable[["Level", Any], None]
"""Told of each chunk, in the writer's thread."""


def listen(level: Level, heard: Heard) -> None:
    """
    At the first superstep of a graph. The tasks that it has prepared have their writer already, those of
    later supersteps get theirs from the loop's own config.
    """
    loop = level.loop
    for config in (loop.config, *(task.config for task in loop.tasks.values())):
        configurable = (config or {}).get("configurable", {})
        runtime = configurable.get("__pregel_runtime")
        write = getattr(runtime, "stream_writer", None)
        if write is not None and dataclasses.is_dataclass(runtime) and not isinstance(runtime, type):
            writer = _listening(level, getattr(write, _INNER, write), heard)
            configurable["__pregel_runtime"] = dataclasses.replace(runtime, stream_writer=writer)


_INNER = "_langgraph_debugger_inner"
"""The writer that one of ours stands in for: a graph inside may have got it from the one around."""


def _listening(level: Level, write: Callable[[Any], None], heard: Heard) -> Callable[[Any], None]:
    def writer(chunk: Any) -> None:
        with contextlib.suppress(Exception):
            heard(level, chunk)
        write(chunk)

    setattr(writer, _INNER, write)
    return writer
