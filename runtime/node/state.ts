// State and updates as the user knows them, without the channels that LangGraph keeps for itself.

import { stateKeysOf } from "./graphs.ts";
import type { Write } from "./langgraph.ts";
import type { LiveGraph } from "./live.ts";

/** Live values by key, in schema order; channels that hold nothing yet have none. */
export function stateOf(live: LiveGraph): { [key: string]: unknown } {
  const values: { [key: string]: unknown } = {};
  for (const key of stateKeysOf(live.graph)) {
    const channel = live.loop.channels[key];
    if (channel?.isAvailable()) values[key] = channel.get();
  }
  return values;
}

/** What a task wrote, as its node returned it. */
export function updateOf(writes: readonly Write[]): { [key: string]: unknown } {
  const update: { [key: string]: unknown } = {};
  for (const [channel, value] of writes) {
    if (channel.startsWith("branch:") || channel.startsWith("join:")) continue;
    if (channel.startsWith("__") && channel !== "__root__" && channel !== "__end__") continue;
    update[channel] = value;
  }
  return update;
}
