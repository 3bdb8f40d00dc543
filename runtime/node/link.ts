// The main thread's end of the connection: requests come in from the control thread, answers and events go out.

import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads";
import type { Events } from "../../src/protocol/runtime.ts";
import { errorResponse } from "./errors.ts";
import type { OpenThread } from "./file/requests.ts";
import { Ring } from "./ring.ts";

/** What the control thread is given. */
export interface ControlData {
  host: string;
  port: number;
  token: string;
  channel: MessagePort;
  /** Shared between the threads, see `signalIndex`. */
  signals: Int32Array;
  /** Memory of the `Ring` of events that may wait, see `taskLine`. */
  events: SharedArrayBuffer;
}
/** `looking`: the control thread looks at the ring every few milliseconds. */
export const signalIndex = { pause: 0, flushed: 1, looking: 2 } as const;

export type ToMain =
  | { kind: "request"; id: number; method: string; params: unknown }
  /** Asks that all which was put is committed; `saved` with the same count is the answer. */
  | { kind: "save"; count: number }
  | { kind: "refused"; reason: string }
  | { kind: "closed" };
export type FromMain =
  /** A message, and what computes since. */
  | { kind: "send"; line: string; task: ComputingTask | undefined }
  /** Something is in the ring. */
  | { kind: "look" }
  | { kind: "flush"; count: number }
  | { kind: "saved"; count: number; session: OpenThread | undefined };

/** One that computes from now on; without a label, no more. A pause lists the labels. */
export interface ComputingTask {
  id: string;
  label?: string;
}

/** A line of the ring that is no message but tells what computes since. */
export const taskLine = {
  write: (task: ComputingTask): string => `#${JSON.stringify(task)}`,
  read: (line: string): ComputingTask | undefined =>
    line.startsWith("#") ? (JSON.parse(line.slice(1)) as ComputingTask) : undefined,
};

/** Events that come in numbers while a run goes on: a few milliseconds later is soon enough. */
const mayWait: ReadonlySet<keyof Events> = new Set(["task", "superstep", "custom", "token"]);

export interface Handler {
  /** Serves a request. A promise that rejects, and an error that is thrown, becomes an error response. */
  request(method: string, params: unknown): unknown;
  /** Writes what was put to the file of the session, which it tells. Never rejects. */
  save(): Promise<OpenThread | undefined>;
  /** The adapter is gone, or never took this runtime. */
  closed(reason?: string): void;
}

/** Owns the control thread. */
export class Link {
  readonly #port: MessagePort;
  readonly #signals = new Int32Array(new SharedArrayBuffer(12));
  readonly #ring: Ring;
  readonly #handler: Handler;
  #flushes = 0;

  constructor(address: { host: string; port: number; token: string }, handler: Handler) {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#handler = handler;
    const file = import.meta.url.endsWith(".ts") ? "./worker.ts" : "./worker.mjs";
    const events = new SharedArrayBuffer(Ring.bytes);
    this.#ring = new Ring(events);
    const workerData: ControlData = { ...address, channel: port2, signals: this.#signals, events };
    const worker = new Worker(new URL(file, import.meta.url), {
      workerData,
      transferList: [port2],
      // The user's own flags (`--import`, `--inspect`) are for the main thread.
      execArgv: [],
      stdin: false,
    });
    worker.on("error", (error) => handler.closed(error.message));
    // The port keeps the process alive, also while nothing runs.
    port1.on("message", (message: ToMain) => this.#take(message));
  }

  /** Takes what has come in while the event loop had no turn. For the places between supersteps. */
  poll(): void {
    for (;;) {
      const received = receiveMessageOnPort(this.#port) as { message: ToMain } | undefined;
      if (received === undefined) return;
      this.#take(received.message);
    }
  }

  /** True once for each pause that was asked for. */
  takePause(): boolean {
    return Atomics.exchange(this.#signals, signalIndex.pause, 0) === 1;
  }

  /** `task` is the one that starts or ends with it. */
  event<Name extends keyof Events>(method: Name, params: Events[Name], task?: ComputingTask): void {
    const line = JSON.stringify({ jsonrpc: "2.0", method, params });
    const isInRing =
      mayWait.has(method) &&
      (task === undefined || this.#ring.write(taskLine.write(task))) &&
      this.#ring.write(line);
    if (!isInRing) this.#post({ kind: "send", line, task });
    else if (Atomics.exchange(this.#signals, signalIndex.looking, 1) === 0) this.#post({ kind: "look" });
  }

  /** What waits is told at once: the user's code is about to be heard otherwise. */
  hurry(): void {
    if (!this.#ring.isEmpty) this.#post({ kind: "look" });
  }

  /** Blocks until all that was sent is handed to the system, but never long: the process is about to end. */
  flush(): void {
    const count = ++this.#flushes;
    this.#post({ kind: "flush", count });
    Atomics.wait(this.#signals, signalIndex.flushed, count - 1, 300);
  }

  #take(message: ToMain): void {
    if (message.kind === "request") void this.#serve(message.id, message.method, message.params);
    else if (message.kind === "save") {
      const { count } = message;
      void this.#handler.save().then((session) => this.#post({ kind: "saved", count, session }));
    } else this.#handler.closed(message.kind === "refused" ? message.reason : undefined);
  }

  async #serve(id: number, method: string, params: unknown): Promise<void> {
    try {
      const result = (await this.#handler.request(method, params)) ?? null;
      if (id >= 0) this.#send({ id, result });
    } catch (error) {
      if (id >= 0) this.#send({ id, error: errorResponse(error) });
    }
  }

  #send(message: object): void {
    this.#post({ kind: "send", line: JSON.stringify({ jsonrpc: "2.0", ...message }), task: undefined });
  }

  #post(message: FromMain): void {
    this.#port.postMessage(message);
  }
}
