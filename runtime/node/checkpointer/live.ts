// Values that cannot be serialised: kept in the process that made them, a marker in the file.

import { randomUUID } from "node:crypto";
import { inspect } from "node:util";

const PREVIEW_MAX = 200;

/** What the file holds of such a value. `value` is what its own fields were, as JSON text of the codec. */
export interface Marker {
  readonly type: string;
  readonly repr: string;
  readonly token: string;
  readonly value?: string;
}

const markers = new WeakMap<Unavailable, Marker>();

/**
 * Stands for a value that is not in the file: it could not be stored, or was removed.
 * The data fields that the value had, as far as they could be stored, are its own properties.
 */
export class Unavailable {
  constructor(marker: Marker, fields: unknown) {
    markers.set(this, marker);
    if (typeof fields === "object" && fields !== null) {
      Object.defineProperties(this, Object.getOwnPropertyDescriptors(fields));
    }
  }

  static is(value: unknown): value is Unavailable {
    return markers.has(value as Unavailable);
  }

  static markerOf(value: Unavailable): Marker {
    return markers.get(value) as Marker;
  }

  toString(): string {
    const { type, repr } = Unavailable.markerOf(this);
    return `<unavailable ${type}: ${repr}>`;
  }

  get [Symbol.toStringTag](): string {
    return "Unavailable";
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

/** The stand-in for a blob that is not in the file any more. */
export function removed(): Unavailable {
  return new Unavailable({ type: "value", repr: "removed from the checkpoint file", token: "" }, undefined);
}

type Live = object | symbol;

/** The unserialisable values of this process, by token and by identity, until their threads are forgotten. */
export class LiveValues {
  readonly #process: string = randomUUID();
  readonly #values = new Map<string, Live>();
  readonly #tokens = new Map<Live, string>();
  readonly #ofThread = new Map<string, Set<string>>();
  #next = 0;

  /** Keeps `value` for `threadId` and returns its marker, without fields. */
  keep(threadId: string, value: Live): Marker {
    let token = this.#tokens.get(value);
    if (token === undefined) {
      token = `${this.#process}:${this.#next}`;
      this.#next += 1;
      this.#tokens.set(value, token);
      this.#values.set(token, value);
    }
    const tokens = this.#ofThread.get(threadId) ?? new Set();
    this.#ofThread.set(threadId, tokens.add(token));
    return { type: typeName(value), repr: preview(value), token };
  }

  /** The value that a token stands for, when this process made it. */
  find(token: string): Live | undefined {
    return this.#values.get(token);
  }

  /** Keeps the values of `source` for `target` too. */
  copyThread(source: string, target: string): void {
    const tokens = this.#ofThread.get(source);
    if (tokens === undefined) return;
    this.#ofThread.set(target, new Set([...(this.#ofThread.get(target) ?? []), ...tokens]));
  }

  /** Lets go of the values that no other thread needs. */
  forgetThread(threadId: string): void {
    const gone = this.#ofThread.get(threadId);
    if (gone === undefined) return;
    this.#ofThread.delete(threadId);
    for (const token of gone) {
      if ([...this.#ofThread.values()].some((tokens) => tokens.has(token))) continue;
      const value = this.#values.get(token);
      this.#values.delete(token);
      if (value !== undefined) this.#tokens.delete(value);
    }
  }
}

function typeName(value: Live): string {
  if (typeof value !== "object") return typeof value;
  try {
    const name: unknown = Object.getPrototypeOf(value)?.constructor?.name;
    return typeof name === "string" && name !== "" ? name : "object";
  } catch {
    return "object"; // a proxy's trap
  }
}

function preview(value: Live): string {
  let text: string;
  try {
    text = inspect(value, {
      depth: 0,
      breakLength: Number.POSITIVE_INFINITY,
      customInspect: false,
      getters: false,
    });
  } catch (error) {
    text = `<${error instanceof Error ? error.name : "error"} while showing it>`;
  }
  return text.length <= PREVIEW_MAX ? text : `${text.slice(0, PREVIEW_MAX - 1)}…`;
}
