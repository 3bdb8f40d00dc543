// What only the Node runtime has to take care of while a graph runs.

import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { Gate } from "../fixtures/gate.ts";
import { fixture, NodeRuntime, outline } from "./node-driver.ts";

const program = fixture("node/running.mjs");

describe("a run in the Node runtime", function () {
  // Each test starts one process or more.
  this.timeout(60_000);

  it("tells a stop at once when a sibling goes on computing, and the sibling as running", async () => {
    await using runtime = await NodeRuntime.start();
    await runtime.load(program, { graph: "siblings" });
    await runtime.breakpoints([{ node: "inside" }]);
    const stop = await runtime.run("continue", { input: {} });
    assert.equal(outline(stop.position.root), "quick running (inside pending), slow running");
    await runtime.evaluate("release()");
    assert.equal((await runtime.run("continue")).reason, "end");
    assert.equal(await runtime.evaluate("first + second"), '"donedone"');
  });

  it("tells the tokens of a model that the code streams, and makes no other model stream", async () => {
    await using runtime = await NodeRuntime.start();
    await runtime.load(program, { graph: "streaming" });
    assert.equal((await runtime.run("continue", { input: { text: "" } })).reason, "end");
    const tokens = runtime.all("token");
    assert.equal(tokens.map(({ text }) => text).join(""), "abc");
    assert.deepEqual([...new Set(tokens.map(({ node }) => node))], ["stream"]);
    assert.equal(await runtime.evaluate("text"), '"abc"');
  });

  it("names the node that wrote to the custom stream", async () => {
    await using runtime = await NodeRuntime.start();
    await runtime.load(program, { graph: "writers" });
    assert.equal((await runtime.run("continue", { input: { text: "" } })).reason, "end");
    const custom = runtime.all("custom");
    assert.deepEqual(custom.map(({ node, value }) => `${node} ${value}`).sort(), [
      "inner same",
      "outer same",
    ]);
    assert.equal(custom.find(({ node }) => node === "outer")?.namespace, "");
    assert.match(custom.find(({ node }) => node === "inner")?.namespace ?? "", /^around:/);
  });

  it("goes on after a cancel with the supersteps that were left, in another process too", async () => {
    const config = { recursion_limit: 5 };
    await using first = await NodeRuntime.start();
    await first.load(program, { graph: "counting", config });
    await first.run("in", { input: { count: 0 } });
    await first.run("in");
    await first.request("cancel", {});
    await first.run("in");
    await first.request("shutdown", {});
    await first.exited;

    await using second = await NodeRuntime.start({ folder: first.folder });
    await second.load(program, { graph: "counting", config });
    assert.equal((await second.run("continue")).reason, "end");
    assert.equal(await second.evaluate("count"), "4");

    await using third = await NodeRuntime.start();
    await third.load(program, { graph: "counting", config: { recursion_limit: 4 } });
    await third.run("in", { input: { count: 0 } });
    await third.request("cancel", {});
    const stop = await third.run("continue");
    assert.equal(stop.reason, "exception");
    assert.equal(stop.position.error?.type, "GraphRecursionError");
  });

  it("evaluates with the names that the node's own function sees, exported or not", async () => {
    await using runtime = await NodeRuntime.start();
    await runtime.load(program, { graph: "counting" });
    await runtime.run("in", { input: { count: 1 } });
    const { value } = await runtime.request("evaluate", {
      expression: "hidden.limit + count",
      namespace: "",
      node: "work",
    });
    assert.equal(value, "5");
  });

  it("serves a request that comes while a synchronous node blocks as soon as the node is done", async () => {
    await using gate = await Gate.shut();
    await using runtime = await NodeRuntime.start();
    await runtime.load(fixture("graphs/typescript/slow.ts"));
    await runtime.breakpoints([{ node: "rest" }]);
    await runtime.request("run", {
      threadId: "thread",
      input: { sleep_gate: gate.port },
      step: { kind: "continue" },
      noDebug: false,
    });
    await runtime.event("task");
    const evaluated = runtime.evaluate("sleep_gate");
    gate.open();
    assert.equal(await evaluated, String(gate.port));
    assert.equal((await runtime.stopped()).reason, "breakpoint");
  });
});
