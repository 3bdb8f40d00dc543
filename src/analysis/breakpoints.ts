// Decides what a breakpoint on a line means: before a node, after it, at an interrupt, or nothing.

import type { SourceRange } from "../model/source.ts";
import type { FileAnalysis, StaticFunction, StaticGraph, StaticNode, StaticNodeFunction } from "./result.ts";

export type BreakpointMoment = "before" | "after" | "interrupt" | "router" | "tool";

export interface BreakpointOptions {
  /** `after`: the mode "After the node", anywhere in the node's function. */
  readonly mode?: "after";
}

export interface BreakpointTarget {
  /** `key` of the StaticGraph. */
  readonly graph: string;
  /** The graph's module-level name, where it has one. */
  readonly variable?: string;
  /** With `router`, the node that the edges leave: `__start__` for the graph's entry. */
  readonly node: string;
}

export type StaticBreakpoint =
  | {
      readonly verified: true;
      /** `router` stops after the targets, `tool` before them. */
      readonly when: BreakpointMoment;
      /** Where the mark belongs; another line than the one asked for when `message` says so. */
      readonly line: number;
      /** One for each node concerned; none for an interrupt in a function that is not a node's own. */
      readonly targets: readonly BreakpointTarget[];
      readonly message?: string;
    }
  | { readonly verified: false; readonly reason: string };

/** A stretch of lines that belongs to a node. */
type Region =
  | { readonly kind: "function"; readonly range: StaticNodeFunction; readonly target: BreakpointTarget }
  | { readonly kind: "added"; readonly range: SourceRange; readonly target: BreakpointTarget }
  | { readonly kind: "edges"; readonly range: SourceRange; readonly target: BreakpointTarget };

/**
 * `analyses`: those of the program and of the file itself. A line may concern several nodes, of one graph or of
 * several; all of them are returned.
 */
export function breakpointAt(
  analyses: readonly FileAnalysis[],
  path: string,
  line: number,
  options: BreakpointOptions = {},
): StaticBreakpoint {
  return new Lines(analyses, path).at(line, options);
}

/** Lines from `fromLine` to `toLine` on which a breakpoint stays where it is put. */
export function breakpointLocations(
  analyses: readonly FileAnalysis[],
  path: string,
  fromLine: number,
  toLine = fromLine,
): readonly number[] {
  const lines = new Lines(analyses, path);
  const last = Math.min(toLine, lines.lastLine);
  const found: number[] = [];
  for (let line = Math.max(1, fromLine); line <= last; line++) {
    const answer = lines.at(line, {});
    if (answer.verified && answer.line === line) found.push(line);
  }
  return found;
}

class Lines {
  readonly #regions: readonly Region[];
  readonly #functions: readonly StaticFunction[];
  readonly #analysis: FileAnalysis | undefined;

  constructor(analyses: readonly FileAnalysis[], path: string) {
    this.#analysis = analyses.find((analysis) => samePath(analysis.path, path));
    const graphs = new Map(
      analyses.flatMap((analysis) => analysis.graphs).map((graph) => [graph.key, graph]),
    );
    this.#regions = [...graphs.values()]
      .flatMap(regionsOf)
      .filter((region) => samePath(region.range.path, path));
    const inNodes = this.#regions.flatMap((region) => (region.kind === "function" ? [region.range] : []));
    this.#functions = [...(this.#analysis?.functions ?? []), ...inNodes];
  }

  get lastLine(): number {
    const ranges = [...this.#functions, ...this.#regions.map((region) => region.range)];
    return Math.max(0, ...ranges.map((range) => range.endLine));
  }

  at(line: number, options: BreakpointOptions): StaticBreakpoint {
    const around = this.#regions.filter(({ range }) => range.line <= line && line <= range.endLine);
    const after = options.mode === "after";
    if (!after) {
      const interrupt = this.#interruptAt(line, around);
      if (interrupt) return interrupt;
    }
    const size = Math.min(...around.map(({ range }) => range.endLine - range.line));
    const innermost = around.filter(({ range }) => range.endLine - range.line === size);
    const [region] = innermost;
    if (!region) return { verified: false, reason: this.#reason(line) };
    const pick = (kind: Region["kind"], role?: StaticNodeFunction["role"]): Region[] =>
      innermost.filter(
        (other) =>
          other.kind === kind &&
          (role === undefined || (other.kind === "function" && other.range.role === role)),
      );
    const [nodes, tools] = [pick("function", "node"), pick("function", "tool")];
    const [node] = nodes;
    if (node?.kind === "function") return inNode(node.range, nodes, line, after);
    const [tool] = tools;
    if (tool?.kind === "function") return inTool(tool.range, tools, line);
    const added = pick("added");
    if (added.length > 0) {
      return { verified: true, when: after ? "after" : "before", line, targets: targetsOf(added) };
    }
    return decided(innermost, line);
  }

  #interruptAt(line: number, around: readonly Region[]): StaticBreakpoint | undefined {
    for (const found of this.#functions) {
      const call = found.interrupts.find((span) => span.line <= line && line <= span.endLine);
      if (!call) continue;
      const functions = around.filter((region) => region.kind === "function");
      const targets = targetsOf(functions.filter((region) => region.range.role !== "router"));
      return {
        verified: true,
        when: "interrupt",
        line: call.line,
        targets,
        message: "The run always stops at this interrupt.",
      };
    }
    return undefined;
  }

  #reason(line: number): string {
    const addNode = this.#analysis?.language === "typescript" ? "addNode(...)" : "add_node(...)";
    if (this.#analysis?.scripts.some((span) => span.line <= line && line <= span.endLine)) {
      return "This part runs only when the file is started as a script; the debugger imports the file.";
    }
    if (this.#regions.length === 0) {
      return `No graph was found that uses this file. A breakpoint belongs in a node's function or on its ${addNode} line.`;
    }
    const inner = this.#functions
      .filter((found) => found.line <= line && line <= found.endLine)
      .sort((a, b) => a.endLine - a.line - (b.endLine - b.line))[0];
    if (inner?.name !== undefined) {
      return `${inner.name} is not the function of a node, a tool or a router. Set the breakpoint in a node's function or on its ${addNode} line.`;
    }
    return `This line belongs to no node. Set the breakpoint in a node's function or on its ${addNode} line.`;
  }
}

function inNode(
  range: StaticNodeFunction,
  regions: readonly Region[],
  line: number,
  after: boolean,
): StaticBreakpoint {
  const targets = targetsOf(regions);
  if (after) return { verified: true, when: "after", line, targets };
  if (line <= range.definitionLine) return { verified: true, when: "before", line, targets };
  const returned = range.returns.find((span) => span.line <= line && line <= span.endLine);
  if (returned) return { verified: true, when: "after", line: returned.line, targets };
  if (line === range.firstStatementLine) return { verified: true, when: "before", line, targets };
  return {
    verified: true,
    when: "before",
    line: range.definitionLine,
    targets,
    message: `Moved to the start of ${namesOf(targets)}: a graph stops before and after its nodes, not inside them.`,
  };
}

function inTool(range: StaticNodeFunction, regions: readonly Region[], line: number): StaticBreakpoint {
  const targets = targetsOf(regions);
  const start = line <= range.definitionLine || line === range.firstStatementLine;
  return {
    verified: true,
    when: "tool",
    line: start ? line : range.definitionLine,
    targets,
    message: `Stops before ${namesOf(targets)}, which calls this tool.`,
  };
}

function decided(regions: readonly Region[], line: number): StaticBreakpoint {
  const targets = targetsOf(regions);
  return {
    verified: true,
    when: "router",
    line,
    targets,
    message: `Stops after ${namesOf(targets)}, when the next node is chosen.`,
  };
}

function namesOf(targets: readonly BreakpointTarget[]): string {
  const names = [...new Set(targets.map((target) => target.node))];
  return names.length === 1 ? `node ${names[0]}` : `nodes ${names.join(", ")}`;
}

function targetsOf(regions: readonly Region[]): BreakpointTarget[] {
  const targets = new Map<string, BreakpointTarget>();
  for (const { target } of regions) targets.set(`${target.graph}\n${target.node}`, target);
  return [...targets.values()];
}

function regionsOf(graph: StaticGraph): Region[] {
  const target = (node: string): BreakpointTarget => ({
    graph: graph.key,
    node,
    ...(graph.variable === undefined ? {} : { variable: graph.variable }),
  });
  const ofNode = (node: StaticNode): Region[] => [
    ...node.functions.map((range): Region => ({ kind: "function", range, target: target(node.name) })),
    ...(node.addedAt ? [{ kind: "added" as const, range: node.addedAt, target: target(node.name) }] : []),
  ];
  const ofEdges = graph.edges.flatMap((edge): Region[] => {
    if (!edge.conditional) return [];
    const from = target(edge.from);
    const routers = edge.routers.map((range): Region => ({ kind: "function", range, target: from }));
    return [
      ...routers,
      ...(edge.source ? [{ kind: "edges" as const, range: edge.source, target: from }] : []),
    ];
  });
  return [...graph.nodes.flatMap(ofNode), ...ofEdges];
}

/** Windows paths name the same file whatever the case and the slashes. */
function samePath(a: string, b: string): boolean {
  if (a === b) return true;
  if (!/^[a-z]:[\\/]|^\\\\/i.test(a)) return false;
  const plain = (path: string): string => path.replace(/\//g, "\\").toLowerCase();
  return plain(a) === plain(b);
}
