// Entries, list data and map data of the checkpoint file, as bytes (runtime/schema/checkpoints.md, "Values").

import { hash as digest } from "node:crypto";

export const REF = 0x00;
export const PART = 0x01;
export const NULL = 0x02;
export const ITEM = 0x20;
const OTHER = 0x1f;
const CODE_OF_TYPE: ReadonlyMap<string, number> = new Map([
  ["msgpack", 0x10],
  ["json", 0x11],
  ["bytes", 0x12],
]);
const TYPE_OF_CODE: ReadonlyMap<number, string> = new Map(
  [...CODE_OF_TYPE].map(([type, code]) => [code, type]),
);

export const LIST = "@list";
export const MAP = "@map";
export const LIVE = "@live";
const HASH_SIZE = 16;
export const INLINE_MAX = 32;

/** One row of `blobs`, without its thread. */
export interface Blob {
  readonly hash: Buffer;
  readonly type: string;
  readonly data: Uint8Array;
}

/** One entry, read: a hash for REF and PART, `type` and `data` for inline values, `key` inside a map. */
export interface Parsed {
  readonly tag: number;
  readonly hash: Buffer | undefined;
  readonly type: string;
  readonly data: Buffer;
  readonly key: string | undefined;
  readonly count: number;
}

const EMPTY = Buffer.alloc(0);
export const NULL_ENTRY: Buffer = Buffer.of(NULL);

/** A blob with its content hash. */
export function makeBlob(type: string, data: string | Uint8Array): Blob {
  // Type and data go into one buffer, so that they are hashed in one call.
  const prefix = type.length + 1;
  let whole: Buffer;
  if (typeof data === "string") {
    whole = Buffer.from(`${type}\0${data}`, "utf8");
  } else {
    whole = Buffer.allocUnsafe(prefix + data.byteLength);
    whole.write(`${type}\0`, 0, "latin1");
    whole.set(data, prefix);
  }
  const hash = digest("sha256", whole, "buffer").subarray(0, HASH_SIZE);
  return { hash, type, data: whole.subarray(prefix) };
}

/** The entry for a value that is held in a blob. */
export function ref(hash: Uint8Array): Buffer {
  const entry = Buffer.allocUnsafe(1 + HASH_SIZE);
  entry[0] = REF;
  entry.set(hash, 1);
  return entry;
}

/** The entry for `count` items of a list or map that are held in a blob. */
export function part(hash: Uint8Array, count: number): Buffer {
  return Buffer.concat([Buffer.of(PART), varint(count), hash]);
}

/** The entry that holds a serialised value itself. */
export function inline(type: string, data: string | Uint8Array): Buffer {
  const bytes = typeof data === "string" ? Buffer.from(data, "utf8") : data;
  const code = CODE_OF_TYPE.get(type);
  if (code !== undefined) return Buffer.concat([Buffer.of(code), varint(bytes.byteLength), bytes]);
  const name = Buffer.from(type, "utf8");
  return Buffer.concat([Buffer.of(OTHER), varint(name.length), name, varint(bytes.byteLength), bytes]);
}

/** A key of a map and the entry of its value. */
export function item(key: string, entry: Uint8Array): Buffer {
  const name = Buffer.from(key, "utf8");
  return Buffer.concat([Buffer.of(ITEM), varint(name.length), name, entry]);
}

function varint(number: number): Buffer {
  if (number < 0x80) return Buffer.of(number);
  const bytes: number[] = [];
  let rest = number;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
  return Buffer.from(bytes);
}

/** Reads entries, list data or map data from first to last. Throws a RangeError when it is none of these. */
export function parse(source: Uint8Array): Parsed[] {
  const data = Buffer.from(source.buffer, source.byteOffset, source.byteLength);
  const result: Parsed[] = [];
  let at = 0;
  let key: string | undefined;
  const take = (size: number): Buffer => {
    if (at + size > data.length) throw new RangeError(`not an entry: byte ${at} of ${data.length}`);
    at += size;
    return data.subarray(at - size, at);
  };
  const number = (): number => {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = take(1)[0] ?? 0;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 0x80;
    }
  };
  while (at < data.length) {
    const tag = data[at] as number;
    at += 1;
    if (tag === ITEM) {
      key = take(number()).toString("utf8");
      continue;
    }
    if (tag === REF) {
      result.push({ tag, hash: take(HASH_SIZE), type: "", data: EMPTY, key, count: 1 });
    } else if (tag === PART) {
      const count = number();
      result.push({ tag, hash: take(HASH_SIZE), type: "", data: EMPTY, key: undefined, count });
    } else if (tag === NULL) {
      result.push({ tag, hash: undefined, type: "null", data: EMPTY, key, count: 1 });
    } else {
      const type = tag === OTHER ? take(number()).toString("utf8") : TYPE_OF_CODE.get(tag);
      if (type === undefined) throw new RangeError(`not an entry: byte ${at - 1} of ${data.length}`);
      result.push({ tag, hash: undefined, type, data: take(number()), key, count: 1 });
    }
    key = undefined;
  }
  return result;
}
