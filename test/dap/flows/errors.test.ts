// Going on after a node has raised, over both languages: it runs again, its finished siblings don't.

import assert from "node:assert/strict";
import { Bench, languages } from "../languages.ts";

for (const language of languages) {
  describe(`going on after an error in ${language.name}`, () => {
    const bench = Bench.in(language);

    it("runs the node again, which may raise again, and says so once", async () => {
      const client = await bench.client();
      const trace = bench.trace();
      const stop = await client.launch(bench.launch("raises", { input: { log: [] }, env: trace.env }));
      assert.deepEqual([stop.reason, stop.description], ["exception", "Error in node divide"]);
      assert.deepEqual((await client.state()).log, ["begin"]);
      const again = await client.go("continue");
      assert.deepEqual([again.reason, again.description], ["exception", "Error in node divide"]);
      assert.equal((await client.go("next")).reason, "exception");
      assert.deepEqual(trace.runs(), { begin: 1, divide: 3 });
      const told = client
        .output("console")
        .match(/Continue runs node divide again; Stop ends the session\./g);
      assert.equal(told?.length, 1);
      await client.request("terminate", {});
      await client.event("terminated");
      await client.close();
    });

    it("ends the session at an error that is no node's", async () => {
      const client = await bench.client();
      const config = language.name === "Python" ? { recursion_limit: 2 } : { recursionLimit: 2 };
      const stop = await client.launch(bench.launch("loop", { input: { count: 0, limit: 9 }, config }));
      assert.deepEqual([stop.reason, stop.description], ["exception", "Error"]);
      await client.request("continue", { threadId: stop.threadId });
      assert.deepEqual(await client.event("exited"), { exitCode: 1 });
      await client.close();
    });
  });
}
