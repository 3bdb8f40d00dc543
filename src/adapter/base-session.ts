// @vscode/debugadapter with its faults mended: every request is answered exactly once, whatever happens.

import { DebugSession, Event, Response } from "@vscode/debugadapter";
import type { DebugProtocol } from "@vscode/debugprotocol";
import type { Logger } from "../base/logger.ts";
import { asDebugError, unknownRequest } from "./errors.ts";

/** What a handler can do beyond returning the response's body. */
export interface Reply {
  /** Runs once the response has been sent. */
  after(action: () => void): void;
  /** A client that sends this request takes its success for the end of the stop. */
  readonly endsStop: boolean;
}

/** Takes a request's arguments and returns (or promises) the response's body. */
// biome-ignore lint/suspicious/noConfusingVoidType: handlers without a body return nothing
export type Handler<Arguments = never> = (args: Arguments, reply: Reply) => unknown | Promise<unknown> | void;
export type Handlers = { readonly [command: string]: Handler };

const reverseRequestTimeout = 30_000;

/** Requests of the protocol that imply that execution goes on, or goes elsewhere. */
const stopEnders: ReadonlySet<string> = new Set([
  "continue",
  "next",
  "stepIn",
  "stepOut",
  "stepBack",
  "reverseContinue",
  "restartFrame",
  "goto",
]);

/**
 * The library's dispatch answers nothing when an asynchronous handler rejects, refuses `initialize` without
 * `pathFormat`, knows neither `locations` nor `modules`, and exits with code 0 on malformed JSON. This one has a table.
 */
export abstract class BaseSession extends DebugSession {
  protected readonly logger: Logger;
  /** Settles when the connection to the client is closed. */
  readonly closed: Promise<void>;

  constructor(logger: Logger) {
    super();
    this.logger = logger;
    // The library's own listeners end the process.
    this.removeAllListeners("close");
    this.removeAllListeners("error");
    this.closed = new Promise((resolve) => this.once("close", () => resolve()));
    this.on("error", (event: { body?: unknown }) => {
      // A message that can't be read has no sequence number to answer to.
      this.logger.error(`protocol: ${String(event.body ?? "error on the connection to the client")}`);
    });
  }

  protected abstract handlers(): Handlers;

  override shutdown(): void {}

  emitEvent(name: string, body?: object): void {
    const event: DebugProtocol.Event = new Event(name);
    if (body !== undefined) event.body = body;
    this.sendEvent(event);
  }

  /** A request to the client. Rejects when it fails or is not answered within 30 seconds. */
  ask<Body>(command: string, args: object): Promise<Body> {
    return new Promise((resolve, reject) => {
      this.sendRequest(command, args, reverseRequestTimeout, (response) => {
        if (response.success) resolve(response.body as Body);
        else reject(new Error(response.message ?? "no reason given"));
      });
    });
  }

  protected override dispatchRequest(request: DebugProtocol.Request): void {
    void this.#answer(request);
  }

  async #answer(request: DebugProtocol.Request): Promise<void> {
    const response: DebugProtocol.Response = new Response(request);
    // Own properties only: "constructor" is no request.
    const table = this.handlers();
    const handler = Object.hasOwn(table, request.command) ? table[request.command] : undefined;
    const later: (() => void)[] = [];
    try {
      if (!handler) throw unknownRequest(String(request.command));
      const args = (isObject(request.arguments) ? request.arguments : {}) as never;
      const body = await handler(args, {
        after: (action) => later.push(action),
        endsStop: stopEnders.has(request.command),
      });
      if (body !== undefined) response.body = body;
    } catch (thrown) {
      const error = asDebugError(thrown);
      response.success = false;
      response.message = error.message;
      const told = error.toMessage();
      response.body = { error: views.has(request.command) ? { ...told, showUser: false } : told };
      if (error.blame === "ours") {
        this.logger.error(`${request.command}: ${thrown instanceof Error ? thrown.stack : String(thrown)}`);
      }
    }
    this.sendResponse(response);
    for (const action of later) {
      try {
        action();
      } catch (thrown) {
        this.logger.error(
          `after ${request.command}: ${thrown instanceof Error ? thrown.stack : String(thrown)}`,
        );
      }
    }
  }
}

/** What views ask by themselves: they tell an error in their own place, and the client need not tell it once more. */
const views: ReadonlySet<string> = new Set(
  ["timeline", "checkpoint", "value", "diff", "keyHistory", "threads"].map((name) => `langgraph/${name}`),
);

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
