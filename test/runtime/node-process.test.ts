// The Node runtime as a process: it is heard while a node blocks, and it ends cleanly however it ends.

import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { fixture, NodeRuntime, outline } from "./node-driver.ts";

const graph = (name: string): string => fixture(`graphs/typescript/${name}.ts`);

describe("the Node runtime's process", function () {
  // Each test starts one process or more.
  this.timeout(60_000);

  it("hides the token and the port from user code", async () => {
    await using runtime = await NodeRuntime.start();
    await runtime.load(graph("linear"));
    await runtime.run("in", { input: { topic: "bees", log: [] } });
    const seen = await runtime.evaluate(
      "Object.keys(process.env).filter((key) => /^LANGGRAPH_DEBUG/.test(key))",
    );
    assert.equal(seen, "(0) []");
  });

  it("answers a pause while a synchronous node blocks, and stops before the next one", async () => {
    await using runtime = await NodeRuntime.start();
    await runtime.load(graph("slow"));
    await runtime.request("run", {
      threadId: "thread",
      input: { milliseconds: 400 },
      step: { kind: "continue" },
      noDebug: false,
    });
    await runtime.event("task");
    assert.deepEqual(await runtime.request("pause", {}), { waitingFor: ["sleep"] });
    assert.ok(!runtime.all("task").some(({ event }) => event === "end"));
    const stop = await runtime.stopped();
    assert.equal(stop.reason, "pause");
    assert.equal(outline(stop.position.root), "compute pending");
  });

  it("takes breakpoints that are set while a node blocks", async () => {
    await using runtime = await NodeRuntime.start();
    await runtime.load(graph("slow"));
    await runtime.request("run", {
      threadId: "thread",
      input: { milliseconds: 200 },
      step: { kind: "continue" },
      noDebug: false,
    });
    await runtime.event("task");
    await runtime.breakpoints([{ node: "rest" }]);
    const stop = await runtime.stopped();
    assert.equal(outline(stop.position.root), "rest pending");
    assert.deepEqual(stop.hitBreakpointIds, [1]);
  });

  it("ends within a second when the adapter is gone and a node blocks", async () => {
    await using runtime = await NodeRuntime.start();
    await runtime.load(graph("slow"));
    await runtime.request("run", {
      threadId: "thread",
      input: { milliseconds: 60_000 },
      step: { kind: "continue" },
      noDebug: false,
    });
    await runtime.event("task");
    const since = performance.now();
    runtime.disconnect();
    await runtime.exited;
    assert.ok(performance.now() - since < 1000);
  });

  it("shuts down with exit code 0, and the run can be opened again where it stood", async () => {
    await using first = await NodeRuntime.start();
    await first.load(graph("linear"));
    await first.breakpoints([{}]);
    await first.run("continue", { input: { topic: "bees", log: [] } });
    const stop = await first.run("continue");
    await first.request("shutdown", {});
    assert.equal(await first.exited, 0);
    assert.equal(first.output, "");

    await using second = await NodeRuntime.start({ folder: first.folder });
    await second.load(graph("linear"));
    const opened = await second.request("open", { threadId: "thread" });
    assert.deepEqual(opened, stop.position);
  });

  it("is opened at the same stop after it was killed there", async () => {
    await using first = await NodeRuntime.start();
    await first.load(graph("nested"));
    await first.breakpoints([{ node: "*" }]);
    await first.run("continue", { input: { depth: 0 } });
    await first.run("continue");
    const stop = await first.run("continue");
    first.child.kill("SIGKILL");
    await first.exited;

    await using second = await NodeRuntime.start({ folder: first.folder });
    await second.load(graph("nested"));
    const opened = await second.request("open", { threadId: "thread" });
    // Nothing runs in the process that only opened it.
    assert.equal(
      opened && outline(opened.root),
      outline(stop.position.root).replaceAll("running", "pending"),
    );
    assert.equal((await second.run("continue")).reason, "end");
  });

  it("says so when a node ends the process, and keeps what had run", async () => {
    await using first = await NodeRuntime.start();
    await first.load(graph("exits"));
    await first.request("run", {
      threadId: "thread",
      input: { text: "" },
      step: { kind: "continue" },
      noDebug: false,
    });
    assert.equal(await first.exited, 3);
    const [message] = first.all("message");
    assert.match(message?.text ?? "", /ended by the program itself \(exit code 3\)/);

    await using second = await NodeRuntime.start({ folder: first.folder });
    await second.load(graph("exits"));
    const opened = await second.request("open", { threadId: "thread" });
    assert.equal(opened && outline(opened.root), "leave pending");
  });
});
