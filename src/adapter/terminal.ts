// Runs a runtime in the client's terminal, without its token ever being part of a command line.

import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DebugProtocol } from "@vscode/debugprotocol";
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from "vscode-jsonrpc/node.js";
import { noTerminal } from "./errors.ts";
import type { LaunchPlan } from "./launch-plan.ts";
import { adapterScript } from "./locations.ts";

/** Sends `runInTerminal` to the client. */
export type Terminal = (args: DebugProtocol.RunInTerminalRequestArguments) => Promise<unknown>;

interface Errand {
  command: string;
  args: readonly string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
}

/**
 * Terminals are given a command line that everyone on the machine can read, the environment included. So it holds only
 * the path of a file that its reader deletes; this script, started again, reads it and starts the runtime.
 */
export async function startInTerminal(
  terminal: Terminal,
  plan: Pick<LaunchPlan, "command" | "args" | "cwd">,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const path = join(tmpdir(), `langgraph-debug-${randomBytes(8).toString("hex")}.json`);
  const errand: Errand = { command: plan.command, args: plan.args, cwd: plan.cwd, env };
  writeFileSync(path, JSON.stringify(errand), { encoding: "utf8", mode: 0o600, flag: "wx" });
  try {
    await terminal({
      kind: "integrated",
      title: "LangGraph",
      cwd: plan.cwd,
      args: [process.execPath, adapterScript, "--run", path],
      ...(process.versions.electron !== undefined && { env: { ELECTRON_RUN_AS_NODE: "1" } }),
    });
  } catch (error) {
    rmSync(path, { force: true });
    throw noTerminal((error as Error).message);
  }
}

/** How a runtime in a terminal ended: what its launcher says of it. */
export interface LauncherEnd {
  readonly code?: number;
  readonly signal?: string;
}

/**
 * In the terminal: does the errand in the file and ends as it ends. Meanwhile it keeps a connection to the adapter, which
 * so hears at once of a runtime that ends, before it could connect too, and of a terminal that is closed.
 */
export function runErrand(path: string): void {
  const errand = JSON.parse(readFileSync(path, "utf8")) as Errand;
  rmSync(path, { force: true });
  const { LANGGRAPH_DEBUG_PORT: port, LANGGRAPH_DEBUG_TOKEN: token } = errand.env;
  const socket = connect(Number(port), "127.0.0.1");
  const connection = createMessageConnection(
    new StreamMessageReader(socket),
    new StreamMessageWriter(socket),
  );
  connection.onError(() => {});
  const tell = (name: string, params: object): Promise<void> =>
    connection.sendNotification(name, params).catch(() => {});
  const gone = (error: Error): void => {
    process.stderr.write(`The debug session has ended already (${error.message}).\n`);
    process.exitCode = 1;
  };
  socket.once("error", gone);
  socket.once("connect", () => {
    socket.off("error", gone);
    // An adapter that goes takes the runtime with it.
    socket.on("error", () => {});
    connection.listen();
    void tell("launcher", { token });
    start(errand, (end) => void tell("ended", end).then(() => socket.destroySoon()));
  });
}

function start({ command, args, cwd, env }: Errand, ended: (end: LauncherEnd) => void): void {
  const child = spawn(command, [...args], { cwd, env, stdio: "inherit" });
  // Ctrl+C reaches the child by itself.
  process.on("SIGINT", () => {});
  child.once("error", (error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 127;
    ended({ code: 127 });
  });
  child.once("exit", (code, signal) => {
    process.exitCode = code ?? 1;
    ended({ ...(code !== null && { code }), ...(signal !== null && { signal }) });
  });
}
