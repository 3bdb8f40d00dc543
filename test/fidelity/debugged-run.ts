/** Runs a fixture under the debugger, through the adapter, and tells what came of it as bareRuns does. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DebugProtocol } from "@vscode/debugprotocol";
import type { InterruptsBody, LaunchAttributes } from "../../src/protocol/dap.ts";
import { adapterPath, Client, nodePath, type StoppedBody } from "../dap/client.ts";
import { python } from "../dap/languages.ts";
import { type Fixture, fileOf, type Language } from "../fixtures/fixtures.ts";
import type { Run } from "./bare-runs.ts";

export interface DebuggedRun extends Run {
  /** The nodes that some stop was before, without the graphs around them. */
  readonly stoppedAt: ReadonlySet<string>;
}

/** One adapter on a loopback port, for all sessions. */
export class Adapter {
  readonly port: number;
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess, port: number) {
    this.#process = process;
    this.port = port;
  }

  static async start(): Promise<Adapter> {
    const child = spawn(nodePath, [adapterPath, "--port", "0"], { stdio: ["ignore", "inherit", "pipe"] });
    let said = "";
    for await (const text of child.stderr.setEncoding("utf8").iterator({ destroyOnReturn: false })) {
      said += text;
      const port = /port (\d+)/.exec(said)?.[1];
      if (port === undefined) continue;
      child.stderr.pipe(process.stderr);
      return new Adapter(child, Number(port));
    }
    throw new Error(`The adapter ended: ${said}`);
  }

  stop(): void {
    this.#process.kill();
  }
}

/**
 * Runs to the end, with the answers to interrupts given beforehand. With `everyNode` it stops before every node of
 * every graph and at every interrupt, where it gives the answers, and goes on.
 */
export async function debuggedRun(
  fixture: Fixture,
  language: Language,
  everyNode: boolean,
  adapter: Adapter,
): Promise<DebuggedRun> {
  const folder = mkdtempSync(join(tmpdir(), "fidelity-"));
  const traceFile = join(folder, "trace.jsonl");
  writeFileSync(traceFile, "");
  const client = await Client.start({ port: adapter.port });
  try {
    if (everyNode) await client.request("setFunctionBreakpoints", { breakpoints: [{ name: "*" }] });
    client.markNow();
    const attributes = launchAttributes(fixture, language, folder, traceFile);
    await client.run(everyNode ? attributes : { ...attributes, resume: toJson(fixture.answers) });
    const answers = new Answers(fixture);
    const stoppedAt = new Set<string>();
    let outcome: Pick<Run, "state" | "error" | "exit"> = {};
    for (;;) {
      const stop = await nextStop(client);
      if (!stop) break;
      if (stop.reason === "end") {
        outcome = { state: await client.state() };
        break;
      }
      // After a swallowed interrupt the run goes on, to another outcome.
      if (stop.reason === "exception") outcome = { error: await errorOf(client, stop) };
      for (const { name } of await client.threads()) stoppedAt.add(nodeName(name));
      client.markNow();
      if (stop.reason === "interrupt") await answers.give(client);
      else await client.request("continue", { threadId: stop.threadId });
    }
    await client.close();
    const [exited] = client.events<DebugProtocol.ExitedEvent["body"]>("exited");
    if (exited && exited.exitCode !== 0 && !outcome.error) outcome = { exit: exited.exitCode };
    return { ...outcome, ...tracedRuns(traceFile), stoppedAt };
  } finally {
    client.kill();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

function launchAttributes(
  fixture: Fixture,
  language: Language,
  folder: string,
  traceFile: string,
): LaunchAttributes {
  return toJson({
    program: fileOf(fixture, language),
    graph: fixture.graph ?? "graph",
    input: fixture.input,
    config: fixture.config,
    context: fixture.context,
    cwd: folder,
    env: { LANGGRAPH_TRACE_FILE: traceFile },
    python,
    node: process.execPath,
  });
}

/** Without the keys that are undefined. */
function toJson<Value>(value: unknown): Value {
  return JSON.parse(JSON.stringify(value ?? {}));
}

/** The fixture's answers, given to whatever waits for one. */
class Answers {
  readonly #left: Map<string, unknown[]>;

  constructor(fixture: Fixture) {
    this.#left = new Map(Object.entries(fixture.answers ?? {}).map(([node, values]) => [node, [...values]]));
  }

  async give(client: Client): Promise<void> {
    const { interrupts } = await client.request<InterruptsBody>("langgraph/interrupts", {});
    // All interrupts of one task share an id and are asked one after the other.
    const ids = new Map(interrupts.map(({ id, node }) => [id, node]));
    const answers = Object.fromEntries([...ids].map(([id, node]) => [id, this.#next(node)]));
    await client.request("langgraph/resume", { answers });
  }

  #next(node: string): unknown {
    const left = this.#left.get(node);
    if (!left || left.length === 0) throw new Error(`No answer is left for ${node}`);
    return left.shift();
  }
}

/** The next stop, or nothing when the program ends first. */
function nextStop(client: Client): Promise<StoppedBody | undefined> {
  return Promise.race([client.event("stopped"), client.event("terminated").then(() => undefined)]);
}

async function errorOf(client: Client, stop: StoppedBody): Promise<{ type: string; message: string }> {
  const info = await client.request<DebugProtocol.ExceptionInfoResponse["body"]>("exceptionInfo", {
    threadId: stop.threadId,
  });
  return { type: info.exceptionId, message: info.description ?? "" };
}

/** `measure` of a thread called `research:measure #2`. */
function nodeName(thread: string): string {
  return (thread.split(":").at(-1) ?? "").replace(/\s*#\d+$/, "").replace(/ \(.*\)$/, "");
}

function tracedRuns(traceFile: string): Pick<Run, "runs" | "trace"> {
  const lines = readFileSync(traceFile, "utf8").split("\n").filter(Boolean).sort();
  const trace: { node?: string }[] = lines.map((line) => JSON.parse(line));
  const runs: Record<string, number> = {};
  for (const { node } of trace) if (node) runs[node] = (runs[node] ?? 0) + 1;
  return { runs, trace };
}
