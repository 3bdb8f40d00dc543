// Tells cheaply whether an object is the same as when it was last serialised, also after a change in place.
//
// A fingerprint is the flat list of what a walk through the object meets: identities, keys and leaves. To
// compare is to walk again and stop at the first difference; strings are mostly compared by their address.

import { crc32 } from "node:zlib";
import { bytesOf, errorFields, kindOf } from "./kinds.ts";
import { everyField } from "./messages.ts";

export type Fingerprint = readonly unknown[];

const DEPTH_MAX = 64; // deeper values, and cyclic ones, have no fingerprint and are serialised each time

class Walk {
  readonly #known: Fingerprint | undefined;
  readonly taken: unknown[] = [];
  #at = 0;
  #inInstance = false;

  /** Compares with `known`, or takes a new fingerprint when it is undefined. */
  constructor(known?: Fingerprint) {
    this.#known = known;
  }

  get complete(): boolean {
    return this.#known === undefined || this.#at === this.#known.length;
  }

  #note(leaf: unknown): boolean {
    if (this.#known === undefined) {
      this.taken.push(leaf);
      return true;
    }
    const was = this.#known[this.#at];
    this.#at += 1;
    return Object.is(was, leaf);
  }

  /** False at the first difference, or where the value is too deep. */
  walk(value: unknown, depth: number): boolean {
    if (!this.#note(value)) return false;
    if (typeof value !== "object" || value === null) return true;
    if (depth > DEPTH_MAX) return false;
    const next = depth + 1;
    switch (kindOf(value)) {
      case "plain":
        return this.#fields(value, next);
      case "array": {
        const items = value as unknown[];
        if (!this.#note(items.length)) return false;
        for (const item of items) if (!this.walk(item, next)) return false;
        return true;
      }
      case "message":
        return (
          everyField(value, (key, field) => this.#note(key) && this.walk(field, next)) && this.#note(null)
        );
      case "date":
        return this.#note((value as Date).getTime());
      case "bytes": {
        const bytes = bytesOf(value);
        return this.#note(bytes.byteLength) && this.#note(crc32(bytes));
      }
      case "set": {
        const items = value as Set<unknown>;
        if (!this.#note(items.size)) return false;
        for (const item of items) if (!this.walk(item, next)) return false;
        return true;
      }
      case "map": {
        const items = value as Map<unknown, unknown>;
        if (!this.#note(items.size)) return false;
        for (const [key, item] of items) if (!this.walk(key, next) || !this.walk(item, next)) return false;
        return true;
      }
      case "error":
        return this.#fields(errorFields(value as Error), next);
      case "url":
        return this.#note((value as URL).href);
      case "regexp":
        return true;
      case "instance":
        return this.#instance(value, next);
    }
  }

  /** Of an instance that an instance holds, no fields are stored: see the encoder. */
  #instance(value: object, depth: number): boolean {
    if (this.#inInstance) return true;
    this.#inInstance = true;
    try {
      // What `toJSON` gives is made anew at each call: its identities differ, and it is stored each time.
      if ("toJSON" in value) return false;
      return this.#fields(value instanceof Error ? errorFields(value) : value, depth);
    } finally {
      this.#inInstance = false;
    }
  }

  #fields(value: object, depth: number): boolean {
    for (const key of Object.keys(value)) {
      if (!this.#note(key) || !this.walk((value as Record<string, unknown>)[key], depth)) return false;
    }
    return this.#note(null); // the end: {a: {}, b: 1} is not {a: {b: 1}}
  }
}

/** A fingerprint of `value`; undefined when a change in it could go unseen. */
export function take(value: object): Fingerprint | undefined {
  const walk = new Walk();
  try {
    return walk.walk(value, 0) ? walk.taken : undefined;
  } catch {
    return undefined; // a getter of the user's that throws
  }
}

/** Whether `value` is what it was when `fingerprint` was taken. False when in doubt. */
export function same(fingerprint: Fingerprint, value: object): boolean {
  const walk = new Walk(fingerprint);
  try {
    return walk.walk(value, 0) && walk.complete;
  } catch {
    return false;
  }
}
