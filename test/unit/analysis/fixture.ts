/** Analyses fixtures and writes what was found as short lines, so that a test reads like a list of answers. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import {
  type Analyzer,
  breakpointAt,
  createAnalyzer,
  type FileAnalysis,
  type GrammarFiles,
  type StaticGraph,
} from "../../../src/analysis/index.ts";
import { marks } from "../../fixtures/marks.ts";

const require = createRequire(import.meta.url);
const wasm = (module: string, file: string): string =>
  join(dirname(require.resolve(`${module}/package.json`)), file);

export const grammars: GrammarFiles = {
  runtime: require.resolve("web-tree-sitter/web-tree-sitter.wasm"),
  python: wasm("tree-sitter-python", "tree-sitter-python.wasm"),
  typescript: wasm("tree-sitter-typescript", "tree-sitter-typescript.wasm"),
  tsx: wasm("tree-sitter-typescript", "tree-sitter-tsx.wasm"),
};

export function readFile(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

export const analyzer: Analyzer = createAnalyzer({ readFile, grammars });

export const fixturePath = (name: string): string =>
  join(import.meta.dirname, "../../fixtures/analysis", name);

/** A file that exists only in the test. */
export async function analyse(
  name: string,
  text: string,
  others: Record<string, string> = {},
): Promise<FileAnalysis> {
  const files = new Map(
    Object.entries({ ...others, [name]: text }).map(([key, value]) => [fixturePath(key), value]),
  );
  return createAnalyzer({ readFile: (path) => files.get(path), grammars }).analyzeFile(fixturePath(name));
}

export class Fixture {
  readonly path: string;
  readonly analysis: FileAnalysis;
  readonly #others: readonly FileAnalysis[];

  constructor(path: string, analysis: FileAnalysis, others: readonly FileAnalysis[] = []) {
    this.path = path;
    this.analysis = analysis;
    this.#others = others;
  }

  line(mark: string): number {
    const line = marks(this.path).get(mark);
    assert.ok(line !== undefined, `${this.path} has no mark @${mark}`);
    return line;
  }

  /** `before write`, `after write, polish`, `before write, moved to write.def`, or `unverified: reason`. */
  breakpoint(mark: string, mode?: "after"): string {
    const asked = this.line(mark);
    const found = breakpointAt([this.analysis, ...this.#others], this.path, asked, mode ? { mode } : {});
    if (!found.verified) return `unverified: ${found.reason}`;
    const nodes = found.targets.map((target) => target.node).join(", ");
    if (found.line === asked) return `${found.when} ${nodes}`;
    const at = [...marks(this.path)].find(([, line]) => line === found.line)?.[0] ?? `line ${found.line}`;
    return `${found.when} ${nodes}, moved to ${at}`;
  }

  /** Asserts what breakpoints on marked lines mean. */
  expect(answers: Readonly<Record<string, string>>): void {
    const found = Object.fromEntries(Object.keys(answers).map((mark) => [mark, this.breakpoint(mark)]));
    assert.deepEqual(found, answers);
  }

  graph(variable: string): StaticGraph {
    const graph = this.analysis.graphs.find((other) => other.variable === variable);
    assert.ok(graph, `no graph ${variable} in ${this.path}`);
    return graph;
  }

  candidates(): string[] {
    return this.analysis.candidates.map(({ variable, kind, at }) => {
      const mark = [...marks(this.path)].find(([, line]) => line === at.line)?.[0] ?? `line ${at.line}`;
      return `${variable} ${kind} @${mark}`;
    });
  }
}

/** `others`: further fixtures whose analyses are given with it. */
export async function fixture(name: string, ...others: string[]): Promise<Fixture> {
  const path = fixturePath(name);
  const analyses = await Promise.all(others.map((other) => analyzer.analyzeFile(fixturePath(other))));
  return new Fixture(path, await analyzer.analyzeFile(path), analyses);
}

/** `name: kind function function`, one for each node. */
export function nodes(graph: StaticGraph): string[] {
  return graph.nodes.map(({ name, kind, functions }) => {
    const run = functions.map(
      (found) => (found.role === "node" ? "" : `${found.role} `) + (found.name ?? `line ${found.line}`),
    );
    return [`${name}: ${kind}`, ...run].join(" ");
  });
}

/** `a -> b`, `a ~> b` where a router decides, `a ~[label]> b`. */
export function edges(graph: StaticGraph): string[] {
  return graph.edges.map(({ from, to, label, conditional }) => {
    const arrow = conditional ? (label === undefined ? "~>" : `~[${label}]>`) : "->";
    return `${from} ${arrow} ${to ?? "?"}`;
  });
}
