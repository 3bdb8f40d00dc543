/** What the measurements of the debugger share: figures as lines of JSON, medians, and sessions of the built adapter. */
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { LaunchAttributes } from "../../../src/protocol/dap.ts";
import { Client, type ClientOptions } from "../../dap/client.ts";

const built = fileURLToPath(new URL("../../../dist/adapter.js", import.meta.url));
/** The adapter as users have it, where it is built. */
export const adapter: ClientOptions = existsSync(built) ? { adapter: built } : {};

/** Prints one figure for scripts/bench.mjs. Without a goal it is there for comparison only. */
export function report(name: string, value: number, unit: string, most?: number): void {
  const goal = most === undefined ? {} : { goal: `<= ${most}`, reached: value <= most };
  console.log(JSON.stringify({ name, value: Number(value.toFixed(3)), unit, ...goal }));
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

export function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

/** Calls `body` with a folder that is removed afterwards. */
export async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  try {
    await body(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

/** What a program printed as one JSON value. */
export async function printed<Result>(command: string, args: readonly string[]): Promise<Result> {
  const { stdout } = await promisify(execFile)(command, [...args]);
  return JSON.parse(stdout) as Result;
}

/** Milliseconds from `continue` at the stop on entry to the stop at the end, and the state there. */
export async function timedRun(
  attributes: LaunchAttributes,
  prepare: (client: Client) => Promise<unknown> = async () => undefined,
): Promise<{ milliseconds: number; state: Record<string, unknown> }> {
  const client = await Client.start(adapter);
  try {
    await prepare(client);
    await client.launch({ ...attributes, stopOnEntry: true });
    const started = performance.now();
    const stop = await client.go("continue");
    const milliseconds = performance.now() - started;
    if (stop.reason !== "end") throw new Error(`It stopped: ${stop.description}`);
    const state = await client.state();
    await client.close();
    return { milliseconds, state };
  } finally {
    client.kill();
  }
}
