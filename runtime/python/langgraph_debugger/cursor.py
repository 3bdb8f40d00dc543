"""Where the cursor of a thread is moved to, and which copies that takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from . import goto
from .errors import RuntimeFailure
from .fork import FORKED_FROM, Copy, Forks, is_finished
from .graphs import START, KnownGraph
from .position import Threads, graph_at, recast

if TYPE_CHECKING:
    from .protocol import GraphPosition, MoveTarget, Position, TaskPosition

Keeps = Callable[[Any], bool]


class _Level(NamedTuple):
    """A graph on the way to the one that the cursor is moved in, or that one."""

    known: KnownGraph
    namespace: str
    saved: Any
    tasks: list[Any]
    way: Any
    """The task that leads on; None in the last one."""
    keeps: Keeps
    """Whether a task stays as far as it has come."""


class Cursor:
    """Moves the cursors of threads whose run has ended; nothing runs."""

    def __init__(self, threads: Threads, saver: Any, known_at: Callable[[str], KnownGraph]) -> None:
        self._threads = threads
        self._saver = saver
        self._known_at = known_at
        self._forks = Forks(threads, saver)

    def check(self, thread_id: str, position: Position, to: MoveTarget) -> None:
        """Refuses what can't be done from `position`, a thread's on disk. Changes nothing."""
        namespace = to["namespace"]
        if to["kind"] == "checkpoint":
            self._around(thread_id, self._begun(thread_id, namespace, to["checkpointId"]))
            return
        if graph_at(position["root"], namespace) is None:
            raise _nowhere(namespace)
        if to["kind"] == "back":
            self._before(thread_id, position, namespace)
        elif to["kind"] == "task":
            self._task(self._latest(thread_id, namespace), to["taskId"])
        else:
            goto.check_nodes(self._known(namespace), list(to["nodes"]))

    def move(self, thread_id: str, position: Position, to: MoveTarget) -> bool:
        """
        From `position` to there, see `MoveTarget`. False: the thread goes on as it would have before it was
        moved away.
        """
        self.check(thread_id, position, to)
        if to["kind"] == "checkpoint":
            return self._to_checkpoint(thread_id, to["namespace"], to["checkpointId"])
        if to["kind"] == "back":
            before = self._before(thread_id, position, to["namespace"])
            if before is not None:
                return self.move(thread_id, position, before)
            return self._renew(thread_id, self._latest(thread_id, to["namespace"]), keeps=_nothing)
        if to["kind"] == "task":
            saved, task_id = self._latest(thread_id, to["namespace"]), to["taskId"]
            return self._renew(thread_id, saved, keeps=lambda task: task.id != task_id)
        return self._goto(thread_id, to["namespace"], list(to["nodes"]))

    # ------------------------------------------------------------------------------------- targets

    def _to_checkpoint(self, thread_id: str, namespace: str, checkpoint_id: str) -> bool:
        saved = self._begun(thread_id, namespace, checkpoint_id)
        if self._stands_at(thread_id, saved):
            return False
        self._remove_copies(thread_id, saved)
        led_on = FORKED_FROM in saved.metadata and saved.metadata.get("source") != "fork"
        if not led_on and self._stands_at(thread_id, saved):
            return False
        self._put(thread_id, saved, keeps=_nothing)
        return True

    def _stands_at(self, thread_id: str, saved: Any) -> bool:
        """Whether the thread goes on from a checkpoint, as it is."""
        namespace = saved.config["configurable"].get("checkpoint_ns", "")
        newest = _newest(self._saver.keys(thread_id), namespace)
        return newest == saved.checkpoint["id"] and all(stays for _, stays in self._around(thread_id, saved))

    def _before(self, thread_id: str, position: Position, namespace: str) -> MoveTarget | None:
        """One step back from where a graph stands. None: its superstep has begun, and begins anew."""
        graph = graph_at(position["root"], namespace)
        if graph is None or "checkpoint" not in graph:
            raise _nowhere(namespace)
        if any(_has_begun(task) for task in graph["tasks"]):
            return None
        saved = self._at(thread_id, namespace, graph["checkpoint"]["id"])
        before = None if self._source(thread_id, saved) == "input" else self._parent(thread_id, saved)
        if before is not None and {task.name for task in self._tasks(before)} != {START}:
            return {"kind": "checkpoint", "namespace": namespace, "checkpointId": before.checkpoint["id"]}
        around = _around_of(position["root"], namespace)
        if around is None:
            raise RuntimeFailure("atStart", "This is the start of the run: there is no step before it.")
        outer, task = around
        return {"kind": "task", "namespace": outer["namespace"], "taskId": task["id"]}

    def _task(self, saved: Any, task_id: str) -> Any:
        """The task of a checkpoint; refuses where there is none."""
        task = next((each for each in self._tasks(saved) if each.id == task_id), None)
        if task is None:
            raise RuntimeFailure(
                "unknownNode", "This task is not one of the superstep where the thread stands."
            )
        return task

    def _goto(self, thread_id: str, namespace: str, nodes: list[str]) -> bool:
        saved = self._latest(thread_id, namespace)
        known = self._known(namespace)
        tasks = self._tasks(saved)

        def keeps(task: Any) -> bool:
            return is_finished(saved, task) and task.name not in nodes

        finished, pending = [t for t in tasks if keeps(t)], [t for t in tasks if not keeps(t)]
        checkpoint = goto.with_next(
            known, self._saver, saved.checkpoint, goto.Change(finished, pending, nodes)
        )
        return self._renew(thread_id, saved, keeps=keeps, checkpoint=checkpoint)

    def _renew(self, thread_id: str, saved: Any, *, keeps: Keeps, checkpoint: Any = None) -> bool:
        """Another copy in place of `saved`, where the thread stands."""
        self._remove_copies(thread_id, saved)
        self._put(thread_id, saved, keeps=keeps, checkpoint=checkpoint)
        return True

    # ------------------------------------------------------------------------------------- copies

    def _put(self, thread_id: str, saved: Any, *, keeps: Keeps, checkpoint: Any = None) -> None:
        """Copies `saved`, and the graphs around it from the first on that has gone on since."""
        around = self._around(thread_id, saved)
        namespace = saved.config["configurable"].get("checkpoint_ns", "")
        first = next((index for index, (_, stays) in enumerate(around) if not stays), len(around))
        last = _Level(self._known(namespace), namespace, saved, self._tasks(saved), None, keeps)
        levels = [*(level for level, _ in around[first:]), last]
        copies = self._forks.untouched(thread_id)
        self._set_back(thread_id, levels)
        parents: dict[str, str] = {
            level.namespace: level.saved.checkpoint["id"] for level, _ in around[:first]
        }
        renamed: dict[str, str] = {}
        for level in levels:
            own = _renamed(level.namespace, renamed)
            found = self._copy(level, own, parents, checkpoint if level is last else None)
            renamed.update(found.tasks)
            parents = {**parents, own: found.id}
        replaced = next((key for key in copies if key.id == saved.checkpoint["id"]), None)
        if replaced is not None:
            self._forks.discard(thread_id, replaced)

    def _copy(self, level: _Level, namespace: str, parents: dict[str, str], checkpoint: Any) -> Copy:
        saved = level.saved
        renamed: dict[str, str] = {}
        if namespace != level.namespace:
            parent, renamed = self._forks.copy_chain(level.known, saved, namespace, parents)
            saved = _with_parent(saved, parent)
        return self._forks.copy(
            level.known,
            saved,
            keeps=level.keeps,
            namespace=namespace,
            parents=parents,
            checkpoint=checkpoint,
            renamed=renamed,
        )

    def _set_back(self, thread_id: str, levels: list[_Level]) -> None:
        """
        Of each graph that keeps its state (`checkpointer=True`) inside of those that are copied: a copy of
        its newest checkpoint that is older.
        """
        for level in levels:
            keys = self._saver.keys(thread_id)
            originals = {key.id: key.metadata[FORKED_FROM] for key in self._forks.untouched(thread_id)}
            own = recast(level.namespace)
            time = _original(level.saved.checkpoint["id"], originals)
            kept = {task.name for task in level.tasks if level.keeps(task) and is_finished(level.saved, task)}
            later = [key.id for key in keys if key.ns == level.namespace and key.id > time]
            for namespace in dict.fromkeys(key.ns for key in keys):
                if ":" in namespace or namespace == own or (own and not namespace.startswith(own + "|")):
                    continue
                name = (namespace[len(own) + 1 :] if own else namespace).split("|")[0]
                if name in kept and not later:
                    continue
                # What a finished task's graph did in this superstep came before the next checkpoint.
                bound = min(later) if name in kept else time
                self._set_back_to(thread_id, [key for key in keys if key.ns == namespace], bound, originals)

    def _set_back_to(self, thread_id: str, keys: list[Any], time: str, originals: dict[str, str]) -> None:
        newest = keys[0]
        older = next((key for key in keys if key.id < time), None)
        if older is None:
            self._forks.put_empty(thread_id, newest.ns, newest.id)
        elif older.id not in (newest.id, _original(newest.id, originals)):
            saved = self._at(thread_id, older.ns, older.id)
            self._forks.copy(self._known_or_none(older.ns), saved, keeps=lambda task: True)

    def _remove_copies(self, thread_id: str, saved: Any) -> None:
        """Removes what the last move put, unless something came of it, down to what `saved` needs."""
        needed = {saved.checkpoint["id"], *(saved.metadata.get("parents") or {}).values()}
        for key in self._forks.untouched(thread_id):
            if key.id in needed or not self._forks.discard(thread_id, key):
                return

    # -------------------------------------------------------------------------------------- reading

    def _around(self, thread_id: str, saved: Any) -> list[tuple[_Level, bool]]:
        """
        The graphs around the one that `saved` belongs to, the root first, each with whether it can stay as
        it is: it has not gone on since, and its task that leads here is not finished.
        """
        parents: dict[str, str] = saved.metadata.get("parents") or {}
        namespace = saved.config["configurable"].get("checkpoint_ns", "")
        outer = sorted((ns for ns in parents if ns != namespace), key=lambda ns: (ns != "", ns.count("|")))
        keys = self._saver.keys(thread_id) if outer else []
        found: list[tuple[_Level, bool]] = []
        for own, inner in zip(outer, [*outer, namespace][1:], strict=True):
            around = self._at(thread_id, own, parents[own])
            tasks = self._tasks(around)
            name, task_id = _step(own, inner)
            way = next(
                (each for each in tasks if each.id == task_id or (not task_id and each.name == name)), None
            )
            if way is None:
                raise _nowhere(namespace)
            stays = all(stays for _, stays in found) and (
                _newest(keys, own) == parents[own] and not is_finished(around, way)
            )

            def keeps(task: Any, way: Any = way) -> bool:
                return bool(task.id != way.id)

            found.append((_Level(self._known(own), own, around, tasks, way, keeps), stays))
        return found

    def _at(self, thread_id: str, namespace: str, checkpoint_id: str) -> Any:
        saved = self._threads.at(thread_id, namespace, checkpoint_id)
        if saved is None:
            raise RuntimeFailure(
                "unknownCheckpoint",
                f"The thread {thread_id} has no checkpoint {checkpoint_id}"
                + (f" in {namespace}." if namespace else "."),
            )
        return saved

    def _begun(self, thread_id: str, namespace: str, checkpoint_id: str) -> Any:
        """A checkpoint that is not of a graph which was set back to before its first visit."""
        saved = self._at(thread_id, namespace, checkpoint_id)
        if not saved.checkpoint["channel_versions"]:
            raise _nowhere(namespace)
        return saved

    def _known(self, namespace: str) -> KnownGraph:
        known = self._known_or_none(namespace)
        if known is None:
            raise _nowhere(namespace)
        return known

    def _known_or_none(self, namespace: str) -> KnownGraph | None:
        """None for a graph that is known only once it runs, and has not in this process."""
        try:
            return self._known_at(namespace)
        except RuntimeFailure:
            return None

    def _latest(self, thread_id: str, namespace: str) -> Any:
        saved = self._threads.latest(thread_id, namespace)
        if saved is None:
            raise _nowhere(namespace)
        return saved

    def _parent(self, thread_id: str, saved: Any) -> Any:
        if not saved.parent_config:
            return None
        place = saved.parent_config["configurable"]
        return self._threads.at(thread_id, place.get("checkpoint_ns", ""), place["checkpoint_id"])

    def _source(self, thread_id: str, saved: Any) -> Any:
        """How a checkpoint came about; of a copy, how its original did."""
        keys: dict[str, Any] = {}
        metadata = saved.metadata
        while FORKED_FROM in metadata:
            keys = keys or {key.id: key.metadata for key in self._saver.keys(thread_id)}
            if metadata[FORKED_FROM] not in keys:
                break
            metadata = keys[metadata[FORKED_FROM]]
        return metadata.get("source")

    def _tasks(self, saved: Any) -> list[Any]:
        known = self._known(saved.config["configurable"].get("checkpoint_ns", ""))
        return list(self._threads.snapshot(known.graph, saved).tasks)


def _nowhere(namespace: str) -> RuntimeFailure:
    name = recast(namespace).replace("|", "/") or "itself"
    return RuntimeFailure(
        "unknownCheckpoint",
        f"The graph {name} keeps no checkpoints to move the cursor to; move it in a graph around it.",
    )


def _nothing(task: Any) -> bool:
    return False


def _newest(keys: list[Any], namespace: str) -> str | None:
    return next((key.id for key in keys if key.ns == namespace), None)


def _has_begun(task: TaskPosition) -> bool:
    return task["status"] != "pending" or "subgraph" in task


def _around_of(position: GraphPosition, namespace: str) -> tuple[GraphPosition, TaskPosition] | None:
    """The graph around the one at `namespace`, and its task that runs that one."""
    for task in position["tasks"]:
        if "subgraph" not in task:
            continue
        if task["subgraph"]["namespace"] == namespace:
            return position, task
        found = _around_of(task["subgraph"], namespace)
        if found is not None:
            return found
    return None


def _step(outer: str, inner: str) -> tuple[str, str]:
    """Name and id of the task by which one gets from one namespace to another; no id where it has none."""
    depth = sum(not part.isdigit() for part in outer.split("|") if part)
    parts = [part for part in inner.split("|") if not part.isdigit()]
    name, _, task_id = parts[depth].partition(":")
    return name, task_id


def _renamed(namespace: str, ids: dict[str, str]) -> str:
    for old, new in ids.items():
        namespace = namespace.replace(old, new)
    return namespace


def _original(checkpoint_id: str, originals: dict[str, str]) -> str:
    """The id of the checkpoint that an untouched copy was made of."""
    seen = set()
    while checkpoint_id in originals and checkpoint_id not in seen:
        seen.add(checkpoint_id)
        checkpoint_id = originals[checkpoint_id]
    return checkpoint_id


def _with_parent(saved: Any, parent: str | None) -> Any:
    if parent is None:
        return saved._replace(parent_config=None)
    place = {**saved.config["configurable"], "checkpoint_id": parent}
    return saved._replace(parent_config={"configurable": place})
