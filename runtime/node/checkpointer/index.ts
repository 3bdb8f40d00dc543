// LangGraph's checkpointer over the checkpoint file, made on the user's own `BaseCheckpointSaver`.

import type { RunnableConfig } from "@langchain/core/runnables";
import type {
  BaseCheckpointSaver,
  ChannelVersions,
  Checkpoint,
  CheckpointListOptions,
  CheckpointMetadata,
  CheckpointTuple,
  DeltaChannelHistory,
  PendingWrite,
  SerializerProtocol,
} from "@langchain/langgraph-checkpoint";
import { Core } from "./core.ts";
import { Database } from "./database.ts";
import type { CheckpointFileError } from "./errors.ts";
import type { Edited, Knowledge } from "./knowledge.ts";
import { MessageClasses } from "./messages.ts";
import type { CheckpointSummary, ThreadRow } from "./reader.ts";

export { CheckpointFileError, type CheckpointFileErrorCode, UnknownCheckpointError } from "./errors.ts";
export { Unavailable } from "./live.ts";

export interface FileSaverOptions {
  /** The checkpoint file; made with its folder when it is missing. */
  readonly path: string;
  /** Called once when commits begin to fail; what was put is kept and tried again. */
  readonly onError?: (error: CheckpointFileError) => void;
}

/**
 * Saves to one SQLite file, behind the run. Values are serialised before `put` returns and committed soon
 * after; reads see all that was put. Errors of the file are CheckpointFileError.
 */
export interface FileSaver extends BaseCheckpointSaver {
  /** The checkpoint file. */
  readonly path: string;
  /** `path` of the writes, as Python's LangGraph gives it to its savers; absent: it is asked of `know`. */
  putWrites(config: RunnableConfig, writes: PendingWrite[], taskId: string, path?: string): Promise<void>;
  /** Resolves when all that was put is committed. */
  flush(): Promise<void>;
  /** Returns when all that was put is committed; waits up to 5 s for another process that writes. */
  flushSync(): void;
  /** Flushes and closes the file; the saver cannot be used afterwards. */
  close(): void;
  /**
   * Edits a checkpoint in place: new values and versions under the same id. Parent, pending writes and,
   * unless given, metadata stay; what the checkpoint was is kept, see `edits`. It is committed when this
   * resolves. Rejects with UnknownCheckpointError when it is not in the file.
   */
  replace(
    config: RunnableConfig,
    checkpoint: Checkpoint,
    metadata?: CheckpointMetadata,
  ): Promise<RunnableConfig>;
  /** What a checkpoint was before each edit in place, oldest first. */
  edits(config: RunnableConfig): Promise<Edited[]>;
  /**
   * Takes back the last edit of a checkpoint: values, versions and metadata are again what they were. Returns how many
   * edits are left; undefined when there was none.
   */
  undoEdit(config: RunnableConfig): number | undefined;
  /** Notes what is done with a thread: `running`, `stopped`, `failed`. Written behind the run, like a checkpoint. */
  setStatus(threadId: string, status: string): void;
  /** The same for who only looks: its tuples are kept for a while, and are not to be changed. */
  readonly looking: FileSaver;
  /** How the superstep went that made a checkpoint: JSON, see checkpoints.md; null where nobody has noted it. */
  timing(config: RunnableConfig): string | null;
  setTiming(config: RunnableConfig, timing: string): void;
  /** From now on the saver asks there what LangGraph does not tell it. */
  know(knowledge: Knowledge): void;
  /** For each channel of a checkpoint what its value is stored as: equal prints are equal values. */
  prints(config: RunnableConfig): Map<string, string> | undefined;
  /** Every thread in the file, of both languages, the last used first. */
  threads(): ThreadRow[];
  /** Checkpoints of a thread, of either language, without their values; newest first, `before` is strict. */
  summaries(
    threadId: string,
    options?: { ns?: string; before?: string; limit?: number },
  ): CheckpointSummary[];
  /** Every namespace in which the thread has a checkpoint. */
  namespaces(threadId: string): string[];
  /**
   * Removes one checkpoint, with its pending writes when all of them are of these tasks. False when something was made
   * of it: a checkpoint after it, an edit in place, a write of another task.
   */
  discard(config: RunnableConfig, tasks: readonly string[]): boolean;
  /** Sets a thread's graph, name or status. */
  describeThread(
    threadId: string,
    changes: {
      readonly graph?: string | null;
      readonly name?: string | null;
      readonly status?: string | null;
    },
  ): void;
  /** Removes the checkpoints that these runs made, with their writes. */
  deleteForRuns(runIds: readonly string[]): Promise<void>;
  /** Copies all of a thread to another id. */
  copyThread(sourceThreadId: string, targetThreadId: string): Promise<void>;
  /**
   * Keeps only the latest checkpoint of each namespace ("keep_latest"), with the ancestors that its delta
   * channels are rebuilt from, or nothing ("delete").
   */
  prune(threadIds: readonly string[], options?: { strategy?: "keep_latest" | "delete" }): Promise<void>;
}

type Base = abstract new (serde?: SerializerProtocol) => BaseCheckpointSaver;

const open = new Set<Core>();
let watchesExit = false;

/**
 * Opens the checkpoint file. `BaseSaver` is `BaseCheckpointSaver` of the user's own
 * `@langchain/langgraph-checkpoint`; its serialiser makes the user's own messages when values are read.
 * Throws CheckpointFileError.
 */
export function createFileSaver(BaseSaver: Base, options: FileSaverOptions): FileSaver {
  const classes = new MessageClasses();
  const core = new Core(new Database(options.path), classes, options.onError ?? (() => {}));
  rememberUntilExit(core);

  class FileCheckpointSaver extends BaseSaver implements FileSaver {
    get path(): string {
      return core.path;
    }

    async put(
      config: RunnableConfig,
      checkpoint: Checkpoint,
      metadata: CheckpointMetadata,
      _newVersions: ChannelVersions,
    ): Promise<RunnableConfig> {
      return core.put(config, checkpoint, metadata);
    }

    async putWrites(
      config: RunnableConfig,
      writes: PendingWrite[],
      taskId: string,
      path?: string,
    ): Promise<void> {
      core.putWrites(config, writes, taskId, path);
    }

    async getTuple(config: RunnableConfig): Promise<CheckpointTuple | undefined> {
      await classes.learn(this.serde);
      return core.getTuple(config);
    }

    get looking(): FileSaver {
      looking ??= new LookingSaver();
      return looking;
    }

    async *list(
      config: RunnableConfig,
      listOptions?: CheckpointListOptions,
    ): AsyncGenerator<CheckpointTuple> {
      await classes.learn(this.serde);
      yield* core.list(config, listOptions);
    }

    override async getDeltaChannelHistory({
      config,
      channels,
    }: {
      config: RunnableConfig;
      channels: string[];
    }): Promise<Record<string, DeltaChannelHistory>> {
      if (channels.length === 0) return {};
      await classes.learn(this.serde);
      return core.deltaHistory(config, channels);
    }

    async deleteThread(threadId: string): Promise<void> {
      core.deleteThread(threadId);
    }

    async replace(
      config: RunnableConfig,
      checkpoint: Checkpoint,
      metadata?: CheckpointMetadata,
    ): Promise<RunnableConfig> {
      return core.replace(config, checkpoint, metadata);
    }

    async edits(config: RunnableConfig): Promise<Edited[]> {
      await classes.learn(this.serde);
      return core.edits(config);
    }

    undoEdit(config: RunnableConfig): number | undefined {
      return core.undoEdit(config);
    }

    setStatus(threadId: string, status: string): void {
      core.setStatus(threadId, status);
    }

    timing(config: RunnableConfig): string | null {
      return core.timing(config);
    }

    setTiming(config: RunnableConfig, timing: string): void {
      core.setTiming(config, timing);
    }

    know(knowledge: Knowledge): void {
      core.knowledge = knowledge;
    }

    prints(config: RunnableConfig): Map<string, string> | undefined {
      return core.prints(config);
    }

    threads(): ThreadRow[] {
      return core.threads();
    }

    summaries(
      threadId: string,
      { ns, before, limit }: { ns?: string; before?: string; limit?: number } = {},
    ): CheckpointSummary[] {
      return core.summaries(threadId, ns, before, limit);
    }

    namespaces(threadId: string): string[] {
      return core.namespaces(threadId);
    }

    discard(config: RunnableConfig, tasks: readonly string[]): boolean {
      return core.discard(config, tasks);
    }

    describeThread(threadId: string, changes: Parameters<FileSaver["describeThread"]>[1]): void {
      core.describeThread(threadId, changes);
    }

    async deleteForRuns(runIds: readonly string[]): Promise<void> {
      core.deleteForRuns(runIds);
    }

    async copyThread(sourceThreadId: string, targetThreadId: string): Promise<void> {
      core.copyThread(sourceThreadId, targetThreadId);
    }

    async prune(
      threadIds: readonly string[],
      { strategy = "keep_latest" }: { strategy?: "keep_latest" | "delete" } = {},
    ): Promise<void> {
      for (const id of threadIds) {
        if (strategy === "delete") core.deleteThread(id);
        else core.prune(id);
      }
    }

    flush(): Promise<void> {
      return core.flush();
    }

    flushSync(): void {
      core.flushSync();
    }

    close(): void {
      open.delete(core);
      core.close();
    }
  }
  class LookingSaver extends FileCheckpointSaver {
    override async getTuple(config: RunnableConfig): Promise<CheckpointTuple | undefined> {
      await classes.learn(this.serde);
      return core.look(config);
    }
  }
  let looking: FileSaver | undefined;
  return new FileCheckpointSaver();
}

/** What waits when the process ends by itself, or by `process.exit`, is still written. */
function rememberUntilExit(core: Core): void {
  open.add(core);
  if (watchesExit) return;
  watchesExit = true;
  process.on("exit", () => {
    for (const each of open) {
      try {
        each.close();
      } catch {
        // Nobody is left to be told; flush() has told those who asked.
      }
    }
  });
}
