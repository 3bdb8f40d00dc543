/** Contract of both runtimes: a graph that is found at run time waits for the breakpoints in it. */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { SetBreakpointsParams } from "../../src/protocol/runtime.ts";
import { Driver, innermost, shape } from "./driver.ts";
import { fixture, runtimes } from "./runtimes.ts";

for (const runtime of runtimes) {
  describe(`${runtime.language}: graphs found at run time`, () => {
    let driver: Driver;
    const { input } = fixture("late");
    const part = join(runtime.graphs, `late_part${runtime.extension}`);

    beforeEach(async () => {
      driver = await Driver.load(runtime, "late");
      driver.answersGraphs = false;
    });
    afterEach(() => driver.kill());

    /** What an adapter sends that knows of a breakpoint in the late graph's first node. */
    const bound = (graph: string, revision: number): SetBreakpointsParams => ({
      breakpoints: [{ id: 4, when: "before", graph, node: "first" }],
      dataBreakpoints: [],
      exceptions: [{ filter: "raised" }],
      compiled: true,
      revision,
    });

    /** The first event that tells of the late graph: its id, and the event. */
    async function found() {
      const event = await driver.event("graphs", ({ graphs }) =>
        graphs.some(({ nodes }) => nodes.some(({ name }) => name === "first")),
      );
      const graph = event.graphs.find(({ nodes }) => nodes.some(({ name }) => name === "first"));
      assert.ok(graph);
      return { graph, event };
    }

    it("tells of it with its file and its functions, and a number", async () => {
      driver.answersGraphs = true;
      await driver.begin({ input });
      const { graph, event } = await found();
      assert.ok(event.revision >= 1);
      assert.ok(event.sources.includes(part));
      assert.equal(graph.nodes.find(({ name }) => name === "first")?.functions[0]?.path, part);
      assert.equal((await driver.event("stopped")).reason, "end");
    });

    it("waits at its first superstep, so that a breakpoint in it hits", async () => {
      await driver.begin({ input });
      const { graph, event } = await found();
      await driver.request("setBreakpoints", bound(graph.id, event.revision));
      const stopped = await driver.event("stopped");
      assert.equal(stopped.reason, "breakpoint");
      assert.deepEqual(stopped.hitBreakpointIds, [4]);
      assert.equal(shape(innermost(stopped.position.root)), "first:pending");
      assert.ok(!driver.all("task").some((task) => task.node === "first"));
      assert.equal((await driver.run()).reason, "end");
    });

    it("does not take breakpoints that were resolved before for an answer", async () => {
      await driver.begin({ input });
      const { graph, event } = await found();
      await driver.request("setBreakpoints", { ...bound("", event.revision - 1), breakpoints: [] });
      assert.ok(!driver.all("task").some((task) => task.node === "first"));
      await driver.request("setBreakpoints", bound(graph.id, event.revision));
      assert.deepEqual((await driver.event("stopped")).hitBreakpointIds, [4]);
    });

    it("goes on by itself when no answer comes", async () => {
      assert.equal((await driver.run({ input })).reason, "end");
      assert.deepEqual(await driver.state(), { text: "here first second" });
    });

    it("does not wait when not debugging", async () => {
      await driver.begin({ input, noDebug: true });
      await found();
      const since = performance.now();
      assert.equal((await driver.event("stopped")).reason, "end");
      // It would wait for two seconds.
      assert.ok(performance.now() - since < 1900);
    });

    it("can be cancelled while it waits", async () => {
      await driver.begin({ input });
      await found();
      await driver.request("cancel", {});
      assert.ok(!driver.all("task").some((task) => task.node === "first"));
      driver.answersGraphs = true;
      assert.equal((await driver.run()).reason, "end");
    });

    it("waits for no answer the second time", async () => {
      driver.answersGraphs = true;
      assert.equal((await driver.run({ input })).reason, "end");
      driver.answersGraphs = false;
      const known = driver.all("graphs").length;
      driver.threadId = "again";
      assert.equal((await driver.run({ input })).reason, "end");
      assert.equal(driver.all("graphs").length, known);
    });
  });
}
