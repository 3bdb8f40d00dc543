/** Contract of both runtimes: the cursor of a thread moves back, to a task and to other nodes, and goes on from there. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Gate } from "../fixtures/gate.ts";
import { innermost, interrupts, refused, shape } from "./driver.ts";
import { fixture, runtimes } from "./runtimes.ts";
import { before, id, Standing } from "./standing.ts";

for (const runtime of runtimes) {
  describe(`${runtime.language}: moving the cursor`, () => {
    const on = new Standing(runtime);

    describe("in a line of nodes", () => {
      it("goes back from a held node to the one before, and on again as a branch", async () => {
        const held = await on.stopBefore("linear", "answer");
        const since = on.driver.events.length;
        const { root } = await on.driver.back();
        assert.equal(shape(root), "think:pending");
        assert.equal(root.checkpoint?.source, "fork");
        const [old] = (await on.history("", id(held))).map((entry) => entry.checkpoint);
        assert.equal(root.checkpoint?.metadata.forked_from, old?.id);
        assert.equal(root.checkpoint?.parentId, old?.parentId);
        assert.equal(root.checkpoint?.step, old?.step);
        assert.deepEqual(await on.driver.state(), { topic: "BEES", count: 1, log: ["start", "fetch"] });
        assert.equal((await on.driver.run()).reason, "end");
        assert.deepEqual(on.started(since), { think: 1, answer: 1 });
        assert.deepEqual(await on.driver.state(), {
          topic: "BEES",
          count: 2,
          done: true,
          log: ["start", "fetch", "think", "answer"],
        });
        const branch = (await on.history()).map((entry) => entry.checkpoint.id);
        assert.ok(branch.includes(id(root)));
        assert.ok(!branch.includes(id(held)));
        assert.ok(held.checkpoint);
        const kept = { kind: "state", namespace: "", checkpointId: id(held) } as const;
        assert.equal(((await on.driver.json(kept)) as { count: number }).count, 2);
      });

      it("stands at the node it was moved to: its breakpoint does not stop the run again", async () => {
        await on.stopBefore("linear", "answer");
        await on.driver.breakpoints(before("think"), before("answer"));
        await on.driver.back();
        const stopped = await on.driver.run();
        assert.equal(shape(stopped.position.root), "answer:pending");
      });

      it("refuses to go back from the start", async () => {
        await on.stopBefore("linear", "fetch");
        await assert.rejects(on.driver.back(), refused("atStart"));
        assert.equal((await on.driver.run()).reason, "end");
      });

      it("goes back from the end, step by step", async () => {
        await on.runToEnd("linear");
        assert.equal(shape((await on.driver.back()).root), "answer:pending");
        assert.equal(shape((await on.driver.back()).root), "think:pending");
        assert.equal(shape((await on.driver.back()).root), "fetch:pending");
        await assert.rejects(on.driver.back(), refused("atStart"));
        assert.equal((await on.driver.run()).reason, "end");
        assert.equal(((await on.driver.state()) as { count: number }).count, 2);
      });

      it("does not go back into the turn before", async () => {
        await on.runToEnd("linear");
        await on.driver.breakpoints(before("fetch"));
        await on.driver.run({ input: { topic: "ants" } });
        await assert.rejects(on.driver.back(), refused("atStart"));
      });

      it("leaves a copy behind that has a name", async () => {
        const held = await on.stopBefore("linear", "answer");
        const { file, threadId } = on.driver;
        const copy = id((await on.driver.back()).root);
        const named = { file, threadId, namespace: "", checkpointId: copy, name: "here" };
        await on.driver.request("annotate", named);
        await on.driver.move({ kind: "checkpoint", namespace: "", checkpointId: id(held) });
        const { root } = await on.driver.move({ kind: "checkpoint", namespace: "", checkpointId: copy });
        assert.equal(shape(root), "think:pending");
      });

      it("stands at the newest checkpoint as it stood, and leaves no copy behind", async () => {
        const held = await on.stopBefore("linear", "answer");
        const copy = (await on.driver.back()).root;
        const other = (await on.driver.back()).root;
        await assert.rejects(
          on.driver.move({ kind: "checkpoint", namespace: "", checkpointId: id(copy) }),
          refused("unknownCheckpoint"),
        );
        const { root } = await on.driver.move({ kind: "checkpoint", namespace: "", checkpointId: id(held) });
        assert.equal(id(root), id(held));
        assert.equal(shape(root), "answer:pending");
        await assert.rejects(
          on.driver.move({ kind: "checkpoint", namespace: "", checkpointId: id(other) }),
          refused("unknownCheckpoint"),
        );
        assert.equal((await on.driver.run()).reason, "end");
      });

      it("moves to any checkpoint of the thread", async () => {
        await on.runToEnd("linear");
        const since = on.driver.events.length;
        const checkpointId = await on.checkpointBefore("think");
        const { root } = await on.driver.move({ kind: "checkpoint", namespace: "", checkpointId });
        assert.equal(shape(root), "think:pending");
        assert.equal((await on.driver.run()).reason, "end");
        assert.deepEqual(on.started(since), { think: 1, answer: 1 });
      });

      it("moves to the input, before the first node", async () => {
        await on.runToEnd("linear");
        const checkpointId = (await on.history()).at(-1)?.checkpoint.id ?? "";
        await on.driver.move({ kind: "checkpoint", namespace: "", checkpointId });
        await on.driver.breakpoints(before("fetch"));
        assert.equal(shape((await on.driver.run()).position.root), "fetch:pending");
        assert.equal((await on.driver.run()).reason, "end");
      });

      it("refuses what is not there", async () => {
        await on.stopBefore("linear", "think");
        await assert.rejects(
          on.driver.move({ kind: "checkpoint", namespace: "", checkpointId: "no such checkpoint" }),
          refused("unknownCheckpoint"),
        );
        await assert.rejects(
          on.driver.move({ kind: "goto", namespace: "", nodes: ["nowhere"] }),
          refused("unknownNode"),
        );
        on.driver.threadId = "no such thread";
        await assert.rejects(on.driver.back(), refused("unknownThread"));
      });

      it("refuses while a node computes", async () => {
        await using gate = await Gate.shut();
        await on.load("divisions");
        await on.driver.begin({ input: { near: 0, far: 4, gate: gate.port } });
        await on.driver.event("task", (task) => task.node === "share" && task.event === "start");
        await assert.rejects(on.driver.back(), refused("running"));
        gate.open();
        assert.equal((await on.driver.event("stopped")).reason, "exception");
      });

      it("stands there in another process", async () => {
        const folder = mkdtempSync(join(tmpdir(), "langgraph-move-"));
        const checkpoints = join(folder, "checkpoints.sqlite");
        try {
          await on.stopBefore("linear", "answer", "", { checkpoints });
          const { root } = await on.driver.back();
          await on.driver.kill();
          await on.load("linear", { checkpoints });
          const opened = await on.driver.request("open", { threadId: on.driver.threadId });
          assert.deepEqual(opened?.root, root);
          assert.equal(shape((await on.driver.back()).root), "fetch:pending");
          const old = { kind: "checkpoint", namespace: "", checkpointId: id(root) } as const;
          await assert.rejects(on.driver.move(old), refused("unknownCheckpoint"));
          assert.equal((await on.driver.run()).reason, "end");
          assert.deepEqual(on.started(), { fetch: 1, think: 1, answer: 1 });
        } finally {
          rmSync(folder, { recursive: true, force: true });
        }
      });

      it("counts the steps of the next run anew", async () => {
        await on.load("loop", { config: { recursion_limit: 8 } });
        const { input } = fixture("loop_near_limit");
        assert.equal((await on.driver.run({ input })).reason, "end");
        const checkpointId = await on.checkpointBefore("work", "", 1);
        await on.driver.move({ kind: "goto", namespace: "", nodes: ["work"] });
        await on.driver.move({ kind: "checkpoint", namespace: "", checkpointId });
        assert.equal((await on.driver.run()).reason, "end");
        await on.driver.move({ kind: "goto", namespace: "", nodes: ["work"] });
        assert.equal((await on.driver.run()).reason, "end");
        assert.equal(((await on.driver.state()) as { count: number }).count, 7);
      });

      it("keeps a channel whose value no checkpoint holds whole", async () => {
        await on.runToEnd("delta");
        await on.driver.back();
        assert.equal(shape((await on.driver.back()).root), "two:pending");
        assert.deepEqual(await on.driver.state(), { log: ["start", "one"] });
        assert.equal((await on.driver.run()).reason, "end");
        assert.deepEqual(await on.driver.state(), { log: ["start", "one", "two", "three"] });
      });
    });

    describe("with tasks side by side", () => {
      it("goes back to before all of them", async () => {
        await on.stopBefore("fan_out", "join");
        const { root } = await on.driver.back();
        assert.equal(shape(root), "books:pending papers:pending talks:pending");
        assert.equal((await on.driver.run()).reason, "end");
        assert.equal(((await on.driver.state()) as { found: string[] }).found.length, 3);
      });

      it("goes back to before a superstep that has begun", async () => {
        await on.load("parallel_interrupts");
        const asked = await on.driver.run({ input: {} });
        assert.match(shape(asked.position.root), /robot:done/);
        const { root } = await on.driver.back();
        assert.deepEqual(shape(root).split(" ").sort(), ["budget:pending", "legal:pending", "robot:pending"]);
        assert.equal((await on.driver.run()).reason, "interrupt");
        assert.equal(on.started().robot, 2);
      });

      it("begins one task anew and keeps what its finished siblings wrote", async () => {
        await on.load("parallel_interrupts");
        const asked = await on.driver.run({ input: {} });
        const legal = asked.position.root.tasks.find((task) => task.name === "legal");
        assert.ok(legal);
        const { root } = await on.driver.move({ kind: "task", namespace: "", taskId: legal.id });
        assert.match(shape(root), /legal:pending/);
        assert.match(shape(root), /robot:done/);
        const again = await on.driver.run();
        assert.equal(again.reason, "interrupt");
        const answers = Object.fromEntries(
          interrupts(again.position.root).map((each) => [each.id, each.node === "legal" ? "yes" : "no"]),
        );
        assert.equal(Object.keys(answers).length, 2);
        assert.equal((await on.driver.run({ resume: answers })).reason, "end");
        assert.equal(on.started().robot, 1);
        assert.equal(
          ((await on.driver.state()) as { result: string }).result,
          "budget: no, legal: yes, robot: yes",
        );
      });

      it("keeps the answers that a waiting sibling had, and forgets those of the task", async () => {
        await on.load("two_interrupts");
        const first = interrupts((await on.driver.run({ input: {} })).position.root)[0];
        assert.ok(first);
        const asked = await on.driver.run({ resume: { [first.id]: "Ada" } });
        assert.equal(interrupts(asked.position.root)[0]?.index, 1);
        const [task] = asked.position.root.tasks;
        assert.ok(task);
        await on.driver.move({ kind: "task", namespace: "", taskId: task.id });
        const again = interrupts((await on.driver.run()).position.root)[0];
        assert.ok(again);
        assert.deepEqual([again.index, again.earlier], [0, []]);
      });

      it("begins one sent task anew", async () => {
        await on.load("send_interrupts");
        let stopped = await on.driver.run({ input: { names: ["fig", "pear"] } });
        const [fig] = interrupts(stopped.position.root);
        assert.ok(fig);
        stopped = await on.driver.run({ resume: { [fig.id]: "yes" } });
        assert.match(shape(stopped.position.root), /^job:done job\(confirm:waiting\)$/);
        const pear = stopped.position.root.tasks[1];
        assert.ok(pear);
        const { root } = await on.driver.move({ kind: "task", namespace: "", taskId: pear.id });
        assert.equal(shape(root), "job:done job:pending");
        const taskId = root.tasks[1]?.id ?? "";
        assert.deepEqual(await on.driver.json({ kind: "input", namespace: "", taskId }), { name: "pear" });
        const again = await on.driver.run();
        const [question] = interrupts(again.position.root);
        assert.ok(question);
        assert.equal((await on.driver.run({ resume: { [question.id]: "no" } })).reason, "end");
        assert.equal(((await on.driver.state()) as { text: string }).text, "FIG: yes, PEAR: no");
        assert.equal(on.started().prepare, 3);
      });
    });

    describe("to other nodes", () => {
      it("goes to the chosen node instead of the pending one", async () => {
        await on.stopBefore("linear", "think");
        const { root } = await on.driver.move({ kind: "goto", namespace: "", nodes: ["answer"] });
        assert.equal(shape(root), "answer:pending");
        assert.equal((await on.driver.run()).reason, "end");
        assert.deepEqual(on.started(), { fetch: 1, answer: 1 });
      });

      it("goes to a node again after the end, and to several at once", async () => {
        await on.runToEnd("fan_out");
        const { root } = await on.driver.move({ kind: "goto", namespace: "", nodes: ["papers", "talks"] });
        assert.equal(shape(root), "papers:pending talks:pending");
        await on.driver.breakpoints(before("split"));
        await on.driver.run();
        assert.deepEqual(on.started(), { split: 1, books: 1, papers: 2, talks: 2, join: 1 });
      });

      it("keeps what finished siblings wrote, and takes out the tasks that are not", async () => {
        await on.load("send_interrupts");
        const asked = await on.driver.run({ input: { names: ["fig", "pear", "plum"] } });
        const pear = interrupts(asked.position.root)[1];
        assert.ok(pear);
        const stopped = await on.driver.run({ resume: { [pear.id]: "yes" } });
        assert.equal(stopped.reason, "interrupt");
        const { root } = await on.driver.move({ kind: "goto", namespace: "", nodes: ["plan"] });
        assert.equal(shape(root), "job:done plan:pending");
        await on.driver.breakpoints(before("report"));
        const next = await on.driver.run();
        assert.match(shape(next.position.root), /report:pending/);
        assert.deepEqual(((await on.driver.state()) as { done: string[] }).done, ["PEAR: yes"]);
      });

      it("goes to a deferred node", async () => {
        await on.stopBefore("defer", "short");
        const { root } = await on.driver.move({ kind: "goto", namespace: "", nodes: ["gather"] });
        assert.equal(shape(root), "gather:pending");
        assert.equal((await on.driver.run()).reason, "end");
        assert.deepEqual(await on.driver.state(), { log: ["begin", "gather"] });
      });

      it("goes to another node of a subgraph", async () => {
        await on.load("subgraph_interrupt");
        const asked = await on.driver.run({ input: {} });
        const { namespace } = innermost(asked.position.root);
        const { root } = await on.driver.move({ kind: "goto", namespace, nodes: ["quote"] });
        assert.equal(shape(root), "booking(quote:pending)");
        assert.equal((await on.driver.run()).reason, "interrupt");
        assert.deepEqual(on.started(), { begin: 1, booking: 2, quote: 2, confirm: 2 });
      });
    });

    describe("at an error", () => {
      it("goes back to before the node that failed, and further", async () => {
        await on.load("raises");
        assert.equal((await on.driver.run({ input: { log: [] } })).reason, "exception");
        const { root } = await on.driver.back();
        assert.equal(shape(root), "divide:pending");
        assert.equal(shape((await on.driver.back()).root), "begin:pending");
        assert.equal((await on.driver.run()).reason, "exception");
        assert.deepEqual(on.started(), { begin: 2, divide: 2 });
      });
    });
  });
}
