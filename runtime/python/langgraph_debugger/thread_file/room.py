"""Answers the requests about the checkpoint file one after the other, in a thread of its own."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from . import changing, exchange, keys, listing, timeline


class Owner(Protocol):
    """The graph of this process, which may write to the same file."""

    def has_file(self, path: Path) -> bool:
        """Whether it is this file that it writes to."""
        ...

    def before_change(self, method: str, thread_id: str | None) -> None:
        """Puts to disk what it has written. Refuses what must not be done to the thread that is open."""
        ...

    def after_change(self, thread_id: str | None) -> None:
        """The thread of this id may be another one now."""
        ...


_ANSWERS: dict[str, Callable[[Any], Any]] = {
    "threads": listing.threads,
    "describeThread": listing.describe_thread,
    "deleteThread": changing.delete,
    "restoreThread": changing.restore,
    "copyThread": changing.copy,
    "exportThread": exchange.export,
    "importThread": exchange.import_,
    "prune": changing.prune,
    "timeline": timeline.timeline,
    "annotate": timeline.annotate,
    "keyHistory": keys.key_history,
}


class FileRoom:
    """Nothing of LangGraph is needed here, and nobody waits here for the graph's own code."""

    def __init__(self, owner: Callable[[], Owner | None]) -> None:
        self._owner = owner
        self._jobs: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def ask(self, job: Callable[[], None]) -> None:
        """Has `job` done after those that were asked for before. Called by one thread."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="langgraph-debugger-file", daemon=True)
            self._thread.start()
        self._jobs.put(job)

    def answer(self, method: str, params: Any) -> Any:
        """The answer to a request."""
        owner = self._owner()
        if owner is None or not owner.has_file(Path(params["file"])):
            return _ANSWERS[method](params)
        owner.before_change(method, params.get("threadId"))
        result = _ANSWERS[method](params)
        if method == "deleteThread":
            owner.after_change(params["threadId"])
        elif "threadId" in result:
            owner.after_change(result["threadId"])
        return result

    def _work(self) -> None:
        while True:
            self._jobs.get()()
