// State and updates as the user knows them, without the channels that LangGraph keeps for itself.

import { stateKeysOf } from "./graphs.ts";
import type { Graph, Write } from "./langgraph.ts";
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

/** The values of a snapshot by key: LangGraph gives the value of a graph's only channel as it is. */
export function stateIn(graph: Graph, values: unknown): { [key: string]: unknown } {
  if (values === null || values === undefined) return {};
  const only = graph.streamChannelsAsIs;
  return Array.isArray(only) ? (values as { [key: string]: unknown }) : { [only]: values };
}

/** A key that has no value yet is undefined, as it is in the state that a node gets. */
export function withUnset(graph: Graph, state: object): { [key: string]: unknown } {
  return { ...Object.fromEntries(stateKeysOf(graph).map((key) => [key, undefined])), ...state };
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
