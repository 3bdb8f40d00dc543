// Moves the cursor of the thread: a step back, back to a breakpoint, a node again, to a chosen node, to a checkpoint.
// Nothing runs; the next run from there makes a branch.

import type { DebugProtocol } from "@vscode/debugprotocol";
import type { GraphPosition, HistoryEntry, MoveTarget, Position } from "../protocol/runtime.ts";
import type { Reply } from "./base-session.ts";
import type { Client } from "./client.ts";
import type { Debuggee } from "./debuggee.ts";
import {
  cannotRestartFrame,
  DebugError,
  noAnswerToUndo,
  nothingToGoBackTo,
  staleReference,
  unknownCheckpoint,
  unknownNode,
} from "./errors.ts";
import { HandleTree } from "./handles.ts";
import { metBefore, type PastBreakpoints } from "./met-before.ts";
import type { Frame } from "./shown.ts";
import { graphAt, leafOf, type Stop, type StoppedThread } from "./stop.ts";
import type { Standing, Stops } from "./stops.ts";
import { stepsBack } from "./walk.ts";

/** A node that `goto` can choose. */
interface Choice {
  readonly graph: string;
  readonly namespace: string;
  readonly node: string;
  /** As a thread at this node is called. */
  readonly label: string;
  readonly place: { readonly path: string; readonly line: number } | undefined;
}

/** How a user calls what was done: "Back before node x". */
type Manner = Pick<Standing, "reason" | "text" | "hitBreakpointIds" | "thread"> & { readonly word: string };

export class Travel {
  readonly #debuggee: Debuggee;
  readonly #client: Client;
  readonly #stops: Stops;
  readonly #breakpoints: PastBreakpoints;
  readonly #choices = new HandleTree<Choice>();
  #choicesOf: number | undefined;

  constructor(debuggee: Debuggee, client: Client, stops: Stops, breakpoints: PastBreakpoints) {
    this.#debuggee = debuggee;
    this.#client = client;
    this.#stops = stops;
    this.#breakpoints = breakpoints;
    debuggee.runtime.on("superstep", (event) => debuggee.visits.note(event));
  }

  // -------------------------------------------------------------------------------------------- back

  /** One step back in the graph of the thread. */
  stepBack(threadId: number | undefined, reply: Reply): Promise<void> {
    return this.#stops.alone(async () => {
      const { stop, thread } = this.#at(threadId);
      const [graph] = graphsOf(thread);
      await this.#move(stop, graph ? backFrom(graph, thread) : { kind: "back", namespace: "" }, reply, {
        word: "Back",
        reason: "step",
        thread: thread.id,
      });
    });
  }

  /** Back to the last breakpoint that was met in the graph of the thread or those around it, else to the run's start. */
  reverseContinue(threadId: number, reply: Reply): Promise<void> {
    return this.#stops.alone(async () => {
      const { stop, thread } = this.#at(threadId);
      const { runtime, plan } = this.#debuggee;
      const id = stop.position?.threadId ?? this.#debuggee.threadId;
      const all = this.#breakpoints.toRuntime();
      const graphs = graphsOf(thread);
      const inside = await this.#debuggee.visits.read(
        runtime,
        id,
        all,
        graphs.map(({ namespace }) => namespace),
      );
      let start: MoveTarget = { kind: "back", namespace: "" };
      for (const graph of graphs) {
        for await (const { entry, where } of stepsBack(runtime, id, graph, inside)) {
          const { id: checkpointId, namespace } = entry.checkpoint;
          const to: MoveTarget =
            where === "here" ? backFrom(graph, thread) : { kind: "checkpoint", namespace, checkpointId };
          if (where !== "inside") start = to;
          if (where === "here" && !hasBegun(graph, thread)) continue;
          const met = await metBefore(entry, all, runtime, plan.language, where !== "here");
          if (!met) continue;
          await this.#move(
            stop,
            to,
            reply,
            {
              word: "Back",
              reason: "breakpoint",
              hitBreakpointIds: met.ids,
              ...(met.text !== undefined && { text: met.text }),
            },
            met.after ? entry : undefined,
          );
          return;
        }
      }
      await this.#move(stop, start, reply, { word: "Back", reason: "entry" });
    });
  }

  // -------------------------------------------------------------------------------------------- again

  /** The frame's task begins anew, or the step of a past frame does. */
  restartFrame(frame: Frame, reply: Reply): Promise<void> {
    return this.#stops.alone(async () => {
      const stop = this.#debuggee.requireStop();
      const to = restartOf(frame);
      if (!to) throw cannotRestartFrame();
      await this.#move(stop, to, reply, { word: "Again", reason: "restart", thread: frame.thread.id });
    });
  }

  // -------------------------------------------------------------------------------------------- elsewhere

  /**
   * The nodes that can come next instead: the one whose function this line begins; else those of the graphs at the stop
   * that are in this file, the nearest first.
   */
  gotoTargets(path: string | undefined, line: number): DebugProtocol.GotoTarget[] {
    const stop = this.#debuggee.requireStop();
    const choices = this.#nodes(stop.threads);
    const here = new Set(choices.filter(({ place }) => place?.path === path).map(({ graph }) => graph));
    if (this.#choicesOf !== stop.number) this.#choices.nextStop();
    this.#choicesOf = stop.number;
    const distance = ({ place }: Choice): number =>
      place?.path === path && place ? Math.abs(place.line - line) : Number.POSITIVE_INFINITY;
    const nodes = choices.filter(({ graph }) => here.has(graph));
    const named = nodes.filter((choice) => distance(choice) === 0);
    return (named.length > 0 ? named : nodes)
      .sort((a, b) => (distance(a) === distance(b) ? 0 : distance(a) - distance(b)))
      .map((choice) => ({
        id: this.#choices.get(0, `${choice.namespace}\n${choice.node}`, choice),
        label: choice.label,
        line: this.#client.toClientLine(
          choice.place?.path === path && choice.place ? choice.place.line : line,
        ),
      }));
  }

  /** The chosen node comes next in its graph. */
  goto(threadId: number, targetId: number, reply: Reply): Promise<void> {
    return this.#stops.alone(async () => {
      const { stop, thread } = this.#at(threadId);
      if (this.#choicesOf !== stop.number) throw staleReference("target");
      const choice = this.#choices.resolve(targetId, "target");
      // Where one graph runs in several branches, that of the thread is meant.
      const own = graphsOf(thread).find(({ graph }) => graph === choice.graph);
      await this.#goto(stop, thread, { ...choice, namespace: own?.namespace ?? choice.namespace }, reply);
    });
  }

  /** The node of this name: of the innermost graph that has one, or `subgraph:node`. */
  nodeNamed(name: string): { namespace: string; node: string } {
    return this.#named(name, this.#at(undefined).thread);
  }

  #named(name: string, thread: StoppedThread): Choice {
    const choices = this.#nodes([thread]);
    const choice = choices.find(({ label, node }) => label === name || node === name);
    if (choice) return choice;
    throw unknownNode(
      name,
      choices.map(({ label }) => label),
    );
  }

  async #goto(stop: Stop, thread: StoppedThread, { namespace, node }: Choice, reply: Reply): Promise<void> {
    const to: MoveTarget = { kind: "goto", namespace, nodes: [node] };
    await this.#move(stop, to, reply, { word: "Jumped to", reason: "goto", thread: thread.id });
  }

  /** The cursor goes to a checkpoint: of the graph at `namespace`, or of any graph at the stop. */
  fork(checkpointId: string, namespace: string | undefined, reply: Reply): Promise<void> {
    return this.#stops.alone(async () => {
      const { stop } = this.#at(undefined);
      const around = stop.threads.flatMap(graphsOf).map((graph) => graph.namespace);
      const places = namespace === undefined ? [...new Set(["", ...around])] : [namespace];
      for (const place of places) {
        try {
          const to: MoveTarget = { kind: "checkpoint", namespace: place, checkpointId };
          await this.#move(stop, to, reply, { word: "Moved to", reason: "goto" });
          return;
        } catch (error) {
          if (!(error instanceof DebugError) || error.data?.code !== "unknownCheckpoint") throw error;
        }
      }
      throw unknownCheckpoint(checkpointId);
    });
  }

  /** Back to before the last answer that was sent in this session. The node begins anew and asks again. */
  undo(reply: Reply): Promise<void> {
    return this.#stops.alone(async () => {
      const { stop } = this.#at(undefined);
      const { sentAnswers } = this.#debuggee;
      const { last } = sentAnswers;
      if (!last) throw noAnswerToUndo();
      const { namespace, checkpointId, taskId } = last;
      const there = graphAt(stop.position, namespace);
      // What else has been answered at this step stays.
      const stays = there?.checkpoint?.id === checkpointId && there.tasks.some(({ id }) => id === taskId);
      const to: MoveTarget = stays
        ? { kind: "task", namespace, taskId }
        : { kind: "checkpoint", namespace, checkpointId };
      await this.#move(stop, to, reply, { word: "Answer undone", reason: "goto" });
      sentAnswers.takeBack(last, !stays);
    });
  }

  /** Names that `nodeNamed` takes. */
  nodeNames(): string[] {
    return [...new Set(this.#nodes(this.#debuggee.stop?.threads ?? []).map(({ label }) => label))];
  }

  /** Every node of the graphs at these threads, innermost graph first. */
  #nodes(threads: readonly StoppedThread[]): Choice[] {
    const found = new Map<string, Choice>();
    for (const thread of threads) {
      const names = thread.levels.map(({ task }) => task?.name ?? "");
      [...thread.levels.entries()].reverse().forEach(([depth, { graph }]) => {
        if (!graph.checkpoint) return;
        for (const { name: node } of this.#debuggee.graphs.nodesOf(graph.graph)) {
          const label = [...names.slice(0, depth), node].join(":");
          const place = this.#debuggee.graphs.before(graph.graph, node);
          const choice = { graph: graph.graph, namespace: graph.namespace, node, label, place };
          if (!found.has(`${choice.namespace}\n${node}`)) found.set(`${choice.namespace}\n${node}`, choice);
        }
      });
    }
    return [...found.values()];
  }

  // -------------------------------------------------------------------------------------------- moving

  #at(threadId: number | undefined): { stop: Stop; thread: StoppedThread } {
    const stop = this.#debuggee.requireStop();
    if (!stop.position) throw nothingToGoBackTo();
    const wanted = threadId ?? stop.focus;
    const thread = stop.threads.find(({ id }) => id === wanted) ?? stop.threads[0];
    if (!thread) throw staleReference("thread");
    return { stop, thread };
  }

  /** `after`: the step whose nodes have just finished, for a stop after them. */
  async #move(stop: Stop, to: MoveTarget, reply: Reply, manner: Manner, after?: HistoryEntry): Promise<void> {
    const { runtime } = this.#debuggee;
    const threadId = stop.position?.threadId ?? this.#debuggee.threadId;
    const position = await runtime.request("move", { threadId, to });
    if (this.#debuggee.phase === "over") return;
    const { word, ...standing } = manner;
    const now = this.#stops.stand({
      ...standing,
      position: after ? afterStep(position, after) : position,
      rests: true,
      word,
    });
    reply.after(() => this.#stops.tell(now, reply.endsStop ? undefined : stop));
  }
}

/** The graphs at a thread that have checkpoints, innermost first. */
function graphsOf(thread: StoppedThread): GraphPosition[] {
  return thread.levels
    .map(({ graph }) => graph)
    .filter(({ checkpoint }) => checkpoint !== undefined)
    .reverse();
}

/** One step back in a graph of the thread. */
function backFrom({ namespace }: GraphPosition, { levels }: StoppedThread): MoveTarget {
  const index = levels.findIndex(({ graph }) => graph.namespace === namespace);
  const task = levels[index]?.task;
  const inside = levels[index + 1]?.graph;
  // The file tells nothing of a graph without checkpoints, nor that its node has begun.
  if (task && inside && !inside.checkpoint) return { kind: "task", namespace, taskId: task.id };
  return { kind: "back", namespace };
}

/** True where tasks of the graph's superstep have begun: one that runs a graph further in always has. */
function hasBegun(graph: GraphPosition, thread: StoppedThread): boolean {
  const inside = leafOf(thread)?.graph.namespace !== graph.namespace;
  return inside || graph.tasks.some(({ status }) => status !== "pending");
}

/** What running a frame again means; undefined where it can't be. */
export function restartOf({ kind, graph, task, entry, thread }: Frame): MoveTarget | undefined {
  const step = entry?.checkpoint ?? graph?.checkpoint;
  const before = (namespace: string): MoveTarget | undefined =>
    step?.parentId === undefined ? undefined : { kind: "checkpoint", namespace, checkpointId: step.parentId };
  if (kind === "history" && entry && entry.nodes.length > 0) return before(entry.checkpoint.namespace);
  if (kind !== "task" || !graph?.checkpoint || !task) return undefined;
  const finished = thread.kind === "after" && leafOf(thread)?.task?.id === task.id;
  return finished ? before(graph.namespace) : { kind: "task", namespace: graph.namespace, taskId: task.id };
}

/** The position as it is told after the step that led to it. */
function afterStep(position: Position, { nodes, checkpoint, graph }: HistoryEntry): Position {
  const tasks = nodes.map((name, index) => ({ id: `${checkpoint.id}/${index}`, name }));
  return { ...position, finished: { namespace: checkpoint.namespace, graph, tasks } };
}
