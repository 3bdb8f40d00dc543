// What the panel and the extension tell each other of a thread's past: its steps, their state, changes to it.

import * as v from "valibot";
import type { Json } from "./runtime.ts";

/** A value as JSON is sent to the panel up to this many characters; all of it goes to the clipboard or an editor. */
export const longestJson = 200_000;

const text = v.string();
const number = v.number();
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
/** From the state's key down. */
const path = v.array(v.union([text, count]));
export type ValuePath = (string | number)[];

const place = v.object({
  checkpointId: text,
  /** `""` is the root graph's. */
  namespace: text,
  /** Absent: the thread that the panel shows. */
  threadId: v.optional(text),
});
/** Names a checkpoint. */
export type CheckpointPlace = v.InferOutput<typeof place>;

// ------------------------------------------------------------------------------------------------ the timeline

const taskSchema = v.object({
  id: text,
  node: text,
  milliseconds: v.optional(number),
  to: v.array(text),
  routers: v.array(v.object({ name: text, returned: text })),
  subgraph: v.optional(v.object({ namespace: text, checkpoints: count })),
});

const stepSchema = v.object({
  id: text,
  parentId: v.optional(text),
  namespace: text,
  step: number,
  source: text,
  createdAt: text,
  /** The tasks of the superstep that made it; empty for an input. */
  tasks: v.array(taskSchema),
  written: v.array(text),
  milliseconds: v.optional(number),
  debuggerMilliseconds: v.optional(number),
  mark: v.optional(v.picklist(["waiting", "failed", "answered"])),
  edits: count,
  forkedFrom: v.optional(text),
  name: v.optional(text),
  note: v.optional(text),
});
/** A checkpoint of the timeline; as `TimelineEntry` of the runtimes. */
export type PanelStep = v.InferOutput<typeof stepSchema>;

const timelineSchema = v.object({
  /** Newest first, of all branches. */
  entries: v.array(stepSchema),
  more: v.boolean(),
  total: count,
  live: v.optional(text),
  cursor: v.optional(text),
  /** How many ends it has; with the newest page. */
  branches: v.optional(count),
});

// ------------------------------------------------------------------------------------------------ one checkpoint

const checkpointSchema = v.object({
  step: number,
  source: text,
  createdAt: text,
  graph: text,
  next: v.array(text),
  tasks: v.array(
    v.object({
      id: text,
      node: text,
      status: v.picklist(["pending", "running", "waiting", "done", "failed", "cancelled"]),
      error: v.optional(text),
    }),
  ),
  /** What LangGraph keeps with it, as JSON text. */
  metadata: text,
  /** How many keys the state has. */
  keys: count,
  /** References for `children`; 0 for nothing. */
  state: count,
  writes: count,
  /** How many tasks wrote it. */
  writers: count,
  /** Keys that take messages through the reducer: by id, and to be removed. */
  messageKeys: v.array(text),
  /** The session's config; where the run stands. */
  config: v.optional(v.object({ reference: count, count })),
});
export type PanelCheckpoint = v.InferOutput<typeof checkpointSchema>;

const variableSchema = v.object({
  name: text,
  /** Shortened. */
  value: text,
  type: text,
  /** For `children`; 0 for a leaf. */
  reference: count,
  indexed: count,
  named: count,
  evaluateName: v.optional(text),
});
export type PanelVariable = v.InferOutput<typeof variableSchema>;

const changeSchema = v.object({
  key: text,
  path,
  change: v.picklist(["added", "removed", "changed", "moved"]),
  /** As JSON text with indents, shortened. */
  from: v.optional(text),
  to: v.optional(text),
  shortened: v.optional(v.boolean()),
  text: v.optional(v.array(v.object({ kind: v.picklist(["same", "added", "removed"]), text }))),
  item: v.optional(text),
});
export type PanelChange = v.InferOutput<typeof changeSchema>;

const writingSchema = v.object({
  key: text,
  checkpointId: text,
  step: number,
  source: text,
  nodes: v.array(text),
});
export type PanelWriting = v.InferOutput<typeof writingSchema>;

// ------------------------------------------------------------------------------------------------ live

/** What a graph says while it runs: tokens of a model, and what its code wrote to the custom stream. */
export const liveSchema = v.object({
  kind: v.picklist(["tokens", "custom"]),
  graph: text,
  namespace: text,
  node: v.optional(text),
  /** Tokens that came in a row are one text; a custom value as JSON, shortened. */
  text,
});
export type LiveText = v.InferOutput<typeof liveSchema>;

// ------------------------------------------------------------------------------------------------ requests

/** Results of the requests below, by type; `null` is checked as such. */
export const pastResults = {
  timeline: timelineSchema,
  checkpoint: checkpointSchema,
  children: v.array(variableSchema),
  json: v.object({ json: text, shortened: v.boolean() }),
  /** `limited`: not all changes are told, whatever the page. `tooLarge`: as `langgraph/diff` tells it. */
  diff: v.object({
    changes: v.array(changeSchema),
    more: v.boolean(),
    limited: v.boolean(),
    tooLarge: v.array(v.object({ key: text, change: v.picklist(["added", "removed", "changed"]) })),
  }),
  keyHistory: v.object({ writings: v.array(writingSchema), more: v.boolean() }),
  /** What it does, or would do, one sentence each. */
  update: v.object({ effects: v.array(text) }),
} as const;
export type PastResult<Type extends keyof typeof pastResults> = v.InferOutput<(typeof pastResults)[Type]>;

const json = v.custom<Json>((value) => value !== undefined, "Not a JSON value");

/**
 * `thread` is the one that the panel shows: where another is shown by now, what is asked is of no use and is refused
 * before it reaches the session.
 */
const asked = { request: count, thread: v.optional(text) };

export const pastRequests = [
  v.object({
    type: v.literal("timeline"),
    namespace: text,
    before: v.optional(text),
    limit: count,
    ...asked,
  }),
  /** With `writes`: what its tasks wrote is told, too. */
  v.object({ type: v.literal("checkpoint"), at: place, writes: v.boolean(), ...asked }),
  v.object({
    type: v.literal("children"),
    reference: count,
    filter: v.optional(v.picklist(["indexed", "named"])),
    start: count,
    count,
    ...asked,
  }),
  v.object({ type: v.literal("json"), at: place, path, ...asked }),
  /** The whole value, to the clipboard. -> null */
  v.object({ type: v.literal("copyValue"), at: place, path, ...asked }),
  /** A page of changes from `start` on, of all keys or of one. */
  v.object({
    type: v.literal("diff"),
    from: place,
    to: place,
    key: v.optional(text),
    start: count,
    ...asked,
  }),
  /** Both values side by side in VS Code's own editor for differences. -> null */
  v.object({ type: v.literal("openDiff"), from: place, to: place, path, ...asked }),
  /** Lets the user choose a step of another thread. -> its place, or null */
  v.object({ type: v.literal("chooseOther"), ...asked }),
  v.object({
    type: v.literal("keyHistory"),
    at: place,
    key: v.optional(text),
    limit: count,
    ...asked,
  }),
  /** Lets the user give a checkpoint a name or a note, which is `now` that; empty takes it away. -> null */
  v.object({
    type: v.literal("annotate"),
    at: place,
    what: v.picklist(["name", "note"]),
    now: text,
    ...asked,
  }),
  /** The cursor goes there; with `runs`, the run goes on from there. -> null */
  v.object({ type: v.literal("fork"), at: place, runs: v.optional(v.boolean()), ...asked }),
  /** Sets one value below a key, where the run stands or, with `at`, on a branch from there. -> null */
  v.object({
    type: v.literal("setValue"),
    namespace: text,
    at: v.optional(place),
    path,
    value: json,
    ...asked,
  }),
  /** `langgraph/updateState`, with its meaning of `mode`, `asNode` and `goto`. */
  v.object({
    type: v.literal("update"),
    namespace: text,
    at: v.optional(place),
    values: v.nullable(v.record(text, json)),
    mode: v.optional(v.picklist(["set", "reduce"])),
    asNode: v.optional(text),
    goto: v.optional(v.array(text)),
    dryRun: v.boolean(),
    ...asked,
  }),
  /** Shows a test of the run up to and including this step of the root graph. -> null */
  v.object({ type: v.literal("asTest"), at: place, ...asked }),
  /** Takes the last edit back. -> null */
  v.object({ type: v.literal("undoEdit"), namespace: text, ...asked }),
] as const;
