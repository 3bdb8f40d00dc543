// Starts the Node runtime as the adapter does, and talks to it in tests.

import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { frame, Unframer } from "../../runtime/node/framing.ts";
import type {
  Events,
  GraphPosition,
  LoadParams,
  NodeBreakpoint,
  Requests,
  RunParams,
  RuntimeErrorData,
  SetBreakpointsParams,
  StepMode,
  StoppedEvent,
} from "../../src/protocol/runtime.ts";
import { nodeRuntimePath } from "../fixtures/programs.ts";

export const repository = join(import.meta.dirname, "..", "..");
export const fixture = (name: string): string => join(import.meta.dirname, "..", "fixtures", name);

/** An error response, with the protocol's code. */
export class ResponseError extends Error {
  readonly data: RuntimeErrorData;

  constructor(message: string, data: RuntimeErrorData) {
    super(message);
    this.data = data;
  }
}

type Message = {
  id?: number;
  method?: string;
  params?: unknown;
  result?: unknown;
  error?: { message: string; data: RuntimeErrorData };
};
type Seen = { method: string; params: unknown };

export interface DriverOptions {
  nodeArgs?: string[];
  env?: { [name: string]: string };
  cwd?: string;
  /** Where the checkpoint file is; kept when it is given. */
  folder?: string;
}

/** One runtime process. Dispose of it at the end of the test. */
export class NodeRuntime implements AsyncDisposable {
  readonly child: ChildProcess;
  readonly folder: string;
  readonly events: Seen[] = [];
  readonly exited: Promise<number | null>;
  output = "";
  readonly #socket: Socket;
  readonly #isOwnFolder: boolean;
  readonly #waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  readonly #watchers = new Set<() => void>();
  #read = 0;
  #nextId = 1;
  #breakpoints: SetBreakpointsParams = {
    breakpoints: [],
    dataBreakpoints: [],
    exceptions: [{ filter: "raised" }],
    compiled: true,
    revision: 0,
  };

  private constructor(child: ChildProcess, socket: Socket, folder: string, isOwnFolder: boolean) {
    this.child = child;
    this.#socket = socket;
    this.folder = folder;
    this.#isOwnFolder = isOwnFolder;
    this.exited = new Promise((resolve) => child.once("exit", resolve));
    const collect = (data: Buffer): void => {
      this.output += data.toString();
    };
    child.stdout?.on("data", collect);
    child.stderr?.on("data", collect);
    const unframer = new Unframer((text) => this.#take(JSON.parse(text) as Message));
    socket.on("data", (data) => unframer.push(data as Buffer));
    socket.on("error", () => {});
  }

  static async start(options: DriverOptions = {}): Promise<NodeRuntime> {
    const token = randomBytes(32).toString("hex");
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" ? address?.port : undefined;
    const connected = new Promise<Socket>((resolve) => server.once("connection", resolve));
    const child = spawn(process.execPath, [...(options.nodeArgs ?? []), nodeRuntimePath], {
      cwd: options.cwd ?? repository,
      env: {
        ...process.env,
        ...options.env,
        LANGGRAPH_DEBUG_PORT: String(port),
        LANGGRAPH_DEBUG_TOKEN: token,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const socket = await connected;
    server.close();
    const folder = options.folder ?? mkdtempSync(join(tmpdir(), "runtime-"));
    const driver = new NodeRuntime(child, socket, folder, options.folder === undefined);
    const hello = await driver.event("hello");
    if ((hello as { token?: string }).token !== token)
      throw new Error("The runtime has not shown its token.");
    return driver;
  }

  request<Name extends keyof Requests>(
    method: Name,
    params: Requests[Name]["params"],
  ): Promise<Requests[Name]["result"]> {
    const id = this.#nextId++;
    const answer = new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    this.#send({ id, method, params });
    return answer as Promise<Requests[Name]["result"]>;
  }

  load(program: string, more: Partial<LoadParams> = {}): Promise<Requests["load"]["result"]> {
    return this.request("load", {
      program,
      searchPaths: [],
      checkpoints: join(this.folder, "checkpoints.sqlite"),
      workspaceFolders: [repository],
      ...more,
    });
  }

  async breakpoints(
    breakpoints: Partial<NodeBreakpoint>[],
    exceptions: ("raised" | "retried" | "swallowed")[] = ["raised", "swallowed"],
  ): Promise<void> {
    const all = breakpoints.map((breakpoint, index) => ({
      id: index + 1,
      when: "before" as const,
      graph: "*",
      node: "*",
      ...breakpoint,
    }));
    this.#breakpoints = {
      ...this.#breakpoints,
      breakpoints: all,
      exceptions: exceptions.map((filter) => ({ filter })),
    };
    await this.request("setBreakpoints", this.#breakpoints);
  }

  /** Runs until the next stop. */
  async run(step: StepMode["kind"] | StepMode, more: Partial<RunParams> = {}): Promise<StoppedEvent> {
    const mode = typeof step === "string" ? ({ kind: step, namespace: "" } as StepMode) : step;
    await this.request("run", { threadId: "thread", step: mode, noDebug: false, ...more });
    return this.stopped();
  }

  stopped(): Promise<StoppedEvent> {
    return this.event("stopped") as Promise<StoppedEvent>;
  }

  /** The next event of this name that no one has waited for yet; the ones before it are passed over. */
  event(method: keyof Events | "hello"): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        for (let index = this.#read; index < this.events.length; index += 1) {
          const seen = this.events[index];
          if (seen?.method !== method) continue;
          this.#read = index + 1;
          this.#watchers.delete(look);
          resolve(seen.params);
          return;
        }
      };
      this.#watchers.add(look);
      void this.exited.then(() => reject(new Error(`The runtime ended before "${method}".\n${this.output}`)));
      look();
    });
  }

  /** Parameters of all events of this name so far. */
  all<Name extends keyof Events>(method: Name): Events[Name][] {
    return this.events.filter((seen) => seen.method === method).map(({ params }) => params as Events[Name]);
  }

  async evaluate(expression: string, namespace = ""): Promise<string> {
    return (await this.request("evaluate", { expression, namespace })).value;
  }

  disconnect(): void {
    this.#socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.#socket.destroy();
      await this.exited;
    }
    if (this.#isOwnFolder) rmSync(this.folder, { recursive: true, force: true });
  }

  #take(message: Message): void {
    if (message.method === "hello" && message.id !== undefined) {
      this.#send({ id: message.id, result: { protocolVersion: 1 } });
    }
    if (message.method !== undefined) {
      this.events.push({ method: message.method, params: message.params });
      for (const look of [...this.#watchers]) look();
      if (message.method === "graphs") this.#answerGraphs(message.params as Events["graphs"]);
      return;
    }
    const waiting = this.#waiting.get(message.id ?? -1);
    this.#waiting.delete(message.id ?? -1);
    if (message.error === undefined) waiting?.resolve(message.result);
    else waiting?.reject(new ResponseError(message.error.message, message.error.data));
  }

  /** As the adapter does. */
  #answerGraphs({ revision }: Events["graphs"]): void {
    this.#breakpoints = { ...this.#breakpoints, revision };
    this.request("setBreakpoints", this.#breakpoints).catch(() => {});
  }

  #send(message: object): void {
    this.#socket.write(frame(JSON.stringify({ jsonrpc: "2.0", ...message })));
  }
}

/** The tree of a position in short: `a pending, sub pending (i1 pending)`. */
export function outline(position: GraphPosition): string {
  return position.tasks
    .map((task) => {
      const below = task.subgraph === undefined ? "" : ` (${outline(task.subgraph)})`;
      return `${task.name} ${task.status}${below}`;
    })
    .join(", ");
}
