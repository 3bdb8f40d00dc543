"""What the pending writes of a task say: its status, its interrupts and their answers, its error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .as_json import to_json
from .errors import error_info

if TYPE_CHECKING:
    from .protocol import ErrorInfo, InterruptInfo, TaskStatus

PendingWrite = tuple[str, str, Any]

_MARKS = ("__error__", "__error_source_node__", "__interrupt__", "__resume__", "__scheduled__")
_NULL_TASK = "00000000-0000-0000-0000-000000000000"


def is_mark(channel: str) -> bool:
    """Whether a pending write is LangGraph's own mark, not a node's result."""
    return channel in _MARKS


def status_of(writes: list[PendingWrite]) -> TaskStatus:
    """Of a task, from its raw pending writes."""
    channels = {channel for _, channel, _ in writes}
    if any(channel not in _MARKS for channel in channels):
        return "done"
    if "__interrupt__" in channels:
        return "waiting"
    if "__error__" in channels:
        error = next(value for _, channel, value in writes if channel == "__error__")
        text = type(error).__name__ if isinstance(error, BaseException) else str(error)
        return "cancelled" if text.startswith("CancelledError") else "failed"
    return "pending"


def interrupts_of(name: str, writes: list[PendingWrite], graph: str, namespace: str) -> list[InterruptInfo]:
    """The interrupts of a task that wait, numbered after those that it has had answers to."""
    earlier = [to_json(value) for value in answers_of(writes)]
    found: list[InterruptInfo] = []
    for interrupt in raw_interrupts(writes):
        info: InterruptInfo = {
            "id": interrupt.id,
            "index": len(earlier) + len(found),
            "node": name,
            "namespace": namespace,
            "graph": graph,
            "value": to_json(interrupt.value),
            "earlier": earlier,
        }
        schema = getattr(interrupt, "response_schema", None)
        if schema is not None:
            info["responseSchema"] = to_json(schema)
        found.append(info)
    return found


def raw_interrupts(writes: list[PendingWrite]) -> list[Any]:
    for _, channel, value in writes:
        if channel == "__interrupt__":
            return list(value) if isinstance(value, (list, tuple)) else [value]
    return []


def answers_of(writes: list[PendingWrite]) -> list[Any]:
    """Answers that a task has got before, in order."""
    for task_id, channel, value in writes:
        if channel == "__resume__" and task_id != _NULL_TASK:
            return list(value) if isinstance(value, (list, tuple)) else [value]
    return []


def saved_error(error: Any, node: str, namespace: str) -> ErrorInfo:
    """
    An error as it was kept with the checkpoint: the exception while it is in this process, else its text.
    """
    if isinstance(error, BaseException):
        return error_info(error, node, namespace)
    text = str(error)
    kind, _, rest = text.partition("(")
    known = rest.endswith(")") and kind.isidentifier()
    return {
        "type": kind if known else "Exception",
        "message": rest[:-1].strip("'\"") if known else text,
        "traceback": text,
        "frames": [],
        "node": node,
        "namespace": namespace,
    }
