// What only the Node runtime has to take care of while a graph runs.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Gate } from "../fixtures/gate.ts";
import { type Driver, type DriverOptions, shape } from "./driver.ts";
import { Drivers } from "./drivers.ts";
import { node } from "./runtimes.ts";

const program = join(import.meta.dirname, "..", "fixtures", "node", "running.mjs");

describe("a run in the Node runtime", function () {
  // Each test starts one process or more.
  this.timeout(60_000);
  const drivers = Drivers.in(node);
  const load = (graph: string, options: DriverOptions = {}): Promise<Driver> =>
    drivers.own(program, { graph, workspaceFolders: [dirname(program)], ...options });

  it("tells a stop at once when a sibling goes on computing, and the sibling as running", async () => {
    const driver = await load("siblings");
    await driver.breakpoints({ when: "before", graph: "*", node: "inside" });
    const stop = await driver.run({ input: {} });
    assert.equal(shape(stop.position.root), "quick(inside:pending) slow:running");
    await driver.evaluate("release()");
    assert.equal((await driver.run()).reason, "end");
    assert.equal(await driver.evaluate("first + second"), '"donedone"');
  });

  it("tells the tokens of a model that the code streams, and makes no other model stream", async () => {
    const driver = await load("streaming");
    assert.equal((await driver.run({ input: { text: "" } })).reason, "end");
    const tokens = driver.all("token");
    assert.equal(tokens.map(({ text }) => text).join(""), "abc");
    assert.deepEqual([...new Set(tokens.map(({ node }) => node))], ["stream"]);
    assert.equal(await driver.evaluate("text"), '"abc"');
  });

  it("names the node that wrote to the custom stream", async () => {
    const driver = await load("writers");
    assert.equal((await driver.run({ input: { text: "" } })).reason, "end");
    const custom = driver.all("custom");
    assert.deepEqual(custom.map(({ node, value }) => `${node} ${value}`).sort(), [
      "inner same",
      "outer same",
    ]);
    assert.equal(custom.find(({ node }) => node === "outer")?.namespace, "");
    assert.match(custom.find(({ node }) => node === "inner")?.namespace ?? "", /^around:/);
  });

  it("goes on after a cancel with the supersteps that were left, in another process too", async () => {
    const folder = mkdtempSync(join(tmpdir(), "langgraph-run-"));
    const options = { config: { recursion_limit: 5 }, checkpoints: join(folder, "checkpoints.sqlite") };
    try {
      const first = await load("counting", options);
      await first.run({ input: { count: 0 } }, { kind: "in" });
      await first.run({}, { kind: "in" });
      await first.request("cancel", {});
      await first.run({}, { kind: "in" });
      await first.close();
      const second = await load("counting", options);
      assert.equal((await second.run()).reason, "end");
      assert.equal(await second.evaluate("count"), "4");
      await second.close();
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("ends at the recursion limit that a cancelled run has come near to", async () => {
    const driver = await load("counting", { config: { recursion_limit: 4 } });
    await driver.run({ input: { count: 0 } }, { kind: "in" });
    await driver.request("cancel", {});
    const stop = await driver.run();
    assert.equal(stop.reason, "exception");
    assert.equal(stop.position.error?.type, "GraphRecursionError");
  });

  it("evaluates with the names that the node's own function sees, exported or not", async () => {
    const driver = await load("counting");
    await driver.run({ input: { count: 1 } }, { kind: "in" });
    assert.equal(await driver.evaluate("hidden.limit + count", { node: "work" }), "5");
  });

  it("serves a request that comes while a synchronous node blocks as soon as the node is done", async () => {
    await using gate = await Gate.shut();
    const driver = await drivers.own("slow");
    await driver.breakpoints({ when: "before", graph: "*", node: "rest" });
    await driver.begin({ input: { sleep_gate: gate.port } });
    await driver.event("task");
    const evaluated = driver.evaluate("sleep_gate");
    gate.open();
    assert.equal(await evaluated, String(gate.port));
    assert.equal((await driver.event("stopped")).reason, "breakpoint");
  });
});
