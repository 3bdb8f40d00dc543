// The shapes of the user's LangGraph objects, as far as the runtime looks into them.
//
// The classes come from the program's own copy of the package, so nothing of it can be imported here. What is
// written down holds for @langchain/langgraph 0.4 to 1.4; `_runLoop`, `tick` and `acceptPush` are not public.

export type Config = {
  configurable?: { [key: string]: unknown };
  metadata?: { [key: string]: unknown };
  tags?: string[];
  recursionLimit?: number;
  callbacks?: unknown;
  signal?: AbortSignal;
  /** Writes to the custom stream. */
  writer?: (value: unknown) => void;
  [key: string]: unknown;
};

export interface Channel {
  get(): unknown;
  isAvailable(): boolean;
}

/** A channel as a graph defines it; `fromCheckpoint` makes one that holds a stored value. */
export interface ChannelSpec extends Channel {
  lc_graph_name?: string;
  fromCheckpoint(stored: unknown): ChannelSpec;
  /** Undefined or an error: it holds nothing. */
  checkpoint(): unknown;
  update(values: unknown[]): boolean;
  consume(): boolean;
  finish(): boolean;
}

export interface NodeSpec {
  bound: unknown;
  /** Channels whose new versions start the node. */
  triggers: string[];
  subgraphs?: unknown[];
  tags?: string[];
  getWriters(): unknown[];
}

export interface SnapshotTask {
  id: string;
  name: string;
  /** `["__pregel_pull", node]` or, of a Send, `["__pregel_push", index]`. */
  path?: unknown[];
}

export interface Snapshot {
  values: unknown;
  tasks: SnapshotTask[];
  metadata?: { [key: string]: unknown };
}

/** A compiled graph (`Pregel`). */
export interface Graph {
  lg_is_pregel: true;
  name?: string;
  nodes: { [name: string]: NodeSpec };
  channels: { [name: string]: ChannelSpec };
  builder?: unknown;
  checkpointer?: unknown;
  interruptBefore?: string[] | "*";
  interruptAfter?: string[] | "*";
  streamChannelsAsIs: string | string[];
  stream(input: unknown, config: Config): Promise<AsyncIterable<unknown>>;
  getState(config: Config): Promise<Snapshot>;
  updateState(config: Config, values: unknown, asNode?: string): Promise<Config>;
  _runLoop(params: RunLoopParams): Promise<void>;
  _validateInput?(input: unknown): Promise<unknown>;
  config?: Config;
}

export interface RunLoopParams {
  loop: Loop;
  runner: {
    tick(options?: { timeout?: number | undefined }): Promise<void>;
    _executeTasksWithRetry?(tasks: readonly Task[], options?: { signals?: unknown }): unknown;
  };
  config: Config;
}

export type Write = [channel: string, value: unknown];
export type PendingWrite = [taskId: string, channel: string, value: unknown];

interface Scratchpad {
  interruptCounter: number;
  resume: unknown[];
}

/** A node that runs, or is about to, in one superstep (`PregelExecutableTask`). */
export interface Task {
  id: string;
  name: string;
  input: unknown;
  path?: unknown[];
  writes: Write[];
  triggers: string[];
  config?: Config;
  timeout?: unknown;
  retry_policy?: { maxAttempts?: number; retryOn?: (error: unknown) => boolean };
  proc: { invoke(input: unknown, config?: Config): Promise<unknown> };
}

export interface Checkpoint {
  id: string;
  ts: string;
  channel_values: { [channel: string]: unknown };
  channel_versions: { [channel: string]: number | string };
  versions_seen: { [node: string]: { [channel: string]: number | string } };
}

export interface CheckpointTuple {
  config: Config;
  checkpoint: Checkpoint;
  metadata?: { [key: string]: unknown };
  parentConfig?: Config;
  pendingWrites?: PendingWrite[];
}

export interface Saver {
  getTuple(config: Config): Promise<CheckpointTuple | undefined>;
}

/** One graph while it runs (`PregelLoop`). */
export interface Loop {
  step: number;
  stop: number;
  status: string;
  readonly isResuming: boolean;
  config: Config;
  tasks: { [id: string]: Task };
  channels: { [name: string]: Channel };
  checkpoint: Checkpoint;
  checkpointMetadata: { [key: string]: unknown };
  checkpointPendingWrites: PendingWrite[];
  prevCheckpointConfig?: Config;
  checkpointer?: Saver;
  checkpointerPromises: Iterable<Promise<unknown>>;
  interruptBefore: string[] | "*";
  interruptAfter: string[] | "*";
  tick(params: unknown): Promise<boolean>;
  acceptPush(...args: unknown[]): Promise<Task | undefined>;
  _matchCachedWrites(): Promise<{ task: Task }[]>;
}

/** What the runtime takes from the module `@langchain/langgraph`. */
export interface LangGraphModule {
  Command: new (fields: { resume?: unknown; update?: unknown; goto?: unknown }) => object;
  BaseCheckpointSaver: abstract new (...args: never[]) => object;
  [name: string]: unknown;
}

export const errorChannel = "__error__";
export const errorSourceChannel = "__error_source_node__";
export const interruptChannel = "__interrupt__";
export const resumeChannel = "__resume__";
export const hiddenTag = "langsmith:hidden";

export const isGraph = (value: unknown): value is Graph =>
  typeof value === "object" && value !== null && (value as { lg_is_pregel?: unknown }).lg_is_pregel === true;

/** True for tasks that LangGraph adds for itself, such as `__start__`; no breakpoint is for them. */
export const isHidden = (task: { name: string; config?: Config }): boolean =>
  task.name === "__start__" || task.config?.tags?.includes(hiddenTag) === true;

/** Of a task's path: it was made by Send, or called as a task of the functional API. */
export const isPush = (path: unknown): path is unknown[] =>
  Array.isArray(path) && path[0] === "__pregel_push";

/** Where LangGraph counts the calls of `interrupt()` that a task makes, and keeps their answers. */
export const scratchpadOf = (task: Task): Scratchpad | undefined =>
  task.config?.configurable?.__pregel_scratchpad as Scratchpad | undefined;

/** A key of a config's `configurable`, when it is text. */
export function configText(config: Config | undefined, key: string): string | undefined {
  const value = config?.configurable?.[key];
  return typeof value === "string" ? value : undefined;
}
