/**
 * Drives one runtime process as the adapter does, over a real socket, and keeps all that it says in one timeline.
 *
 *   const driver = await Driver.load(runtime, "linear");
 *   await driver.breakpoints({ when: "before", graph: "", node: "think" });
 *   const stopped = await driver.run({ input: { topic: "bees" } });      // up to the next `stopped`
 *   await driver.close();                                               // shuts down; the process must be gone
 *
 * Every message of the runtime is validated against runtime/schema/protocol.schema.json.
 */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Ajv } from "ajv";
import type {
  Events,
  GraphPosition,
  InterruptInfo,
  Json,
  LoadParams,
  LoadResult,
  MoveTarget,
  NodeBreakpoint,
  Position,
  Requests,
  RunParams,
  RuntimeErrorData,
  SetBreakpointsParams,
  StepMode,
  StoppedEvent,
  Value,
  ValueRoot,
} from "../../src/protocol/runtime.ts";
import { protocolVersion } from "../../src/protocol/runtime.ts";
import type { Runtime } from "./runtimes.ts";

const ajv = new Ajv({ strict: false, allErrors: true });
ajv.addSchema(
  JSON.parse(readFileSync(new URL("../../runtime/schema/protocol.schema.json", import.meta.url), "utf8")),
  "protocol",
);

const results: { [method in keyof Requests]?: string } = {
  load: "LoadResult",
  open: "OpenResult",
  pause: "PauseResult",
  move: "MoveResult",
  edit: "EditResult",
  history: "HistoryResult",
  values: "ValuesResult",
  evaluate: "EvaluateResult",
  json: "JsonResult",
};

function check(value: unknown, definition: string): void {
  const validate = ajv.getSchema(`protocol#/definitions/${definition}`);
  assert.ok(validate, `the schema has no ${definition}`);
  assert.ok(
    validate(value),
    `${definition}: ${ajv.errorsText(validate.errors)}\n${JSON.stringify(value, null, 2)}`,
  );
}

/** A request that the runtime refused. */
export class Refused extends Error {
  readonly data: RuntimeErrorData;

  constructor(message: string, data: RuntimeErrorData) {
    super(message);
    this.data = data;
  }
}

/** The runtime closed the connection, as it does when its process ends. */
export class ConnectionLost extends Error {}

/** For `assert.rejects`: a refusal with this code. */
export const refused =
  (code: RuntimeErrorData["code"]) =>
  (error: unknown): boolean =>
    error instanceof Refused && error.data.code === code;

export type AnyEvent = { [name in keyof Events]: { name: name; params: Events[name] } }[keyof Events];

interface Pending {
  method: keyof Requests;
  resolve: (result: unknown) => void;
  reject: (error: Error) => void;
}

interface Wait {
  matches: (event: AnyEvent) => boolean;
  resolve: (event: AnyEvent) => void;
  reject: (error: Error) => void;
}

export interface DriverOptions extends Partial<LoadParams> {
  /** The checkpoint file; a new one in a folder of its own by default. */
  checkpoints?: string;
  env?: NodeJS.ProcessEnv;
}

export class Driver {
  readonly runtime: Runtime;
  readonly process: ChildProcess;
  readonly events: AnyEvent[] = [];
  readonly exit: Promise<number | null>;
  threadId = "thread-1";
  loaded!: LoadResult;
  stdout = "";
  stderr = "";
  token = "";
  /** Tells the breakpoints anew whenever graphs are found, as the adapter does. */
  answersGraphs = true;
  #socket: Socket | undefined;
  #server: Server;
  #buffer = Buffer.alloc(0);
  #number = 0;
  #pending = new Map<number, Pending>();
  #waits = new Set<Wait>();
  #read = 0;
  #breakpoints: SetBreakpointsParams = {
    breakpoints: [],
    dataBreakpoints: [],
    exceptions: [{ filter: "raised" }],
    compiled: true,
    revision: 0,
  };
  #failure: Error | undefined;
  #folder: string | undefined;

  private constructor(runtime: Runtime, server: Server, child: ChildProcess) {
    this.runtime = runtime;
    this.#server = server;
    this.process = child;
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.stdout += text;
    });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.stderr += text;
    });
    this.exit = new Promise((resolve) => child.once("close", (code) => resolve(code)));
  }

  /** Starts the runtime, up to its `hello`. */
  static async start(runtime: Runtime, cwd: string, env: NodeJS.ProcessEnv = {}): Promise<Driver> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    assert.ok(address !== null && typeof address === "object");
    const token = randomBytes(32).toString("hex");
    const [program, ...args] = runtime.command;
    assert.ok(program !== undefined);
    const connected = once(server, "connection");
    const child = spawn(program, args, {
      cwd,
      env: {
        ...process.env,
        ...env,
        LANGGRAPH_DEBUG_PORT: String(address.port),
        LANGGRAPH_DEBUG_TOKEN: token,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const driver = new Driver(runtime, server, child);
    driver.token = token;
    const died = driver.exit.then((code) => {
      throw new Error(`the runtime ended (${code}) before it said hello:\n${driver.stderr}`);
    });
    died.catch(() => undefined);
    const [socket] = (await Promise.race([connected, died])) as [Socket];
    await driver.#greet(socket);
    return driver;
  }

  /** Starts the runtime on a fixture (or an absolute path) and loads its graph. */
  static async load(runtime: Runtime, fixture: string, options: DriverOptions = {}): Promise<Driver> {
    const { env, ...params } = options;
    const program = fixture.includes(".") ? fixture : join(runtime.graphs, `${fixture}${runtime.extension}`);
    const driver = await Driver.start(runtime, dirname(program), env);
    try {
      let checkpoints = params.checkpoints;
      if (checkpoints === undefined) {
        driver.#folder = mkdtempSync(join(tmpdir(), "langgraph-runtime-"));
        checkpoints = join(driver.#folder, "checkpoints.sqlite");
      }
      driver.loaded = await driver.request("load", {
        program,
        searchPaths: [],
        workspaceFolders: [runtime.graphs],
        ...params,
        checkpoints,
      });
    } catch (error) {
      await driver.kill();
      throw error;
    }
    return driver;
  }

  async #greet(socket: Socket): Promise<void> {
    this.#socket = socket;
    const greeted = new Promise<void>((resolve, reject) => {
      this.#pending.set(0, { method: "hello", resolve: () => resolve(), reject });
    });
    socket.on("data", (chunk) => this.#receive(chunk));
    socket.on("error", () => undefined);
    socket.once("close", () =>
      this.#fail(new ConnectionLost(`the runtime closed the connection:\n${this.stderr}`)),
    );
    await greeted;
  }

  #receive(chunk: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, chunk]);
    for (;;) {
      const end = this.#buffer.indexOf("\r\n\r\n");
      if (end < 0) return;
      const length = Number(/content-length: *(\d+)/i.exec(this.#buffer.toString("latin1", 0, end))?.[1]);
      if (this.#buffer.length < end + 4 + length) return;
      const text = this.#buffer.toString("utf8", end + 4, end + 4 + length);
      this.#buffer = this.#buffer.subarray(end + 4 + length);
      try {
        this.#message(JSON.parse(text));
      } catch (error) {
        this.#fail(error as Error);
      }
    }
  }

  #message(message: Record<string, unknown>): void {
    assert.equal(message.jsonrpc, "2.0");
    if (message.method === "hello") {
      check(message.params, "HelloParams");
      const params = message.params as Requests["hello"]["params"];
      assert.equal(params.token, this.token);
      assert.equal(params.language, this.runtime.language);
      this.#write({ jsonrpc: "2.0", id: message.id, result: { protocolVersion } });
      this.#pending.get(0)?.resolve(undefined);
      this.#pending.delete(0);
    } else if (typeof message.method === "string") {
      const name = message.method as keyof Events;
      check(message.params, `${name[0]?.toUpperCase()}${name.slice(1)}Event`);
      this.events.push({ name, params: message.params } as AnyEvent);
      if (name === "graphs" && this.answersGraphs) this.#answerGraphs(message.params as Events["graphs"]);
      this.#wake();
    } else {
      const pending = this.#pending.get(message.id as number);
      assert.ok(pending, `an answer to no request: ${JSON.stringify(message)}`);
      this.#pending.delete(message.id as number);
      if (message.error !== undefined) {
        const error = message.error as { code: number; message: string; data: RuntimeErrorData };
        assert.equal(error.code, -32000, error.message);
        check(error.data.code, "RuntimeErrorCode");
        pending.reject(new Refused(error.message, error.data));
      } else {
        const definition = results[pending.method];
        if (definition !== undefined) check(message.result, definition);
        else assert.deepEqual(message.result, {});
        pending.resolve(message.result);
      }
    }
  }

  /** The same breakpoints again: graphs that were found wait for them. */
  #answerGraphs({ revision }: Events["graphs"]): void {
    this.#breakpoints = { ...this.#breakpoints, revision };
    this.request("setBreakpoints", this.#breakpoints).catch(() => undefined);
  }

  #wake(): void {
    for (const wait of this.#waits) {
      while (this.#read < this.events.length) {
        const event = this.events[this.#read++];
        if (event !== undefined && wait.matches(event)) {
          this.#waits.delete(wait);
          wait.resolve(event);
          break;
        }
      }
    }
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const pending of this.#pending.values()) pending.reject(error);
    this.#pending.clear();
    for (const wait of this.#waits) wait.reject(error);
    this.#waits.clear();
  }

  #write(message: unknown): void {
    const body = Buffer.from(JSON.stringify(message), "utf8");
    this.#socket?.write(Buffer.concat([Buffer.from(`Content-Length: ${body.length}\r\n\r\n`), body]));
  }

  /** Sends a request; rejects with `Refused` when the runtime refuses it. */
  request<M extends keyof Requests>(
    method: M,
    params: Requests[M]["params"],
  ): Promise<Requests[M]["result"]> {
    if (this.#failure) return Promise.reject(this.#failure);
    const id = ++this.#number;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { method, resolve: resolve as (result: unknown) => void, reject });
      this.#write({ jsonrpc: "2.0", id, method, params });
    });
  }

  /** The next event of this name (and kind) after the last one that was waited for. */
  async event<N extends keyof Events>(
    name: N,
    matches: (params: Events[N]) => boolean = () => true,
  ): Promise<Events[N]> {
    const found = await new Promise<AnyEvent>((resolve, reject) => {
      if (this.#failure) {
        reject(this.#failure);
        return;
      }
      this.#waits.add({
        matches: (event) => event.name === name && matches(event.params as Events[N]),
        resolve,
        reject,
      });
      this.#wake();
    });
    return found.params as Events[N];
  }

  /** All events of one name so far. */
  all<N extends keyof Events>(name: N): Events[N][] {
    return this.events.filter((event) => event.name === name).map((event) => event.params as Events[N]);
  }

  async breakpoints(
    ...breakpoints: (Omit<NodeBreakpoint, "id"> | Partial<Omit<SetBreakpointsParams, "breakpoints">>)[]
  ): Promise<void> {
    const params: SetBreakpointsParams = {
      breakpoints: [],
      dataBreakpoints: [],
      exceptions: [{ filter: "raised" }],
      compiled: true,
      revision: this.#breakpoints.revision,
    };
    for (const each of breakpoints) {
      if ("node" in each) params.breakpoints.push({ ...each, id: params.breakpoints.length + 1 });
      else Object.assign(params, each);
    }
    this.#breakpoints = params;
    await this.request("setBreakpoints", params);
  }

  /** Asks for a run (or goes on) and does not wait. */
  async begin(params: Partial<RunParams> = {}, step: StepMode = { kind: "continue" }): Promise<void> {
    await this.request("run", { threadId: this.threadId, step, noDebug: false, ...params });
  }

  /** Runs up to the next stop. */
  async run(params: Partial<RunParams> = {}, step: StepMode = { kind: "continue" }): Promise<StoppedEvent> {
    await this.begin(params, step);
    return this.event("stopped");
  }

  /** Moves the cursor of the thread. */
  move(to: MoveTarget): Promise<Position> {
    return this.request("move", { threadId: this.threadId, to });
  }

  /** One step back in the graph at `namespace`. */
  back(namespace = ""): Promise<Position> {
    return this.move({ kind: "back", namespace });
  }

  /** The children of a value. */
  async values(
    root: ValueRoot,
    path: string[] = [],
    page: { start?: number; count?: number } = {},
  ): Promise<Value[]> {
    return (await this.request("values", { root, path, ...page })).values;
  }

  /** A value whole. */
  async json(root: ValueRoot, path: string[] = []): Promise<Json> {
    return JSON.parse((await this.request("json", { root, path })).json) as Json;
  }

  async state(namespace = ""): Promise<Json> {
    return this.json({ kind: "state", namespace });
  }

  async evaluate(expression: string, more: { namespace?: string; node?: string } = {}): Promise<string> {
    return (await this.request("evaluate", { expression, namespace: "", ...more })).value;
  }

  /** Shuts the runtime down; fails unless the process is gone with code 0. */
  async close(): Promise<void> {
    await this.request("shutdown", {});
    assert.equal(await this.exit, 0, this.stderr);
    this.#clean();
  }

  /** Cuts the connection, as an adapter that was killed does. */
  disconnect(): void {
    this.#socket?.destroy();
  }

  /** Ends the process at once; for `afterEach`, and for tests of what is left then. */
  async kill(): Promise<void> {
    this.process.kill("SIGKILL");
    await this.exit;
    this.#clean();
  }

  #clean(): void {
    this.#socket?.destroy();
    this.#server.close();
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** The tasks of a position with their statuses, `a:pending`; those that run a graph with its tasks, `b(c:pending)`. */
export function shape(position: GraphPosition): string {
  return position.tasks
    .map((task) => (task.subgraph ? `${task.name}(${shape(task.subgraph)})` : `${task.name}:${task.status}`))
    .join(" ");
}

/** All interrupts of a position that wait. */
export function interrupts(position: GraphPosition): InterruptInfo[] {
  return position.tasks.flatMap((task) => [
    ...task.interrupts,
    ...(task.subgraph ? interrupts(task.subgraph) : []),
  ]);
}

/** Namespace of the innermost graph that the position's tasks run. */
export function innermost(position: GraphPosition): GraphPosition {
  const inner = position.tasks.find((task) => task.subgraph)?.subgraph;
  return inner ? innermost(inner) : position;
}
