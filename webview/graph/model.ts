// The graphs of the picture as the canvas needs them: parts to lay out, and what is known of each node.

import type { PanelGraph, PanelNode, PanelTask, Picture } from "../../src/protocol/webview.ts";
import type { LayoutGraph, Size } from "../layout/types.ts";

export const startName = "__start__";
export const endName = "__end__";
/** Stands for targets that are known only when the router returns. Names of nodes hold no line breaks. */
export const unknownName = "\nunknown";

const nodeHeight = 32;

/** Names a node of all graphs. */
export function keyOf(graph: string, node: string): string {
  return `${graph}\n${node}`;
}

export function isTerminal(name: string): boolean {
  return name === startName || name === endName;
}

/** The parts of each graph, with their sizes. `measure` gives the width of a text in a node. */
export function toLayout(graphs: readonly PanelGraph[], measure: (text: string) => number): LayoutGraph[] {
  return graphs.map(({ id, nodes, edges }) => {
    const names = new Set(nodes.map(({ name }) => name));
    const others = new Set<string>();
    const ends = edges.map(({ from, to = unknownOf(from), label }) => {
      for (const name of [from, to]) if (!names.has(name)) others.add(name);
      return { from, to, ...labelSize(label, measure) };
    });
    return {
      id,
      nodes: [
        ...nodes.map((node) => ({ name: node.name, ...nodeSize(node, measure) })),
        ...[...others].map((name) => ({ name, ...pillSize(name, measure) })),
      ],
      edges: ends,
    };
  });
}

function unknownOf(from: string): string {
  return `${unknownName} ${from}`;
}

/** Room for the state's icon and the time, and for the marks of a node that asks and of a subgraph. */
function nodeSize({ name, asks, subgraph }: PanelNode, measure: (text: string) => number): Size {
  const marks = (asks ? 20 : 0) + (subgraph === undefined ? 0 : 12);
  const width = Math.ceil((measure(name) + marks + 112) / 4) * 4;
  return { width: Math.min(Math.max(width, 144), 320), height: nodeHeight };
}

function pillSize(name: string, measure: (text: string) => number): Size {
  const text = isTerminal(name) ? measure(name) : 12;
  return { width: Math.ceil((text + 24) / 4) * 4, height: 24 };
}

function labelSize(label: string | undefined, measure: (text: string) => number): Size {
  return label === undefined ? { width: 0, height: 0 } : { width: measure(label) + 8, height: 16 };
}

/**
 * Edges by which the run has come: from a node that ran to one that ran, or comes, in the next superstep. To the end of
 * each graph it has come, once the run is over, from the nodes that ran last.
 */
export function takenEdges({
  graphs,
  tasks,
  ended,
}: Pick<Picture, "graphs" | "tasks"> & { ended: boolean }): ReadonlySet<string> {
  const byKey = new Map(tasks.map((task) => [keyOf(task.graph, task.node), task]));
  const taken = new Set<string>();
  for (const { id, edges } of graphs) {
    const steps = tasks.flatMap(({ graph, step }) => (graph === id && step !== undefined ? [step] : []));
    const lastStep = ended ? Math.max(...steps) : undefined;
    edges.forEach(({ from, to }, index) => {
      if (to === undefined) return;
      const target = byKey.get(keyOf(id, to));
      const source = byKey.get(keyOf(id, from));
      const came =
        from === startName
          ? target !== undefined
          : to === endName
            ? source !== undefined && source.step === lastStep
            : target?.after?.includes(from);
      if (came) taken.add(`${id}\n${index}`);
    });
  }
  return taken;
}

/** "<1 ms", "12 ms", "1.4 s", "2 min 5 s". */
export function timeText(milliseconds: number): string {
  if (milliseconds < 1) return "<1 ms";
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

export const stateWords: { readonly [State in PanelTask["state"]]: string } = {
  pending: "comes next",
  running: "running",
  waiting: "waits for an answer",
  done: "done",
  failed: "failed",
  cached: "taken from the cache",
};

const stateIcons: { readonly [State in PanelTask["state"]]: string } = {
  pending: "debug-stackframe",
  running: "loading",
  waiting: "comment-unresolved",
  done: "pass",
  failed: "error",
  cached: "database",
};
const kindIcons = {
  function: "symbol-method",
  subgraph: "type-hierarchy-sub",
  tools: "tools",
  task: "symbol-event",
  entrypoint: "symbol-method",
} as const;

/** Name of the codicon that says what a node does, else what it is. */
export function iconOf(kind: PanelGraph["nodes"][number]["kind"], task: PanelTask | undefined): string {
  return task ? stateIcons[task.state] : kindIcons[kind];
}
