// The static analysis as the adapter uses it: loaded when first needed, never failing.

import { readFileSync } from "node:fs";
import type { Analyzer, FileAnalysis, StaticBreakpoint } from "../analysis/index.ts";
import type { Logger } from "../base/logger.ts";
import type { GraphCandidate } from "../model/graph.ts";
import type { SourceLine } from "../model/source.ts";
import type { LoadParams } from "../protocol/runtime.ts";
import { type FunctionLines, noText, type SourceText } from "./graphs.ts";
import { grammarFiles } from "./locations.ts";

type Module = typeof import("../analysis/index.ts");

export class Analysis {
  readonly #logger: Logger;
  /** The program that is debugged: its graphs use functions of other files. */
  #load: Pick<LoadParams, "program" | "graph" | "searchPaths"> = { searchPaths: [] };
  #module: Promise<Module> | undefined;
  #analyzer: Promise<Analyzer> | undefined;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  setProgram(load: Pick<LoadParams, "program" | "graph" | "searchPaths">): void {
    this.#load = load;
    this.#analyzer = undefined;
  }

  /** The analyses that a breakpoint in `path` depends on: of the file itself and of the program. */
  async of(path: string): Promise<FileAnalysis[]> {
    try {
      const analyzer = await this.#start();
      const program =
        this.#load.program === undefined || this.#load.program === path ? [] : [this.#load.program];
      return await Promise.all([path, ...program].map((file) => analyzer.analyzeFile(file)));
    } catch (error) {
      this.#logger.error(
        `static analysis of ${path}: ${error instanceof Error ? error.stack : String(error)}`,
      );
      return [];
    }
  }

  /** The analyses that breakpoints in `path` depend on, and what they say of its lines. */
  async breakpointsIn(
    path: string,
  ): Promise<{ analyses: FileAnalysis[]; breakpointAt: (line: number, after: boolean) => StaticBreakpoint }> {
    const analyses = await this.of(path);
    if (analyses.length === 0) {
      const reason = "Checked when the graph is loaded.";
      return { analyses, breakpointAt: () => ({ verified: false, reason }) };
    }
    const { breakpointAt } = await this.#library();
    return {
      analyses,
      breakpointAt: (line, after) => breakpointAt(analyses, path, line, after ? { mode: "after" } : {}),
    };
  }

  async breakpointLocations(path: string, from: number, to: number): Promise<readonly number[]> {
    const analyses = await this.of(path);
    if (analyses.length === 0) return [];
    return (await this.#library()).breakpointLocations(analyses, path, from, to);
  }

  async candidates(path: string): Promise<readonly GraphCandidate[]> {
    return (await this.of(path))[0]?.candidates ?? [];
  }

  /** Where the variable is that holds the graph of the program. */
  async graphPlace(): Promise<SourceLine | undefined> {
    const { program } = this.#load;
    return program === undefined
      ? undefined
      : ((await this.#candidate(program))?.at ?? { path: program, line: 1 });
  }

  /** What this variable of the program holds; undefined where its text does not tell. */
  async graphKind(variable: string): Promise<GraphCandidate["kind"] | undefined> {
    const { program } = this.#load;
    if (program === undefined) return undefined;
    return (await this.candidates(program)).find((each) => each.variable === variable)?.kind;
  }

  /** What the program's text tells of its graphs. */
  async text(): Promise<SourceText> {
    const { program } = this.#load;
    const [analysis] = program === undefined ? [] : await this.of(program);
    if (program === undefined || !analysis) return noText;
    const variable = (await this.#candidate(program))?.variable;
    const { graphs } = analysis;
    const root = graphs.find((graph) => graph.variable === variable || graph.builder === variable);
    const models =
      root && variable !== undefined ? (await this.#library()).graphModels(graphs, root.key) : [];
    return { models, functions: functionsOf([analysis]) };
  }

  /** The graph that `graph` names, or that is taken when nothing is named. */
  async #candidate(program: string): Promise<GraphCandidate | undefined> {
    const candidates = await this.candidates(program);
    const named = candidates.find(({ variable }) => variable === this.#load.graph);
    return (
      named ??
      candidates.find(({ variable }) => /^(graph|app|agent|workflow)$/.test(variable)) ??
      candidates[0]
    );
  }

  #library(): Promise<Module> {
    // The parser and its WebAssembly take longer to load than all the rest of the adapter.
    this.#module ??= import("../analysis/index.ts");
    return this.#module;
  }

  #start(): Promise<Analyzer> {
    this.#analyzer ??= this.#library().then(({ createAnalyzer }) =>
      createAnalyzer({ readFile: readText, grammars: grammarFiles, pythonRoots: this.#load.searchPaths }),
    );
    return this.#analyzer;
  }
}

/** Every function that the analyses know the lines of. */
export function functionsOf(analyses: readonly FileAnalysis[]): FunctionLines[] {
  return analyses.flatMap(({ functions, graphs }) => [
    ...functions,
    ...graphs.flatMap((graph) => graph.nodes.flatMap((node) => node.functions)),
  ]);
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
