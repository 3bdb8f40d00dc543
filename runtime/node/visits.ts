// Graphs that keep their state between visits: whether one that begins goes on with its last visit.

import type { Loop } from "./langgraph.ts";

/** It is in the first superstep after a resume. A task that is only tried again is told the same, by its own config. */
export const isResumed = (loop: Loop): boolean => loop.config.configurable?.__pregel_resuming === true;

/**
 * On the first superstep after a resume LangGraph takes each graph that keeps its state between visits
 * (`checkpointer: true`) for one that goes on: it ignores its new input and gives back its old state. It goes on only
 * when its checkpoint was made in this superstep of the graphs around it.
 */
export function beginNewVisit(loop: Loop, namespace: string): void {
  if (namespace.includes(":") || !loop.isResuming) return;
  const { configurable = {} } = loop.config;
  const around = (configurable.checkpoint_map ?? {}) as { [namespace: string]: string };
  const parents = (loop.checkpointMetadata.parents ?? {}) as { [namespace: string]: string };
  if (Object.keys(around).every((key) => parents[key] === around[key])) return;
  const { __pregel_resuming: _, ...rest } = configurable;
  loop.config = { ...loop.config, configurable: rest };
}
