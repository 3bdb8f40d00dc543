// A thread's past as the extension tells it to the panel: a small one with branches and a subgraph, or a long one.
import type {
  CheckpointPlace,
  PanelRequest,
  PanelStep,
  PanelVariable,
  PastResult,
  Picture,
} from "../../src/protocol/webview.ts";
import { states } from "./pictures.ts";

const second = 1_000;

/** A step with what is usual left out. */
export function step(id: string, more: Partial<PanelStep>): PanelStep {
  return {
    id,
    namespace: "",
    step: 0,
    source: "loop",
    createdAt: "2026-11-21T10:00:00.000Z",
    tasks: [],
    written: [],
    edits: 0,
    ...more,
  };
}

function task(node: string, to: string[], more: Partial<PanelStep["tasks"][number]> = {}) {
  return { id: `${node} task`, node, to, routers: [], milliseconds: 400, ...more };
}

const inside = "research:1f0a";

/** Ids grow with time, as LangGraph's do. */
const steps: PanelStep[] = [
  step("c8", {
    parentId: "c3",
    step: 3,
    tasks: [task("draft_reply", ["human_review"], { milliseconds: 1.2 * second })],
    written: ["draft", "messages"],
    milliseconds: 1.3 * second,
    debuggerMilliseconds: 90,
    mark: "waiting",
    edits: 1,
    name: "shorter draft",
    note: "Asked for a shorter one",
  }),
  step("c7", {
    parentId: "c6",
    step: 5,
    tasks: [task("send", [])],
    written: ["sent"],
    milliseconds: 210,
    debuggerMilliseconds: 10,
  }),
  step("c6", {
    parentId: "c5",
    step: 4,
    tasks: [task("human_review", ["send"])],
    written: ["approved"],
    milliseconds: 30,
    debuggerMilliseconds: 4,
  }),
  step("c5", {
    parentId: "c3",
    step: 3,
    tasks: [task("draft_reply", ["human_review"])],
    written: ["draft", "messages"],
    milliseconds: 900,
    mark: "answered",
  }),
  step("c3", {
    parentId: "c2",
    step: 2,
    tasks: [task("research", ["draft_reply"], { subgraph: { namespace: inside, checkpoints: 3 } })],
    written: ["docs"],
    milliseconds: 2.4 * second,
    debuggerMilliseconds: 120,
  }),
  step("c2", {
    parentId: "c1",
    step: 1,
    tasks: [task("classify", ["research"], { routers: [{ name: "route", returned: "'question'" }] })],
    written: ["category"],
    milliseconds: 420,
    debuggerMilliseconds: 20,
  }),
  step("c1", { parentId: "c0", step: 0, source: "loop" }),
  step("c0", { step: -1, source: "input", written: ["email", "messages"] }),
];
const substeps: PanelStep[] = [
  step("s3", { namespace: inside, parentId: "s2", step: 1, tasks: [task("search", [])], written: ["docs"] }),
  step("s2", { namespace: inside, parentId: "s1", step: 0, tasks: [task("plan", ["search"])] }),
  step("s1", { namespace: inside, step: -1, source: "input" }),
];

/** The run waits after the newest step, on a branch of its own. */
export const pastPicture: Partial<Picture> = {
  ...states.stopped,
  status: { kind: "stopped", text: "Before node human_review", step: 4 },
  tasks: (states.stopped?.tasks ?? []).map((task) =>
    task.node === "human_review" ? { ...task, step: 4 } : task,
  ),
  past: { version: 1, at: [{ namespace: "", graph: "" }] },
};

/** What was asked and what it changed, for a test to look at. */
export interface FakePast {
  readonly answers: (asked: PanelRequest) => unknown;
  readonly asked: PanelRequest[];
  cursor: string;
  /** Keys with LangGraph's own reducer for messages. */
  messageKeys: string[];
  /** A checkpoint that is never told: it is too large. */
  slow: string | undefined;
}

/** Answers as the extension does. With `long`, of a thread of that many checkpoints in one line. */
export function fakePast(long?: number): FakePast {
  const all = long === undefined ? steps : longThread(long);
  const past: FakePast = {
    asked: [],
    cursor: all[0]?.id ?? "",
    messageKeys: ["messages"],
    slow: undefined,
    answers: (asked) => {
      past.asked.push(asked);
      return answer(asked);
    },
  };
  const answer = (asked: PanelRequest): unknown => {
    switch (asked.type) {
      case "timeline": {
        const own = asked.namespace === "" ? all : substeps;
        const from = asked.before === undefined ? 0 : own.findIndex(({ id }) => id === asked.before) + 1;
        return {
          entries: own.slice(from, from + asked.limit),
          more: from + asked.limit < own.length,
          total: own.length,
          ...(asked.namespace === "" && { live: own[0]?.id, cursor: past.cursor, branches: 2 }),
        } satisfies PastResult<"timeline">;
      }
      case "checkpoint":
        if (asked.at.checkpointId === past.slow) return undefined;
        return {
          ...checkpoint(asked.at),
          messageKeys: past.messageKeys,
          ...(!asked.writes && { writes: 0, writers: 0 }),
        };
      case "children":
        return children(asked.reference).slice(asked.start, asked.start + asked.count);
      case "json":
        return { json: JSON.stringify(valueAt(asked.path), undefined, 2), shortened: false };
      case "keyHistory":
        return asked.key === undefined
          ? { writings, more: false }
          : { writings: historyOf(asked.key), more: false };
      case "diff":
        return {
          changes: asked.key === undefined ? changes : [{ key: "events", path: [7], change: "removed" }],
          more: false,
          limited: false,
          tooLarge: asked.key === undefined ? [{ key: "events", change: "changed" }] : [],
        } satisfies PastResult<"diff">;
      case "update":
        return {
          effects: asked.goto
            ? [`${asked.goto.join(", ")} comes next.`]
            : asked.asNode
              ? [`The edges of ${asked.asNode} run.`, "The pending task human_review is discarded."]
              : asked.at
                ? ["A branch is made from step 2."]
                : [],
        };
      case "fork":
        past.cursor = asked.at.checkpointId;
        return null;
      case "copyValue":
      case "openDiff":
      case "annotate":
      case "setValue":
      case "asTest":
      case "undoEdit":
        return null;
      default:
        return undefined;
    }
  };
  return past;
}

function longThread(count: number): PanelStep[] {
  return Array.from({ length: count }, (_, index) => {
    const number = count - index - 1;
    const id = (name: number): string => `k${String(name).padStart(8, "0")}`;
    return step(id(number), {
      step: number - 1,
      ...(number > 0 && { parentId: id(number - 1), tasks: [task(number % 2 ? "write" : "review", [])] }),
      milliseconds: 10 + (number % 7) * 5,
    });
  });
}

// ------------------------------------------------------------------------------------------------ values

const messages = [
  { type: "human", content: "Where is my parcel?", id: "m1" },
  {
    type: "ai",
    content: "Let me look.",
    id: "m2",
    tool_calls: [{ id: "t1", name: "find_parcel", args: { number: 42 } }],
  },
  { type: "tool", content: "On its way", id: "m3" },
];
const state: { readonly [key: string]: unknown } = {
  email: "Where is my parcel?",
  category: "question",
  messages,
  draft: `Dear Ann,\n${"we have looked into it. ".repeat(12)}\nYours`,
  docs: Array.from({ length: 250 }, (_, index) => `Document ${index}`),
  events: Array.from({ length: 25_000 }, (_, index) => `Event ${index}`),
};

function variable(name: string, value: unknown, evaluateName: string): PanelVariable {
  const list = Array.isArray(value);
  const message = typeof value === "object" && value !== null && "content" in value ? value : undefined;
  const { type: role = "", content = "" } = (message ?? {}) as { type?: string; content?: string };
  const count = typeof value === "object" && value !== null ? Object.keys(value).length : 0;
  if (count > 0 && !references.has(evaluateName)) references.set(evaluateName, references.size + 10);
  return {
    name,
    value: message
      ? `${role}: "${content}"${"tool_calls" in message ? " (1 tool call)" : ""}`
      : JSON.stringify(value).slice(0, 100),
    type: message
      ? `${role === "ai" ? "AI" : "Human"}Message`
      : list
        ? "list"
        : typeof value === "string"
          ? "str"
          : "dict",
    reference: count > 0 ? (references.get(evaluateName) ?? 0) : 0,
    indexed: list ? count : 0,
    named: list ? 0 : count,
    evaluateName,
  };
}
const references = new Map<string, number>();
const stateReference = 1;
const writesReference = 2;

function children(reference: number): PanelVariable[] {
  if (reference === stateReference)
    return Object.entries(state).map(([name, value]) => variable(name, value, name));
  if (reference === writesReference)
    return [
      { name: "draft_reply", value: "{draft, messages}", type: "dict", reference: 0, indexed: 0, named: 0 },
    ];
  const expression = [...references].find(([, number]) => number === reference)?.[0] ?? "";
  const path = [...expression.matchAll(/\w+/g)].map(([part]) => (/^\d+$/.test(part) ? Number(part) : part));
  return Object.entries(valueAt(path) as object).map(([name, value]) =>
    variable(name, value, /^\d+$/.test(name) ? `${expression}[${name}]` : `${expression}.${name}`),
  );
}

function valueAt(path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((value, part) => (value as Record<string | number, unknown>)[part], state);
}

function checkpoint({ checkpointId }: CheckpointPlace): PastResult<"checkpoint"> {
  const found = [...steps, ...substeps].find(({ id }) => id === checkpointId) ?? step(checkpointId, {});
  return {
    step: found.step,
    source: found.source,
    createdAt: found.createdAt,
    graph: "",
    next: ["human_review"],
    tasks: [{ id: "t", node: "human_review", status: "waiting" }],
    metadata: JSON.stringify({ source: found.source, step: found.step }, undefined, 2),
    keys: Object.keys(state).length,
    state: stateReference,
    writes: found.tasks.length > 0 ? writesReference : 0,
    writers: found.tasks.length,
    messageKeys: [],
  };
}

const writings: PastResult<"keyHistory">["writings"] = [
  { key: "email", checkpointId: "c0", step: -1, source: "input", nodes: [] },
  { key: "category", checkpointId: "c2", step: 1, source: "loop", nodes: ["classify"] },
  { key: "docs", checkpointId: "c3", step: 2, source: "loop", nodes: ["research"] },
  { key: "messages", checkpointId: "c8", step: 3, source: "loop", nodes: ["draft_reply"] },
  { key: "draft", checkpointId: "c8", step: 3, source: "loop", nodes: ["draft_reply"] },
];

function historyOf(key: string): PastResult<"keyHistory">["writings"] {
  return [
    { key, checkpointId: "c8", step: 3, source: "loop", nodes: ["draft_reply"] },
    { key, checkpointId: "c5", step: 3, source: "loop", nodes: ["draft_reply"] },
  ];
}

const changes: PastResult<"diff">["changes"] = [
  {
    key: "draft",
    path: [],
    change: "changed",
    text: [
      { kind: "same", text: "Dear Ann, we have " },
      { kind: "removed", text: "thoroughly " },
      { kind: "added", text: "quickly " },
      { kind: "same", text: "looked into it." },
    ],
  },
  { key: "messages", path: [2], change: "added", to: '{\n  "type": "tool"\n}', item: 'tool: "On its way"' },
  { key: "docs", path: [0, "title"], change: "changed", from: '"Old"', to: '"New"' },
];
