// The state of a graph that runs: its live channel values.

import { stateKeysOf } from "./graphs.ts";
import type { LiveGraph } from "./live.ts";

/** Keys in schema order; channels that hold nothing yet have no value. */
export function stateOf(live: LiveGraph): { keys: string[]; values: { [key: string]: unknown } } {
  const keys = stateKeysOf(live.graph);
  const values: { [key: string]: unknown } = {};
  for (const key of keys) {
    const channel = live.loop.channels[key];
    if (channel?.isAvailable()) values[key] = channel.get();
  }
  return { keys, values };
}
