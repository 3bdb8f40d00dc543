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
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type {
  Events,
  GraphPosition,
  InterruptInfo,
  Json,
  Language,
  LoadParams,
  LoadResult,
  MoveTarget,
  NodeBreakpoint,
  Position,
  RunParams,
  SetBreakpointsParams,
  StepMode,
  StoppedEvent,
  Value,
  ValueRoot,
} from "../../src/protocol/runtime.ts";
import { type AnyEvent, Conversation } from "./conversation.ts";
import type { Runtime } from "./runtimes.ts";

export { ConnectionLost, Refused, refused } from "./conversation.ts";

export interface DriverOptions extends Partial<LoadParams> {
  /** The checkpoint file; a new one in a folder of its own by default. */
  checkpoints?: string;
  env?: NodeJS.ProcessEnv;
}

export class Driver extends Conversation {
  readonly runtime: Runtime;
  readonly process: ChildProcess;
  readonly exit: Promise<number | null>;
  threadId = "thread-1";
  loaded!: LoadResult;
  /** The checkpoint file that was loaded with. */
  file = "";
  stdout = "";
  stderr = "";
  token = "";
  /** Tells the breakpoints anew whenever graphs are found, as the adapter does. */
  answersGraphs = true;
  #server: Server;
  #breakpoints: SetBreakpointsParams = {
    breakpoints: [],
    dataBreakpoints: [],
    exceptions: [{ filter: "raised" }],
    compiled: true,
    revision: 0,
  };
  #folder: string | undefined;

  private constructor(runtime: Runtime, server: Server, child: ChildProcess) {
    super();
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
    await driver.greet(socket);
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
      driver.file = checkpoints;
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

  protected get language(): Language {
    return this.runtime.language;
  }

  protected get lastWords(): string {
    return this.stderr;
  }

  protected took(event: AnyEvent): void {
    if (event.name === "graphs" && this.answersGraphs) this.#answerGraphs(event.params);
  }

  /** The same breakpoints again: graphs that were found wait for them. */
  #answerGraphs({ revision }: Events["graphs"]): void {
    this.#breakpoints = { ...this.#breakpoints, revision };
    this.request("setBreakpoints", this.#breakpoints).catch(() => undefined);
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

  /**
   * Ids of the checkpoints that LangGraph's own `get_state_history` reads from the file, newest first. The thread must
   * have been opened; the module calls its graph `graph`, of which `node` is one.
   */
  async stateHistory(node: string, namespace = ""): Promise<Json> {
    const config = `{"configurable": {"thread_id": "${this.threadId}", "checkpoint_ns": "${namespace}"}}`;
    const expression =
      this.language === "python"
        ? `[each.config["configurable"]["checkpoint_id"] for each in graph.get_state_history(${config})]`
        : `Array.fromAsync(graph.getStateHistory(${config}), (each) => each.config.configurable.checkpoint_id)`;
    const { root } = await this.request("evaluate", { expression, namespace: "", node });
    return this.json(root);
  }

  /** Shuts the runtime down; fails unless the process is gone with code 0. */
  async close(): Promise<void> {
    await this.request("shutdown", {});
    assert.equal(await this.exit, 0, this.stderr);
    this.#clean();
  }

  override forget(): void {
    super.forget();
    this.stdout = "";
    this.stderr = "";
    this.answersGraphs = true;
  }

  /** Ends the process at once; for `afterEach`, and for tests of what is left then. */
  async kill(): Promise<void> {
    this.process.kill("SIGKILL");
    await this.exit;
    this.#clean();
  }

  #clean(): void {
    this.disconnect();
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
