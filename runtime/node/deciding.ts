// What a superstep stops at: breakpoints, a swallowed interrupt, a pause, the end of a step.

import type { ErrorInfo, Position, StepMode, StopReason } from "../../src/protocol/runtime.ts";
import type { Breakpoints, Hits, Visit } from "./breakpoints.ts";
import type { Names } from "./expression.ts";
import type { Task } from "./langgraph.ts";
import type { Link } from "./link.ts";
import type { LiveGraph } from "./live.ts";
import { isWithin } from "./namespaces.ts";
import { stateOf, updateOf, withUnset } from "./state.ts";
import { describe, valuesOf, Watching } from "./watching.ts";

/** A reason to stand still. */
export interface StopRequest {
  reason: StopReason;
  text?: string | undefined;
  ids?: number[];
  finished?: Position["finished"];
  error?: ErrorInfo;
}

/** Decides for one run, superstep by superstep, and logs what log points say. */
export class Deciding {
  readonly #breakpoints: Breakpoints;
  readonly #link: Link;
  readonly #show: (value: unknown) => string;
  #step: StepMode;
  /** Nothing has been stopped at since the run's start. */
  #atStart: boolean;
  #swallowed: ErrorInfo | undefined;
  readonly #watching = new Watching();

  constructor(
    parts: { breakpoints: Breakpoints; link: Link; show(value: unknown): string },
    step: StepMode,
    atStart: boolean,
  ) {
    this.#breakpoints = parts.breakpoints;
    this.#link = parts.link;
    this.#show = parts.show;
    this.#step = step;
    this.#atStart = atStart;
    // A pause that came after the last run is for none.
    this.#link.takePause();
  }

  /** The run goes on from a stop. */
  goOn(step: StepMode): void {
    this.#step = step;
    this.#atStart = false;
    this.#link.takePause();
  }

  /** The next superstep stops for it. */
  swallowed(error: ErrorInfo): void {
    this.#swallowed = error;
  }

  /** A superstep begins. */
  begin(live: LiveGraph): void {
    this.#watching.begin(live, this.#breakpoints.watched(live.id));
  }

  /** Whether the run stops before `tasks`, or after those that have `finished`. */
  ask(live: LiveGraph, tasks: readonly Task[], finished: readonly Task[]): StopRequest | undefined {
    const visit = (task: Task, update?: () => unknown): Visit => {
      const node = String(task.name);
      let names: Names | undefined;
      return {
        graph: live.id,
        node,
        names: () => {
          names ??= namesAt(live, node, update);
          return names;
        },
      };
    };
    const after = this.#breakpoints.ask(
      "after",
      finished.map((task) => visit(task, () => updateOf(task.writes))),
      this.#show,
    );
    const before = this.#breakpoints.ask(
      "before",
      tasks.map((task) => visit(task)),
      this.#show,
    );
    for (const { id, text } of [...after.logs, ...before.logs]) {
      this.#link.event("message", { kind: "logpoint", text, breakpointId: id });
    }
    const data = this.#askData(live, finished);
    const ids = [...new Set([...after.ids, ...data.ids, ...before.ids])];
    if (ids.length > 0) {
      return {
        reason: "breakpoint",
        text: after.text ?? data.text ?? before.text,
        ids,
        finished: after.ids.length + data.ids.length > 0 ? finishedOf(live, finished) : undefined,
      };
    }
    const swallowed = this.#swallowed;
    if (swallowed !== undefined) {
      this.#swallowed = undefined;
      return { reason: "exception", text: swallowed.message, error: swallowed };
    }
    if (tasks.length === 0) return undefined;
    if (this.#link.takePause()) return { reason: "pause" };
    return this.#stepEndsAt(live) ? { reason: this.#atStart ? "entry" : "step" } : undefined;
  }

  #askData(live: LiveGraph, finished: readonly Task[]): Hits {
    return this.#breakpoints.askData({
      graph: live.id,
      changeOf: (key) => {
        const change = this.#watching.changeOf(live, key, finished);
        if (change === undefined) return undefined;
        const names = change.writers.map(
          (task) => (): Names => [
            ...namesAt(live, String(task.name), () => updateOf(task.writes)),
            valuesOf(change),
          ],
        );
        return { text: describe(change), names };
      },
    });
  }

  #stepEndsAt(live: LiveGraph): boolean {
    const step = this.#step;
    switch (step.kind) {
      case "continue":
        return false;
      case "in":
        return true;
      case "over":
        return live.namespace === step.namespace || isAround(live.namespace, step.namespace);
      case "into":
        return (
          live.namespace === step.namespace ||
          isAround(live.namespace, step.namespace) ||
          isRunBy(live, step.taskId)
        );
      case "out":
        return isAround(live.namespace, step.namespace);
    }
  }
}

/** Names of an expression at a node; with `update`, after it. */
export function namesAt(live: LiveGraph, node: string, update?: () => unknown): Names {
  const values = stateOf(live);
  const own = { state: values, node, step: live.loop.step - (update ? 1 : 0) };
  return [withUnset(live.graph, values), update === undefined ? own : { ...own, update: update() }];
}

function finishedOf(live: LiveGraph, finished: readonly Task[]): Position["finished"] {
  const tasks = finished.map(({ id, name }) => ({ id, name: String(name) }));
  return { namespace: live.namespace, graph: live.id, tasks };
}

/** Whether the graph is run by this task, or by one of a graph that it runs. */
function isRunBy(live: LiveGraph, taskId: string): boolean {
  return live.parentTask === taskId || (live.parent !== undefined && isRunBy(live.parent, taskId));
}

function isAround(outer: string, inner: string): boolean {
  return outer !== inner && isWithin(inner, outer);
}
