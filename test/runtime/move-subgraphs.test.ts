/** Contract of both runtimes: the cursor moves into subgraphs, within them and out of them. */
import assert from "node:assert/strict";
import type { GraphPosition } from "../../src/protocol/runtime.ts";
import { innermost, interrupts, refused, shape } from "./driver.ts";
import { fixture, runtimes } from "./runtimes.ts";
import { before, id, Standing } from "./standing.ts";

for (const runtime of runtimes) {
  describe(`${runtime.language}: moving the cursor in subgraphs`, () => {
    const on = new Standing(runtime);

    describe("in subgraphs", () => {
      async function ask(): Promise<GraphPosition> {
        await on.load("subgraph_interrupt");
        const stopped = await on.driver.run({ input: {} });
        assert.equal(stopped.reason, "interrupt");
        return stopped.position.root;
      }

      it("goes back in it and then out of it", async () => {
        const { namespace } = innermost(await ask());
        let { root } = await on.driver.back(namespace);
        assert.equal(shape(root), "booking(confirm:pending)");
        assert.deepEqual(interrupts(root), []);
        ({ root } = await on.driver.back(namespace));
        assert.equal(shape(root), "booking(quote:pending)");
        ({ root } = await on.driver.back(namespace));
        assert.equal(shape(root), "booking:pending");
        ({ root } = await on.driver.back());
        assert.equal(shape(root), "begin:pending");
        const asked = await on.driver.run();
        const [question] = interrupts(asked.position.root);
        assert.ok(question);
        assert.equal((await on.driver.run({ resume: { [question.id]: true } })).reason, "end");
        assert.deepEqual(on.started(), { begin: 2, booking: 3, quote: 2, confirm: 3, report: 1 });
        assert.deepEqual(await on.driver.state(), { price: 180, agreed: true, log: "begun, paid 180" });
      });

      it("runs on from there without an answer, and asks again", async () => {
        const { namespace } = innermost(await ask());
        await on.driver.back(namespace);
        const since = on.driver.events.length;
        const again = await on.driver.run();
        assert.equal(again.reason, "interrupt");
        assert.deepEqual(on.started(since), { booking: 1, confirm: 1 });
        const [question] = interrupts(again.position.root);
        assert.ok(question);
        assert.equal((await on.driver.run({ resume: { [question.id]: true } })).reason, "end");
      });

      it("goes back while the subgraph is held", async () => {
        const held = await on.stopBefore("subgraph_interrupt", "confirm", "booking");
        const { namespace } = innermost(held);
        const { root } = await on.driver.back(namespace);
        assert.equal(shape(root), "booking(quote:pending)");
        assert.equal((await on.driver.run()).reason, "interrupt");
        assert.deepEqual(on.started(), { begin: 1, booking: 2, quote: 2, confirm: 1 });
      });

      it("goes back to before the node that runs it", async () => {
        await ask();
        const { root } = await on.driver.back();
        assert.equal(shape(root), "booking:pending");
        assert.equal((await on.driver.run()).reason, "interrupt");
        assert.equal(on.started().quote, 2);
      });

      it("moves into one that has finished", async () => {
        const { namespace } = innermost(await ask());
        const [question] = interrupts(
          (await on.driver.request("open", { threadId: on.driver.threadId }))?.root as GraphPosition,
        );
        assert.ok(question);
        assert.equal((await on.driver.run({ resume: { [question.id]: true } })).reason, "end");
        const since = on.driver.events.length;
        const checkpointId = await on.checkpointBefore("confirm", namespace);
        const { root } = await on.driver.move({ kind: "checkpoint", namespace, checkpointId });
        assert.equal(shape(root), "booking(confirm:pending)");
        const inside = innermost(root);
        assert.notEqual(inside.namespace, namespace);
        assert.deepEqual(await on.driver.state(inside.namespace), { price: 180, log: "begun" });
        const steps = (await on.history(inside.namespace)).flatMap((entry) => entry.nodes);
        assert.deepEqual(steps, ["quote"]);
        const asked = await on.driver.run();
        assert.equal(asked.reason, "interrupt");
        const [again] = interrupts(asked.position.root);
        assert.ok(again);
        assert.equal((await on.driver.run({ resume: { [again.id]: false } })).reason, "end");
        assert.deepEqual(on.started(since), { booking: 2, confirm: 2, report: 1 });
        assert.equal(((await on.driver.state()) as { agreed: boolean }).agreed, false);
      });

      it("moves to a named checkpoint that was spared when the others were removed", async () => {
        const { namespace } = innermost(await ask());
        const { driver } = on;
        const { threadId, file } = driver;
        const checkpointId = await on.checkpointBefore("confirm", namespace);
        await driver.back();
        const asked = await driver.run();
        const [question] = interrupts(asked.position.root);
        await driver.run({ resume: { [question?.id ?? ""]: true } });
        await driver.request("annotate", { file, threadId, namespace, checkpointId, name: "here" });
        // Itself, and the one before `booking` that the graph around it stood at.
        const { spared } = await driver.request("prune", {
          file,
          threadIds: [threadId],
          keep: 1,
          dryRun: false,
        });
        assert.equal(spared, 2);
        const left = async (ns: string) => {
          const about = { file, threadId, namespace: ns, limit: 100 };
          return (await driver.request("timeline", about)).entries.map((entry) => entry.name);
        };
        assert.deepEqual([await left(""), await left(namespace)], [[undefined, undefined], ["here"]]);
        assert.deepEqual(await left(innermost(asked.position.root).namespace), []);
        const { root } = await driver.move({ kind: "checkpoint", namespace, checkpointId });
        assert.equal(shape(root), "booking(confirm:pending)");
        const again = await driver.run();
        const [last] = interrupts(again.position.root);
        assert.equal((await driver.run({ resume: { [last?.id ?? ""]: false } })).reason, "end");
        assert.deepEqual(await driver.state(), { price: 180, agreed: false, log: "begun, paid 0" });
      });

      it("moves on from a copy in one that has finished", async () => {
        const { namespace } = innermost(await ask());
        const [question] = interrupts(
          (await on.driver.request("open", { threadId: on.driver.threadId }))?.root as GraphPosition,
        );
        assert.ok(question);
        await on.driver.run({ resume: { [question.id]: true } });
        const tip = (await on.driver.request("open", { threadId: on.driver.threadId }))
          ?.root as GraphPosition;
        const checkpointId = await on.checkpointBefore("confirm", namespace);
        let { root } = await on.driver.move({ kind: "checkpoint", namespace, checkpointId });
        ({ root } = await on.driver.back(innermost(root).namespace));
        assert.equal(shape(root), "booking(quote:pending)");
        ({ root } = await on.driver.back(innermost(root).namespace));
        assert.equal(shape(root), "booking:pending");
        ({ root } = await on.driver.move({ kind: "checkpoint", namespace: "", checkpointId: id(tip) }));
        assert.equal(id(root), id(tip));
        assert.deepEqual(root.tasks, []);
      });

      it("moves into graphs three deep that have finished", async () => {
        const held = await on.stopBefore("nested", "dig", "upper/lower/bottom");
        const { namespace } = innermost(held);
        assert.equal((await on.driver.run()).reason, "end");
        const final = await on.driver.state();
        const since = on.driver.events.length;
        const checkpointId = await on.checkpointBefore("dig", namespace);
        const { root } = await on.driver.move({ kind: "checkpoint", namespace, checkpointId });
        assert.equal(shape(root), "upper(lower(bottom(dig:pending)))");
        assert.equal((await on.driver.run()).reason, "end");
        assert.deepEqual(on.started(since), { upper: 1, lower: 1, bottom: 1, dig: 1, surface: 1 });
        assert.deepEqual(await on.driver.state(), final);
      });

      it("keeps what siblings of the graph around wrote", async () => {
        await on.load("parallel_subgraphs");
        await on.driver.breakpoints(before("sift", "web"));
        const held = await on.driver.run({ input: fixture("parallel_subgraphs").input });
        const web = held.position.root.tasks.find((task) => task.name === "web")?.subgraph;
        assert.ok(web);
        await on.driver.breakpoints();
        const [question] = interrupts((await on.driver.run()).position.root);
        assert.ok(question);
        assert.equal((await on.driver.run({ resume: { [question.id]: "yes" } })).reason, "end");
        const final = await on.driver.state();
        const since = on.driver.events.length;
        const { namespace } = web;
        const checkpointId = await on.checkpointBefore("sift", namespace);
        const { root } = await on.driver.move({ kind: "checkpoint", namespace, checkpointId });
        assert.match(shape(root), /web\(sift:pending\)/);
        assert.match(shape(root), /expert:done/);
        assert.equal((await on.driver.run()).reason, "end");
        assert.deepEqual(on.started(since), { web: 1, sift: 1, pick: 1, report: 1 });
        assert.deepEqual(await on.driver.state(), final);
      });

      it("refuses in a graph that keeps no checkpoints", async () => {
        const held = await on.stopBefore("subgraph_no_checkpointer", "*", "child");
        const { namespace } = innermost(held);
        assert.notEqual(namespace, "");
        await assert.rejects(on.driver.back(namespace), refused("unknownCheckpoint"));
        assert.equal((await on.driver.run()).reason, "end");
        assert.ok(Object.values(on.started()).every((times) => times === 1));
      });
    });

    describe("with a subgraph that keeps its state", () => {
      const bare = { visit: 3, total: 6 };

      it("sets it back with the graph around it", async () => {
        await on.runToEnd("subgraph_memory");
        assert.deepEqual(await on.driver.state(), bare);
        const since = on.driver.events.length;
        const checkpointId = await on.checkpointBefore("child", "", 1);
        await on.driver.move({ kind: "checkpoint", namespace: "", checkpointId });
        assert.equal((await on.driver.run()).reason, "end");
        assert.deepEqual(on.started(since), { child: 2, remember: 2, add_up: 2, advance: 1 });
        assert.deepEqual(await on.driver.state(), bare);
      });

      it("sets it back to before its first visit", async () => {
        await on.runToEnd("subgraph_memory");
        const checkpointId = await on.checkpointBefore("advance");
        await on.driver.move({ kind: "checkpoint", namespace: "", checkpointId });
        assert.equal((await on.driver.run()).reason, "end");
        assert.deepEqual(await on.driver.state(), bare);
      });

      it("goes back out of a visit that has begun, and begins it anew", async () => {
        await on.load("subgraph_memory");
        await on.driver.breakpoints({ ...before("add_up", "child"), hitCondition: "2" });
        const held = await on.driver.run({ input: fixture("subgraph_memory").input });
        assert.equal(shape(held.position.root), "child(add_up:pending)");
        const { root } = await on.driver.back();
        assert.equal(shape(root), "child:pending");
        await on.driver.breakpoints();
        assert.equal((await on.driver.run()).reason, "end");
        assert.equal(on.started().remember, 4);
        assert.deepEqual(await on.driver.state(), bare);
      });

      it("goes back in a visit", async () => {
        await on.load("subgraph_memory");
        await on.driver.breakpoints({ ...before("add_up", "child"), hitCondition: "2" });
        const held = await on.driver.run({ input: fixture("subgraph_memory").input });
        const { namespace } = innermost(held.position.root);
        const { root } = await on.driver.back(namespace);
        assert.equal(shape(root), "child(remember:pending)");
        await on.driver.breakpoints();
        assert.equal((await on.driver.run()).reason, "end");
        assert.equal(on.started().remember, 4);
        assert.deepEqual(await on.driver.state(), bare);
      });

      it("moves into an earlier visit", async () => {
        await on.runToEnd("subgraph_memory");
        const checkpointId = await on.checkpointBefore("add_up", "child", 1);
        const { root } = await on.driver.move({ kind: "checkpoint", namespace: "child", checkpointId });
        assert.equal(shape(root), "child(add_up:pending)");
        const since = on.driver.events.length;
        assert.equal((await on.driver.run()).reason, "end");
        assert.deepEqual(on.started(since), { child: 2, add_up: 2, advance: 1, remember: 1 });
        assert.deepEqual(await on.driver.state(), bare);
      });

      it("moves back and forth without a trace", async () => {
        await on.runToEnd("subgraph_memory");
        const tip = (await on.driver.request("open", { threadId: on.driver.threadId }))
          ?.root as GraphPosition;
        const first = await on.checkpointBefore("child", "", 0);
        const second = await on.checkpointBefore("child", "", 1);
        for (const checkpointId of [first, second, id(tip)]) {
          await on.driver.move({ kind: "checkpoint", namespace: "", checkpointId });
        }
        await on.driver.move({ kind: "checkpoint", namespace: "", checkpointId: second });
        assert.equal((await on.driver.run()).reason, "end");
        assert.deepEqual(await on.driver.state(), bare);
      });
    });
  });
}
