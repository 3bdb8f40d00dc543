"""Where a thread stands, as a tree of graphs with the tasks of their current supersteps."""

from __future__ import annotations

import json
from collections import OrderedDict
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, NamedTuple

from .as_json import to_json
from .calls import calls
from .graphs import KnownGraph, KnownGraphs, state_keys
from .pending_writes import PendingWrite, interrupts_of, saved_error, status_of
from .pregel import is_hidden
from .run import Level, Run, TaskRun
from .saving import given

if TYPE_CHECKING:
    from .protocol import (
        CheckpointInfo,
        GraphPosition,
        Position,
        TaskPosition,
        TaskStatus,
    )

Place = dict[str, "tuple[KnownGraph, str | None]"]
"""Of each namespace of a position: its graph and its checkpoint's id."""

_LIVE: dict[str, TaskStatus] = {"running": "running", "held": "pending", "done": "done"}
_STANDING: tuple[TaskStatus, ...] = ("waiting", "failed")
_KEPT_STATES = 4
_KEPT_LOOKS = 2


# ---------------------------------------------------------------------------- of a run that goes on


def live_position(run: Run) -> Position:
    """Of a run that stands or computes; the caller holds its lock."""
    root = run.root
    if root is None:
        return no_position(run.thread_id, [])
    return {"threadId": run.thread_id, "root": _live_graph(run, root)}


def no_position(thread_id: str, keys: list[str]) -> Position:
    """Of a thread that has no checkpoint."""
    return {"threadId": thread_id, "root": {"graph": "", "namespace": "", "stateKeys": keys, "tasks": []}}


def _live_graph(run: Run, level: Level) -> GraphPosition:
    position: GraphPosition = {
        "graph": level.known.id,
        "namespace": level.namespace,
        "stateKeys": level.known.state_keys,
        "tasks": [_live_task(run, task) for task in level.tasks],
    }
    loop = level.loop
    if loop.checkpointer is not None:
        previous = (loop.prev_checkpoint_config or {}).get("configurable", {}).get("checkpoint_id")
        position["checkpoint"] = checkpoint_info(
            loop.checkpoint,
            loop.checkpoint_metadata,
            level.namespace,
            previous,
            [t.name for t in level.tasks],
        )
    return position


def _live_task(run: Run, task: TaskRun) -> TaskPosition:
    level = task.level
    writes = [w for w in level.loop.checkpoint_pending_writes if w[0] == task.id]
    live = _LIVE.get(task.state)
    status = live or status_of(writes)
    if live is None and status == "pending" and task.task.writes:
        status = "done"
    child = next((each for each in reversed(list(run.levels.values())) if each.parent is task), None)
    subgraph = _live_graph(run, child) if child is not None and task.state in ("running", "left") else None
    return task_position(
        task.task, status, writes, known=level.known, namespace=level.namespace, subgraph=subgraph
    )


# ------------------------------------------------------------------------------ of a thread on disk


class State(NamedTuple):
    """A graph's values at a checkpoint, and the checkpoint's step."""

    values: Any
    step: int | None


class Threads:
    """Reads threads from the checkpointer; any thread may call it."""

    def __init__(self, graphs: KnownGraphs, saver: Any) -> None:
        self._graphs = graphs
        self._saver = saver
        self._states: OrderedDict[tuple[str, str, str], State] = OrderedDict()
        self._looked: OrderedDict[tuple[str, str, str], Any] = OrderedDict()
        self._looked_at: int | None = None

    def latest(self, thread_id: str, namespace: str = "") -> Any:
        """The newest checkpoint's tuple, or None."""
        return self._saver.get_tuple({"configurable": {"thread_id": thread_id, "checkpoint_ns": namespace}})

    def at(self, thread_id: str, namespace: str, checkpoint_id: str) -> Any:
        """The tuple of one checkpoint, or None."""
        configurable = {"thread_id": thread_id, "checkpoint_ns": namespace, "checkpoint_id": checkpoint_id}
        return self._saver.get_tuple({"configurable": configurable})

    def look(self, thread_id: str, namespace: str, checkpoint_id: str) -> Any:
        """As `at`, for who only looks: the last ones are kept until the file changes. Not to be changed."""
        changes = self._saver.changes()
        if changes != self._looked_at:
            self._looked.clear()
            self._looked_at = changes
        key = (thread_id, namespace, checkpoint_id)
        if key not in self._looked:
            self._looked[key] = self.at(*key)
            if len(self._looked) > _KEPT_LOOKS:
                self._looked.popitem(last=False)
        return self._looked[key]

    def updates(self, saved: Any) -> list[tuple[str, str]]:
        """Id and node of the task of the update that made `saved`, where they were noted."""
        timing = json.loads(self._saver.timing(saved.config) or "{}")
        return [(task_id, str(task["node"])) for task_id, task in timing.get("tasks", {}).items()]

    def snapshot(self, graph: Any, saved: Any) -> Any:
        """LangGraph's own view of a checkpoint of `graph`: values, and every task of the step that comes."""
        configurable = {
            **saved.config["configurable"],
            # What a graph gives its subgraphs: `graph` itself reads, whatever graph it may be a part of.
            "__pregel_checkpointer": given(self._saver, saved),
        }
        snapshot = graph.get_state({"configurable": configurable})
        place = saved.config["configurable"]
        key = (place["thread_id"], place.get("checkpoint_ns", ""), saved.checkpoint["id"])
        self._states[key] = State(snapshot.values, saved.metadata.get("step"))
        self._states.move_to_end(key)
        if len(self._states) > _KEPT_STATES:
            self._states.popitem(last=False)
        return snapshot

    def forget(self, thread_id: str, namespace: str, checkpoint_id: str) -> None:
        """The checkpoint was edited."""
        self._states.pop((thread_id, namespace, checkpoint_id), None)

    def forget_thread(self, thread_id: str) -> None:
        """The thread of this id may be another one."""
        for key in list(self._states):
            if key[0] == thread_id:
                self._states.pop(key, None)

    def state(self, graph: Any, thread_id: str, namespace: str, checkpoint_id: str) -> State | None:
        """The state at a checkpoint; None where there is none."""
        key = (thread_id, namespace, checkpoint_id)
        if key not in self._states:
            saved = self.at(*key)
            if saved is None:
                return None
            self.snapshot(graph, saved)
        return self._states[key]

    def position(self, thread_id: str) -> tuple[Position, Place] | None:
        """Where the thread stands; None where there is no such thread."""
        place: Place = {}
        root = self._graph(self._graphs.root, thread_id, "", place)
        return None if root is None else ({"threadId": thread_id, "root": root}, place)

    def _graph(self, known: KnownGraph, thread_id: str, namespace: str, place: Place) -> GraphPosition | None:
        saved = self.latest(thread_id, namespace)
        if saved is None:
            return None
        checkpoint_id = saved.checkpoint["id"]
        snapshot = self.snapshot(known.graph, saved)
        place[namespace] = (known, checkpoint_id)
        pending: list[PendingWrite] = list(saved.pending_writes or ())
        tasks = []
        for task in snapshot.tasks:
            writes = [w for w in pending if w[0] == task.id]
            status = status_of(writes)
            subgraph = None
            if status != "done":
                subgraph = self._subgraph(known, task, thread_id, namespace, place)
            if subgraph is not None and _was_set_back(subgraph):
                # What the task told of the graph in it before holds no more.
                inside = {each["status"] for each in subgraph["tasks"]}
                status = next((each for each in _STANDING if each in inside), "pending")
                dead = ("__interrupt__",) if status == "failed" else ("__interrupt__", "__error__")
                writes = [write for write in writes if write[1] not in dead]
            tasks.append(
                task_position(task, status, writes, known=known, namespace=namespace, subgraph=subgraph)
            )
        parent = (saved.parent_config or {}).get("configurable", {}).get("checkpoint_id")
        return {
            "graph": known.id,
            "namespace": namespace,
            "checkpoint": checkpoint_info(
                saved.checkpoint, saved.metadata, namespace, parent, [t["name"] for t in tasks]
            ),
            "stateKeys": state_keys(known.graph),
            "tasks": tasks,
        }

    def _subgraph(
        self, known: KnownGraph, task: Any, thread_id: str, namespace: str, place: Place
    ) -> GraphPosition | None:
        """The graph in a task that has begun and not ended."""
        own = f"{task.name}:{task.id}"
        inner = f"{namespace}|{own}" if namespace else own
        for child in known.children.get(task.name, ()):
            if child.graph.checkpointer is False:
                continue
            keeps = child.graph.checkpointer is True
            found = self._graph(child, thread_id, recast(inner) if keeps else inner, place)
            # What a graph keeps from visit to visit may be of an earlier one.
            if found is not None and not (
                keeps and not found["tasks"] and not _is_inside(found, place, namespace)
            ):
                return found
        return None


def _is_inside(position: GraphPosition, place: Place, namespace: str) -> bool:
    """Whether a graph's checkpoint was made in the superstep at which the one around it stands."""
    parents = position.get("checkpoint", {}).get("metadata", {}).get("parents")
    return isinstance(parents, dict) and parents.get(namespace) == place[namespace][1]


def _was_set_back(position: GraphPosition) -> bool:
    """Whether the cursor was moved to where a graph, or one inside of it, stands."""
    return "forked_from" in position.get("checkpoint", {}).get("metadata", {}) or any(
        "subgraph" in task and _was_set_back(task["subgraph"]) for task in position["tasks"]
    )


def recast(namespace: str) -> str:
    """The namespace that `checkpointer=True` graphs use: without task ids."""
    return "|".join(part.split(":")[0] for part in namespace.split("|"))


# ------------------------------------------------------------------------------------ parts of both


def graph_at(position: GraphPosition, namespace: str) -> GraphPosition | None:
    """The graph at `namespace` in a position."""
    if position["namespace"] == namespace:
        return position
    for task in position["tasks"]:
        found = graph_at(task["subgraph"], namespace) if "subgraph" in task else None
        if found is not None:
            return found
    return None


def task_position(
    task: Any,
    status: TaskStatus,
    writes: list[PendingWrite],
    *,
    known: KnownGraph,
    namespace: str,
    subgraph: GraphPosition | None,
) -> TaskPosition:
    """A task as the protocol tells it; `writes` are its own pending ones."""
    nested = _interrupt_ids(subgraph) if subgraph is not None else set()
    interrupts = interrupts_of(task.name, writes, known.id, namespace) if status == "waiting" else []
    for each in interrupts:
        place = calls.place(task.id)
        if place is not None:
            each["at"] = {"path": place[0], "line": place[1]}
        tries = calls.tries(task.id, int(each["index"]))
        if tries is not None:
            each["tries"] = tries
    position: TaskPosition = {
        "id": task.id,
        "name": task.name,
        "status": status,
        "hasInput": is_send(task),
        "interrupts": [each for each in interrupts if each["id"] not in nested],
    }
    if status != "pending":
        error = next((value for _, channel, value in writes if channel == "__error__"), None)
        if error is not None:
            position["error"] = saved_error(error, task.name, namespace)
    if subgraph is not None:
        position["subgraph"] = subgraph
    return position


def is_send(task: Any) -> bool:
    """Whether a task has an input of its own: it was sent, not triggered by channels."""
    return bool(task.path) and task.path[0] == "__pregel_push" and not is_hidden_path(task)


def is_hidden_path(task: Any) -> bool:
    config = getattr(task, "config", None)
    return config is not None and is_hidden(task)


def _interrupt_ids(position: GraphPosition) -> set[str]:
    found = set()
    for task in position["tasks"]:
        found |= {each["id"] for each in task["interrupts"]}
        if "subgraph" in task:
            found |= _interrupt_ids(task["subgraph"])
    return found


def checkpoint_info(
    checkpoint: Any, metadata: Any, namespace: str, parent: str | None, following: list[str]
) -> CheckpointInfo:
    told = {key: value for key, value in (metadata or {}).items() if not key.startswith("__")}
    info: CheckpointInfo = {
        "id": checkpoint["id"],
        "namespace": namespace,
        "step": (metadata or {}).get("step", -1),
        "source": (metadata or {}).get("source", "loop"),
        "createdAt": checkpoint.get("ts") or datetime.fromtimestamp(0, timezone.utc).isoformat(),
        "next": following,
        "metadata": to_json(told),
    }
    if parent:
        info["parentId"] = parent
    return info
