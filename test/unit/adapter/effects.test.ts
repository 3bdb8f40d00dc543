// What a change of the state is said to do, as a table.

import assert from "node:assert/strict";
import { type Change, effectsOf } from "../../../src/adapter/effects.ts";
import type { GraphModel } from "../../../src/model/graph.ts";
import type { GraphPosition, TaskStatus } from "../../../src/protocol/runtime.ts";

const model: GraphModel = {
  id: "",
  nodes: ["fetch", "think", "answer"].map((name) => ({ name, kind: "function", functions: [] })),
  edges: [
    { from: "fetch", to: "think", conditional: false },
    { from: "think", to: "answer", conditional: true },
    { from: "think", to: "__end__", conditional: true },
    { from: "think", to: "log", conditional: false },
    { from: "answer", to: "__end__", conditional: false },
    { from: "guess", conditional: true },
  ],
};

function at(tasks: { [node: string]: TaskStatus }, subgraph?: string): GraphPosition {
  return {
    graph: "",
    namespace: "",
    checkpoint: { id: "1", namespace: "", step: 3, source: "loop", createdAt: "", next: [], metadata: {} },
    stateKeys: ["count", "log"],
    tasks: Object.entries(tasks).map(([name, status]) => ({
      id: name,
      name,
      status,
      hasInput: false,
      interrupts: [],
      ...(name === subgraph && {
        subgraph: { graph: name, namespace: `${name}:1`, stateKeys: [], tasks: [] },
      }),
    })),
  };
}

const change = (more: Partial<Change>): Change => ({
  values: { count: 1 },
  mode: "set",
  moves: false,
  keepsFinished: false,
  ...more,
});
const asNode = (node: string): Change => change({ mode: "update", asNode: node });
const writes = (node: string): string => `Writes count as node ${node}, through the reducer.`;

const table: [about: string, change: Change, graph: GraphPosition, effects: string[]][] = [
  [
    "one key set",
    change({}),
    at({ think: "pending", fetch: "done" }),
    ["Sets count at this checkpoint, whatever the reducer.", "What comes next stays: think."],
  ],
  [
    "two keys added to, at the end",
    change({ values: { count: 1, log: [] }, mode: "reduce" }),
    at({}),
    ["Adds to count and log at this checkpoint, through the reducers.", "Nothing comes next, as before."],
  ],
  ["no key", change({ values: {} }), at({}), ["Changes nothing."]],
  [
    "two nodes chosen, one of which is pending, beside one that has finished and one that asks",
    change({ values: null, mode: "reduce", goto: ["fetch", "think"] }),
    at({ think: "pending", answer: "pending", log: "done", ask: "waiting" }),
    [
      "fetch and think come next.",
      "Discards answer, which would come next.",
      "Discards the question of ask, and what was answered.",
      "Keeps the result of log, which has finished in this step.",
    ],
  ],
  [
    "a node chosen in the past, with an update",
    change({ mode: "reduce", goto: ["fetch"], moves: true }),
    at({ think: "done" }),
    [
      "Makes a branch from step 3; what ran after it stays in the history.",
      "Adds to count at this checkpoint, through the reducer.",
      "fetch comes next.",
      "Does not run think, which came next there.",
    ],
  ],
  [
    "a key set while a sibling runs",
    change({}),
    at({ think: "waiting", search: "running" }),
    [
      "Sets count at this checkpoint, whatever the reducer.",
      "Ends search, which must run again.",
      "What comes next stays: think and search.",
    ],
  ],
  [
    "a key set in the past",
    change({ moves: true }),
    at({ think: "done" }),
    [
      "Makes a branch from step 3; what ran after it stays in the history.",
      "Sets count at this checkpoint, whatever the reducer.",
      "What comes next stays: think.",
    ],
  ],
  [
    "a node acted as, with all that is lost",
    asNode("fetch"),
    at(
      { a: "pending", b: "waiting", c: "done", d: "failed", e: "cancelled", f: "running", child: "waiting" },
      "child",
    ),
    [
      writes("fetch"),
      "Discards a, which would come next.",
      "Discards e, which would run again.",
      "Ends f, which is running.",
      "Discards the questions of b and child, and what was answered.",
      "Loses the result of c, which has finished in this step.",
      "Forgets the error of d, which will not run again.",
      "Discards what was done inside of child.",
      "Then think comes next.",
    ],
  ],
  [
    "a node with a router",
    asNode("think"),
    at({}),
    [
      writes("think"),
      "The router of think runs and decides what comes next: answer or the end, and log comes next in any case.",
    ],
  ],
  [
    "a node with an open router",
    asNode("guess"),
    at({}),
    [writes("guess"), "The router of guess runs and decides what comes next."],
  ],
  [
    "a node acted as, where a finished sibling stays",
    { ...asNode("answer"), keepsFinished: true },
    at({ steady: "done", other: "done" }),
    [
      writes("answer"),
      "Keeps the results of steady and other, which have finished in this step.",
      "Then nothing comes next: the run ends.",
    ],
  ],
  ["the last node", asNode("answer"), at({}), [writes("answer"), "Then nothing comes next: the run ends."]],
  [
    "a node without edges",
    asNode("alone"),
    at({}),
    [writes("alone"), "No edge leaves alone: nothing comes next."],
  ],
  [
    "a node acted as in the past, with nothing to write",
    change({ values: null, mode: "update", asNode: "fetch", moves: true }),
    at({ think: "done" }),
    [
      "Makes a branch from step 3; what ran after it stays in the history.",
      "Writes nothing as node fetch.",
      "Does not run think, which came next there.",
      "Then think comes next.",
    ],
  ],
];

describe("the effects of a change", () => {
  for (const [about, wanted, graph, effects] of table) {
    it(`are told of ${about}`, () => assert.deepEqual(effectsOf(wanted, graph, model), effects));
  }
});
