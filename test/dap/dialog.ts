// The messages between a test and an adapter, in one timeline.
//
// Rules that hold in every test: each message, both ways, is valid by the protocol's schema; each request is answered
// once; `stopped` comes only after `configurationDone`; nothing but the protocol is on stdout. A wait looks at the
// timeline from the last mark on, so that an event that came before the wait is not missed. Nothing waits for time.

import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import type { DebugProtocol } from "@vscode/debugprotocol";
import type { CustomEvents } from "../../src/protocol/dap.ts";
import { problemsOf } from "./schema.ts";

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
  port?: number | undefined;
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

/** One connection to an adapter. */
export class Dialog {
  /** Every message from the adapter, in order. */
  readonly timeline: DebugProtocol.ProtocolMessage[] = [];
  /** What the adapter wrote to stderr. */
  log = "";
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

  protected constructor(
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
