// Writes behind the run: what was put is committed in order, in small batches, when the run gives way.

import { BUSY_MS, type Database } from "./database.ts";
import { type Blob, dataOf, hashOf } from "./entries.ts";
import { CheckpointFileError, fromSystem, otherLanguage } from "./errors.ts";
import { runnerOf } from "./processes.ts";

export const LANGUAGE = "javascript";

/** A wait of the run itself for another process's transaction, in milliseconds: short, and then tried again. */
const RUN_BUSY_MS = 50;
const RETRY_MS = 250;
/** A run of synchronous nodes never gives way: it commits by itself after this time, or at this many bytes. */
const BEHIND_MS = 50;
const BEHIND_BYTES = 1 << 20;
/**
 * A checkpoint is committed at once, before a synchronous node keeps the process: so many times in a row, and then once
 * in this time, in milliseconds. A commit costs as much as many rows in it.
 */
const COMMITS_MAX = 10;
const COMMIT_EVERY_MS = 25;
/** Commits when the run gives way are this far apart: LangGraph gives way at each superstep. */
const COMMIT_GAP_MS = 10;
/** Bytes that may wait while the file cannot be written; from then on `put` fails. */
const BACKLOG_MAX = 256 << 20;

export const INSERT_BLOB = "INSERT OR IGNORE INTO blobs (thread, hash, type, data) VALUES (?, ?, ?, ?)";
const INSERT_CHECKPOINT =
  "INSERT OR REPLACE INTO checkpoints (thread, ns, id, parent, step, source, run, created, metadata, envelope, " +
  "channels, timing) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
const WRITE_ROW =
  "INTO writes (thread, ns, checkpoint, task, idx, path, channel, value) VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
const REPLACE_WRITE = `INSERT OR REPLACE ${WRITE_ROW}`;
const INSERT_WRITE = `INSERT OR IGNORE ${WRITE_ROW}`;

/** The thread that an operation belongs to, as far as the queue must know it. */
export interface QueueThread {
  readonly id: string;
  /** `threads.num` and `epoch` at the last look; undefined when there was no such thread. */
  seen: { readonly num: number; readonly epoch: number } | undefined;
  /** Another process has removed blobs: returns all that the last checkpoints need. */
  encodeAgain(): Blob[];
}

export interface CheckpointRow {
  readonly ns: string;
  readonly id: string;
  readonly parent: string | null;
  readonly step: number | null;
  readonly source: string | null;
  readonly run: string | null;
  readonly created: number;
  readonly metadata: string;
  readonly envelope: Uint8Array;
  readonly channels: Uint8Array;
  /** JSON: how the superstep went that made it. */
  readonly timing: string | null;
}

export interface WriteRow {
  readonly ns: string;
  readonly checkpoint: string;
  readonly task: string;
  readonly idx: number;
  readonly path: string;
  readonly channel: string;
  readonly value: Uint8Array;
}

type Op = { readonly thread: QueueThread } & (
  | { readonly kind: "blob"; readonly blob: Blob }
  | { readonly kind: "checkpoint"; readonly row: CheckpointRow }
  | { readonly kind: "write"; readonly row: WriteRow }
  | { readonly kind: "status"; readonly status: string }
);

export class Queue {
  readonly #database: Database;
  readonly #onError: (error: CheckpointFileError) => void;
  #waiting: Op[] = [];
  #bytes = 0;
  #since = 0;
  #scheduled = false;
  #failure: CheckpointFileError | undefined;
  #retryAt = 0;
  #refused: QueueThread | undefined;
  #commitsLeft = COMMITS_MAX;
  #countedAt = 0;
  #committedAt = Number.NEGATIVE_INFINITY;

  /** `onError` is told once when commits begin to fail. What waits is kept, and tried again. */
  constructor(database: Database, onError: (error: CheckpointFileError) => void) {
    this.#database = database;
    this.#onError = onError;
  }

  /** Accepts operations; returns at once. Throws only when far too much waits. */
  add(op: Op, bytes: number): void {
    if (this.#waiting.length === 0) this.#since = performance.now();
    this.#waiting.push(op);
    this.#bytes += bytes;
  }

  /** To be called after a group of `add`s that belong together; `ends` when they end with a checkpoint. */
  wake(ends = false): void {
    if (this.#bytes > BACKLOG_MAX) this.commit();
    const now = performance.now();
    const behind =
      this.#bytes > BEHIND_BYTES || now - this.#since > BEHIND_MS || (ends && this.#mayCommit(now));
    if (behind && now >= this.#retryAt) this.#commitBehind();
    else if (!this.#scheduled) {
      const soon = this.#committedAt + COMMIT_GAP_MS - now;
      this.#schedule(soon <= 0 ? setImmediate : (run) => setTimeout(run, soon).unref());
    }
  }

  #mayCommit(now: number): boolean {
    const earned = Math.floor((now - this.#countedAt) / COMMIT_EVERY_MS);
    if (earned > 0) {
      this.#commitsLeft = Math.min(COMMITS_MAX, this.#commitsLeft + earned);
      this.#countedAt = now;
    }
    if (this.#commitsLeft === 0) return false;
    this.#commitsLeft -= 1;
    return true;
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** Commits all that waits, giving way while another process writes. Throws CheckpointFileError. */
  async flush(): Promise<void> {
    const deadline = performance.now() + BUSY_MS;
    for (;;) {
      try {
        this.commit(RUN_BUSY_MS);
        return;
      } catch (error) {
        const isLocked = error instanceof CheckpointFileError && error.code === "locked";
        if (!isLocked || performance.now() > deadline) throw error;
        await new Promise((resolve) => setTimeout(resolve, RUN_BUSY_MS));
      }
    }
  }

  /** Commits all that waits, now. Throws CheckpointFileError; what waits is kept then. */
  commit(busyMs: number = BUSY_MS): void {
    if (this.#waiting.length === 0) return;
    let seen: Map<QueueThread, { num: number; epoch: number }>;
    try {
      seen = this.#database.transaction(() => this.#write(), busyMs);
    } catch (error) {
      // The other runtime has made a thread of this name meanwhile: the rest can still be written.
      if (this.#refused !== undefined) this.forget(this.#refused);
      this.#refused = undefined;
      throw error;
    }
    for (const [thread, now] of seen) thread.seen = now;
    this.#waiting = [];
    this.#bytes = 0;
    this.#failure = undefined;
    this.#committedAt = performance.now();
  }

  /** Drops what waits for a thread. */
  forget(thread: QueueThread): void {
    this.#waiting = this.#waiting.filter((op) => op.thread !== thread);
  }

  #schedule(later: (run: () => void) => unknown): void {
    this.#scheduled = true;
    later(() => {
      this.#scheduled = false;
      this.#commitBehind();
    });
  }

  #commitBehind(): void {
    try {
      this.commit(RUN_BUSY_MS);
    } catch (cause) {
      // Nothing may be thrown from here: it would end the user's process.
      const error = fromSystem(cause, this.#database.path);
      const isNews = this.#failure?.code !== error.code;
      this.#failure = error;
      this.#retryAt = performance.now() + RETRY_MS;
      if (!this.#scheduled) this.#schedule((run) => setTimeout(run, RETRY_MS).unref());
      // Another process that writes for a moment is no news.
      if (isNews && error.code !== "locked") this.#onError(error);
    }
  }

  #write(): Map<QueueThread, { num: number; epoch: number }> {
    const seen = new Map<QueueThread, { num: number; epoch: number }>();
    const database = this.#database;
    for (const op of this.#waiting) {
      let at = seen.get(op.thread);
      if (at === undefined) {
        at = this.#threadRow(op.thread);
        seen.set(op.thread, at);
      }
      if (op.kind === "blob") {
        this.#insertBlob(at.num, op.blob);
      } else if (op.kind === "checkpoint") {
        const { ns, id, parent, step, source, run, created, metadata, envelope, channels, timing } = op.row;
        const state = [created, metadata, envelope, channels, timing] as const;
        database.run(INSERT_CHECKPOINT, at.num, ns, id, parent, step, source, run, ...state);
      } else if (op.kind === "status") {
        const runner = runnerOf(op.status);
        database.run("UPDATE threads SET status = ?, runner = ? WHERE num = ?", op.status, runner, at.num);
      } else {
        const { ns, checkpoint, task, idx, path, channel, value } = op.row;
        const insert = idx < 0 ? REPLACE_WRITE : INSERT_WRITE;
        database.run(insert, at.num, ns, checkpoint, task, idx, path, channel, value);
      }
    }
    return seen;
  }

  #threadRow(thread: QueueThread): { num: number; epoch: number } {
    const database = this.#database;
    const now = Date.now();
    const row = this.#find(thread);
    if (row === undefined) {
      database.run(
        "INSERT INTO threads (id, language, created, updated) VALUES (?, ?, ?, ?)",
        thread.id,
        LANGUAGE,
        now,
        now,
      );
      const made = database.get<{ num: number }>("SELECT num FROM threads WHERE id = ?", thread.id);
      const at = { num: (made as { num: number }).num, epoch: 0 };
      if (thread.seen !== undefined) this.#insertAgain(thread, at.num);
      return at;
    }
    if (row.language !== LANGUAGE) {
      this.#refused = thread;
      throw otherLanguage(database.path, thread.id, row.language);
    }
    database.run("UPDATE threads SET updated = ? WHERE num = ?", now, row.num);
    const { seen } = thread;
    if (seen !== undefined && (seen.num !== row.num || seen.epoch !== row.epoch)) {
      this.#insertAgain(thread, row.num);
    }
    return { num: row.num, epoch: row.epoch };
  }

  #find(thread: QueueThread): { num: number; epoch: number; language: string } | undefined {
    const database = this.#database;
    const columns = "SELECT num, epoch, language FROM threads WHERE";
    const row = database.get<{ num: number; epoch: number; language: string }>(
      `${columns} id = ?`,
      thread.id,
    );
    if (row !== undefined || thread.seen === undefined) return row;
    // Deleted meanwhile by somebody who did not know that it runs: it is brought back, rather than half a thread made.
    const { num } = thread.seen;
    database.run(
      "UPDATE threads SET id = ?, deleted = NULL WHERE num = ? AND deleted IS NOT NULL",
      thread.id,
      num,
    );
    return database.get(`${columns} id = ?`, thread.id);
  }

  #insertAgain(thread: QueueThread, num: number): void {
    for (const blob of thread.encodeAgain()) this.#insertBlob(num, blob);
  }

  #insertBlob(num: number, blob: Blob): void {
    this.#database.run(INSERT_BLOB, num, hashOf(blob), blob.type, dataOf(blob));
  }
}
