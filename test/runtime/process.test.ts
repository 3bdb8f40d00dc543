/** Contract of both runtimes: the process itself. It never outlives its adapter, and loses nothing that was reported. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Gate } from "../fixtures/gate.ts";
import { Driver, refused, shape } from "./driver.ts";
import { runtimes } from "./runtimes.ts";

/** Fails when the process is not gone a second after `start`, with some room for a machine that is busy. */
async function goneInTime(driver: Driver): Promise<void> {
  const started = performance.now();
  await driver.exit;
  const took = performance.now() - started;
  assert.ok(took < 1500, `the process went on for ${took} ms`);
}

for (const runtime of runtimes) {
  describe(`${runtime.language}: process`, () => {
    let driver: Driver;
    let folder: string;
    let checkpoints: string;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), "langgraph-process-"));
      checkpoints = join(folder, "checkpoints.sqlite");
    });
    afterEach(async () => {
      await driver.kill();
      rmSync(folder, { recursive: true, force: true });
    });

    it("ends when it is told to, with all on disk", async () => {
      driver = await Driver.load(runtime, "linear", { checkpoints });
      await driver.breakpoints({ when: "before", graph: "", node: "think" });
      const stopped = await driver.run({ input: { topic: "bees", log: [] } });
      assert.equal(shape(stopped.position.root), "think:pending");
      await driver.close();
      assert.equal(driver.stdout + driver.stderr, "");
      driver = await Driver.load(runtime, "linear", { checkpoints });
      const position = await driver.request("open", { threadId: driver.threadId });
      assert.deepEqual(position, stopped.position);
      assert.equal((await driver.run()).reason, "end");
    });

    it("ends when told to though a node computes", async () => {
      await using gate = await Gate.shut();
      driver = await Driver.load(runtime, "slow", { checkpoints });
      await driver.begin({ input: { sleep_gate: gate.port } });
      await driver.event("task", (task) => task.node === "sleep" && task.event === "start");
      const ended = driver.request("shutdown", {}).catch(() => undefined);
      driver.disconnect();
      await goneInTime(driver);
      await ended;
    });

    it("ends when the adapter goes while the graph is held", async () => {
      driver = await Driver.load(runtime, "linear", { checkpoints });
      await driver.run({ input: { topic: "bees", log: [] } }, { kind: "in" });
      driver.disconnect();
      await goneInTime(driver);
      driver = await Driver.load(runtime, "linear", { checkpoints });
      const position = await driver.request("open", { threadId: driver.threadId });
      assert.ok(position);
      assert.equal(shape(position.root), "fetch:pending");
    });

    it("ends when the adapter goes while a node computes", async () => {
      await using gate = await Gate.shut();
      driver = await Driver.load(runtime, "slow", { checkpoints });
      await driver.begin({ input: { sleep_gate: gate.port } });
      await driver.event("task", (task) => task.node === "sleep" && task.event === "start");
      driver.disconnect();
      await goneInTime(driver);
    });

    it("ends when the adapter goes at any superstep of a run", async () => {
      for (const after of [0, 1, 3]) {
        driver = await Driver.load(runtime, "loop", { checkpoints });
        driver.threadId = `cut-${after}`;
        await driver.begin({ input: { count: 0, limit: 20 } });
        let left = after;
        await driver.event("task", () => left-- === 0);
        driver.disconnect();
        await goneInTime(driver);
      }
      driver = await Driver.load(runtime, "loop", { checkpoints });
      driver.threadId = "cut-3";
      assert.ok(await driver.request("open", { threadId: driver.threadId }));
    });

    it("loses nothing that was reported when it is killed", async () => {
      driver = await Driver.load(runtime, "loop", { checkpoints });
      const stopped = await driver.run({ input: { count: 0, limit: 4 } }, { kind: "in" });
      const second = await driver.run({}, { kind: "over", namespace: "" });
      assert.notEqual(second.position.root.checkpoint?.id, stopped.position.root.checkpoint?.id);
      await driver.kill();
      driver = await Driver.load(runtime, "loop", { checkpoints });
      const position = await driver.request("open", { threadId: driver.threadId });
      assert.equal(position?.root.checkpoint?.id, second.position.root.checkpoint?.id);
      assert.equal((await driver.run()).reason, "end");
      assert.equal(((await driver.state()) as { count: number }).count, 4);
    });

    it("tells that a node ends the process, and ends with its code", async () => {
      driver = await Driver.load(runtime, "exits", { checkpoints });
      await driver.begin({ input: { text: "" } });
      const message = await driver.event("message");
      assert.equal(message.kind, "error");
      assert.match(message.text, /\bcode 3\b/);
      assert.equal(await driver.exit, 3);
      driver = await Driver.load(runtime, "exits", { checkpoints });
      const position = await driver.request("open", { threadId: driver.threadId });
      assert.equal(position && shape(position.root), "leave:pending");
    });

    it("hides the port and the token from the user's code", async () => {
      driver = await Driver.load(runtime, "linear", { checkpoints });
      await driver.run({ input: { topic: "bees", log: [] } }, { kind: "in" });
      const environment = {
        python: "sorted(name for name in __import__('os').environ if name.startswith('LANGGRAPH_DEBUG'))",
        javascript: "Object.keys(process.env).filter((name) => name.startsWith('LANGGRAPH_DEBUG'))",
      }[runtime.language];
      assert.match(await driver.evaluate(environment, { node: "fetch" }), /^(Array)?(\(0\))? ?\[\]$/);
      assert.ok(!driver.process.spawnargs.some((argument) => argument.includes(driver.token)));
    });

    it("refuses what it can't do, and goes on", async () => {
      driver = await Driver.load(runtime, "linear", { checkpoints });
      await assert.rejects(driver.values({ kind: "result", id: 7 }), refused("staleValue"));
      assert.equal(await driver.request("open", { threadId: "nobody" }), null);
      assert.equal((await driver.run({ input: { topic: "bees", log: [] } })).reason, "end");
    });

    it("says what is wrong with the checkpoint file", async () => {
      writeFileSync(
        checkpoints,
        "this is no database, but it is long enough to look like a file of one".repeat(20),
      );
      await assert.rejects(async () => {
        driver = await Driver.load(runtime, "linear", { checkpoints });
      }, refused("checkpointFile"));
      driver = await Driver.load(runtime, "linear");
      assert.match(readFileSync(checkpoints, "utf8"), /^this is no database/);
    });

    it("ends when the adapter goes before anything was loaded, and never prints the token", async () => {
      driver = await Driver.start(runtime, dirname(checkpoints));
      driver.disconnect();
      await goneInTime(driver);
      assert.ok(!driver.stderr.includes(driver.token));
    });
  });
}
