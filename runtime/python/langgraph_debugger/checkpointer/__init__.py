"""The file checkpointer: LangGraph checkpoints in one SQLite file that both runtimes share."""

from langgraph_debugger.checkpointer.core import LiveCheckpoint
from langgraph_debugger.checkpointer.errors import CheckpointFileError, UnknownCheckpointError
from langgraph_debugger.checkpointer.live import Unavailable
from langgraph_debugger.checkpointer.saver import Edited, FileCheckpointer
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
