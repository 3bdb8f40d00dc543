"""The user's graph under the debugger: answers the adapter's requests about it."""

from __future__ import annotations

import asyncio
import contextlib
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import live, saving
from .calls import calls
from .edit import Editor
from .engine import Engine
from .errors import RuntimeFailure
from .graphs import KnownGraphs
from .history import History
from .inspection import Inspection
from .loader import Loaded, check_versions, load, user_sources
from .past import Past
from .schemas import input_schema
from .telling import Send
from .update import Updater

if TYPE_CHECKING:
    from .protocol import LoadParams, LoadResult


class Debuggee:
    """A loaded graph with the debugger's checkpointer on it."""

    def __init__(
        self,
        params: LoadParams,
        loaded: Loaded,
        loop: asyncio.AbstractEventLoop,
        stack: AsyncExitStack,
        send: Send,
    ) -> None:
        self._loaded = loaded
        self._loop = loop
        self._stack = stack
        self._send = send
        self._revision = 0
        """Of what was told of the graphs."""
        self._folders = [*params["workspaceFolders"], loaded.folder]
        self.saver = saving.open_saver(params["checkpoints"], self._tell_file_error)
        self._replaced = saving.replace(loaded.graph, self.saver)
        self._graphs = KnownGraphs(loaded.graph, self._folders)
        for known in self._graphs:
            if known.id:
                saving.replace_in_subgraph(known.graph, self.saver)
        self.engine = Engine(
            self._graphs,
            self.saver,
            loop=loop,
            config=dict(params.get("config") or {}),
            context=params.get("context"),
            send=send,
            announce=self._announce,
            origin=loaded.origin,
        )
        self._inspection = Inspection(self.engine, self._graphs, self.saver, dict(params.get("config") or {}))
        self._editor = Editor(self.engine, self._inspection, self.saver)
        self._updater = Updater(self.engine, self.saver, loop, dict(params.get("config") or {}))
        self._past = Past(self.engine, self.saver)
        live.install(self.engine.watch)
        calls.begin(self._folders, self.engine.watch.tell.warn)

    @classmethod
    def load(
        cls, params: LoadParams, loop: asyncio.AbstractEventLoop, stack: AsyncExitStack, send: Send
    ) -> Debuggee:
        """Imports the module and finds the graph; on the main thread, with `loop` not running."""
        version = check_versions()
        loaded = load(params, loop, stack)
        debuggee = cls(params, loaded, loop, stack, send)
        debuggee.description = debuggee._describe(version)
        return debuggee

    description: LoadResult

    def _describe(self, version: str) -> LoadResult:
        graph = self._loaded.graph
        result: LoadResult = {
            "name": self._loaded.name,
            "origin": self._loaded.origin,
            "langgraphVersion": version,
            "graphs": self._graphs.models(),
            "sources": user_sources(self._folders),
            "inputSchema": input_schema(graph),
            "stateKeys": self._graphs.root.state_keys,
            "compiledInterrupts": self._graphs.compiled_interrupts(),
            "warnings": [],
        }
        if self._replaced is not None:
            result["replacedCheckpointer"] = self._replaced
        return result

    def _announce(self) -> int:
        """Tells all graphs; the revision they were told with."""
        for known in self._graphs:
            if known.id:
                saving.replace_in_subgraph(known.graph, self.saver)
        self._revision += 1
        told = {"graphs": self._graphs.models(), "sources": user_sources(self._folders)}
        self._send("graphs", {"revision": self._revision, **told})
        return self._revision

    # ------------------------------------------------------------------------------------- requests

    def request(self, method: str, params: Any) -> Any:
        """Answers one request; on the control thread."""
        handler = getattr(self, f"_on_{method}", None)
        if handler is None:
            raise RuntimeFailure("internal", f"This runtime knows no request {method}.")
        return handler(params)

    def _on_setBreakpoints(self, params: Any) -> Any:
        self.engine.set_breakpoints(params)
        return {}

    def _on_open(self, params: Any) -> Any:
        return self.engine.open(params["threadId"])

    def _on_run(self, params: Any) -> Any:
        self.engine.start(params)
        return {}

    def _on_pause(self, params: Any) -> Any:
        return {"waitingFor": self.engine.pause()}

    def _on_move(self, params: Any) -> Any:
        return self.engine.move(params)

    def _on_edit(self, params: Any) -> Any:
        return self._editor.edit(params)

    def _on_undoEdit(self, params: Any) -> Any:
        return self._editor.undo(params)

    def _on_update(self, params: Any) -> Any:
        return self._updater.update(params)

    def _on_look(self, params: Any) -> Any:
        return self._past.look(params)

    def _on_changedKeys(self, params: Any) -> Any:
        return self._past.changed_keys(params)

    def _on_cancel(self, params: Any) -> Any:
        self.engine.cancel()
        return {}

    def _on_history(self, params: Any) -> Any:
        namespace = params["namespace"]
        known = self.engine.known_at(namespace)
        steps = History(self.engine.threads, known, params["threadId"], namespace)
        return steps.read(params.get("before"), int(params["limit"]))

    def _on_values(self, params: Any) -> Any:
        return self._inspection.values(params)

    def _on_evaluate(self, params: Any) -> Any:
        return self._inspection.evaluate(params)

    def _on_json(self, params: Any) -> Any:
        return self._inspection.json(params)

    def has_file(self, path: Path) -> bool:
        """Whether this is the checkpoint file of the session."""
        own: Path = self.saver.path
        try:
            return path == own or path.samefile(own)
        except OSError:
            return False

    def before_change(self, method: str, thread_id: str | None) -> None:
        """A request about the session's checkpoint file, which may come from any thread."""
        if method == "deleteThread" and thread_id is not None and thread_id == self.engine.thread_id:
            raise RuntimeFailure(
                "threadInUse",
                f"The thread {thread_id} is open in this session; end the session to delete it.",
            )
        saving.flush(self.saver)

    def after_change(self, thread_id: str | None) -> None:
        """The thread of this id may be another one now."""
        if thread_id is not None:
            self.saver.forget_thread(thread_id)
            self.engine.forget(thread_id)

    def _tell_file_error(self, text: str) -> None:
        self._send("message", {"kind": "error", "text": text})

    def running_nodes(self) -> str:
        """Names of the nodes that compute now."""
        run = self.engine.watch.run
        return ", ".join(task.name for task in run.computing()) if run is not None else ""

    def close(self) -> None:
        """Cancels, writes all to disk, and leaves the context managers of a factory."""
        self.engine.cancel(0.25)
        with contextlib.suppress(Exception):
            asyncio.run_coroutine_threadsafe(self._stack.aclose(), self._loop).result(0.2)
