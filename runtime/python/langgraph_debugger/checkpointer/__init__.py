"""The file checkpointer: LangGraph checkpoints in one SQLite file that both runtimes share."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from langgraph_debugger.checkpointer.core import LiveCheckpoint
    from langgraph_debugger.checkpointer.errors import CheckpointFileError, UnknownCheckpointError
    from langgraph_debugger.checkpointer.kinds import Edited
    from langgraph_debugger.checkpointer.live import Unavailable
    from langgraph_debugger.checkpointer.saver import FileCheckpointer
    from langgraph_debugger.checkpointer.store import ThreadRow

__all__ = [
    "CheckpointFileError",
    "Edited",
    "FileCheckpointer",
    "LiveCheckpoint",
    "ThreadRow",
    "Unavailable",
    "UnknownCheckpointError",
]

_MODULES = {
    "CheckpointFileError": "errors",
    "Edited": "kinds",
    "FileCheckpointer": "saver",
    "LiveCheckpoint": "core",
    "ThreadRow": "store",
    "Unavailable": "live",
    "UnknownCheckpointError": "errors",
}


def __getattr__(name: str) -> Any:
    # Imported when asked for: the file's own requests are answered without LangGraph, which some of it needs.
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
