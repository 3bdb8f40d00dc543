// Stepping into one of several branches, over both languages: each pending task is a target, called as its thread is.

import assert from "node:assert/strict";
import type { DebugProtocol } from "@vscode/debugprotocol";
import type { Client } from "../client.ts";
import { Bench, languages } from "../languages.ts";

for (const language of languages) {
  describe(`stepping into a branch in ${language.name}`, () => {
    const bench = Bench.in(language);

    const targets = async (client: Client, frameId?: number): Promise<DebugProtocol.StepInTarget[]> => {
      const id = frameId ?? (await client.frames())[0]?.id;
      return (
        await client.request<{ targets: DebugProtocol.StepInTarget[] }>("stepInTargets", { frameId: id })
      ).targets;
    };

    it("stops in the chosen subgraph, whichever would come first", async () => {
      for (const [chosen, inside] of [
        ["expert", "expert:consult"],
        ["web", "web:search"],
      ]) {
        const client = await bench.client();
        const launch = bench.launch("parallel_subgraphs", { input: { topic: "bees" }, stopOnEntry: true });
        const stop = await client.launch(launch);
        const found = await targets(client);
        assert.deepEqual(
          found.map(({ label }) => label),
          ["expert", "web"],
        );
        const targetId = found.find(({ label }) => label === chosen)?.id;
        const step = await client.go("stepIn", { threadId: stop.threadId, targetId });
        const names = (await client.threads()).map(({ name }) => name);
        assert.ok(names.includes(inside ?? ""), `${names} at ${step.description}`);
        await assert.rejects(client.request("stepIn", { threadId: step.threadId, targetId }), /earlier stop/);
        await client.close();
      }
    });

    it("steps over a branch that is no subgraph", async () => {
      const client = await bench.client();
      const { program, line } = bench.fixture("send");
      await client.breakpoints(program, [{ line: line("measure") }]);
      const stop = await client.launch(bench.launch("send", { input: { words: ["pear", "fig"] } }));
      const found = await targets(client);
      assert.deepEqual(
        found.map(({ label }) => label),
        ["measure", "measure #2"],
      );
      const step = await client.go("stepIn", { threadId: stop.threadId, targetId: found[1]?.id });
      assert.equal(step.description, "Before node sum");
      await client.close();
    });

    it("offers after a node what comes next, and nothing at the end", async () => {
      const client = await bench.client();
      const { program, line } = bench.fixture("linear");
      await client.breakpoints(program, [{ line: line("fetch.return") }]);
      await client.launch(bench.launch("linear", { input: { topic: "", log: [] } }));
      assert.deepEqual(
        (await targets(client)).map(({ label }) => label),
        ["think"],
      );
      assert.equal((await client.go("continue")).reason, "end");
      assert.deepEqual(await targets(client), []);
      await client.close();
    });
  });
}
