/**
 * Runs fixture graphs without the debugger and prints what came of each as one line of JSON.
 *
 *     node bare.ts <name in fixtures.json>...
 *
 * A line holds `fixture` (the name), `state` (the final state; for a functional graph what it returned), `runs` (how often each
 * node ran), `trace` (every line the nodes recorded, sorted), and `error` or `exit` when the run ended so.
 * LangGraph's own MemorySaver is used where the fixture needs one to be answered, and none otherwise.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { BaseMessage } from "@langchain/core/messages";
import { Command, MemorySaver, type StateSnapshot } from "@langchain/langgraph";
import type { Pregel } from "@langchain/langgraph/pregel";
import { type Fixture, fileOf, fixtures, type Outcome } from "../fixtures/fixtures.ts";

/** `value` as JSON that bare.py would give for the same value; message ids are left out, they are random. */
export function plain(value: unknown): unknown {
  if (value === undefined || value === null) return null;
  if (typeof value === "number" && !Number.isFinite(value)) return { number: String(value).toLowerCase() };
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  if (typeof value === "bigint") return { bigint: value.toString() };
  if (typeof value === "function" || typeof value === "symbol") return { object: typeof value };
  if (BaseMessage.isInstance(value)) return message(value);
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Set) return { set: [...value].map(plain).sort() };
  if (value instanceof Map) return { map: [...value].map(([key, item]) => [plain(key), plain(item)]) };
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString("hex") };
  if (value instanceof Date) return { date: value.toISOString() };
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return { object: value.constructor.name };
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}

function message(value: BaseMessage): Record<string, unknown> {
  const shown: Record<string, unknown> = { type: value.type, content: value.content };
  if (value.name) shown.name = value.name;
  if ("tool_calls" in value && Array.isArray(value.tool_calls) && value.tool_calls.length > 0) {
    shown.tool_calls = value.tool_calls.map(({ id, name, args }) => ({ id, name, args }));
  }
  if ("tool_call_id" in value) shown.tool_call_id = value.tool_call_id;
  return shown;
}

export type AnyGraph = InstanceType<typeof Pregel>;

// Not by instanceof: a CommonJS module has classes of its own.
function isBuilder(value: unknown): value is { compile: () => AnyGraph } {
  return typeof value === "object" && value !== null && "compile" in value;
}

function isGraph(value: unknown): value is AnyGraph {
  return typeof value === "object" && value !== null && "streamChannelsAsIs" in value;
}

/** The fixture's graph as a user's own program would get it; factories are called, builders compiled. */
export async function load(fixture: Fixture): Promise<AnyGraph> {
  const file = fileOf(fixture, "typescript");
  const module: Record<string, unknown> = await import(pathToFileURL(file).href);
  let graph = await module[fixture.graph ?? "graph"];
  if (typeof graph === "function") graph = await graph({ configurable: {}, ...fixture.config });
  if (isBuilder(graph)) graph = graph.compile();
  if (graph && typeof graph === "object" && "graph" in graph) graph = graph.graph;
  if (!isGraph(graph)) throw new Error(`${file} has no graph`);
  return graph;
}

/** The ids of the interrupts that wait, each with the names of the nodes around it, innermost last. */
export function waiting(
  snapshot: StateSnapshot,
  path: readonly string[] = [],
): Map<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const task of snapshot.tasks) {
    const here = [...path, task.name];
    for (const { id } of task.interrupts) if (id) found.set(id, here);
    const child = task.state;
    if (child && "tasks" in child) for (const [id, names] of waiting(child, here)) found.set(id, names);
  }
  return found;
}

/** What the fixture's graph is called with. */
export function configOf(fixture: Fixture, graph: AnyGraph) {
  return {
    ...(fixture.config?.recursion_limit === undefined
      ? {}
      : { recursionLimit: fixture.config.recursion_limit }),
    ...(fixture.config?.max_concurrency === undefined
      ? {}
      : { maxConcurrency: fixture.config.max_concurrency }),
    ...(fixture.context === undefined ? {} : { context: fixture.context }),
    ...("builder" in graph ? { outputKeys: graph.streamChannelsAsIs } : {}),
    configurable: { thread_id: "bare", ...fixture.config?.configurable },
  };
}

/** The final state (of a functional graph the result) after every interrupt is answered. */
async function run(fixture: Fixture): Promise<unknown> {
  const answers = new Map(Object.entries(fixture.answers ?? {}).map(([node, values]) => [node, [...values]]));
  const graph = await load(fixture);
  if ((answers.size > 0 || fixture.saver) && !graph.checkpointer) graph.checkpointer = new MemorySaver();
  const isStateGraph = "builder" in graph;
  const config = configOf(fixture, graph);
  let todo: unknown = fixture.input;
  for (;;) {
    const result: unknown = await graph.invoke(todo, config);
    if (!graph.checkpointer) return result;
    const snapshot = await graph.getState({ configurable: config.configurable }, { subgraphs: true });
    const asked = waiting(snapshot);
    if (asked.size === 0 && snapshot.next.length === 0) return isStateGraph ? snapshot.values : result;
    const given: Record<string, unknown> = {};
    for (const [id, path] of asked) {
      // A subgraph called as a function is not in the path: then the one list that is left.
      const node = [...answers.keys(), ...path].findLast((name) => (answers.get(name)?.length ?? 0) > 0);
      if (node === undefined) throw new Error(`No answer is left for the interrupt in ${path.join(":")}`);
      given[id] = answers.get(node)?.shift();
    }
    todo = asked.size > 0 ? new Command({ resume: given }) : null;
  }
}

let running: { readonly fixture: Fixture; readonly trace: string } | undefined;

async function runAndTell(fixture: Fixture): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "bare-"));
  const trace = join(folder, "trace.jsonl");
  writeFileSync(trace, "");
  process.env.LANGGRAPH_TRACE_FILE = trace;
  running = { fixture, trace };
  try {
    tell({ state: plain(await run(fixture)) });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    tell({ state: null, error: { type: error.name, message: error.message } });
  }
  running = undefined;
  rmSync(folder, { recursive: true });
}

function tell(outcome: Pick<Outcome, "state" | "error" | "exit">): void {
  if (!running) return;
  const lines = readFileSync(running.trace, "utf8").split("\n").filter(Boolean).sort();
  const trace: { node?: string }[] = lines.map((line) => JSON.parse(line));
  const runs: Record<string, number> = {};
  for (const { node } of trace) if (node) runs[node] = (runs[node] ?? 0) + 1;
  // A node may have left a line open.
  writeSync(1, `\n${JSON.stringify({ fixture: running.fixture.name, ...outcome, runs, trace })}\n`);
}

async function main(names: readonly string[]): Promise<void> {
  // A node may end the process: what it came to is told on the way out.
  process.on("exit", (code) => tell({ state: null, exit: code }));
  for (const fixture of fixtures) if (names.includes(fixture.name)) await runAndTell(fixture);
}

if (import.meta.main) await main(process.argv.slice(2));
