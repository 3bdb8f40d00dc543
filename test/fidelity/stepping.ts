/** Ways to get a run to its end: what to do at each stop, by a rule or by a seeded choice. */
import type { GraphPosition, NodeBreakpoint, StepMode, StoppedEvent } from "../../src/protocol/runtime.ts";

export type Choice =
  | { readonly kind: "go"; readonly step: StepMode }
  /** On, with a request to pause right behind it. */
  | { readonly kind: "pause" }
  /** A step back in the root graph. */
  | { readonly kind: "back" };

export interface Way {
  readonly breakpoints: readonly Omit<NodeBreakpoint, "id">[];
  readonly first: Exclude<Choice, { kind: "back" }>;
  at(stop: StoppedEvent): Choice;
}

const everyNode = (when: NodeBreakpoint["when"]) => ({ when, graph: "*", node: "*" });
const on = { kind: "go", step: { kind: "continue" } } as const;

/** Stops nowhere but at questions. */
export const straight: Way = { breakpoints: [], first: on, at: () => on };

/** Stops before and after every node of every graph. */
export const everywhere: Way = {
  breakpoints: [everyNode("before"), everyNode("after")],
  first: on,
  at: () => on,
};

/** Steps in, over, out, on and pauses as the numbers fall, in the graph of any task that stands. */
export function random(numbers: Random, breakpoints: Way["breakpoints"] = []): Way {
  const choose = (stop: StoppedEvent | undefined): Choice => {
    const graphs = stop ? graphsOf(stop.position.root) : [];
    const { namespace } = numbers.oneOf(graphs) ?? { namespace: "" };
    const task = numbers.oneOf(graphs.flatMap((graph) => graph.tasks.map(({ id }) => ({ graph, id }))));
    const steps: StepMode[] = [
      { kind: "in" },
      { kind: "in" },
      { kind: "over", namespace },
      { kind: "over", namespace },
      { kind: "out", namespace },
      ...(task ? [{ kind: "into", namespace: task.graph.namespace, taskId: task.id } as const] : []),
    ];
    if (numbers.below(5) === 0) return { kind: "pause" };
    return { kind: "go", step: numbers.oneOf(steps) ?? { kind: "in" } };
  };
  return {
    breakpoints,
    first: { kind: "go", step: { kind: "in" } },
    at: choose,
  };
}

/** As `random`, with some steps back in between. */
export function backAndForth(numbers: Random): Way {
  const way = random(numbers);
  let backs = 3;
  return {
    ...way,
    at: (stop) => (numbers.below(3) === 0 && backs-- > 0 ? { kind: "back" } : way.at(stop)),
  };
}

/** This graph and all that its tasks run. */
export function graphsOf(graph: GraphPosition): GraphPosition[] {
  return [graph, ...graph.tasks.flatMap(({ subgraph }) => (subgraph ? graphsOf(subgraph) : []))];
}

/**
 * The nodes that are about to run, and where graphs stand after nodes, those: `a`, `after a`. Without the graphs around.
 */
export function standsAt({ position }: StoppedEvent): string[] {
  const before = graphsOf(position.root).flatMap(({ tasks }) =>
    tasks.filter(({ subgraph }) => !subgraph).map(({ name }) => name),
  );
  return [...before, ...(position.finished?.tasks.map(({ name }) => `after ${name}`) ?? [])];
}

/** Numbers that a seed brings forth again (mulberry32). */
export class Random {
  readonly seed: number;
  #state: number;

  constructor(seed: number) {
    this.seed = seed;
    this.#state = seed;
  }

  /** A whole number from 0 up to, without, `limit`. */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  }

  oneOf<Item>(items: readonly Item[]): Item | undefined {
    return items[this.below(items.length)];
  }
}
