// Entries, list data and map data of the checkpoint file, as bytes (runtime/schema/checkpoints.md, "Values").

import { hash as digest } from "node:crypto";

const REF = 0x00;
export const PART = 0x01;
export const NULL = 0x02;
const ITEM = 0x20;
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
/** One entry: the value of a DeltaSnapshot. */
export const DELTA = "@delta";
/** The types whose data are entries, which may name blobs. */
export const NESTING: ReadonlySet<string> = new Set([LIST, MAP, DELTA]);
const HASH_SIZE = 16;
export const INLINE_MAX = 32;

/** One row of `blobs`, without its thread. */
export interface Blob {
  /** The hash, each byte as one character: strings cost the garbage collector less than buffers. */
  readonly name: string;
  readonly type: string;
  readonly data: string | Uint8Array;
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

/** A blob with its content hash. A string stands for its UTF-8; bytes are copied. */
export function makeBlob(type: string, data: string | Uint8Array): Blob {
  // Type and data are hashed in one call.
  if (typeof data === "string") return { name: nameOf(`${type}\0${data}`), type, data };
  const prefix = Buffer.from(`${type}\0`, "latin1");
  const whole = Buffer.concat([prefix, data]);
  return { name: nameOf(whole), type, data: whole.subarray(prefix.length) };
}

function nameOf(content: string | Buffer): string {
  return digest("sha256", content, "binary").slice(0, HASH_SIZE);
}

export function hashOf(blob: Blob): Buffer {
  return Buffer.from(blob.name, "latin1");
}

export function dataOf(blob: Blob): Uint8Array {
  return typeof blob.data === "string" ? Buffer.from(blob.data, "utf8") : blob.data;
}

/** The entry for a value that is held in a blob. */
export function ref(hash: string): Buffer {
  const entry = Buffer.allocUnsafe(1 + HASH_SIZE);
  entry[0] = REF;
  entry.write(hash, 1, "latin1");
  return entry;
}

/** The entry for `count` items of a list or map that are held in a blob. */
export function part(hash: string, count: number): Buffer {
  const entry = Buffer.allocUnsafe(1 + varintSize(count) + HASH_SIZE);
  entry[0] = PART;
  entry.write(hash, writeVarint(entry, 1, count), "latin1");
  return entry;
}

/** The entry that holds a serialised value itself. */
export function inline(type: string, data: string | Uint8Array): Buffer {
  const size = typeof data === "string" ? Buffer.byteLength(data, "utf8") : data.byteLength;
  const code = CODE_OF_TYPE.get(type);
  // The name of a type is ASCII.
  const head = code === undefined ? 1 + varintSize(type.length) + type.length : 1;
  const entry = Buffer.allocUnsafe(head + varintSize(size) + size);
  entry[0] = code ?? OTHER;
  if (code === undefined) entry.write(type, writeVarint(entry, 1, type.length), "latin1");
  const at = writeVarint(entry, head, size);
  if (typeof data === "string") entry.write(data, at, "utf8");
  else entry.set(data, at);
  return entry;
}

/** A key of a map and the entry of its value. */
export function item(key: string, value: Uint8Array): Buffer {
  const size = Buffer.byteLength(key, "utf8");
  const entry = Buffer.allocUnsafe(1 + varintSize(size) + size + value.byteLength);
  entry[0] = ITEM;
  const at = writeVarint(entry, 1, size);
  entry.write(key, at, "utf8");
  entry.set(value, at + size);
  return entry;
}

function varintSize(number: number): number {
  let size = 1;
  for (let rest = number; rest >= 0x80; rest /= 0x80) size += 1;
  return size;
}

/** Returns where it ends. */
function writeVarint(target: Buffer, start: number, number: number): number {
  let at = start;
  let rest = number;
  for (; rest >= 0x80; at += 1) {
    target[at] = (rest % 0x80) | 0x80;
    rest = Math.floor(rest / 0x80);
  }
  target[at] = rest;
  return at + 1;
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
