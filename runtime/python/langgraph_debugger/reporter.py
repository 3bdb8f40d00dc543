"""Reports where a run stands: once nothing computes any more, and all of it is on disk."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import TYPE_CHECKING, Any

from . import saving
from .position import live_position, no_position
from .pregel import pending_put
from .run import Gate, Run
from .telling import Send
from .watch import Watch

if TYPE_CHECKING:
    from .protocol import Position, StoppedEvent

_SETTLE_SECONDS = 0.03  # how long a stop waits for siblings that still compute to come to a gate of their own


class Reporter:
    """Tells stops; those in place from a thread of its own, which waits for them."""

    def __init__(self, watch: Watch, saver: Any, send: Send) -> None:
        self._watch = watch
        self._saver = saver
        self._send = send
        threading.Thread(target=self._report, name="langgraph-debugger-report", daemon=True).start()

    def _report(self) -> None:
        """Its own thread: waits until a run stands, then until that is on disk, then tells it."""
        seen = -1
        while True:
            seen = self._watch.wait_for_change(seen)
            run = self._watch.run
            if run is None or not self._settle(run):
                continue
            _wait_until_put(run)
            self.flush()
            with run.lock:
                if run.cancelled or run.stopped:
                    continue
                gates = [gate for gate in run.gates() if gate.waiting and gate.closed]
                if not gates:
                    continue
                run.stands()
                run.pausing = False
                run.starts_fresh = False
                try:
                    position = live_position(run)
                except Exception as exc:
                    self._watch.tell.trouble(exc)
                    position = no_position(run.thread_id, [])
            self.tell_gates(gates, position)

    def flush(self) -> None:
        """Writes all to disk; where that fails, the user is told, and the run stands all the same."""
        try:
            saving.flush(self._saver)
        except Exception as exc:
            failure = saving.failure_of(exc)
            if failure is None:
                self._watch.tell.trouble(exc)
            else:
                self._send("message", {"kind": "error", "text": str(failure)})

    def _settle(self, run: Run) -> bool:
        """Waits until nothing computes any more, or for a moment. Whether the run has come to stand."""
        deadline = time.monotonic() + _SETTLE_SECONDS
        while True:
            seen = self._watch.changes
            with run.lock:
                if run.cancelled or run.stopped:
                    return False
                gates = [gate for gate in run.gates() if gate.closed]
                arrived = [gate for gate in gates if gate.waiting]
                if not arrived:
                    return False
                complete = all(gate.complete for gate in arrived)
                if complete and not run.computing():
                    return True
            left = deadline - time.monotonic()
            if left <= 0 and complete:
                return True
            self._watch.wait_for_change(seen, max(left, 0.005))

    def tell_gates(self, gates: list[Gate], position: Position) -> None:
        """A stop at one or several gates."""
        order = ("exception", "breakpoint", "entry", "step", "pause")
        first = min(gates, key=lambda gate: order.index(gate.reason or "pause"))
        hits: list[int] = []
        for gate in gates:
            hits.extend(hit for hit in gate.outcome.hits if hit not in hits)
            if gate.finished is not None and "finished" not in position:
                position["finished"] = gate.finished
        if first.error is not None:
            position["error"] = first.error
        texts = []
        for gate in gates:
            said = gate.text or ""
            # At the end of a run nothing comes that would have told of the problems.
            texts += [said, *(problem for problem in gate.outcome.problems if problem not in said)]
        text = " ".join(filter(None, texts))
        self.tell_stop(first.reason or "pause", position, hits, text or None)

    def tell_stop(
        self,
        reason: Any,
        position: Position | None,
        hits: list[int],
        text: str | None = None,
        *,
        failed: bool = False,
    ) -> None:
        """A stop of any kind. `failed`: an error has ended the run."""
        assert position is not None
        self._saver.set_status(position["threadId"], "failed" if failed else "stopped")
        self.flush()
        event: StoppedEvent = {"reason": reason, "hitBreakpointIds": list(hits), "position": position}
        if text:
            event["text"] = text
        self._send("stopped", event)


def _wait_until_put(run: Run) -> None:
    """Until the checkpoints of all graphs of the run have been given to the checkpointer."""
    with run.lock:
        futures = [pending_put(level.loop) for level in run.levels.values()]
    for future in futures:
        if future is None or future.done():
            continue
        put = threading.Event()
        if isinstance(future, asyncio.Future):
            try:
                future.get_loop().call_soon_threadsafe(future.add_done_callback, lambda _, put=put: put.set())
            except RuntimeError:
                continue  # that loop is closed, and with it the graph that it ran
        else:
            future.add_done_callback(lambda _, put=put: put.set())
        while not put.wait(1) and not run.cancelled:
            pass
