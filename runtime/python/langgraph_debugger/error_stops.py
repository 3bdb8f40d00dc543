"""Stops at what goes wrong in a task: errors that a retry policy handles, `interrupt()` calls swallowed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .breakpoints import ExceptionFilters, Outcome
from .calls import calls
from .evaluate import ChannelValues, Names
from .pregel import has_swallowed_interrupt
from .run import Gate, Run, TaskRun

if TYPE_CHECKING:
    from .protocol import ErrorInfo


def stops_at(filters: ExceptionFilters, kind: str, task: TaskRun, error: BaseException) -> bool:
    """Whether the user wants to stop at an error of this kind in a task."""
    level = task.level
    state = ChannelValues(level.loop.channels, level.known.state_keys)
    names = Names(state, level.known.state_keys, task.name, level.step, {"error": error})
    return filters.stops(kind, names)


def check_swallowed(filters: ExceptionFilters, run: Run, task: TaskRun) -> None:
    """
    A task has ended well: where it caught its own `interrupt()`, that is told, and the run stops after its
    superstep where the user wants that.
    """
    if not calls.may_have_asked(task) or not has_swallowed_interrupt(task.task):
        return
    question = calls.swallowed(
        task,
        "called interrupt(), but its own try/except caught the exception that stops the run, so it went on "
        "without an answer. Let GraphInterrupt pass: catch narrower exceptions, or re-raise it.",
    )
    if run.no_debug or not stops_at(filters, "swallowed", task, _interrupt()):
        return
    gate = task.level.after or Gate("exception", Outcome(), None)
    gate.text = question
    gate.error = {
        "type": "GraphInterrupt",
        "message": question,
        "traceback": "",
        "frames": [],
        "node": task.name,
        "namespace": task.level.namespace,
    }
    task.level.after = gate


def hold_before_retry(
    filters: ExceptionFilters, task: TaskRun, error: BaseException, info: ErrorInfo
) -> Gate | None:
    """The gate of a task whose retry policy handles this error, where the user wants to stop at it."""
    if not stops_at(filters, "retried", task, error):
        return None
    gate = Gate("exception", Outcome(), None)
    gate.text = f"{task.name} raised {info['type']}, which its retry policy will handle."
    gate.error = info
    gate.waiting.add(task.id)
    task.task_gate = gate
    return gate


def _interrupt() -> BaseException:
    """What a node caught that swallowed an `interrupt()`."""
    from langgraph.errors import GraphInterrupt

    return GraphInterrupt()
