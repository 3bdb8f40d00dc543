// Moves the cursor of a thread: finds the checkpoint that is meant, and makes it the newest by a copy.
//
// LangGraph goes on from the newest checkpoint of a namespace when it is given the thread alone. So whatever is gone
// back to is copied, the graphs around it too where they have gone on since, and nothing of the old branch is lost.

import type { GraphPosition, MoveTarget } from "../../src/protocol/runtime.ts";
import { RuntimeError } from "./errors.ts";
import { Fork, isDone, newerId, parentId, type Stored, stepsOf } from "./fork.ts";
import { checkNodes, withNext } from "./goto.ts";
import type { GraphIndex } from "./graphs.ts";
import { graphAt } from "./history.ts";
import { type CheckpointTuple, configText, type Graph, type SnapshotTask } from "./langgraph.ts";
import { readWrites } from "./position.ts";
import type { Saving } from "./saving.ts";

/** Where the cursor goes. */
interface Wanted {
  namespace: string;
  checkpointId: string;
  /** Its tasks begin anew, also where it is the newest checkpoint. */
  fresh: boolean;
  /** Tasks of it whose results stay. */
  keeps(task: SnapshotTask): boolean;
  /** Nodes that come next instead of its own. */
  goto?: readonly string[];
}

/** A graph on the way from the root to the wanted one, at the checkpoint that belongs to it. */
interface Level extends Stored {
  readonly id: string;
  /** The task that runs the next graph on the way. */
  readonly onWay: SnapshotTask | undefined;
  /** It is where it has to be. */
  readonly stays: boolean;
}

/** Gives the copies of one move their ids. */
interface Names {
  readonly move: string;
  next(): string;
  /** Resolves when LangGraph's next id is newer than all of them. */
  settle(): Promise<void>;
}

interface Row {
  readonly ns: string;
  readonly id: string;
  readonly metadata: { [key: string]: unknown };
}

const nothing = (): boolean => false;

/** The cursors of all threads of one file. */
export class Cursors {
  readonly #index: GraphIndex;
  readonly #saving: Saving;
  readonly #kept = new Map<string, string[]>();

  constructor(index: GraphIndex, saving: Saving) {
    this.#index = index;
    this.#saving = saving;
  }

  /**
   * Throws RuntimeError when there is no such target; changes nothing. `live` is where the run of this process stands:
   * not all that has begun is in the file.
   */
  async check(threadId: string, to: MoveTarget, live: GraphPosition | undefined): Promise<void> {
    const move = await this.#move(threadId, live);
    await move.levels(await move.find(to));
  }

  /** Moves there; it is on disk when this resolves. No run may go on meanwhile. */
  async move(threadId: string, to: MoveTarget, live: GraphPosition | undefined): Promise<void> {
    const move = await this.#move(threadId, live);
    await move.to(await move.find(to));
    await this.#saving.flush();
  }

  async #move(threadId: string, live: GraphPosition | undefined): Promise<Move> {
    const move = new Move(this.#index, new Fork(this.#saving, threadId, this.#kept), live);
    await move.look();
    return move;
  }
}

class Move {
  readonly #index: GraphIndex;
  readonly #fork: Fork;
  readonly #live: GraphPosition | undefined;
  /** Copies that the cursor stands at, of which nothing was made; newest first. */
  #untouched: readonly Row[] = [];

  constructor(index: GraphIndex, fork: Fork, live: GraphPosition | undefined) {
    this.#index = index;
    this.#fork = fork;
    this.#live = live;
  }

  /** To be called first. The last copy of a move is the newest checkpoint of the thread until something runs. */
  async look(): Promise<void> {
    const [newest] = this.#rows(undefined, 1);
    const move = newest?.metadata.move;
    if (newest === undefined || typeof move !== "string") return;
    const copies = this.#rows(undefined).filter(({ metadata }) => metadata.move === move);
    for (const { ns, id } of copies) {
      const tuple = await this.#fork.tuple(ns, id);
      const kept = this.#fork.keptBy(id);
      const isWritten = tuple?.pendingWrites?.some(([taskId]) => !kept.includes(taskId)) ?? true;
      if (isWritten || (await this.#fork.isEdited(ns, id))) return;
    }
    this.#untouched = copies;
  }

  // ------------------------------------------------------------------------------------------ what is meant

  async find(to: MoveTarget): Promise<Wanted> {
    const { namespace } = to;
    switch (to.kind) {
      case "checkpoint": {
        const { checkpointId } = to;
        if ((await this.#fork.tuple(namespace, checkpointId)) === undefined) {
          throw unknownCheckpoint(`There is no checkpoint ${checkpointId} in this graph of the thread.`);
        }
        return { namespace, checkpointId, fresh: false, keeps: nothing };
      }
      case "back":
        return this.#back(namespace, false);
      case "task": {
        const stored = await this.#newest(namespace);
        const task = stored.tasks.find(({ id }) => id === to.taskId);
        if (task === undefined) {
          throw new RuntimeError(
            "unknownNode",
            "This task is not at the cursor. Choose one of the current stop.",
          );
        }
        return {
          namespace,
          checkpointId: stored.tuple.checkpoint.id,
          fresh: this.#hasBegun(stored, task),
          keeps: ({ id }) => id !== to.taskId,
        };
      }
      case "goto": {
        const stored = await this.#newest(namespace);
        const nodes = [...new Set(to.nodes)];
        checkNodes(stored.graph, nodes);
        const checkpointId = stored.tuple.checkpoint.id;
        return {
          namespace,
          checkpointId,
          fresh: true,
          keeps: ({ name }) => !nodes.includes(name),
          goto: nodes,
        };
      }
    }
  }

  /** `isInside`: from a subgraph, so that the superstep has begun. */
  async #back(namespace: string, isInside: boolean): Promise<Wanted> {
    const known = this.#graph(namespace, isInside);
    const stored = known === undefined ? undefined : await this.#fork.stored(known, namespace);
    if (stored === undefined) {
      if (namespace !== "") throw unknownCheckpoint(keepsNone);
      throw new RuntimeError(
        "unknownThread",
        `Thread ${this.#fork.threadId} has not begun. Give it an input.`,
      );
    }
    const { tuple } = stored;
    const at = { namespace, keeps: nothing };
    const fresh = this.#hasWrites(tuple) || stored.tasks.some((task) => this.#runsGraph(stored, task));
    if (isInside || fresh || this.#isRunning(namespace)) {
      return { ...at, checkpointId: tuple.checkpoint.id, fresh };
    }
    const id = parentId(tuple);
    const parent = id === undefined ? undefined : await this.#fork.stored(stored.graph, namespace, id);
    if (id === undefined || parent === undefined || (await this.#isStart(tuple, parent))) {
      if (namespace === "") throw new RuntimeError("atStart", "There is no step before this one.");
      return this.#back(this.#around(namespace, tuple), true);
    }
    return { ...at, checkpointId: id, fresh: false };
  }

  /** An input leads to it, and no step of the author's. */
  async #isStart(tuple: CheckpointTuple, parent: Stored): Promise<boolean> {
    const own = parent.tasks.filter(({ name }) => name !== "__start__");
    if (own.length === 0 && (await this.#source(parent.tuple)) === "input") return true;
    return (await this.#source(tuple)) === "input";
  }

  /** Of the checkpoint that it is a copy of. */
  async #source(tuple: CheckpointTuple): Promise<unknown> {
    let at = tuple;
    for (;;) {
      const from = at.metadata?.forked_from;
      const original = typeof from === "string" ? await this.#fork.tuple(namespaceOf(at), from) : undefined;
      if (original === undefined) return at.metadata?.source;
      at = original;
    }
  }

  async #newest(namespace: string): Promise<Stored> {
    const graph = this.#graph(namespace, false);
    const stored = graph === undefined ? undefined : await this.#fork.stored(graph, namespace);
    if (stored !== undefined) return stored;
    throw unknownCheckpoint(keepsNone);
  }

  #graph(namespace: string, mayFail: boolean): Graph | undefined {
    const graph = graphAt(this.#index, namespace)?.graph;
    if (graph !== undefined || mayFail || namespaceExists(this.#live, namespace)) return graph;
    throw unknownCheckpoint(
      "The graph of this checkpoint is not known before it runs. Run the thread on first.",
    );
  }

  // ------------------------------------------------------------------------------------------ what has begun

  #hasWrites(tuple: CheckpointTuple): boolean {
    // LangGraph's own, of no task, are those of an input that came after it.
    return (tuple.pendingWrites ?? []).some(([taskId]) => !/^[0-]+$/.test(taskId));
  }

  #hasBegun(stored: Stored, task: SnapshotTask): boolean {
    const { status, resume } = readWrites(task.id, stored.tuple.pendingWrites ?? []);
    return status !== "pending" || resume.length > 0 || this.#runsGraph(stored, task);
  }

  /** The task has run a graph, as far as that keeps checkpoints. */
  #runsGraph(stored: Stored, task: SnapshotTask): boolean {
    const { namespace, tuple } = stored;
    const own = [...stepsOf(namespace), `${task.name}:${task.id}`].join("|");
    const kept = [...stepsOf(withoutIds(namespace)), task.name].join("|");
    return this.#namespaces().some((each) => {
      if (isWithin(each, own)) return true;
      return isWithin(each, kept) && !each.includes(":") && this.#isOf(each, namespace, tuple.checkpoint.id);
    });
  }

  #isOf(namespace: string, around: string, checkpointId: string): boolean {
    return parentsOf(this.#rows(namespace, 1)[0])[around] === checkpointId;
  }

  #isRunning(namespace: string): boolean {
    const position = positionAt(this.#live, namespace);
    return (
      position?.tasks.some(({ status, subgraph }) => status !== "pending" || subgraph !== undefined) ?? false
    );
  }

  // ------------------------------------------------------------------------------------------ the way there

  /** The graphs from the root to the wanted one, as they were at that checkpoint. */
  async levels(wanted: Wanted): Promise<Level[]> {
    const { namespace, checkpointId } = wanted;
    const tuple = await this.#fork.tuple(namespace, checkpointId);
    const ids = new Map(Object.entries(parentsOf(tuple)));
    ids.set(namespace, checkpointId);
    const namespaces = [...ids.keys()].sort((a, b) => stepsOf(a).length - stepsOf(b).length);
    const levels: Level[] = [];
    let stays = true;
    for (const [at, each] of namespaces.entries()) {
      const id = ids.get(each) ?? "";
      const graph = this.#graph(each, false);
      const stored = graph === undefined ? undefined : await this.#fork.stored(graph, each, id);
      if (stored === undefined || (at === 0 && each !== "")) {
        throw unknownCheckpoint("A graph around this checkpoint is not in the file any more.");
      }
      const next = namespaces[at + 1];
      const onWay = next === undefined ? undefined : this.#onWay(stored, next);
      if (next !== undefined && onWay === undefined) {
        throw unknownCheckpoint("This graph was run by a task of another one. Move in the graph around it.");
      }
      const isNewest = this.#newestId(each, id) === id;
      stays = stays && isNewest && (onWay === undefined || !isDone(stored, onWay));
      levels.push({ ...stored, id, onWay, stays });
    }
    return levels;
  }

  /** The task that runs the graph at `inner`, directly. */
  #onWay(stored: Stored, inner: string): SnapshotTask | undefined {
    const [own, ...more] = stepsOf(inner).slice(stepsOf(stored.namespace).length);
    if (own === undefined || more.some((step) => !/^\d+$/.test(step))) return undefined;
    const [name, id] = splitStep(own);
    return stored.tasks.find((task) => (id === undefined ? task.name === name : task.id === id));
  }

  #around(namespace: string, tuple: CheckpointTuple | undefined): string {
    const known = Object.keys(parentsOf(tuple)).sort((a, b) => stepsOf(b).length - stepsOf(a).length);
    if (known[0] !== undefined) return known[0];
    const above = namespaceAround(this.#live, namespace);
    if (above !== undefined) return above;
    const steps = stepsOf(namespace);
    while (/^\d+$/.test(steps.at(-1) ?? "")) steps.pop();
    return steps.slice(0, -1).join("|");
  }

  // ------------------------------------------------------------------------------------------ going there

  async to(wanted: Wanted): Promise<void> {
    const levels = await this.levels(wanted);
    const target = levels.at(-1);
    if (target === undefined) return;
    const isHere = target.stays && !wanted.fresh;
    this.#leave(levels, target, isHere);
    if (isHere) return;
    await this.#fork.saving.flush();
    const naming = this.#naming(levels);
    const firstCopied = levels.findIndex((level) => !level.stays || level === target);
    await this.#setBack(levels.slice(firstCopied), levels, wanted, naming);
    const renamed = new Map<string, string>();
    const parents: { [namespace: string]: string } = {};
    for (const [at, level] of levels.entries()) {
      const namespace = renamed.get(level.namespace) ?? level.namespace;
      const { onWay } = level;
      const next = levels[at + 1];
      if (at < firstCopied) {
        parents[namespace] = level.id;
        continue;
      }
      const place = { namespace, parents: { ...parents }, move: naming.move };
      if (namespace !== level.namespace) await this.#fork.copyAncestors(level, place);
      const own = { ...place, id: naming.next(), from: this.#original(level) };
      const ids = await this.#copy(level, own, wanted);
      parents[namespace] = own.id;
      if (next === undefined || onWay === undefined) continue;
      const step = stepsOf(next.namespace);
      const index = stepsOf(level.namespace).length;
      const moved =
        splitStep(step[index] ?? "")[1] === undefined ? step[index] : `${onWay.name}:${ids.get(onWay.id)}`;
      renamed.set(next.namespace, [...stepsOf(namespace), moved, ...step.slice(index + 1)].join("|"));
    }
    await naming.settle();
  }

  async #copy(
    level: Level,
    naming: Parameters<Fork["copy"]>[1],
    wanted: Wanted,
  ): Promise<Map<string, string>> {
    const { onWay } = level;
    const keeps = (task: SnapshotTask): boolean =>
      onWay === undefined ? wanted.keeps(task) : task.id !== onWay.id;
    const what = (task: SnapshotTask): "all" | "answers" | "nothing" =>
      !keeps(task) ? "nothing" : isDone(level, task) ? "all" : "answers";
    if (onWay !== undefined || wanted.goto === undefined) return this.#fork.copy(level, naming, what);
    const isKept = (task: SnapshotTask): boolean => what(task) === "all";
    const nextVersion = (current: number): number => this.#fork.saving.getNextVersion(current);
    const changed = withNext(level, wanted.goto, isKept, nextVersion);
    const kept = { ...level, tasks: level.tasks.filter(isKept) };
    return this.#fork.copy(kept, naming, () => "all", changed);
  }

  /** Graphs that keep their state between visits go back with the graph around them. */
  async #setBack(
    copied: readonly Level[],
    levels: readonly Level[],
    wanted: Wanted,
    naming: Names,
  ): Promise<void> {
    const onPath = new Set(levels.map(({ namespace }) => namespace));
    for (const namespace of this.#namespaces()) {
      if (namespace === "" || namespace.includes(":") || onPath.has(namespace)) continue;
      const around = copied.findLast((level) => isWithin(namespace, withoutIds(level.namespace)));
      if (around === undefined) continue;
      const node = stepsOf(namespace)[stepsOf(around.namespace).length];
      const isKept = around.tasks.some(
        (task) =>
          task.name === node &&
          isDone(around, task) &&
          (around.onWay === undefined ? wanted.keeps(task) : task !== around.onWay),
      );
      const rows = this.#rows(namespace).filter((row) => !this.#isUntouched(row.ns, row.id));
      const limit = this.#original(around);
      const right = rows.find(
        (row) => row.id < limit || (isKept && parentsOf(row)[around.namespace] === around.id),
      );
      if (right?.id === rows[0]?.id) continue;
      const own = { namespace, id: naming.next(), move: naming.move };
      if (right === undefined) {
        await this.#fork.putEmpty(own, around.tuple.checkpoint);
        continue;
      }
      const graph = this.#graph(namespace, true);
      const stored = graph === undefined ? undefined : await this.#fork.stored(graph, namespace, right.id);
      if (stored === undefined) continue;
      const parents = parentsOf(right);
      await this.#fork.copy(stored, { ...own, from: right.id, parents }, () => "nothing");
    }
  }

  /** The checkpoint that was meant at first, where this one is a copy that is gone. */
  #original(level: Level): string {
    const from = level.tuple.metadata?.forked_from;
    return this.#isUntouched(level.namespace, level.id) && typeof from === "string" ? from : level.id;
  }

  #naming(levels: readonly Level[]): Names {
    let newest = this.#fork.saving.summaries(this.#fork.threadId, { limit: 1 })[0]?.id;
    const next = (): string => {
      newest = newerId(newest);
      return newest;
    };
    // A copy inside of another one that nothing was made of goes with that one.
    const around = levels.find((level) => level.stays && this.#isUntouched(level.namespace, level.id));
    const move = around === undefined ? newerId(newest) : String(around.tuple.metadata?.move);
    // LangGraph counts in milliseconds.
    const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 2));
    return { move, next, settle };
  }

  // ------------------------------------------------------------------------------------------ what is left behind

  /** Removes the copies at the cursor of which nothing was made, but for those that the way there needs. */
  #leave(levels: readonly Level[], target: Level, isHere: boolean): void {
    const rows = this.#untouched;
    const isTarget = (row: Row): boolean => row.ns === target.namespace && row.id === target.id;
    if (isHere && rows.some(isTarget)) return;
    const isInside = levels.some(
      (level) => level !== target && level.stays && this.#isUntouched(level.namespace, level.id),
    );
    const [main] = rows;
    for (const row of isInside && main !== undefined ? [main] : rows) {
      this.#fork.discard(row.ns, row.id);
    }
  }

  #isUntouched(namespace: string, id: string): boolean {
    return this.#untouched.some((row) => row.ns === namespace && row.id === id);
  }

  /** Without the copies that are about to go when the cursor moves to `id`. */
  #newestId(namespace: string, id: string): string | undefined {
    const rows = this.#rows(namespace);
    if (this.#isUntouched(namespace, id)) return rows[0]?.id;
    return rows.find((row) => !this.#isUntouched(row.ns, row.id))?.id;
  }

  #rows(namespace: string | undefined, limit?: number): Row[] {
    const options = {
      ...(namespace === undefined ? {} : { ns: namespace }),
      ...(limit === undefined ? {} : { limit }),
    };
    return this.#fork.saving
      .summaries(this.#fork.threadId, options)
      .map(({ ns, id, metadata }) => ({ ns, id, metadata: JSON.parse(metadata) as Row["metadata"] }));
  }

  #namespaces(): string[] {
    return this.#fork.saving.namespaces(this.#fork.threadId);
  }
}

const keepsNone = "This graph has no checkpoint of its own. Move in the graph around it.";

const unknownCheckpoint = (message: string): RuntimeError => new RuntimeError("unknownCheckpoint", message);

const namespaceOf = (tuple: CheckpointTuple): string => configText(tuple.config, "checkpoint_ns") ?? "";

function parentsOf(from: { metadata?: { [key: string]: unknown } } | undefined): { [ns: string]: string } {
  return (from?.metadata?.parents ?? {}) as { [ns: string]: string };
}

/** Name and task id of one step of a namespace. */
function splitStep(step: string): [name: string, id: string | undefined] {
  const colon = step.lastIndexOf(":");
  return colon < 0 ? [step, undefined] : [step.slice(0, colon), step.slice(colon + 1)];
}

/** As graphs that keep their state have it. */
const withoutIds = (namespace: string): string =>
  stepsOf(namespace)
    .map((step) => splitStep(step)[0])
    .join("|");

const isWithin = (inner: string, outer: string): boolean =>
  outer === "" || inner === outer || inner.startsWith(`${outer}|`);

function positionAt(root: GraphPosition | undefined, namespace: string): GraphPosition | undefined {
  if (root === undefined || root.namespace === namespace) return root;
  for (const { subgraph } of root.tasks) {
    const found = subgraph === undefined ? undefined : positionAt(subgraph, namespace);
    if (found !== undefined) return found;
  }
  return undefined;
}

const namespaceExists = (root: GraphPosition | undefined, namespace: string): boolean =>
  positionAt(root, namespace) !== undefined;

/** Namespace of the graph whose task runs the graph at `namespace`. */
function namespaceAround(root: GraphPosition | undefined, namespace: string): string | undefined {
  for (const { subgraph } of root?.tasks ?? []) {
    if (subgraph?.namespace === namespace) return root?.namespace;
    const found = namespaceAround(subgraph, namespace);
    if (found !== undefined) return found;
  }
  return undefined;
}
