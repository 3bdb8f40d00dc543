// What this process remembers of one thread: which blobs are in the file, and the last checkpoint of each namespace.

import type { Checkpoint } from "@langchain/langgraph-checkpoint";
import type { Stored } from "./decoder.ts";
import { Encoder } from "./encoder.ts";
import type { Blob } from "./entries.ts";
import type { LiveValues } from "./live.ts";
import type { QueueThread } from "./queue.ts";

/** A namespace that ended is never put to again; remembering all of them would keep their values for ever. */
const REMEMBERED = 64;
/** Hashes to remember before all are forgotten, and written again where they are still in use. */
const KNOWN_MAX = 500_000;
/** Bytes of blobs that are kept in memory, since each turn of a conversation reads all of it again. */
const CACHE_MAX = 16 << 20;

export class ThreadState implements QueueThread {
  readonly id: string;
  readonly #live: LiveValues;
  readonly #store: (thread: ThreadState, blob: Blob) => void;
  readonly #latest = new Map<string, Checkpoint>();
  readonly #cache = new Map<string, Stored>();
  #cacheSize = 0;
  #known = new Set<string>();
  #encoder: Encoder;
  #collected: Blob[] | undefined;
  seen: { readonly num: number; readonly epoch: number } | undefined;

  /** `store` gets each blob that is not known to be in the file. */
  constructor(id: string, live: LiveValues, store: (thread: ThreadState, blob: Blob) => void) {
    this.id = id;
    this.#live = live;
    this.#store = store;
    this.#encoder = this.#newEncoder();
  }

  /** Encodes values; the blobs that they need are stored first. */
  get encoder(): Encoder {
    if (this.#known.size > KNOWN_MAX) this.forgetEncoding();
    return this.#encoder;
  }

  /** The last checkpoint put in this process; its `channel_values` are the run's own: look, don't touch. */
  latest(ns: string): Checkpoint | undefined {
    return this.#latest.get(ns);
  }

  setLatest(ns: string, latest: Checkpoint): void {
    this.#latest.delete(ns);
    this.#latest.set(ns, latest);
    const [oldest] = this.#latest.size > REMEMBERED ? this.#latest.keys() : [];
    if (oldest !== undefined) this.#latest.delete(oldest);
  }

  forgetLatest(ns: string): void {
    this.#latest.delete(ns);
  }

  /** The blob with this hash: from memory, or else from `read`. */
  cached(hash: Buffer, read: () => Stored | undefined): Stored | undefined {
    const name = hash.toString("latin1");
    const known = this.#cache.get(name);
    if (known !== undefined) return known;
    const stored = read();
    if (stored === undefined) return undefined;
    this.#cacheSize += stored.data.length;
    if (this.#cacheSize > CACHE_MAX) {
      this.#cache.clear();
      this.#cacheSize = stored.data.length;
    }
    this.#cache.set(name, stored);
    return stored;
  }

  /** Values are encoded, and their blobs stored, as if for the first time. */
  forgetEncoding(): void {
    this.#known = new Set();
    this.#cache.clear();
    this.#cacheSize = 0;
    this.#encoder = this.#newEncoder();
  }

  encodeAgain(): Blob[] {
    this.forgetEncoding();
    return this.collect(() => {
      for (const { channel_values } of this.#latest.values()) this.#encoder.channels(channel_values);
    });
  }

  /** The blobs that `encode` needs and that are not known to be in the file, instead of storing them. */
  collect(encode: () => void): Blob[] {
    const blobs: Blob[] = [];
    this.#collected = blobs;
    try {
      encode();
    } finally {
      this.#collected = undefined;
    }
    return blobs;
  }

  #newEncoder(): Encoder {
    return new Encoder(this.#live, this.id, (blob) => {
      if (this.#known.has(blob.name)) return;
      this.#known.add(blob.name);
      if (this.#collected !== undefined) this.#collected.push(blob);
      else this.#store(this, blob);
    });
  }
}
