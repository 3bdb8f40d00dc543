// Breakpoints on keys of the state: their ids, and why one can not be.

import type { GraphModel } from "../model/graph.ts";

/** A key of a graph's state. */
export interface DataKey {
  /** `GraphModel.id`. */
  readonly graph: string;
  readonly key: string;
}

/** The same in every session, so that a client can keep it. */
export function dataIdOf({ graph, key }: DataKey): string {
  return JSON.stringify([graph, key]);
}

/** Undefined for what is no id of ours. */
export function dataKeyOf(dataId: string): DataKey | undefined {
  try {
    const parts = JSON.parse(dataId) as unknown;
    if (!Array.isArray(parts) || parts.length !== 2) return undefined;
    const [graph, key] = parts as unknown[];
    return typeof graph === "string" && typeof key === "string" ? { graph, key } : undefined;
  } catch {
    return undefined;
  }
}

/** Why there can be no such breakpoint, or undefined where there can. `keys`: those of the graph's state, where known. */
export function whyNoData(
  { graph, key }: DataKey,
  models: readonly GraphModel[],
  keys: readonly string[] | undefined,
): { readonly reason: "failed" | "pending"; readonly message: string } | undefined {
  if (keys) {
    if (keys.includes(key)) return undefined;
    const message = `The state of ${graph === "" ? "the graph" : graph} has no key "${key}". It has ${keys.join(", ")}.`;
    return { reason: "failed", message };
  }
  if (models.some(({ id }) => id === graph)) return undefined;
  return {
    reason: "pending",
    message: `No graph ${graph} is known yet; it is bound when the run comes to it.`,
  };
}
