/** Runs a fixture as a client of the adapter, and tells what came of it as bareRuns does. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DebugProtocol } from "@vscode/debugprotocol";
import type { InterruptsBody, LaunchAttributes } from "../../src/protocol/dap.ts";
import type { ServedAdapter } from "../dap/adapter.ts";
import { Client, type StoppedBody } from "../dap/client.ts";
import { type Fixture, fileOf, type Language } from "../fixtures/fixtures.ts";
import { Answers } from "./answers.ts";
import type { Run } from "./bare-runs.ts";
import type { Random } from "./stepping.ts";
import { Trace } from "./trace.ts";

/** From the input to the end, by requests to go on that are drawn at random; questions are answered. */
export async function debuggedRun(
  fixture: Fixture,
  language: Language,
  { adapter, python }: { readonly adapter: ServedAdapter; readonly python: string },
  numbers: Random,
): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), "fidelity-"));
  const trace = new Trace(folder);
  const client = await Client.start({ port: adapter.port });
  try {
    client.markNow();
    await client.run({ ...launchAttributes(fixture, language, folder, trace.file), python });
    const answers = new Answers(fixture);
    let outcome: Pick<Run, "state" | "error" | "exit"> = {};
    for (;;) {
      const stop = await nextStop(client);
      if (!stop) break;
      if (stop.reason === "end") {
        outcome = { state: await client.state() };
        break;
      }
      if (stop.reason === "exception") {
        const error = await errorOf(client, stop);
        // A swallowed interrupt is no end. After an error the nodes that failed would run again.
        if (error.type !== "GraphInterrupt") {
          outcome = { error };
          break;
        }
      }
      const thread = numbers.oneOf(await client.threads());
      client.markNow();
      if (stop.reason === "interrupt") {
        const { interrupts } = await client.request<InterruptsBody>("langgraph/interrupts", {});
        await client.request("langgraph/resume", { answers: answers.for(interrupts) });
      } else await goOn(client, thread?.id ?? stop.threadId, numbers);
    }
    await client.close();
    const [exited] = client.events<DebugProtocol.ExitedEvent["body"]>("exited");
    if (exited && exited.exitCode !== 0 && !outcome.error) outcome = { exit: exited.exitCode };
    return { ...outcome, ...trace.read() };
  } finally {
    client.kill();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function goOn(client: Client, threadId: number, numbers: Random): Promise<void> {
  const steps = ["stepIn", "stepIn", "next", "next", "stepOut", "continue", "pause"] as const;
  const step = numbers.oneOf(steps) ?? "next";
  if (step !== "pause") {
    await client.request(step, { threadId });
    return;
  }
  const answers = [client.request("continue", { threadId }), client.request("pause", { threadId })];
  // The run may be over before the pause comes.
  await Promise.all(answers.map((answer) => answer.catch(() => undefined)));
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
    stopOnEntry: true,
    node: process.execPath,
    nodeArgs: ["--experimental-strip-types"],
  });
}

/** Without the keys that are undefined. */
function toJson<Value>(value: unknown): Value {
  return JSON.parse(JSON.stringify(value ?? {}));
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
