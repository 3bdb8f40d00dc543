"""A checkpoint at which other tasks come next, made with LangGraph's own channels."""

from __future__ import annotations

from typing import Any, NamedTuple

from .errors import RuntimeFailure
from .graphs import START, KnownGraph
from .pregel import missing_value

_TASKS = "__pregel_tasks"
_PULL = "__pregel_pull"
_BRANCH = "branch:to:{}"


def check_nodes(known: KnownGraph, nodes: list[str]) -> None:
    """Refuses nodes that a graph does not have, or can't be sent to."""
    for node in nodes:
        if node == START or _BRANCH.format(node) not in known.graph.channels:
            names = ", ".join(
                each for each in known.graph.nodes if _BRANCH.format(each) in known.graph.channels
            )
            where = f"The graph {known.id}" if known.id else "The graph"
            raise RuntimeFailure(
                "unknownNode",
                f"{where} has no node {node} to go to. It has: {names or 'none, it is one function'}.",
            )
    if not nodes:
        raise RuntimeFailure("unknownNode", "No node to go to was given.")


class Change(NamedTuple):
    """Of what comes next."""

    finished: list[Any]
    """Tasks that stay tasks of the superstep."""
    pending: list[Any]
    """Tasks that don't."""
    nodes: list[str]
    """Names of the nodes that come instead."""


def with_next(known: KnownGraph, saver: Any, checkpoint: Any, change: Change) -> Any:
    """A copy of `checkpoint` with other tasks."""
    from langgraph.checkpoint.base import copy_checkpoint

    new = copy_checkpoint(checkpoint)
    versions, values = new["channel_versions"], new["channel_values"]
    version = saver.get_next_version(max(versions.values(), default=None), None)
    specs = known.graph.channels
    stay = {trigger for task in change.finished for trigger in _triggers(known, task)}
    for task in change.pending:
        triggers = _triggers(known, task)
        seen = new["versions_seen"].setdefault(task.name, {}) if triggers else {}
        for trigger in triggers:
            if trigger not in versions:
                continue
            seen[trigger] = versions[trigger]
            channel = load_channel(specs, values, trigger)
            if trigger not in stay and channel.consume():
                _store(values, trigger, channel)
                versions[trigger] = version
    sent = values.pop(_TASKS, None) or []
    kept = [sent[task.path[1]] for task in change.finished if task.path[0] != _PULL]
    if kept:
        channel = load_channel(specs, values, _TASKS)
        channel.update(kept)
        _store(values, _TASKS, channel)
    for node in change.nodes:
        key = _BRANCH.format(node)
        channel = load_channel(specs, values, key)
        channel.update([None])
        channel.finish()  # a deferred node's channel is open only then
        _store(values, key, channel)
        versions[key] = version
    new["updated_channels"] = None  # all nodes are asked whether they are triggered, not only some
    return new


def _triggers(known: KnownGraph, task: Any) -> list[str]:
    """The channels that triggered a task; none for one that was sent."""
    return list(known.graph.nodes[task.name].triggers) if task.path[0] == _PULL else []


def load_channel(specs: Any, values: dict[str, Any], key: str) -> Any:
    """LangGraph's own channel object with the value that a checkpoint has for it."""
    return specs[key].from_checkpoint(values.get(key, missing_value()))


def _store(values: dict[str, Any], key: str, channel: Any) -> None:
    value = channel.checkpoint()
    if value is missing_value():
        values.pop(key, None)
    else:
        values[key] = value
