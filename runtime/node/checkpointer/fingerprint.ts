// Tells cheaply whether an object is the same as when it was last serialised, also after a change in place.
//
// A fingerprint is the flat list of what a walk through the object meets: identities, keys and leaves. To
// compare is to walk again and stop at the first difference; strings are mostly compared by their address.
// A message costs about half a microsecond, a tenth of serialising it again.

import { crc32 } from "node:zlib";
import { bytesOf, errorFields, kindOf } from "./kinds.ts";
import { fieldsOf } from "./messages.ts";

export type Fingerprint = readonly unknown[];

type Fields = Record<string, unknown>;

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

  get isComplete(): boolean {
    return this.#known === undefined || this.#at === this.#known.length;
  }

  #note(leaf: unknown): boolean {
    const known = this.#known;
    if (known === undefined) {
      this.taken.push(leaf);
      return true;
    }
    const was = known[this.#at];
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
        return this.#fields(value as Fields, value as Fields, next);
      case "array":
        return this.#items(value as unknown[], next);
      case "message": {
        const fields = fieldsOf(value);
        return this.#fields(fields, value as Fields, next);
      }
      case "date":
        return this.#note((value as Date).getTime());
      case "bytes": {
        const bytes = bytesOf(value);
        return this.#note(bytes.byteLength) && this.#note(crc32(bytes));
      }
      case "set":
        return this.#items([...(value as Set<unknown>)], next);
      case "map":
        return this.#items([...(value as Map<unknown, unknown>)].flat(), next);
      case "error": {
        const fields = errorFields(value as Error);
        return this.#fields(fields, fields, next);
      }
      case "url":
        return this.#note((value as URL).href);
      case "regexp":
        return true;
      case "instance":
        return this.#instance(value, next);
    }
  }

  /** Of an instance that an instance holds, no fields are stored: see the text writer. */
  #instance(value: object, depth: number): boolean {
    if (this.#inInstance) return true;
    this.#inInstance = true;
    try {
      // What `toJSON` gives is made anew at each call: its identities differ, and it is stored each time.
      if ("toJSON" in value) return false;
      const fields = value instanceof Error ? errorFields(value) : (value as Fields);
      return this.#fields(fields, fields, depth);
    } finally {
      this.#inInstance = false;
    }
  }

  #items(items: readonly unknown[], depth: number): boolean {
    if (!this.#note(items.length)) return false;
    for (const item of items) if (!this.walk(item, depth)) return false;
    return true;
  }

  /** The keys of `fields`, each with what `owner` has under it, or else `fields` itself. */
  #fields(fields: Fields, owner: Fields, depth: number): boolean {
    for (const key of Object.keys(fields)) {
      const value = owner === fields || key in owner ? owner[key] : fields[key];
      if (!this.#note(key)) return false;
      if (typeof value === "object" && value !== null ? !this.walk(value, depth) : !this.#note(value))
        return false;
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
    return walk.walk(value, 0) && walk.isComplete;
  } catch {
    return false;
  }
}
