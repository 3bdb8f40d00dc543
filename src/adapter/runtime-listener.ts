// Waits on a loopback port for the one runtime that knows the token, and for its launcher where it runs in a terminal;
// drops everyone else.

import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import {
  createMessageConnection,
  type MessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-jsonrpc/node.js";
import { Deferred } from "../base/deferred.ts";
import type { Logger } from "../base/logger.ts";
import { type HelloParams, type HelloResult, protocolVersion } from "../protocol/runtime.ts";
import { otherProtocol } from "./errors.ts";
import type { LauncherEnd } from "./terminal.ts";

/** A connection that has not said a good `hello` by then is dropped. */
const helloTimeout = 5_000;

export interface Greeted {
  readonly connection: MessageConnection;
  readonly hello: Omit<HelloParams, "token">;
}

export class RuntimeListener {
  readonly token = randomBytes(32).toString("hex");
  readonly #logger: Logger;
  readonly #server: Server;
  readonly #greeted = new Deferred<Greeted>();
  readonly #launcherEnd = new Deferred<LauncherEnd>();
  readonly #strangers = new Set<Socket>();
  readonly #launchers = new Set<Socket>();

  constructor(logger: Logger) {
    this.#logger = logger;
    this.#server = createServer((socket) => this.#meet(socket));
    // Unhandled only when nobody waits any more.
    this.#greeted.promise.catch(() => {});
  }

  /** The runtime, once it has said `hello`. Rejects when it speaks another protocol version. */
  get runtime(): Promise<Greeted> {
    return this.#greeted.promise;
  }

  /** Resolves when the launcher in a terminal has told that its runtime ended, or was lost itself. */
  get launcherEnd(): Promise<LauncherEnd> {
    return this.#launcherEnd.promise;
  }

  /** Resolves to the port. */
  listen(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(0, "127.0.0.1", () => resolve((this.#server.address() as AddressInfo).port));
    });
  }

  /** Lets nobody in any more; a launcher is still heard. */
  close(): void {
    this.#server.close();
    for (const socket of this.#strangers) socket.destroy();
  }

  #meet(socket: Socket): void {
    const from = `${socket.remoteAddress}:${socket.remotePort}`;
    this.#strangers.add(socket);
    socket.setNoDelay(true);
    const connection = createMessageConnection(
      new StreamMessageReader(socket),
      new StreamMessageWriter(socket),
    );
    const drop = (why: string): void => {
      if (!this.#strangers.delete(socket)) return;
      clearTimeout(timer);
      this.#logger.warn(`dropped a connection from ${from}: ${why}`);
      connection.dispose();
      socket.destroy();
    };
    const timer = setTimeout(() => drop("it did not say hello"), helloTimeout);
    socket.on("error", () => drop("it failed"));
    // Messages that have been read by then are handled one a turn of the event loop.
    const closed = new Promise<void>((resolve) => socket.once("close", () => afterTurns(resolve)));
    void closed.then(() => drop("it closed"));
    connection.onError(() => drop("its messages can't be read"));
    connection.onUnhandledNotification(() => drop("it did not start with hello"));
    connection.onNotification("launcher", (params: { token?: unknown } | undefined) => {
      if (!this.#knows(params?.token)) return drop("its token is wrong");
      if (!this.#strangers.delete(socket)) return;
      clearTimeout(timer);
      this.#launchers.add(socket);
      void closed.then(() => this.#launcherEnd.resolve({}));
    });
    connection.onNotification("ended", (end: LauncherEnd) => {
      if (this.#launchers.has(socket)) this.#launcherEnd.resolve(end);
      else drop("it did not start with hello");
    });
    connection.onRequest((method: string) => {
      drop("it did not start with hello");
      return Promise.reject(new Error(method));
    });
    connection.onRequest("hello", (params: HelloParams): HelloResult => {
      if (!this.#strangers.has(socket) || !this.#knows(params?.token)) {
        drop("its token is wrong");
        throw new Error("wrong token");
      }
      this.#strangers.delete(socket);
      clearTimeout(timer);
      // Nobody else has anything to say here.
      this.close();
      if (params.protocolVersion !== protocolVersion) {
        this.#greeted.reject(otherProtocol(params.protocolVersion, protocolVersion));
        setImmediate(() => socket.destroy());
      } else {
        const { token: _, ...hello } = params;
        this.#greeted.resolve({ connection, hello });
      }
      return { protocolVersion };
    });
    connection.listen();
  }

  #knows(token: unknown): boolean {
    const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
    return typeof token === "string" && timingSafeEqual(digest(token), digest(this.token));
  }
}

function afterTurns(then: () => void, turns = 4): void {
  if (turns === 0) then();
  else setImmediate(() => afterTurns(then, turns - 1));
}
