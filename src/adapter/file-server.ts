// A runtime process that serves checkpoint files only: for clients that ask before anything is debugged.

import { isBuiltin } from "node:module";
import { dirname } from "node:path";
import type { Logger } from "../base/logger.ts";
import type { FileRequests } from "../protocol/runtime.ts";
import { runtimeGone } from "./errors.ts";
import { isNewEnough, versionOf } from "./interpreter-version.ts";
import { allOnPath, choosePython, thisMachine } from "./interpreters.ts";
import { runtimeArguments } from "./locations.ts";
import { type ProcessPlan, Runtime } from "./runtime.ts";

export class FileServer {
  readonly #logger: Logger;
  #process: Runtime | undefined;
  #started: Promise<Runtime> | undefined;
  /** How often the process was ended on purpose. */
  #ends = 0;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Starts the process where none runs. Rejects with a DebugError. */
  async request<Method extends keyof FileRequests>(
    method: Method,
    params: FileRequests[Method]["params"],
  ): Promise<FileRequests[Method]["result"]> {
    if (!this.#started || this.#process?.isLost) {
      const started = this.#start(params.file);
      this.#started = started;
      started.catch(() => {
        // The next request tries anew.
        if (this.#started === started) this.#started = undefined;
      });
    }
    return (await this.#started).request(method, params);
  }

  /** Resolves when the process has ended; a later request starts another. */
  async end(): Promise<void> {
    const runtime = this.#process;
    this.#ends++;
    this.#process = undefined;
    this.#started = undefined;
    await runtime?.shutdown();
  }

  async #start(file: string): Promise<Runtime> {
    const ends = this.#ends;
    const isUnwanted = (): boolean => ends !== this.#ends;
    const plan = await planProcess(file);
    if (isUnwanted()) throw runtimeGone();
    const runtime = new Runtime(plan, this.#logger);
    this.#process = runtime;
    await runtime.start(plan, undefined);
    await runtime.connect();
    if (!isUnwanted()) return runtime;
    await runtime.shutdown();
    throw runtimeGone();
  }
}

/**
 * This process's own Node where it has SQLite; else a Node of the PATH that has; else the Python that a graph beside the
 * file would run with.
 */
async function planProcess(file: string): Promise<ProcessPlan> {
  const cwd = process.cwd();
  const { env } = process;
  const plan = (language: "javascript" | "python", command: string): ProcessPlan => ({
    command,
    args: runtimeArguments(language),
    cwd,
    // An editor's own Node is one only if it is told so.
    env: command === process.execPath ? { ...env, ELECTRON_RUN_AS_NODE: "1" } : { ...env },
  });
  if (isBuiltin("node:sqlite") && isNewEnough("javascript", process.version))
    return plan("javascript", process.execPath);
  const machine = thisMachine(env);
  for (const node of allOnPath(machine, "node")) {
    if (isNewEnough("javascript", await versionOf({ command: node, cwd, env })))
      return plan("javascript", node);
  }
  return plan("python", choosePython(machine, undefined, [dirname(file), cwd], cwd));
}
