"""Runs the graph: starts, releases, pauses and cancels it; reports where it stands once that is on disk."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from . import old_python, saving
from .cursor import Cursor
from .error_stops import stops_at
from .errors import RuntimeFailure, error_info
from .evaluate import ChannelValues, Names
from .handler import RunHandler
from .position import Place, Threads, live_position, no_position
from .reporter import Reporter
from .resuming import Resuming, all_tasks
from .run import Level, Run, TaskRun
from .telling import Send
from .timeouts import lift_step_timeouts, restore_step_timeouts
from .timing import Timings
from .watch import Watch

if TYPE_CHECKING:
    from .graphs import KnownGraph, KnownGraphs
    from .protocol import MoveParams, Position, RunParams, SetBreakpointsParams


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
        announce: Callable[[], int],
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
        self._cursor = Cursor(self.threads, saver, self.known_at)
        self._resuming = Resuming(graphs, self.threads, saver, config)
        self._ended_after: str | None = None
        """The thread whose end was told as a stop after its last node; going on from there is the end."""
        self._origin = origin
        self._owned: set[str] = set()
        saver.time_by(Timings(self.watch))
        self._reporter = Reporter(self.watch, saver, send)

    # ------------------------------------------------------------------------------------- requests

    def set_breakpoints(self, params: SetBreakpointsParams) -> None:
        self.watch.set_breakpoints(params)

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
                    self._resuming.answer(params.get("resume") or {})
                    run.step = dict(params["step"])
                    run.pausing = False
                    self._saver.set_status(run.thread_id, "running")
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
        beginning = self._resuming.begin(params)
        handler = RunHandler(self.watch)
        run = Run(params, handler)
        handler.run = run
        run.skip = beginning.skip
        run.cut_off = beginning.cut_off
        if run.starts_fresh:
            self.watch.breakpoints.forget_hits()
        self._resuming.started(thread_id)
        self._saver.set_status(thread_id, "running")
        self.watch.run = run
        self._loop.call_soon_threadsafe(self._launch, run, beginning.graph_input)

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
                self._resuming.cancelled(run)
                done = threading.Event()
                run.cancel()
                self.watch.changed()
                self._loop.call_soon_threadsafe(self._cancel_future, run, done)
                run.goes_on(cancelled=True)
            done.wait(seconds)
            self.watch.run = None
            self._saver.set_status(run.thread_id, "stopped")
        saving.flush(self._saver)

    def move(self, params: MoveParams) -> Position:
        """Moves the cursor of the thread; a held run ends, unless the move is refused."""
        thread_id = params["threadId"]
        self.standing(thread_id)
        found = self.threads.position(thread_id)
        if found is not None:
            self._cursor.check(thread_id, found[0], params["to"])
        position = self.at_rest(thread_id)
        anew = self._cursor.move(thread_id, position, params["to"])
        self.changed(thread_id, anew)
        saving.flush(self._saver)
        return self.at_rest(thread_id)

    def changed(self, thread_id: str, anew: bool) -> None:
        """The thread stands elsewhere. `anew`: the next run from there counts its steps anew."""
        self._resuming.moved(thread_id, anew)
        self._ended_after = None
        self._saver.set_status(thread_id, "stopped")

    def at_rest(self, thread_id: str) -> Position:
        """Where the thread stands on disk; a run that is held ends."""
        self._refuse_while_running()
        if self.watch.run is not None:
            self.cancel()
        return self.standing(thread_id)

    def standing(self, thread_id: str) -> Position:
        """Where the thread stands: live where it is held, else on disk."""
        self._refuse_while_running()
        position = self.open(thread_id)
        if position is None:
            raise RuntimeFailure("unknownThread", f"There is no thread {thread_id}.")
        return position

    def forget(self, thread_id: str) -> None:
        """The thread of this id may be another one now."""
        self._owned.discard(thread_id)
        self._resuming.forget(thread_id)
        self.threads.forget_thread(thread_id)

    def _refuse_while_running(self) -> None:
        run = self.watch.run
        if run is not None and not run.stopped:
            raise RuntimeFailure("running", "The graph is running; pause it first.")

    def _cancel_future(self, run: Run, done: threading.Event) -> None:
        future = run.future
        if future is None or future.done():
            done.set()
            return
        future.add_done_callback(lambda _: done.set())
        future.cancel()

    def check_graph(self, thread_id: str) -> None:
        """Refuses another graph's thread."""
        saving.belongs_to(self._saver, thread_id, self._origin)

    def open(self, thread_id: str) -> Position | None:
        """Where the thread stands, unless it is another graph's."""
        self.check_graph(thread_id)
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

    def level_at(self, namespace: str) -> Level | None:
        """The graph at `namespace` where it is still in this process."""
        run = self.watch.run
        if run is None:
            return self.ended if namespace == "" else None
        if run.thread_id != self.thread_id:
            return None
        with run.lock:
            return run.level_at(namespace)

    def known_at(self, namespace: str) -> KnownGraph:
        """The graph whose checkpoints have this namespace."""
        live = self.level_at(namespace)
        if live is not None:
            return live.known
        place = self.place.get(namespace)
        if place is not None:
            return place[0]
        parts = [part.split(":")[0] for part in namespace.split("|") if part and not part.isdigit()]
        known = self._graphs.by_id("/".join(parts))
        if known is None:
            raise RuntimeFailure("staleValue", f"No graph with the namespace {namespace} is known.")
        return known

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
            # Nothing is streamed: LangGraph then runs a lone task in place, as `ainvoke` does.
            stream = graph.astream(
                graph_input,
                config,
                stream_mode=[],
                subgraphs=old_python.NEEDED,
                durability="async",
                **extra,
            )
            async for _ in stream:
                pass
        except asyncio.CancelledError as exc:
            if run.cancelled:
                return
            error = exc
        except Exception as exc:
            error = exc
        finally:
            restore_step_timeouts(lifted)
        await asyncio.to_thread(self._rest, run, error)

    def _rest(self, run: Run, error: BaseException | None) -> None:
        """The stream is over: at the end, at an interrupt, at an error."""
        self._reporter.flush()
        with run.lock:
            if run.cancelled:
                return
            self.watch.run = None
        self._resuming.rested(run.thread_id)
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
        tasks = list(all_tasks(position["root"]))
        if any(task["interrupts"] for task in tasks):
            if self._resuming.has_answer(tasks):
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
        if not run.no_debug and self._stops_at(run, error, found):
            text = f"{where}{info['type']}: {info['message']}"
            self._reporter.tell_stop("exception", position, [], text, failed=True)
            return
        self._send("message", {"kind": "error", "text": f"{where}{info['traceback']}"})
        self._reporter.tell_stop("end", position, [], failed=True)

    def _stops_at(self, run: Run, error: BaseException, found: tuple[BaseException, TaskRun] | None) -> bool:
        """Whether the user wants to stop at an error that has ended the run."""
        if found is not None:
            return stops_at(self.watch.exceptions, "raised", found[1], found[0])
        # An error of the graph itself, as at the recursion limit.
        root = run.root
        keys = self._graphs.root.state_keys
        values = {} if root is None else ChannelValues(root.loop.channels, keys)
        step = None if root is None else root.step
        return self.watch.exceptions.stops("raised", Names(values, keys, None, step, {"error": error}))
