// The way back through the steps that were taken, newest first: those of a graph, and of the subgraphs that its nodes ran.

import type {
  GraphPosition,
  HistoryEntry,
  SetBreakpointsParams,
  SuperstepEvent,
} from "../protocol/runtime.ts";
import type { Runtime } from "./runtime.ts";
import { matches } from "./stop.ts";

/** Steps that one question to the runtime reads. */
const pageSize = 50;
/** Visits of subgraphs that are looked into, the latest. */
const greatestVisits = 200;

export interface PastEntry {
  readonly entry: HistoryEntry;
  /** `here`: where the graph stands now; `own`: a step of the graph; `inside`: one of a subgraph that has ended. */
  readonly where: "here" | "own" | "inside";
}

/** Remembers which subgraphs ran: nothing in the file leads from a graph's step to the checkpoints inside it. */
export class Visits {
  /** Graph ids by namespace, in the order in which they ran last. */
  readonly #seen = new Map<string, string>();

  /** This graph ran a superstep. */
  note({ graph, namespace }: Pick<SuperstepEvent, "graph" | "namespace">): void {
    if (namespace === "") return;
    this.#seen.delete(namespace);
    this.#seen.set(namespace, graph);
  }

  /** The steps of each visit where a breakpoint may be, newest first, by the checkpoint of the graph around. */
  async read(
    runtime: Pick<Runtime, "request">,
    threadId: string,
    { breakpoints, dataBreakpoints }: SetBreakpointsParams,
    live: readonly string[],
  ): Promise<Inside> {
    const graphs = [...breakpoints, ...dataBreakpoints].map(({ graph }) => graph);
    const inside: Inside = new Map();
    const wanted = [...this.#seen]
      .reverse()
      .filter(([namespace]) => !live.includes(namespace))
      .filter(([, graph]) =>
        graphs.some((pattern) => matches(pattern, graph) || pattern.startsWith(`${graph}/`)),
      );
    for (const [namespace] of wanted.slice(0, greatestVisits)) {
      const around = namespace.split("|").slice(0, -1).join("|");
      for await (const entry of pages(runtime, threadId, namespace)) {
        const parents = entry.checkpoint.metadata.parents as { [namespace: string]: string } | undefined;
        const parent = parents?.[around];
        if (parent === undefined || entry.checkpoint.source === "input") continue;
        const key = keyOf(around, parent);
        inside.set(key, [...(inside.get(key) ?? []), entry]);
      }
    }
    // Those of branches that ran side by side come as they were made.
    const later = (a: HistoryEntry, b: HistoryEntry): number => (a.checkpoint.id < b.checkpoint.id ? 1 : -1);
    for (const entries of inside.values()) entries.sort(later);
    return inside;
  }
}

/** Steps of subgraphs by the namespace and the id of the checkpoint from which the graph around ran them. */
type Inside = Map<string, HistoryEntry[]>;

/** The steps of a graph from where it stands to the start of this run. */
export async function* stepsBack(
  runtime: Pick<Runtime, "request">,
  threadId: string,
  { namespace, checkpoint }: GraphPosition,
  inside: Inside,
): AsyncGenerator<PastEntry> {
  for await (const entry of pages(runtime, threadId, namespace)) {
    const { id, source } = entry.checkpoint;
    // What was before this turn's input is another run.
    if (source === "input") return;
    const here = id === checkpoint?.id;
    if (!here) yield* stepsInside(entry, inside);
    yield { entry, where: here ? "here" : "own" };
    if (entry.nodes.length === 0 && source !== "update") return;
  }
}

function* stepsInside({ checkpoint: { namespace, id } }: HistoryEntry, inside: Inside): Generator<PastEntry> {
  for (const entry of inside.get(keyOf(namespace, id)) ?? []) {
    yield* stepsInside(entry, inside);
    yield { entry, where: "inside" };
  }
}

async function* pages(
  runtime: Pick<Runtime, "request">,
  threadId: string,
  namespace: string,
): AsyncGenerator<HistoryEntry> {
  let before: string | undefined;
  for (;;) {
    const { entries, more } = await runtime.request("history", {
      threadId,
      namespace,
      ...(before !== undefined && { before }),
      limit: pageSize,
    });
    yield* entries;
    before = entries.at(-1)?.checkpoint.id;
    if (!more || before === undefined) return;
  }
}

function keyOf(namespace: string, checkpointId: string): string {
  return `${namespace}\n${checkpointId}`;
}
