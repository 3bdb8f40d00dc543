// LangGraph's own update of a thread's state as a node: its writers and conditional edges run, nothing else does.

import type { UpdateParams } from "../../src/protocol/runtime.ts";
import { configOf } from "./checkpoints.ts";
import { errorInfo, notBegun, RuntimeError } from "./errors.ts";
import { type GraphIndex, graphAt, visibleNodes } from "./graphs.ts";
import type { Graph } from "./langgraph.ts";
import type { Saving } from "./saving.ts";

const invalid = (message: string, cause?: unknown): RuntimeError =>
  new RuntimeError("invalidEdit", message, { cause });

/** Finds out whether the update can be tried. Returns what does it; it is on disk when that resolves. */
export async function prepareUpdate(
  index: GraphIndex,
  saving: Saving,
  params: UpdateParams,
): Promise<() => Promise<void>> {
  const { threadId, namespace, values, asNode } = params;
  const at = graphAt(index, namespace);
  const tuple = await saving.getTuple(configOf({ threadId, namespace }));
  if (tuple === undefined && namespace === "") throw notBegun(threadId);
  if (at === undefined || tuple === undefined) {
    throw invalid("This graph keeps no checkpoints of its own, so its state can't be changed.");
  }
  const { graph } = at;
  const nodes = visibleNodes(graph).map(([name]) => name);
  if (asNode !== undefined && !nodes.includes(asNode)) {
    throw invalid(`The graph has no node ${asNode}. It has: ${nodes.join(", ")}.`);
  }
  return async () => {
    const { configurable } = configOf({ threadId, namespace });
    const config = { configurable: { ...configurable, __pregel_checkpointer: saving } };
    const before = tasksOf(tuple.pendingWrites);
    const watched = watchNode(graph);
    try {
      await graph.updateState(config, values, asNode);
    } catch (error) {
      const { message } = errorInfo(error);
      throw invalid(`LangGraph refuses this update: ${message}`, error);
    } finally {
      watched.end();
    }
    await saving.flush();
    const now = await saving.getTuple(tuple.config);
    const [task] = [...tasksOf(now?.pendingWrites)].filter((id) => !before.has(id));
    const made = await saving.getTuple(configOf({ threadId, namespace }));
    if (made === undefined || task === undefined || watched.node === undefined) return;
    saving.setTiming(made.config as never, JSON.stringify({ tasks: { [task]: { node: watched.node } } }));
  };
}

const tasksOf = (writes: readonly [string, ...unknown[]][] = []): Set<string> =>
  new Set(writes.map(([id]) => id));

/** Listens to which node LangGraph takes, where it was not told one. */
function watchNode(graph: Graph): { readonly node: string | undefined; end(): void } {
  let node: string | undefined;
  const specs = visibleNodes(graph);
  for (const [name, spec] of specs) {
    const { getWriters } = spec;
    spec.getWriters = () => {
      node = name;
      return getWriters.call(spec);
    };
  }
  return {
    get node() {
      return node;
    },
    end: () => {
      for (const [, spec] of specs) Reflect.deleteProperty(spec, "getWriters");
    },
  };
}
