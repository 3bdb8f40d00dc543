"""The process: the main thread imports and runs the graph, a control thread serves the adapter."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import queue
import sys
import threading
from collections.abc import Callable
from contextlib import AsyncExitStack
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from . import errors, saving
from .connection import PROTOCOL_VERSION, Connection
from .errors import RuntimeFailure
from .in_order import keep_order

if TYPE_CHECKING:
    from .debuggee import Debuggee
    from .thread_file.room import FileRoom

_FLUSH_SECONDS = 0.5

FILE_REQUESTS = {
    "threads",
    "describeThread",
    "deleteThread",
    "restoreThread",
    "copyThread",
    "exportThread",
    "importThread",
    "prune",
    "timeline",
    "annotate",
    "keyHistory",
}


class Session:
    """Serves one adapter until the connection ends."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._debuggee: Debuggee | None = None
        self._ending = threading.Lock()
        self._jobs: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._exiting = threading.Lock()
        self._files: FileRoom | None = None
        keep_order(connection.flush)

    def run_main_thread(self) -> None:
        """
        Does what needs the main thread: the user's module is imported here and the graph's event loop runs.
        """
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        try:
            while True:
                self._jobs.get()()
        except KeyboardInterrupt:
            self.exit(130)

    def serve(self, token: str) -> None:
        """The control thread."""
        self._connection.request(
            1,
            "hello",
            {
                "token": token,
                "protocolVersion": PROTOCOL_VERSION,
                "language": "python",
                "languageVersion": ".".join(map(str, sys.version_info[:3])),
                "pid": os.getpid(),
            },
        )
        try:
            for message in self._connection.messages():
                if "method" in message:
                    self._handle(message)
                elif "error" in message:
                    break
        finally:
            self.exit(0)

    def _handle(self, message: dict[str, Any]) -> None:
        method, request_id = message["method"], message.get("id")
        params = message.get("params") or {}
        try:
            if method == "load":
                self._load(request_id, params)
                return
            if method == "shutdown":
                self._shutdown(request_id)
                return
            if method in FILE_REQUESTS:
                self._ask_of_file(request_id, method, params)
                return
            result = self._loaded().request(method, params)
        except Exception as exc:
            self._refuse(request_id, exc)
        else:
            self._connection.respond(request_id, result)

    def _ask_of_file(self, request_id: Any, method: str, params: Any) -> None:
        """In a thread of its own; answers when done."""

        def job() -> None:
            try:
                result = room.answer(method, params)
            except Exception as exc:
                self._refuse(request_id, exc)
            else:
                self._connection.respond(request_id, result)

        if self._files is None:
            self._files = _file_room()(lambda: self._debuggee)
        room = self._files
        room.ask(job)

    def _refuse(self, request_id: Any, exc: BaseException) -> None:
        if isinstance(exc, RuntimeFailure):
            self._connection.refuse(request_id, str(exc), errors.failure_data(exc))
            return
        failure = saving.failure_of(exc)
        if failure is not None:
            self._connection.refuse(request_id, str(failure), errors.failure_data(failure))
            return
        info = errors.error_info(exc)
        text = f"The debugger's runtime failed: {info['type']}: {info['message']}"
        self._connection.refuse(request_id, text, {"code": "internal", "error": info})

    def _loaded(self) -> Debuggee:
        if self._debuggee is None:
            raise RuntimeFailure("internal", "No graph is loaded.")
        return self._debuggee

    def _load(self, request_id: Any, params: Any) -> None:
        """On the main thread; answers when done. Then that thread runs the graph's event loop."""

        def job() -> None:
            loop = asyncio.get_event_loop_policy().get_event_loop()
            try:
                debuggee = _debuggee().load(params, loop, AsyncExitStack(), self._connection.notify)
            except BaseException as exc:
                self._refuse(request_id, exc)
                return
            self._debuggee = debuggee
            # What was imported stays: to go over it would halt the run for a moment, soon after its start.
            gc.freeze()
            self._connection.respond(request_id, debuggee.description)
            while True:
                try:
                    loop.run_forever()
                except SystemExit as exc:
                    self._leave("sys.exit", exc.code)
                except KeyboardInterrupt:
                    self._leave("KeyboardInterrupt", 130)

        if self._debuggee is not None:
            raise RuntimeFailure("internal", "A graph is loaded already.")
        self._jobs.put(job)

    def _leave(self, what: str, code: Any) -> None:
        """
        A node ends the process, as it would in a run without the debugger; nothing that was done is lost.
        """
        name = self._debuggee.running_nodes() if self._debuggee is not None else ""
        by = f" in the node {name}" if name else ""
        number = code if isinstance(code, int) else 0 if code is None else 1
        text = (
            f"{what}{by} ends the process with code {number}. What was done before is on disk: the thread "
            "can be opened again."
        )
        self._connection.notify("message", {"kind": "error", "text": text})
        self.exit(number)

    def _shutdown(self, request_id: Any) -> None:
        if self._debuggee is not None:
            with contextlib.suppress(Exception):
                self._debuggee.close()
        self._connection.respond(request_id, {})
        self.exit(0)

    def exit(self, code: int) -> None:
        """Ends the process within a second, whatever the user's code does; what was put is on disk."""
        if not self._ending.acquire(blocking=False):
            threading.Event().wait()  # the first who ends it gives the exit code
        if not self._exiting.acquire(blocking=False):
            # Closing the connection, below, ends the control thread, whose own exit must not come first.
            return
        flushing = threading.Thread(target=self._flush, daemon=True)
        flushing.start()
        flushing.join(_FLUSH_SECONDS)
        self._connection.close()
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(Exception):
                stream.flush()
        os._exit(code)

    def _flush(self) -> None:
        if self._debuggee is not None:
            with contextlib.suppress(Exception):
                saving.flush(self._debuggee.saver)
        self._connection.flush()


def _check_python() -> None:
    if sys.version_info < (3, 10):  # noqa: UP036 - the user's Python may be older than ours
        raise errors.language_too_old()


def _file_room() -> type[FileRoom]:
    """The part that needs nothing but the checkpoint file."""
    _check_python()
    from .thread_file.room import FileRoom

    return FileRoom


def _debuggee() -> type[Debuggee]:
    """The part that needs the user's LangGraph."""
    _check_python()
    try:
        from .debuggee import Debuggee
    except ImportError as exc:
        if (exc.name or "").partition(".")[0] not in ("langgraph", "langchain_core"):
            raise
        try:
            found = version("langgraph")
        except PackageNotFoundError:
            raise errors.langgraph_missing() from None
        raise errors.langgraph_too_old(found) from None
    return Debuggee


def main() -> None:
    """Connects to the adapter that started this process, and serves it."""
    connection, token = Connection.from_environment()
    session = Session(connection)
    threading.Thread(
        target=session.serve, args=(token,), name="langgraph-debugger-control", daemon=True
    ).start()
    session.run_main_thread()
