// Where and why a run stops, over both languages: tools, tasks, fan-outs, retries, the author's own stops, deep graphs.

import assert from "node:assert/strict";
import type { Client, StoppedBody } from "../client.ts";
import { Bench, languages } from "../languages.ts";

for (const language of languages) {
  describe(`stops in ${language.name}`, () => {
    const bench = Bench.in(language);

    const names = async (client: Client, { threadId }: StoppedBody): Promise<string[]> =>
      (await client.frames(threadId)).map(({ name }) => name);

    it("stops once for the parallel nodes of a superstep, at the one that was clicked", async () => {
      const client = await bench.client();
      const { program, line } = bench.fixture("fan_out");
      await client.breakpoints(program, [{ line: line("papers") }]);
      const stop = await client.launch(bench.launch("fan_out", { input: { topic: " bees " } }));
      assert.equal(stop.description, "Before nodes books, papers, talks");
      const threads = await client.threads();
      assert.equal(threads.find(({ id }) => id === stop.threadId)?.name, "papers");
      assert.deepEqual(
        threads.map(({ name }) => name),
        ["books", "papers", "talks"],
      );
      const next = await client.go("next", { threadId: stop.threadId });
      assert.equal(next.description, "Before node join");
      assert.deepEqual(await names(client, next), [
        "join",
        "graph",
        "Steps taken",
        "books, papers, talks",
        "split",
        "input",
      ]);
      await client.close();
    });

    it("stops before the tool node for a breakpoint in a tool", async () => {
      const client = await bench.client();
      const { program, line } = bench.fixture("tool_agent");
      const [tool] = await client.breakpoints(program, [{ line: line("add") }]);
      assert.match(tool?.message ?? "", /before .*tools/);
      const input = { messages: [{ role: "user", content: "compute" }] };
      const stop = await client.launch(bench.launch("tool_agent", { input }));
      assert.deepEqual([stop.description, stop.hitBreakpointIds], ["Before node tools", [tool?.id]]);
      await client.close();
    });

    it("stops before a task of the functional API", async () => {
      const client = await bench.client();
      const { program, line } = bench.fixture("functional");
      const [task] = await client.breakpoints(program, [{ line: line("measure") }]);
      const stop = await client.launch(bench.launch("functional", { input: ["pear", "fig"] }));
      assert.deepEqual([stop.reason, stop.hitBreakpointIds], ["breakpoint", [task?.id]]);
      assert.match(stop.description, /^Before node measure/);
      const [top] = await client.frames(stop.threadId);
      assert.equal(top?.source?.path, program);
      const asked = await client.go("continue");
      assert.equal(asked.description, "Waiting for input: Is that right?");
      const end = await client.go("evaluate", { expression: "/resume yes", context: "repl" });
      assert.equal(end.reason, "end");
      await client.close();
    });

    it("stops before each retry when asked to, and lets it happen", async () => {
      const client = await bench.client();
      await client.request("setExceptionBreakpoints", {
        filters: [],
        filterOptions: [{ filterId: "retried" }],
      });
      const { line } = bench.fixture("retry");
      const stop = await client.launch(bench.launch("retry", { input: { text: "" } }));
      assert.deepEqual([stop.reason, stop.description], ["exception", "Error in node flaky"]);
      assert.equal((await client.frames(stop.threadId))[0]?.line, line("flaky.raise"));
      assert.equal((await client.go("continue")).reason, "exception");
      assert.equal((await client.go("continue")).reason, "end");
      assert.equal((await client.state()).text, "worked at attempt 3");
      await client.close();
    });

    it("stops where the graph's author asked for it, unless that is switched off", async () => {
      const client = await bench.client();
      const launch = bench.launch("author_breakpoints", { input: { log: [] } });
      const stop = await client.launch(launch);
      assert.deepEqual(
        [stop.reason, stop.description, stop.hitBreakpointIds],
        ["breakpoint", "Before node two", []],
      );
      assert.match(stop.text ?? "", /compile\(/);
      assert.equal((await client.go("continue")).description, "Before node three");
      assert.equal((await client.go("continue")).reason, "end");
      await client.close();
      const other = await bench.client();
      await other.request("setExceptionBreakpoints", { filters: ["raised"] });
      assert.equal((await other.launch(launch)).reason, "end");
      await other.close();
    });

    it("warns of an interrupt that the node's own code swallows", async () => {
      const client = await bench.client();
      const stop = await client.launch(bench.launch("swallowed_interrupt", { input: {} }));
      assert.equal(stop.reason, "exception");
      assert.match(stop.text ?? "", /^ask \(.*:\d+\) called interrupt\(\)/);
      assert.equal((await client.go("continue")).reason, "end");
      await client.close();
    });

    it("shows graphs around graphs, and steps out of the innermost", async () => {
      const client = await bench.client();
      const { program, line } = bench.fixture("nested");
      await client.breakpoints(program, [{ line: line("dig") }]);
      const stop = await client.launch(bench.launch("nested", { input: { depth: 0 } }));
      assert.equal((await client.threads())[0]?.name, "upper:lower:bottom:dig");
      assert.deepEqual((await names(client, stop)).slice(0, 6), [
        "dig",
        "bottom",
        "lower",
        "upper",
        "graph",
        "Steps taken",
      ]);
      await client.close();
    });

    it("stops inside a subgraph that a node calls as a function", async () => {
      const client = await bench.client();
      const { program, line } = bench.fixture("subgraph_function");
      const [inner] = await client.breakpoints(program, [{ line: line("parse") }]);
      assert.equal(inner?.verified, true);
      const stop = await client.launch(bench.launch("subgraph_function", { input: { text: "1 -2 3" } }));
      assert.deepEqual(
        [stop.description, stop.hitBreakpointIds],
        ["Before node calculate:parse", [inner?.id]],
      );
      assert.equal((await client.go("next")).description, "Before node calculate:add");
      assert.equal((await client.go("stepOut")).description, "Before node report");
      await client.close();
    });

    it("has nothing to evaluate before the run has its input", async () => {
      const client = await bench.client();
      await client.launch(bench.launch("linear"));
      await assert.rejects(client.evaluate("topic", "watch"), /no state yet/);
      assert.match((await client.evaluate("/state")).result, /no state yet/);
      assert.match((await client.evaluate("/next")).result, /input/);
      await client.close();
    });
  });
}
