"""Follows a run from inside LangGraph: decides at each superstep whether it stops, and tells what happens."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .breakpoints import Breakpoints, Outcome
from .errors import error_info
from .evaluate import ChannelValues, Names
from .graphs import KnownGraphs
from .live import When
from .pregel import belongs, has_swallowed_interrupt, is_bubble_up, is_hidden, leave_no_trace, parent_task_id
from .retries import will_retry
from .run import Gate, Level, Run, TaskRun, around
from .timeouts import lift_timeouts

if TYPE_CHECKING:
    from .protocol import StopReason, TaskEvent

Send = Callable[[str, Any], None]
"""Sends an event to the adapter: its name and its params."""


class Watch:
    """Called by LangGraph's loops and callbacks, in whatever thread those run."""

    def __init__(self, graphs: KnownGraphs, send: Send, announce: Callable[[], None]) -> None:
        self.honour_compiled = True
        self.breakpoints = Breakpoints([])
        self.filters: set[str] = {"raised"}
        self.run: Run | None = None
        self.arrivals = threading.Condition()
        """Notified when a task begins to wait, or a run stops computing."""
        self.changes = 0
        self._graphs = graphs
        self._send = send
        self._announce = announce

    def changed(self) -> None:
        """Wakes who waits for the run to stand."""
        with self.arrivals:
            self.changes += 1
            self.arrivals.notify_all()

    def wait_for_change(self, seen: int, seconds: float | None = None) -> int:
        """
        Until there was a change after the `seen`-th, or some seconds have passed. The number of changes.
        """
        with self.arrivals:
            self.arrivals.wait_for(lambda: self.changes != seen, seconds)
            return self.changes

    # --------------------------------------------------------------------- boundaries of supersteps

    def boundary(self, when: When, graph: Any, loop: Any) -> None:
        """
        Before or after a superstep; never raises, since LangGraph would take that for the graph's own
        error.
        """
        run = self.run
        if run is None or not belongs(loop, run.handler):
            return
        try:
            with run.lock:
                if run.cancelled:
                    leave_no_trace(loop)
                    return
                level = run.levels.get(id(loop)) or self._enter(run, graph, loop)
                if when == "before":
                    self._before(run, level)
                else:
                    self._after(run, level)
        except Exception as exc:
            self.trouble(exc)

    def _enter(self, run: Run, graph: Any, loop: Any) -> Level:
        """A graph of which this is the first superstep seen."""
        configurable = loop.config["configurable"]
        parent = run.tasks.get(parent_task_id(configurable) or "")
        if parent is None:
            known, new, namespace = self._graphs.root, False, ""
        else:
            known, new = self._graphs.child(parent.level.known, parent.name, graph)
            own = "|".join(loop.checkpoint_ns)
            namespace = own if loop.is_nested else f"{parent.namespace}|{configurable.get('thread_id')}"
        manager = getattr(loop, "manager", None)
        level = Level(known, namespace, loop, parent, getattr(manager, "run_id", None))
        for other in [each for each in run.levels.values() if each.namespace == namespace]:
            run.drop_level(other)
        run.levels[id(loop)] = level
        if level.run_id is not None:
            run.by_run_id[level.run_id] = level
        if new:
            self._announce()
        return level

    def _before(self, run: Run, level: Level) -> None:
        loop = level.loop
        level.step = loop.step
        level.began = time.monotonic()
        level.held_before = run.held_seconds()
        level.gate = None
        level.tasks = [
            TaskRun(task.id, task.name, level, task) for task in loop.tasks.values() if not is_hidden(task)
        ]
        for task in level.tasks:
            run.tasks[task.id] = task
        if run.cut_off is not None:
            run.cut_off.mend(level)
        if run.no_debug or not level.tasks:
            return
        lift_timeouts(level.tasks)
        fresh = [task for task in level.tasks if task.id not in run.skip]
        gate, level.after = level.after, None
        if not fresh and gate is None:
            return
        outcome = gate.outcome if gate is not None else Outcome()
        for task in fresh:
            outcome.add(self._hits("before", task))
        gate = self._gate(run, level.namespace, gate, outcome)
        if gate is not None:
            gate.expected = {t.id for t in level.tasks if not t.task.writes and t.task.cache_key is None}
            gate.room = level.loop.config.get("max_concurrency") or None
            level.gate = gate

    def _gate(self, run: Run, namespace: str, gate: Gate | None, outcome: Outcome) -> Gate | None:
        """The gate for what is about to start at `namespace`; None: it goes on."""
        reason = self._reason(run, namespace, outcome)
        if gate is None:
            if reason is None and not run.standing():
                return None
            gate = Gate(reason, outcome, None)
        gate.reason = reason if gate.error is None else "exception"
        gate.text = " ".join([*([gate.text] if gate.text else []), *outcome.problems]) or None
        return gate

    def _reason(self, run: Run, namespace: str, outcome: Outcome) -> StopReason | None:
        if outcome.hits or outcome.problems:
            return "breakpoint"
        if run.pausing:
            return "pause"
        kind = run.step["kind"]
        if (
            kind == "in"
            or (kind == "into" and run.is_inside(namespace, run.step["taskId"]))
            or (
                kind in ("over", "into")
                and (namespace == run.step["namespace"] or around(namespace, run.step["namespace"]))
            )
            or (kind == "out" and around(namespace, run.step["namespace"]))
        ):
            return "entry" if run.starts_fresh else "step"
        return None

    def _hits(self, when: When, task: TaskRun, update: Any = None) -> Outcome:
        outcome = Outcome()
        level = task.level
        found = self.breakpoints.of(when, level.known.id, task.name)
        if found:
            state = ChannelValues(level.loop.channels, level.known.state_keys)
            names = Names(state, level.known.state_keys, task.name, level.step, update)
            for each in found:
                each.reached(names, outcome, self._log)
        return outcome

    def _after(self, run: Run, level: Level) -> None:
        if level.tasks:
            self._tell_superstep(run, level)
        if not run.no_debug:
            outcome = Outcome()
            finished = []
            for task in level.tasks:
                found = self._hits("after", task, _update(task))
                if found.hits:
                    finished.append(task)
                outcome.add(found)
            if finished:
                if level.after is None:
                    level.after = Gate("breakpoint", outcome, None)
                level.after.outcome.add(outcome)
                level.after.finished = {
                    "namespace": level.namespace,
                    "graph": level.known.id,
                    "tasks": [{"id": task.id, "name": task.name} for task in level.tasks],
                }
        for task in [each for each in run.tasks.values() if each.level is level]:
            run.drop_task(task)
        level.tasks = []

    def _tell_superstep(self, run: Run, level: Level) -> None:
        keys = level.known.state_keys
        written = getattr(level.loop, "updated_channels", None) or {
            c for t in level.tasks for c, _ in t.task.writes
        }
        for task in level.tasks:
            if task.run_id is None and task.task.writes and task.id not in run.skip:
                self._tell_task("cached", task, level)
        self._send(
            "superstep",
            {
                "graph": level.known.id,
                "namespace": level.namespace,
                "step": level.step,
                "nodes": [task.name for task in level.tasks],
                "milliseconds": _milliseconds(run, level.began, level.held_before),
                "written": [key for key in keys if key in written],
            },
        )

    # --------------------------------------------------------------------- starts and ends of tasks

    def starts(self, run: Run, run_id: Any, metadata: dict[str, Any]) -> Gate | None:
        """A runnable starts. The gate to wait at, where it is a task's first and the superstep is held."""
        namespace = metadata.get("langgraph_checkpoint_ns")
        if not namespace:
            return None
        with run.lock:
            task = run.tasks.get(namespace.rpartition(":")[2])
            if task is None:
                task = self._called_task(run, namespace)
            if task is None or task.state in ("running", "held"):
                return None
            task.run_id = run_id
            run.by_run_id[run_id] = task
            task.attempts += 1
            gate = task.task_gate or (task.level.gate if task.attempts == 1 else None)
            if gate is None or not gate.closed or run.cancelled:
                self._began(run, task)
                return None
            task.state = "held"
            gate.waiting.add(task.id)
        self.changed()
        return gate

    def started(self, run: Run, run_id: Any) -> None:
        """A task that waited goes on."""
        with run.lock:
            task = run.by_run_id.get(run_id)
            if isinstance(task, TaskRun):
                self._began(run, task)

    def _began(self, run: Run, task: TaskRun) -> None:
        task.state = "running"
        task.began = time.monotonic()
        task.held_before = run.held_seconds()
        self._tell_task("start", task, task.level)

    def _called_task(self, run: Run, namespace: str) -> TaskRun | None:
        """
        A `@task` that another task calls: LangGraph asks no live object for it, so it is decided on here.
        """
        outer, _, last = namespace.rpartition("|")
        caller = run.tasks.get(outer.rpartition(":")[2])
        if caller is None:
            return None
        task_id = last.rpartition(":")[2]
        pushed = caller.level.loop.tasks.get(task_id)
        if pushed is None:
            return None
        task = TaskRun(task_id, pushed.name, caller.level, pushed, caller=caller)
        run.tasks[task_id] = task
        caller.level.tasks.append(task)
        if not run.no_debug and task_id not in run.skip:
            lift_timeouts([task])
            task.task_gate = self._gate(run, caller.level.namespace, None, self._hits("before", task))
            if task.task_gate is not None:
                task.task_gate.expected = {task_id}
        return task

    def ended(self, run: Run, run_id: Any) -> Gate | None:
        """
        A task or a graph has ended well. The gate to wait at, for a graph that stops after its last nodes.
        """
        with run.lock:
            found = run.by_run_id.pop(run_id, None)
            if isinstance(found, TaskRun):
                gate = self._task_ended(run, found)
            elif found is not None and found.parent is not None:
                gate = found.after
                if gate is not None and not run.cancelled and not run.no_debug:
                    gate.waiting.add("")
                    found.gate, found.after = gate, None
                    found.tasks = []
                else:
                    run.drop_level(found)
            else:
                gate = None
        self.changed()
        return gate

    def _task_ended(self, run: Run, task: TaskRun) -> Gate | None:
        task.state = "done"
        self._tell_task("end", task, task.level)
        if has_swallowed_interrupt(task.task):
            question = (
                f"{task.name} called interrupt(), but its own try/except caught the exception that stops "
                "the run, so it went on without an answer. Let GraphInterrupt pass: catch narrower "
                "exceptions, or re-raise it."
            )
            self._send("message", {"kind": "warning", "text": question})
            if "swallowed" in self.filters and not run.no_debug:
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
        if task.caller is None or run.no_debug:
            return None
        outcome = self._hits("after", task, _update(task))
        if not outcome.hits or run.cancelled:
            return None
        level = task.level
        gate = Gate(
            "breakpoint",
            outcome,
            {
                "namespace": level.namespace,
                "graph": level.known.id,
                "tasks": [{"id": task.id, "name": task.name}],
            },
        )
        gate.waiting.add(task.id)
        task.task_gate = gate
        return gate

    def failed(self, run: Run, run_id: Any, error: BaseException) -> Gate | None:
        """
        A task or a graph has ended with an exception. The gate to wait at, for an error that will be
        retried.
        """
        gate = None
        with run.lock:
            found = run.by_run_id.pop(run_id, None)
            if isinstance(found, TaskRun):
                bubbles = is_bubble_up(error)
                found.state = "left" if bubbles else "failed"
                if not bubbles and not run.cancelled:
                    gate = self._task_failed(run, found, error)
            elif found is not None and found.parent is not None and type(error).__name__ != "GraphInterrupt":
                run.drop_level(found)
        self.changed()
        return gate

    def _task_failed(self, run: Run, task: TaskRun, error: BaseException) -> Gate | None:
        run.errors.setdefault(id(error), (error, task))
        info = error_info(error, task.name, task.level.namespace)
        retried = will_retry(task.task, error, task.attempts)
        self._tell_task("retry" if retried else "error", task, task.level, info)
        if not retried or "retried" not in self.filters or run.no_debug:
            return None
        gate = Gate("exception", Outcome(), None)
        gate.text = f"{task.name} raised {info['type']}, which its retry policy will handle."
        gate.error = info
        gate.waiting.add(task.id)
        task.task_gate = gate
        return gate

    def _tell_task(self, event: str, task: TaskRun, level: Level, error: Any = None) -> None:
        params: TaskEvent = {
            "event": event,  # type: ignore[typeddict-item] # one of the five, by its callers
            "id": task.id,
            "node": task.name,
            "graph": level.known.id,
            "namespace": level.namespace,
            "step": level.step,
        }
        if event in ("end", "error", "retry") and self.run is not None:
            params["milliseconds"] = _milliseconds(self.run, task.began, task.held_before)
        if error is not None:
            params["error"] = error
        self._send("task", params)

    # -------------------------------------------------------------------------- tokens and messages

    def model_starts(self, run: Run, run_id: Any, metadata: dict[str, Any]) -> None:
        namespace = metadata.get("langgraph_checkpoint_ns") or ""
        run.models[run_id] = run.tasks.get(namespace.rpartition(":")[2])

    def token(self, run: Run, run_id: Any, text: str) -> None:
        task = run.models.get(run_id)
        params: dict[str, Any] = {"namespace": task.level.namespace if task else "", "text": text}
        if task:
            params["node"] = task.name
        self._send("token", params)

    def _log(self, text: str, breakpoint_id: int) -> None:
        self._send("message", {"kind": "logpoint", "text": text, "breakpointId": breakpoint_id})

    def trouble(self, exc: Exception) -> None:
        """Tells of a failure of the debugger's own; the graph runs on."""
        text = f"The debugger failed while the graph runs, which goes on: {type(exc).__name__}: {exc}"
        self._send("message", {"kind": "error", "text": f"{text}\n{error_info(exc)['traceback']}"})


def _update(task: TaskRun) -> dict[str, Any]:
    """What a task wrote, by key."""
    keys = task.level.known.state_keys
    return {channel: value for channel, value in task.task.writes if channel in keys}


def _milliseconds(run: Run, began: float, held_before: float) -> float:
    held = run.held_seconds() - held_before
    return round(max(0.0, (time.monotonic() - began - held) * 1000), 3)
