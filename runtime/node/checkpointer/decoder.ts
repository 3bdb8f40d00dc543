// Turns entries back into values: fetches the blobs that they name, and reads the JSON text with its records.

import { DELTA, LIST, LIVE, MAP, NULL, PART, type Parsed, parse, ref } from "./entries.ts";
import { BYTES_OF_NAME, ERROR_OF_NAME } from "./kinds.ts";
import { type LiveValues, type Marker, removed, Unavailable } from "./live.ts";
import type { MessageClasses } from "./messages.ts";

export interface Stored {
  readonly type: string;
  readonly data: Uint8Array;
  /** Of a blob that is kept in memory: what was read from `data`. Values are copied from it; texts are shared. */
  json?: unknown;
  entries?: readonly NamedEntry[];
}

/** An entry of a part, with what it names once that was read. */
interface NamedEntry extends Parsed {
  stored?: Stored;
  ref?: Buffer;
}

type Fields = Record<string, unknown>;

/** Reads values of one thread. */
export class Decoder {
  readonly #live: LiveValues;
  readonly #classes: MessageClasses;
  readonly #fetch: (hash: Buffer) => Stored | undefined;
  readonly #remember: (value: object, entry: Buffer) => void;

  /** `fetch` gets a blob; `remember` is told of each object that was read from a blob of its own. */
  constructor(
    live: LiveValues,
    classes: MessageClasses,
    fetch: (hash: Buffer) => Stored | undefined,
    remember: (value: object, entry: Buffer) => void,
  ) {
    this.#live = live;
    this.#classes = classes;
    this.#fetch = fetch;
    this.#remember = remember;
  }

  /** The value of one entry. Throws a RangeError when the data is damaged. */
  entry(data: Uint8Array): unknown {
    const [entry] = parse(data);
    if (entry === undefined) throw new RangeError("not an entry: it is empty");
    return this.#value(entry);
  }

  /** The value of map data. */
  map(data: Uint8Array): Fields {
    const result: Fields = {};
    this.#items(data, result);
    return result;
  }

  /** The values of some keys of map data: those that are there. */
  pick(data: Uint8Array, keys: ReadonlySet<string>): Fields {
    const result: Fields = {};
    this.#items(data, result, keys);
    return result;
  }

  /** For each key of map data what it is stored as: equal for equal values that were stored in the same way. */
  prints(data: Uint8Array): Map<string, string> {
    const prints = new Map<string, string>();
    for (const { key, hash, tag, type, data: inline } of parse(data)) {
      if (key !== undefined) {
        prints.set(key, hash?.toString("latin1") ?? `${tag} ${type} ${inline.toString("latin1")}`);
      } else if (tag === PART && hash !== undefined) {
        const stored = this.#fetch(hash);
        if (stored === undefined) continue;
        for (const [name, print] of this.prints(stored.data)) prints.set(name, print);
      }
    }
    return prints;
  }

  /** The value that `Encoder.json` made the text of. */
  json(text: string): unknown {
    return this.#copy(JSON.parse(text));
  }

  #items(data: Uint8Array, result: Fields, only?: ReadonlySet<string>): void {
    for (const entry of parse(data)) {
      if (entry.tag === PART && entry.hash !== undefined) {
        const stored = this.#fetch(entry.hash);
        if (stored !== undefined) this.#items(stored.data, result, only);
      } else if (entry.key !== undefined && (only === undefined || only.has(entry.key))) {
        set(result, entry.key, this.#value(entry));
      }
    }
  }

  #list(entries: readonly NamedEntry[], result: unknown[]): unknown[] {
    for (const entry of entries) {
      if (entry.tag !== PART || entry.hash === undefined) {
        result.push(this.#value(entry));
        continue;
      }
      const stored = this.#named(entry, entry.hash);
      if (stored === undefined) result.push(removed());
      else if (stored.type === LIST) this.#list(entriesOf(stored), result);
      else for (const value of this.#typed(stored) as unknown[]) result.push(value);
    }
    return result;
  }

  #value(entry: NamedEntry): unknown {
    if (entry.tag === NULL) return null;
    if (entry.hash === undefined) return this.#typed(entry);
    const stored = this.#named(entry, entry.hash);
    if (stored === undefined) return removed();
    const value = this.#typed(stored);
    if (typeof value === "object" && value !== null && stored.type === "json") {
      entry.ref ??= ref(entry.hash.toString("latin1"));
      this.#remember(value, entry.ref);
    }
    return value;
  }

  #named(entry: NamedEntry, hash: Buffer): Stored | undefined {
    if (entry.stored === undefined) {
      const stored = this.#fetch(hash);
      if (stored !== undefined) entry.stored = stored;
      return stored;
    }
    return entry.stored;
  }

  #typed(stored: Stored): unknown {
    const { type, data } = stored;
    switch (type) {
      case "json":
        if (stored.json === undefined) stored.json = JSON.parse(textOf(data));
        return this.#copy(stored.json);
      case LIST:
        return this.#list(entriesOf(stored), []);
      case MAP:
        return this.map(data);
      case DELTA:
        return this.#classes.deltaSnapshot(this.entry(data));
      case LIVE:
        return this.#resolve(JSON.parse(textOf(data)) as Marker);
      case "bytes":
        return Uint8Array.from(data);
      case "buffer":
        return Buffer.from(data);
      default:
        throw new RangeError(`not a value of this runtime: type '${type}'`);
    }
  }

  #resolve(marker: Marker): unknown {
    const live = this.#live.find(marker.token);
    if (live !== undefined) return live;
    return new Unavailable(marker, marker.value === undefined ? undefined : this.json(marker.value));
  }

  /** A copy of parsed JSON in which each record is replaced by what it stands for, from the inside out. */
  #copy(json: unknown): unknown {
    if (typeof json !== "object" || json === null) return json;
    if (Array.isArray(json)) {
      const list = new Array<unknown>(json.length);
      for (let at = 0; at < json.length; at += 1) list[at] = this.#copy(json[at]);
      return list;
    }
    const fields: Fields = {};
    for (const key of Object.keys(json)) {
      const field = (json as Fields)[key];
      if (key === "__proto__") set(fields, key, this.#copy(field));
      else fields[key] = typeof field === "object" && field !== null ? this.#copy(field) : field;
    }
    if (fields.lc === 2) return this.#record(fields);
    if (fields.lc === 1) return this.#message(fields);
    return fields;
  }

  #message(fields: Fields): unknown {
    const name = (fields.id as string[]).at(-1) as string;
    return this.#classes.message(name, fields.kwargs as Fields) ?? fields;
  }

  #record(fields: Fields): unknown {
    const value = fields.value;
    switch (fields.type) {
      case "undefined":
        return undefined;
      case "number":
        return Number(value);
      case "bigint":
        return BigInt(value as string);
      case "symbol":
        return Symbol.for(fields.key as string);
      case "date":
        return new Date(value === null ? Number.NaN : (value as number));
      case "url":
        return new URL(value as string);
      case "bytes":
        return bytes(fields.of as string, fields.base64 as string);
      case "error":
        return error(fields.of as string, fields.fields as Fields);
      case "object": {
        const object: Fields = {};
        for (const [key, field] of fields.entries as [string, unknown][]) set(object, key, field);
        return object;
      }
      case "live":
        return this.#resolve(fields.live as Marker);
      case "delta_snapshot":
        return this.#classes.deltaSnapshot(value);
      case "constructor":
        return constructed((fields.id as string[])[0], fields.args as unknown[]);
      default:
        return fields;
    }
  }
}

function textOf(data: Uint8Array): string {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("utf8");
}

function entriesOf(stored: Stored): readonly NamedEntry[] {
  stored.entries ??= parse(stored.data);
  return stored.entries;
}

/** Assigns a field; `__proto__` too becomes an ordinary one. */
function set(object: Fields, key: string, value: unknown): void {
  if (key === "__proto__") {
    Object.defineProperty(object, key, { value, configurable: true, enumerable: true, writable: true });
  } else {
    object[key] = value;
  }
}

function constructed(name: string | undefined, args: unknown[]): unknown {
  if (name === "Set") return new Set(args[0] as unknown[]);
  if (name === "Map") return new Map(args[0] as [unknown, unknown][]);
  return new RegExp(args[0] as string, args[1] as string);
}

function bytes(name: string, base64: string): object {
  const data = Buffer.from(base64, "base64");
  if (name === "Buffer") return data;
  const copy = new Uint8Array(data).buffer;
  const Class = BYTES_OF_NAME.get(name);
  return Class === undefined ? copy : new Class(copy);
}

function error(name: string, fields: Fields): Error {
  const Class = ERROR_OF_NAME.get(name) ?? Error;
  const { name: own, message, stack, ...rest } = fields;
  const result = new Class(message as string);
  Object.defineProperty(result, "stack", { value: stack, configurable: true, writable: true });
  if (own !== result.name)
    Object.defineProperty(result, "name", { value: own, configurable: true, writable: true });
  if ("cause" in rest) {
    Object.defineProperty(result, "cause", { value: rest.cause, configurable: true, writable: true });
    delete rest.cause;
  }
  return Object.assign(result, rest);
}
