// Where a thread stands: its graphs, their tasks, what they ask, what failed.

/** Any value that JSON can say. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Where a thread stands: a tree of graphs, each with the tasks of its current superstep. */
export interface Position {
  threadId: string;
  root: GraphPosition;
  /** Set at a stop after nodes: these have finished, the tasks in the tree come next. */
  finished?: { namespace: string; graph: string; tasks: { id: string; name: string }[] };
  /** Set at a stop for an error. */
  error?: ErrorInfo;
}
export interface GraphPosition {
  /** `GraphModel.id`. A graph that is only known since it runs has an id of its own, announced by `graphs`. */
  graph: string;
  namespace: string;
  /** Absent where the graph keeps no checkpoints (`checkpointer=False`). */
  checkpoint?: CheckpointInfo;
  /** Keys of this graph's state, in schema order. */
  stateKeys: string[];
  /** Empty at the end. */
  tasks: TaskPosition[];
}
export type TaskStatus = "pending" | "running" | "waiting" | "done" | "failed" | "cancelled";
export interface TaskPosition {
  id: string;
  name: string;
  /** From the raw pending writes, not from LangGraph's own summary. */
  status: TaskStatus;
  /** The task has an input of its own (Send), readable under the root `{kind: "input"}`. */
  hasInput: boolean;
  interrupts: InterruptInfo[];
  /** What its `interrupt()` calls were answered, in order; only `look` tells. */
  answers?: Json[];
  error?: ErrorInfo;
  /** The graph that the task runs, where it is a subgraph that has begun. */
  subgraph?: GraphPosition;
}
export interface CheckpointInfo {
  id: string;
  parentId?: string;
  namespace: string;
  /** -1 for the input. */
  step: number;
  source: string;
  /** ISO 8601. */
  createdAt: string;
  /** Names of the nodes that come next. */
  next: string[];
  metadata: { [key: string]: Json };
}
export interface InterruptInfo {
  /** LangGraph's id, shared by all interrupts of one task. */
  id: string;
  /** Which `interrupt()` call of the task, from 0. */
  index: number;
  node: string;
  /** Namespace of the graph that the node belongs to. */
  namespace: string;
  graph: string;
  /** As JSON; what JSON can't say is shown as text. The whole value is readable under `{kind: "interrupt"}`. */
  value: Json;
  /** JSON Schema of the answer, where the code gave one. */
  responseSchema?: Json;
  /** Earlier answers of this task, in order. */
  earlier: Json[];
  /** The user's own line that called it, or from which the call was reached; absent where no process saw it. */
  at?: { path: string; line: number };
  /**
   * How often the task has called it from there, with this time, by way of the same calls of the user's: more than once
   * where it asks again in a loop, be it in the node or in a function that it calls. Absent where no process saw it.
   */
  tries?: number;
}
export interface ErrorInfo {
  /** Class name. */
  type: string;
  message: string;
  /** As the language prints it. */
  traceback: string;
  /** Innermost first. */
  frames: { name: string; path?: string; line?: number; column?: number }[];
  /** Name of the node that raised; absent for an error of the graph itself. */
  node?: string;
  namespace?: string;
}
