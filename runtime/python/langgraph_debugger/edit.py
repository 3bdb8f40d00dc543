"""Changes a value of the state in place, at the checkpoint where a thread stands."""

from __future__ import annotations

import collections
import copy
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .errors import RuntimeFailure
from .goto import load_channel
from .keeping import kept, set_field
from .messages import as_messages, as_written, takes_messages
from .position import graph_at
from .values import Root, child_of, described

if TYPE_CHECKING:
    from .engine import Engine
    from .graphs import KnownGraph
    from .inspection import Inspection
    from .protocol import EditParams, EditResult, GraphPosition, UndoEditParams, UndoEditResult


class Editor:
    """Edits threads that stand."""

    def __init__(self, engine: Engine, inspection: Inspection, saver: Any) -> None:
        self._engine = engine
        self._inspection = inspection
        self._saver = saver

    def edit(self, params: EditParams) -> EditResult:
        """A held run ends only when the edit is known to be good."""
        thread_id, namespace, path = params["threadId"], params["namespace"], params["path"]
        graph = graph_at(self._engine.standing(thread_id)["root"], namespace)
        if graph is None:
            raise RuntimeFailure("staleValue", "The graph of this value does not run any more.")
        known = self._engine.known_at(namespace)
        saved = self._saved(thread_id, graph)
        self._check_key(known, path)
        value, is_json = self._value(params)
        if params.get("mode") == "reduce":
            value = _reduced(known, saved, path, value)
        elif is_json:
            value = _kept(saved, path, value)
        checkpoint = _with_value(known, self._saver, saved, path, value)
        tasks = {task.name for task in self._engine.threads.snapshot(known.graph, saved).tasks}
        _keep_tasks(known, checkpoint, path[0], tasks)
        self._engine.at_rest(thread_id)
        self._saver.replace(saved.config, checkpoint)
        self._engine.threads.forget(thread_id, namespace, checkpoint["id"])
        position = self._engine.at_rest(thread_id)
        state = self._inspection.state(namespace)
        return {"value": described(Root(state, evaluable=True), path, value), "position": position}

    def undo(self, params: UndoEditParams) -> UndoEditResult:
        """A held run ends only when there is an edit to take back."""
        thread_id, namespace = params["threadId"], params["namespace"]
        graph = graph_at(self._engine.standing(thread_id)["root"], namespace)
        if graph is None:
            raise RuntimeFailure("staleValue", "The graph that was edited does not run any more.")
        saved = self._saved(thread_id, graph)
        if not self._saver.edits(saved.config):
            raise RuntimeFailure("atStart", "Nothing was edited here that could be taken back.")
        self._engine.at_rest(thread_id)
        left = self._saver.undo(saved.config)
        self._engine.threads.forget(thread_id, namespace, saved.checkpoint["id"])
        return {"position": self._engine.at_rest(thread_id), "left": left or 0}

    def _saved(self, thread_id: str, graph: GraphPosition) -> Any:
        saved = None
        if "checkpoint" in graph:
            saved = self._engine.threads.at(thread_id, graph["namespace"], graph["checkpoint"]["id"])
        if saved is None:
            raise RuntimeFailure(
                "invalidEdit",
                f"The graph {graph['graph']} keeps no checkpoints, so its state can't be edited; edit that "
                "of the graph around it.",
            )
        return saved

    def _check_key(self, known: KnownGraph, path: list[str]) -> None:
        if not path:
            raise RuntimeFailure("invalidEdit", "The state can't be edited as a whole; edit a key of it.")
        key = path[0]
        if key not in known.state_keys:
            names = ", ".join(known.state_keys)
            raise RuntimeFailure("invalidEdit", f"The state has no key {key}. It has: {names}.")
        kind = type(known.graph.channels.get(key)).__name__
        if kind in ("DeltaChannel", "UntrackedValue"):
            why = "is stored as changes only" if kind == "DeltaChannel" else "is not stored with checkpoints"
            raise RuntimeFailure("invalidEdit", f"{key} is a {kind}: its value {why} and can't be edited.")

    def _value(self, params: EditParams) -> tuple[Any, bool]:
        """The new value, and whether it was given as JSON."""
        text = params["expression"]
        is_json = True
        try:
            value = json.loads(text)
        except ValueError:
            is_json = False
            value = self._inspection.value_of(text, params["namespace"], params.get("node"))
        try:
            self._saver.serde.dumps_typed(value)
        except Exception as exc:
            raise RuntimeFailure(
                "invalidEdit",
                f"This {type(value).__name__} can't be stored in a checkpoint: {type(exc).__name__}: {exc}",
            ) from None
        return value, is_json


def _kept(saved: Any, path: list[str], value: Any) -> Any:
    """The value with what it shares with the one at `path`, which may be missing."""
    key = path[0]
    values = saved.checkpoint["channel_values"]
    if key not in values:
        return value
    old = values[key]
    try:
        for step in path[1:]:
            old = child_of(old, step).value
        return kept(old, value)
    except RuntimeFailure:
        return value  # told when it is put there
    except Exception as exc:
        raise RuntimeFailure("invalidEdit", f"{key} can't take this value: {_told(exc)}") from None


def _reduced(known: KnownGraph, saved: Any, path: list[str], value: Any) -> Any:
    """What the key's reducer makes of its value and a node's write."""
    if len(path) != 1:
        raise RuntimeFailure(
            "invalidEdit", f"Only {path[0]} as a whole has a reducer; set this value instead."
        )
    key = path[0]
    try:
        channel = load_channel(known.graph.channels, saved.checkpoint["channel_values"], key)
        channel.update([as_written(value) if takes_messages(channel) else value])
        return channel.checkpoint()
    except Exception as exc:
        raise RuntimeFailure(
            "invalidEdit", f"The reducer of {key} refuses this value: {_told(exc)}"
        ) from None


def _with_value(known: KnownGraph, saver: Any, saved: Any, path: list[str], value: Any) -> Any:
    """A copy of the checkpoint with the value at `path`, of which nothing but that is new."""
    from langgraph.checkpoint.base import copy_checkpoint

    key = path[0]
    new = copy_checkpoint(saved.checkpoint)
    values, versions = new["channel_values"], new["channel_versions"]
    before = dict(values)
    if len(path) > 1 and key not in values:
        raise RuntimeFailure("staleValue", f"The state has no value for {key} yet; edit {key} itself.")
    try:
        values[key] = replaced(values.get(key), path[1:], value)
    except RuntimeFailure:
        raise
    except Exception as exc:
        raise RuntimeFailure("invalidEdit", f"{key} can't take this value: {_told(exc)}") from None
    _check_schema(known, key, before, values)
    versions[key] = saver.get_next_version(max(versions.values(), default=None), None)
    return new


def replaced(old: Any, path: list[str], value: Any) -> Any:
    """
    `old` with the value at `path` below it; what leads there is copied, since the run may hold the same
    objects. Raises what the objects on the way raise.
    """
    if not path:
        return as_messages(old, value)
    child = child_of(old, path[0])
    new = replaced(child.value, path[1:], value)
    if isinstance(old, Mapping):
        name = next(name for name in old if f"[{name!r}]" == path[0])
        return _set_item(copy.copy(old), name, new)
    if isinstance(old, tuple) and hasattr(old, "_replace"):
        return old._replace(**{child.name: new})
    if isinstance(old, (tuple, set, frozenset)):
        index = int(path[0][1:-1])
        return type(old)(new if at == index else each for at, each in enumerate(old))
    if isinstance(old, (list, collections.deque)) or path[0].startswith("["):
        return _set_item(copy.copy(old), int(path[0][1:-1]), new)
    made = copy.copy(old)
    set_field(made, child.name, new)
    return made


def _set_item(container: Any, key: Any, value: Any) -> Any:
    container[key] = value
    return container


def _check_schema(known: KnownGraph, key: str, before: dict[str, Any], after: dict[str, Any]) -> None:
    """Refuses what a state schema does not take that can tell (pydantic)."""
    schema = getattr(getattr(known.graph, "builder", None), "state_schema", None)
    if not hasattr(schema, "model_validate"):
        return
    found = _faults(schema, after)
    known_before = _faults(schema, before) if found else []
    new = [fault for fault in found if fault not in known_before]
    if new:
        raise RuntimeFailure("invalidEdit", f"The state's schema does not take this {key}: {'; '.join(new)}")


def _faults(schema: Any, values: dict[str, Any]) -> list[str]:
    try:
        schema.model_validate({key: values[key] for key in schema.model_fields if key in values})
    except Exception as exc:
        return _told(exc).split("; ")
    return []


def _told(exc: Exception) -> str:
    """An exception in one line; of pydantic's, what is wrong where."""
    errors = getattr(exc, "errors", None)
    if callable(errors):
        found = [(".".join(map(str, each["loc"])), str(each["msg"])) for each in errors()]
        return "; ".join(f"{where}: {what}" if where else what for where, what in found)
    return f"{type(exc).__name__}: {exc}"


def _keep_tasks(known: KnownGraph, checkpoint: Any, key: str, pending: set[str]) -> None:
    """A node that is triggered by the key itself must not be so by the edit."""
    for name, node in known.graph.nodes.items():
        if key in node.triggers and name not in pending:
            seen = checkpoint["versions_seen"].setdefault(name, {})
            seen[key] = checkpoint["channel_versions"][key]
