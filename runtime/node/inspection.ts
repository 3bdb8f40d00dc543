// What the user reads at a stop: trees of values, expressions, JSON.

import type {
  EvaluateParams,
  EvaluateResult,
  JsonParams,
  JsonResult,
  Value,
  ValueRoot,
  ValuesParams,
  ValuesResult,
} from "../../src/protocol/runtime.ts";
import { configOf, snapshotAt } from "./checkpoints.ts";
import { forgetNames } from "./display.ts";
import { errorInfo, RuntimeError } from "./errors.ts";
import { evaluate, type Names } from "./expression.ts";
import { type GraphIndex, graphAt } from "./graphs.ts";
import { inputOf, writesOf } from "./history.ts";
import { jsonBeginning, jsonText } from "./json.ts";
import { interruptChannel, type PendingWrite, resumeChannel } from "./langgraph.ts";
import type { LiveGraph } from "./live.ts";
import { readWrites } from "./position.ts";
import type { Run } from "./run.ts";
import type { Saving } from "./saving.ts";
import { stateIn, stateOf, withUnset } from "./state.ts";
import { follow, pageOf, rootExpression, shownValue } from "./tree.ts";

/** What inspection looks at; the session changes it. */
export interface View {
  readonly index: GraphIndex;
  readonly saver: Saving;
  /** The thread that was opened or run last. */
  readonly threadId: string;
  readonly run: Run | undefined;
  readonly config: { [key: string]: unknown };
  /** Throws when the thread was made by another graph. */
  checkThread(threadId: string): void;
  /** Names of the module that defines a node, below the state's. */
  moduleNames(graphId: string, node: string | undefined, expression: string): Names;
}

/** Where a tree begins: by itself a value, or a set of named ones. `expression` only for a graph's own state. */
interface Start {
  values: { [name: string]: unknown };
  isCurrentState: boolean;
  /** Of the superstep that comes next; only for a state. */
  step?: number;
}

const maxResults = 1000;

/** Reads for one session. Results of evaluations are kept until the next run. */
export class Inspection {
  readonly #results = new Map<number, unknown>();
  #nextResult = 1;

  /** A run begins: what was evaluated before it is gone. */
  reset(): void {
    this.#results.clear();
    forgetNames();
  }

  async values(view: View, params: ValuesParams): Promise<ValuesResult> {
    const { root, path } = params;
    if (root.kind === "result" || root.kind === "interrupt" || root.kind === "input") {
      const found = follow(await this.#single(view, root), path);
      return { values: found === undefined ? stale() : pageOf(found.value, params, undefined) };
    }
    const start = await this.#start(looking(view), root);
    const [name, ...rest] = path;
    if (name === undefined) return { values: page(start, params) };
    if (!Object.hasOwn(start.values, name)) return { values: stale() };
    const found = follow(start.values[name], rest, start.isCurrentState ? rootExpression(name) : undefined);
    return { values: found === undefined ? stale() : pageOf(found.value, params, found.expression) };
  }

  async json(view: View, { root, path, compact = false, most }: JsonParams): Promise<JsonResult> {
    const isSingle = root.kind === "result" || root.kind === "interrupt" || root.kind === "input";
    const value = isSingle ? await this.#single(view, root) : (await this.#start(looking(view), root)).values;
    const found = follow(value, path);
    if (found === undefined) return stale();
    if (most === undefined) return { json: jsonText(found.value, compact) };
    const { text, shortened } = jsonBeginning(found.value, compact, most);
    return { json: text, ...(shortened ? { shortened } : {}) };
  }

  async evaluate(view: View, params: EvaluateParams): Promise<EvaluateResult> {
    const { expression, namespace, checkpointId, node } = params;
    const root: ValueRoot = {
      kind: "state",
      namespace,
      ...(checkpointId === undefined ? {} : { checkpointId }),
    };
    const { values, step } = await this.#start(view, root);
    const live = view.run?.graphs.byNamespace(namespace);
    const graphId = live?.id ?? graphAt(view.index, namespace)?.id ?? "";
    const own = { state: values, node, step };
    const graph = view.index.graph(graphId);
    let value: unknown;
    try {
      value = await evaluate(expression, [
        graph === undefined ? values : withUnset(graph, values),
        own,
        ...view.moduleNames(graphId, node, expression),
      ]);
    } catch (error) {
      const info = errorInfo(error);
      throw new RuntimeError("evaluation", `${info.type}: ${info.message}`, { info });
    }
    const id = this.#nextResult++;
    this.#results.set(id, value);
    if (this.#results.size > maxResults) this.#results.delete(this.#results.keys().next().value ?? id);
    const isKey = Object.hasOwn(values, expression.trim());
    const shown = shownValue(
      expression,
      expression,
      value,
      isKey ? rootExpression(expression.trim()) : undefined,
    );
    return { ...shown, root: { kind: "result", id } };
  }

  async #start(view: View, root: ValueRoot): Promise<Start> {
    switch (root.kind) {
      case "state":
        return this.#state(view, root);
      case "writes": {
        const threadId = threadOf(view, root);
        const place = { threadId, namespace: root.namespace, checkpointId: root.checkpointId };
        const graph = this.#graph(view, root.namespace);
        const { saver } = view;
        return { values: await writesOf(graph, saver, place), isCurrentState: false };
      }
      default:
        return { values: view.config, isCurrentState: false };
    }
  }

  async #state(
    view: View,
    root: { namespace: string; checkpointId?: string; threadId?: string },
  ): Promise<Start> {
    const { namespace, checkpointId } = root;
    const threadId = threadOf(view, root);
    const live = threadId === view.threadId ? liveAt(view, namespace) : undefined;
    if (live !== undefined && (checkpointId === undefined || checkpointId === live.loop.checkpoint.id)) {
      return { values: stateOf(live), isCurrentState: true, step: live.loop.step };
    }
    if (threadId === "") return { values: {}, isCurrentState: true };
    const graph = this.#graph(view, namespace);
    const place = { threadId, namespace, checkpointId };
    const { values, metadata } = await snapshotAt(graph, view.saver, place);
    return {
      values: stateIn(graph, values),
      isCurrentState: checkpointId === undefined,
      // That of the superstep which comes next, as the nodes at a stop have it.
      ...(metadata === undefined ? {} : { step: Number(metadata.step) + 1 }),
    };
  }

  async #single(view: View, root: ValueRoot): Promise<unknown> {
    switch (root.kind) {
      case "result":
        return this.#results.has(root.id) ? this.#results.get(root.id) : stale();
      case "input": {
        const live = liveAt(view, root.namespace);
        const task = live?.tasks.get(root.taskId);
        if (task !== undefined) return task.task.input;
        const place = { threadId: view.threadId, namespace: root.namespace };
        return inputOf(this.#graph(view, root.namespace), view.saver, place, root.taskId);
      }
      case "interrupt":
        return this.#interrupt(view, root.id, root.index);
      default:
        return stale();
    }
  }

  /** From the writes of the graphs that run, else from the file; the root's pending writes have all of them. */
  async #interrupt(view: View, id: string, index: number): Promise<unknown> {
    const { threadId, saver } = view;
    const live = view.run?.graphs.all.flatMap((graph) => graph.loop.checkpointPendingWrites) ?? [];
    const tuple = live.length > 0 ? undefined : await saver.getTuple(configOf({ threadId, namespace: "" }));
    const writes: PendingWrite[] = live.length > 0 ? live : (tuple?.pendingWrites ?? []);
    for (const [taskId, channel, value] of writes.toReversed()) {
      if (channel === resumeChannel) {
        const earlier = [value].flat();
        if (index < earlier.length && readWrites(taskId, writes).interrupts.some((one) => one.id === id)) {
          return earlier[index];
        }
      }
      if (channel !== interruptChannel) continue;
      const found = [value].flat().find((one) => (one as { id?: string }).id === id);
      if (found !== undefined) return (found as { value?: unknown }).value;
    }
    return stale();
  }

  #graph(view: View, namespace: string): LiveGraph["graph"] {
    const graph = view.run?.graphs.byNamespace(namespace)?.graph ?? graphAt(view.index, namespace)?.graph;
    return graph ?? stale();
  }
}

/** Nothing of the values that are read is changed, as an expression may do it. */
const looking = (view: View): View => ({ ...view, saver: view.saver.looking });

/** The thread that a root is of. Throws when another graph has made it. */
function threadOf(view: View, root: { threadId?: string }): string {
  const { threadId } = root;
  if (threadId === undefined || threadId === view.threadId) return view.threadId;
  view.checkThread(threadId);
  return threadId;
}

/** The graph as it runs, or as the last run left it, when that is of the thread that is looked at. */
function liveAt(view: View, namespace: string): LiveGraph | undefined {
  return view.run?.threadId === view.threadId ? view.run.graphs.byNamespace(namespace) : undefined;
}

function page(start: Start, params: ValuesParams): Value[] {
  if (params.filter === "indexed") return [];
  const from = params.start ?? 0;
  const names = Object.keys(start.values);
  const shown = names.slice(from, params.count === undefined ? undefined : from + params.count);
  return shown.map((name) =>
    shownValue(name, name, start.values[name], start.isCurrentState ? rootExpression(name) : undefined),
  );
}

function stale(): never {
  throw new RuntimeError(
    "staleValue",
    "This value is not there any more. Expand it again from the current stop.",
  );
}
