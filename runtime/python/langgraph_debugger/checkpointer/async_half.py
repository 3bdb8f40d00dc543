"""The async half of the checkpointer: `put` works in memory only, what may wait for the disk in a thread."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    BaseCheckpointSaver,
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
)

if TYPE_CHECKING:
    from langgraph.checkpoint.base import DeltaChannelHistory  # not in langgraph 0.6

_END = object()


class AsyncHalf(BaseCheckpointSaver[str]):
    """Each method is its sync counterpart without blocking the event loop."""

    def wait_for_room(self) -> None:
        """Wait while too much waits to be written."""
        raise NotImplementedError

    def flush(self) -> None:
        """Wait until all is written."""
        raise NotImplementedError

    async def aflush(self) -> None:
        """`flush()` without blocking the loop."""
        await asyncio.to_thread(self.flush)

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """`put()` without blocking the loop."""
        if self.is_full():
            await asyncio.to_thread(self.wait_for_room)
        return self.put(config, checkpoint, metadata, new_versions)

    async def aput_writes(
        self,
        config: RunnableConfig,
        writes: Sequence[tuple[str, Any]],
        task_id: str,
        task_path: str = "",
    ) -> None:
        """`put_writes()` without blocking the loop."""
        if self.is_full():
            await asyncio.to_thread(self.wait_for_room)
        self.put_writes(config, writes, task_id, task_path)

    def is_full(self) -> bool:
        """Whether `put` would have to wait."""
        raise NotImplementedError

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """`get_tuple()` without blocking the loop."""
        return await asyncio.to_thread(self.get_tuple, config)

    async def alist(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[CheckpointTuple]:
        """`list()` without blocking the loop."""
        found = self.list(config, filter=filter, before=before, limit=limit)
        while True:
            item = await asyncio.to_thread(next, found, _END)
            if not isinstance(item, CheckpointTuple):
                return
            yield item

    async def adelete_thread(self, thread_id: str) -> None:
        """`delete_thread()` without blocking the loop."""
        await asyncio.to_thread(self.delete_thread, thread_id)

    async def adelete_for_runs(self, run_ids: Sequence[str]) -> None:
        """`delete_for_runs()` without blocking the loop."""
        await asyncio.to_thread(self.delete_for_runs, run_ids)

    async def acopy_thread(self, source_thread_id: str, target_thread_id: str) -> None:
        """`copy_thread()` without blocking the loop."""
        await asyncio.to_thread(self.copy_thread, source_thread_id, target_thread_id)

    async def aprune(self, thread_ids: Sequence[str], *, strategy: str = "keep_latest") -> None:
        """`prune()` without blocking the loop."""
        await asyncio.to_thread(self.prune, thread_ids, strategy=strategy)

    async def aget_delta_channel_history(
        self, *, config: RunnableConfig, channels: Sequence[str]
    ) -> Mapping[str, DeltaChannelHistory]:
        """`get_delta_channel_history()` without blocking the loop."""
        return await asyncio.to_thread(self.get_delta_channel_history, config=config, channels=channels)
