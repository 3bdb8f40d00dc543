"""Gives synchronous nodes their config before Python 3.11, whose asyncio tasks take no context."""

from __future__ import annotations

import sys
from typing import Any
from uuid import UUID

NEEDED = sys.version_info < (3, 11)

_STARTS = ("ainvoke", "_astart")
"""The coroutines of LangGraph's runnables that tell of the start, by its version."""


def lend_config(run_id: UUID, task: Any) -> None:
    """
    Called in a task's start callback. `invoke` sets the context in which `interrupt()` and
    `get_stream_writer()` find the config; `ainvoke` can't do so before Python 3.11, and a synchronous node
    that works with `invoke` would fail because it is run by `astream`. Asynchronous nodes fail in a run
    without the debugger too.
    """
    if not _is_synchronous(task.proc):
        return
    from langchain_core.runnables.config import RunnableConfig, var_child_runnable_config

    frame = sys._getframe(1)
    for _ in range(20):
        if frame.f_back is None:
            return
        frame = frame.f_back
        names = frame.f_locals if frame.f_code.co_name in _STARTS else {}
        if "config" in names and "callback_manager" in names:
            callbacks = names["callback_manager"].copy()
            callbacks.parent_run_id = run_id
            config: RunnableConfig = dict(names["config"], callbacks=callbacks)  # type: ignore[assignment] # a copy of one
            var_child_runnable_config.set(config)
            return


def _is_synchronous(runnable: Any) -> bool:
    first = runnable.steps[0] if getattr(runnable, "steps", None) else runnable
    return getattr(first, "func", None) is not None
