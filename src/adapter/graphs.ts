// The graphs that are known of a program, and where their nodes are in the source.

import type { GraphModel, GraphNode, NodeFunction } from "../model/graph.ts";
import type { SourceLine } from "../model/source.ts";
import type { GraphBody } from "../protocol/dap.ts";
import type { ErrorInfo, InterruptInfo } from "../protocol/runtime.ts";

/** What the source text tells of the graphs that run. */
export interface SourceText {
  readonly models: readonly GraphModel[];
  readonly functions: readonly FunctionLines[];
}
export type FunctionLines = Omit<NodeFunction, "role">;

export const noText: SourceText = { models: [], functions: [] };

export class Graphs {
  readonly models: readonly GraphModel[];
  readonly #nodes = new Map<string, GraphNode>();

  /** `text` fills in what only the source text tells. */
  constructor(models: readonly GraphModel[], text: SourceText = noText) {
    this.models = models;
    const written = new Map(
      text.models.flatMap((model) => model.nodes.map((node) => [`${model.id}\n${node.name}`, node])),
    );
    // Tasks of the functional API are known to the runtime only when they are called.
    for (const [key, node] of written) this.#nodes.set(key, node);
    for (const model of models) {
      for (const node of model.nodes) {
        const key = `${model.id}\n${node.name}`;
        const { addedAt, functions = [] } = written.get(key) ?? {};
        this.#nodes.set(key, {
          ...node,
          functions:
            node.functions.length > 0
              ? node.functions.map((own) => withLines(own, text.functions))
              : functions,
          ...(addedAt && { addedAt }),
        });
      }
    }
  }

  node(graph: string, name: string): GraphNode | undefined {
    return this.#nodes.get(`${graph}\n${name}`);
  }

  /** Where a stop before the node shows: its function, else where it is added to its graph. */
  before(graph: string, name: string): SourceLine | undefined {
    const node = this.node(graph, name);
    const own = node && mainFunction(node);
    if (own) return { path: own.path, line: own.definitionLine };
    return node?.addedAt && { path: node.addedAt.path, line: node.addedAt.line };
  }

  /** Where a stop after the node shows: its last `return`, else its function. */
  after(graph: string, name: string): SourceLine | undefined {
    const node = this.node(graph, name);
    const own = node && mainFunction(node);
    return own
      ? { path: own.path, line: own.returnLines.at(-1) ?? own.definitionLine }
      : this.before(graph, name);
  }

  /** Where the node waits: the call of `interrupt`, as far as the source tells which. */
  interrupt(graph: string, name: string, interrupt: InterruptInfo | undefined): SourceLine | undefined {
    if (interrupt?.at) return interrupt.at;
    const lines = this.#interruptLines(graph, name);
    return lines[Math.min(interrupt?.index ?? 0, lines.length - 1)] ?? this.before(graph, name);
  }

  /** How often the call has asked, with this time: more than once where the node asks again after its own check. */
  tries({ graph, node, index, tries }: InterruptInfo): number {
    if (tries !== undefined) return tries;
    // No process has seen the calls: as many as the node's own lines can't make.
    const lines = this.#interruptLines(graph, node);
    return lines.length === 0 ? 1 : Math.max(1, index - lines.length + 2);
  }

  #interruptLines(graph: string, name: string): SourceLine[] {
    return (this.node(graph, name)?.functions ?? []).flatMap((own) =>
      own.interruptLines.map((line) => ({ path: own.path, line })),
    );
  }

  /** The innermost line of the user's own that an error came through. */
  error(error: ErrorInfo, folders: readonly string[]): SourceLine | undefined {
    for (const { path, line, column } of error.frames) {
      if (path === undefined || line === undefined || !isOwn(path, folders)) continue;
      return { path, line, ...(column !== undefined && { column }) };
    }
    return undefined;
  }

  /** Files that hold code of the graphs. */
  sources(): string[] {
    return [...new Set([...this.#nodes.values()].flatMap((node) => node.functions.map((own) => own.path)))];
  }

  nodesOf(graph: string): readonly GraphNode[] {
    return this.models.find(({ id }) => id === graph)?.nodes ?? [];
  }

  nodeNames(): string[] {
    return [...new Set([...this.#nodes.values()].map((node) => node.name))];
  }

  toBody(): GraphBody["graphs"] {
    return this.models.map(({ id, nodes, edges }) => ({
      id,
      nodes: nodes.map(({ name, kind, subgraph }) => {
        const source = this.before(id, name);
        const functions = this.node(id, name)?.functions ?? [];
        const own = functions.find(({ role }) => role === "node");
        const last = own?.returnLines.at(-1);
        return {
          name,
          kind,
          ...(source && { source }),
          ...(own && last !== undefined && { after: { path: own.path, line: last } }),
          ...(subgraph !== undefined && { subgraph }),
          ...(functions.some(({ interruptLines }) => interruptLines.length > 0) && { asks: true }),
        };
      }),
      edges: edges.map(({ from, to, label, conditional }) => ({
        from,
        ...(to !== undefined && { to }),
        ...(label !== undefined && { label }),
        conditional,
      })),
    }));
  }
}

/** A runtime may know only where a function begins and ends; the lines inside it are then taken from its text. */
export function withLines(own: NodeFunction, functions: readonly FunctionLines[]): NodeFunction {
  if (own.returnLines.length > 0 || own.interruptLines.length > 0) return own;
  const inside = functions.filter(
    ({ path, line, endLine }) =>
      path === own.path && line >= own.line - 1 && endLine <= own.endLine && line <= own.endLine,
  );
  const text = inside.find((first) => inside.every((other) => other === first || other.line >= first.line));
  if (!text) return own;
  const { definitionLine, firstStatementLine, returnLines, interruptLines } = text;
  return {
    ...own,
    line: Math.min(own.line, text.line),
    definitionLine,
    ...(firstStatementLine !== undefined && { firstStatementLine }),
    returnLines,
    interruptLines,
  };
}

/** The function where a stop at the node shows. */
function mainFunction(node: GraphNode): NodeFunction | undefined {
  return (
    node.functions.find((own) => own.role === "node") ?? node.functions.find((own) => own.role === "tool")
  );
}

/** True for the user's own code: in one of their folders, and no installed package. */
export function isOwn(path: string, folders: readonly string[]): boolean {
  return (
    folders.some((folder) => path.startsWith(folder)) &&
    !/[\\/](site-packages|dist-packages|node_modules)[\\/]/.test(path)
  );
}
