// What the analysis of a file gives: its graphs, the functions they run, and what could not be read.

import type { GraphCandidate, GraphEdge, GraphNode, NodeFunction } from "../model/graph.ts";
import type { SourceLine, SourceRange } from "../model/source.ts";
import type { Language, LineSpan } from "./program.ts";

export type { Language, LineSpan };

/** A function with the lines that matter to a debugger. */
export interface StaticFunction extends SourceRange {
  readonly name?: string;
  readonly definitionLine: number;
  readonly firstStatementLine?: number;
  readonly returnLines: readonly number[];
  readonly interruptLines: readonly number[];
  /** The whole of each `return` statement. */
  readonly returns: readonly LineSpan[];
  /** The whole of each `interrupt(...)` call. */
  readonly interrupts: readonly LineSpan[];
}

export interface StaticNodeFunction extends StaticFunction {
  readonly role: NodeFunction["role"];
}

export interface StaticNode extends GraphNode {
  /** Part of the name is known only at run time and stands in braces. */
  readonly dynamicName: boolean;
  readonly functions: readonly StaticNodeFunction[];
  /** `key` of the graph that the node runs. */
  readonly subgraph?: string;
}

export interface StaticEdge extends GraphEdge {
  /** Functions that decide this conditional edge. */
  readonly routers: readonly StaticNodeFunction[];
}

export interface StaticGraph {
  /** Tells the graphs of a workspace apart; stable as long as the text before the graph does not change. */
  readonly key: string;
  readonly kind: "graph" | "agent" | "entrypoint";
  /** Where it is made: the call of `StateGraph(...)`, `create_agent(...)`, or the entrypoint's decorator. */
  readonly at: SourceLine;
  /** Module-level name of the compiled graph, or of the factory that makes it. */
  readonly variable?: string;
  /** Module-level name of the builder. */
  readonly builder?: string;
  readonly nodes: readonly StaticNode[];
  readonly edges: readonly StaticEdge[];
}

export interface Problem {
  readonly message: string;
  readonly at: SourceLine;
}

export interface FileAnalysis {
  readonly path: string;
  /** Absent where the file is not Python, TypeScript or JavaScript. */
  readonly language?: Language;
  /** Graphs that the file offers to debug, in the order of the text. */
  readonly candidates: readonly GraphCandidate[];
  /** Graphs made in the file, and those of other files that its graphs run. */
  readonly graphs: readonly StaticGraph[];
  /** Every function of the file. */
  readonly functions: readonly StaticFunction[];
  /** Parts of the file that run only when it is started as a script. */
  readonly scripts: readonly LineSpan[];
  readonly problems: readonly Problem[];
}
