// A LangGraph graph as data: what static analysis guesses and what the running graph confirms.

import type { SourceLine, SourceRange } from "./source.ts";

/**
 * What a node runs. `subgraph`: a compiled graph; `tools`: a ToolNode; `task` and `entrypoint`: the functional
 * API; `function`: everything else that is called with the state.
 */
export type NodeKind = "function" | "subgraph" | "tools" | "task" | "entrypoint";

/** A function in the user's files that a node is made of. */
export interface NodeFunction extends SourceRange {
  /** The function's own name; absent for lambdas and arrow functions without one. */
  readonly name?: string;
  /** `node`: its body is the node. `tool`: a tool that the node can call. `router`: decides the edges that leave it. */
  readonly role: "node" | "tool" | "router";
  /** Line of `def`, `function` or the arrow function's start; `line` is the first decorator where there is one. */
  readonly definitionLine: number;
  /** First statement of the body that is not a docstring. */
  readonly firstStatementLine?: number;
  /** Lines of `return` statements that belong to this function itself. */
  readonly returnLines: readonly number[];
  /** Lines of `interrupt(...)` calls. */
  readonly interruptLines: readonly number[];
}

export interface GraphNode {
  readonly name: string;
  readonly kind: NodeKind;
  /** Absent where no source in the workspace is known. The first function with role `node` is where a stop shows. */
  readonly functions: readonly NodeFunction[];
  /** Lines of the `add_node(...)` / `addNode(...)` call. Only static analysis knows them. */
  readonly addedAt?: SourceRange;
  /** Id of the graph that this node is, when it is a subgraph. */
  readonly subgraph?: string;
}

export interface GraphEdge {
  readonly from: string;
  /** Absent: the target is known only when the router returns. */
  readonly to?: string;
  readonly label?: string;
  readonly conditional: boolean;
  /** The `add_conditional_edges(...)` / `addEdge(...)` call. */
  readonly source?: SourceRange;
}

/** One graph. `__start__` and `__end__` stand in edges, never among `nodes`. */
export interface GraphModel {
  /**
   * Path of node names from the root graph, joined with `/`: the root is `""`, the graph that node `research`
   * runs is `research`. One graph object used in two nodes has two ids.
   */
  readonly id: string;
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

/** A graph that a file offers to debug, found without running it. */
export interface GraphCandidate {
  /** Exported or module-level variable; `default` for a default export. */
  readonly variable: string;
  readonly kind: "compiled" | "builder" | "factory" | "agent" | "entrypoint";
  readonly at: SourceLine;
}
