// Changes the state by key, or as a node would: where the run stands, or from a checkpoint of the past; and undoes it.

import { isObject } from "../model/json.ts";
import type { SetValueArguments, UpdateStateArguments, UpdateStateBody } from "../protocol/dap.ts";
import type { GraphPosition, MoveTarget, Position, ValueRoot } from "../protocol/runtime.ts";
import type { Reply } from "./base-session.ts";
import type { Debuggee } from "./debuggee.ts";
import { type Change, effectsOf } from "./effects.ts";
import {
  badArguments,
  DebugError,
  noStateYet,
  unknownCheckpoint,
  unknownKey,
  unknownNode,
} from "./errors.ts";
import type { Segment } from "./state-path.ts";
import { graphAt, graphsIn, type Stop } from "./stop.ts";
import { keepingStory, type Stops } from "./stops.ts";
import { childKey } from "./value-path.ts";

/** What is wished for. */
interface Wish extends UpdateStateArguments {
  /** Of mode `set` and one key: what leads from it to the value that is meant. */
  readonly below?: readonly Segment[];
}

/** A change that can be made: where, and what it does. */
interface Plan {
  readonly graph: GraphPosition;
  /** The checkpoint of the past to go to first. */
  readonly move: MoveTarget | undefined;
  readonly effects: string[];
}

/** A graph, and where the thread stands. */
interface Place {
  readonly position: Position;
  readonly graph: GraphPosition;
}

const request = "langgraph/updateState";

export class Changing {
  readonly #debuggee: Debuggee;
  readonly #stops: Stops;

  constructor(debuggee: Debuggee, stops: Stops) {
    this.#debuggee = debuggee;
    this.#stops = stops;
  }

  update(args: UpdateStateArguments, reply: Reply): Promise<UpdateStateBody> {
    return this.#make(args, reply);
  }

  /** Sets one value, be it a key's or one below it. */
  set({ path, value, ...where }: SetValueArguments, reply: Reply): Promise<UpdateStateBody> {
    const [key, ...below] = path;
    return this.#make({ ...where, values: { [String(key)]: value }, below }, reply);
  }

  #make(args: Wish, reply: Reply): Promise<UpdateStateBody> {
    return this.#stops.alone(async () => {
      const stop = this.#debuggee.requireStop();
      if (!stop.position) throw noStateYet();
      const { graph, move, effects } = await this.#plan(args, stop.position);
      if (args.dryRun) return { effects };
      let place: Place = { position: stop.position, graph };
      let now: Stop;
      try {
        if (move) place = await this.#moved(place, move);
        if (args.goto)
          place = await this.#moved(place, {
            kind: "goto",
            namespace: place.graph.namespace,
            nodes: [...new Set(args.goto)],
          });
        const position = await this.#change(args, place);
        now = this.#stand(args, stop, position, move !== undefined);
      } catch (error) {
        if (place.position !== stop.position) await this.#moveBack(stop);
        throw error;
      }
      reply.after(() => this.#stops.tell(now, stop));
      return { effects };
    });
  }

  /** Takes back the last change that was made in place, of this graph at the stop or of the one changed last. */
  undo(namespace: string | undefined, reply: Reply): Promise<{ left: number }> {
    return this.#stops.alone(async () => {
      const { runtime, edits } = this.#debuggee;
      const stop = this.#debuggee.requireStop();
      if (!stop.position) throw noStateYet();
      const { threadId } = stop.position;
      const place = namespace ?? this.edited() ?? "";
      const checkpoint = this.#graph(stop.position, place).checkpoint?.id;
      const count = edits.lastOf(place, checkpoint);
      let { position, left } = await runtime.request("undoEdit", { threadId, namespace: place });
      for (let taken = 1; taken < count && left > 0; taken++)
        ({ position, left } = await runtime.request("undoEdit", { threadId, namespace: place }));
      edits.forgetLast(place, checkpoint);
      const now = this.#again(stop, position);
      reply.after(() => this.#stops.tell(now, stop));
      return { left };
    });
  }

  /** The graph at the stop whose checkpoint was edited last in this session. */
  edited(): string | undefined {
    const graphs = graphsIn(this.#debuggee.stop?.position);
    return this.#debuggee.edits.lastEdited(
      new Map(graphs.map(({ namespace, checkpoint }) => [namespace, checkpoint?.id ?? ""])),
    );
  }

  // -------------------------------------------------------------------------------------------- planning

  async #plan(args: Wish, position: Position): Promise<Plan> {
    const { values, asNode, goto } = args;
    const mode: Change["mode"] = asNode === undefined ? (args.mode ?? "set") : "update";
    if (mode === "update" && args.mode === "set")
      throw badArguments(
        request,
        '"mode" can\'t be "set" with "asNode": a node writes through the reducers.',
      );
    if (mode === "update" && goto)
      throw badArguments(
        request,
        '"goto" can\'t be together with "asNode": that node\'s edges choose what comes next.',
      );
    if (mode !== "update" && !goto && !isObject(values))
      throw badArguments(
        request,
        '"values" must be an object of the state\'s keys; only with "asNode" or "goto" it may be null.',
      );
    const { graph, move } = await this.#target(args, position);
    const model = this.#debuggee.graphs.models.find(({ id }) => id === graph.graph);
    const nodes = model?.nodes.map(({ name }) => name) ?? [];
    for (const node of goto ?? []) checkNode(node, nodes);
    if (asNode !== undefined) checkNode(asNode, nodes);
    else for (const key of Object.keys(values ?? {})) checkKey(key, graph.stateKeys);
    const keepsFinished = this.#debuggee.plan.language === "javascript";
    const change: Change = {
      values,
      mode,
      below: args.below,
      asNode,
      goto,
      moves: move !== undefined,
      keepsFinished,
    };
    return { graph, move, effects: effectsOf(change, graph, model) };
  }

  /** The graph to change: where it stands, or where it stood at a checkpoint. */
  async #target(
    { checkpointId, namespace }: UpdateStateArguments,
    position: Position,
  ): Promise<{ graph: GraphPosition; move: MoveTarget | undefined }> {
    if (checkpointId === undefined) return { graph: this.#graph(position, namespace ?? ""), move: undefined };
    const around = graphsIn(position);
    const here = around.find(
      (graph) =>
        graph.checkpoint?.id === checkpointId && (namespace === undefined || graph.namespace === namespace),
    );
    if (here) return { graph: here, move: undefined };
    const { threadId } = position;
    for (const place of namespace === undefined ? around.map((graph) => graph.namespace) : [namespace]) {
      try {
        const at = { threadId, namespace: place, checkpointId };
        const graph = await this.#debuggee.runtime.request("look", at);
        return { graph, move: { kind: "checkpoint", namespace: place, checkpointId } };
      } catch (error) {
        if (!(error instanceof DebugError) || error.data?.code !== "unknownCheckpoint") throw error;
      }
    }
    throw unknownCheckpoint(checkpointId);
  }

  #graph(position: Position, namespace: string): GraphPosition {
    const graph = graphAt(position, namespace);
    if (!graph) {
      const known = graphsIn(position).map((each) => `"${each.namespace}"`);
      throw badArguments(
        request,
        `no graph at this stop has the namespace "${namespace}". There are ${known.join(", ")}.`,
      );
    }
    return graph;
  }

  // -------------------------------------------------------------------------------------------- doing

  async #change(
    { values, mode = "set", asNode, below = [] }: Wish,
    { position: before, graph: { namespace, checkpoint, tasks } }: Place,
  ): Promise<Position> {
    const { runtime, edits } = this.#debuggee;
    const { threadId } = before;
    if (asNode !== undefined) return runtime.request("update", { threadId, namespace, values, asNode });
    const node = tasks[0]?.name;
    let position = before;
    let done = 0;
    try {
      for (const [key, value] of Object.entries(values ?? {})) {
        const expression = JSON.stringify(value);
        const place = {
          threadId,
          namespace,
          path: await this.#keys(namespace, key, below),
          expression,
          mode,
        };
        ({ position } = await runtime.request("edit", { ...place, ...(node !== undefined && { node }) }));
        done++;
      }
    } catch (error) {
      // All or nothing.
      for (let left = done; left > 0; left--)
        ({ position } = await runtime.request("undoEdit", { threadId, namespace }));
      if (done > 0) this.#stops.replace(position);
      throw error;
    }
    edits.note(namespace, checkpoint?.id, done);
    return position;
  }

  /** The runtime's own keys of a path. */
  async #keys(namespace: string, key: string, below: readonly Segment[]): Promise<string[]> {
    const root: ValueRoot = { kind: "state", namespace };
    const found = [key];
    for (const segment of below) found.push(await childKey(this.#debuggee.runtime, root, found, segment));
    return found;
  }

  async #moved({ position, graph }: Place, to: MoveTarget): Promise<Place> {
    const moved = await this.#debuggee.runtime.request("move", { threadId: position.threadId, to });
    return { position: moved, graph: copyOf(graph, moved) };
  }

  /** The change was refused: the run stands where it stood. */
  async #moveBack({ position }: Stop): Promise<void> {
    const checkpointId = position?.root.checkpoint?.id;
    if (!position || checkpointId === undefined) return;
    const to: MoveTarget = { kind: "checkpoint", namespace: "", checkpointId };
    this.#stops.replace(await this.#debuggee.runtime.request("move", { threadId: position.threadId, to }));
  }

  #stand({ asNode, goto }: UpdateStateArguments, stop: Stop, position: Position, moved: boolean): Stop {
    if (asNode !== undefined)
      return this.#stops.stand({ reason: "goto", position, rests: true, word: `Updated as ${asNode}, now` });
    if (goto) return this.#stops.stand({ reason: "goto", position, rests: true, word: "Jumped to" });
    if (moved) return this.#stops.stand({ reason: "goto", position, rests: true, word: "Moved to" });
    return this.#again(stop, position);
  }

  /** The same stop with another state. */
  #again(stop: Stop, position: Position): Stop {
    const given = [...this.#debuggee.answers];
    const now = stop.form
      ? this.#stops.standWaiting(position, stop.form)
      : this.#stops.stand({
          reason: stop.reason,
          position: keepingStory(position, stop.position),
          hitBreakpointIds: stop.hitBreakpointIds,
          thread: stop.focus,
          rests: true,
          description: stop.description,
          told: stop.text,
          ...(stop.blocked !== undefined && { blocked: stop.blocked }),
        });
    for (const [key, answer] of given) this.#debuggee.answers.set(key, answer);
    return now;
  }
}

/** The graph that stands at a copy of the checkpoint which another stood at. */
function copyOf({ namespace, checkpoint }: GraphPosition, position: Position): GraphPosition {
  const graphs = graphsIn(position);
  return (
    graphs.find((graph) => graph.checkpoint?.metadata.forked_from === checkpoint?.id) ??
    graphs.find((graph) => graph.checkpoint?.id === checkpoint?.id) ??
    graphAt(position, namespace) ??
    position.root
  );
}

function checkNode(name: string, nodes: readonly string[]): void {
  if (nodes.length > 0 && !nodes.includes(name)) throw unknownNode(name, [...nodes]);
}

function checkKey(key: string, keys: readonly string[]): void {
  if (keys.length > 0 && !keys.includes(key)) throw unknownKey(key, keys);
}
