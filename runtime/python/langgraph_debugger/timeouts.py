"""Lifts the time limits of tasks while they are debugged: a task that is held would run out of time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def lift_timeouts(tasks: Iterable[Any]) -> None:
    """Takes the node timeout (langgraph >= 1.2) off the prepared tasks."""
    for task in tasks:
        if getattr(task.task, "timeout", None) is not None:
            object.__setattr__(task.task, "timeout", None)


def lift_step_timeouts(graphs: Iterable[Any]) -> list[tuple[Any, Any]]:
    """Takes the step timeout off each graph; gives what `restore_step_timeouts` needs."""
    lifted = []
    for graph in graphs:
        if getattr(graph, "step_timeout", None) is not None:
            lifted.append((graph, graph.step_timeout))
            graph.step_timeout = None
    return lifted


def restore_step_timeouts(lifted: list[tuple[Any, Any]]) -> None:
    for graph, seconds in lifted:
        graph.step_timeout = seconds
