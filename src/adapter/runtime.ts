// One runtime process: started, connected, asked, listened to, ended.

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { StringDecoder } from "node:string_decoder";
import { ErrorCodes, type MessageConnection, ResponseError } from "vscode-jsonrpc/node.js";
import { Emitter } from "../base/event.ts";
import type { Logger } from "../base/logger.ts";
import type { Events, HelloParams, Requests, RuntimeErrorData } from "../protocol/runtime.ts";
import { endedInTerminal, fromRuntime, runtimeDidNotStart, runtimeGone, runtimeSilent } from "./errors.ts";
import type { LaunchPlan } from "./launch-plan.ts";
import { type Greeted, RuntimeListener } from "./runtime-listener.ts";
import { startInTerminal, type Terminal } from "./terminal.ts";

/** How long an interpreter may take to start up to `hello`; nothing of the user's is imported before. */
const helloSeconds = 30;
/** After `shutdown` was answered or the socket closed, a runtime must be gone within a second. */
const graceMilliseconds = 1_500;
/** Characters of the process's stderr that are kept to tell what went wrong: a long traceback. */
const keptErrors = 16_000;

/** What a runtime process is started with. */
export type ProcessPlan = Pick<LaunchPlan, "command" | "args" | "cwd" | "env">;

export interface RuntimeEnd {
  /** Undefined where nobody told: the terminal that owned the process is gone. */
  readonly code: number | undefined;
  readonly signal: string | undefined;
}

const eventNames: { [Name in keyof Events]: true } = {
  stopped: true,
  graphs: true,
  task: true,
  superstep: true,
  message: true,
  custom: true,
  token: true,
};

export class Runtime {
  readonly #logger: Logger;
  readonly #command: string;
  readonly #emitters = new Map<string, Emitter<never>>();
  readonly #output = new Emitter<{ stream: "stdout" | "stderr"; text: string }>();
  readonly #ended = new Emitter<RuntimeEnd>();
  readonly onOutput = this.#output.event;
  /** Fires once, when the process is gone and all its output has been delivered. */
  readonly onEnd = this.#ended.event;

  #listener: RuntimeListener | undefined;
  #child: ChildProcess | undefined;
  #connection: MessageConnection | undefined;
  #hello: Omit<HelloParams, "token"> | undefined;
  #end: RuntimeEnd | undefined;
  #recentErrors = "";
  #closed = false;
  /** Events taken up to now. */
  #messages = 0;
  /** Settles when the connection is closed and all that came over it has been handled; at once without one. */
  #drained = Promise.resolve();

  constructor(plan: ProcessPlan, logger: Logger) {
    this.#logger = logger;
    this.#command = plan.command;
  }

  get pid(): number | undefined {
    return this.#hello?.pid ?? this.#child?.pid;
  }

  /** Resolves when the process has ended. */
  get over(): Promise<RuntimeEnd> {
    return this.#end ? Promise.resolve(this.#end) : new Promise((resolve) => this.onEnd(resolve));
  }

  /** The connection is lost: the process has ended or is about to. */
  get isLost(): boolean {
    return this.#closed || this.#end !== undefined;
  }

  /** What the process wrote to stderr last. */
  get lastErrors(): string {
    return this.#recentErrors;
  }

  /** It has said `hello`. */
  get connected(): boolean {
    return this.#hello !== undefined;
  }

  /** Starts the process and resolves when that is done; `connect` comes next. */
  async start(plan: ProcessPlan, terminal: Terminal | undefined): Promise<void> {
    const listener = new RuntimeListener(this.#logger);
    this.#listener = listener;
    const port = await listener.listen();
    const env = {
      ...plan.env,
      LANGGRAPH_DEBUG_PORT: String(port),
      LANGGRAPH_DEBUG_TOKEN: listener.token,
    };
    if (!terminal) {
      this.#spawn(plan, env);
      return;
    }
    try {
      await startInTerminal(terminal, plan, env);
    } catch (error) {
      listener.close();
      throw error;
    }
  }

  /** Resolves when the process has said `hello`. */
  async connect(): Promise<void> {
    const listener = this.#listener;
    if (!listener) throw runtimeGone();
    try {
      const { connection, hello } = await this.#firstOf(listener);
      this.#hello = hello;
      this.#listenTo(connection);
    } catch (error) {
      this.kill();
      throw error;
    } finally {
      listener.close();
    }
  }

  /** Rejects with a DebugError. */
  async request<Method extends Exclude<keyof Requests, "hello">>(
    method: Method,
    params: Requests[Method]["params"],
  ): Promise<Requests[Method]["result"]> {
    const connection = this.#connection;
    if (!connection || this.#end || this.#closed) throw runtimeGone();
    try {
      return await connection.sendRequest(method, params);
    } catch (error) {
      if (error instanceof ResponseError && isErrorData(error.data))
        throw fromRuntime(error.message, error.data);
      if (this.#end || this.#closed || isLost(error)) throw runtimeGone();
      throw error;
    }
  }

  on<Name extends keyof Events>(name: Name, listener: (event: Events[Name]) => void): void {
    let emitter = this.#emitters.get(name) as Emitter<Events[Name]> | undefined;
    if (!emitter) {
      emitter = new Emitter<Events[Name]>();
      this.#emitters.set(name, emitter as Emitter<never>);
    }
    emitter.event(listener);
  }

  /** Ends the process in an orderly way: what the run has done is on disk when this resolves. */
  async shutdown(): Promise<void> {
    if (this.#end) return;
    if (!this.#connection) {
      this.kill();
      return;
    }
    const over = new Promise<void>((resolve) => this.onEnd(() => resolve()));
    const answered = this.request("shutdown", {}).catch((error: unknown) => {
      if (!this.#end) this.#logger.error(`shutdown: ${String(error)}`);
    });
    const timer = setTimeout(() => this.kill(), graceMilliseconds * 2);
    await Promise.race([answered, over]);
    clearTimeout(timer);
    if (this.#end) return;
    const grace = setTimeout(() => this.kill(), graceMilliseconds);
    await over;
    clearTimeout(grace);
  }

  /** Ends the process and what it has started, at once. */
  kill(): void {
    const pid = this.#child?.pid ?? this.#hello?.pid;
    if (pid === undefined || this.#end) return;
    if (process.platform === "win32") {
      spawnSync("taskkill", ["/pid", String(pid), "/t", "/f"], { windowsHide: true });
      return;
    }
    for (const target of [-pid, pid]) {
      try {
        process.kill(target, "SIGKILL");
        return;
      } catch {
        // No process group of that number (a terminal owns it), or gone already.
      }
    }
  }

  #spawn(plan: ProcessPlan, env: NodeJS.ProcessEnv): void {
    const child = spawn(plan.command, [...plan.args], {
      cwd: plan.cwd,
      env,
      stdio: ["ignore", "pipe", "pipe"],
      // A process group of its own, so that what the graph starts can be ended with it.
      detached: process.platform !== "win32",
      windowsHide: true,
    });
    this.#child = child;
    for (const stream of ["stdout", "stderr"] as const) {
      // A chunk can end inside a character.
      const chunks = new StringDecoder("utf8");
      child[stream]?.on("data", (data: Buffer) => this.#deliver(stream, chunks.write(data)));
      child[stream]?.on("end", () => this.#deliver(stream, chunks.end()));
    }
    child.once("error", (error) => {
      this.#recentErrors ||= error.message;
      this.#over({ code: 127, signal: undefined });
    });
    child.once("close", async (code, signal) => {
      await this.#drained;
      this.#over({ code: code ?? undefined, signal: signal ?? undefined });
    });
  }

  #deliver(stream: "stdout" | "stderr", text: string): void {
    if (text === "") return;
    if (stream === "stderr") this.#recentErrors = (this.#recentErrors + text).slice(-keptErrors);
    this.#output.fire({ stream, text });
  }

  async #firstOf(listener: RuntimeListener): Promise<Greeted> {
    let timer: NodeJS.Timeout | undefined;
    const failed = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(runtimeSilent(this.#command, helloSeconds)), helloSeconds * 1000);
      this.onEnd(({ code, signal }) =>
        reject(runtimeDidNotStart(this.#command, signal ?? `exit code ${code}`, this.#recentErrors)),
      );
      void listener.launcherEnd.then(({ code, signal }) =>
        reject(
          endedInTerminal(this.#command, signal ?? (code === undefined ? undefined : `exit code ${code}`)),
        ),
      );
    });
    try {
      return await Promise.race([listener.runtime, failed]);
    } finally {
      clearTimeout(timer);
      failed.catch(() => {});
    }
  }

  #listenTo(connection: MessageConnection): void {
    this.#connection = connection;
    for (const name of Object.keys(eventNames)) {
      connection.onNotification(name, (event: unknown) => {
        this.#messages++;
        const emitter = this.#emitters.get(name) as Emitter<unknown> | undefined;
        emitter?.fire(event);
      });
    }
    connection.onError(([error]) => this.#logger.error(`connection to the runtime: ${error.message}`));
    let lastMessage = 0;
    this.#drained = new Promise((resolve) => {
      connection.onClose(() => {
        this.#closed = true;
        // Messages that have been read are handled one a turn of the event loop.
        let turns = 0;
        const wait = (): void => {
          turns = lastMessage === this.#messages ? turns + 1 : 0;
          lastMessage = this.#messages;
          if (turns > 3) resolve();
          else setImmediate(wait);
        };
        wait();
      });
    });
    void this.#drained.then(() => {
      connection.dispose();
      if (!this.#child) this.#endInTerminal();
      else if (!this.#end) setTimeout(() => this.kill(), graceMilliseconds).unref();
    });
  }

  /** The launcher knows how the process ended; it may be gone as well. */
  #endInTerminal(): void {
    const timer = setTimeout(() => this.kill(), graceMilliseconds);
    const unheard = setTimeout(
      () => this.#over({ code: undefined, signal: undefined }),
      2 * graceMilliseconds,
    );
    void this.#listener?.launcherEnd.then(({ code, signal }) => this.#over({ code, signal }));
    this.onEnd(() => {
      clearTimeout(timer);
      clearTimeout(unheard);
    });
  }

  #over(end: RuntimeEnd): void {
    if (this.#end) return;
    this.#end = end;
    this.#connection?.dispose();
    this.#ended.fire(end);
  }
}

/** Whether a request failed for the connection: the process may be gone before that is known of it. */
function isLost(error: unknown): boolean {
  if (!(error instanceof ResponseError)) return true;
  const { MessageWriteError, PendingResponseRejected, ConnectionInactive } = ErrorCodes;
  return (
    error.code === MessageWriteError ||
    error.code === PendingResponseRejected ||
    error.code === ConnectionInactive
  );
}

function isErrorData(data: unknown): data is RuntimeErrorData {
  return typeof data === "object" && data !== null && typeof (data as { code?: unknown }).code === "string";
}
