// Editing the code and going on, over both languages: a new process stands at the same stop of the same thread.

import assert from "node:assert/strict";
import type { DebugProtocol } from "@vscode/debugprotocol";
import type { StoppedBody } from "../client.ts";
import { Bench, languages } from "../languages.ts";

for (const language of languages) {
  describe(`reading the code anew in ${language.name}`, () => {
    const bench = Bench.in(language);
    const input = { topic: "bees", log: ["start"] };
    const python = language.name === "Python";

    const told = ({ reason, description, hitBreakpointIds }: StoppedBody): unknown[] => [
      reason,
      description,
      hitBreakpointIds,
    ];

    it("goes on with the new code from the same stop, and repeats nothing", async () => {
      const client = await bench.client();
      const trace = bench.trace();
      const { program, line, edit } = bench.copy("linear");
      await client.breakpoints(program, [{ line: line("think") }]);
      const launch = bench.launch("linear", { program, input, env: trace.env });
      const stop = await client.launch(launch);
      const thread = await client.variable("Checkpoint", "thread");
      edit(
        python ? 'state["count"] + 1' : "state.count + 1",
        python ? 'state["count"] + 10' : "state.count + 10",
      );
      const again = await client.go("langgraph/reload", {});
      assert.deepEqual(told(again), told(stop));
      assert.equal((await client.variable("Checkpoint", "thread")).value, thread.value);
      assert.deepEqual((await client.state()).log, ["start", "fetch"]);
      assert.equal((await client.go("continue")).reason, "end");
      assert.equal((await client.state()).count, 11);
      assert.deepEqual(trace.runs(), { fetch: 1, think: 1, answer: 1 });
      await client.close();
    });

    it("says once that the code has changed, when the user goes on without it", async () => {
      const client = await bench.client();
      const { program, edit } = bench.copy("linear");
      await client.launch(bench.launch("linear", { program, input, stopOnEntry: true }));
      await client.go("next");
      assert.doesNotMatch(client.output("console"), /reload/);
      edit("reset", "set to nothing");
      await client.go("next");
      await client.go("next");
      assert.equal(client.output("console").match(/linear\.(py|ts) was saved .*\/reload/g)?.length, 1);
      await client.close();
    });

    it("stays usable where it was when the new code can't be loaded", async () => {
      const client = await bench.client();
      const { program, line, edit } = bench.copy("linear");
      await client.breakpoints(program, [{ line: line("think") }]);
      await client.launch(bench.launch("linear", { program, input }));
      const before = await client.frames();
      edit(/$/, python ? '\nraise ValueError("not yet")\n' : '\nthrow new Error("not yet");\n');
      await assert.rejects(client.evaluate("/reload"), /not yet.*stays where it is/s);
      assert.deepEqual(await client.frames(), before);
      assert.equal((await client.go("next")).description, "Before node answer");
      await client.breakpoints(program, [{ line: line("answer.return") }]);
      assert.equal((await client.go("continue")).description, "After node answer");
      await client.close();
    });

    it("tells of a node that is gone, and where to go instead", async () => {
      const client = await bench.client();
      const { program, line, edit } = bench.copy("linear");
      const [breakpoint] = await client.breakpoints(program, [{ line: line("think") }]);
      await client.launch(bench.launch("linear", { program, input }));
      edit(/"think"(,|\))/g, '"ponder"$1');
      const stop = await client.go("evaluate", { expression: "/reload", context: "repl" });
      assert.deepEqual([stop.reason, stop.description], ["breakpoint", "The new code has no node think"]);
      const fork = /\/fork \S+/.exec(stop.text ?? "")?.[0] ?? "";
      assert.match(stop.text ?? "", /goes back to before fetch/);
      await assert.rejects(client.request("continue", { threadId: 1 }), /no node think/);
      assert.deepEqual((await client.state()).log, ["start", "fetch"]);
      const moved = await client.go("evaluate", { expression: fork, context: "repl" });
      assert.equal(moved.description, "Moved to before node fetch");
      const there = await client.go("continue");
      assert.deepEqual([there.description, there.hitBreakpointIds], ["Before node ponder", [breakpoint?.id]]);
      await client.close();
    });

    it("mends a node that raised, without running its finished sibling again", async () => {
      const client = await bench.client();
      const trace = bench.trace();
      const { program, edit } = bench.copy("brittle");
      const launch = bench.launch("brittle", { program, input: { divisor: 0 }, env: trace.env });
      const stop = await client.launch(launch);
      assert.equal(stop.description, "Error in node divide");
      const [from, to] = python
        ? ['raise ValueError("cannot divide by 0")', 'return "nothing"']
        : ['throw new RangeError("cannot divide by 0")', 'return "nothing"'];
      edit(from, to);
      const again = await client.go("langgraph/reload", {});
      assert.deepEqual(told(again), told(stop));
      assert.match(JSON.stringify(await client.request("exceptionInfo", { threadId: 1 })), /share/);
      assert.equal((await client.go("continue")).reason, "end");
      assert.equal((await client.state()).summary, "nothing, steady");
      assert.deepEqual(trace.runs(), { steady: 1, divide: 2, join: 1 });
      await client.close();
    });

    it("keeps an answer that was given, and the fields of an input that were filled in", async () => {
      const client = await bench.client();
      await client.launch(bench.launch("review", { input: {} }));
      const [interrupt] = await client.scope("Interrupts");
      const reference = interrupt?.variablesReference ?? 0;
      await client.request("setVariable", { variablesReference: reference, name: "answer", value: "yes" });
      assert.equal(
        (await client.go("langgraph/reload", {})).description,
        "Waiting for input: Approve the draft?",
      );
      assert.equal((await client.go("continue")).reason, "end");
      assert.equal((await client.state()).sent, "Dear Ada");
      await client.close();

      const other = await bench.client();
      await other.launch(bench.launch("linear"));
      const form = (await other.scopes((await other.frames())[0]?.id ?? 0))[0]?.variablesReference ?? 0;
      for (const [name, value] of [
        ["topic", "bees"],
        ["log", "[]"],
      ]) {
        await other.request("setVariable", { variablesReference: form, name, value });
      }
      assert.equal((await other.go("langgraph/reload", {})).reason, "input");
      assert.equal((await other.variable("Input", "topic")).value, '"bees"');
      assert.equal((await other.go("continue")).reason, "end");
      await other.close();
    });

    it("still goes back to a breakpoint in a subgraph that ended before", async () => {
      const client = await bench.client();
      const { program, line } = bench.fixture("subgraph");
      await client.breakpoints(program, [{ line: line("shout") }]);
      await client.launch(bench.launch("subgraph", { input: { text: "hello" } }));
      await client.go("stepOut");
      assert.equal((await client.go("langgraph/reload", {})).description, "Before node after");
      const back = await client.go("reverseContinue", { threadId: 1 });
      assert.equal(back.description, "Back before node child:shout");
      await client.close();
    });

    it("tells of sources that are there now", async () => {
      const client = await bench.client();
      const { program, edit } = bench.copy("linear");
      await client.launch(bench.launch("linear", { program, input, stopOnEntry: true }));
      bench.copy("helpers");
      edit(/^/, python ? "import helpers\n" : 'import "./helpers.ts";\n');
      await client.go("langgraph/reload", {});
      const sources = client
        .events<DebugProtocol.LoadedSourceEvent["body"]>("loadedSource")
        .map(({ reason, source }) => [reason, source.name]);
      assert.deepEqual(sources, [["new", python ? "helpers.py" : "helpers.ts"]]);
      await client.close();
    });
  });
}
