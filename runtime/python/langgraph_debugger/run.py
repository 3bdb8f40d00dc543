"""What is known of a run while it goes on: its graphs (levels), their tasks, and the gates that hold them."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from .breakpoints import Outcome
from .graphs import KnownGraph
from .pregel import leave_no_trace, namespace_of_task

if TYPE_CHECKING:
    from .changes import Before
    from .protocol import ErrorInfo, Position_finished, RunParams, StopReason
    from .timing import Routing

TaskState = Literal["prepared", "held", "running", "left", "done", "failed"]
"""`left`: it has called `interrupt()`, or hands a `Command` to a graph around it."""


class Gate:
    """
    Holds the tasks of one superstep at their start, or a graph at its end. Waited for on any event loop.
    """

    def __init__(
        self, reason: StopReason | None, outcome: Outcome, finished: Position_finished | None
    ) -> None:
        self.reason = reason
        self.outcome = outcome
        self.finished = finished
        self.expected: set[str] = set()
        self.room: int | None = None
        """How many of them LangGraph starts at once, by the run's `max_concurrency`."""
        self.waiting: set[str] = set()
        self.text: str | None = None
        self.error: ErrorInfo | None = None
        self.cancelled = False
        self._released = threading.Event()
        self._lock = threading.Lock()
        self._waiters: list[tuple[asyncio.AbstractEventLoop, asyncio.Future[None]]] = []

    @property
    def closed(self) -> bool:
        return not self._released.is_set()

    @property
    def complete(self) -> bool:
        """Whether all who can come have come."""
        missing = len(self.expected - self.waiting)
        return missing == 0 or (self.room is not None and len(self.expected) - missing >= self.room)

    async def wait(self) -> None:
        """Returns once released; raises CancelledError where the run was cancelled instead."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()
        with self._lock:
            if self._released.is_set():
                future.set_result(None)
            else:
                self._waiters.append((loop, future))
        await future
        if self.cancelled:
            raise asyncio.CancelledError("the debugger cancelled the run")

    def release(self, cancelled: bool = False) -> None:
        with self._lock:
            self.cancelled = self.cancelled or cancelled
            self._released.set()
            waiters, self._waiters = self._waiters, []
        for loop, future in waiters:
            with contextlib.suppress(RuntimeError):  # that loop is closed
                loop.call_soon_threadsafe(_resolve, future)


def _resolve(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


@dataclass(eq=False)
class TaskRun:
    """A task of a superstep, from its preparation to its end."""

    id: str
    name: str
    level: Level
    task: Any
    """LangGraph's PregelExecutableTask."""
    state: TaskState = "prepared"
    attempts: int = 0
    run_id: Any = None
    began: float = 0.0
    held_before: float = 0.0
    """How long the run had stood when the task began, in seconds."""
    took: float | None = None
    """Milliseconds, once it has ended."""
    routers: list[tuple[str, str]] = field(default_factory=list)
    """Names of the conditional edges after it, with what each has returned."""
    caller: TaskRun | None = None
    """The task that called this one, in the functional API."""
    task_gate: Gate | None = None
    """A gate of this task alone: a `@task`, or an error that will be retried."""

    @property
    def is_kept(self) -> bool:
        """Whether LangGraph has noted how the task went."""
        return any(write[0] == self.id for write in self.level.loop.checkpoint_pending_writes)

    @property
    def namespace(self) -> str:
        """The task's own namespace, that of a graph which it runs."""
        return namespace_of_task(self.task)


@dataclass(eq=False)
class Level:
    """A graph that runs, at its current superstep."""

    known: KnownGraph
    namespace: str
    """LangGraph's, or one of our own for a graph that runs as a root of its own inside a task."""
    loop: Any
    parent: TaskRun | None
    run_id: Any
    step: int = -1
    began: float = 0.0
    held_before: float = 0.0
    own_before: float = 0.0
    """How long the debugger had taken before, in seconds."""
    follows: str = ""
    """The checkpoint that the superstep began at."""
    noted: str = ""
    """The checkpoint whose superstep's times were noted before its end."""
    gate: Gate | None = None
    after: Gate | None = None
    """Made when a breakpoint after a node hits; becomes the gate of what comes next."""
    tasks: list[TaskRun] = field(default_factory=list)
    """Of the current superstep, hidden ones left out."""
    before: dict[str, Before] = field(default_factory=dict)
    """What the keys with data breakpoints held before it."""


@dataclass
class CutOff:
    """How a run that begins in the middle of another is made to go on as that one would have."""

    stop: int | None
    """
    LangGraph's own `loop.stop`: the first superstep that the bare run would not reach. None: it counts anew.
    """
    usual_limit: int
    """The recursion limit of a bare run, for the graphs inside."""
    begun: set[str]
    """Tasks in which a graph had begun."""
    step: int = 0
    """Of the checkpoint that it begins at."""

    @property
    def limit(self) -> int:
        """The recursion limit to start with: what was left."""
        return self.usual_limit if self.stop is None else max(1, self.stop - self.step - 2)

    def mend(self, level: Level) -> None:
        """At a superstep of any graph."""
        root = level.parent is None
        if root and self.stop is not None:
            level.loop.stop = self.stop
        for task in level.tasks:
            config = task.task.config
            if root:
                config["recursion_limit"] = self.usual_limit
            if task.id not in self.begun:
                # Else a graph that keeps its state (`checkpointer=True`) takes this for a resume of its
                # last visit.
                config["configurable"].pop("__pregel_resuming", None)


class Run:
    """One stream of the root graph. Its lock guards everything in it."""

    def __init__(self, params: RunParams, handler: Any) -> None:
        self.thread_id = params["threadId"]
        self.params = params
        self.handler = handler
        self.lock = threading.RLock()
        self.no_debug = params["noDebug"]
        self.step: dict[str, Any] = dict(params["step"])
        self.starts_fresh = "input" in params
        self.cut_off: CutOff | None = None
        """Set where this run goes on in the middle of one that was cut off."""
        self.pausing = False
        self.stopped = False
        """A stop was reported and not yet left."""
        self.cancelled = False
        self.skip: set[str] = set()
        """Tasks at which the thread stood when the run began: the user is there already."""
        self.levels: dict[int, Level] = {}
        self.tasks: dict[str, TaskRun] = {}
        self.by_run_id: dict[Any, TaskRun | Level | Routing] = {}
        self.models: dict[Any, TaskRun | None] = {}
        """Runs of chat models, for their tokens."""
        self.errors: dict[int, tuple[BaseException, TaskRun]] = {}
        """The task in which an exception was seen first, by the exception's identity."""
        self.future: asyncio.Task[None] | None = None
        self.own_seconds = 0.0
        """What the debugger has taken of the run's time."""
        self.timings: dict[str, str] = {}
        """Times of supersteps whose checkpoints are about to be put, by the checkpoint's id."""
        self._held = 0.0
        self._held_since: float | None = None

    @property
    def root(self) -> Level | None:
        return next((level for level in self.levels.values() if level.parent is None), None)

    # ---- time

    def held_seconds(self) -> float:
        """How long the run has stood so far."""
        since = self._held_since
        return self._held + (time.monotonic() - since if since is not None else 0.0)

    def stands(self) -> None:
        self.stopped = True
        if self._held_since is None:
            self._held_since = time.monotonic()

    def goes_on(self, cancelled: bool = False) -> None:
        """Opens every gate."""
        with self.lock:
            if self._held_since is not None:
                self._held += time.monotonic() - self._held_since
                self._held_since = None
            self.stopped = False
            gates = list(self.gates())
            for level in self.levels.values():
                level.gate = None
            for task in self.tasks.values():
                task.task_gate = None
        for gate in gates:
            gate.release(cancelled)

    def cancel(self) -> None:
        """
        From here on nothing is kept of it: LangGraph would keep an error with the checkpoint for each task
        that is cancelled, though none of them has failed.
        """
        self.cancelled = True
        for level in self.levels.values():
            leave_no_trace(level.loop)

    # ---- gates

    def gates(self) -> Iterator[Gate]:
        for level in self.levels.values():
            if level.gate is not None:
                yield level.gate
        for task in self.tasks.values():
            if task.task_gate is not None:
                yield task.task_gate

    def standing(self) -> bool:
        """Whether something waits at a gate, or is about to."""
        return any(gate.closed for gate in self.gates())

    def computing(self) -> list[TaskRun]:
        """Tasks in which the user's code runs now; not those that only wait for a graph that they run."""
        busy = {id(level.parent) for level in self.levels.values() if any(map(_is_active, level.tasks))}
        busy |= {
            id(level.parent)
            for level in self.levels.values()
            if level.gate is not None and level.gate.waiting
        }
        busy |= {
            id(task.caller) for task in self.tasks.values() if task.caller is not None and _is_active(task)
        }
        return [
            task
            for task in self.tasks.values()
            if (task.state == "running" and id(task) not in busy)
            or (task.state == "left" and not task.is_kept)
        ]

    # ---- levels

    def level_at(self, namespace: str) -> Level | None:
        return next((level for level in self.levels.values() if level.namespace == namespace), None)

    def is_inside(self, namespace: str, task_id: str) -> bool:
        """Whether the task runs the graph at `namespace`, or one around it."""
        level = self.level_at(namespace)
        while level is not None and level.parent is not None:
            if level.parent.id == task_id:
                return True
            level = level.parent.level
        return False

    def drop_level(self, level: Level) -> None:
        """Forgets a graph that has ended, with all that ran in it."""
        for task in list(self.tasks.values()):
            if task.level is level:
                self.drop_task(task)
        self.levels.pop(id(level.loop), None)
        self.by_run_id.pop(level.run_id, None)

    def drop_task(self, task: TaskRun) -> None:
        self.tasks.pop(task.id, None)
        if task.run_id is not None:
            self.by_run_id.pop(task.run_id, None)
        for level in [each for each in self.levels.values() if each.parent is task]:
            self.drop_level(level)


def _is_active(task: TaskRun) -> bool:
    return task.state in ("running", "held")


def around(outer: str, inner: str) -> bool:
    """Whether the graph at `outer` is around the one at `inner`."""
    return outer != inner and (outer == "" or inner.startswith(outer + "|"))
