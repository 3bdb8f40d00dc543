"""The callback handler of a run: holds tasks at their start, tells the watch of starts, ends, tokens."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from uuid import UUID

from langchain_core.callbacks import AsyncCallbackHandler

from . import old_python
from .run import TaskRun

if TYPE_CHECKING:
    from .run import Gate, Run
    from .watch import Watch


class RunHandler(AsyncCallbackHandler):
    """
    Inline and awaited, so that a task can wait in it before the node's body; it works on any event loop.
    """

    run_inline = True
    raise_error = True
    ignore_agent = True
    ignore_retriever = True
    ignore_retry = True
    ignore_custom_event = True

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self.run: Run | None = None

    def _guarded(self, function: Callable[..., Gate | None], *args: Any) -> Gate | None:
        """What goes wrong in the debugger must not go wrong in the user's graph."""
        try:
            return function(self.run, *args)
        except Exception as exc:
            self._watch.trouble(exc)
            return None

    async def on_chain_start(
        self,
        serialized: dict[str, Any] | None,
        inputs: Any,
        *,
        run_id: UUID,
        metadata: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        if self.run is not None and metadata:
            gate = self._guarded(self._watch.starts, run_id, metadata)
            if gate is not None:
                await gate.wait()
                self._guarded(self._watch.started, run_id)
            if old_python.NEEDED and isinstance(task := self.run.by_run_id.get(run_id), TaskRun):
                old_python.lend_config(run_id, task.task)

    async def on_chain_end(self, outputs: Any, *, run_id: UUID, **kwargs: Any) -> None:
        if self.run is not None and run_id in self.run.by_run_id:
            gate = self._guarded(self._watch.ended, run_id)
            if gate is not None:
                await gate.wait()

    async def on_chain_error(self, error: BaseException, *, run_id: UUID, **kwargs: Any) -> None:
        if self.run is not None and run_id in self.run.by_run_id:
            gate = self._guarded(self._watch.failed, run_id, error)
            if gate is not None:
                await gate.wait()

    async def on_chat_model_start(
        self,
        serialized: dict[str, Any],
        messages: list[list[Any]],
        *,
        run_id: UUID,
        metadata: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        if self.run is not None:
            self._watch.model_starts(self.run, run_id, metadata or {})

    async def on_llm_start(
        self,
        serialized: dict[str, Any],
        prompts: list[str],
        *,
        run_id: UUID,
        metadata: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        if self.run is not None:
            self._watch.model_starts(self.run, run_id, metadata or {})

    async def on_llm_new_token(self, token: Any, *, run_id: UUID, **kwargs: Any) -> None:
        if self.run is not None and isinstance(token, str) and token:
            self._watch.token(self.run, run_id, token)

    async def on_llm_end(self, response: Any, *, run_id: UUID, **kwargs: Any) -> None:
        if self.run is not None:
            self.run.models.pop(run_id, None)

    async def on_llm_error(self, error: BaseException, *, run_id: UUID, **kwargs: Any) -> None:
        if self.run is not None:
            self.run.models.pop(run_id, None)
