// A DAP client for tests: starts the adapter as any editor would, and keeps every message in one timeline.
//
//   const client = await Client.start();                          // the adapter on stdio, initialized
//   const [bp] = await client.breakpoints(file, [{ line: 12 }]);
//   const stopped = await client.launch({ program: file, input: {...} });   // up to the first stop
//   const frames = await client.frames(stopped.threadId);
//   assert.equal(frames[0]?.name, "draft");
//   assert.equal(await client.value("State", "topic"), "'bees'");
//   await client.go("continue");                                   // sends it, waits for the next stop
//   await client.close();                                          // disconnects; fails on any broken rule
//
// Rules that hold in every test: each message, both ways, is valid by the protocol's schema; each request is answered
// once; `stopped` comes only after `configurationDone`; nothing but the protocol is on stdout. A wait looks at the
// timeline from the last mark on, so that an event that came before the wait is not missed. Nothing waits for time.

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { connect, type Socket } from "node:net";
import { fileURLToPath } from "node:url";
import type { DebugProtocol } from "@vscode/debugprotocol";
import type { CustomEvents, LaunchAttributes } from "../../src/protocol/dap.ts";
import { problemsOf } from "./schema.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
/** Node 24, which runs the sources as they are. */
export const nodePath = process.execPath;
export const adapterPath = fileURLToPath(new URL("../../src/adapter/main.ts", import.meta.url));

export type StoppedBody = DebugProtocol.StoppedEvent["body"] & { threadId: number; description: string };

/** A request that the adapter answered with `success: false`. */
export class RequestFailed extends Error {
  readonly command: string;
  readonly body: DebugProtocol.ErrorResponse["body"];

  constructor(response: DebugProtocol.ErrorResponse) {
    super(response.message);
    this.command = response.command;
    this.body = response.body;
  }
}

export interface ClientOptions {
  /** Arguments of `initialize` beyond the usual ones. */
  initialize?: Partial<DebugProtocol.InitializeRequestArguments>;
  /** Connect to an adapter that listens on this port, instead of starting one. */
  port?: number;
  env?: NodeJS.ProcessEnv;
  /** The adapter's script; its source by default. */
  adapter?: string;
  /** Answers the adapter's own requests (`runInTerminal`). */
  onRequest?: (command: string, args: unknown) => unknown;
}

interface Wait {
  matches: (message: DebugProtocol.Event) => boolean;
  from: number;
  resolve: (message: DebugProtocol.Event) => void;
  reject: (error: Error) => void;
}

export class Client {
  /** Every message from the adapter, in order. */
  readonly timeline: DebugProtocol.ProtocolMessage[] = [];
  /** What the adapter wrote to stderr. */
  log = "";
  capabilities: DebugProtocol.Capabilities = {};
  readonly #pending = new Map<number, { resolve: (body: unknown) => void; reject: (error: Error) => void }>();
  readonly #problems: string[] = [];
  readonly #waits = new Set<Wait>();
  readonly #answered = new Set<number>();
  readonly #process: ChildProcess | undefined;
  readonly #output: NodeJS.WritableStream;
  readonly #onRequest: ClientOptions["onRequest"];
  /** Settles with the exit code of an adapter on stdio, or when its socket closes. */
  readonly exited: Promise<number | null>;
  #buffer = Buffer.alloc(0);
  #seq = 0;
  #mark = 0;
  #configured = false;
  #closed: Error | undefined;

  private constructor(
    output: NodeJS.WritableStream,
    input: NodeJS.ReadableStream,
    options: ClientOptions,
    child?: ChildProcess,
  ) {
    this.#output = output;
    this.#process = child;
    this.#onRequest = options.onRequest;
    input.on("data", (data: Buffer) => this.#read(data));
    this.exited = new Promise((resolve) => {
      const done = (code: number | null): void => {
        this.#fail(new Error(`the adapter has ended (${code})\n${this.log}`));
        resolve(code);
      };
      if (child) child.once("close", done);
      else input.once("close", () => done(null));
    });
    output.on("error", () => {});
  }

  /** Starts the adapter (or connects to `port`) and sends `initialize`; resolves after `initialized`. */
  static async start(options: ClientOptions = {}): Promise<Client> {
    const client = await Client.raw(options);
    client.capabilities = await client.request("initialize", {
      adapterID: "langgraph",
      clientID: "test",
      pathFormat: "path",
      linesStartAt1: true,
      columnsStartAt1: true,
      supportsVariableType: true,
      supportsVariablePaging: true,
      supportsInvalidatedEvent: true,
      ...options.initialize,
    });
    await client.event("initialized");
    return client;
  }

  /** Without `initialize`. */
  static async raw(options: ClientOptions = {}): Promise<Client> {
    if (options.port !== undefined) {
      const socket = await new Promise<Socket>((resolve, reject) => {
        const made = connect(options.port as number, "127.0.0.1", () => resolve(made));
        made.once("error", reject);
      });
      return new Client(socket, socket, options);
    }
    const child = spawn(nodePath, [options.adapter ?? adapterPath], {
      cwd: root,
      env: { ...process.env, ...options.env },
      stdio: "pipe",
    });
    const client = new Client(child.stdin, child.stdout, options, child);
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      client.log += text;
    });
    return client;
  }

  /** Process id of an adapter that this client started. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  // ------------------------------------------------------------------------------------------ messages

  /** Resolves to the body; rejects with RequestFailed. */
  request<Body = unknown>(command: string, args?: unknown): Promise<Body> {
    const seq = ++this.#seq;
    const message = { seq, type: "request", command, ...(args !== undefined && { arguments: args }) };
    const problems = problemsOf(message);
    if (problems.length > 0) this.#problems.push(...problems.map((problem) => `sent: ${problem}`));
    return this.sendRaw<Body>(seq, message);
  }

  /** Sends a request as it is, for what a good client would not send. */
  sendRaw<Body>(seq: number, message: object): Promise<Body> {
    this.#seq = Math.max(this.#seq, seq);
    return new Promise<Body>((resolve, reject) => {
      if (this.#closed) return reject(this.#closed);
      this.#pending.set(seq, { resolve: resolve as (body: unknown) => void, reject });
      this.write(JSON.stringify(message));
    });
  }

  /** Writes a frame with this content, JSON or not. */
  write(content: string): void {
    this.#output.write(`Content-Length: ${Buffer.byteLength(content)}\r\n\r\n${content}`);
  }

  /** The next event of this name after the mark (see `markNow`), already here or still to come. */
  event(name: "stopped", matches?: (body: StoppedBody) => boolean): Promise<StoppedBody>;
  event<Name extends keyof CustomEvents>(
    name: Name,
    matches?: (body: CustomEvents[Name]) => boolean,
  ): Promise<CustomEvents[Name]>;
  event<Body = Record<string, unknown>>(name: string, matches?: (body: Body) => boolean): Promise<Body>;
  async event(name: string, matches: (body: never) => boolean = () => true): Promise<unknown> {
    const wanted = (message: DebugProtocol.Event): boolean =>
      message.type === "event" && message.event === name && matches(message.body as never);
    const known = this.timeline.slice(this.#mark).find((message) => wanted(message as DebugProtocol.Event));
    if (known) return (known as DebugProtocol.Event).body;
    const message = await new Promise<DebugProtocol.Event>((resolve, reject) => {
      if (this.#closed) return reject(this.#closed);
      this.#waits.add({ matches: wanted, from: this.timeline.length, resolve, reject });
    });
    return message.body;
  }

  /** Waits from now on look at what comes from now on. */
  markNow(): void {
    this.#mark = this.timeline.length;
  }

  /** Bodies of all events of this name up to now. */
  events<Body = Record<string, unknown>>(name: string): Body[] {
    return (this.timeline as DebugProtocol.Event[])
      .filter((message) => message.type === "event" && message.event === name)
      .map((message) => message.body as Body);
  }

  /** All output of these categories up to now. */
  output(...categories: string[]): string {
    return this.events<DebugProtocol.OutputEvent["body"]>("output")
      .filter(({ category }) => categories.length === 0 || categories.includes(category ?? "console"))
      .map(({ output }) => output)
      .join("");
  }

  // ------------------------------------------------------------------------------------------ a session

  /** `launch` and `configurationDone`; resolves at the first stop. */
  async launch(attributes: LaunchAttributes): Promise<StoppedBody> {
    this.markNow();
    await this.run(attributes);
    return this.event("stopped");
  }

  /** `launch` and `configurationDone`, without waiting for a stop. */
  async run(attributes: LaunchAttributes): Promise<void> {
    const launched = this.request("launch", attributes);
    await Promise.all([
      launched,
      this.request("configurationDone").then(() => {
        this.#configured = true;
      }),
    ]);
  }

  async breakpoints(
    path: string,
    breakpoints: DebugProtocol.SourceBreakpoint[],
  ): Promise<DebugProtocol.Breakpoint[]> {
    const body = await this.request<DebugProtocol.SetBreakpointsResponse["body"]>("setBreakpoints", {
      source: { path },
      breakpoints,
    });
    return body.breakpoints;
  }

  /** Sends a request that lets the run go on, and resolves at the next stop. */
  async go(command: string, args: object = {}): Promise<StoppedBody> {
    this.markNow();
    const threadId =
      ["continue", "next", "stepIn", "stepOut"].includes(command) && !("threadId" in args)
        ? { threadId: 1 }
        : {};
    const [stopped] = await Promise.all([
      this.event("stopped"),
      this.request(command, { ...threadId, ...args }),
    ]);
    return stopped;
  }

  async threads(): Promise<DebugProtocol.Thread[]> {
    return (await this.request<DebugProtocol.ThreadsResponse["body"]>("threads")).threads;
  }

  async frames(
    threadId = 1,
    page: { startFrame?: number; levels?: number } = {},
  ): Promise<DebugProtocol.StackFrame[]> {
    const body = await this.request<DebugProtocol.StackTraceResponse["body"]>("stackTrace", {
      threadId,
      ...page,
    });
    return body.stackFrames;
  }

  async scopes(frameId: number): Promise<DebugProtocol.Scope[]> {
    return (await this.request<DebugProtocol.ScopesResponse["body"]>("scopes", { frameId })).scopes;
  }

  async variables(variablesReference: number, page: object = {}): Promise<DebugProtocol.Variable[]> {
    const body = await this.request<DebugProtocol.VariablesResponse["body"]>("variables", {
      variablesReference,
      ...page,
    });
    return body.variables;
  }

  /** Variables of a scope of the top frame. */
  async scope(name: string, threadId = 1, frame = 0): Promise<DebugProtocol.Variable[]> {
    const found = (await this.scopes((await this.frames(threadId))[frame]?.id ?? 0)).find(
      (scope) => scope.name === name,
    );
    assert.ok(found, `no scope ${name}`);
    return this.variables(found.variablesReference);
  }

  /** The variable that these names lead to, from a scope of the top frame down. */
  async variable(scope: string, ...names: string[]): Promise<DebugProtocol.Variable> {
    let variables = await this.scope(scope);
    let found: DebugProtocol.Variable | undefined;
    for (const name of names) {
      found = variables.find((variable) => variable.name === name);
      assert.ok(found, `no ${name} among ${variables.map((variable) => variable.name).join(", ")}`);
      variables =
        found.variablesReference > 0 && name !== names.at(-1)
          ? await this.variables(found.variablesReference)
          : [];
    }
    assert.ok(found);
    return found;
  }

  async evaluate(
    expression: string,
    context = "repl",
    frameId?: number,
  ): Promise<DebugProtocol.EvaluateResponse["body"]> {
    return this.request("evaluate", { expression, context, ...(frameId !== undefined && { frameId }) });
  }

  /** The whole state as a value of this language. */
  async state(): Promise<Record<string, unknown>> {
    return JSON.parse((await this.evaluate("state", "clipboard")).result) as Record<string, unknown>;
  }

  /** Disconnects, waits for the adapter's end, and fails if a rule was broken at any time. */
  async close(): Promise<void> {
    if (!this.#closed)
      await this.request("disconnect", {}).catch((error: Error) => {
        if (!this.#closed) throw error;
      });
    if (this.#process) assert.equal(await this.exited, 0, `exit code of the adapter\n${this.log}`);
    else this.#output.end();
    this.assertSound();
  }

  /** Ends the adapter whatever it does, for `afterEach`; does nothing when it has ended. */
  kill(signal: NodeJS.Signals = "SIGKILL"): void {
    if (this.#process) this.#process.kill(signal);
    else this.#output.end();
  }

  /** Fails on messages that are not valid, answered twice or not at all. */
  assertSound(): void {
    assert.deepEqual(this.#problems, []);
    assert.deepEqual([...this.#pending.keys()], [], "requests without an answer");
  }

  // ------------------------------------------------------------------------------------------

  #read(data: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, data]);
    for (;;) {
      const end = this.#buffer.indexOf("\r\n\r\n");
      if (end === -1) return;
      const header = this.#buffer.toString("utf8", 0, end);
      const length = /^Content-Length: (\d+)$/.exec(header)?.[1];
      if (length === undefined) {
        this.#problems.push(`not the protocol, on stdout: ${JSON.stringify(header.slice(0, 200))}`);
        this.#buffer = Buffer.alloc(0);
        return;
      }
      const last = end + 4 + Number(length);
      if (this.#buffer.length < last) return;
      const message = JSON.parse(
        this.#buffer.toString("utf8", end + 4, last),
      ) as DebugProtocol.ProtocolMessage;
      this.#buffer = this.#buffer.subarray(last);
      this.#take(message);
    }
  }

  #take(message: DebugProtocol.ProtocolMessage): void {
    this.timeline.push(message);
    this.#problems.push(
      ...problemsOf(message).map(
        (problem) => `received: ${problem} in ${JSON.stringify(message).slice(0, 300)}`,
      ),
    );
    if (message.type === "response") this.#takeResponse(message as DebugProtocol.Response);
    else if (message.type === "request") void this.#serve(message as DebugProtocol.Request);
    else this.#takeEvent(message as DebugProtocol.Event);
  }

  #takeResponse(response: DebugProtocol.Response): void {
    const pending = this.#pending.get(response.request_seq);
    if (!pending) {
      const twice = this.#answered.has(response.request_seq) ? "second answer" : "answer to no request";
      this.#problems.push(`${twice}: ${JSON.stringify(response).slice(0, 300)}`);
      return;
    }
    this.#pending.delete(response.request_seq);
    this.#answered.add(response.request_seq);
    if (response.command === "configurationDone" && response.success) this.#configured = true;
    if (response.success) pending.resolve(response.body);
    else pending.reject(new RequestFailed(response as DebugProtocol.ErrorResponse));
  }

  #takeEvent(event: DebugProtocol.Event): void {
    if (event.event === "stopped" && !this.#configured)
      this.#problems.push("stopped before configurationDone was answered");
    for (const wait of this.#waits) {
      if (!wait.matches(event)) continue;
      this.#waits.delete(wait);
      wait.resolve(event);
    }
  }

  async #serve(request: DebugProtocol.Request): Promise<void> {
    const answer = { seq: ++this.#seq, type: "response", request_seq: request.seq, command: request.command };
    try {
      if (!this.#onRequest) throw new Error("not supported");
      this.write(
        JSON.stringify({
          ...answer,
          success: true,
          body: await this.#onRequest(request.command, request.arguments),
        }),
      );
    } catch (error) {
      this.write(JSON.stringify({ ...answer, success: false, message: (error as Error).message }));
    }
  }

  #fail(error: Error): void {
    this.#closed = error;
    for (const wait of this.#waits) wait.reject(error);
    this.#waits.clear();
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
  }
}
