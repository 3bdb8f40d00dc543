// The patterns of LangGraph's human-in-the-loop guides over both languages: each stops on the line that asks, takes its
// answers in the shape that the code expects, and runs each node as often as without the debugger.

import assert from "node:assert/strict";
import type { InterruptsBody } from "../../../src/protocol/dap.ts";
import type { Json } from "../../../src/protocol/runtime.ts";
import { type Fixture, fixtures } from "../../fixtures/fixtures.ts";
import { Bench, languages } from "../languages.ts";

interface Turn {
  /** Mark of the line that asks. */
  readonly at: string;
  /** Frames of the stop, innermost first, by their names; the root's is left out. */
  readonly frames: readonly string[];
  readonly answer: Json;
}

interface Pattern {
  readonly title: string;
  readonly fixture: string;
  readonly turns: readonly Turn[];
  /** Who asks is no code of the user's, so that the stop is where the graph is made. */
  readonly isLibrarys?: true;
  /** Where the answers are others than those of `fixtures.json`. */
  readonly expected?: Pick<NonNullable<Fixture["expected"]>, "runs"> & { readonly state: object };
}

const once = (at: string, frames: string | readonly string[], answer: Json): Turn[] => [
  { at, frames: typeof frames === "string" ? [frames] : frames, answer },
];

const patterns: readonly Pattern[] = [
  {
    title: "approve or reject: approved",
    fixture: "approve_or_reject",
    turns: once("ask", "approval", true),
  },
  {
    title: "approve or reject: rejected",
    fixture: "approve_or_reject",
    turns: once("ask", "approval", false),
    expected: { state: { action: "delete", status: "rejected" }, runs: { approval: 2, cancel: 1 } },
  },
  {
    title: "review and edit state, asked by a helper function",
    fixture: "review_and_edit",
    turns: once("ask", "review", "A better draft"),
  },
  {
    title: "review tool calls: changed",
    fixture: "review_tool_calls",
    turns: once("ask", "review", { action: "update", data: { city: "Oslo" } }),
  },
  {
    title: "interrupts in tools",
    fixture: "two_tools",
    turns: [
      { at: "book_hotel", frames: ["tools"], answer: "yes" },
      { at: "book_flight", frames: ["tools"], answer: "yes" },
    ],
  },
  { title: "a tool of an agent", fixture: "prebuilt_agent", turns: once("ask", "tools", "yes") },
  {
    title: "a wrapper that adds review to a tool",
    fixture: "tool_wrapper",
    turns: once("ask", "tools", [{ type: "edit", args: { args: { hotel: "Savoy" } } }]),
  },
  {
    title: "input validated in a loop",
    fixture: "validation_loop",
    turns: ["young", -3, 36].map((answer) => ({ at: "ask", frames: ["ask_age"], answer })),
  },
  {
    title: "several interrupts in one node",
    fixture: "two_interrupts",
    turns: [
      { at: "ask.first", frames: ["ask"], answer: "Ada" },
      { at: "ask.second", frames: ["ask"], answer: 36 },
    ],
  },
  {
    title: "a subgraph",
    fixture: "subgraph_interrupt",
    turns: once("confirm.ask", ["confirm", "booking"], true),
  },
  {
    title: "a subgraph called as a function",
    fixture: "subgraph_function_interrupt",
    turns: once("ask.interrupt", ["ask", "consult"], "yes"),
  },
  {
    title: "the human-in-the-loop middleware",
    fixture: "middleware_review",
    isLibrarys: true,
    turns: once("agent", "HumanInTheLoopMiddleware.after_model", { decisions: [{ type: "approve" }] }),
  },
  {
    title: "a middleware of the user's own",
    fixture: "own_middleware",
    turns: once("ask", "AskFirst.before_agent", "bees"),
  },
  { title: "the functional API", fixture: "functional", turns: once("ask", "graph", "yes") },
  {
    title: "nobody who answers in time",
    fixture: "wait_timeout",
    turns: [null, null].map((answer) => ({ at: "ask", frames: ["wait"], answer })),
  },
  {
    title: "a human node of several turns",
    fixture: "multi_turn",
    turns: ["Rome", "a hotel", "bye"].map((answer) => ({ at: "ask", frames: ["human"], answer })),
  },
];

for (const language of languages) {
  describe(`human-in-the-loop patterns in ${language.name}`, () => {
    const bench = Bench.in(language);

    for (const { title, fixture: name, turns, expected, isLibrarys } of patterns) {
      it(title, async () => {
        const own = fixtures.find((each) => each.name === name);
        const outcome =
          expected ??
          own?.expectedIn?.[language.name === "Python" ? "python" : "typescript"] ??
          own?.expected;
        assert.ok(own && outcome);
        const { line, program } = bench.fixture(name);
        const trace = bench.trace();
        const client = await bench.client();
        const input = own.input as Json;
        let stop = await client.launch(bench.launch(name, { input, env: trace.env }));
        for (const { at, frames, answer } of turns) {
          assert.equal(stop.reason, "interrupt", stop.description);
          const shown = await client.frames(stop.threadId);
          const [top] = shown;
          assert.deepEqual([top?.source?.path, top?.line], [program, line(at)]);
          assert.deepEqual(
            shown.slice(0, frames.length).map((frame) => frame.name),
            frames,
          );
          const { interrupts } = await client.request<InterruptsBody>("langgraph/interrupts", {});
          assert.equal(interrupts.length, 1);
          if (!isLibrarys) assert.deepEqual(interrupts[0]?.source, { path: program, line: line(at) });
          const answers = { [interrupts[0]?.id ?? ""]: answer };
          stop = await client.go("langgraph/resume", { answers });
        }
        assert.equal(stop.reason, "end", stop.description);
        assert.deepEqual(trace.runs(), outcome.runs);
        if (expected) assert.deepEqual(await client.state(), expected.state);
        await client.close();
      });
    }
  });
}
