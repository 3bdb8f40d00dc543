// Which checkpoint is meant by a target of a move: a step back, a task, other nodes.

import type { GraphPosition, MoveTarget } from "../../src/protocol/runtime.ts";
import { parentId } from "./checkpoints.ts";
import { notBegun, RuntimeError } from "./errors.ts";
import { type Fork, parentsOf, type Stored } from "./fork.ts";
import { checkNodes } from "./goto.ts";
import { type GraphIndex, graphAt } from "./graphs.ts";
import { type CheckpointTuple, configText, type Graph, isHidden, type SnapshotTask } from "./langgraph.ts";
import { isCount, isWithin, namespaceAround, positionAt, stepsOf, withoutIds } from "./namespaces.ts";
import { readWrites } from "./position.ts";

/** Where the cursor goes. */
export interface Wanted {
  namespace: string;
  checkpointId: string;
  /** Its tasks begin anew, also where it is the newest checkpoint. */
  fresh: boolean;
  /** Tasks of it whose results stay. */
  keeps(task: SnapshotTask): boolean;
  /** Nodes that come next instead of its own. */
  goto?: readonly string[];
}

const nothing = (): boolean => false;

const keepsNone = "This graph has no checkpoint of its own. Move in the graph around it.";

export const unknownCheckpoint = (message: string): RuntimeError =>
  new RuntimeError("unknownCheckpoint", message);

const namespaceOf = (tuple: CheckpointTuple): string => configText(tuple.config, "checkpoint_ns") ?? "";

/** Finds targets on one thread. Every method throws RuntimeError when there is none; nothing is changed. */
export class Targets {
  readonly #index: GraphIndex;
  readonly #fork: Fork;
  /** Where the run of this process stands: not all that has begun is in the file. */
  readonly #live: GraphPosition | undefined;

  constructor(index: GraphIndex, fork: Fork, live: GraphPosition | undefined) {
    this.#index = index;
    this.#fork = fork;
    this.#live = live;
  }

  async find(to: MoveTarget): Promise<Wanted> {
    const { namespace } = to;
    switch (to.kind) {
      case "checkpoint": {
        const { checkpointId } = to;
        // An empty id would be read as the newest.
        if (checkpointId === "" || (await this.#fork.tuple(namespace, checkpointId)) === undefined) {
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
    const known = this.graph(namespace, isInside);
    const stored = known === undefined ? undefined : await this.#fork.stored(known, namespace);
    if (stored === undefined) {
      if (namespace !== "") throw unknownCheckpoint(keepsNone);
      throw notBegun(this.#fork.threadId);
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
    const own = parent.tasks.filter((task) => !isHidden(task));
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
    const graph = this.graph(namespace, false);
    const stored = graph === undefined ? undefined : await this.#fork.stored(graph, namespace);
    if (stored !== undefined) return stored;
    throw unknownCheckpoint(keepsNone);
  }

  /** Undefined only where the live run has it, or where it `mayFail`. */
  graph(namespace: string, mayFail: boolean): Graph | undefined {
    const graph = graphAt(this.#index, namespace)?.graph;
    if (graph !== undefined || mayFail || positionAt(this.#live, namespace) !== undefined) return graph;
    throw unknownCheckpoint(
      "The graph of this checkpoint is not known before it runs. Run the thread on first.",
    );
  }

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
    return this.#fork.namespaces().some((each) => {
      if (isWithin(each, own)) return true;
      return isWithin(each, kept) && !each.includes(":") && this.#isOf(each, namespace, tuple.checkpoint.id);
    });
  }

  #isOf(namespace: string, around: string, checkpointId: string): boolean {
    return parentsOf(this.#fork.rows(namespace, 1)[0])[around] === checkpointId;
  }

  #isRunning(namespace: string): boolean {
    const position = positionAt(this.#live, namespace);
    return (
      position?.tasks.some(({ status, subgraph }) => status !== "pending" || subgraph !== undefined) ?? false
    );
  }

  #around(namespace: string, tuple: CheckpointTuple | undefined): string {
    const known = Object.keys(parentsOf(tuple)).sort((a, b) => stepsOf(b).length - stepsOf(a).length);
    if (known[0] !== undefined) return known[0];
    const above = namespaceAround(this.#live, namespace);
    if (above !== undefined) return above;
    const steps = stepsOf(namespace);
    while (isCount(steps.at(-1) ?? "")) steps.pop();
    return steps.slice(0, -1).join("|");
  }
}
