// Turns values into entries and blobs: long lists and maps are cut up, so that what did not change costs nothing.

import {
  type Blob,
  DELTA,
  INLINE_MAX,
  inline,
  item,
  LIST,
  LIVE,
  MAP,
  makeBlob,
  NULL_ENTRY,
  part,
  ref,
} from "./entries.ts";
import { type Fingerprint, same, take } from "./fingerprint.ts";
import { bytesName, bytesOf, kindOf } from "./kinds.ts";
import type { LiveValues } from "./live.ts";
import { isDeltaSnapshot } from "./messages.ts";
import { Parts } from "./parts.ts";
import { langGraphData, TextWriter } from "./text.ts";

/** Objects and arrays whose text is at most this long are stored whole. */
const WHOLE_OBJECT = 2048;
const WHOLE_ARRAY = 256;
/** Short texts that are remembered. */
const SHORT_MAX = 2000;
/** Bytes from this size on are blobs of their own. */
const OWN_BYTES = 64;
/** Numbers and short strings in a row are stored as one array; where it ends depends on what is in it. */
const RUN_ITEM = 64;
const RUN_TEXT = 64;
const RUN_MIN = 16;
const RUN_MAX = 128;
const RUN_MASK = 0x1f;

/** Text that a container may still take in, or the entry of something that stands by itself. */
type Piece = string | Buffer;

interface Leaf {
  readonly fingerprint: Fingerprint;
  readonly entry: Buffer;
}

interface Cut {
  readonly parts: Parts;
  readonly entry: Buffer;
}

const SURROGATE = /\p{Surrogate}/u;

/** A pending write is written once, and need not be found again when it is this short. */
const WRITE_INLINE = 256;

/** Encodes the values of one thread, and remembers what it encoded by identity. */
export class Encoder {
  readonly #writer: TextWriter;
  readonly #store: (blob: Blob) => void;
  readonly #leaves = new WeakMap<object, Leaf>();
  readonly #cuts = new WeakMap<object, Cut>();
  readonly #short = new Map<string, Buffer>();

  /** `store` gets each blob that an entry names, except those that an entry given out before has named. */
  constructor(live: LiveValues, threadId: string, store: (blob: Blob) => void) {
    this.#writer = new TextWriter(live, threadId);
    this.#store = store;
  }

  /** The entry of a value. Never throws, whatever the value is. */
  entry(value: unknown): Buffer {
    return this.#own(value, this.#piece(value));
  }

  /** The entry of a pending write. */
  write(value: unknown): Buffer {
    const piece = this.#piece(value);
    const isShort = typeof piece === "string" && piece.length <= WRITE_INLINE && piece !== "null";
    return isShort ? inline("json", piece) : this.#own(value, piece);
  }

  /** The entry of a checkpoint without its values, in which there is nothing but plain data. */
  envelope(value: object): Buffer {
    let text: string | undefined;
    try {
      text = JSON.stringify(value);
    } catch {
      // Something in it is no plain data after all.
    }
    // A channel may be called `lc`: what could be taken for a record is escaped.
    if (text === undefined || text.includes('"lc":')) text = this.#writer.text(value);
    return inline("json", text);
  }

  /** JSON text of a value: of metadata, which is plain data as a rule. */
  json(value: unknown): string {
    try {
      if (isPlainData(value, 0)) return JSON.stringify(value);
    } catch {
      // A getter, or a proxy, that throws.
    }
    return this.#writer.text(value);
  }

  /** The map data of channel values. `before`, the values of the checkpoint before, lets lists be found again. */
  channels(values: Readonly<Record<string, unknown>>, before?: Readonly<Record<string, unknown>>): Buffer {
    const entries: Buffer[] = [];
    for (const name of Object.keys(values)) {
      const value = values[name];
      // A reducer makes a new list at each step: what it was made from is under the same name.
      const was = before?.[name];
      if (typeof value === "object" && value !== null && typeof was === "object" && was !== null) {
        const cut = this.#cuts.get(was);
        if (cut !== undefined && !this.#cuts.has(value)) this.#cuts.set(value, cut);
      }
      entries.push(item(name, this.entry(value)));
    }
    const known = before === undefined ? undefined : this.#cuts.get(before)?.parts;
    const parts = new Parts({ entries, counts: undefined }, MAP, known, this.#store);
    this.#cuts.set(values, { parts, entry: NULL_ENTRY });
    return parts.data;
  }

  /** `value` was just read from the blob that `entry` names: it need not be written again. */
  remember(value: object, entry: Buffer): void {
    const fingerprint = take(value);
    if (fingerprint !== undefined) this.#leaves.set(value, { fingerprint, entry });
  }

  #piece(value: unknown): Piece {
    if (typeof value === "function" || typeof value === "symbol") {
      const known = typeof value === "symbol" && Symbol.keyFor(value) !== undefined;
      return known ? this.#writer.text(value) : this.#live(value);
    }
    if (typeof value !== "object" || value === null) return this.#writer.text(value);
    const leaf = this.#leaves.get(value);
    if (leaf !== undefined && same(leaf.fingerprint, value)) return leaf.entry;
    return this.#writer.within(value, () => this.#object(value));
  }

  #object(value: object): Piece {
    const kind = kindOf(value);
    if (kind === "array") return this.#array(value as unknown[]);
    if (kind === "plain") return this.#plain(value);
    if (kind === "bytes") {
      const bytes = bytesOf(value);
      const type =
        bytesName(value) === "Uint8Array" ? "bytes" : bytesName(value) === "Buffer" ? "buffer" : "";
      if (type !== "" && bytes.byteLength >= OWN_BYTES) return this.#keep(value, makeBlob(type, bytes));
    }
    if (kind === "instance") {
      if (isDeltaSnapshot(value)) return inline(DELTA, this.entry(value.value));
      const plain = langGraphData(value);
      return plain === undefined ? this.#live(value) : this.#piece(plain);
    }
    return this.#writer.content(value);
  }

  #array(values: readonly unknown[]): Piece {
    const pieces: Piece[] = [];
    let size = 2;
    let whole = true;
    for (const value of values) {
      const piece = this.#piece(value);
      if (typeof piece === "string") size += piece.length + 1;
      else whole = false;
      pieces.push(piece);
    }
    if (whole && size <= WHOLE_ARRAY) return `[${(pieces as string[]).join(",")}]`;
    const entries: Buffer[] = [];
    let counts: number[] | undefined;
    for (let at = 0; at < pieces.length; ) {
      const end = runEnd(values, pieces, at);
      if (end > at) {
        const blob = makeBlob("json", `[${pieces.slice(at, end).join(",")}]`);
        this.#store(blob);
        counts ??= new Array<number>(entries.length).fill(1);
        entries.push(part(blob.name, end - at));
        counts.push(end - at);
        at = end;
      } else {
        entries.push(this.#own(values[at], pieces[at] as Piece));
        counts?.push(1);
        at += 1;
      }
    }
    return this.#cut(values, LIST, entries, counts);
  }

  #plain(value: object): Piece {
    const fields = value as Record<string, unknown>;
    const keys = Object.keys(value);
    const pieces: Piece[] = [];
    let size = 2;
    let whole = true;
    for (const key of keys) {
      const piece = this.#piece(fields[key]);
      if (typeof piece === "string") size += piece.length + key.length + 4;
      else whole = false;
      pieces.push(piece);
    }
    // Keys are UTF-8 in map data: one that is not well formed is safe in JSON text only.
    if ((whole && size <= WHOLE_OBJECT) || keys.some((key) => SURROGATE.test(key))) {
      if (!whole || keys.includes("lc")) return this.#writer.content(value);
      return `{${keys.map((key, at) => `${JSON.stringify(key)}:${pieces[at]}`).join(",")}}`;
    }
    const entries = keys.map((key, at) => item(key, this.#own(fields[key], pieces[at] as Piece)));
    return this.#cut(value, MAP, entries, undefined);
  }

  /** A list or map as a blob of its own. */
  #cut(value: object, type: string, entries: Buffer[], counts: number[] | undefined): Buffer {
    const before = this.#cuts.get(value);
    if (before?.parts.holds(entries)) return before.entry;
    const parts = new Parts({ entries, counts }, type, before?.parts, this.#store);
    const entry =
      parts.data.length <= INLINE_MAX ? inline(type, parts.data) : this.#stored(makeBlob(type, parts.data));
    this.#cuts.set(value, { parts, entry });
    return entry;
  }

  /** The entry of a piece that no container takes in. */
  #own(value: unknown, piece: Piece): Buffer {
    if (typeof piece !== "string") return piece;
    if (piece === "null") return NULL_ENTRY;
    if (piece.length <= INLINE_MAX) {
      const entry = inline("json", piece);
      if (entry.length <= INLINE_MAX + 2) return entry;
    }
    // Reducers make new arrays at each step: short ones are found again by their text, objects by identity.
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      const known = this.#short.get(piece);
      if (known !== undefined) return known;
      const entry = this.#stored(makeBlob("json", piece));
      if (piece.length <= WHOLE_ARRAY) {
        if (this.#short.size >= SHORT_MAX) this.#short.clear();
        this.#short.set(piece, entry);
      }
      return entry;
    }
    return this.#keep(value, makeBlob("json", piece));
  }

  #live(value: object | symbol): Buffer {
    const blob = makeBlob(LIVE, JSON.stringify(this.#writer.marker(value)));
    return typeof value === "object" ? this.#keep(value, blob) : this.#stored(blob);
  }

  #keep(value: object, blob: Blob): Buffer {
    const entry = this.#stored(blob);
    this.remember(value, entry);
    return entry;
  }

  #stored(blob: Blob): Buffer {
    this.#store(blob);
    return ref(blob.name);
  }
}

/** Whether JSON keeps all of a value, and none of it could be taken for a record. False when in doubt. */
function isPlainData(value: unknown, depth: number): boolean {
  if (typeof value === "number") return Number.isFinite(value) && !Object.is(value, -0);
  if (typeof value !== "object" || value === null) {
    return typeof value === "string" || typeof value === "boolean" || value === null;
  }
  if (depth > 3 || Object.getPrototypeOf(value) !== Object.prototype) return false;
  for (const key of Object.keys(value)) {
    if (key === "lc" || !isPlainData((value as Record<string, unknown>)[key], depth + 1)) return false;
  }
  return true;
}

/** Where the run of numbers and short strings that begins at `start` ends; `start` when it is not worth a part. */
function runEnd(values: readonly unknown[], pieces: readonly Piece[], start: number): number {
  let size = 0;
  let at = start;
  for (; at < pieces.length && at - start < RUN_MAX; at += 1) {
    const piece = pieces[at];
    if (typeof piece !== "string" || piece.length > RUN_ITEM || typeof values[at] === "object") break;
    size += piece.length + 1;
    if (at - start >= RUN_MIN && (sum(piece) & RUN_MASK) === 0) {
      at += 1;
      break;
    }
  }
  return size > RUN_TEXT ? at : start;
}

function sum(text: string): number {
  let value = 0;
  for (let at = 0; at < text.length; at += 1) value = (Math.imul(value, 31) + text.charCodeAt(at)) | 0;
  return value ^ (value >>> 15);
}
