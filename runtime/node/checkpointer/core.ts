// The saver behind LangGraph's contract: everything but the base class, which is the user's own package's.

import type { RunnableConfig } from "@langchain/core/runnables";
import type {
  Checkpoint,
  CheckpointListOptions,
  CheckpointMetadata,
  CheckpointTuple,
  DeltaChannelHistory,
  PendingWrite,
} from "@langchain/langgraph-checkpoint";
import type { Database } from "./database.ts";
import { Decoder } from "./decoder.ts";
import { deltaHistory } from "./delta-history.ts";
import type { Blob } from "./entries.ts";
import { CheckpointFileError, otherLanguage, UnknownCheckpointError } from "./errors.ts";
import { configOf, keyOf, SPECIAL_INDEX } from "./keys.ts";
import { type Edited, type Knowledge, nothingKnown } from "./knowledge.ts";
import { LiveValues } from "./live.ts";
import { Looked } from "./looked.ts";
import * as maintenance from "./maintenance.ts";
import type { MessageClasses } from "./messages.ts";
import { addPendingSends, TASKS } from "./pending-sends.ts";
import { prune } from "./pruning.ts";
import { LANGUAGE, Queue } from "./queue.ts";
import { type CheckpointSummary, Reader, type StoredCheckpoint, type ThreadRow } from "./reader.ts";
import { ThreadState } from "./thread.ts";

/** Threads remembered at once. */
const THREADS_MAX = 64;
const VACUUM_PAGES = 10_000;

export class Core {
  knowledge: Knowledge = nothingKnown;
  readonly path: string;
  readonly #database: Database;
  readonly #queue: Queue;
  readonly #reader: Reader;
  readonly #classes: MessageClasses;
  readonly #live = new LiveValues();
  readonly #threads = new Map<string, ThreadState>();
  readonly #looked = new Looked<CheckpointTuple>();

  constructor(database: Database, classes: MessageClasses, onError: (error: CheckpointFileError) => void) {
    this.path = database.path;
    this.#classes = classes;
    this.#database = database;
    this.#queue = new Queue(this.#database, onError);
    this.#reader = new Reader(this.#database);
  }

  // Writing

  put(config: RunnableConfig, checkpoint: Checkpoint, metadata: CheckpointMetadata): RunnableConfig {
    const since = performance.now();
    const { threadId, ns, id: parent = null } = keyOf(config);
    const thread = this.#thread(threadId);
    const { channel_values, ...rest } = checkpoint;
    const fields: Record<string, unknown> = metadata as never;
    const channels = thread.encoder.channels(channel_values, thread.latest(ns)?.channel_values);
    const envelope = thread.encoder.envelope(rest);
    const row = {
      ns,
      id: checkpoint.id,
      parent,
      step: typeof fields.step === "number" ? fields.step : null,
      source: typeof fields.source === "string" ? fields.source : null,
      run: typeof fields.run_id === "string" ? fields.run_id : null,
      created: Date.now(),
      metadata: thread.encoder.json(metadata),
      envelope,
      channels,
      timing: this.knowledge.timingOf(ns, parent ?? undefined),
    };
    this.#queue.add(
      { kind: "checkpoint", thread, row },
      envelope.length + channels.length + row.metadata.length,
    );
    this.#queue.wake(true);
    thread.setLatest(ns, checkpoint);
    this.knowledge.spent(since);
    return configOf(threadId, ns, checkpoint.id);
  }

  putWrites(config: RunnableConfig, writes: readonly PendingWrite[], task: string, path?: string): void {
    const since = performance.now();
    const { threadId, ns, id } = keyOf(config);
    if (id === undefined) throw new Error('The config has no "checkpoint_id" to put the writes under.');
    const thread = this.#thread(threadId);
    const known = path ?? this.knowledge.pathOf(task);
    for (const [at, [channel, value]] of writes.entries()) {
      const entry = thread.encoder.write(value);
      const idx = SPECIAL_INDEX.get(channel) ?? at;
      const row = { ns, checkpoint: id, task, idx, path: known, channel, value: entry };
      this.#queue.add({ kind: "write", thread, row }, entry.length);
    }
    this.#queue.wake();
    this.knowledge.spent(since);
  }

  /** See `FileSaver.replace`. */
  replace(config: RunnableConfig, values: Checkpoint, metadata?: CheckpointMetadata): RunnableConfig {
    const { threadId, ns, id } = keyOf(config);
    const checkpoint = { ...values, id: id ?? values.id };
    const thread = this.#thread(threadId);
    this.#queue.commit();
    thread.forgetEncoding();
    const { channel_values, ...rest } = checkpoint;
    let channels: Buffer = Buffer.alloc(0);
    const blobs = thread.collect(() => {
      channels = thread.encoder.channels(channel_values);
    });
    const encoded = { blobs, envelope: thread.encoder.envelope(rest), channels };
    const text = metadata === undefined ? undefined : thread.encoder.json(metadata);
    const key = { ns, id: checkpoint.id };
    const found = this.#database.transaction(() =>
      maintenance.edit(this.#database, threadId, key, encoded, text),
    );
    thread.forgetEncoding();
    if (!found) {
      throw new UnknownCheckpointError(
        `There is no checkpoint '${key.id}' in thread '${threadId}', namespace '${ns}'.`,
      );
    }
    if (thread.latest(ns)?.id === key.id) thread.setLatest(ns, checkpoint);
    return configOf(threadId, ns, key.id);
  }

  setStatus(threadId: string, status: string): void {
    this.#queue.add({ kind: "status", thread: this.#thread(threadId), status }, status.length);
    this.#queue.wake();
  }

  timing(config: RunnableConfig): string | null {
    const { threadId, ns, id } = keyOf(config);
    this.#queue.commit();
    return this.#reader.timing(threadId, ns, id ?? "");
  }

  setTiming(config: RunnableConfig, timing: string): void {
    const { threadId, ns, id } = keyOf(config);
    this.#queue.commit();
    this.#database.transaction(() =>
      maintenance.setTiming(this.#database, threadId, { ns, id: id ?? "" }, timing),
    );
  }

  /** See `FileSaver.undoEdit`. */
  undoEdit(config: RunnableConfig): number | undefined {
    const { threadId, ns, id } = keyOf(config);
    if (id === undefined) return undefined;
    const thread = this.#thread(threadId);
    this.#queue.commit();
    const left = this.#database.transaction(() => maintenance.undoEdit(this.#database, threadId, { ns, id }));
    if (left === undefined) return undefined;
    thread.forgetEncoding();
    if (thread.latest(ns)?.id === id) thread.forgetLatest(ns);
    return left;
  }

  flush(): Promise<void> {
    return this.#queue.flush();
  }

  flushSync(): void {
    this.#queue.commit();
  }

  close(): void {
    try {
      this.#queue.commit();
    } finally {
      this.#database.close();
    }
  }

  // Reading

  getTuple(config: RunnableConfig): CheckpointTuple | undefined {
    if (config.configurable?.thread_id === undefined) return undefined;
    const { threadId, ns, id } = keyOf(config);
    return this.#read(threadId, (decoder) => {
      const row = this.#reader.checkpoint(threadId, ns, id);
      if (row === undefined) return undefined;
      const tuple = this.#load(row, decoder);
      return id === undefined ? tuple : { ...tuple, config };
    });
  }

  /**
   * As `getTuple`, for who only looks: the last checkpoints that were looked at are kept until the file changes, and
   * nothing is noted for the next writing. Not to be changed.
   */
  look(config: RunnableConfig): CheckpointTuple | undefined {
    const { threadId, ns, id } = keyOf(config);
    if (id === undefined) return this.getTuple(config);
    this.#queue.commit();
    const read = (decoder: Decoder): CheckpointTuple | undefined => {
      const row = this.#reader.checkpoint(threadId, ns, id);
      return row === undefined ? undefined : { ...this.#load(row, decoder), config };
    };
    const key = JSON.stringify([threadId, ns, id]);
    return this.#looked.find(this.#database.changes(), key, () =>
      this.#read(threadId, read, () => undefined),
    );
  }

  *list(config: RunnableConfig, options: CheckpointListOptions = {}): Generator<CheckpointTuple> {
    const { thread_id, checkpoint_ns, checkpoint_id } = config.configurable ?? {};
    const { filter, before } = options;
    const threadId = thread_id === undefined ? undefined : String(thread_id);
    const last: string | undefined = before?.configurable?.checkpoint_id;
    this.#queue.commit();
    let left = options.limit ?? Number.POSITIVE_INFINITY;
    for (const summary of this.#reader.summaries(threadId, checkpoint_ns, checkpoint_id || undefined, last)) {
      if (left <= 0) return;
      if (filter !== undefined) {
        const metadata = JSON.parse(summary.metadata) as Record<string, unknown>;
        if (!Object.entries(filter).every(([key, value]) => metadata[key] === value)) continue;
      }
      const tuple = this.#read(summary.threadId, (decoder) => {
        const row = this.#reader.checkpoint(summary.threadId, summary.ns, summary.id);
        return row === undefined ? undefined : this.#load(row, decoder);
      });
      if (tuple === undefined) continue;
      left -= 1;
      yield tuple;
    }
  }

  deltaHistory(config: RunnableConfig, channels: readonly string[]): Record<string, DeltaChannelHistory> {
    const { threadId, ns, id } = keyOf(config);
    return this.#read(threadId, (decoder) =>
      deltaHistory(this.#reader, decoder, { threadId, ns, id }, channels),
    );
  }

  edits(config: RunnableConfig): Edited[] {
    const { threadId, ns, id } = keyOf(config);
    return this.#read(threadId, (decoder) => {
      const row = this.#reader.checkpoint(threadId, ns, id);
      if (row === undefined) return [];
      return this.#reader.edits(row.thread, ns, row.id).map(({ edited, metadata, envelope, channels }) => ({
        edited,
        checkpoint: this.#checkpoint(decoder, envelope, channels),
        metadata: decoder.json(metadata) as CheckpointMetadata,
      }));
    });
  }

  prints(config: RunnableConfig): Map<string, string> | undefined {
    const { threadId, ns, id } = keyOf(config);
    return this.#read(threadId, (decoder) => {
      const row = this.#reader.checkpoint(threadId, ns, id);
      return row === undefined ? undefined : decoder.prints(row.channels);
    });
  }

  threads(): ThreadRow[] {
    this.#queue.commit();
    return this.#reader.threads();
  }

  summaries(threadId: string, ns?: string, before?: string, limit?: number): CheckpointSummary[] {
    this.#queue.commit();
    return this.#reader.summaries(threadId, ns, undefined, before, limit);
  }

  namespaces(threadId: string): string[] {
    this.#queue.commit();
    return this.#reader.namespaces(threadId);
  }

  // Changing what is there

  deleteThread(threadId: string): void {
    this.#change(() => maintenance.deleteThread(this.#database, threadId));
    this.#live.forgetThread(threadId);
    this.#threads.delete(threadId);
  }

  deleteForRuns(runIds: readonly string[]): void {
    for (const id of this.#change(() => maintenance.deleteForRuns(this.#database, runIds))) this.#look(id);
  }

  copyThread(source: string, target: string): void {
    this.#thread(source);
    this.#thread(target);
    this.#queue.commit();
    this.#database.transaction(() => maintenance.copyThread(this.#database, source, target));
    this.#live.copyThread(source, target);
    this.#look(target);
  }

  prune(threadId: string): void {
    this.#thread(threadId);
    this.#change(() => {
      const num = maintenance.numberOf(this.#database, threadId);
      if (num !== undefined) prune(this.#database, num);
    });
    this.#look(threadId);
  }

  discard(config: RunnableConfig, tasks: readonly string[]): boolean {
    const { threadId, ns, id } = keyOf(config);
    if (id === undefined) return false;
    const thread = this.#thread(threadId);
    this.#queue.commit();
    const isGone = this.#database.transaction(() =>
      maintenance.discard(this.#database, threadId, { ns, id }, tasks),
    );
    if (isGone && thread.latest(ns)?.id === id) thread.forgetLatest(ns);
    return isGone;
  }

  describeThread(threadId: string, changes: Parameters<typeof maintenance.describeThread>[2]): void {
    this.#queue.commit();
    this.#database.transaction(() => maintenance.describeThread(this.#database, threadId, changes));
    const thread = this.#threads.get(threadId);
    if (thread !== undefined && thread.seen === undefined) this.#look(threadId);
  }

  #change<T>(change: () => T): T {
    this.#queue.commit();
    const result = this.#database.transaction(change);
    this.#database.all(`PRAGMA incremental_vacuum(${VACUUM_PAGES})`);
    return result;
  }

  /** The state of a thread that this runtime may read and write. Throws when it is the other runtime's. */
  #thread(threadId: string): ThreadState {
    let thread = this.#threads.get(threadId);
    if (thread !== undefined) return thread;
    thread = new ThreadState(threadId, this.#live, (owner, blob: Blob) => {
      this.#queue.add({ kind: "blob", thread: owner, blob }, blob.data.length);
    });
    thread.seen = this.#seen(threadId);
    this.#threads.set(threadId, thread);
    for (const oldest of this.#threads.keys()) {
      if (this.#threads.size <= THREADS_MAX) break;
      this.#threads.delete(oldest);
    }
    return thread;
  }

  #seen(threadId: string): { num: number; epoch: number } | undefined {
    const row = this.#reader.thread(threadId);
    if (row === undefined) return undefined;
    if (row.language !== LANGUAGE) throw otherLanguage(this.path, threadId, row.language);
    return { num: row.num, epoch: row.epoch };
  }

  /** Blobs of the thread may be gone, or its number be another one. */
  #look(threadId: string): void {
    const thread = this.#threads.get(threadId);
    if (thread === undefined) return;
    thread.seen = this.#seen(threadId);
    thread.forgetEncoding();
  }

  /** Reads one state of the file, with all that was put before. */
  #read<T>(threadId: string, read: (decoder: Decoder) => T, remember?: () => void): T {
    this.#queue.commit();
    const thread = this.#thread(threadId);
    return this.#database.snapshot(() => {
      const seen = this.#seen(threadId);
      if (seen?.num !== thread.seen?.num || seen?.epoch !== thread.seen?.epoch) {
        thread.forgetEncoding();
        thread.seen = seen;
      }
      const num = seen?.num ?? -1;
      const { encoder } = thread;
      const decoder = new Decoder(
        this.#live,
        this.#classes,
        (hash) => thread.cached(hash, () => this.#reader.blob(num, hash)),
        remember ?? ((value, entry) => encoder.remember(value, entry)),
      );
      try {
        return read(decoder);
      } catch (error) {
        if (error instanceof CheckpointFileError) throw error;
        throw new CheckpointFileError("corrupt", this.path, String(error), { cause: error });
      }
    });
  }

  #load(row: StoredCheckpoint, decoder: Decoder): CheckpointTuple {
    const { threadId, ns, id, parent } = row;
    const checkpoint = this.#checkpoint(decoder, row.envelope, row.channels);
    if (checkpoint.v < 4 && parent !== null) {
      const sends = this.#reader.writes(row.thread, ns, parent).filter(({ channel }) => channel === TASKS);
      addPendingSends(
        checkpoint,
        sends.map(({ value }) => decoder.entry(value)),
      );
    }
    const tuple: CheckpointTuple = {
      config: configOf(threadId, ns, id),
      checkpoint,
      metadata: decoder.json(row.metadata) as CheckpointMetadata,
      pendingWrites: this.#reader
        .writes(row.thread, ns, id)
        .map(({ task, channel, value }) => [task, channel, decoder.entry(value)]),
    };
    return parent === null ? tuple : { ...tuple, parentConfig: configOf(threadId, ns, parent) };
  }

  #checkpoint(decoder: Decoder, envelope: Uint8Array, channels: Uint8Array): Checkpoint {
    return { ...(decoder.entry(envelope) as Checkpoint), channel_values: decoder.map(channels) };
  }
}
