/** The talk with a runtime over its socket: requests, answers and events, each validated against the schema. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { Socket } from "node:net";
import { Ajv } from "ajv";
import type { Events, Language, Requests, RuntimeErrorData } from "../../src/protocol/runtime.ts";
import { protocolVersion } from "../../src/protocol/runtime.ts";

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
  look: "LookResult",
  changedKeys: "ChangedKeysResult",
  update: "UpdateResult",
  undoEdit: "UndoEditResult",
  threads: "ThreadsResult",
  deleteThread: "DeleteThreadResult",
  restoreThread: "RestoreThreadResult",
  copyThread: "CopyThreadResult",
  importThread: "ImportThreadResult",
  prune: "PruneResult",
  timeline: "TimelineResult",
  keyHistory: "KeyHistoryResult",
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

/** All that the runtime says is kept in one timeline. */
export abstract class Conversation {
  readonly events: AnyEvent[] = [];
  #socket: Socket | undefined;
  #buffer = Buffer.alloc(0);
  #number = 0;
  #pending = new Map<number, Pending>();
  #waits = new Set<Wait>();
  #read = 0;
  #failure: Error | undefined;

  protected abstract readonly token: string;
  protected abstract readonly language: Language;
  /** For the error that tells of the connection's end. */
  protected abstract readonly lastWords: string;

  /** Called for each event before anyone who waits for it. */
  protected abstract took(event: AnyEvent): void;

  protected async greet(socket: Socket): Promise<void> {
    this.#socket = socket;
    const greeted = new Promise<void>((resolve, reject) => {
      this.#pending.set(0, { method: "hello", resolve: () => resolve(), reject });
    });
    socket.on("data", (chunk) => this.#receive(chunk));
    socket.on("error", () => undefined);
    socket.once("close", () =>
      this.#fail(new ConnectionLost(`the runtime closed the connection:\n${this.lastWords}`)),
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
      assert.equal(params.language, this.language);
      this.#write({ jsonrpc: "2.0", id: message.id, result: { protocolVersion } });
      this.#pending.get(0)?.resolve(undefined);
      this.#pending.delete(0);
    } else if (typeof message.method === "string") {
      const name = message.method as keyof Events;
      check(message.params, `${name[0]?.toUpperCase()}${name.slice(1)}Event`);
      const event = { name, params: message.params } as AnyEvent;
      this.events.push(event);
      this.took(event);
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

  /** Begins the timeline anew. */
  forget(): void {
    this.events.length = 0;
    this.#read = 0;
    this.#waits.clear();
  }

  /** Cuts the connection, as an adapter that was killed does. */
  disconnect(): void {
    this.#socket?.destroy();
  }
}
