// Starts the debug adapter: with VS Code's own Node, since the user's PATH may have none.

import { type ChildProcessWithoutNullStreams, execFile, spawn } from "node:child_process";
import * as vscode from "vscode";

/** What makes VS Code's executable, which is Electron on a desktop, behave as Node. */
const asNode = { ELECTRON_RUN_AS_NODE: "1" };

/** One adapter process for each session. */
export class AdapterFactory implements vscode.DebugAdapterDescriptorFactory {
  readonly #adapter: string;

  /** `adapter` is the path of dist/adapter.js. */
  constructor(adapter: string) {
    this.#adapter = adapter;
  }

  createDebugAdapterDescriptor(): vscode.DebugAdapterDescriptor {
    return new vscode.DebugAdapterExecutable(process.execPath, [this.#adapter], { env: asNode });
  }
}

/** Runs the adapter for one answer, as in `node dist/adapter.js --graphs <file>`, and gives what it prints. */
export function askAdapter(adapter: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { env: { ...process.env, ...asNode }, timeout: 20_000, maxBuffer: 16 * 1024 * 1024 };
    execFile(process.execPath, [adapter, ...args], options, (error, stdout, stderr) => {
      if (error) reject(new Error(stderr.trim() || error.message));
      else resolve(stdout);
    });
  });
}

/** Starts the adapter on stdio, in this folder. */
export function startAdapter(adapter: string, cwd: string | undefined): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [adapter], {
    env: { ...process.env, ...asNode },
    cwd,
    stdio: "pipe",
    windowsHide: true,
  });
}
