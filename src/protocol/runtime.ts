// The border between the debug adapter and a runtime process: every request, response and event.
//
// JSON-RPC 2.0 with `Content-Length` framing over a loopback socket that the adapter listens on. The runtime finds
// the port and a 256-bit token in its environment (`LANGGRAPH_DEBUG_PORT`, `LANGGRAPH_DEBUG_TOKEN`), removes both
// before user code is imported, connects, and sends `hello` as its first message. Anything else ends the connection.
// When the connection ends, the runtime writes what it still has to disk and exits within a second.
//
// runtime/schema/protocol.schema.json and runtime/python/langgraph_debugger/protocol.py are generated from this file
// (`npm run schema`). A change that an older peer would not understand raises `protocolVersion`.

import type { GraphModel } from "../model/graph.ts";
import type {
  ChangedKeysParams,
  ChangedKeysResult,
  EditParams,
  EditResult,
  HistoryParams,
  HistoryResult,
  LookParams,
  LookResult,
  MoveParams,
  MoveResult,
  UndoEditParams,
  UndoEditResult,
  UpdateParams,
  UpdateResult,
} from "./past.ts";
import type { ErrorInfo, Json, Position } from "./position.ts";
import type { FileRequests } from "./thread-file.ts";
import type {
  EvaluateParams,
  EvaluateResult,
  JsonParams,
  JsonResult,
  ValuesParams,
  ValuesResult,
} from "./values.ts";

export type * from "./past.ts";
export type * from "./position.ts";
export type * from "./thread-file.ts";
export type * from "./values.ts";

/** Both sides must have the same number; the adapter ends a runtime that has another. */
export const protocolVersion = 1;

export type Language = "python" | "javascript";

// ---------------------------------------------------------------------------------------------- hello and load

/** Runtime to adapter, its first message. */
export interface HelloParams {
  token: string;
  protocolVersion: number;
  language: Language;
  /** As the interpreter tells it: `3.11.7`, `24.21.0`. */
  languageVersion: string;
  pid: number;
}
export interface HelloResult {
  protocolVersion: number;
}

/** Imports the user's module, finds the graph, puts the debugger's checkpointer on it. Nothing of the graph runs. */
export interface LoadParams {
  /** Absolute path of the file that holds the graph; absent when `graph` names a module. */
  program?: string;
  /**
   * A variable in `program`, `path:variable` (path absolute), or `package.module:variable`. Absent: the only graph
   * found; else the one called graph, app, agent or workflow; else the error `ambiguousGraph`.
   */
  graph?: string;
  /** Extra entries for the front of the module search path (`dependencies` of langgraph.json), absolute. */
  searchPaths: string[];
  /** Absolute path of the checkpoint file. Its folder is created with a `.gitignore` of its own. */
  checkpoints: string;
  /** RunnableConfig of every run: `configurable`, `tags`, `metadata`, `recursion_limit`... */
  config?: { [key: string]: Json };
  /** Run context (`context_schema`). */
  context?: { [key: string]: Json };
  /** Folders whose files count as the user's own; source is looked for there first. Absolute. */
  workspaceFolders: string[];
}
export interface LoadResult {
  /** How the graph is called to the user: the variable, or the compiled graph's own name where it has one. */
  name: string;
  /** The file or module it came from, and the variable. */
  origin: string;
  langgraphVersion: string;
  graphs: GraphModel[];
  /** Files of the user's that were loaded up to now, absolute. */
  sources: string[];
  /** JSON Schema of the input; `{}` where nothing is known. */
  inputSchema: Json;
  /** Keys of the root graph's state, in schema order. */
  stateKeys: string[];
  /** The author's compile-time interrupts by graph id. */
  compiledInterrupts: { graph: string; before: string[]; after: string[] }[];
  /** JavaScript: what the module exports is a promise of the graph. */
  promised?: true;
  /** Type name of a checkpointer that the user's graph brought and that is not written to. */
  replacedCheckpointer?: string;
  /** Things the user should know, one sentence each. */
  warnings: string[];
}

// ---------------------------------------------------------------------------------------------- breakpoints

/** Where a run may stop: before or after a node of a graph. */
export interface NodeBreakpoint {
  /** The adapter's number; comes back in `hitBreakpointIds`. */
  id: number;
  when: "before" | "after";
  /** Graph id (`GraphModel.id`), or `*` for every graph. */
  graph: string;
  /** Node name, or `*` for every node. */
  node: string;
  /**
   * Expression in the graph's own language. Names: the state's keys, `state`, `node`, `step`, and `update` after a
   * node. Decided in place. One that raises stops the run and says why.
   */
  condition?: string;
  /** `5`, `>= 3`, `% 2`. */
  hitCondition?: string;
  /** Message with `{expression}` parts: logged instead of stopping. */
  logMessage?: string;
}

/**
 * Where a run stops after a superstep whose nodes have changed a key of the state: one that they wrote, and whose
 * value is not equal to what it was before.
 */
export interface DataBreakpoint {
  /** The adapter's number, from the same row as those of `NodeBreakpoint`. */
  id: number;
  /** Graph id (`GraphModel.id`). */
  graph: string;
  /** Key of that graph's state. */
  key: string;
  /** As in `NodeBreakpoint`, after the superstep; with `old` and `new`, the key's values. `node` is who wrote it. */
  condition?: string;
  hitCondition?: string;
}

/**
 * `raised`: stop when a node's error ends the run. `retried`: at an error that a retry policy will handle.
 * `swallowed`: after a node whose own try/except caught `interrupt()`.
 */
export interface ExceptionFilter {
  filter: "raised" | "retried" | "swallowed";
  /** Names as in `NodeBreakpoint`, and `error`, the exception. One that raises counts as true. */
  condition?: string;
}

/** Replaces all breakpoints and filters. Takes effect at the next superstep, in subgraphs too. */
export interface SetBreakpointsParams {
  breakpoints: NodeBreakpoint[];
  dataBreakpoints: DataBreakpoint[];
  exceptions: ExceptionFilter[];
  /** False switches the author's compile-time interrupts off. */
  compiled: boolean;
  /** Of the graphs that these breakpoints were resolved with: that of the last `graphs` event, 0 before the first. */
  revision: number;
}

// ---------------------------------------------------------------------------------------------- running

/** What to stop at beyond breakpoints. Namespaces are LangGraph's (`a:<uuid>|b:<uuid>`), the root is `""`. */
export type StepMode =
  /** On to the next breakpoint. */
  | { kind: "continue" }
  /** The next superstep of any graph. `reason` of the stop is `entry` on a run's start, else `step`. */
  | { kind: "in" }
  /** The next superstep of the graph at `namespace`, or of one around it. */
  | { kind: "over"; namespace: string }
  /** The next superstep of a graph around `namespace`. */
  | { kind: "out"; namespace: string }
  /** The first superstep of a graph that this task of the graph at `namespace` runs; else as `over`. */
  | { kind: "into"; namespace: string; taskId: string };

/** Starts a run, or goes on from where the thread stands. Answered at once; `stopped` tells where it ended up. */
export interface RunParams {
  threadId: string;
  /** A new turn with this input. Absent: go on from the thread's position (a held node is released). */
  input?: Json;
  /** Answers by interrupt id: the values for that task's next unanswered `interrupt()` calls, in order. */
  resume?: { [interruptId: string]: Json };
  update?: { [key: string]: Json };
  goto?: string[];
  step: StepMode;
  /** No stop except at dynamic interrupts. */
  noDebug: boolean;
}

/** Stops before the next superstep. */
export interface PauseResult {
  /** Nodes that still compute, `subgraph:node`; empty when the run stands already. */
  waitingFor: string[];
}

export type StopReason =
  | "entry"
  | "step"
  | "breakpoint"
  | "exception"
  | "pause"
  | "interrupt"
  /** The run is over; the final state is on disk. */
  | "end";

/** Event: the run stands, and everything up to here is on disk. */
export interface StoppedEvent {
  reason: StopReason;
  /** Sentence for the user where the reason and the position don't say enough (a condition that raised). */
  text?: string;
  hitBreakpointIds: number[];
  position: Position;
}

/** Where a thread stands on disk, without running anything. Null: the file has no such thread. */
export interface OpenParams {
  threadId: string;
}
export type OpenResult = Position | null;

// ---------------------------------------------------------------------------------------------- other events

/**
 * Event: graphs were found at run time, or sources were loaded later. Replaces all that was known. A graph that begins
 * does not get beyond its first superstep before `setBreakpoints` with this revision has come (or 2 seconds have
 * passed), unless it is run without debugging: the adapter always answers with one.
 */
export interface GraphsEvent {
  /** Counts these events, from 1. */
  revision: number;
  graphs: GraphModel[];
  sources: string[];
}
/** Event: a node starts, ends, fails, or is taken from the cache. */
export interface TaskEvent {
  event: "start" | "end" | "error" | "cached" | "retry";
  id: string;
  node: string;
  graph: string;
  namespace: string;
  step: number;
  /** Since its start, without the time it was held. */
  milliseconds?: number;
  error?: ErrorInfo;
}
/** Event: a superstep is over. */
export interface SuperstepEvent {
  graph: string;
  namespace: string;
  step: number;
  nodes: string[];
  milliseconds: number;
  /** Keys of the state that were written. */
  written: string[];
}
/** Event: a line for the user: a log point's message, or something to know. */
export interface MessageEvent {
  kind: "logpoint" | "note" | "warning" | "error";
  text: string;
  breakpointId?: number;
  /** The user's own line that it is about. */
  at?: { path: string; line: number };
}
/** Event: what the graph wrote to its custom stream. */
export interface CustomEvent {
  namespace: string;
  node?: string;
  value: Json;
}
/** Event: a token of a chat model that the user's own code streams. */
export interface TokenEvent {
  namespace: string;
  node?: string;
  text: string;
}

// ---------------------------------------------------------------------------------------------- errors

/** `data.code` of a JSON-RPC error. The message says what to do next. */
export type RuntimeErrorCode =
  | "importError"
  | "noGraph"
  | "ambiguousGraph"
  | "notAGraph"
  | "langgraphMissing"
  | "langgraphTooOld"
  | "languageTooOld"
  | "invalidInput"
  | "unknownInterrupt"
  | "needsAnswer"
  /** An edit does not fit the schema of the state, or its value can't be stored. */
  | "invalidEdit"
  /** There is no step before this one. */
  | "atStart"
  | "unknownNode"
  | "unknownCheckpoint"
  | "running"
  | "notRunning"
  | "checkpointFile"
  | "otherGraph"
  | "unknownThread"
  /** The thread is open in a session, this one or another. */
  | "threadInUse"
  /** The file that is to be imported is no exported thread, or of a newer version. */
  | "badImport"
  | "evaluation"
  | "staleValue"
  | "internal";

/** `data` of a JSON-RPC error (its `code` is -32000). */
export interface RuntimeErrorData {
  code: RuntimeErrorCode;
  error?: ErrorInfo;
  /** Of `ambiguousGraph`: the variables to choose from. */
  candidates?: string[];
}

// ---------------------------------------------------------------------------------------------- the tables

/** Adapter to runtime, but for `hello`, which the runtime sends. */
export interface Requests extends FileRequests {
  hello: { params: HelloParams; result: HelloResult };
  load: { params: LoadParams; result: LoadResult };
  setBreakpoints: { params: SetBreakpointsParams; result: Record<string, never> };
  open: { params: OpenParams; result: OpenResult };
  run: { params: RunParams; result: Record<string, never> };
  pause: { params: Record<string, never>; result: PauseResult };
  move: { params: MoveParams; result: MoveResult };
  edit: { params: EditParams; result: EditResult };
  /** Ends the current run where it stands; what it has done is on disk when this is answered. */
  cancel: { params: Record<string, never>; result: Record<string, never> };
  history: { params: HistoryParams; result: HistoryResult };
  look: { params: LookParams; result: LookResult };
  changedKeys: { params: ChangedKeysParams; result: ChangedKeysResult };
  update: { params: UpdateParams; result: UpdateResult };
  undoEdit: { params: UndoEditParams; result: UndoEditResult };
  values: { params: ValuesParams; result: ValuesResult };
  evaluate: { params: EvaluateParams; result: EvaluateResult };
  json: { params: JsonParams; result: JsonResult };
  /** Cancels, writes all to disk, answers, exits. */
  shutdown: { params: Record<string, never>; result: Record<string, never> };
}

/** Runtime to adapter. */
export interface Events {
  stopped: StoppedEvent;
  graphs: GraphsEvent;
  task: TaskEvent;
  superstep: SuperstepEvent;
  message: MessageEvent;
  custom: CustomEvent;
  token: TokenEvent;
}
