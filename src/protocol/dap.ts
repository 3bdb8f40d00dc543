// What the debug adapter adds to the Debug Adapter Protocol: launch attributes, custom requests and custom events.

import type { GraphEdge, GraphNode } from "../model/graph.ts";
import type {
  CheckpointInfo,
  CopyThreadParams,
  CopyThreadResult,
  DeleteThreadParams,
  DeleteThreadResult,
  DescribeThreadParams,
  ExportThreadParams,
  HistoryEntry,
  ImportThreadParams,
  ImportThreadResult,
  InterruptInfo,
  Json,
  KeyHistoryResult,
  PruneParams,
  PruneResult,
  RestoreThreadParams,
  RestoreThreadResult,
  TaskEvent,
  TaskStatus,
  ThreadsParams,
  ThreadsResult,
  TimelineResult,
} from "./runtime.ts";

/** Answers that are given without asking: in order, or by the name of the node that asks. */
export type Answers = Json[] | { [node: string]: Json };

/** Arguments of `launch`, as a user writes them in launch.json. */
export interface LaunchAttributes {
  /** File that holds the graph. */
  program?: string;
  /** `file.py:variable`, `package.module:variable`, a name in `langgraph.json`, or a variable of `program`. */
  graph?: string;
  input?: Json;
  /** JSON file with the input. */
  inputFile?: string;
  threadId?: string;
  /** RunnableConfig. */
  config?: { [key: string]: Json };
  context?: { [key: string]: Json };
  stopOnEntry?: boolean;
  stopOnEnd?: boolean;
  python?: string;
  pythonArgs?: string[];
  node?: string;
  nodeArgs?: string[];
  cwd?: string;
  env?: { [name: string]: string | null };
  envFile?: string;
  checkpoints?: string;
  console?: "internalConsole" | "integratedTerminal";
  resume?: Answers;
  noDebug?: boolean;
  /** Folders whose files count as the user's own; the extension fills in the workspace's. Default: `cwd`. */
  workspaceFolders?: string[];
}

// ------------------------------------------------------------------------------------------------ requests

export interface SourcePlace {
  path: string;
  line: number;
}

/** The graphs of the program, where the run stands in them, and the breakpoints of their nodes. */
export interface GraphBody {
  /** How the debugged graph is called. */
  name: string;
  /** Absent before a program is loaded. */
  threadId?: string;
  /** JSON Schema of what the graph is run with; `{}` where nothing is known of it. */
  inputSchema: Json;
  graphs: {
    /** The root is `""`, the graph that node `research` runs is `research`. */
    id: string;
    nodes: {
      name: string;
      kind: GraphNode["kind"];
      source?: SourcePlace;
      /** A line where a breakpoint stops after the node. */
      after?: SourcePlace;
      subgraph?: string;
      /** Its code calls `interrupt`. */
      asks?: boolean;
    }[];
    edges: (Pick<GraphEdge, "from" | "label" | "conditional"> & { to?: string })[];
  }[];
  /** At a stop: the tasks at which the run stands, of all graphs. `step` is the superstep that they are of. */
  tasks: { graph: string; node: string; namespace: string; status: TaskStatus; step?: number }[];
  /** `id` is that of the DAP breakpoint. For a graph or node that may be any, `*`. */
  breakpoints: {
    id: number;
    graph: string;
    node: string;
    when: "before" | "after";
    /** It has a condition, a hit count or a message. */
    conditional: boolean;
  }[];
}

/** An interrupt that waits. Keyed by id and index: all interrupts of one task share an id. */
export interface WaitingInterrupt extends InterruptInfo {
  source?: SourcePlace;
  /** How often this call has asked, with this time: 2 or more where the node did not take the last of `earlier`. */
  tries: number;
  /** Given by `setVariable` and not yet sent. */
  answer?: Json;
}
export interface InterruptsBody {
  interrupts: WaitingInterrupt[];
}

/** Goes on with these answers, some or all, as one `Command`. */
export interface ResumeArguments {
  /** By the interrupt's id; or by `<id>#<index>`, which is refused when another interrupt of the task waits by now. */
  answers: { [interruptId: string]: Json };
  update?: { [key: string]: Json };
  goto?: string[];
}

/** Starts the run that waits for its input, or a new turn on the thread. */
export interface InputArguments {
  input: Json;
}

/** Of this session's thread and its root graph where nothing else is given. */
export interface HistoryArguments {
  threadId?: string;
  namespace?: string;
  /** A checkpoint's id; absent: from the newest on. */
  before?: string;
  limit?: number;
}
/** The state after a step: its checkpoint, the nodes whose writes made it, the keys that they wrote. */
export interface PastStep extends Omit<CheckpointInfo, "metadata">, Omit<HistoryEntry, "checkpoint"> {}
export interface HistoryBody {
  /** Newest first, on the branch that leads to where the thread stands. */
  checkpoints: PastStep[];
  more: boolean;
}

/** The cursor goes to this checkpoint; running from there makes a branch. */
export interface ForkArguments {
  checkpointId: string;
  /** Absent: that of whichever graph at the stop has the checkpoint. */
  namespace?: string;
}

/** The checkpoints of a thread, of all branches, newest first. Of this session's thread where no other is given. */
export interface TimelineArguments {
  threadId?: string;
  /** Of a subgraph's run; absent: the root graph's. */
  namespace?: string;
  /** A checkpoint's id; absent: from the newest on. */
  before?: string;
  limit?: number;
}
export interface TimelineBody extends TimelineResult {
  /** The checkpoint of that namespace at which the session stands; absent where it stands elsewhere, or runs. */
  cursor?: string;
}

/** A checkpoint, as requests name it. Of this session's thread and its root graph where nothing else is given. */
export interface CheckpointArguments {
  checkpointId: string;
  namespace?: string;
  threadId?: string;
}
export interface CheckpointBody {
  /** With the metadata that LangGraph keeps. */
  checkpoint: CheckpointInfo;
  graph: string;
  /** What came next, each with its true status. */
  tasks: { id: string; node: string; status: TaskStatus; error?: { type: string; message: string } }[];
  /** Its State; valid as long as the session, not only until it goes on. 0 for an empty state. */
  variablesReference: number;
  /** The state has this many keys. */
  namedVariables: number;
  /** What each task of the superstep that made it wrote; 0 where there is none. */
  writesReference: number;
  /** Keys whose reducer is LangGraph's own for messages: one with a known id takes its place, RemoveMessage removes. */
  messageKeys: string[];
}

/** A value of a checkpoint as JSON, whole. `path` is that of `Variable.evaluateName`'s keys from the state's key down. */
export interface ValueArguments extends CheckpointArguments {
  path: (string | number)[];
  /** Characters that are told at most. */
  most?: number;
}
export interface ValueBody {
  /** JSON text with two spaces of indent. */
  json: string;
  /** It is the beginning of a longer text. */
  shortened?: true;
}

/** `to` is compared with `from`. */
export interface DiffArguments {
  from: CheckpointArguments;
  to: CheckpointArguments;
  /** Only this key of the states; absent: all. */
  key?: string;
}
export interface DiffBody {
  /** In schema order of the state's keys, then by path. */
  changes: Change[];
  /** More than `changes` tells: it has at most 1,000. */
  more: boolean;
  /** Keys that differ and whose values are too large to be compared, or to be so with those before: ask by `key`. */
  tooLarge?: { key: string; change: "added" | "removed" | "changed" }[];
}
export interface Change {
  key: string;
  /** From the key's value down. An item of a list by its index in `to` (in `from` where it was removed). */
  path: (string | number)[];
  /** `moved`: an item of a list stands elsewhere among the others; `from` and `to` are its indexes. */
  change: "added" | "removed" | "changed" | "moved";
  /** JSON; texts beyond 20,000 characters and values with longer JSON are shortened, see `shortened`. */
  from?: Json;
  to?: Json;
  /** `langgraph/value` gives the whole. */
  shortened?: boolean;
  /** Of two texts: their parts by word, in order. */
  text?: { kind: "same" | "added" | "removed"; text: string }[];
  /** How the message or other item with an `id` is called. */
  item?: string;
}

/**
 * Changes the state where the run stands. `values` by key.
 *
 * - `set`: each value is what it is then, whatever its reducer (`Overwrite`); in place.
 * - `reduce`: each value is added through its reducer; in place.
 * - with `asNode`: LangGraph's `update_state(values, as_node)`: reducers, that node's edges run, what is pending goes.
 * - with `goto`: these nodes of the graph come next instead of the pending ones, as a node's `Command(update, goto)` has
 *   it; finished siblings keep what they wrote. Not together with `asNode`, whose edges choose.
 */
export interface UpdateStateArguments {
  values: { [key: string]: Json } | null;
  mode?: "set" | "reduce";
  asNode?: string;
  goto?: string[];
  /** Of a graph at the stop; absent: the root. */
  namespace?: string;
  /** Goes there first, as `langgraph/fork`. */
  checkpointId?: string;
  /** Changes nothing, only tells. */
  dryRun?: boolean;
}
export interface UpdateStateBody {
  /** What it does, one sentence each: edges that run, pending tasks and results that are discarded, a branch it makes. */
  effects: string[];
}

/**
 * Sets one value inside the state, as an assignment in the console does: in place, and all that is beside it stays the
 * object that it is.
 */
export interface SetValueArguments
  extends Pick<UpdateStateArguments, "namespace" | "checkpointId" | "dryRun"> {
  /** As in `ValueArguments`. */
  path: (string | number)[];
  value: Json;
}

/** Those of the session's checkpoint file; before `launch`, of `file`. */
export interface ThreadFileArguments {
  /** Absolute path of a checkpoint file; absent: the session's. */
  file?: string;
}
/** A request about a file, where the session's is meant if none is named. */
type OfFile<Params> = Omit<Params, "file"> & ThreadFileArguments;
export type ThreadsArguments = OfFile<ThreadsParams>;
export interface ThreadsBody extends ThreadsResult {
  file: string;
}
/** The session goes to this thread, at the stop where it is; a `stopped` event follows. */
export interface OpenThreadArguments {
  threadId: string;
}

/** Nodes that come next and that the new code doesn't have; and the nearest step to which `langgraph/fork` can go back. */
export interface ReloadBody {
  gone?: { nodes: string[]; before?: { id: string; next: string[] } };
}

type Nothing = Record<string, never>;

export interface CustomRequests {
  "langgraph/graph": { arguments: Nothing; body: GraphBody };
  "langgraph/interrupts": { arguments: Nothing; body: InterruptsBody };
  "langgraph/resume": { arguments: ResumeArguments; body: Nothing };
  "langgraph/input": { arguments: InputArguments; body: Nothing };
  /** Back to before the last answer of this session; a `stopped` event follows. Running from there makes a branch. */
  "langgraph/undo": { arguments: Nothing; body: Nothing };
  "langgraph/history": { arguments: HistoryArguments; body: HistoryBody };
  /** A `stopped` event follows. */
  "langgraph/fork": { arguments: ForkArguments; body: Nothing };
  "langgraph/timeline": { arguments: TimelineArguments; body: TimelineBody };
  /** Without `writes`, nothing is read for `writesReference`, which is 0: it may be as much as the state. */
  "langgraph/checkpoint": { arguments: CheckpointArguments & { writes?: boolean }; body: CheckpointBody };
  "langgraph/value": { arguments: ValueArguments; body: ValueBody };
  "langgraph/diff": { arguments: DiffArguments; body: DiffBody };
  /** Who wrote each key of a checkpoint's state last; with `key`, all its writings. */
  "langgraph/keyHistory": {
    arguments: CheckpointArguments & { key?: string; limit?: number };
    body: KeyHistoryResult;
  };
  /** A `stopped` event follows, unless it is a `dryRun`. */
  "langgraph/updateState": { arguments: UpdateStateArguments; body: UpdateStateBody };
  /** A `stopped` event follows, unless it is a `dryRun`. */
  "langgraph/setValue": { arguments: SetValueArguments; body: UpdateStateBody };
  /** Takes the last edit at the cursor back; a `stopped` event follows. */
  "langgraph/undoEdit": { arguments: { namespace?: string }; body: { left: number } };
  /** Names a checkpoint or puts a note to it. */
  "langgraph/annotate": {
    arguments: CheckpointArguments & { name?: string | null; note?: string | null };
    body: Nothing;
  };
  "langgraph/threads": { arguments: ThreadsArguments; body: ThreadsBody };
  "langgraph/openThread": { arguments: OpenThreadArguments; body: Nothing };
  "langgraph/describeThread": {
    arguments: OfFile<DescribeThreadParams>;
    body: Nothing;
  };
  "langgraph/deleteThread": {
    arguments: OfFile<DeleteThreadParams>;
    body: DeleteThreadResult;
  };
  "langgraph/restoreThread": {
    arguments: OfFile<RestoreThreadParams>;
    body: RestoreThreadResult;
  };
  "langgraph/copyThread": {
    arguments: OfFile<CopyThreadParams>;
    body: CopyThreadResult;
  };
  "langgraph/exportThread": {
    arguments: OfFile<ExportThreadParams>;
    body: Nothing;
  };
  "langgraph/importThread": {
    arguments: OfFile<ImportThreadParams>;
    body: ImportThreadResult;
  };
  "langgraph/prune": { arguments: OfFile<PruneParams>; body: PruneResult };
  /**
   * A test of a thread's run (pytest or vitest): its input, answers, path and final state. With `checkpointId`, one of
   * the root graph's checkpoints of any branch: the run up to and including the step that made it.
   */
  "langgraph/test": {
    arguments: { threadId?: string; checkpointId?: string };
    body: { language: "python" | "typescript"; text: string };
  };
  /** Takes the code anew; a `stopped` event follows, at the same stop. */
  "langgraph/reload": { arguments: Nothing; body: ReloadBody };
}

// ------------------------------------------------------------------------------------------------ events

/** `duration` is in milliseconds, without the time that the node was held at a stop. */
export interface TaskBody extends Pick<TaskEvent, "event" | "id" | "node" | "graph" | "namespace" | "step"> {
  duration?: number;
  error?: { type: string; message: string };
}

export interface CustomEvents {
  "langgraph/task": TaskBody;
  /** What waits for an answer now; empty when the run went on. */
  "langgraph/interrupts": InterruptsBody;
  /** What the graph wrote to its custom stream. */
  "langgraph/custom": { namespace: string; node?: string; value: Json };
  /** A token of a chat model that the graph streams. */
  "langgraph/message": { namespace: string; node?: string; text: string };
}
