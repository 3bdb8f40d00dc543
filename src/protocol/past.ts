// What a thread did before, and going back to it and changing it, over the border between adapter and runtime.

import type { CheckpointInfo, GraphPosition, Json, Position } from "./position.ts";
import type { Value } from "./values.ts";

/** The steps before `before` (a checkpoint id; absent: the newest) on its branch, newest first. */
export interface HistoryParams {
  threadId: string;
  namespace: string;
  before?: string;
  limit: number;
}
export interface HistoryResult {
  entries: HistoryEntry[];
  more: boolean;
}
export interface HistoryEntry {
  /** State after the step. */
  checkpoint: CheckpointInfo;
  /** Nodes whose writes made this checkpoint, or as which it was updated; empty for an input. */
  nodes: string[];
  /** Keys of the state that they wrote, in schema order. */
  written: string[];
  /** Id of the graph, as in `GraphModel.id`. */
  graph: string;
}

// ---------------------------------------------------------------------------------------------- looking

/** Where the run stood at a checkpoint, as `Position` tells it of the cursor: what came next, what was pending. */
export interface LookParams {
  threadId: string;
  namespace: string;
  checkpointId: string;
}
/**
 * The tasks that follow the checkpoint, each with its true status from the raw pending writes and with `answers`; no
 * subgraphs below.
 */
export interface LookResult extends GraphPosition {
  /** What the run was given, at a checkpoint whose `source` is `input`. */
  input?: Json;
  /** Keys whose reducer is LangGraph's own for messages: one with a known id takes its place, RemoveMessage removes. */
  messageKeys?: string[];
  /** The answers to its tasks came with an update of the state, or with nodes to go to. */
  commanded?: boolean;
}

/** Which keys of the state differ between two checkpoints, which may be of two threads; the values are read by `json`. */
export interface ChangedKeysParams {
  from: CheckpointRef;
  to: CheckpointRef;
}
export interface CheckpointRef {
  threadId: string;
  namespace: string;
  checkpointId: string;
}
export interface ChangedKeysResult {
  /** In schema order; a key is in both states, or in one (`added`, `removed`). */
  keys: { key: string; change: "changed" | "added" | "removed" }[];
}

// ---------------------------------------------------------------------------------------------- changing

/** Where the cursor of a thread can be moved to. */
export type MoveTarget =
  /** This checkpoint, its tasks not begun; the thread's newest checkpoint as it stands there. */
  | { kind: "checkpoint"; namespace: string; checkpointId: string }
  /**
   * One step back in the graph at `namespace`: before its superstep where that has begun, else before the one that led
   * to it; from a subgraph's first superstep to before the node that runs the subgraph. At a run's start: `atStart`.
   */
  | { kind: "back"; namespace: string }
  /** This task begins anew; its finished siblings keep what they wrote. */
  | { kind: "task"; namespace: string; taskId: string }
  /** These nodes come next instead of the pending ones; finished siblings keep what they wrote. */
  | { kind: "goto"; namespace: string; nodes: string[] };

/**
 * Moves the cursor of a thread; nothing runs. A held run is ended first. The thread is then at a copy of the
 * checkpoint (`source: "fork"`, the original's id under `forked_from` in its metadata), so that going on makes a
 * branch; the copy is on disk when this is answered, and a thread that is opened again stands there. A copy that was
 * moved away from and never run nor edited is removed.
 */
export interface MoveParams {
  threadId: string;
  to: MoveTarget;
}
export type MoveResult = Position;

/**
 * Changes a value of the state at the cursor in place: the same checkpoint, the same pending tasks; what it was is kept
 * in the file. A held run is ended first.
 */
export interface EditParams {
  threadId: string;
  namespace: string;
  /** `key`s of values from a key of the state down. */
  path: string[];
  /**
   * An expression as in `evaluate`, or JSON. In JSON, what reads as before (`json`) stays the object that it is, and
   * an object whose fields read otherwise is a copy with these set: a message stays a message.
   */
  expression: string;
  /** As in `EvaluateParams`. */
  node?: string;
  /**
   * `set` (the default): the value is what it is then, whatever the key's reducer. `reduce`: the value is added through
   * the reducer, as a node's write of it would be; `path` is a key alone.
   */
  mode?: "set" | "reduce";
}
export interface EditResult {
  /** The value as it is now. */
  value: Value;
  position: Position;
}

/**
 * `graph.update_state(config, values, as_node)` at the cursor: the writers and conditional edges of that node run, what
 * is pending is discarded. A held run is ended first. Refused (`invalidEdit`) with LangGraph's own reason.
 */
export interface UpdateParams {
  threadId: string;
  namespace: string;
  values: { [key: string]: Json } | null;
  /** Absent: LangGraph finds it, or refuses where it can't tell. */
  asNode?: string;
}
export type UpdateResult = Position;

/** Takes back the last `edit` of the checkpoint at the cursor: it is again what it was. `atStart`: there is none. */
export interface UndoEditParams {
  threadId: string;
  namespace: string;
}
export interface UndoEditResult {
  position: Position;
  /** Edits of this checkpoint that can still be taken back. */
  left: number;
}
