"""Follows a run from inside LangGraph: decides at each superstep whether it stops, and tells what happens."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from . import changes, streams, timing
from .breakpoints import Breakpoints, ExceptionFilters, Outcome
from .calls import calls
from .error_stops import check_swallowed, hold_before_retry
from .errors import error_info
from .evaluate import ChannelValues, Names
from .graphs import KnownGraphs
from .live import When
from .pregel import (
    belongs,
    current_task_id,
    is_bubble_up,
    is_hidden,
    leave_no_trace,
    parent_task_id,
)
from .retries import will_retry
from .run import Gate, Level, Run, TaskRun, around
from .telling import Send, Teller
from .timeouts import lift_timeouts

if TYPE_CHECKING:
    from .protocol import SetBreakpointsParams, StopReason

_BREAKPOINTS_SECONDS = 2  # the longest that a graph which was unknown waits for its breakpoints


class Watch:
    """Called by LangGraph's loops and callbacks, in whatever thread those run."""

    def __init__(self, graphs: KnownGraphs, send: Send, announce: Callable[[], int]) -> None:
        self.honour_compiled = True
        self.breakpoints = Breakpoints([], [])
        self.exceptions = ExceptionFilters([{"filter": "raised"}])
        self.run: Run | None = None
        self.arrivals = threading.Condition()
        """Notified when a task begins to wait, or a run stops computing."""
        self.changes = 0
        self._revision = 0
        """Of the graphs that the breakpoints were resolved with."""
        self._graphs = graphs
        self.tell = Teller(send)
        self._announce = announce

    def set_breakpoints(self, params: SetBreakpointsParams) -> None:
        """Replaces them all; from the next superstep on."""
        self.breakpoints = Breakpoints(params["breakpoints"], params["dataBreakpoints"], self.breakpoints)
        self.exceptions = ExceptionFilters(params["exceptions"])
        self.honour_compiled = params["compiled"]
        run = self.run
        if run is not None:
            with run.lock:
                for level in run.levels.values():
                    changes.remember(self.breakpoints, level)
        self._revision = int(params["revision"])
        self.changed()

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
        if run is None or not (id(loop) in run.levels or belongs(loop, run.handler)):
            return
        began = time.perf_counter()
        try:
            with run.lock:
                level = run.levels.get(id(loop))
                revision = None
                if level is None and not run.cancelled:
                    level, revision = self._enter(run, graph, loop)
            if revision is not None and not run.no_debug:
                self._wait_for_breakpoints(run, revision)
                began = time.perf_counter()
            with run.lock:
                if run.cancelled or level is None:
                    leave_no_trace(loop)
                    return
                if when == "before":
                    self._before(run, level)
                else:
                    self._after(run, level)
        except Exception as exc:
            self.tell.trouble(exc)
        run.own_seconds += time.perf_counter() - began

    def _wait_for_breakpoints(self, run: Run, revision: int) -> None:
        """Until the breakpoints are those for the graphs of this revision."""
        with self.arrivals:
            self.arrivals.wait_for(lambda: self._revision >= revision or run.cancelled, _BREAKPOINTS_SECONDS)

    def _enter(self, run: Run, graph: Any, loop: Any) -> tuple[Level, int | None]:
        """
        A graph of which this is the first superstep seen. Where it was unknown, the revision of the graphs
        that it was told with.
        """
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
        streams.listen(level, lambda level, chunk: self._streamed(run, level, chunk))
        if level.run_id is not None:
            run.by_run_id[level.run_id] = level
        return level, self._announce() if new else None

    def _streamed(self, run: Run, level: Level, chunk: Any) -> None:
        task = run.tasks.get(current_task_id() or "")
        if task is None:
            running = [each for each in level.tasks if each.state == "running"]
            task = running[0] if len(running) == 1 else None
        if task is not None:
            calls.streamed(task, chunk)
        if not run.cancelled:
            self.tell.custom(level, task, chunk)

    def _before(self, run: Run, level: Level) -> None:
        loop = level.loop
        level.step = loop.step
        level.began = time.monotonic()
        level.held_before = run.held_seconds()
        level.own_before = run.own_seconds
        level.follows = loop.checkpoint["id"]
        level.gate = None
        level.tasks = [
            TaskRun(task.id, task.name, level, task) for task in loop.tasks.values() if not is_hidden(task)
        ]
        for task in level.tasks:
            run.tasks[task.id] = task
            calls.watch(task)
        if run.cut_off is not None:
            run.cut_off.mend(level)
        if run.no_debug or not level.tasks:
            return
        lift_timeouts(level.tasks)
        changes.remember(self.breakpoints, level)
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
            more = None if update is None else {"update": update}
            names = Names(state, level.known.state_keys, task.name, level.step, more)
            for each in found:
                each.reached(names, outcome, self.tell.log)
        return outcome

    def _after(self, run: Run, level: Level) -> None:
        timing.note(run, level)
        if level.tasks:
            self.tell.superstep(run, level)
        if not run.no_debug:
            outcome = Outcome()
            finished = []
            for task in level.tasks:
                found = self._hits("after", task, _update(task))
                if found.hits:
                    finished.append(task)
                outcome.add(found)
            changed, text = changes.hits(self.breakpoints, level, self.tell.log)
            outcome.add(changed)
            if finished or changed.hits:
                if level.after is None:
                    level.after = Gate("breakpoint", outcome, None)
                level.after.outcome.add(outcome)
                level.after.text = " ".join(filter(None, (level.after.text, text))) or None
                level.after.finished = {
                    "namespace": level.namespace,
                    "graph": level.known.id,
                    "tasks": [{"id": task.id, "name": task.name} for task in level.tasks],
                }
        for task in [each for each in run.tasks.values() if each.level is level]:
            run.drop_task(task)
        level.tasks = []

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
        self.tell.task(run, "start", task)

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
        calls.watch(task)
        if not run.no_debug and task_id not in run.skip:
            lift_timeouts([task])
            task.task_gate = self._gate(run, caller.level.namespace, None, self._hits("before", task))
            if task.task_gate is not None:
                task.task_gate.expected = {task_id}
        return task

    def ended(self, run: Run, run_id: Any, outputs: Any) -> Gate | None:
        """
        A task or a graph has ended well. The gate to wait at, for a graph that stops after its last nodes.
        """
        with run.lock:
            found = run.by_run_id.pop(run_id, None)
            if isinstance(found, timing.Routing):
                found.returned(outputs)
                return None
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
            matters = gate is not None or run.standing()
        if matters:
            self.changed()
        return gate

    def _task_ended(self, run: Run, task: TaskRun) -> Gate | None:
        task.state = "done"
        self.tell.task(run, "end", task)
        check_swallowed(self.exceptions, run, task)
        calls.ended(task)
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
            if isinstance(found, timing.Routing):
                return None
            if isinstance(found, TaskRun):
                bubbles = is_bubble_up(error)
                found.state = "left" if bubbles else "failed"
                if type(error).__name__ == "GraphInterrupt":
                    calls.asked(found, error)
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
        self.tell.task(run, "retry" if retried else "error", task, info)
        if not retried or run.no_debug:
            return None
        return hold_before_retry(self.exceptions, task, error, info)


def _update(task: TaskRun) -> dict[str, Any]:
    """What a task wrote, by key."""
    keys = task.level.known.state_keys
    return {channel: value for channel, value in task.task.writes if channel in keys}
