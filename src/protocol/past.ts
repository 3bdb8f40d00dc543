// What a thread did before, and changes to it, over the border between adapter and runtime.

import type { CheckpointInfo, GraphPosition, Json, Position } from "./position.ts";

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
