"""The callback handlers of a run: one tells the watch of starts, ends and tokens, one holds tasks."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from uuid import UUID

from langchain_core.callbacks import AsyncCallbackHandler, BaseCallbackHandler

from . import old_python
from .run import TaskRun
from .timing import begins_in_task

if TYPE_CHECKING:
    from .run import Gate, Run
    from .watch import Watch


class RunHandler(BaseCallbackHandler):
    """
    Synchronous and inline: LangChain would start an event loop for each event of an asynchronous handler in
    the synchronous code of a node. A gate that a start, an end or an error leads to is left for the hold
    handler, which LangChain asks next in the same thread.
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
        self.hold = HoldHandler(self)

    def __hash__(self) -> int:
        # LangChain merges lists of handlers by way of sets, whose order follows the hash: this one stays
        # before the
        # hold handler, as a small hash has its place before a larger one.
        return 0

    def guarded(self, function: Callable[..., Any], *args: Any) -> Any:
        """What goes wrong in the debugger must not go wrong in the user's graph."""
        run = self.run
        began = time.perf_counter()
        try:
            return function(run, *args)
        except Exception as exc:
            self._watch.tell.trouble(exc)
            return None
        finally:
            if run is not None:
                run.own_seconds += time.perf_counter() - began

    def started(self, run_id: UUID) -> None:
        """A task that was held goes on."""
        self.guarded(self._watch.started, run_id)

    def on_chain_start(
        self,
        serialized: dict[str, Any] | None,
        inputs: Any,
        *,
        run_id: UUID,
        parent_run_id: UUID | None = None,
        metadata: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        if self.run is not None and metadata:
            around = self.run.by_run_id.get(parent_run_id)
            if isinstance(around, TaskRun):
                self.guarded(begins_in_task, run_id, around, kwargs.get("name"))
            self.hold.expect(run_id, self.guarded(self._watch.starts, run_id, metadata))
            if old_python.NEEDED and isinstance(task := self.run.by_run_id.get(run_id), TaskRun):
                old_python.lend_config(run_id, task.task)

    def on_chain_end(self, outputs: Any, *, run_id: UUID, **kwargs: Any) -> None:
        if self.run is not None and run_id in self.run.by_run_id:
            self.hold.expect(run_id, self.guarded(self._watch.ended, run_id, outputs))

    def on_chain_error(self, error: BaseException, *, run_id: UUID, **kwargs: Any) -> None:
        if self.run is not None and run_id in self.run.by_run_id:
            self.hold.expect(run_id, self.guarded(self._watch.failed, run_id, error))

    def on_chat_model_start(
        self,
        serialized: dict[str, Any],
        messages: list[list[Any]],
        *,
        run_id: UUID,
        metadata: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        if self.run is not None:
            self.guarded(self._watch.tell.model_starts, run_id, metadata or {})

    def on_llm_start(
        self,
        serialized: dict[str, Any],
        prompts: list[str],
        *,
        run_id: UUID,
        metadata: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        if self.run is not None:
            self.guarded(self._watch.tell.model_starts, run_id, metadata or {})

    def on_llm_new_token(self, token: Any, *, run_id: UUID, **kwargs: Any) -> None:
        if self.run is not None and isinstance(token, str) and token:
            self.guarded(self._watch.tell.token, run_id, token)

    def on_llm_end(self, response: Any, *, run_id: UUID, **kwargs: Any) -> None:
        if self.run is not None:
            self.run.models.pop(run_id, None)

    def on_llm_error(self, error: BaseException, *, run_id: UUID, **kwargs: Any) -> None:
        if self.run is not None:
            self.run.models.pop(run_id, None)


class HoldHandler(AsyncCallbackHandler):
    """Waits at a gate, awaited before the node's body; it works on any event loop, and without one."""

    run_inline = True
    raise_error = True
    ignore_llm = True
    ignore_chat_model = True
    ignore_agent = True
    ignore_retriever = True
    ignore_retry = True
    ignore_custom_event = True

    def __init__(self, teller: RunHandler) -> None:
        self._teller = teller
        self._gates: dict[UUID, Gate] = {}

    def __hash__(self) -> int:
        return 1  # after the run handler, see there

    def expect(self, run_id: UUID, gate: Gate | None) -> None:
        """The gate at which this handler's callback for the same event has to wait."""
        if gate is not None:
            self._gates[run_id] = gate

    @property
    def ignore_chain(self) -> bool:
        """
        Whether there is nothing to wait for: LangChain then does not call. Other events may come between an
        event's call of the run handler and that of this one, so each finds its gate by its own run.
        """
        return not self._gates

    async def on_chain_start(self, serialized: Any, inputs: Any, *, run_id: UUID, **kwargs: Any) -> None:
        if await self._wait(run_id):
            self._teller.started(run_id)

    async def on_chain_end(self, outputs: Any, *, run_id: UUID, **kwargs: Any) -> None:
        await self._wait(run_id)

    async def on_chain_error(self, error: BaseException, *, run_id: UUID, **kwargs: Any) -> None:
        await self._wait(run_id)

    async def _wait(self, run_id: UUID) -> bool:
        gate = self._gates.pop(run_id, None)
        if gate is None:
            return False
        await gate.wait()
        return True
