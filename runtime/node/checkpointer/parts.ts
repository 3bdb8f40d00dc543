// Groups the entries of a long list or map into shared parts, so that a change rewrites one part a level.
//
// Where a part ends depends on the entries in it alone, so that an item appended, inserted or removed changes
// the part around it and leaves the others, and their hashes, as they were.

import { type Blob, makeBlob, part } from "./entries.ts";

const BOUNDARY_MASK = 0x07; // one entry in eight ends a part
const MIN_PART = 4;
const MAX_PART = 64;
const ROOT_MAX = 16;

/** One entry of list or map data, and the number of items it stands for. */
export interface Counted {
  readonly entries: readonly Buffer[];
  /** undefined: one item each */
  readonly counts: readonly number[] | undefined;
}

/** The entries of one list or map, cut into parts; made again from the one before at each change. */
export class Parts {
  readonly #entries: readonly Buffer[];
  readonly #ends: number[] = [];
  readonly #names: Buffer[] = [];
  readonly #sizes: number[] = [];
  readonly #upper: Parts | undefined;
  /** List data or map data of the whole value: the entries when they are few, parts of them otherwise. */
  readonly data: Buffer;

  /** Blobs of parts that `before` does not have are given to `store`. */
  constructor(
    { entries, counts }: Counted,
    type: string,
    before: Parts | undefined,
    store: (blob: Blob) => void,
  ) {
    this.#entries = entries;
    if (entries.length <= ROOT_MAX) {
      this.data = Buffer.concat(entries as Buffer[]);
      return;
    }
    let start = before === undefined ? 0 : this.#keep(before);
    for (const end of cut(entries, start)) {
      const blob = makeBlob(type, Buffer.concat(entries.slice(start, end)));
      store(blob);
      let size = end - start;
      if (counts !== undefined) {
        size = 0;
        for (let at = start; at < end; at += 1) size += counts[at] ?? 1;
      }
      this.#ends.push(end);
      this.#names.push(part(blob.name, size));
      this.#sizes.push(size);
      start = end;
    }
    this.#upper = new Parts(
      { entries: this.#names, counts: this.#sizes },
      type,
      before === undefined ? undefined : before.#upper,
      store,
    );
    this.data = this.#upper.data;
  }

  /** Whether this stands for the very same entries. */
  holds(entries: readonly Buffer[]): boolean {
    return entries.length === this.#entries.length && commonPrefix(this.#entries, entries) === entries.length;
  }

  /** Takes over the parts that lie before the first change; returns the number of entries in them. */
  #keep(before: Parts): number {
    const unchanged = commonPrefix(before.#entries, this.#entries);
    // The last part may have ended only because the list did.
    for (let at = 0; at < before.#ends.length - 1; at += 1) {
      const end = before.#ends[at] as number;
      if (end > unchanged) break;
      this.#ends.push(end);
      this.#names.push(before.#names[at] as Buffer);
      this.#sizes.push(before.#sizes[at] as number);
    }
    return this.#ends.at(-1) ?? 0;
  }
}

/** Where the parts of the entries from `start` on end. */
function cut(entries: readonly Buffer[], start: number): number[] {
  const ends: number[] = [];
  let size = 0;
  for (let at = start; at < entries.length; at += 1) {
    const entry = entries[at] as Buffer;
    size += 1;
    if (
      size === MAX_PART ||
      (size >= MIN_PART && ((entry[entry.length - 1] as number) & BOUNDARY_MASK) === 0)
    ) {
      ends.push(at + 1);
      size = 0;
    }
  }
  if (size > 0) ends.push(entries.length);
  return ends;
}

function commonPrefix(left: readonly Buffer[], right: readonly Buffer[]): number {
  const shortest = Math.min(left.length, right.length);
  for (let at = 0; at < shortest; at += 1) {
    const a = left[at] as Buffer;
    const b = right[at] as Buffer;
    if (a !== b && !a.equals(b)) return at;
  }
  return shortest;
}
