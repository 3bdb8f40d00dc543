// Measures what breakpoints cost that don't hit: in a long loop, one with a condition that never holds, and 450 in the
// file next to 50 with such conditions, of which one is asked at each superstep. Against the same loop without them,
// which is measured twice: the difference is noise. Runs in turns; medians.
// LANGGRAPH_BENCH_STEPS: supersteps of a run, 10,000 by default. LANGGRAPH_BENCH_ROUNDS: 3 by default.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DebugProtocol } from "@vscode/debugprotocol";
import type { Client } from "../dap/client.ts";
import { type Language, languages } from "../dap/languages.ts";
import { inFolder, median, report, timedRun } from "./lib/measure.ts";

const steps = Number(process.env.LANGGRAPH_BENCH_STEPS ?? 10_000);
const rounds = Number(process.env.LANGGRAPH_BENCH_ROUNDS ?? 3);
const nodes = 500;
/** The first nodes run one after the other, again and again; the others could only be chosen at the start. */
const ring = 50;

/** Inside the repository, where the user's LangGraph is found. */
const folder = join(import.meta.dirname, "..", "..", ".tools", "bench");

/** Lines of a graph of `nodes` nodes, the first of which is at `firstLine`, 1-based, one line each. */
const sources: { readonly [name in Language["name"]]: { file: string; firstLine: number; lines: string[] } } =
  {
    Python: {
      file: "ring.py",
      firstLine: 5,
      lines: [
        "from typing import TypedDict",
        "from langgraph.graph import END, START, StateGraph",
        'State = TypedDict("State", {"number": int, "limit": int})',
        "builder = StateGraph(State)",
        ...each((node) => `def n${node}(state: State): return {"number": state["number"] + 1}`),
        ...each((node) => `builder.add_node("n${node}", n${node})`),
        ...each(
          (node) => `builder.add_edge("n${node}", ${node < ring - 1 ? `"n${node + 1}"` : "END"})`,
        ).filter((_, node) => node !== ring - 1),
        `names = [f"n{node}" for node in range(${nodes})]`,
        'builder.add_conditional_edges(START, lambda state: "n0", names)',
        `builder.add_conditional_edges("n${ring - 1}", lambda state: "n0" if state["number"] < state["limit"] else END, ["n0", END])`,
        "graph = builder.compile()",
      ],
    },
    TypeScript: {
      file: "ring.ts",
      firstLine: 4,
      lines: [
        'import { Annotation, END, START, StateGraph } from "@langchain/langgraph";',
        "const State = Annotation.Root({ number: Annotation<number>, limit: Annotation<number> });",
        "type Values = typeof State.State;",
        ...each((node) => `const n${node} = (state: Values) => ({ number: state.number + 1 });`),
        "const builder: any = new StateGraph(State);",
        ...each((node) => `builder.addNode("n${node}", n${node});`),
        ...each(
          (node) => `builder.addEdge("n${node}", ${node < ring - 1 ? `"n${node + 1}"` : "END"});`,
        ).filter((_, node) => node !== ring - 1),
        `const names = Array.from({ length: ${nodes} }, (_, node) => \`n\${node}\`);`,
        'builder.addConditionalEdges(START, () => "n0", names);',
        `builder.addConditionalEdges("n${ring - 1}", (state: Values) => (state.number < state.limit ? "n0" : END), ["n0", END]);`,
        "export const graph = builder.compile();",
      ],
    },
  };

function each(line: (node: number) => string): string[] {
  return Array.from({ length: nodes }, (_, node) => line(node));
}

async function measure(language: Language, checkpoints: string): Promise<void> {
  const { file, firstLine, lines } = sources[language.name];
  const program = join(folder, file);
  mkdirSync(folder, { recursive: true });
  writeFileSync(program, `${lines.join("\n")}\n`);
  const never = "number < 0";
  const at = (node: number, condition?: string): DebugProtocol.SourceBreakpoint => ({
    line: firstLine + node,
    ...(condition !== undefined && { condition }),
  });
  const all = Array.from({ length: nodes }, (_, node) => at(node, node < ring ? never : undefined));
  const kinds: { [name: string]: DebugProtocol.SourceBreakpoint[] } = {
    none: [],
    "none, again": [],
    "one with a condition": [at(0, never)],
    "500, of which 50 with a condition": all,
  };
  const times = new Map(Object.keys(kinds).map((kind) => [kind, [] as number[]]));
  let run = 0;
  for (let round = 0; round < rounds; round++) {
    for (const [kind, breakpoints] of Object.entries(kinds)) {
      const prepare = async (client: Client): Promise<void> => {
        const set = await client.breakpoints(program, breakpoints);
        if (set.some(({ verified }) => !verified)) throw new Error("Not every breakpoint is bound");
      };
      const attributes = {
        ...language.attributes,
        program,
        input: { number: 0, limit: steps },
        config: { recursion_limit: steps + 100 },
        checkpoints: `${checkpoints}-${++run}.sqlite`,
      };
      const { milliseconds } = await timedRun(attributes, prepare);
      times.get(kind)?.push(milliseconds / steps);
    }
  }
  const of = (kind: string): number => median(times.get(kind) ?? []);
  const title = `${language.name}: superstep in a loop`;
  report(`${title}, no breakpoint`, of("none"), "ms");
  report(`${title}, the same again (noise)`, of("none, again") / of("none"), "x");
  // Both runs without breakpoints are the measure.
  const base = (of("none") + of("none, again")) / 2;
  for (const kind of Object.keys(kinds).slice(2)) report(`${title}, ${kind}`, of(kind) / base, "x", 1.1);
}

await inFolder(async (files) => {
  for (const language of languages) await measure(language, join(files, language.name));
});
