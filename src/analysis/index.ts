// Static analysis: finds the graphs of Python and TypeScript files without running them.

export { type Analyzer, type AnalyzerOptions, createAnalyzer } from "./analyzer.ts";
export {
  type BreakpointOptions,
  type BreakpointTarget,
  breakpointAt,
  breakpointLocations,
  type StaticBreakpoint,
} from "./breakpoints.ts";
export {
  type ConfigEntry,
  type GraphPath,
  type LanggraphConfig,
  LanggraphJsonError,
  parseLanggraphJson,
  pathToProgram,
  splitGraphPath,
} from "./langgraph-json.ts";
export { graphModels } from "./models.ts";
export type {
  FileAnalysis,
  Language,
  LineSpan,
  Problem,
  StaticEdge,
  StaticFunction,
  StaticGraph,
  StaticNode,
  StaticNodeFunction,
} from "./result.ts";
export type { GrammarFiles } from "./syntax.ts";
