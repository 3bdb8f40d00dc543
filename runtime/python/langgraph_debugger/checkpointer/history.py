"""The writes that a DeltaChannel is rebuilt from (LangGraph's `get_delta_channel_history`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from langgraph_debugger.checkpointer.decoder import Decoder
from langgraph_debugger.checkpointer.store import Reader

if TYPE_CHECKING:
    from langgraph.checkpoint.base import DeltaChannelHistory  # not in langgraph 0.6


def delta_history(
    reader: Reader,
    decoder: Decoder,
    key: tuple[str, str, str | None],
    channels: Sequence[str],
) -> Mapping[str, DeltaChannelHistory]:
    """Walk from the parent of the checkpoint `key` (thread id, namespace, id or None for the latest) up.

    The writes of the checkpoint itself are pending, and left out. Those of the ancestor whose value is
    the seed came after that value, and are in.
    """
    thread_id, ns, checkpoint_id = key
    newest_first: dict[str, list[tuple[str, str, Any]]] = {name: [] for name in channels}
    seeds: dict[str, Any] = {}
    remaining = set(channels)
    target = reader.checkpoint(thread_id, ns, checkpoint_id)
    current = target.parent if target is not None else None
    walked: set[str] = set()
    while current is not None and current not in walked and remaining:
        walked.add(current)
        row = reader.checkpoint(thread_id, ns, current)
        if row is None:
            break
        writes = [write for write in reader.writes(thread_id, ns, current) if write.channel in remaining]
        decoder.load(write.value for write in writes)
        for write in reversed(writes):
            newest_first[write.channel].append((write.task, write.channel, decoder.value(write.value)))
        found = decoder.pick(row.channels, remaining)
        seeds.update(found)
        remaining -= found.keys()
        current = row.parent
    result: dict[str, DeltaChannelHistory] = {}
    for name in channels:
        result[name] = {"writes": newest_first[name][::-1]}
        if name in seeds:
            result[name]["seed"] = seeds[name]
    return result
