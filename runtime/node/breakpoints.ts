// The breakpoints of the session: which of them a node hits, with conditions, hit counts and log points.

import type {
  DataBreakpoint,
  ExceptionFilter,
  NodeBreakpoint,
  SetBreakpointsParams,
} from "../../src/protocol/runtime.ts";
import { evaluate, interpolate, type Names } from "./expression.ts";
import { withNewAsName } from "./watching.ts";

/** A node at a superstep, as breakpoints see it. */
export interface Visit {
  graph: string;
  node: string;
  /** Made only when an expression asks for it. */
  names(): Names;
}

/** A key of a graph's state that a superstep may have changed, as data breakpoints see it. */
export interface DataVisit {
  graph: string;
  /** Undefined: it has not changed. */
  changeOf(
    key: string,
  ): { text: string /** For each task that wrote it. */; names: readonly (() => Names)[] } | undefined;
}

export interface Hits {
  /** Breakpoints that stop the run. */
  ids: number[];
  /** What went wrong with a condition; it stops the run too. */
  text: string | undefined;
  /** Log points' messages, in order. */
  logs: { id: number; text: string }[];
}

/** How long a graph that was found at run time waits for its breakpoints, in milliseconds. */
const bindingTime = 2000;

export class Breakpoints {
  #all: readonly NodeBreakpoint[] = [];
  /** Those at each node that was asked about. */
  readonly #found = new Map<string, readonly NodeBreakpoint[]>();
  readonly #counts = new Map<number, { definition: string; count: number }>();
  #data: readonly DataBreakpoint[] = [];
  /** Of the graphs that these were resolved with. */
  #revision = 0;
  readonly #waiting = new Set<() => void>();
  exceptions: ReadonlyMap<ExceptionFilter["filter"], ExceptionFilter> = new Map([
    ["raised", { filter: "raised" }],
  ]);
  /** Whether the author's compile-time interrupts stop the run. */
  compiled = true;

  set(params: SetBreakpointsParams): void {
    this.#all = params.breakpoints;
    this.#found.clear();
    this.#data = params.dataBreakpoints;
    this.exceptions = new Map(params.exceptions.map((filter) => [filter.filter, filter]));
    this.compiled = params.compiled;
    const ids = new Set([...this.#all, ...this.#data].map(({ id }) => id));
    for (const id of this.#counts.keys()) if (!ids.has(id)) this.#counts.delete(id);
    this.#revision = params.revision;
    for (const look of this.#waiting) look();
  }

  /**
   * Waits for breakpoints that were resolved with these graphs, for some time, or until `signal` aborts. Undefined:
   * they are there.
   */
  reach(revision: number, signal: AbortSignal): Promise<void> | undefined {
    if (this.#revision >= revision || signal.aborted) return undefined;
    return new Promise((resolve) => {
      const end = (): void => {
        this.#waiting.delete(look);
        signal.removeEventListener("abort", end);
        clearTimeout(timer);
        resolve();
      };
      const look = (): void => {
        if (this.#revision >= revision) end();
      };
      const timer = setTimeout(() => {
        // Nobody answers: no other graph waits for these.
        this.#revision = Math.max(this.#revision, revision);
        end();
      }, bindingTime);
      this.#waiting.add(look);
      signal.addEventListener("abort", end);
    });
  }

  /** Keys of the graph that a data breakpoint is on. */
  watched(graph: string): readonly string[] {
    return this.#data.length === 0
      ? []
      : this.#data.filter((breakpoint) => breakpoint.graph === graph).map(({ key }) => key);
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
      for (const breakpoint of this.#at(when, visit)) this.#askOne(breakpoint, visit, hits, show);
    }
    return hits;
  }

  #at(when: "before" | "after", { graph, node }: Visit): readonly NodeBreakpoint[] {
    const key = `${when} ${graph} ${node}`;
    let found = this.#found.get(key);
    if (found === undefined) {
      found = this.#all.filter(
        (breakpoint) =>
          breakpoint.when === when &&
          (breakpoint.graph === "*" || breakpoint.graph === graph) &&
          (breakpoint.node === "*" || breakpoint.node === node),
      );
      this.#found.set(key, found);
    }
    return found;
  }

  /** Asks each data breakpoint of the graph once after a superstep. */
  askData(visit: DataVisit): Hits {
    const hits: Hits = { ids: [], text: undefined, logs: [] };
    for (const breakpoint of this.#data) {
      if (breakpoint.graph !== visit.graph) continue;
      const change = visit.changeOf(breakpoint.key);
      if (change === undefined) continue;
      const verdict = this.#decide(breakpoint, breakpoint.key, change.names);
      if (!verdict.stops) continue;
      hits.ids.push(breakpoint.id);
      const text = verdict.problem ?? change.text;
      hits.text = hits.text === undefined ? text : `${hits.text}; ${text}`;
    }
    return hits;
  }

  #askOne(breakpoint: NodeBreakpoint, visit: Visit, hits: Hits, show: (value: unknown) => string): void {
    const { id, logMessage } = breakpoint;
    const { stops, problem } = this.#decide(breakpoint, visit.node, [() => visit.names()]);
    if (!stops) return;
    hits.text ??= problem;
    if (problem === undefined && logMessage !== undefined && logMessage !== "") {
      hits.logs.push({ id, text: interpolate(logMessage, visit.names(), show) });
    } else if (!hits.ids.includes(id)) hits.ids.push(id);
  }

  /** The condition must be true with one of the `names`. */
  #decide(
    breakpoint: NodeBreakpoint | DataBreakpoint,
    place: string,
    names: readonly (() => Names)[],
  ): { stops: boolean; problem?: string } {
    const { condition, hitCondition } = breakpoint;
    const isData = "key" in breakpoint;
    if (condition !== undefined && condition.trim() !== "") {
      try {
        const expression = isData ? withNewAsName(condition) : condition;
        if (!names.some((each) => evaluate(expression, each()))) return { stops: false };
      } catch (error) {
        const problem = `The condition "${condition}" of the breakpoint at ${place} failed: ${String(error)}`;
        return { stops: true, problem };
      }
    }
    const count = this.#count(breakpoint);
    if (hitCondition === undefined || hitCondition.trim() === "") return { stops: true };
    const passes = hitTest(hitCondition);
    if (passes !== undefined) return { stops: passes(count) };
    const problem = `The hit count "${hitCondition}" of the breakpoint at ${place} is none. Write 5, >= 3 or % 2.`;
    return { stops: true, problem };
  }

  #count(breakpoint: NodeBreakpoint | DataBreakpoint): number {
    // A breakpoint that was changed counts anew.
    const definition = JSON.stringify([breakpoint.condition, breakpoint.hitCondition]);
    const known = this.#counts.get(breakpoint.id);
    const count = known?.definition === definition ? known.count + 1 : 1;
    this.#counts.set(breakpoint.id, { definition, count });
    return count;
  }
}

/** `5`, `>= 3`, `% 2`; undefined when it is none of them. */
function hitTest(text: string): ((count: number) => boolean) | undefined {
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
