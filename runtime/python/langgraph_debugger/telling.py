"""Tells the adapter what happens while a run goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Protocol

from .as_json import to_json
from .errors import error_info
from .timing import milliseconds

if TYPE_CHECKING:
    from .protocol import CustomEvent, ErrorInfo, MessageEvent, TaskEvent
    from .run import Level, Run, TaskRun


class Send(Protocol):
    """Sends an event to the adapter: its name and its params; some milliseconds later where it `waits`."""

    def __call__(self, method: str, params: Any, *, waits: bool = False) -> None: ...


TaskEventName = Literal["start", "end", "error", "cached", "retry"]


class Teller:
    """Says it as the protocol has it."""

    def __init__(self, send: Send) -> None:
        self._send = send

    def task(self, run: Run, event: TaskEventName, task: TaskRun, error: ErrorInfo | None = None) -> None:
        """A node starts, ends, fails, or is taken from the cache."""
        level = task.level
        params: TaskEvent = {
            "event": event,
            "id": task.id,
            "node": task.name,
            "graph": level.known.id,
            "namespace": level.namespace,
            "step": level.step,
        }
        if event in ("end", "error", "retry"):
            params["milliseconds"] = task.took = milliseconds(run, task.began, task.held_before)
        if error is not None:
            params["error"] = error
        self._send("task", params, waits=True)

    def superstep(self, run: Run, level: Level) -> None:
        """A superstep is over."""
        keys = level.known.state_keys
        written = getattr(level.loop, "updated_channels", None) or {
            c for t in level.tasks for c, _ in t.task.writes
        }
        for task in level.tasks:
            if task.run_id is None and task.task.writes and task.id not in run.skip:
                self.task(run, "cached", task)
        self._send(
            "superstep",
            {
                "graph": level.known.id,
                "namespace": level.namespace,
                "step": level.step,
                "nodes": [task.name for task in level.tasks],
                "milliseconds": milliseconds(run, level.began, level.held_before),
                "written": [key for key in keys if key in written],
            },
            waits=True,
        )

    def model_starts(self, run: Run, run_id: Any, metadata: dict[str, Any]) -> None:
        """A chat model starts, whose tokens may follow."""
        namespace = metadata.get("langgraph_checkpoint_ns") or ""
        run.models[run_id] = run.tasks.get(namespace.rpartition(":")[2])

    def token(self, run: Run, run_id: Any, text: str) -> None:
        """A token of a chat model."""
        task = run.models.get(run_id)
        params: dict[str, Any] = {"namespace": task.level.namespace if task else "", "text": text}
        if task:
            params["node"] = task.name
        self._send("token", params, waits=True)

    def custom(self, level: Level, task: TaskRun | None, value: Any) -> None:
        """A task wrote to the custom stream."""
        params: CustomEvent = {
            "namespace": (task.level if task else level).namespace,
            "value": to_json(value),
        }
        if task:
            params["node"] = task.name
        self._send("custom", params, waits=True)

    def log(self, text: str, breakpoint_id: int) -> None:
        """The message of a log point."""
        self._send("message", {"kind": "logpoint", "text": text, "breakpointId": breakpoint_id})

    def warn(self, text: str, place: tuple[str, int] | None = None) -> None:
        """A warning about a line of the user's."""
        params: MessageEvent = {"kind": "warning", "text": text}
        if place is not None:
            params["at"] = {"path": place[0], "line": place[1]}
        self._send("message", params)

    def trouble(self, exc: Exception) -> None:
        """A failure of the debugger's own; the graph runs on."""
        text = f"The debugger failed while the graph runs, which goes on: {type(exc).__name__}: {exc}"
        self._send("message", {"kind": "error", "text": f"{text}\n{error_info(exc)['traceback']}"})
