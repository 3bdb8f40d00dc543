/** Contract of both runtimes: where a run rests (questions, errors, ends), and how it goes on from disk. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Driver, interrupts, refused, shape } from "./driver.ts";
import { Drivers } from "./drivers.ts";
import { runtimes } from "./runtimes.ts";

for (const runtime of runtimes) {
  describe(`${runtime.language}: rest`, () => {
    let driver: Driver;
    const drivers = Drivers.in(runtime);

    async function ask(stopped: Awaited<ReturnType<Driver["run"]>>) {
      assert.equal(stopped.reason, "interrupt");
      const waiting = interrupts(stopped.position.root);
      assert.ok(waiting[0]);
      return { waiting, first: waiting[0] };
    }

    it("asks, takes the answer by id, and goes on", async () => {
      driver = await drivers.share("review");
      const { first } = await ask(await driver.run({ input: {} }));
      assert.equal(first.node, "review");
      await assert.rejects(driver.begin(), refused("needsAnswer"));
      await assert.rejects(driver.begin({ resume: { ["0".repeat(32)]: 1 } }), {
        data: { code: "unknownInterrupt" },
      });
      assert.equal((await driver.run({ resume: { [first.id]: "yes" } })).reason, "end");
    });

    it("asks twice in one node, and tells the earlier answer", async () => {
      driver = await drivers.share("two_interrupts");
      const { first } = await ask(await driver.run({ input: {} }));
      assert.deepEqual([first.index, first.earlier], [0, []]);
      const second = (await ask(await driver.run({ resume: { [first.id]: "Ada" } }))).first;
      assert.deepEqual([second.index, second.earlier], [1, ["Ada"]]);
      assert.equal((await driver.run({ resume: { [second.id]: 36 } })).reason, "end");
    });

    it("takes answers of several branches, some or all at once", async () => {
      driver = await drivers.share("parallel_interrupts");
      const { waiting } = await ask(await driver.run({ input: {} }));
      assert.deepEqual(waiting.map((each) => each.node).sort(), ["budget", "legal"]);
      const legal = waiting.find((each) => each.node === "legal");
      assert.ok(legal);
      const stopped = await driver.run({ resume: { [legal.id]: "yes" } });
      const { first } = await ask(stopped);
      assert.equal(first.node, "budget");
      assert.match(shape(stopped.position.root), /legal:done/);
      assert.equal((await driver.run({ resume: { [first.id]: "no" } })).reason, "end");
    });

    it("takes answers that are false, 0, empty and null", async () => {
      driver = await drivers.share("falsy_answers");
      let stopped = await driver.run({ input: { answers: [] } });
      for (const answer of [false, 0, "", null]) {
        const { first } = await ask(stopped);
        stopped = await driver.run({ resume: { [first.id]: answer } });
      }
      assert.equal(stopped.reason, "end");
      assert.deepEqual(await driver.state(), { answers: [false, 0, "", null] });
    });

    it("does not stop again before a node that was asked in", async () => {
      driver = await drivers.share("review");
      await driver.breakpoints({ when: "before", graph: "*", node: "review" });
      assert.equal((await driver.run({ input: {} })).reason, "breakpoint");
      const { first } = await ask(await driver.run());
      assert.equal((await driver.run({ resume: { [first.id]: "yes" } })).reason, "end");
    });

    it("stops where a node raises, with the user's frames, and tries again", async () => {
      driver = await drivers.share("raises");
      const stopped = await driver.run({ input: { log: [] } });
      assert.equal(stopped.reason, "exception");
      const { error } = stopped.position;
      assert.ok(error);
      assert.equal(error.node, "divide");
      assert.match(error.message, /cannot share 1 by begin/);
      const [frame] = error.frames;
      assert.equal(frame?.name, "share");
      assert.equal(frame?.path, join(runtime.graphs, `raises${runtime.extension}`));
      assert.equal(shape(stopped.position.root), "divide:failed");
      assert.equal((await driver.run()).reason, "exception");
      const starts = driver.all("task").filter((task) => task.event === "start");
      assert.deepEqual(
        starts.map((task) => task.node),
        ["begin", "divide", "divide"],
      );
    });

    it("runs on through errors that a retry policy handles, and tells them", async () => {
      driver = await drivers.own("retry");
      assert.equal((await driver.run({ input: { text: "" } })).reason, "end");
      const events = driver.all("task").filter((task) => task.node === "flaky");
      assert.deepEqual(
        events.map((task) => task.event),
        ["start", "retry", "start", "retry", "start", "end"],
      );
    });

    it("stops at errors that a retry policy handles when asked to", async () => {
      driver = await drivers.own("retry");
      await driver.breakpoints({ exceptions: [{ filter: "raised" }, { filter: "retried" }] });
      const stopped = await driver.run({ input: { text: "" } });
      assert.equal(stopped.reason, "exception");
      assert.match(stopped.position.error?.message ?? "", /attempt 1 failed/);
      assert.match((await driver.run()).position.error?.message ?? "", /attempt 2 failed/);
      assert.equal((await driver.run()).reason, "end");
    });

    it("warns when a node catches the interrupt itself", async () => {
      driver = await drivers.own("swallowed_interrupt");
      assert.equal((await driver.run({ input: {} })).reason, "end");
      const [warning] = driver.all("message");
      assert.equal(warning?.kind, "warning");
      assert.match(warning?.text ?? "", /ask/);
      driver.threadId = "stop";
      await driver.breakpoints({ exceptions: [{ filter: "swallowed" }] });
      const stopped = await driver.run({ input: {} });
      assert.match(stopped.text ?? "", /interrupt/);
      assert.equal((await driver.run()).reason, "end");
    });

    it("goes on from disk in another process, at a held node and at a question", async () => {
      const folder = mkdtempSync(join(tmpdir(), "langgraph-rest-"));
      const checkpoints = join(folder, "checkpoints.sqlite");
      try {
        driver = await drivers.own("review", { checkpoints });
        await driver.breakpoints({ when: "before", graph: "*", node: "review" });
        await driver.run({ input: {} });
        await driver.kill();
        driver = await drivers.own("review", { checkpoints });
        const held = await driver.request("open", { threadId: driver.threadId });
        assert.ok(held);
        assert.equal(shape(held.root), "review:pending");
        const { first } = await ask(await driver.run());
        await driver.kill();
        driver = await drivers.own("review", { checkpoints });
        const asked = await driver.request("open", { threadId: driver.threadId });
        assert.ok(asked);
        assert.deepEqual(
          interrupts(asked.root).map((each) => each.id),
          [first.id],
        );
        assert.equal((await driver.run({ resume: { [first.id]: "yes" } })).reason, "end");
        assert.equal(await driver.request("open", { threadId: "no such thread" }), null);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });

    it("refuses the thread of another graph", async () => {
      const folder = mkdtempSync(join(tmpdir(), "langgraph-rest-"));
      const checkpoints = join(folder, "checkpoints.sqlite");
      try {
        driver = await drivers.own("review", { checkpoints });
        await driver.run({ input: {} });
        await driver.close();
        driver = await drivers.own("linear", { checkpoints });
        await assert.rejects(driver.begin({ input: { topic: "x", log: [] } }), {
          data: { code: "otherGraph" },
        });
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });

    it("tells what the graph streams", async () => {
      driver = await drivers.own("output");
      await driver.run({ input: { text: "Ada" } });
      const [custom] = driver.all("custom");
      assert.deepEqual(custom?.value, { progress: 50 });
      assert.match(driver.stdout, /hello Ada, grüß dich 👋/);
      assert.match(driver.stderr, /a warning/);
    });

    it("answers one question while another branch is held", async () => {
      driver = await drivers.share("send_interrupts");
      const { waiting } = await ask(await driver.run({ input: { names: ["fig", "pear"] } }));
      assert.equal(waiting.length, 2);
      const answers = Object.fromEntries(waiting.map((each) => [each.id, "yes"]));
      let stopped = await driver.run({ resume: answers });
      for (let round = 0; stopped.reason === "interrupt" && round < 4; round++) {
        const more = Object.fromEntries(interrupts(stopped.position.root).map((each) => [each.id, "yes"]));
        stopped = await driver.run({ resume: more });
      }
      assert.equal(stopped.reason, "end");
    });
  });
}
