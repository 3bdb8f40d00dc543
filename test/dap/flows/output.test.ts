// What a run says, over both languages: its output, its errors, and how it ends with and without debugging.

import assert from "node:assert/strict";
import { Bench, languages } from "../languages.ts";

for (const language of languages) {
  describe(`what a run says in ${language.name}`, () => {
    const bench = Bench.in(language);
    const input = { topic: "bees", log: ["start"] };

    it("stops at an error, and tells of it with links to the source", async () => {
      const client = await bench.client();
      const { program, line } = bench.fixture("raises");
      const stop = await client.launch(bench.launch("raises", { input: { log: [] } }));
      assert.deepEqual([stop.reason, stop.description], ["exception", "Error in node divide"]);
      assert.match(stop.text ?? "", /cannot share 1 by begin/);
      const [top] = await client.frames(stop.threadId);
      assert.deepEqual([top?.name, top?.source?.path, top?.line], ["divide", program, line("raise")]);
      const info = await client.request<{ exceptionId: string; details: { stackTrace: string } }>(
        "exceptionInfo",
        { threadId: stop.threadId },
      );
      assert.equal(info.exceptionId, language.valueError);
      assert.match(info.details.stackTrace, /share/);
      const linked = client
        .events<{ line?: number; source?: { path: string } }>("output")
        .find((output) => output.line === line("raise"));
      assert.equal(linked?.source?.path, program);
      await client.request("terminate", {});
      await client.event("terminated");
      await client.close();
    });

    it("ends at an error without a stop when node errors are switched off", async () => {
      const client = await bench.client();
      await client.request("setExceptionBreakpoints", { filters: [] });
      await client.run(bench.launch("raises", { input: { log: [] } }));
      assert.deepEqual(await client.event("exited"), { exitCode: 1 });
      assert.match(client.output("stderr", "important"), /cannot share 1 by begin/);
      assert.deepEqual(client.events("stopped"), []);
      await client.close();
    });

    it("passes the graph's own output on as it is, and folds a line for each superstep", async () => {
      const client = await bench.client();
      await client.run(bench.launch("output", { input: { text: "Ada" }, stopOnEnd: false }));
      await client.event("terminated");
      assert.equal(client.output("stdout"), "hello Ada, grüß dich 👋\nno line end");
      assert.match(client.output("stderr"), /a warning\n/);
      const groups = client
        .events<{ group?: string; output: string }>("output")
        .filter(({ group }) => group !== undefined);
      assert.deepEqual(
        groups.map(({ group }) => group),
        ["startCollapsed", "end", "startCollapsed", "end"],
      );
      assert.match(groups[0]?.output ?? "", /^step 1: speak, .* ms, wrote text\n$/);
      assert.deepEqual(
        client.events<{ value: unknown }>("langgraph/custom").map(({ value }) => value),
        [{ progress: 50 }],
      );
      await client.close();
    });

    it("runs without debugging past every breakpoint", async () => {
      const client = await bench.client();
      const { program, line } = bench.fixture("linear");
      await client.breakpoints(program, [{ line: line("think") }]);
      await client.run(bench.launch("linear", { input, noDebug: true, stopOnEntry: true }));
      assert.deepEqual(await client.event("exited"), { exitCode: 0 });
      assert.deepEqual(client.events("stopped"), []);
      await client.close();
    });
  });
}
