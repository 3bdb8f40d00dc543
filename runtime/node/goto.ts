// A checkpoint after which other nodes come next than those that were pending.

import { RuntimeError } from "./errors.ts";
import type { Stored } from "./fork.ts";
import { visibleNodes } from "./graphs.ts";
import { type ChannelSpec, type Checkpoint, type Graph, isPush, type SnapshotTask } from "./langgraph.ts";

const sendsChannel = "__pregel_tasks";
const channelTo = (node: string): string => `branch:to:${node}`;
const isSend = (task: SnapshotTask): boolean => isPush(task.path);

/** Throws when the graph can't go to one of these nodes. */
export function checkNodes(graph: Graph, nodes: readonly string[]): void {
  const known = visibleNodes(graph).map(([name]) => name);
  for (const node of nodes) {
    if (!known.includes(node)) {
      throw new RuntimeError("unknownNode", `The graph has no node ${node}. It has: ${known.join(", ")}.`);
    }
    if (graph.channels[channelTo(node)] === undefined) {
      throw new RuntimeError("unknownNode", "A function of the functional API has no other nodes to go to.");
    }
  }
  if (nodes.length === 0) throw new RuntimeError("unknownNode", "Name the node to go to.");
}

/**
 * The checkpoint with `nodes` as the next ones, through LangGraph's own channel objects. The tasks in `kept` stay; what
 * triggers the others counts as seen, as it does when they have run.
 */
export function withNext(
  stored: Stored,
  nodes: readonly string[],
  kept: (task: SnapshotTask) => boolean,
  nextVersion: (current: number) => number,
): Checkpoint {
  const { graph, tuple, tasks } = stored;
  const { checkpoint } = tuple;
  const values = { ...checkpoint.channel_values };
  const versions = { ...checkpoint.channel_versions };
  const seen = { ...checkpoint.versions_seen };
  const version = nextVersion(Math.max(0, ...Object.values(versions).map(Number)));
  const channel = (name: string): ChannelSpec | undefined =>
    graph.channels[name]?.fromCheckpoint(values[name]);
  const keep = (name: string, changed: ChannelSpec): void => {
    versions[name] = version;
    const value = storedValue(changed);
    if (value === undefined) delete values[name];
    else values[name] = value;
  };
  const pulled = tasks.filter((task) => !isSend(task));
  const keptTriggers = new Set(pulled.filter(kept).flatMap(({ name }) => graph.nodes[name]?.triggers ?? []));
  for (const task of pulled) {
    if (kept(task) || nodes.includes(task.name)) continue;
    for (const trigger of graph.nodes[task.name]?.triggers ?? []) {
      const found = channel(trigger);
      if (found === undefined || !found.isAvailable()) continue;
      seen[task.name] = { ...seen[task.name], [trigger]: versions[trigger] ?? version };
      if (!keptTriggers.has(trigger) && found.consume()) keep(trigger, found);
    }
  }
  const sends = channel(sendsChannel);
  if (sends?.isAvailable()) {
    const indexes = tasks.filter((task) => isSend(task) && kept(task)).map(({ path }) => Number(path?.[1]));
    const left = (sends.get() as unknown[]).filter((_, index) => indexes.includes(index));
    const changed = graph.channels[sendsChannel]?.fromCheckpoint(undefined);
    if (left.length > 0) changed?.update(left);
    if (changed !== undefined) keep(sendsChannel, changed);
  }
  for (const node of nodes) {
    if (pulled.some(({ name }) => name === node)) continue;
    const found = channel(channelTo(node));
    if (found === undefined) continue;
    found.update(["__start__"]);
    // A deferred node waits until all others have finished.
    if (!found.isAvailable()) found.finish();
    keep(channelTo(node), found);
  }
  return { ...checkpoint, channel_values: values, channel_versions: versions, versions_seen: seen };
}

function storedValue(channel: ChannelSpec): unknown {
  try {
    return channel.checkpoint();
  } catch {
    return undefined; // it is empty
  }
}
