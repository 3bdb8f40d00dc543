/** Contract of both runtimes: stops where the nodes of a superstep have changed a key of the state. */
import assert from "node:assert/strict";
import type { DataBreakpoint, SetBreakpointsParams, StoppedEvent } from "../../src/protocol/runtime.ts";
import { type Driver, innermost, shape } from "./driver.ts";
import { Drivers } from "./drivers.ts";
import { fixture, runtimes } from "./runtimes.ts";

for (const runtime of runtimes) {
  describe(`${runtime.language}: data breakpoints`, () => {
    let driver: Driver;
    const drivers = Drivers.in(runtime);

    const isPython = runtime.language === "python";
    const same = isPython ? "==" : "===";

    const on = (
      key: string,
      more: Partial<DataBreakpoint> = {},
    ): Partial<Omit<SetBreakpointsParams, "breakpoints">> => ({
      dataBreakpoints: [{ id: 7, graph: "", key, ...more }],
    });
    const writers = (stopped: StoppedEvent): string[] =>
      stopped.position.finished?.tasks.map((task) => task.name) ?? [];

    /** Runs to the end; the names of the nodes after which it stopped. */
    async function stops(name: string): Promise<string[]> {
      const seen: string[] = [];
      let stopped = await driver.run({ input: fixture(name).input });
      for (; stopped.reason !== "end"; stopped = await driver.run()) {
        assert.equal(stopped.reason, "breakpoint");
        assert.deepEqual(stopped.hitBreakpointIds, [7]);
        seen.push(writers(stopped).join(" "));
      }
      return seen;
    }

    it("stops after the node that changed the key, and says what it was and is", async () => {
      driver = await drivers.share("watched");
      await driver.breakpoints(on("draft"));
      const stopped = await driver.run({ input: fixture("watched").input });
      assert.equal(stopped.reason, "breakpoint");
      assert.deepEqual(stopped.hitBreakpointIds, [7]);
      assert.deepEqual(writers(stopped), ["write_draft"]);
      assert.equal(shape(stopped.position.root), "keep_draft:pending");
      assert.match(stopped.text ?? "", /^draft: (["'])old\1 → (["'])new\2, written by write_draft$/);
      assert.deepEqual(await driver.state(), { draft: "new", notes: ["one"] });
    });

    it("does not stop where the key was given the value that it had, nor at the input", async () => {
      driver = await drivers.share("watched");
      await driver.breakpoints(on("draft"));
      assert.deepEqual(await stops("watched"), ["write_draft", "finish"]);
    });

    it("stops where a value was changed in place and written", async () => {
      driver = await drivers.share("watched");
      await driver.breakpoints(on("notes"));
      assert.deepEqual(await stops("watched"), ["add_note", "finish"]);
    });

    it("does not stop at what nobody wrote", async () => {
      driver = await drivers.share("mutation");
      await driver.breakpoints(on("basket"));
      assert.deepEqual(await stops("mutation"), ["fill"]);
    });

    it("decides conditions on the old and the new value", async () => {
      driver = await drivers.share("loop");
      const isOne = `old ${same} 1`;
      await driver.breakpoints(
        on("count", { condition: isPython ? `${isOne} and new == 2` : `${isOne} && new === 2` }),
      );
      const stopped = await driver.run({ input: { count: 0, limit: 3 } });
      assert.equal(((await driver.state()) as { count: number }).count, 2);
      assert.match(stopped.text ?? "", /^count: 1 → 2, /);
      assert.equal((await driver.run()).reason, "end");
    });

    it("decides conditions on the state, and on who wrote", async () => {
      driver = await drivers.share("watched");
      await driver.breakpoints(on("draft", { condition: `node ${same} "finish"` }));
      assert.deepEqual(await stops("watched"), ["finish"]);
    });

    it("stops and says why when a condition raises", async () => {
      driver = await drivers.share("watched");
      await driver.breakpoints(on("draft", { condition: runtime.say.raises }));
      const stopped = await driver.run({ input: fixture("watched").input });
      assert.match(stopped.text ?? "", /nowhere/);
    });

    it("counts hits", async () => {
      driver = await drivers.share("loop");
      await driver.breakpoints(on("count", { hitCondition: "% 2" }));
      const counts: unknown[] = [];
      let stopped = await driver.run({ input: { count: 0, limit: 5 } });
      for (; stopped.reason !== "end"; stopped = await driver.run()) {
        counts.push(((await driver.state()) as { count: number }).count);
      }
      assert.deepEqual(counts, [2, 4]);
    });

    it("names all that wrote the key in one superstep", async () => {
      driver = await drivers.share("fan_out");
      await driver.breakpoints(on("found"));
      const stopped = await driver.run({ input: { topic: "bees" } });
      assert.deepEqual(writers(stopped), ["books", "papers", "talks"]);
      assert.match(stopped.text ?? "", /^found: .* → .*, written by books, papers, talks$/);
    });

    it("stops in a subgraph, at its own key", async () => {
      driver = await drivers.share("subgraph");
      await driver.breakpoints(on("scratch", { graph: "child" }));
      const stopped = await driver.run({ input: fixture("subgraph").input });
      assert.equal(stopped.position.finished?.graph, "child");
      assert.deepEqual(writers(stopped), ["clean"]);
      assert.equal(innermost(stopped.position.root).graph, "child");
      assert.equal((await driver.run()).reason, "end");
    });

    it("counts what a subgraph hands back as written by its node", async () => {
      driver = await drivers.share("subgraph");
      await driver.breakpoints(on("text"));
      assert.deepEqual(await stops("subgraph"), ["before", "child", "after"]);
    });

    it("stops once for a node breakpoint and a data breakpoint together", async () => {
      driver = await drivers.share("watched");
      await driver.breakpoints({ when: "before", graph: "", node: "keep_draft" }, on("draft"));
      const stopped = await driver.run({ input: fixture("watched").input });
      assert.deepEqual([...stopped.hitBreakpointIds].sort(), [1, 7]);
      assert.match(stopped.text ?? "", /^draft: /);
      assert.deepEqual(writers(await driver.run()), ["finish"]);
    });

    it("takes one that is set while the run stands, and lets go of one that is removed", async () => {
      driver = await drivers.share("watched");
      await driver.breakpoints({ when: "before", graph: "", node: "add_note" });
      await driver.run({ input: fixture("watched").input });
      await driver.breakpoints(on("notes"));
      assert.deepEqual(writers(await driver.run()), ["add_note"]);
      await driver.breakpoints();
      assert.equal((await driver.run()).reason, "end");
    });
  });
}
