// Earlier checkpoints of a thread: the steps taken on a branch, what they wrote, and their state.

import type { HistoryEntry, HistoryParams, HistoryResult } from "../../src/protocol/runtime.ts";
import { configOf, type Place, parentId, snapshotAt } from "./checkpoints.ts";
import { type GraphIndex, graphAt, stateKeysOf } from "./graphs.ts";
import {
  type CheckpointTuple,
  type Graph,
  isHidden,
  type Saver,
  type Snapshot,
  type SnapshotTask,
} from "./langgraph.ts";
import { checkpointInfo } from "./position.ts";
import type { Saving } from "./saving.ts";
import { updateOf } from "./state.ts";

const visibleTasks = (snapshot: Snapshot): SnapshotTask[] => snapshot.tasks.filter((task) => !isHidden(task));

/** The steps of one branch, newest first: from a checkpoint to its parent, and so on. */
export async function history(
  index: GraphIndex,
  saver: Saving,
  params: HistoryParams,
): Promise<HistoryResult> {
  const { threadId, namespace, before, limit } = params;
  const at = graphAt(index, namespace);
  if (at === undefined) return { entries: [], more: false };
  const tupleAt = (checkpointId?: string): Promise<CheckpointTuple | undefined> =>
    saver.getTuple(configOf({ threadId, namespace, checkpointId }));
  let tuple = await tupleAt(before);
  if (before !== undefined && tuple !== undefined) tuple = await parentOf(tuple, tupleAt);
  const entries: HistoryEntry[] = [];
  while (tuple !== undefined && entries.length < limit) {
    const place = { threadId, namespace, checkpointId: tuple.checkpoint.id };
    const snapshot = await snapshotAt(at.graph, saver, place);
    const parent = await parentOf(tuple, tupleAt);
    const made = parent === undefined ? undefined : await madeOf(at.graph, saver, tuple, parent, place);
    entries.push({
      checkpoint: checkpointInfo(
        tuple,
        visibleTasks(snapshot).map(({ name }) => name),
      ),
      nodes: made?.nodes ?? [],
      written: made?.written ?? [],
      graph: at.id,
    });
    tuple = parent;
  }
  return { entries, more: tuple !== undefined };
}

async function parentOf(
  tuple: CheckpointTuple,
  tupleAt: (checkpointId: string) => Promise<CheckpointTuple | undefined>,
): Promise<CheckpointTuple | undefined> {
  const id = parentId(tuple);
  return id === undefined ? undefined : tupleAt(id);
}

/** The nodes whose writes, pending at its parent, made a checkpoint, and the keys of the state that these are of. */
async function madeOf(
  graph: Graph,
  saver: Saving,
  tuple: CheckpointTuple,
  parent: CheckpointTuple,
  place: Place,
): Promise<Pick<HistoryEntry, "nodes" | "written"> | undefined> {
  const writes = parent.pendingWrites ?? [];
  const keys = (some: typeof writes): string[] => {
    const channels = new Set(some.map(([, channel]) => channel));
    return stateKeysOf(graph).filter((key) => channels.has(key));
  };
  switch (tuple.metadata?.source) {
    case "loop":
    case "fork": {
      const snapshot = await snapshotAt(graph, saver, { ...place, checkpointId: parent.checkpoint.id });
      return { nodes: visibleTasks(snapshot).map(({ name }) => name), written: keys(writes) };
    }
    case "update": {
      const tasks = updatesOf(saver, tuple);
      const own = writes.filter(([task]) => tasks.some(({ id }) => id === task));
      return { nodes: tasks.map(({ name }) => name), written: keys(own) };
    }
    default:
      return undefined;
  }
}

/** What each task of the superstep that made this checkpoint wrote, by node; `#2` for the second of one name. */
export async function writesOf(
  graph: Graph,
  saver: Saving,
  place: Place,
): Promise<{ [node: string]: unknown }> {
  const tuple = await saver.getTuple(configOf(place));
  const id = parentId(tuple);
  if (tuple === undefined || id === undefined || tuple.metadata?.source === "input") return {};
  const parentPlace = { ...place, checkpointId: id };
  const parent = await saver.getTuple(configOf(parentPlace));
  const writes: { [node: string]: unknown } = {};
  const tasks =
    tuple.metadata?.source === "update"
      ? updatesOf(saver, tuple)
      : visibleTasks(await snapshotAt(graph, saver, parentPlace));
  for (const task of tasks) {
    let key = task.name;
    for (let number = 2; key in writes; number += 1) key = `${task.name}#${number}`;
    const own = (parent?.pendingWrites ?? []).filter(([taskId]) => taskId === task.id);
    writes[key] = updateOf(own.map(([, channel, value]) => [channel, value]));
  }
  return writes;
}

/** The task that LangGraph's update has made up, as far as it was noted. What was pending is written there too. */
function updatesOf(saver: Saving, { config }: CheckpointTuple): { id: string; name: string }[] {
  const { tasks = {} } = JSON.parse(saver.timing(config as never) ?? "{}") as {
    tasks?: { [id: string]: { node: string } };
  };
  return Object.entries(tasks).map(([id, { node }]) => ({ id, name: node }));
}

/** The input of a task that was made by Send, from the checkpoint before it. */
export async function inputOf(graph: Graph, saver: Saver, place: Place, taskId: string): Promise<unknown> {
  const snapshot = await snapshotAt(graph, saver, place);
  const path = visibleTasks(snapshot).find(({ id }) => id === taskId)?.path;
  const tuple = await saver.getTuple(configOf(place));
  // Versions before 1.4 store more of the channel than what was sent: the channel itself knows.
  const sends = graph.channels.__pregel_tasks?.fromCheckpoint(
    tuple?.checkpoint.channel_values.__pregel_tasks,
  );
  if (!sends?.isAvailable()) return undefined;
  return (sends.get() as { args?: unknown }[])[Number(path?.[1])]?.args;
}
