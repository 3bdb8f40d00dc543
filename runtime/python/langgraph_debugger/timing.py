"""How long supersteps took, noted with the checkpoints that they made: `timing` of the checkpoint file."""

from __future__ import annotations

import json
import time
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from .display import one_line

if TYPE_CHECKING:
    from .run import Level, Run, TaskRun
    from .watch import Watch

_ROUTER_TEXT = 200
_NOTED = 1000
"""Supersteps whose checkpoints are still to be put."""


class Timings:
    """Tells the checkpointer of each checkpoint's superstep, and hears from it how long it took itself."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch

    def of(self, checkpoint_id: str) -> str | None:
        """The JSON of `checkpoints.timing`; None where no superstep made it."""
        run = self._watch.run
        if run is None:
            return None
        with run.lock:
            found = run.timings.pop(checkpoint_id, None)
            if found is None:
                # The graph runs in a thread of its own: LangGraph has not come to the end of the superstep.
                for level in run.levels.values():
                    if level.tasks and level.loop.checkpoint["id"] == checkpoint_id != level.follows:
                        level.noted = checkpoint_id
                        return _superstep(run, level)
        return found

    def spent(self, seconds: float) -> None:
        """The checkpointer has taken some time of the run's."""
        run = self._watch.run
        if run is not None:
            run.own_seconds += seconds


def note(run: Run, level: Level) -> None:
    """A superstep is over; the caller holds the run's lock."""
    checkpoint_id = level.loop.checkpoint["id"]
    if level.tasks and level.loop.checkpointer is not None and level.noted != checkpoint_id:
        if len(run.timings) >= _NOTED:
            run.timings.clear()
        run.timings[checkpoint_id] = _superstep(run, level)


def _superstep(run: Run, level: Level) -> str:
    whole = milliseconds(run, level.began, level.held_before)
    own = round((run.own_seconds - level.own_before) * 1000, 3)
    tasks = ",".join(_task(run, task) for task in level.tasks)
    return f'{{"ms":{whole},"own":{min(own, whole)},"tasks":{{{tasks}}}}}'


def _task(run: Run, task: TaskRun) -> str:
    took = "" if task.took is None else f',"ms":{task.took}'
    routers = f',"routers":{json.dumps(task.routers)}' if task.routers else ""
    wrote = ""
    if task.run_id is None and task.task.writes and task.id not in run.skip:
        # From the cache: old versions of LangGraph put no pending writes of it.
        wrote = f',"wrote":{json.dumps([channel for channel, _ in task.task.writes])}'
    return f'"{task.id}":{{"node":{_quoted(task.name)}{took}{routers}{wrote}}}'


_quoted = lru_cache(maxsize=256)(json.dumps)


def milliseconds(run: Run, began: float, held_before: float) -> float:
    """Since `began`, without the time that the run was held; `held_before` is how long it had been."""
    held = run.held_seconds() - held_before
    return round(max(0.0, (time.monotonic() - began - held) * 1000), 3)


# --------------------------------------------------------------------------------------------- routers


class Routing:
    """A conditional edge's function that runs."""

    def __init__(self, task: TaskRun, name: str) -> None:
        self._task = task
        self._name = name

    def returned(self, value: Any) -> None:
        """Notes what it has returned."""
        text = value if isinstance(value, str) else one_line(value)
        self._task.routers.append((self._name, text if len(text) <= _ROUTER_TEXT else _cut(text)))


def begins_in_task(run: Run, run_id: Any, task: TaskRun, runnable: str | None) -> None:
    """Something runs in a task, under this name: to be heard of again where it is a conditional edge."""
    branches = getattr(getattr(task.level.known.graph, "builder", None), "branches", None)
    for name, branch in (branches or {}).get(task.name, {}).items():
        if branch.path.get_name() == runnable:
            with run.lock:
                run.by_run_id[run_id] = Routing(task, name)


def _cut(text: str) -> str:
    return text[: _ROUTER_TEXT - 1] + "…"
