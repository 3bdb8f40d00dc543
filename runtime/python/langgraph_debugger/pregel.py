"""What is read of LangGraph's own objects beyond its public interface, in one place."""

from __future__ import annotations

from typing import Any

_HIDDEN = "langsmith:hidden"  # LangGraph's tag of tasks that are not the user's


def is_hidden(task: Any) -> bool:
    """Whether a task of LangGraph's is not one of the user's nodes."""
    return bool(task.config) and _HIDDEN in (task.config.get("tags") or ())


def namespace_of_task(task: Any) -> str:
    """The namespace that a task's own graph and `@task` calls have."""
    return str(task.config["configurable"].get("checkpoint_ns", "")) if task.config else ""


def belongs(loop: Any, handler: Any) -> bool:
    """Whether a loop is part of the run that has this callback handler."""
    handlers = getattr(getattr(loop, "manager", None), "handlers", ())
    return any(each is handler for each in handlers)


def parent_task_id(configurable: dict[str, Any]) -> str | None:
    """
    Id of the task in which a graph runs. One that runs as its own root inside a task shows it in the context
    only.
    """
    task_id = configurable.get("__pregel_task_id")
    return current_task_id() if task_id is None else task_id


def current_task_id() -> str | None:
    """Id of the task whose code runs now; None outside of tasks, and in Python 3.10's asynchronous ones."""
    from langchain_core.runnables.config import var_child_runnable_config

    context = var_child_runnable_config.get() or {}
    return context.get("configurable", {}).get("__pregel_task_id")


def leave_no_trace(loop: Any) -> None:
    """From here on the loop saves nothing, as one without a checkpointer."""
    loop.checkpointer_put_writes = None
    loop._checkpointer_put_after_previous = None


def is_bubble_up(error: BaseException) -> bool:
    """Whether an exception is LangGraph's way to leave a node, or the end of a run that is cancelled."""
    from langgraph.errors import GraphBubbleUp

    return isinstance(error, GraphBubbleUp) or type(error).__name__ == "CancelledError"


def has_swallowed_interrupt(task: Any) -> bool:
    """Whether a task that has ended called `interrupt()` and went on as if it had not stopped."""
    scratchpad = task.config["configurable"].get("__pregel_scratchpad")
    counter = getattr(scratchpad, "interrupt_counter", None)
    # Asking counts once more, which a task that has ended forgives.
    return counter is not None and counter() > len(scratchpad.resume)


def pending_put(loop: Any) -> Any:
    """The future of the loop's last checkpoint on its way to the checkpointer, or None."""
    return getattr(loop, "_put_checkpoint_fut", None)


def next_checkpoint_id() -> str:
    """Newer than every checkpoint of this process."""
    from langgraph.checkpoint.base.id import uuid6

    return str(uuid6(clock_seq=-2))


def path_text(task: Any) -> str:
    """A task's path as it is stored with its writes, which are applied in that order."""
    from langgraph.pregel._algo import task_path_str

    return str(task_path_str(task.path))


def missing_value() -> Any:
    """What LangGraph's channels say where they hold nothing."""
    from langgraph._internal._typing import MISSING

    return MISSING
