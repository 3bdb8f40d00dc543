// Copies of checkpoints, with the pending writes that are kept: what is gone back from stays in the file as it is.

import { randomBytes } from "node:crypto";
import { configOf, parentId, snapshotAt } from "./checkpoints.ts";
import {
  type Checkpoint,
  type CheckpointTuple,
  errorChannel,
  errorSourceChannel,
  type Graph,
  interruptChannel,
  type PendingWrite,
  resumeChannel,
  type SnapshotTask,
} from "./langgraph.ts";
import { readWrites } from "./position.ts";
import type { Saving } from "./saving.ts";
import { pathOf } from "./timing.ts";

/** A checkpoint, and the tasks that come after it. */
export interface Stored {
  readonly graph: Graph;
  readonly namespace: string;
  readonly tuple: CheckpointTuple;
  readonly tasks: readonly SnapshotTask[];
}

interface Key {
  readonly ns: string;
  readonly id: string;
}

/** A checkpoint without its values. */
export interface Row extends Key {
  readonly metadata: { [key: string]: unknown };
}

/** What a copy is called, and which checkpoints of the graphs around it belongs to. */
export interface Naming {
  readonly namespace: string;
  readonly id: string;
  /** Id of the checkpoint that it is told to be a copy of. */
  readonly from: string;
  /** Ids by namespace of the graphs around. */
  readonly parents: { readonly [namespace: string]: string };
  /** All copies of one move have the same. */
  readonly move: string;
}

/** The checkpoints of one thread, read and copied. */
export class Fork {
  readonly saving: Saving;
  readonly threadId: string;
  /** Tasks whose writes were copied, by the copy's id. */
  readonly #kept: Map<string, string[]>;

  constructor(saving: Saving, threadId: string, kept: Map<string, string[]>) {
    this.saving = saving;
    this.threadId = threadId;
    this.#kept = kept;
  }

  /** Newest first, without their values; of one namespace or of all. */
  rows(namespace?: string, limit?: number): Row[] {
    const options = {
      ...(namespace === undefined ? {} : { ns: namespace }),
      ...(limit === undefined ? {} : { limit }),
    };
    return this.saving
      .summaries(this.threadId, options)
      .map(({ ns, id, metadata }) => ({ ns, id, metadata: JSON.parse(metadata) as Row["metadata"] }));
  }

  namespaces(): string[] {
    return this.saving.namespaces(this.threadId);
  }

  tuple(namespace: string, checkpointId?: string): Promise<CheckpointTuple | undefined> {
    return this.saving.getTuple(this.#config(namespace, checkpointId));
  }

  /** With the tasks that come after it. Undefined: it is not in the file. */
  async stored(graph: Graph, namespace: string, checkpointId?: string): Promise<Stored | undefined> {
    const tuple = await this.tuple(namespace, checkpointId);
    if (tuple === undefined) return undefined;
    return { graph, namespace, tuple, tasks: await this.#tasks(graph, namespace, tuple.checkpoint.id) };
  }

  /**
   * Puts a copy of `of`, or of `changed` in its place, under a new name. `keeps` says of each task whether its result
   * is kept; of others only earlier answers are. Returns the new ids of the tasks by the old ones.
   */
  async copy(
    of: Stored,
    naming: Naming,
    keeps: (task: SnapshotTask) => "all" | "answers" | "nothing",
    changed: Checkpoint = of.tuple.checkpoint,
  ): Promise<Map<string, string>> {
    const { graph, tuple } = of;
    const { move: _move, ...metadata } = tuple.metadata ?? {};
    await this.#put(
      naming.namespace,
      { ...changed, id: naming.id, ts: new Date().toISOString() },
      {
        ...metadata,
        source: "fork",
        forked_from: naming.from,
        parents: naming.parents,
        move: naming.move,
      },
      parentId(tuple),
    );
    this.#copyTiming(
      { ns: of.namespace, id: tuple.checkpoint.id },
      { ns: naming.namespace, id: naming.id },
      new Map(),
    );
    const ids = correspond(of.tasks, await this.#tasks(graph, naming.namespace, naming.id));
    const kept: string[] = [];
    for (const task of of.tasks) {
      const id = ids.get(task.id);
      if (id === undefined) continue;
      const what = keeps(task);
      const writes = (tuple.pendingWrites ?? []).filter(
        ([taskId, channel]) => taskId === task.id && isKept(channel, what),
      );
      if (writes.length === 0) continue;
      await this.#putWrites(naming.namespace, naming.id, id, writes, pathOf(task));
      kept.push(id);
    }
    this.#kept.set(naming.id, kept);
    return ids;
  }

  /** An empty checkpoint: the graph has never run. */
  async putEmpty(naming: Omit<Naming, "from" | "parents">, like: Checkpoint): Promise<void> {
    const empty = { channel_values: {}, channel_versions: {}, versions_seen: {} };
    await this.#put(
      naming.namespace,
      { ...like, ...empty, id: naming.id, ts: new Date().toISOString() },
      { source: "fork", step: -2, parents: {}, move: naming.move },
      undefined,
    );
  }

  /** Copies all that led to a checkpoint into another namespace, under the same ids. */
  async copyAncestors(of: Stored, to: Omit<Naming, "id" | "from">): Promise<void> {
    const { graph, namespace } = of;
    const chain: CheckpointTuple[] = [];
    for (let id = parentId(of.tuple); id !== undefined; ) {
      const tuple = await this.tuple(namespace, id);
      if (tuple === undefined) break;
      chain.unshift(tuple);
      id = parentId(tuple);
    }
    // A delta channel is made again from its writes in the order of the task ids, so that these must stay.
    const hasDeltas = Object.values(graph.channels).some(
      ({ lc_graph_name }) => lc_graph_name === "DeltaChannel",
    );
    let ids: ReadonlyMap<string, string> = new Map();
    for (const tuple of chain) {
      const { id } = tuple.checkpoint;
      const metadata = { ...tuple.metadata, parents: to.parents, move: to.move };
      await this.#put(to.namespace, tuple.checkpoint, metadata, parentId(tuple));
      this.#copyTiming({ ns: namespace, id }, { ns: to.namespace, id }, ids);
      const tasks = await this.#tasks(graph, namespace, id);
      ids = hasDeltas
        ? new Map<string, string>()
        : correspond(tasks, await this.#tasks(graph, to.namespace, id));
      const byTask = grouped(tuple.pendingWrites ?? [], ([taskId]) => taskId);
      for (const [taskId, writes] of byTask) {
        const task = tasks.find((each) => each.id === taskId);
        await this.#putWrites(to.namespace, id, ids.get(taskId) ?? taskId, writes, pathOf(task));
      }
      const copied = [...byTask.keys()].map((taskId) => ids.get(taskId) ?? taskId);
      this.#kept.set(id, [...(this.#kept.get(id) ?? []), ...copied]);
    }
  }

  /** `ids`: the new ones of the tasks that made the checkpoint. */
  #copyTiming(from: Key, to: Key, ids: ReadonlyMap<string, string>): void {
    const timing = this.saving.timing(this.#config(from.ns, from.id) as never);
    if (timing === null) return;
    const { tasks, ...rest } = JSON.parse(timing) as { tasks?: { [task: string]: unknown } };
    const renamed = Object.entries(tasks ?? {}).map(([id, task]) => [ids.get(id) ?? id, task] as const);
    const text = JSON.stringify({ ...rest, tasks: Object.fromEntries(renamed) });
    this.saving.setTiming(this.#config(to.ns, to.id) as never, text);
  }

  async isEdited(namespace: string, checkpointId: string): Promise<boolean> {
    const edits = await this.saving.edits(this.#config(namespace, checkpointId));
    return edits.length > 0;
  }

  /** Removes a copy of which nothing was made. */
  discard(namespace: string, checkpointId: string): void {
    const config = this.#config(namespace, checkpointId);
    this.saving.discard(config, this.keptBy(checkpointId));
  }

  /** Tasks whose writes are only copies. */
  keptBy(checkpointId: string): readonly string[] {
    return this.#kept.get(checkpointId) ?? [];
  }

  async #tasks(graph: Graph, namespace: string, checkpointId: string): Promise<SnapshotTask[]> {
    const place = { threadId: this.threadId, namespace, checkpointId };
    return (await snapshotAt(graph, this.saving, place)).tasks;
  }

  async #put(
    namespace: string,
    checkpoint: Checkpoint,
    metadata: object,
    parent: string | undefined,
  ): Promise<void> {
    const config = this.#config(namespace, parent);
    await this.saving.put(config, checkpoint as never, metadata as never, {});
  }

  async #putWrites(
    namespace: string,
    checkpointId: string,
    taskId: string,
    writes: readonly PendingWrite[],
    path: string,
  ): Promise<void> {
    const config = this.#config(namespace, checkpointId);
    const pairs = writes.map(([, channel, value]) => [channel, value] as [string, unknown]);
    await this.saving.putWrites(config, pairs, taskId, path);
  }

  #config(namespace: string, checkpointId?: string): ReturnType<typeof configOf> {
    return configOf({ threadId: this.threadId, namespace, checkpointId });
  }
}

export const isDone = (stored: Stored, task: SnapshotTask): boolean =>
  readWrites(task.id, stored.tuple.pendingWrites ?? []).status === "done";

/** Ids by namespace of the checkpoints of the graphs around. */
export function parentsOf(from: { metadata?: { [key: string]: unknown } } | undefined): {
  [namespace: string]: string;
} {
  return (from?.metadata?.parents ?? {}) as { [namespace: string]: string };
}

const endings = new Set([errorChannel, errorSourceChannel, interruptChannel]);

function isKept(channel: string, what: "all" | "answers" | "nothing"): boolean {
  if (what === "all") return !endings.has(channel);
  return what === "answers" && channel === resumeChannel;
}

/**
 * LangGraph makes a task's id from its checkpoint's, so that the tasks of a copy have others. They correspond by
 * their order and name, those made by Send apart.
 */
function correspond(from: readonly SnapshotTask[], to: readonly SnapshotTask[]): Map<string, string> {
  const kind = ({ name, path }: SnapshotTask): string => `${String(path?.[0])} ${name}`;
  const left = grouped(to, kind);
  const ids = new Map<string, string>();
  for (const task of from) {
    const other = left.get(kind(task))?.shift();
    if (other !== undefined) ids.set(task.id, other.id);
  }
  return ids;
}

function grouped<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return groups;
}

const ticksBefore1970 = 122_192_928_000_000_000n;
const idForm = /^([0-9a-f]{8})-([0-9a-f]{4})-6([0-9a-f]{3})-/i;

/** A checkpoint id as LangGraph's own (UUID version 6), newer than `newest` and than every one made before now. */
export function newerId(newest: string | undefined): string {
  const found = newest === undefined ? null : idForm.exec(newest);
  const last = found === null ? 0n : BigInt(`0x${found[1]}${found[2]}${found[3]}`);
  const now = BigInt(Date.now()) * 10_000n + ticksBefore1970;
  const ticks = (now > last ? now : last + 1n).toString(16).padStart(15, "0");
  const random = randomBytes(8);
  random[0] = ((random[0] ?? 0) & 0x3f) | 0x80;
  const rest = random.toString("hex");
  return `${ticks.slice(0, 8)}-${ticks.slice(8, 12)}-6${ticks.slice(12)}-${rest.slice(0, 4)}-${rest.slice(4)}`;
}
