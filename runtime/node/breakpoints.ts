// The breakpoints of the session: which of them a node hits, with conditions, hit counts and log points.

import type { NodeBreakpoint, SetBreakpointsParams } from "../../src/protocol/runtime.ts";
import { evaluate, interpolate, type Names } from "./expression.ts";

/** A node at a superstep, as breakpoints see it. */
export interface Visit {
  graph: string;
  node: string;
  /** Made only when an expression asks for it. */
  names(): Names;
}

export interface Hits {
  /** Breakpoints that stop the run. */
  ids: number[];
  /** What went wrong with a condition; it stops the run too. */
  text: string | undefined;
  /** Log points' messages, in order. */
  logs: { id: number; text: string }[];
}

export class Breakpoints {
  #all: readonly NodeBreakpoint[] = [];
  readonly #counts = new Map<number, { definition: string; count: number }>();
  exceptions: ReadonlySet<string> = new Set(["raised"]);
  /** Whether the author's compile-time interrupts stop the run. */
  compiled = true;

  set(params: SetBreakpointsParams): void {
    this.#all = params.breakpoints;
    this.exceptions = new Set(params.exceptions.map(({ filter }) => filter));
    this.compiled = params.compiled;
    for (const id of this.#counts.keys()) {
      if (!params.breakpoints.some((breakpoint) => breakpoint.id === id)) this.#counts.delete(id);
    }
  }

  /** A new turn counts from the start. */
  forgetHits(): void {
    this.#counts.clear();
  }

  /** Asks each breakpoint once for each visit; a hit count goes up with each of them. */
  ask(when: "before" | "after", visits: readonly Visit[], show: (value: unknown) => string): Hits {
    const hits: Hits = { ids: [], text: undefined, logs: [] };
    if (this.#all.length === 0) return hits;
    for (const visit of visits) {
      for (const breakpoint of this.#all) {
        if (breakpoint.when !== when) continue;
        if (breakpoint.graph !== "*" && breakpoint.graph !== visit.graph) continue;
        if (breakpoint.node !== "*" && breakpoint.node !== visit.node) continue;
        this.#askOne(breakpoint, visit, hits, show);
      }
    }
    return hits;
  }

  #askOne(breakpoint: NodeBreakpoint, visit: Visit, hits: Hits, show: (value: unknown) => string): void {
    const { id, condition, hitCondition, logMessage } = breakpoint;
    const stop = (): void => {
      if (!hits.ids.includes(id)) hits.ids.push(id);
    };
    if (condition !== undefined && condition.trim() !== "") {
      try {
        if (!evaluate(condition, visit.names())) return;
      } catch (error) {
        hits.text ??= `The condition "${condition}" of the breakpoint at ${visit.node} failed: ${String(error)}`;
        stop();
        return;
      }
    }
    const count = this.#count(breakpoint);
    if (hitCondition !== undefined && hitCondition.trim() !== "") {
      const passes = hitTest(hitCondition);
      if (passes === undefined) {
        hits.text ??= `The hit count "${hitCondition}" of the breakpoint at ${visit.node} is none. Write 5, >= 3 or % 2.`;
        stop();
        return;
      }
      if (!passes(count)) return;
    }
    if (logMessage !== undefined && logMessage !== "") {
      hits.logs.push({ id, text: interpolate(logMessage, visit.names(), show) });
      return;
    }
    stop();
  }

  #count(breakpoint: NodeBreakpoint): number {
    // A breakpoint that was changed counts anew.
    const definition = JSON.stringify([breakpoint.condition, breakpoint.hitCondition]);
    const known = this.#counts.get(breakpoint.id);
    const count = known?.definition === definition ? known.count + 1 : 1;
    this.#counts.set(breakpoint.id, { definition, count });
    return count;
  }
}

/** `5`, `>= 3`, `% 2`; undefined when it is none of them. */
export function hitTest(text: string): ((count: number) => boolean) | undefined {
  const match = /^\s*(>=|<=|==|=|>|<|%)?\s*(\d+)\s*$/.exec(text);
  if (match === null) return undefined;
  const number = Number(match[2]);
  switch (match[1]) {
    case ">=":
      return (count) => count >= number;
    case "<=":
      return (count) => count <= number;
    case ">":
      return (count) => count > number;
    case "<":
      return (count) => count < number;
    case "%":
      return number === 0 ? undefined : (count) => count % number === 0;
    default:
      return (count) => count === number;
  }
}
