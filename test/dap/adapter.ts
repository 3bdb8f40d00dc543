// An adapter on a loopback port, which serves the sessions of many tests.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { adapterPath } from "../fixtures/programs.ts";

export class ServedAdapter {
  readonly port: number;
  /** What it wrote to stderr. */
  log: string;
  readonly #process: ChildProcess;
  readonly #ended: Promise<unknown>;

  private constructor(process: ChildProcess, port: number, log: string) {
    this.#process = process;
    this.#ended = once(process, "close");
    this.port = port;
    this.log = log;
    process.stderr?.on("data", (text: string) => {
      this.log += text;
    });
  }

  static async start(): Promise<ServedAdapter> {
    const child = spawn(process.execPath, [adapterPath, "--port", "0"], {
      stdio: ["ignore", "inherit", "pipe"],
    });
    let said = "";
    for await (const text of child.stderr.setEncoding("utf8").iterator({ destroyOnReturn: false })) {
      said += text;
      const port = /port (\d+)/.exec(said)?.[1];
      if (port !== undefined) return new ServedAdapter(child, Number(port), said);
    }
    throw new Error(`The adapter ended: ${said}`);
  }

  async stop(): Promise<void> {
    this.#process.kill();
    await this.#ended;
  }
}
