// The client as the rest of the adapter sees it: its capabilities, its way to write paths and lines, and its events.

import { basename, isAbsolute, normalize, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { DebugProtocol } from "@vscode/debugprotocol";
import type { CustomEvents } from "../protocol/dap.ts";

/** Sends one event as it is. */
export type Sender = (name: string, body?: object) => void;

/** These are of use before the client has finished its configuration; all others are held until then. */
const early = new Set(["initialized", "output", "terminated", "exited", "capabilities"]);

export class Client {
  readonly #send: Sender;
  #held: [string, object | undefined][] | undefined = [];
  #about: Partial<DebugProtocol.InitializeRequestArguments> = {};

  constructor(send: Sender) {
    this.#send = send;
  }

  initialize(args: Partial<DebugProtocol.InitializeRequestArguments>): void {
    this.#about = args;
  }

  get supportsRunInTerminal(): boolean {
    return this.#about.supportsRunInTerminalRequest === true;
  }

  get supportsPaging(): boolean {
    return this.#about.supportsVariablePaging === true;
  }

  get supportsInvalidated(): boolean {
    return this.#about.supportsInvalidatedEvent === true;
  }

  get columnsStartAt1(): boolean {
    return this.#about.columnsStartAt1 !== false;
  }

  send(name: string, body?: object): void {
    if (this.#held && !early.has(name)) this.#held.push([name, body]);
    else this.#send(name, body);
  }

  custom<Name extends keyof CustomEvents>(name: Name, body: CustomEvents[Name]): void {
    this.send(name, body);
  }

  /** Sends what was held; from now on events go out at once. */
  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const [name, body] of held) this.#send(name, body);
  }

  // The adapter's own lines and columns start at 1 and its paths are native.

  toClientLine(line: number): number {
    return this.#about.linesStartAt1 === false ? line - 1 : line;
  }

  fromClientLine(line: number): number {
    return this.#about.linesStartAt1 === false ? line + 1 : line;
  }

  toClientPath(path: string): string {
    return this.#about.pathFormat === "uri" ? pathToFileURL(path).href : path;
  }

  /** Undefined for what is not on this machine's disk (`untitled:`, `git:`). */
  fromClientPath(path: string): string | undefined {
    if (path.startsWith("file:")) {
      try {
        return normalize(fileURLToPath(path));
      } catch {
        return undefined;
      }
    }
    if (/^[A-Za-z][A-Za-z0-9+.-]+:/.test(path) && !isAbsolute(path)) return undefined;
    return resolve(path);
  }

  source(path: string): DebugProtocol.Source {
    return { name: basename(path), path: this.toClientPath(path) };
  }
}
