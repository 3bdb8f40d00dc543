// What `langgraph/graph` tells: the graphs, where the run stands in them, and what each breakpoint is about.

import assert from "node:assert/strict";
import type { GraphBody } from "../../../src/protocol/dap.ts";
import { Bench, languages } from "../languages.ts";

for (const language of languages) {
  describe(`the graphs of a run in ${language.name}`, () => {
    const bench = Bench.in(language);

    it("come with the tasks where the run stands, and with the breakpoints of their nodes", async () => {
      const client = await bench.client();
      const { program, line } = bench.fixture("linear");
      const [before, after] = await client.breakpoints(program, [
        { line: line("think"), condition: "1 == 1" },
        { line: line("answer.return") },
      ]);
      await client.launch(bench.launch("linear", { input: { topic: "bees", log: [] }, threadId: "body" }));
      const body = await client.request<GraphBody>("langgraph/graph", {});
      assert.equal(body.threadId, "body");
      assert.deepEqual(body.tasks, [{ graph: "", node: "think", namespace: "", status: "pending", step: 2 }]);
      assert.deepEqual(body.breakpoints, [
        { id: before?.id, graph: "", node: "think", when: "before", conditional: true },
        { id: after?.id, graph: "", node: "answer", when: "after", conditional: false },
      ]);
      const nodes = body.graphs[0]?.nodes ?? [];
      // The places that a click in the panel sets a breakpoint at mean what the panel says.
      const places = nodes.map(({ after: place }) => ({ line: place?.line ?? 0 }));
      const set = await client.breakpoints(program, places);
      assert.ok(set.every(({ verified }) => verified));
      const again = await client.request<GraphBody>("langgraph/graph", {});
      assert.deepEqual(
        again.breakpoints.map(({ node, when }) => ({ node, when })),
        nodes.map(({ name }) => ({ node: name, when: "after" })),
      );
      await client.close();
    });
  });
}
