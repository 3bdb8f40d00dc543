// Random requests, good and bad, one after another and all at once: each is answered once, and the adapter lives on.

import assert from "node:assert/strict";
import fc from "fast-check";
import { Bench, languages } from "./languages.ts";

interface Request {
  readonly command: string;
  readonly args: unknown;
  /** Sent without waiting for the answers of those before it. */
  readonly atOnce: boolean;
}

/** Numbers that may be a reference, a thread, a frame, stale or never given out. */
const number = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 30 }) },
  { weight: 1, arbitrary: fc.integer() },
);
const expression = fc.oneof(
  fc.constantFrom(
    "count",
    "state",
    "log[0]",
    "count +",
    "",
    "/state",
    "/next",
    "/help",
    "/resume 1",
    "/input {}",
    "/nothing",
    "log",
  ),
  fc.string(),
);
const threadId = number;
const source = fc.constantFrom({ path: "PROGRAM" }, { path: "/nowhere/else.py" }, { name: "no path" }, {});
const line = fc.integer({ min: -2, max: 60 });

const good: { [command: string]: fc.Arbitrary<unknown> } = {
  threads: fc.constant({}),
  stackTrace: fc.record({ threadId, startFrame: number, levels: fc.nat(30) }, { requiredKeys: ["threadId"] }),
  scopes: fc.record({ frameId: number }),
  variables: fc.record(
    {
      variablesReference: number,
      start: fc.nat(20),
      count: fc.nat(20),
      filter: fc.constantFrom("indexed", "named"),
    },
    { requiredKeys: ["variablesReference"] },
  ),
  setVariable: fc.record({ variablesReference: number, name: fc.string(), value: fc.string() }),
  evaluate: fc.record(
    { expression, frameId: number, context: fc.constantFrom("watch", "hover", "repl", "clipboard") },
    { requiredKeys: ["expression"] },
  ),
  completions: fc.record({ text: expression, column: fc.integer({ min: -3, max: 30 }) }),
  setBreakpoints: fc.record({
    source,
    breakpoints: fc.array(
      fc.record(
        { line, condition: expression, mode: fc.constantFrom("after", "before") },
        { requiredKeys: ["line"] },
      ),
      {
        maxLength: 4,
      },
    ),
  }),
  setFunctionBreakpoints: fc.record({
    breakpoints: fc.array(fc.record({ name: fc.constantFrom("work", "*", "nobody", "a:b", "") })),
  }),
  setExceptionBreakpoints: fc.record({
    filters: fc.array(fc.constantFrom("raised", "retried", "compiled", "nothing")),
  }),
  breakpointLocations: fc.record({ source, line, endLine: line }, { requiredKeys: ["source", "line"] }),
  exceptionInfo: fc.record({ threadId }),
  loadedSources: fc.constant({}),
  modules: fc.constant({}),
  next: fc.record({ threadId }),
  stepIn: fc.record({ threadId }),
  stepOut: fc.record({ threadId }),
  pause: fc.record({ threadId }),
  "langgraph/graph": fc.constant({}),
  "langgraph/interrupts": fc.constant({}),
  "langgraph/resume": fc.record({ answers: fc.dictionary(fc.string(), fc.jsonValue()) }),
  "langgraph/input": fc.record({ input: fc.constantFrom<unknown>({ count: 0, limit: 3 }, {}, 5, null) }),
};

const request: fc.Arbitrary<Request> = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.constantFrom(...Object.keys(good)).chain((command) =>
      fc.record({
        command: fc.constant(command),
        args: good[command] as fc.Arbitrary<unknown>,
        atOnce: fc.boolean(),
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      command: fc.oneof(
        fc.constantFrom(...Object.keys(good), "continue", "launch", "constructor", "stepBack", "goto"),
        fc.string(),
      ),
      args: fc.anything({ withNullPrototype: false, withBigInt: false }),
      atOnce: fc.boolean(),
    }),
  },
);

for (const language of languages) {
  describe(`random requests in ${language.name}`, () => {
    const bench = Bench.in(language);

    it("are all answered, once each", async function () {
      this.timeout(120_000);
      await fc.assert(
        fc.asyncProperty(fc.array(request, { minLength: 100, maxLength: 150 }), async (requests) => {
          const client = await bench.client();
          const { program } = bench.fixture("loop");
          await client.launch(bench.launch("loop", { input: { count: 0, limit: 30 }, stopOnEntry: true }));
          const answers: Promise<unknown>[] = [];
          let seq = 1_000;
          for (const { command, args, atOnce } of requests) {
            const message = { seq: ++seq, type: "request", command, arguments: args };
            const text = JSON.stringify(message).replace('"PROGRAM"', JSON.stringify(program));
            const answer = client.sendRaw(seq, JSON.parse(text) as object).catch(() => {});
            answers.push(answer);
            if (!atOnce) await answer;
          }
          await Promise.all(answers);
          assert.ok(Array.isArray(await client.threads()));
          await client.close();
        }),
        { numRuns: 3 },
      );
    });
  });
}
