// Pictures of runs, as the extension sends them: one graph with a subgraph, a choice and a person in it.
import type { PanelGraph, PanelInterrupt, PanelTask, Picture } from "../../src/protocol/webview.ts";

export const graphs: PanelGraph[] = [
  {
    id: "",
    nodes: [
      { name: "classify", kind: "function", source: "agent.py:12" },
      { name: "research", kind: "subgraph", source: "agent.py:60", subgraph: "research" },
      { name: "draft_reply", kind: "function", source: "agent.py:30" },
      { name: "human_review", kind: "function", source: "agent.py:41", asks: true },
      { name: "send", kind: "tools" },
    ],
    edges: [
      { from: "__start__", to: "classify", conditional: false },
      { from: "classify", to: "research", label: "question", conditional: true },
      { from: "classify", to: "draft_reply", label: "billing", conditional: true },
      { from: "research", to: "human_review", conditional: false },
      { from: "draft_reply", to: "human_review", conditional: false },
      { from: "human_review", to: "draft_reply", label: "edit", conditional: true },
      { from: "human_review", to: "send", label: "approve", conditional: true },
      { from: "send", to: "__end__", conditional: false },
    ],
  },
  {
    id: "research",
    nodes: [
      { name: "plan", kind: "function", source: "agent.py:50" },
      { name: "search", kind: "function", source: "agent.py:55" },
    ],
    edges: [
      { from: "__start__", to: "plan", conditional: false },
      { from: "plan", to: "search", conditional: false },
      { from: "search", to: "search", label: "more", conditional: true },
      { from: "search", conditional: true },
    ],
  },
];

const done: PanelTask[] = [
  { graph: "", node: "classify", state: "done", duration: 420, runs: 1, step: 1 },
  { graph: "", node: "draft_reply", state: "done", duration: 1240, runs: 2, step: 2, after: ["classify"] },
  { graph: "", node: "research", state: "cached", duration: 3, runs: 1, step: 2, after: ["classify"] },
];

const common = { title: "email_agent", thread: "3f2a9c1e-0000-4000-8000-000000000000", graphs };

export const interrupt: PanelInterrupt = {
  id: "a1",
  index: 0,
  node: "human_review",
  graph: "",
  namespace: "",
  value: { question: "Approve this reply?", draft: "Dear Ann, we have looked into it." },
  shortened: false,
  earlier: [],
  source: "agent.py:44",
};

export const stopped: Partial<Picture> = {
  ...common,
  status: { kind: "stopped", text: "Before node human_review", step: 3 },
  tasks: [
    ...done,
    { graph: "", node: "human_review", state: "pending", step: 3, after: ["draft_reply", "research"] },
  ],
  breakpoints: [
    { graph: "", node: "human_review", when: "before", enabled: true, conditional: false },
    { graph: "", node: "draft_reply", when: "after", enabled: true, conditional: true },
    { graph: "", node: "classify", when: "before", enabled: false, conditional: false },
  ],
};

export const states: { readonly [name: string]: Partial<Picture> } = {
  empty: {},
  loading: { status: { kind: "loading", text: "Loading agent.py" }, title: "agent.py" },
  running: {
    ...stopped,
    status: { kind: "running", text: "Running human_review", step: 3 },
    tasks: [
      ...done,
      { graph: "", node: "human_review", state: "running", step: 3, after: ["draft_reply", "research"] },
    ],
  },
  stopped,
  waiting: {
    ...stopped,
    status: { kind: "waiting", text: "Waiting for input: Approve this reply?", step: 3 },
    tasks: [
      ...done,
      { graph: "", node: "human_review", state: "waiting", step: 3, after: ["draft_reply", "research"] },
    ],
    interrupts: [interrupt],
  },
  ended: {
    ...common,
    status: { kind: "ended", text: "The run has ended" },
    tasks: [
      ...done,
      {
        graph: "",
        node: "human_review",
        state: "done",
        duration: 61_000,
        runs: 1,
        step: 3,
        after: ["draft_reply", "research"],
      },
      { graph: "", node: "send", state: "done", duration: 12, runs: 1, step: 4, after: ["human_review"] },
    ],
  },
  failed: {
    ...stopped,
    status: {
      kind: "failed",
      text: "Error in node send",
      step: 4,
      error: { message: "ConnectionError: no mail server", graph: "", node: "send", hasSource: true },
    },
    tasks: [
      ...done,
      { graph: "", node: "send", state: "failed", message: "ConnectionError: no mail server" },
    ],
  },
  disconnected: {
    ...stopped,
    status: { kind: "disconnected", text: "The session has ended. Last: Before node human_review" },
  },
};

/** A graph of this many nodes, ten in a row, each with edges to two of the next row, and some back to the start. */
export function largeGraph(count: number): PanelGraph[] {
  const names = Array.from({ length: count }, (_, index) => `node_${index}`);
  return [
    {
      id: "",
      nodes: names.map((name) => ({ name, kind: "function" })),
      edges: names.flatMap((from, index) => {
        const next = index + 10 - (index % 10);
        const targets = [next + (index % 10), next + ((index * 7) % 10), ...(index % 50 === 49 ? [0] : [])];
        return [...new Set(targets)]
          .filter((target) => target < count)
          .map((target, place) => ({ from, to: `node_${target}`, conditional: place > 0 }));
      }),
    },
  ];
}
