// What the value of a delta channel is made from: the writes since the nearest ancestor that holds a value.

import type { CheckpointPendingWrite, DeltaChannelHistory } from "@langchain/langgraph-checkpoint";
import type { Decoder } from "./decoder.ts";
import type { Key } from "./keys.ts";
import type { Reader } from "./reader.ts";

/** The walk of LangGraph's MemorySaver: writes from the parent up, to the nearest ancestor with a value. */
export function deltaHistory(
  reader: Reader,
  decoder: Decoder,
  { threadId, ns, id }: Key,
  channels: readonly string[],
): Record<string, DeltaChannelHistory> {
  const newestFirst = new Map<string, CheckpointPendingWrite[]>(channels.map((name) => [name, []]));
  const seeds = new Map<string, unknown>();
  const remaining = new Set(channels);
  const walked = new Set<string>();
  let current = reader.checkpoint(threadId, ns, id)?.parent ?? null;
  while (current !== null && remaining.size > 0 && !walked.has(current)) {
    walked.add(current);
    const row = reader.checkpoint(threadId, ns, current);
    if (row === undefined) break;
    for (const { task, channel, value } of reader.writes(row.thread, ns, row.id).reverse()) {
      if (remaining.has(channel)) newestFirst.get(channel)?.push([task, channel, decoder.entry(value)]);
    }
    for (const [name, seed] of Object.entries(decoder.pick(row.channels, remaining))) {
      if (seed === undefined) continue;
      seeds.set(name, seed);
      remaining.delete(name);
    }
    current = row.parent;
  }
  return Object.fromEntries(
    channels.map((name) => {
      const writes = newestFirst.get(name)?.reverse() ?? [];
      return [name, seeds.has(name) ? { writes, seed: seeds.get(name) } : { writes }];
    }),
  );
}
