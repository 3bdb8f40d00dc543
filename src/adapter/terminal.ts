// Runs a runtime in the client's terminal, without its token ever being part of a command line.

import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DebugProtocol } from "@vscode/debugprotocol";
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
  plan: LaunchPlan,
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

/** In the terminal: does the errand in the file and ends as it ends. */
export function runErrand(path: string): void {
  const errand = JSON.parse(readFileSync(path, "utf8")) as Errand;
  rmSync(path, { force: true });
  const child = spawn(errand.command, [...errand.args], {
    cwd: errand.cwd,
    env: errand.env,
    stdio: "inherit",
  });
  // Ctrl+C reaches the child by itself.
  process.on("SIGINT", () => {});
  child.once("error", (error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 127;
  });
  child.once("exit", (code) => {
    process.exitCode = code ?? 1;
  });
}
