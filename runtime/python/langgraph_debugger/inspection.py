"""Answers what the adapter asks about values: pages of them, expressions over them, all of one as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .as_json import json_beginning, json_text
from .discover import functions_of
from .engine import Engine
from .errors import RuntimeFailure, error_info
from .evaluate import ChannelValues, Names, compile_expression, evaluate_code
from .graphs import START, KnownGraph, KnownGraphs
from .pending_writes import PendingWrite, answers_of, is_mark, raw_interrupts
from .values import Child, Root, describe, page, resolve

if TYPE_CHECKING:
    from .protocol import (
        EvaluateParams,
        EvaluateResult,
        JsonParams,
        JsonResult,
        ValueRoot,
        ValuesParams,
        ValuesResult,
    )


class Inspection:
    """
    Reads values where they are: in the graph that runs, else in the checkpointer. On the control thread.
    """

    def __init__(self, engine: Engine, graphs: KnownGraphs, saver: Any, config: Mapping[str, Any]) -> None:
        self._engine = engine
        self._graphs = graphs
        self._saver = saver
        self._config = config
        self._results: dict[int, Any] = {}
        self._results_of = 0

    # ------------------------------------------------------------------------------------- requests

    def values(self, params: ValuesParams) -> ValuesResult:
        count = params.get("count")
        found = page(
            self._root(params["root"]),
            params["path"],
            params.get("filter"),
            int(params.get("start") or 0),
            None if count is None else int(count),
        )
        return {"values": found}

    def json(self, params: JsonParams) -> JsonResult:
        value, _ = resolve(self._root(params["root"]), params["path"])
        if isinstance(value, Mapping) and not isinstance(value, dict):
            value = dict(value)
        compact, most = params.get("compact", False), params.get("most")
        if most is None:
            return {"json": json_text(value, compact)}
        text, shortened = json_beginning(value, compact, int(most))
        return {"json": text, "shortened": True} if shortened else {"json": text}

    def evaluate(self, params: EvaluateParams) -> EvaluateResult:
        text = params["expression"]
        value = self.value_of(text, params["namespace"], params.get("node"), params.get("checkpointId"))
        if self._results_of != self._engine.generation:
            self._results_of = self._engine.generation
            self._results.clear()
        number = max(self._results, default=0) + 1
        self._results[number] = value
        shown = describe(Child(text, text, value), text)
        return {**shown, "root": {"kind": "result", "id": number}}

    def value_of(self, text: str, namespace: str, node: str | None, checkpoint_id: str | None = None) -> Any:
        """Of an expression, with the names of `evaluate`."""
        state, step, known = self._state(namespace, checkpoint_id)
        if step is not None and node is not None and checkpoint_id is None:
            step += 1  # the superstep that this node is about to run in
        try:
            names = Names(state, known.state_keys, node, step)
            return evaluate_code(compile_expression(text), names, self._module_names(known, node))
        except SyntaxError as exc:
            raise RuntimeFailure("evaluation", f"SyntaxError: {exc.msg}", error_info(exc)) from None
        except Exception as exc:
            info = error_info(exc)
            raise RuntimeFailure("evaluation", f"{info['type']}: {info['message']}", info) from None

    def state(self, namespace: str) -> Mapping[str, Any]:
        """The state of the graph at `namespace`, where the thread stands."""
        return self._state(namespace, None)[0]

    def _module_names(self, known: KnownGraph, node: str | None) -> Mapping[str, Any]:
        found = known.graph.nodes.get(node) if node else None
        if found is None:
            return {}
        function = functions_of(found.bound, lambda each: not _is_library(each.__code__.co_filename))
        return function.__globals__ if function is not None else {}

    # ------------------------------------------------------------------------------------------------ roots

    def _root(self, root: ValueRoot) -> Root:
        if root["kind"] == "state":
            state, _, _ = self._state(root["namespace"], root.get("checkpointId"), root.get("threadId"))
            return Root(state, evaluable=True)
        if root["kind"] == "writes":
            return Root(self._writes(root["namespace"], root["checkpointId"], root.get("threadId")))
        if root["kind"] == "input":
            return Root(self._input(root["namespace"], root["taskId"]))
        if root["kind"] == "interrupt":
            return Root(self._interrupt(root["id"], int(root["index"])))
        if root["kind"] == "config":
            return Root({**self._config, "configurable": self._configurable()})
        number = int(root["id"])
        if self._results_of != self._engine.generation or number not in self._results:
            raise RuntimeFailure(
                "staleValue", "This value belongs to a stop that is over; evaluate it again."
            )
        return Root(self._results[number])

    def _configurable(self) -> dict[str, Any]:
        return {**(self._config.get("configurable") or {}), "thread_id": self._thread()}

    def _thread(self) -> str:
        thread_id = self._engine.thread_id
        if thread_id is None:
            raise RuntimeFailure("unknownThread", "No thread is open.")
        return thread_id

    def _state(
        self, namespace: str, checkpoint_id: str | None, thread_id: str | None = None
    ) -> tuple[Mapping[str, Any], int | None, KnownGraph]:
        """State, the checkpoint's step, and graph: live where the graph runs, else from the checkpointer."""
        known = self._engine.known_at(namespace)
        if thread_id is not None and thread_id != self._engine.thread_id:
            self._engine.check_graph(thread_id)
            return *self._saved_state(known, thread_id, namespace, checkpoint_id or ""), known
        live = self._engine.level_at(namespace)
        if live is not None and checkpoint_id in (None, live.loop.checkpoint["id"]):
            values = ChannelValues(live.loop.channels, known.state_keys)
            return values, live.loop.checkpoint_metadata.get("step"), known
        thread_id = self._thread()
        if checkpoint_id is None:
            checkpoint_id = (self._engine.place.get(namespace) or (None, None))[1]
        if checkpoint_id is None:
            saved = self._engine.threads.latest(thread_id, namespace)
            if saved is None:
                return {}, None, known
            checkpoint_id = saved.checkpoint["id"]
        assert checkpoint_id is not None
        latest = self._saver.latest(thread_id, namespace)
        if (
            latest is not None
            and latest.checkpoint["id"] == checkpoint_id
            and not _has_delta_channels(known.graph)
        ):
            kept = latest.checkpoint["channel_values"]
            keys = [key for key in known.state_keys if key in kept]
            return {key: kept[key] for key in keys}, latest.metadata.get("step"), known
        return *self._saved_state(known, thread_id, namespace, checkpoint_id), known

    def _saved_state(
        self, known: KnownGraph, thread_id: str, namespace: str, checkpoint_id: str
    ) -> tuple[Mapping[str, Any], int | None]:
        found = self._engine.threads.state(known.graph, thread_id, namespace, checkpoint_id)
        if found is None:
            raise RuntimeFailure("staleValue", f"There is no checkpoint {checkpoint_id} in this thread.")
        values = found.values if isinstance(found.values, dict) else {known.state_keys[0]: found.values}
        return values, found.step

    def _writes(self, namespace: str, checkpoint_id: str, thread_id: str | None) -> dict[str, Any]:
        """By task, what the superstep or update wrote that made the checkpoint: pending at its parent."""
        if thread_id is None:
            thread_id = self._thread()
        self._engine.check_graph(thread_id)
        saved = self._engine.threads.look(thread_id, namespace, checkpoint_id)
        if saved is None or not saved.parent_config or saved.metadata.get("source") == "input":
            return {}
        parent_id = saved.parent_config["configurable"]["checkpoint_id"]
        parent = self._engine.threads.look(thread_id, namespace, parent_id)
        if parent is None:
            return {}
        known = self._engine.known_at(namespace)
        if saved.metadata.get("source") == "update":
            tasks = self._engine.threads.updates(saved)
        else:
            snapshot = self._engine.threads.snapshot(known.graph, parent)
            tasks = [(task.id, task.name) for task in snapshot.tasks if task.name != START]
        keys = set(known.state_keys)
        found: dict[str, Any] = {}
        for id_, node in tasks:
            name = node
            number = 2
            while name in found:
                name = f"{node}#{number}"
                number += 1
            found[name] = {
                channel: value
                for task_id, channel, value in parent.pending_writes or ()
                if task_id == id_ and not is_mark(channel) and channel in keys
            }
        return found

    def _input(self, namespace: str, task_id: str) -> Any:
        live = self._engine.level_at(namespace)
        if live is not None:
            task = live.loop.tasks.get(task_id)
            if task is not None:
                return task.input
        place = self._engine.place.get(namespace)
        if place is not None and place[1] is not None:
            saved = self._engine.threads.at(self._thread(), namespace, place[1])
            tasks = self._engine.threads.snapshot(place[0].graph, saved).tasks if saved is not None else ()
            task = next((each for each in tasks if each.id == task_id), None)
            sent = saved.checkpoint["channel_values"].get("__pregel_tasks") or [] if saved else []
            if (
                task is not None
                and len(task.path) > 1
                and isinstance(task.path[1], int)
                and task.path[1] < len(sent)
            ):
                return sent[task.path[1]].arg
        raise RuntimeFailure("staleValue", "This task is not waiting any more.")

    def _interrupt(self, interrupt_id: str, index: int) -> Any:
        for writes in self._pending_writes():
            by_task: dict[str, list[PendingWrite]] = {}
            for write in writes:
                by_task.setdefault(write[0], []).append(write)
            for own in by_task.values():
                found = raw_interrupts(own)
                if found and found[0].id == interrupt_id:
                    at = index - len(answers_of(own))
                    if 0 <= at < len(found):
                        return found[at].value
        raise RuntimeFailure("staleValue", "This interrupt does not wait any more.")

    def _pending_writes(self) -> Any:
        run = self._engine.watch.run
        if run is not None and run.thread_id == self._engine.thread_id:
            with run.lock:
                yield from [list(level.loop.checkpoint_pending_writes) for level in run.levels.values()]
            return
        for namespace, (_, checkpoint_id) in self._engine.place.items():
            if checkpoint_id is not None:
                saved = self._engine.threads.at(self._thread(), namespace, checkpoint_id)
                yield list(saved.pending_writes or ()) if saved is not None else []


def _has_delta_channels(graph: Any) -> bool:
    return any(type(channel).__name__ == "DeltaChannel" for channel in graph.channels.values())


def _is_library(filename: str) -> bool:
    return "site-packages" in filename or filename.startswith("<")
