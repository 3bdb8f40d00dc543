"""Runs the graph: starts, releases, pauses and cancels it; reports where it stands once that is on disk."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from . import saving
from .as_json import to_json
from .breakpoints import Breakpoints
from .errors import RuntimeFailure, error_info
from .handler import RunHandler
from .limits import cut_off_at
from .position import Place, Threads, live_position, no_position
from .reporter import Reporter
from .run import CutOff, Level, Run
from .timeouts import lift_step_timeouts, restore_step_timeouts
from .watch import Send, Watch

if TYPE_CHECKING:
    from .graphs import KnownGraphs
    from .protocol import Position, RunParams, SetBreakpointsParams


class Engine:
    """One at a time: the run of a thread, or none."""

    def __init__(
        self,
        graphs: KnownGraphs,
        saver: Any,
        *,
        loop: asyncio.AbstractEventLoop,
        config: dict[str, Any],
        context: Any,
        send: Send,
        announce: Callable[[], None],
        origin: str,
    ) -> None:
        self.watch = Watch(graphs, send, announce)
        self.threads = Threads(graphs, saver)
        self.thread_id: str | None = None
        """The thread that was run or opened last: values are read from it."""
        self.place: Place = {}
        """The namespaces of the position on disk that was told last."""
        self.ended: Level | None = None
        """The root graph of the last run where that has come to its end: it still holds the final values."""
        self.generation = 0
        """Counts runs; values of evaluations don't outlive one."""
        self._graphs = graphs
        self._saver = saver
        self._loop = loop
        self._config = config
        self._context = context
        self._send = send
        self._answers: dict[str, Any] = {}
        self._ended_after: str | None = None
        """The thread whose end was told as a stop after its last node; going on from there is the end."""
        self._stop_of_root: dict[str, int] = {}
        """By thread: at which step the cancelled run would have met its recursion limit."""
        self._origin = origin
        self._owned: set[str] = set()
        self._held: dict[str, set[str]] = {}
        """By thread: tasks at which the cancelled run stood."""
        self._rested: set[str] = set()
        """Threads whose last run ended by itself."""
        self._reporter = Reporter(self.watch, saver, send)

    # ------------------------------------------------------------------------------------- requests

    def set_breakpoints(self, params: SetBreakpointsParams) -> None:
        self.watch.breakpoints = Breakpoints(params["breakpoints"], self.watch.breakpoints)
        self.watch.filters = {each["filter"] for each in params["exceptions"]}
        self.watch.honour_compiled = params["compiled"]

    def start(self, params: RunParams) -> None:
        """Starts a run or lets the held one go on; `stopped` tells where it comes to stand."""
        run = self.watch.run
        if run is not None:
            with run.lock:
                stands = run.stopped and run.thread_id == params["threadId"]
                begins_anew = any(key in params for key in ("input", "update", "goto"))
                if not run.stopped:
                    raise RuntimeFailure("running", "The graph is running; pause it first.")
                if stands and not begins_anew:
                    self.generation += 1
                    self._answers.update(params.get("resume") or {})
                    run.step = dict(params["step"])
                    run.pausing = False
                    run.goes_on()
                    return
            self.cancel()
        self._start(params)

    def _start(self, params: RunParams) -> None:
        thread_id = self.thread_id = params["threadId"]
        self.generation += 1
        self.ended = None
        if "input" not in params and self._ended_after == thread_id and not params.get("goto"):
            self._ended_after = None
            self._reporter.tell_stop("end", self.position(thread_id), [])
            return
        self._ended_after = None
        self._check_owner(thread_id)
        graph_input, skip, cut_off = self._input(params)
        handler = RunHandler(self.watch)
        run = Run(params, handler)
        handler.run = run
        run.skip = skip
        run.cut_off = cut_off
        if run.starts_fresh:
            self.watch.breakpoints.forget_hits()
        self._rested.discard(thread_id)
        self.watch.run = run
        self._loop.call_soon_threadsafe(self._launch, run, graph_input)

    def _check_owner(self, thread_id: str) -> None:
        """Once a thread: that it is not another graph's. A new one is this graph's from here on."""
        if thread_id not in self._owned:
            saving.claim(self._saver, thread_id, self._origin)
            self._owned.add(thread_id)

    def _launch(self, run: Run, graph_input: Any) -> None:
        run.future = self._loop.create_task(self._stream(run, graph_input))

    def pause(self) -> list[str]:
        """The nodes that have to end before the run stands."""
        run = self.watch.run
        if run is None:
            return []
        with run.lock:
            if run.stopped:
                return []
            run.pausing = True
            computing = run.computing()
            return [
                f"{task.level.known.id}:{task.name}" if task.level.known.id else task.name
                for task in computing
            ]

    def cancel(self, seconds: float = 2) -> None:
        """
        Ends the run where it stands; what it has done is on disk when this returns. A node that blocks the
        event loop is waited for some `seconds`; after that it ends in the background, and nothing of it is
        kept.
        """
        run = self.watch.run
        if run is not None:
            with run.lock:
                root = run.root
                if root is not None:
                    self._stop_of_root[run.thread_id] = root.loop.stop
                self._held[run.thread_id] = {id_ for gate in run.gates() for id_ in gate.waiting}
                done = threading.Event()
                self._loop.call_soon_threadsafe(self._cancel_future, run, done)
                run.cancel()
            done.wait(seconds)
            self.watch.run = None
        saving.flush(self._saver)

    def _cancel_future(self, run: Run, done: threading.Event) -> None:
        future = run.future
        if future is None or future.done():
            done.set()
            return
        future.add_done_callback(lambda _: done.set())
        future.cancel()

    def open(self, thread_id: str) -> Position | None:
        """Where the thread stands, unless it is another graph's."""
        saving.belongs_to(self._saver, thread_id, self._origin)
        return self.position(thread_id)

    def position(self, thread_id: str) -> Position | None:
        """Where the thread stands: live while it runs, else from disk."""
        self.thread_id = thread_id
        run = self.watch.run
        if run is not None and run.thread_id == thread_id:
            with run.lock:
                if run.root is not None:
                    return live_position(run)
        self.ended = None
        found = self.threads.position(thread_id)
        if found is None:
            return None
        self.place = found[1]
        return found[0]

    # -------------------------------------------------------------------------------- a run's input

    def _input(self, params: RunParams) -> tuple[Any, set[str], CutOff | None]:
        """What the graph is called with, and the tasks at which the user is already."""
        from langgraph.types import Command

        if "input" in params:
            if params["input"] is None:
                raise RuntimeFailure(
                    "invalidInput", "The input is null; give a JSON object with the graph's input."
                )
            return params["input"], set(), None
        found = self.threads.position(params["threadId"])
        if found is None:
            raise RuntimeFailure(
                "unknownThread", f"There is no thread {params['threadId']} yet: give an input to start it."
            )
        position = found[0]
        tasks = list(_all_tasks(position["root"]))
        waiting = {each["id"] for task in tasks for each in task["interrupts"]}
        resume = {**{k: v for k, v in self._answers.items() if k in waiting}, **(params.get("resume") or {})}
        unknown = sorted(set(resume) - waiting)
        if unknown:
            known = ", ".join(sorted(waiting)) or "none"
            raise RuntimeFailure(
                "unknownInterrupt",
                f"No interrupt with the id {unknown[0]} waits for an answer. Waiting: {known}.",
            )
        self._answers = {}
        command: dict[str, Any] = {}
        if resume:
            command["resume"] = resume
        if params.get("update"):
            command["update"] = params["update"]
        if params.get("goto"):
            command["goto"] = params["goto"]
        own = position["root"]["tasks"]
        if not command:
            if not own:
                raise RuntimeFailure(
                    "invalidInput", "The run on this thread is over: give an input for a new turn."
                )
            if waiting and all(task["status"] in ("waiting", "done") for task in own):
                raise RuntimeFailure(
                    "needsAnswer", f"The graph waits for an answer to the interrupt {sorted(waiting)[0]}."
                )
        skip = {task["id"] for task in tasks} | self._held.pop(params["threadId"], set())
        cut_off = None
        if params["threadId"] not in self._rested:
            stop = self._stop_of_root.pop(params["threadId"], None)
            cut_off = cut_off_at(self._graphs.root.graph, self._saver, self._config, position, stop)
        return Command(**command) if command else None, skip, cut_off

    # ----------------------------------------------------------------------------------- the stream

    async def _stream(self, run: Run, graph_input: Any) -> None:
        """Consumes the graph's stream to its end, on the graph's own event loop."""
        graph = self._graphs.root.graph
        config = {
            **self._config,
            "configurable": {**(self._config.get("configurable") or {}), "thread_id": run.thread_id},
            "callbacks": [run.handler, run.handler.hold],
        }
        if run.cut_off is not None:
            config["recursion_limit"] = run.cut_off.limit
        extra = {} if self._context is None else {"context": self._context}
        lifted = [] if run.no_debug else lift_step_timeouts(known.graph for known in self._graphs)
        error: BaseException | None = None
        try:
            stream = graph.astream(
                graph_input, config, stream_mode=["custom"], subgraphs=True, durability="async", **extra
            )
            async for namespace, _, value in stream:
                self._tell_custom(namespace, value)
        except asyncio.CancelledError as exc:
            if run.cancelled:
                return
            error = exc
        except Exception as exc:
            error = exc
        finally:
            restore_step_timeouts(lifted)
        await asyncio.to_thread(self._rest, run, error)

    def _tell_custom(self, namespace: tuple[str, ...], value: Any) -> None:
        self._send("custom", {"namespace": "|".join(namespace), "value": to_json(value)})

    def _rest(self, run: Run, error: BaseException | None) -> None:
        """The stream is over: at the end, at an interrupt, at an error."""
        self._reporter.flush()
        with run.lock:
            if run.cancelled:
                return
            self.watch.run = None
        self._rested.add(run.thread_id)
        root = run.root
        try:
            position = self._end_of(run) if error is None else None
            if position is None:
                position = self.position(run.thread_id)
        except Exception as exc:
            # LangGraph can't prepare the tasks of a state that its own schema refuses, as after a bad input.
            position, error = None, error or exc
        if position is None:
            position = no_position(run.thread_id, self._graphs.root.state_keys)
        if error is not None:
            self._tell_error(run, position, error)
            return
        if root is not None and not position["root"]["tasks"]:
            self.ended = root
        hits = [hit for gate in run.gates() if not gate.waiting for hit in gate.outcome.hits]
        tasks = list(_all_tasks(position["root"]))
        if any(task["interrupts"] for task in tasks):
            if self._answers.keys() & {each["id"] for task in tasks for each in task["interrupts"]}:
                self._start({"threadId": run.thread_id, "step": run.params["step"], "noDebug": run.no_debug})
                return
            self._reporter.tell_stop("interrupt", position, hits)
        elif position["root"]["tasks"]:
            status = str(getattr(root.loop, "status", "")) if root is not None else ""
            names = ", ".join(task["name"] for task in position["root"]["tasks"])
            text = (
                f"compile({status}=...) stops the graph here, before {names}."
                if "interrupt" in status
                else None
            )
            self._reporter.tell_stop("breakpoint" if "interrupt" in status else "pause", position, hits, text)
        elif root is not None and root.after is not None and not run.no_debug:
            self._ended_after = run.thread_id
            self._reporter.tell_gates([root.after], position)
        else:
            self._reporter.tell_stop("end", position, [])

    def _end_of(self, run: Run) -> Position | None:
        """The position at the end of a run, from what is in this process: its state may be large."""
        root = run.root
        if root is None or root.loop.tasks or root.tasks or root.loop.checkpointer is None:
            return None
        self.place = {"": (root.known, root.loop.checkpoint["id"])}
        return live_position(run)

    def _tell_error(self, run: Run, position: Position, error: BaseException) -> None:
        found = run.errors.get(id(error))
        if found is None:
            position["error"] = error_info(error)
        else:
            position["error"] = error_info(found[0], found[1].name, found[1].level.namespace)
        info = position["error"]
        where = f"{info['node']}: " if "node" in info else ""
        if "raised" in self.watch.filters and not run.no_debug:
            self._reporter.tell_stop("exception", position, [], f"{where}{info['type']}: {info['message']}")
            return
        self._send("message", {"kind": "error", "text": f"{where}{info['traceback']}"})
        self._reporter.tell_stop("end", position, [])


def _all_tasks(position: Any) -> Any:
    for task in position["tasks"]:
        yield task
        if "subgraph" in task:
            yield from _all_tasks(task["subgraph"])
