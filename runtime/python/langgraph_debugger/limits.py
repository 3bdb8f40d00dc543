"""The recursion limit of a run that begins again in the middle of one that was cut off."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from .live import compiled_interrupts
from .run import CutOff

if TYPE_CHECKING:
    from .protocol import GraphPosition, Position

_DEFAULT_LIMIT = 25


def usual_limit(graph: Any, config: dict[str, Any]) -> int:
    """The limit of a bare run: of the run's config, of the graph's own, or LangGraph's default."""
    for each in (config, getattr(graph, "config", None) or {}):
        if isinstance(each.get("recursion_limit"), int):
            return int(each["recursion_limit"])
    try:
        from langgraph._internal._config import ensure_config

        return int(ensure_config()["recursion_limit"])
    except (ImportError, KeyError):
        return _DEFAULT_LIMIT


def cut_off_at(
    graph: Any,
    saver: Any,
    config: dict[str, Any],
    position: Position,
    *,
    stop: int | None,
    moved: bool,
) -> CutOff | None:
    """
    How to go on from `position`, where a run was cut off between two supersteps, or where the cursor was
    `moved` to. None where a run had ended there by itself (an interrupt, an error, the end). `stop` is
    LangGraph's own `loop.stop` of the run that was cut off, where it is known.
    """
    root = position["root"]
    if not root["tasks"] or "checkpoint" not in root:
        return None
    usual = usual_limit(graph, config)
    begun = set(_begun(root))
    if moved:
        return CutOff(None, usual, begun)
    if any(task["status"] in ("waiting", "failed") for task in root["tasks"]):
        return None
    if _author_stops_at(graph, [task["name"] for task in root["tasks"]]):
        return None
    if stop is None:
        first = _first_step(saver, position["threadId"])
        if first is None:
            return None
        stop = first + 1 + usual
    return CutOff(stop, usual, begun, int(root["checkpoint"]["step"]))


def _begun(position: GraphPosition) -> Iterator[str]:
    """Ids of the tasks in which a graph has begun."""
    for task in position["tasks"]:
        if "subgraph" in task:
            yield task["id"]
            yield from _begun(task["subgraph"])


def _author_stops_at(graph: Any, following: list[str]) -> bool:
    before = compiled_interrupts(graph, "before")
    return (
        "*" in before
        or any(name in before for name in following)
        or bool(compiled_interrupts(graph, "after"))
    )


def _first_step(saver: Any, thread_id: str) -> int | None:
    """
    Step of the checkpoint at which the run began: its input, a place that the cursor was moved to, or an
    interrupt that was answered.
    """
    config = {"configurable": {"thread_id": thread_id, "checkpoint_ns": ""}}
    for saved in saver.list(config):
        if saved.metadata.get("source") == "input":
            return int(saved.metadata["step"])
        if "forked_from" in saved.metadata:
            return int(saved.metadata["step"]) + 1
        if any(channel == "__resume__" for _, channel, _ in saved.pending_writes or ()):
            return int(saved.metadata["step"]) + 1
    return None
