// What the panel (a webview) and the extension say to each other. Both sides drop, and log, what does not fit.

import * as v from "valibot";
import type { Json } from "./runtime.ts";
import { liveSchema, type PastResult, pastRequests, pastResults } from "./webview-past.ts";

export * from "./webview-past.ts";
export type { Json };

/** Counts up with each change that the other side can't read: a panel kept over an update is made anew. */
export const panelProtocolVersion = 1;

/** JSON text of a value beyond this many characters is shortened in the picture; `value` asks for the whole. */
export const longestValue = 20_000;

// ------------------------------------------------------------------------------------------------ values

const json = v.custom<Json>(isJson, "Not a JSON value");
const text = v.string();
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
/** A node, by the id of its graph (`""` is the root, `research` the graph that node `research` runs) and its name. */
const nodeKey = { graph: text, node: text };
/** An interrupt: all interrupts of one task share an id. */
const interruptKey = { id: text, index: count };

/** True for what JSON can say: what a webview's message carries unchanged. */
export function isJson(value: unknown): value is Json {
  if (value === null || typeof value === "string" || typeof value === "boolean") return true;
  if (typeof value === "number") return Number.isFinite(value);
  if (Array.isArray(value)) return value.every(isJson);
  return typeof value === "object" && Object.values(value).every(isJson);
}

const statusSchema = v.object({
  /**
   * `empty`: nothing was debugged yet. `loading`: a session begins. `waiting`: for an answer; `input`: for an input.
   * `disconnected`: the session is over, and the picture is its last.
   */
  kind: v.picklist([
    "empty",
    "loading",
    "running",
    "stopped",
    "waiting",
    "input",
    "ended",
    "failed",
    "disconnected",
  ]),
  /** Where the run stands, in the words of the debugger: "Before node write". */
  text: v.string(),
  /** The superstep that comes next, or runs. */
  step: v.optional(v.number()),
  /** What was raised, and in which node; `hasSource`: `openError` leads to its line. */
  error: v.optional(
    v.object({ message: text, graph: v.optional(text), node: v.optional(text), hasSource: v.boolean() }),
  ),
});
export type PanelStatus = v.InferOutput<typeof statusSchema>;

const nodeSchema = v.object({
  name: text,
  kind: v.picklist(["function", "subgraph", "tools", "task", "entrypoint"]),
  /** File name and line, for the user to read; absent for a node without source. */
  source: v.optional(text),
  /** Id of the graph that the node runs. */
  subgraph: v.optional(text),
  /** Its code calls `interrupt`. */
  asks: v.optional(v.boolean()),
});
export type PanelNode = v.InferOutput<typeof nodeSchema>;

const graphSchema = v.object({
  id: text,
  nodes: v.array(nodeSchema),
  /** `__start__` and `__end__` stand in edges only. Without `to`, the target is known when the router returns. */
  edges: v.array(
    v.object({ from: text, to: v.optional(text), label: v.optional(text), conditional: v.boolean() }),
  ),
});
export type PanelGraph = v.InferOutput<typeof graphSchema>;

const taskSchema = v.object({
  ...nodeKey,
  state: v.picklist(["pending", "running", "waiting", "done", "failed", "cached"]),
  /** Of the last run of the node, in milliseconds. */
  duration: v.optional(v.number()),
  /** How often the node has begun. */
  runs: v.optional(count),
  /** The superstep of the last run. */
  step: v.optional(v.number()),
  /** Nodes of its graph that ran in the superstep before one of its runs: from these the run came to it. */
  after: v.optional(v.array(text)),
  message: v.optional(text),
});
/** What a node has done in this session, and what it does now. */
export type PanelTask = v.InferOutput<typeof taskSchema>;

const breakpointSchema = v.object({
  ...nodeKey,
  when: v.picklist(["before", "after"]),
  enabled: v.boolean(),
  /** It has a condition, a hit count or a message. */
  conditional: v.boolean(),
});
export type PanelBreakpoint = v.InferOutput<typeof breakpointSchema>;

const interruptSchema = v.object({
  ...interruptKey,
  ...nodeKey,
  namespace: text,
  /** What is asked. Shortened where its JSON is longer than `longestValue`: `value` gets the whole. */
  value: json,
  shortened: v.boolean(),
  /** JSON Schema of the answer, where the code gives one. */
  responseSchema: v.optional(json),
  /** Earlier answers of this task, in order. */
  earlier: v.array(json),
  /** How often this call has asked, with this time. */
  tries: v.optional(count),
  /** Given elsewhere (Variables view) and not yet sent. */
  answer: v.optional(json),
  /** File name and line of the call, for the user to read. */
  source: v.optional(text),
});
export type PanelInterrupt = v.InferOutput<typeof interruptSchema>;

/** What the user has begun to answer, by `draftKey`. Its shape is up to the card. */
const draftsSchema = v.record(text, json);
export type Drafts = v.InferOutput<typeof draftsSchema>;

/** Names an interrupt's draft. */
export function draftKey({ id, index }: { id: string; index: number }): string {
  return `${id}#${index}`;
}

const pastSchema = v.object({
  /** Counts up with what is new in the timeline: it is to be read anew. */
  version: count,
  /** The graphs in which the run stands, the root first, each by its namespace and id. */
  at: v.array(v.object({ namespace: text, graph: text })),
});

const pictureSchema = v.object({
  status: statusSchema,
  /** Name of the debugged graph. */
  title: text,
  thread: v.optional(text),
  /** How the user calls the thread; `""` where it has no name. */
  threadName: v.optional(text, ""),
  graphs: v.array(graphSchema),
  tasks: v.array(taskSchema),
  breakpoints: v.array(breakpointSchema),
  interrupts: v.array(interruptSchema),
  drafts: draftsSchema,
  past: v.optional(pastSchema, { version: 0, at: [] }),
});
/** Everything that the panel shows. */
export type Picture = v.InferOutput<typeof pictureSchema>;

export const emptyPicture: Picture = {
  status: { kind: "empty", text: "No graph is being debugged" },
  title: "",
  threadName: "",
  graphs: [],
  tasks: [],
  breakpoints: [],
  interrupts: [],
  drafts: {},
  past: { version: 0, at: [] },
};

/** A picture kept from before, or undefined where it is none. */
export function readPicture(value: unknown): Picture | undefined {
  const result = v.safeParse(pictureSchema, value);
  return result.success ? result.output : undefined;
}

// ------------------------------------------------------------------------------------------------ to the panel

const toPanel = v.variant("type", [
  /** The parts of the picture that have changed. After `ready`: all of them, or none where there is no session. */
  v.object({ type: v.literal("update"), version: v.number(), picture: v.partial(pictureSchema) }),
  /** Answers a request of the panel. Exactly one of `value` and `error` is there. */
  v.object({
    type: v.literal("result"),
    request: count,
    value: v.optional(json),
    error: v.optional(text),
  }),
  /** What the graph has said since the message before. */
  v.object({ type: v.literal("live"), texts: v.array(liveSchema) }),
  /** Puts the focus on what the panel is about: the first question that waits, else the graph. */
  v.object({ type: v.literal("focus") }),
]);
export type ToPanel = v.InferOutput<typeof toPanel>;

// ------------------------------------------------------------------------------------------------ from the panel

const answer = v.object({ ...interruptKey, value: json });
export type PanelAnswer = v.InferOutput<typeof answer>;

const requests = [
  /** Sends these answers, some or all of what waits, as one `Command`. -> null */
  v.object({
    type: v.literal("answer"),
    answers: v.array(answer),
    update: v.optional(v.record(text, json)),
    goto: v.optional(v.array(text)),
    request: count,
  }),
  /** -> the whole value of an interrupt that was shortened. */
  v.object({ type: v.literal("value"), ...interruptKey, request: count }),
  /** Opens a text in an editor, with its difference from `original`. -> the text when it is saved. */
  v.object({
    type: v.literal("editText"),
    title: text,
    original: text,
    text,
    request: count,
  }),
  /** Runs with this input: begins the run that waits for one, or another turn on the thread. -> null */
  v.object({ type: v.literal("input"), input: json, request: count }),
  /** -> JSON Schema of the graph's input; `{}` where nothing is known of it. */
  v.object({ type: v.literal("inputSchema"), request: count }),
  ...pastRequests,
] as const;

const fromPanel = v.variant("type", [
  /** The panel can be told everything. */
  v.object({ type: v.literal("ready"), version: v.number() }),
  v.object({ type: v.literal("openNode"), ...nodeKey }),
  v.object({ type: v.literal("openInterrupt"), ...interruptKey }),
  v.object({ type: v.literal("openError") }),
  /** Sets the breakpoint, or takes it away; the same as in the gutter and the Breakpoints view. */
  v.object({ type: v.literal("toggleBreakpoint"), ...nodeKey, when: v.picklist(["before", "after"]) }),
  /** Goes on: after an error, the node that failed runs again. */
  v.object({ type: v.literal("continue") }),
  /** Debugs the graph of the open file. */
  v.object({ type: v.literal("start") }),
  /** Keeps what was typed; without a value, forgets it. Kept for the thread, over reloads and restarts. */
  v.object({ type: v.literal("draft"), key: text, value: v.optional(json) }),
  v.object({ type: v.literal("copyText"), text }),
  ...requests,
]);
export type FromPanel = v.InferOutput<typeof fromPanel>;
/** A message that is answered by `result` with the same number. */
export type PanelRequest = Extract<FromPanel, { request: number }>;

// ------------------------------------------------------------------------------------------------ reading

/** The message, or in one line why it is none. */
export type Read<Message> = { readonly message: Message } | { readonly problem: string };

export function readToPanel(value: unknown): Read<ToPanel> {
  return read(v.safeParse(toPanel, value));
}

export function readFromPanel(value: unknown): Read<FromPanel> {
  return read(v.safeParse(fromPanel, value));
}

/** The result of a request about the past, or in one line why it is none. */
export function readResult<Type extends keyof typeof pastResults>(
  type: Type,
  value: unknown,
): Read<PastResult<Type>> {
  return read(v.safeParse(pastResults[type], value) as Parsed<PastResult<Type>>);
}

type Parsed<Message> =
  | { success: true; output: Message }
  | { success: false; issues: v.BaseIssue<unknown>[] };

function read<Message>(result: Parsed<Message>): Read<Message> {
  if (result.success) return { message: result.output };
  const [issue] = result.issues;
  return { problem: `${issue ? v.getDotPath(issue) : "message"}: ${issue?.message ?? "unreadable"}` };
}
