// What a breakpoint on a line, or with a node's name, means in the graphs that are known.

import { relative } from "node:path";
import type { FileAnalysis, StaticBreakpoint } from "../analysis/index.ts";
import type { GraphModel, GraphNode, NodeFunction } from "../model/graph.ts";
import type { NodeBreakpoint } from "../protocol/runtime.ts";

export type NodeTarget = Pick<NodeBreakpoint, "graph" | "node" | "when">;

export type Target =
  /** `line` is where the mark belongs; the message says why that is not where it was set. */
  | {
      readonly kind: "nodes";
      readonly nodes: readonly NodeTarget[];
      readonly line: number;
      readonly message?: string;
    }
  /** Nodes that the running graph is not known to have yet. */
  | {
      readonly kind: "perhaps";
      readonly nodes: readonly NodeTarget[];
      readonly line: number;
      readonly message: string;
    }
  /** A call of `interrupt`: the run stops there anyway. */
  | { readonly kind: "interrupt"; readonly line: number; readonly message: string }
  /** So says the text; the graph is not loaded yet. */
  | { readonly kind: "text"; readonly line: number; readonly message?: string }
  | { readonly kind: "none"; readonly message: string };

export type BreakpointMode = "before" | "after";

/** What the running program's own code says of a line: the innermost function that holds it decides. */
export function runningTargetAt(
  models: readonly GraphModel[],
  path: string,
  line: number,
  mode?: BreakpointMode,
): Target {
  const found = functionsAt(models, path, line);
  const [first] = found;
  if (first) return functionTarget(models, first.own, found, line, mode);
  return { kind: "none", message: "No node of the running graph is here." };
}

/** What the text says of a line, in terms of the running graphs: their nodes are found by name. */
export function staticTargetIn(
  models: readonly GraphModel[],
  found: StaticBreakpoint,
  analyses: readonly FileAnalysis[],
): Target {
  if (!found.verified) return { kind: "none", message: found.reason };
  const { line, when } = found;
  const message = found.message;
  if (when === "interrupt")
    return { kind: "interrupt", line, message: message ?? "The run always stops at this interrupt." };
  const graphs = new Map(analyses.flatMap((analysis) => analysis.graphs).map((graph) => [graph.key, graph]));
  const others = new Set<string>();
  const nodes = found.targets.flatMap(({ graph: key, node }) => {
    const told = graphs.get(key)?.nodes.find(({ name }) => name === node);
    const having = models.filter(({ nodes: running }) => {
      const known = running.find(({ name }) => name === node);
      if (!known || !told || !isAnothers(told, known)) return known !== undefined;
      others.add(node);
      return false;
    });
    // The same graph, where the text tells all its nodes; else each that has such a node.
    const names = graphs.get(key)?.nodes.map(({ name }) => name) ?? [];
    const same = having.filter((model) =>
      names.every((name) => model.nodes.some((other) => other.name === name)),
    );
    return (same.length > 0 ? same : having).map(
      ({ id }): NodeTarget => ({
        graph: id,
        node,
        when: when === "after" || when === "router" ? "after" : "before",
      }),
    );
  });
  const more = message !== undefined ? { message } : {};
  if (nodes.length > 0) return { kind: "nodes", nodes: unique(nodes), line, ...more };
  const another = found.targets.find(({ node }) => others.has(node));
  if (another) {
    const why = `The graph that runs has a node ${another.node} too, of another file.`;
    return { kind: "none", message: why };
  }
  const targets = found.targets.filter(({ node }) => node !== "__start__");
  if (targets.length === 0) {
    return { kind: "none", message: "This decides where the run starts; there is no node before it." };
  }
  // Tasks of the functional API, and graphs that a node calls as a function, may be known only when they are called.
  const wherever = unique(
    targets.map(
      ({ node }): NodeTarget => ({
        graph: "*",
        node,
        when: when === "after" || when === "router" ? "after" : "before",
      }),
    ),
  );
  if (targets.some(({ graph }) => graphs.get(graph)?.kind === "entrypoint")) {
    return { kind: "nodes", nodes: wherever, line, ...more };
  }
  const names = [...new Set(targets.map(({ node }) => node))].join(", ");
  return {
    kind: "perhaps",
    nodes: wherever,
    line,
    message: `The graph that runs is not known to have a node ${names}; it stops here if a node calls a graph that has.`,
  };
}

/** Whether both tell the node's function, and in files that are not the same. */
function isAnothers(told: GraphNode, running: GraphNode): boolean {
  const filesOf = ({ functions }: GraphNode): string[] =>
    functions.filter(({ role }) => role === "node").map(({ path }) => path);
  const files = filesOf(running);
  const own = filesOf(told);
  return (
    files.length > 0 && own.length > 0 && !own.some((path) => files.some((file) => samePath(file, path)))
  );
}

interface Found {
  readonly graph: string;
  readonly node: string;
  readonly own: NodeFunction;
}

/** All uses of the innermost function at the line. */
function functionsAt(models: readonly GraphModel[], path: string, line: number): Found[] {
  let best: Found[] = [];
  for (const model of models) {
    for (const node of model.nodes) {
      for (const own of node.functions) {
        if (!samePath(own.path, path) || line < own.line || line > own.endLine) continue;
        const found = { graph: model.id, node: node.name, own };
        const size = own.endLine - own.line;
        const bestSize = best[0] ? best[0].own.endLine - best[0].own.line : Number.POSITIVE_INFINITY;
        if (size < bestSize) best = [found];
        else if (size === bestSize) best.push(found);
      }
    }
  }
  return best;
}

function functionTarget(
  models: readonly GraphModel[],
  own: NodeFunction,
  found: readonly Found[],
  line: number,
  mode: BreakpointMode | undefined,
): Target {
  const all = (when: BreakpointMode): NodeTarget[] =>
    unique(found.map(({ graph, node }) => ({ graph, node, when })));
  if (own.role === "router") {
    const nodes = unique(found.map(({ graph, node }): NodeTarget => ({ graph, node, when: "after" })));
    const real = nodes.filter(({ graph, node }) =>
      models.some((m) => m.id === graph && m.nodes.some((n) => n.name === node)),
    );
    if (real.length === 0)
      return {
        kind: "none",
        message: "This router decides where the run starts; there is no node before it.",
      };
    return { kind: "nodes", nodes: real, line: own.definitionLine, message: afterEdges(real) };
  }
  if (own.interruptLines.includes(line) && mode === undefined) {
    return { kind: "interrupt", line, message: "interrupt() stops the run here, breakpoint or not." };
  }
  if (own.role === "tool") {
    const names = [...new Set(found.map(({ node }) => node))].join(", ");
    return {
      kind: "nodes",
      nodes: all(mode ?? "before"),
      line: own.definitionLine,
      message: `Stops ${mode ?? "before"} the tool node ${names}, which calls this function.`,
    };
  }
  if (mode === "after") return { kind: "nodes", nodes: all("after"), line };
  if (mode === undefined && own.returnLines.includes(line))
    return { kind: "nodes", nodes: all("after"), line };
  // From the first decorator to the first statement there is nothing that runs on its own.
  if (line <= own.definitionLine || line === own.firstStatementLine)
    return { kind: "nodes", nodes: all("before"), line };
  return {
    kind: "nodes",
    nodes: all("before"),
    line: own.definitionLine,
    message:
      "Moved to the function's line: a graph stops before or after a node. For lines inside it, use the language's own debugger.",
  };
}

function afterEdges(nodes: readonly NodeTarget[]): string {
  return `Stops after ${[...new Set(nodes.map(({ node }) => node))].join(", ")}, which the edges leave.`;
}

/** `node`, `subgraph:node`, `graph/node`, `*`; empty: the graphs have no such node. */
export function targetsNamed(models: readonly GraphModel[], name: string): NodeTarget[] {
  const when = "before";
  if (name === "*") return [{ graph: "*", node: "*", when }];
  const all = models.flatMap((model) =>
    model.nodes.map((node) => ({ graph: model.id, node: node.name, when: "before" as const })),
  );
  return all.filter(({ graph, node }) => {
    if (node === name) return true;
    const way = graph === "" ? [node] : [...graph.split("/"), node];
    return (
      way.length > 1 &&
      (endsWith(way, name.split(":")) || way.join("/") === name || endsWith(way, name.split("/")))
    );
  });
}

function endsWith(way: readonly string[], end: readonly string[]): boolean {
  return (
    end.length > 1 &&
    end.length <= way.length &&
    end.every((part, index) => part === way[way.length - end.length + index])
  );
}

function unique(targets: readonly NodeTarget[]): NodeTarget[] {
  return [
    ...new Map(targets.map((target) => [`${target.graph}\n${target.node}\n${target.when}`, target])).values(),
  ];
}

/** The same file, on file systems that don't tell case apart too. */
export function samePath(a: string, b: string): boolean {
  return a === b || (process.platform !== "linux" && relative(a.toLowerCase(), b.toLowerCase()) === "");
}
