// Asks the debug adapter about checkpoint files in a process of its own, without a session: started when first asked,
// ended when it has not been used for a while. Knows nothing of VS Code.

import type { ChildProcessWithoutNullStreams } from "node:child_process";
import type { Logger } from "../../base/logger.ts";
import type { CustomRequests } from "../../protocol/dap.ts";
import { frame, Unframing } from "./framing.ts";

export interface AdapterClientOptions {
  /** Starts the adapter on stdio. */
  start(): ChildProcessWithoutNullStreams;
  readonly log: Pick<Logger, "info" | "warn">;
  /** How long the process stays without being used. */
  readonly idleMilliseconds: number;
}

/** How long a process that was asked to end may take before it is killed. */
const graceMilliseconds = 3_000;
/** Characters of stderr that are kept, to tell why the process ended. */
const keptErrors = 2_000;

/** Requests of any number of users, over one process at a time. */
export class AdapterClient {
  readonly #options: AdapterClientOptions;
  #connection: Connection | undefined;
  #pending = 0;
  #idle: NodeJS.Timeout | undefined;
  #disposed = false;

  constructor(options: AdapterClientOptions) {
    this.#options = options;
  }

  /** Rejects with the adapter's message, which says what to do next, or with why there is no adapter. */
  async request<Name extends keyof CustomRequests>(
    name: Name,
    args: CustomRequests[Name]["arguments"],
  ): Promise<CustomRequests[Name]["body"]> {
    if (this.#disposed) throw new Error("The window is being closed.");
    clearTimeout(this.#idle);
    this.#pending++;
    try {
      const connection = this.#connected();
      await connection.ready;
      return (await connection.request(name, args)) as CustomRequests[Name]["body"];
    } finally {
      if (--this.#pending === 0 && !this.#disposed) {
        clearTimeout(this.#idle);
        this.#idle = setTimeout(() => this.#end(), this.#options.idleMilliseconds);
        this.#idle.unref();
      }
    }
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#idle);
    this.#end();
  }

  #connected(): Connection {
    if (this.#connection === undefined || this.#connection.isOver) {
      this.#connection = new Connection(this.#options.start(), this.#options.log);
    }
    return this.#connection;
  }

  #end(): void {
    this.#connection?.end();
    this.#connection = undefined;
  }
}

interface Answer {
  readonly type: string;
  readonly request_seq?: number;
  readonly success?: boolean;
  readonly message?: string;
  readonly body?: unknown;
}

interface Waiting {
  resolve(body: unknown): void;
  reject(error: Error): void;
}

/** One adapter process. */
class Connection {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #log: AdapterClientOptions["log"];
  readonly #waiting = new Map<number, Waiting>();
  readonly #unframing = new Unframing();
  /** Settles when the adapter takes requests. */
  readonly ready: Promise<unknown>;
  #sequence = 0;
  #errors = "";
  #over: Error | undefined;

  constructor(child: ChildProcessWithoutNullStreams, log: AdapterClientOptions["log"]) {
    this.#child = child;
    this.#log = log;
    child.stdout.on("data", (piece: Buffer) => this.#take(piece));
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#errors = (this.#errors + text).slice(-keptErrors);
      log.warn(text.trimEnd());
    });
    // Writing to a process that has ended: its end says why.
    child.stdin.on("error", () => {});
    child.on("error", (error) => this.#lost(`could not be started: ${error.message}`));
    child.on("close", (code, signal) => this.#lost(`ended (${signal ?? `exit code ${code}`})`));
    this.ready = this.request("initialize", {
      adapterID: "langgraph",
      clientID: "langgraph-threads",
      pathFormat: "path",
      linesStartAt1: true,
      columnsStartAt1: true,
    });
    // Whoever asks hears of it; nobody may ask.
    this.ready.catch(() => {});
  }

  get isOver(): boolean {
    return this.#over !== undefined;
  }

  request(command: string, args: object): Promise<unknown> {
    if (this.#over) return Promise.reject(this.#over);
    const seq = ++this.#sequence;
    return new Promise((resolve, reject) => {
      this.#waiting.set(seq, { resolve, reject });
      this.#child.stdin.write(frame({ seq, type: "request", command, arguments: args }));
    });
  }

  /** Lets the process end by itself, as an editor does; one that does not is killed. */
  end(): void {
    if (this.#over) return;
    this.request("disconnect", {}).catch(() => {});
    this.#child.stdin.end();
    const timer = setTimeout(() => this.#child.kill(), graceMilliseconds);
    timer.unref();
    this.#child.once("close", () => clearTimeout(timer));
  }

  #take(piece: Buffer): void {
    try {
      for (const message of this.#unframing.take(piece)) this.#answered(message as Answer);
    } catch (error) {
      this.#lost(`can't be understood: ${(error as Error).message}`);
      this.#child.kill();
    }
  }

  #answered({ type, request_seq = 0, success, message, body }: Answer): void {
    const waiting = type === "response" ? this.#waiting.get(request_seq) : undefined;
    if (!waiting) return;
    this.#waiting.delete(request_seq);
    if (success) waiting.resolve(body);
    else waiting.reject(new Error(message ?? "The debug adapter gave no reason."));
  }

  #lost(how: string): void {
    if (this.#over) return;
    const last = this.#errors.trim().split("\n").at(-1);
    this.#over = new Error(
      `The debug adapter ${how}.${last ? ` It said: ${last.replace(/\.$/, "")}.` : ""} Try again.`,
    );
    if (this.#waiting.size > 0) this.#log.warn(this.#over.message);
    for (const { reject } of this.#waiting.values()) reject(this.#over);
    this.#waiting.clear();
  }
}
