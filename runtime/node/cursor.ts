// Moves the cursor of a thread: finds the checkpoint that is meant, and makes it the newest by a copy.
//
// LangGraph goes on from the newest checkpoint of a namespace when it is given the thread alone. So whatever is gone
// back to is copied, the graphs around it too where they have gone on since, and nothing of the old branch is lost.

import type { GraphPosition, MoveTarget } from "../../src/protocol/runtime.ts";
import { Fork, isDone, newerId, parentsOf, type Row, type Stored } from "./fork.ts";
import { withNext } from "./goto.ts";
import type { GraphIndex } from "./graphs.ts";
import type { SnapshotTask } from "./langgraph.ts";
import { isCount, isWithin, splitStep, stepsOf, withoutIds } from "./namespaces.ts";
import type { Saving } from "./saving.ts";
import { Targets, unknownCheckpoint, type Wanted } from "./targets.ts";

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
    const fork = new Fork(this.#saving, threadId, this.#kept);
    const move = new Move(new Targets(this.#index, fork, live), fork);
    await move.look();
    return move;
  }
}

class Move {
  readonly #targets: Targets;
  readonly #fork: Fork;
  /** Copies that the cursor stands at, of which nothing was made; newest first. */
  #untouched: readonly Row[] = [];

  constructor(targets: Targets, fork: Fork) {
    this.#targets = targets;
    this.#fork = fork;
  }

  /** To be called first. The last copy of a move is the newest checkpoint of the thread until something runs. */
  async look(): Promise<void> {
    const [newest] = this.#fork.rows(undefined, 1);
    const move = newest?.metadata.move;
    if (newest === undefined || typeof move !== "string") return;
    const copies = this.#fork.rows(undefined).filter(({ metadata }) => metadata.move === move);
    for (const { ns, id } of copies) {
      const tuple = await this.#fork.tuple(ns, id);
      const kept = this.#fork.keptBy(id);
      const isWritten = tuple?.pendingWrites?.some(([taskId]) => !kept.includes(taskId)) ?? true;
      if (isWritten || (await this.#fork.isEdited(ns, id))) return;
    }
    this.#untouched = copies;
  }

  // ------------------------------------------------------------------------------------------ the way there

  find(to: MoveTarget): Promise<Wanted> {
    return this.#targets.find(to);
  }

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
      const graph = this.#targets.graph(each, false);
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
    if (own === undefined || !more.every(isCount)) return undefined;
    const [name, id] = splitStep(own);
    return stored.tasks.find((task) => (id === undefined ? task.name === name : task.id === id));
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
    for (const namespace of this.#fork.namespaces()) {
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
      const rows = this.#fork.rows(namespace).filter((row) => !this.#isUntouched(row.ns, row.id));
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
      const graph = this.#targets.graph(namespace, true);
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
    const rows = this.#fork.rows(namespace, this.#untouched.length + 1);
    if (this.#isUntouched(namespace, id)) return rows[0]?.id;
    return rows.find((row) => !this.#isUntouched(row.ns, row.id))?.id;
  }
}
