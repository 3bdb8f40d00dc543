// Measures what a superstep costs under the debugger with no stop, from `continue` to the stop at the end, when all is
// in the file: against the same graph alone and, in Python, on the official SqliteSaver and its asynchronous kin. The
// debugger runs graphs asynchronously, so its goal is told beside AsyncSqliteSaver, in the same kind of run; SqliteSaver
// can only run synchronously, which spares two threads' taking turns at each node. Runs in turns; medians.
// LANGGRAPH_BENCH_STEPS: supersteps of a run, 1,000 by default. LANGGRAPH_BENCH_ROUNDS: 5 by default.

import { join } from "node:path";
import { nodePath } from "../dap/client.ts";
import { type Language, languages, python } from "../dap/languages.ts";
import { inFolder, median, printed, report, timedRun } from "./lib/measure.ts";

const steps = Number(process.env.LANGGRAPH_BENCH_STEPS ?? 1_000);
const rounds = Number(process.env.LANGGRAPH_BENCH_ROUNDS ?? 5);
const graphs = join(import.meta.dirname, "graphs");

interface Figures {
  readonly wall: number;
  readonly cpu: number;
}

async function debugged(language: Language, program: string, checkpoints: string): Promise<Figures> {
  const { milliseconds, state } = await timedRun({
    ...language.attributes,
    program,
    input: { number: 0, limit: steps },
    config: { recursion_limit: steps + 10 },
    checkpoints,
  });
  return { wall: milliseconds / steps, cpu: Number(state.cpu) };
}

async function measure(language: Language, folder: string): Promise<void> {
  const isPython = language.name === "Python";
  const program = join(graphs, isPython ? "counter.py" : "counter.ts");
  const alone = (kind: string): Promise<Figures> =>
    printed(isPython ? python : nodePath, [program, kind, String(steps)]);
  const kinds = isPython ? ["none", "none-sync", "sqlite", "sqlite-async"] : ["none"];
  const all = new Map<string, Figures[]>([...kinds, "debugger"].map((kind) => [kind, []]));
  for (let round = 0; round < rounds; round++) {
    for (const kind of kinds) all.get(kind)?.push(await alone(kind));
    const file = join(folder, `${language.name}-${round}.sqlite`);
    all.get("debugger")?.push(await debugged(language, program, file));
  }
  for (const clock of ["wall", "cpu"] as const) {
    const title = `${language.name}: superstep, ${clock === "wall" ? "time" : "processor time"}`;
    const at = (kind: string): number => median((all.get(kind) ?? []).map((figures) => figures[clock]));
    for (const kind of all.keys()) report(`${title}, ${kind}`, at(kind), "ms");
    report(`${title}, debugger to none`, at("debugger") / at("none"), "x", isPython ? 2.5 : 1.5);
  }
  // The savers wait for the disk at each superstep, which no processor time tells.
  const wall = (kind: string): number => median((all.get(kind) ?? []).map((figures) => figures.wall));
  const title = `${language.name}: superstep, time, debugger to`;
  if (!isPython) return;
  report(`${title} SqliteSaver`, wall("debugger") / wall("sqlite"), "x");
  report(`${title} AsyncSqliteSaver`, wall("debugger") / wall("sqlite-async"), "x", 0.7);
}

await inFolder(async (folder) => {
  for (const language of languages) await measure(language, folder);
});
