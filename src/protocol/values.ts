// Values of a graph's state as they are read over the border between adapter and runtime: trees, by page.

/** Something whose children can be read. `namespace` names a graph at the current position. */
export type ValueRoot =
  /**
   * Channel values by schema order; with `checkpointId` those of any checkpoint, with `threadId` those of another
   * thread of the same graph (then `checkpointId` must be there).
   */
  | { kind: "state"; namespace: string; checkpointId?: string; threadId?: string }
  /** What each task of the superstep that made `checkpointId` wrote. */
  | { kind: "writes"; namespace: string; checkpointId: string; threadId?: string }
  | { kind: "input"; namespace: string; taskId: string }
  | { kind: "interrupt"; id: string; index: number }
  | { kind: "config" }
  /** Value of an evaluation; valid until the next run. */
  | { kind: "result"; id: number };

export interface ValuesParams {
  root: ValueRoot;
  /** `key`s from the root down; empty for the root's own children. */
  path: string[];
  /** `indexed`: items of a list; `named`: everything else; absent: both, in that order. */
  filter?: "indexed" | "named";
  /** Of the filtered children, from 0. */
  start?: number;
  count?: number;
}
export interface ValuesResult {
  values: Value[];
}
/** One value as it is shown in a tree. */
export interface Value {
  /** What the user sees: a key, an index, an attribute. */
  name: string;
  /** What leads to this value in a `path`; unique among its siblings and stable between stops. */
  key: string;
  /** Shortened to some hundred characters; `ai: "text…" (2 tool calls)` for a message. */
  value: string;
  /** Class or type name in the graph's language. */
  type: string;
  /** Counts of children; both 0 for a leaf. */
  indexed: number;
  named: number;
  /** Expression that gives this value again, from the state's keys; absent where there is none. */
  evaluateName?: string;
  /** The value can't be stored; it lives only in this process, or is lost since. */
  unserialisable?: boolean;
}

export interface EvaluateParams {
  expression: string;
  /** Names are the keys of this graph's state... */
  namespace: string;
  checkpointId?: string;
  /** ...then `state`, `node`, `step`, then the names of the module that defines this node. */
  node?: string;
}
export type EvaluateResult = Value & {
  /** Root to read the children from. */
  root: ValueRoot;
};

/** A value whole, as JSON text: with two spaces of indent, or `compact`, for programs. */
export interface JsonParams {
  root: ValueRoot;
  path: string[];
  compact?: boolean;
  /** Characters of the text that are told at most; no more of the value is read than that takes. */
  most?: number;
}
export interface JsonResult {
  json: string;
  /** It is the beginning of a longer text. */
  shortened?: true;
}
