// Where a thread stands, as a tree of graphs and tasks: from the graphs that run, or from the checkpoint file.

import type {
  CheckpointInfo,
  GraphPosition,
  InterruptInfo,
  TaskPosition,
  TaskStatus,
} from "../../src/protocol/runtime.ts";
import { calls } from "./calls.ts";
import { configOf, parentId, snapshotAt } from "./checkpoints.ts";
import { errorInfo } from "./errors.ts";
import { type GraphIndex, nestedGraph, stateKeysOf } from "./graphs.ts";
import { toJson } from "./json.ts";
import {
  type CheckpointTuple,
  configText,
  errorChannel,
  errorSourceChannel,
  type Graph,
  interruptChannel,
  isHidden,
  isPush,
  type PendingWrite,
  resumeChannel,
  type Saver,
  type SnapshotTask,
} from "./langgraph.ts";
import type { LiveGraph, LiveGraphs, LiveTask } from "./live.ts";
import { withoutIds } from "./namespaces.ts";

const notResults = new Set([errorChannel, errorSourceChannel, interruptChannel, resumeChannel]);

/** What one task has written so far, from the raw pending writes of its superstep. */
interface TaskWrites {
  status: TaskStatus;
  interrupts: { id?: string; value?: unknown; response_schema?: unknown }[];
  resume: unknown[];
  error: unknown;
}

/**
 * LangGraph's own summary (`StateSnapshot.next`, `tasks`) takes an answered interrupt for an open one and the
 * siblings of a failed node for failed, so the status is derived from the raw writes.
 */
export function readWrites(taskId: string, writes: readonly PendingWrite[]): TaskWrites {
  const own = writes.filter(([id]) => id === taskId);
  const of = (channel: string): unknown[] =>
    own.filter(([, name]) => name === channel).map(([, , value]) => value);
  const interrupts = of(interruptChannel).flat() as TaskWrites["interrupts"];
  const [error] = of(errorChannel);
  const failed = error !== undefined;
  const status: TaskStatus = own.some(([, channel]) => !notResults.has(channel))
    ? "done"
    : interrupts.length > 0
      ? "waiting"
      : failed
        ? isAbort(error)
          ? "cancelled"
          : "failed"
        : "pending";
  return { status, interrupts, resume: of(resumeChannel).flat(), error };
}

const isAbort = (error: unknown): boolean => {
  const { name, message } = error as { name?: unknown; message?: unknown };
  return name === "AbortError" || message === "Abort" || message === "AbortError";
};

interface TaskParts {
  id: string;
  name: string;
  hasInput: boolean;
  status: TaskStatus;
  written: TaskWrites;
  error: unknown;
  subgraph: GraphPosition | undefined;
}

function taskPosition(parts: TaskParts, graph: string, namespace: string): TaskPosition {
  const { written, subgraph } = parts;
  const deeper = new Set(subgraph === undefined ? [] : interruptsOf(subgraph).map(({ id }) => id));
  const interrupts: InterruptInfo[] = [];
  const at = calls.place(parts.id);
  const tries = calls.tries(parts.id, written.resume.length);
  // An interrupt of a nested graph is written for each task around it too: it is told once, where it was raised.
  for (const interrupt of parts.status === "waiting" ? written.interrupts : []) {
    const id = interrupt.id ?? parts.id;
    if (deeper.has(id)) continue;
    interrupts.push({
      id,
      index: written.resume.length,
      node: parts.name,
      namespace,
      graph,
      value: toJson(interrupt.value),
      ...(interrupt.response_schema === undefined
        ? {}
        : { responseSchema: toJson(interrupt.response_schema) }),
      earlier: written.resume.map(toJson),
      ...(at === undefined ? {} : { at }),
      ...(tries === undefined ? {} : { tries }),
    });
  }
  const failed = parts.status === "failed" || parts.status === "cancelled";
  return {
    id: parts.id,
    name: parts.name,
    status: parts.status,
    hasInput: parts.hasInput,
    interrupts,
    ...(failed ? { error: errorInfo(parts.error, { node: parts.name, namespace }) } : {}),
    ...(subgraph === undefined ? {} : { subgraph }),
  };
}

/** All interrupts that wait in this graph and below. */
export function interruptsOf(position: GraphPosition): InterruptInfo[] {
  return position.tasks.flatMap((task) => [
    ...task.interrupts,
    ...(task.subgraph === undefined ? [] : interruptsOf(task.subgraph)),
  ]);
}

/** Sends as they were sent, then nodes by name: LangGraph's own order differs between a step and a resume. */
function inOrder<Item>(items: Item[], of: (item: Item) => SnapshotTask): Item[] {
  const rank = (item: Item): string => (isPush(of(item).path) ? "" : of(item).name);
  return items.sort((a, b) => (rank(a) < rank(b) ? -1 : rank(a) > rank(b) ? 1 : 0));
}

const taskOf = ({ task }: LiveTask): SnapshotTask => task as SnapshotTask;

/** From the graphs of a run that stands. `over`: its stream has ended, so that nothing counts as running. */
export function livePosition(graphs: LiveGraphs, live: LiveGraph, over: boolean): GraphPosition {
  const { loop } = live;
  const isEnded = loop.status === "done" || loop.status === "out_of_steps";
  const tasks = isEnded
    ? []
    : inOrder(
        [...live.tasks.values()].filter(({ task }) => !isHidden(task)),
        taskOf,
      );
  const positions = tasks.map((liveTask) => {
    const { task } = liveTask;
    const written = readWrites(task.id, loop.checkpointPendingWrites);
    const status = liveStatus(liveTask, written, over);
    const child =
      status === "done" ? undefined : graphs.children(task.id).findLast((one) => shows(one, over));
    return taskPosition(
      {
        id: task.id,
        name: String(task.name),
        hasInput: isPush(task.path),
        status,
        written,
        error: liveTask.error ?? written.error,
        subgraph: child === undefined ? undefined : livePosition(graphs, child, over),
      },
      live.id,
      live.namespace,
    );
  });
  const next = positions.filter((task) => task.status !== "done").map((task) => task.name);
  const checkpoint = liveCheckpoint(live, next);
  return {
    graph: live.id,
    namespace: live.namespace,
    ...(checkpoint === undefined ? {} : { checkpoint }),
    stateKeys: stateKeysOf(live.graph),
    tasks: positions,
  };
}

const shows = (live: LiveGraph, over: boolean): boolean =>
  over
    ? live.loop.status !== "done"
    : // One that is held before it ends stands after its last nodes.
      live.phase !== "ended" && (live.loop.status !== "done" || live.phase === "held");

function liveStatus(live: LiveTask, written: TaskWrites, over: boolean): TaskStatus {
  if (written.status === "done") return "done";
  if (over) return written.status;
  if (live.phase === "computing") return "running";
  if (live.phase === "held" && live.error !== undefined) return "failed";
  // Interrupts and errors of the task's run before this one are answered or tried again by now.
  return live.phase === "ended" ? written.status : "pending";
}

function liveCheckpoint(live: LiveGraph, next: string[]): CheckpointInfo | undefined {
  const {
    checkpointer,
    checkpoint,
    checkpointMetadata: metadata,
    prevCheckpointConfig: parentConfig,
  } = live.loop;
  if (checkpointer === undefined) return undefined;
  const config = { configurable: { checkpoint_ns: live.namespace } };
  return checkpointInfo({ config, checkpoint, metadata, ...(parentConfig && { parentConfig }) }, next);
}

/** `next`: the nodes that come after it. */
export function checkpointInfo(tuple: CheckpointTuple, next: string[]): CheckpointInfo {
  const parent = parentId(tuple);
  return {
    id: tuple.checkpoint.id,
    ...(parent === undefined ? {} : { parentId: parent }),
    namespace: configText(tuple.config, "checkpoint_ns") ?? "",
    step: Number(tuple.metadata?.step ?? -1),
    source: String(tuple.metadata?.source ?? "loop"),
    createdAt: tuple.checkpoint.ts,
    next,
    metadata: toJson(tuple.metadata ?? {}) as CheckpointInfo["metadata"],
  };
}

interface GraphPlace {
  graph: Graph;
  id: string;
  namespace: string;
}

/** Reads where a thread stands, without running anything. Undefined: the file has no such thread. */
export async function storedPosition(
  index: GraphIndex,
  saver: Saver,
  threadId: string,
  at: GraphPlace = { graph: index.root, id: "", namespace: "" },
): Promise<GraphPosition | undefined> {
  const tuple = await saver.getTuple(configOf({ threadId, namespace: at.namespace }));
  if (tuple === undefined) return undefined;
  const below = async (task: SnapshotTask): Promise<GraphPosition | undefined> => {
    const child = childOf(index, at, task);
    const found = child === undefined ? undefined : await storedPosition(index, saver, threadId, child);
    return found !== undefined && isBegunBy(found, at.namespace, tuple.checkpoint.id) ? found : undefined;
  };
  return positionOf(saver, threadId, at, tuple, below);
}

/** Where a graph stood at a checkpoint. Without `readBelow` no subgraphs are told, but what tasks were answered. */
export async function positionOf(
  saver: Saver,
  threadId: string,
  at: GraphPlace,
  tuple: CheckpointTuple,
  readBelow?: (task: SnapshotTask) => Promise<GraphPosition | undefined>,
): Promise<GraphPosition> {
  const place = { threadId, namespace: at.namespace, checkpointId: tuple.checkpoint.id };
  const snapshot = await snapshotAt(at.graph, saver, place);
  const tasks: TaskPosition[] = [];
  for (const task of inOrder([...snapshot.tasks], (each) => each)) {
    if (isHidden(task)) continue;
    const written = readWrites(task.id, tuple.pendingWrites ?? []);
    const below = written.status === "done" ? undefined : await readBelow?.(task);
    const parts: TaskParts = {
      id: task.id,
      name: task.name,
      hasInput: isPush(task.path),
      status: below === undefined ? written.status : statusAround(below, written.status),
      // All that waits in this task waits in its subgraph; what is written here may have been moved back from.
      written: below === undefined ? written : { ...written, interrupts: [] },
      error: written.error,
      subgraph: below,
    };
    const position = taskPosition(parts, at.id, at.namespace);
    tasks.push(readBelow === undefined ? { ...position, answers: written.resume.map(toJson) } : position);
  }
  // Of the past, what came next is told: all of it is done by now.
  const next = tasks.filter((task) => readBelow === undefined || task.status !== "done");
  return {
    graph: at.id,
    namespace: at.namespace,
    checkpoint: checkpointInfo(
      tuple,
      next.map(({ name }) => name),
    ),
    stateKeys: stateKeysOf(at.graph),
    tasks,
  };
}

/**
 * Whether a subgraph's state is of the superstep that comes after this checkpoint. A graph that keeps its state between
 * visits may stand where an earlier visit left it.
 */
function isBegunBy(below: GraphPosition, namespace: string, checkpointId: string): boolean {
  if (below.tasks.length === 0) return false;
  const parents = below.checkpoint?.metadata.parents as { [namespace: string]: string } | undefined;
  return below.namespace.includes(":") || (parents?.[namespace] ?? checkpointId) === checkpointId;
}

/** A task's own writes tell of its subgraph as it was when it stopped; the cursor may have been moved in it since. */
function statusAround(below: GraphPosition, status: TaskStatus): TaskStatus {
  if (status === "waiting") return interruptsOf(below).length > 0 ? status : "pending";
  if (status === "failed" || status === "cancelled") return hasFailed(below) ? status : "pending";
  return status;
}

const hasFailed = (position: GraphPosition): boolean =>
  position.tasks.some(
    ({ status, subgraph }) =>
      status === "failed" || status === "cancelled" || (subgraph !== undefined && hasFailed(subgraph)),
  );

function childOf(
  index: GraphIndex,
  at: GraphPlace,
  task: { id: string; name: string },
): GraphPlace | undefined {
  const id = at.id === "" ? task.name : `${at.id}/${task.name}`;
  const spec = at.graph.nodes[task.name];
  const graph = index.graph(id) ?? (spec === undefined ? undefined : nestedGraph(spec));
  if (graph === undefined || graph.checkpointer === false) return undefined;
  // A graph that keeps its state between visits has a namespace without task ids.
  const own = graph.checkpointer === true ? task.name : `${task.name}:${task.id}`;
  const around = graph.checkpointer === true ? withoutIds(at.namespace) : at.namespace;
  return { graph, id, namespace: around === "" ? own : `${around}|${own}` };
}
