/** Contract of both runtimes: breakpoints before and after nodes, conditions, steps, pause, cancel. */
import assert from "node:assert/strict";
import { Gate } from "../fixtures/gate.ts";
import { type Driver, refused, shape } from "./driver.ts";
import { Drivers } from "./drivers.ts";
import { runtimes } from "./runtimes.ts";

for (const runtime of runtimes) {
  describe(`${runtime.language}: stops`, () => {
    let driver: Driver;
    const drivers = Drivers.in(runtime);

    const root = { kind: "over", namespace: "" } as const;
    const before = (node: string, more: object = {}) => ({
      when: "before" as const,
      graph: "",
      node,
      ...more,
    });
    const after = (node: string, more: object = {}) => ({ when: "after" as const, graph: "", node, ...more });

    describe("on a line of nodes", () => {
      beforeEach(async () => {
        driver = await drivers.share("linear");
      });
      const input = { topic: "bees", log: ["start"] };

      it("runs to the end when nothing stops it", async () => {
        const stopped = await driver.run({ input });
        assert.equal(stopped.reason, "end");
        assert.deepEqual(stopped.position.root.tasks, []);
        assert.deepEqual(await driver.state(), {
          topic: "BEES",
          count: 2,
          done: true,
          log: ["start", "fetch", "think", "answer"],
        });
      });

      it("stops before a node, with the state as it is then", async () => {
        await driver.breakpoints(before("answer"), before("think"));
        const stopped = await driver.run({ input });
        assert.equal(stopped.reason, "breakpoint");
        assert.deepEqual(stopped.hitBreakpointIds, [2]);
        assert.equal(shape(stopped.position.root), "think:pending");
        assert.equal(stopped.position.root.checkpoint?.step, 1);
        assert.deepEqual(stopped.position.root.stateKeys, ["topic", "count", "done", "log"]);
        assert.deepEqual(await driver.state(), { topic: "BEES", count: 1, log: ["start", "fetch"] });
        assert.deepEqual((await driver.run()).hitBreakpointIds, [1]);
        assert.equal((await driver.run()).reason, "end");
      });

      it("stops before the first node when asked to, as entry", async () => {
        const stopped = await driver.run({ input }, { kind: "in" });
        assert.equal(stopped.reason, "entry");
        assert.equal(shape(stopped.position.root), "fetch:pending");
        const next = await driver.run({}, root);
        assert.equal(next.reason, "step");
        assert.equal(shape(next.position.root), "think:pending");
      });

      it("stops after a node, told from the side of what comes next", async () => {
        await driver.breakpoints(after("fetch"));
        const stopped = await driver.run({ input });
        assert.equal(stopped.reason, "breakpoint");
        assert.deepEqual(stopped.hitBreakpointIds, [1]);
        assert.deepEqual(
          stopped.position.finished?.tasks.map((task) => task.name),
          ["fetch"],
        );
        assert.equal(shape(stopped.position.root), "think:pending");
      });

      it("stops after the last node, and then ends", async () => {
        await driver.breakpoints(after("answer"));
        const stopped = await driver.run({ input });
        assert.equal(stopped.reason, "breakpoint");
        assert.deepEqual(stopped.position.root.tasks, []);
        assert.equal(stopped.position.finished?.tasks[0]?.name, "answer");
        assert.equal((await driver.run()).reason, "end");
      });

      it("takes breakpoints on every node", async () => {
        await driver.breakpoints({ when: "before", graph: "*", node: "*" });
        const seen: string[] = [];
        for (
          let stopped = await driver.run({ input });
          stopped.reason !== "end";
          stopped = await driver.run()
        ) {
          seen.push(shape(stopped.position.root));
        }
        assert.deepEqual(seen, ["fetch:pending", "think:pending", "answer:pending"]);
      });

      it("takes breakpoints that are set while the run stands", async () => {
        await driver.breakpoints(before("think"));
        await driver.run({ input });
        await driver.breakpoints(before("answer"));
        assert.equal(shape((await driver.run()).position.root), "answer:pending");
        await driver.breakpoints();
        assert.equal((await driver.run()).reason, "end");
      });

      it("decides conditions on the state", async () => {
        await driver.breakpoints(before("*", { condition: runtime.say.countIsTwo }));
        const stopped = await driver.run({ input });
        assert.equal(shape(stopped.position.root), "answer:pending");
        assert.equal(stopped.text, undefined);
      });

      it("decides conditions on the update after a node", async () => {
        await driver.breakpoints(after("think", { condition: runtime.say.updateCount }));
        assert.equal((await driver.run({ input })).position.finished?.tasks[0]?.name, "think");
      });

      it("stops and says why when a condition raises", async () => {
        await driver.breakpoints(before("think", { condition: runtime.say.raises }));
        const stopped = await driver.run({ input });
        assert.equal(shape(stopped.position.root), "think:pending");
        assert.match(stopped.text ?? "", /nowhere/);
      });

      it("says why when a condition raises after the last node", async () => {
        await driver.breakpoints(after("answer", { condition: runtime.say.raises }));
        const stopped = await driver.run({ input });
        assert.equal(stopped.position.finished?.tasks[0]?.name, "answer");
        assert.match(stopped.text ?? "", /nowhere/);
      });

      it("logs instead of stopping", async () => {
        await driver.breakpoints(before("think", { logMessage: "{topic} has {count} in {node}" }));
        assert.equal((await driver.run({ input })).reason, "end");
        const [message] = driver.all("message");
        assert.deepEqual([message?.kind, message?.breakpointId], ["logpoint", 1]);
        assert.match(message?.text ?? "", /BEES.* has 1 in .*think/);
      });

      it("cancels where it stands, and goes on from there", async () => {
        await driver.breakpoints(before("think"));
        await driver.run({ input });
        await driver.request("cancel", {});
        const position = await driver.request("open", { threadId: driver.threadId });
        assert.ok(position);
        assert.equal(shape(position.root), "think:pending");
        assert.equal((await driver.run()).reason, "end");
        assert.deepEqual(await driver.state(), {
          topic: "BEES",
          count: 2,
          done: true,
          log: ["start", "fetch", "think", "answer"],
        });
      });

      it("runs without stops when not debugging", async () => {
        await driver.breakpoints(before("think"));
        assert.equal((await driver.run({ input, noDebug: true })).reason, "end");
      });

      it("tells what runs: starts, ends and supersteps", async () => {
        await driver.run({ input });
        const tasks = driver.all("task").map(({ event, node, step }) => `${event} ${node} ${step}`);
        assert.deepEqual(tasks, [
          "start fetch 1",
          "end fetch 1",
          "start think 2",
          "end think 2",
          "start answer 3",
          "end answer 3",
        ]);
        const steps = driver.all("superstep").map(({ step, nodes, written }) => [step, nodes, written]);
        assert.deepEqual(steps, [
          [1, ["fetch"], ["topic", "count", "log"]],
          [2, ["think"], ["count", "log"]],
          [3, ["answer"], ["done", "log"]],
        ]);
      });

      it("does not stop before the tasks at which the thread was opened", async () => {
        await driver.breakpoints(before("think"));
        await driver.run({ input });
        await driver.request("cancel", {});
        assert.equal((await driver.run()).reason, "end");
      });

      it("takes a new turn on a thread that has ended", async () => {
        await driver.run({ input });
        await driver.breakpoints(before("think"));
        const stopped = await driver.run({ input: { topic: "ants" } });
        assert.equal(shape(stopped.position.root), "think:pending");
        await driver.run();
        const state = (await driver.state()) as { topic: string; log: string[] };
        assert.equal(state.topic, "ANTS");
        assert.equal(state.log.length, 7);
      });

      it("refuses to run on without input at the end and on a new thread", async () => {
        await assert.rejects(driver.begin(), refused("unknownThread"));
        await driver.run({ input });
        await assert.rejects(driver.begin(), refused("invalidInput"));
      });
    });

    it("counts hits", async () => {
      driver = await drivers.share("loop");
      const input = { count: 0, limit: 4 };
      await driver.breakpoints(before("work", { hitCondition: "3" }));
      await driver.run({ input });
      assert.equal(((await driver.state()) as { count: number }).count, 2);
      assert.equal((await driver.run()).reason, "end");
      driver.threadId = "even";
      await driver.breakpoints(before("work", { hitCondition: "% 2" }));
      const counts: unknown[] = [];
      for (let s = await driver.run({ input }); s.reason !== "end"; s = await driver.run()) {
        counts.push(((await driver.state()) as { count: number }).count);
      }
      assert.deepEqual(counts, [1, 3]);
    });

    it("stops once for all tasks of a superstep", async () => {
      driver = await drivers.share("fan_out");
      await driver.breakpoints(before("papers"));
      const stopped = await driver.run({ input: { topic: " bees " } });
      assert.equal(shape(stopped.position.root), "books:pending papers:pending talks:pending");
      assert.equal(driver.all("task").filter((task) => task.event === "start").length, 1);
      assert.equal((await driver.run()).reason, "end");
    });

    it("tells the inputs of sent tasks", async () => {
      driver = await drivers.share("send");
      await driver.breakpoints(before("measure"));
      const { position } = await driver.run({ input: { words: ["pear", "fig", "banana"] } });
      assert.equal(shape(position.root), "measure:pending measure:pending measure:pending");
      const inputs: unknown[] = [];
      for (const task of position.root.tasks) {
        assert.equal(task.hasInput, true);
        inputs.push(await driver.json({ kind: "input", namespace: "", taskId: task.id }));
      }
      assert.deepEqual(inputs, [
        { word: "banana", place: 0 },
        { word: "fig", place: 1 },
        { word: "pear", place: 2 },
      ]);
    });

    it("pauses before the next superstep and says what it waits for", async () => {
      await using gate = await Gate.shut();
      driver = await drivers.share("slow");
      await driver.begin({ input: { compute_gate: gate.port } });
      await driver.event("task", (task) => task.node === "compute" && task.event === "start");
      assert.deepEqual(await driver.request("pause", {}), { waitingFor: ["compute"] });
      gate.open();
      const stopped = await driver.event("stopped");
      assert.equal(stopped.reason, "pause");
      assert.equal(shape(stopped.position.root), "rest:pending");
      assert.deepEqual(await driver.request("pause", {}), { waitingFor: [] });
      assert.equal((await driver.run()).reason, "end");
    });

    it("takes breakpoints that are set while a node computes", async () => {
      await using gate = await Gate.shut();
      driver = await drivers.share("slow");
      await driver.begin({ input: { compute_gate: gate.port } });
      await driver.event("task", (task) => task.node === "compute" && task.event === "start");
      await driver.breakpoints(before("rest"));
      gate.open();
      const stopped = await driver.event("stopped");
      assert.equal(shape(stopped.position.root), "rest:pending");
      assert.deepEqual(stopped.hitBreakpointIds, [1]);
    });

    it("refuses a second run while one computes", async () => {
      await using gate = await Gate.shut();
      driver = await drivers.share("divisions");
      await driver.begin({ input: { near: 0, far: 4, gate: gate.port } });
      await driver.event("task", (task) => task.node === "share" && task.event === "start");
      await assert.rejects(driver.begin({ input: { near: 3, far: 4 } }), refused("running"));
      gate.open();
      assert.equal((await driver.event("stopped")).reason, "exception");
    });

    describe("at the author's own breakpoints", () => {
      beforeEach(async () => {
        driver = await drivers.share("author_breakpoints");
      });

      it("lists them and stops there", async () => {
        assert.deepEqual(driver.loaded.compiledInterrupts, [{ graph: "", before: ["two"], after: ["two"] }]);
        const first = await driver.run({ input: { log: [] } });
        assert.equal(first.reason, "breakpoint");
        assert.match(first.text ?? "", /compile/);
        assert.equal(shape(first.position.root), "two:pending");
        const second = await driver.run();
        assert.equal(shape(second.position.root), "three:pending");
        assert.equal((await driver.run()).reason, "end");
      });

      it("does not stop there when they are switched off", async () => {
        await driver.breakpoints({ compiled: false });
        assert.equal((await driver.run({ input: { log: [] } })).reason, "end");
      });
    });
  });
}
