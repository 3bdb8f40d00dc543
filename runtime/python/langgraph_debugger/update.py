"""Updates the state as a node: LangGraph's own `update_state` at the checkpoint where a thread stands."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

from .errors import RuntimeFailure, error_info
from .position import graph_at
from .saving import failure_of

if TYPE_CHECKING:
    from .engine import Engine
    from .graphs import KnownGraph
    from .protocol import Position, UpdateParams


class Updater:
    """Updates threads that stand."""

    def __init__(
        self, engine: Engine, saver: Any, loop: asyncio.AbstractEventLoop, config: dict[str, Any]
    ) -> None:
        self._engine = engine
        self._saver = saver
        self._loop = loop
        self._config = config

    def update(self, params: UpdateParams) -> Position:
        """A held run ends only when the node is known. Conditional edges run on the graph's event loop."""
        thread_id, namespace = params["threadId"], params["namespace"]
        if graph_at(self._engine.standing(thread_id)["root"], namespace) is None:
            raise RuntimeFailure("staleValue", "The graph to update does not run any more.")
        known = self._engine.known_at(namespace)
        node = params.get("asNode")
        if node is not None and node not in {*known.graph.nodes, "__end__"}:
            names = ", ".join(name for name in known.graph.nodes if not name.startswith("__"))
            raise RuntimeFailure(
                "invalidEdit", f"The graph has no node {node} to update as. It has: {names}."
            )
        self._engine.at_rest(thread_id)
        saved = self._engine.threads.latest(thread_id, namespace)
        if saved is None:
            raise RuntimeFailure(
                "invalidEdit",
                f"The graph {known.id} keeps no checkpoints, so its state can't be updated; update that of "
                "the graph around it.",
            )
        new = self._run(known, saved, params["values"], node)
        self._note(known, saved, new, node)
        self._engine.changed(thread_id, anew=True)
        self._saver.flush()
        return self._engine.at_rest(thread_id)

    def _run(self, known: KnownGraph, saved: Any, values: Any, node: str | None) -> Any:
        configurable = {
            **(self._config.get("configurable") or {}),
            **saved.config["configurable"],
            "__pregel_checkpointer": self._saver,
        }
        update = known.graph.aupdate_state({**self._config, "configurable": configurable}, values, node)
        try:
            return asyncio.run_coroutine_threadsafe(update, self._loop).result()
        except Exception as exc:
            if failure_of(exc) is not None:
                raise
            info = error_info(exc)
            text = f"LangGraph does not take this update: {info['type']}: {info['message']}"
            raise RuntimeFailure("invalidEdit", text, info) from None

    def _note(self, known: KnownGraph, saved: Any, new: Any, node: str | None) -> None:
        """Under which task's id LangGraph has kept what was written, and for which node."""
        node = node or _inferred(known, saved)
        place = saved.config["configurable"]
        now = self._engine.threads.at(
            place["thread_id"], place.get("checkpoint_ns", ""), place["checkpoint_id"]
        )
        if node is None or now is None:
            return
        before = [(task, channel) for task, channel, _ in saved.pending_writes or ()]
        after = [(task, channel) for task, channel, _ in now.pending_writes or ()]
        added = dict.fromkeys(task for task, channel in after if (task, channel) not in before)
        tasks = {task: {"node": node} for task in added}
        if tasks:
            self._saver.set_timing(new, json.dumps({"tasks": tasks}))


def _inferred(known: KnownGraph, saved: Any) -> str | None:
    """The node for which LangGraph takes an update where none is named: the one that has run last."""
    nodes = known.graph.nodes
    seen = [
        (version, name)
        for name, versions in saved.checkpoint["versions_seen"].items()
        if name in nodes
        for version in versions.values()
    ]
    return max(seen)[1] if seen else None
