/** Contract of both runtimes: the cursor of a thread moves back, to a task and to other nodes, and goes on from there. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { GraphPosition, HistoryEntry, NodeBreakpoint } from "../../src/protocol/runtime.ts";
import { Driver, innermost, interrupts, refused, shape } from "./driver.ts";
import { fixture, runtimes } from "./runtimes.ts";

const before = (node: string, graph = ""): Omit<NodeBreakpoint, "id"> => ({ when: "before", graph, node });

for (const runtime of runtimes) {
  describe(`${runtime.language}: moving the cursor`, () => {
    let driver: Driver;
    afterEach(() => driver.kill());

    /** Starts a fixture and stops before a node. */
    async function stopBefore(name: string, node: string, graph = "", options = {}): Promise<GraphPosition> {
      driver = await Driver.load(runtime, name, options);
      await driver.breakpoints(before(node, graph));
      const { position } = await driver.run({ input: fixture(name).input });
      await driver.breakpoints();
      return position.root;
    }

    async function runToEnd(name: string, options = {}): Promise<void> {
      driver = await Driver.load(runtime, name, options);
      assert.equal((await driver.run({ input: fixture(name).input })).reason, "end");
    }

    /** How often each node was started since `since` events. */
    function started(since = 0): Record<string, number> {
      const found: Record<string, number> = {};
      for (const event of driver.events.slice(since)) {
        if (event.name === "task" && event.params.event === "start") {
          found[event.params.node] = (found[event.params.node] ?? 0) + 1;
        }
      }
      return found;
    }

    async function history(namespace = "", from?: string): Promise<HistoryEntry[]> {
      const params = { threadId: driver.threadId, namespace, limit: 100 };
      return (await driver.request("history", from === undefined ? params : { ...params, before: from }))
        .entries;
    }

    /** Id of the checkpoint after which `node` comes. */
    async function checkpointBefore(node: string, namespace = "", nth = 0): Promise<string> {
      const found = (await history(namespace))
        .reverse()
        .filter(({ checkpoint }) => checkpoint.next.includes(node));
      const id = found[nth]?.checkpoint.id;
      assert.ok(id, `no checkpoint before ${node}`);
      return id;
    }

    const id = (position: GraphPosition): string => position.checkpoint?.id ?? "";

    describe("in a line of nodes", () => {
      it("goes back from a held node to the one before, and on again as a branch", async () => {
        const held = await stopBefore("linear", "answer");
        const since = driver.events.length;
        const { root } = await driver.back();
        assert.equal(shape(root), "think:pending");
        assert.equal(root.checkpoint?.source, "fork");
        const [old] = (await history("", id(held))).map((entry) => entry.checkpoint);
        assert.equal(root.checkpoint?.metadata.forked_from, old?.id);
        assert.equal(root.checkpoint?.parentId, old?.parentId);
        assert.equal(root.checkpoint?.step, old?.step);
        assert.deepEqual(await driver.state(), { topic: "BEES", count: 1, log: ["start", "fetch"] });
        assert.equal((await driver.run()).reason, "end");
        assert.deepEqual(started(since), { think: 1, answer: 1 });
        assert.deepEqual(await driver.state(), {
          topic: "BEES",
          count: 2,
          done: true,
          log: ["start", "fetch", "think", "answer"],
        });
        const branch = (await history()).map((entry) => entry.checkpoint.id);
        assert.ok(branch.includes(id(root)));
        assert.ok(!branch.includes(id(held)));
        assert.ok(held.checkpoint);
        const kept = { kind: "state", namespace: "", checkpointId: id(held) } as const;
        assert.equal(((await driver.json(kept)) as { count: number }).count, 2);
      });

      it("stands at the node it was moved to: its breakpoint does not stop the run again", async () => {
        await stopBefore("linear", "answer");
        await driver.breakpoints(before("think"), before("answer"));
        await driver.back();
        const stopped = await driver.run();
        assert.equal(shape(stopped.position.root), "answer:pending");
      });

      it("refuses to go back from the start", async () => {
        await stopBefore("linear", "fetch");
        await assert.rejects(driver.back(), refused("atStart"));
        assert.equal((await driver.run()).reason, "end");
      });

      it("goes back from the end, step by step", async () => {
        await runToEnd("linear");
        assert.equal(shape((await driver.back()).root), "answer:pending");
        assert.equal(shape((await driver.back()).root), "think:pending");
        assert.equal(shape((await driver.back()).root), "fetch:pending");
        await assert.rejects(driver.back(), refused("atStart"));
        assert.equal((await driver.run()).reason, "end");
        assert.equal(((await driver.state()) as { count: number }).count, 2);
      });

      it("does not go back into the turn before", async () => {
        await runToEnd("linear");
        await driver.breakpoints(before("fetch"));
        await driver.run({ input: { topic: "ants" } });
        await assert.rejects(driver.back(), refused("atStart"));
      });

      it("stands at the newest checkpoint as it stood, and leaves no copy behind", async () => {
        const held = await stopBefore("linear", "answer");
        const copy = (await driver.back()).root;
        const other = (await driver.back()).root;
        await assert.rejects(
          driver.move({ kind: "checkpoint", namespace: "", checkpointId: id(copy) }),
          refused("unknownCheckpoint"),
        );
        const { root } = await driver.move({ kind: "checkpoint", namespace: "", checkpointId: id(held) });
        assert.equal(id(root), id(held));
        assert.equal(shape(root), "answer:pending");
        await assert.rejects(
          driver.move({ kind: "checkpoint", namespace: "", checkpointId: id(other) }),
          refused("unknownCheckpoint"),
        );
        assert.equal((await driver.run()).reason, "end");
      });

      it("moves to any checkpoint of the thread", async () => {
        await runToEnd("linear");
        const since = driver.events.length;
        const checkpointId = await checkpointBefore("think");
        const { root } = await driver.move({ kind: "checkpoint", namespace: "", checkpointId });
        assert.equal(shape(root), "think:pending");
        assert.equal((await driver.run()).reason, "end");
        assert.deepEqual(started(since), { think: 1, answer: 1 });
      });

      it("moves to the input, before the first node", async () => {
        await runToEnd("linear");
        const checkpointId = (await history()).at(-1)?.checkpoint.id ?? "";
        await driver.move({ kind: "checkpoint", namespace: "", checkpointId });
        await driver.breakpoints(before("fetch"));
        assert.equal(shape((await driver.run()).position.root), "fetch:pending");
        assert.equal((await driver.run()).reason, "end");
      });

      it("refuses what is not there", async () => {
        await stopBefore("linear", "think");
        await assert.rejects(
          driver.move({ kind: "checkpoint", namespace: "", checkpointId: "no such checkpoint" }),
          refused("unknownCheckpoint"),
        );
        await assert.rejects(
          driver.move({ kind: "goto", namespace: "", nodes: ["nowhere"] }),
          refused("unknownNode"),
        );
        driver.threadId = "no such thread";
        await assert.rejects(driver.back(), refused("unknownThread"));
      });

      it("refuses while a node computes", async () => {
        driver = await Driver.load(runtime, "slow");
        await driver.begin({ input: { milliseconds: 300 } });
        await driver.event("task", (task) => task.node === "sleep" && task.event === "start");
        await assert.rejects(driver.back(), refused("running"));
        assert.equal((await driver.event("stopped")).reason, "end");
      });

      it("stands there in another process", async () => {
        const folder = mkdtempSync(join(tmpdir(), "langgraph-move-"));
        const checkpoints = join(folder, "checkpoints.sqlite");
        try {
          await stopBefore("linear", "answer", "", { checkpoints });
          const { root } = await driver.back();
          await driver.kill();
          driver = await Driver.load(runtime, "linear", { checkpoints });
          const opened = await driver.request("open", { threadId: driver.threadId });
          assert.deepEqual(opened?.root, root);
          assert.equal(shape((await driver.back()).root), "fetch:pending");
          const old = { kind: "checkpoint", namespace: "", checkpointId: id(root) } as const;
          await assert.rejects(driver.move(old), refused("unknownCheckpoint"));
          assert.equal((await driver.run()).reason, "end");
          assert.deepEqual(started(), { fetch: 1, think: 1, answer: 1 });
        } finally {
          rmSync(folder, { recursive: true, force: true });
        }
      });

      it("counts the steps of the next run anew", async () => {
        driver = await Driver.load(runtime, "loop", { config: { recursion_limit: 8 } });
        const { input } = fixture("loop_near_limit");
        assert.equal((await driver.run({ input })).reason, "end");
        const checkpointId = await checkpointBefore("work", "", 1);
        await driver.move({ kind: "goto", namespace: "", nodes: ["work"] });
        await driver.move({ kind: "checkpoint", namespace: "", checkpointId });
        assert.equal((await driver.run()).reason, "end");
        await driver.move({ kind: "goto", namespace: "", nodes: ["work"] });
        assert.equal((await driver.run()).reason, "end");
        assert.equal(((await driver.state()) as { count: number }).count, 7);
      });

      it("keeps a channel whose value no checkpoint holds whole", async () => {
        await runToEnd("delta");
        await driver.back();
        assert.equal(shape((await driver.back()).root), "two:pending");
        assert.deepEqual(await driver.state(), { log: ["start", "one"] });
        assert.equal((await driver.run()).reason, "end");
        assert.deepEqual(await driver.state(), { log: ["start", "one", "two", "three"] });
      });
    });

    describe("with tasks side by side", () => {
      it("goes back to before all of them", async () => {
        await stopBefore("fan_out", "join");
        const { root } = await driver.back();
        assert.equal(shape(root), "books:pending papers:pending talks:pending");
        assert.equal((await driver.run()).reason, "end");
        assert.equal(((await driver.state()) as { found: string[] }).found.length, 3);
      });

      it("goes back to before a superstep that has begun", async () => {
        driver = await Driver.load(runtime, "parallel_interrupts");
        const asked = await driver.run({ input: {} });
        assert.match(shape(asked.position.root), /robot:done/);
        const { root } = await driver.back();
        assert.deepEqual(shape(root).split(" ").sort(), ["budget:pending", "legal:pending", "robot:pending"]);
        assert.equal((await driver.run()).reason, "interrupt");
        assert.equal(started().robot, 2);
      });

      it("begins one task anew and keeps what its finished siblings wrote", async () => {
        driver = await Driver.load(runtime, "parallel_interrupts");
        const asked = await driver.run({ input: {} });
        const legal = asked.position.root.tasks.find((task) => task.name === "legal");
        assert.ok(legal);
        const { root } = await driver.move({ kind: "task", namespace: "", taskId: legal.id });
        assert.match(shape(root), /legal:pending/);
        assert.match(shape(root), /robot:done/);
        const again = await driver.run();
        assert.equal(again.reason, "interrupt");
        const answers = Object.fromEntries(
          interrupts(again.position.root).map((each) => [each.id, each.node === "legal" ? "yes" : "no"]),
        );
        assert.equal(Object.keys(answers).length, 2);
        assert.equal((await driver.run({ resume: answers })).reason, "end");
        assert.equal(started().robot, 1);
        assert.equal(
          ((await driver.state()) as { result: string }).result,
          "budget: no, legal: yes, robot: yes",
        );
      });

      it("keeps the answers that a waiting sibling had, and forgets those of the task", async () => {
        driver = await Driver.load(runtime, "two_interrupts");
        const first = interrupts((await driver.run({ input: {} })).position.root)[0];
        assert.ok(first);
        const asked = await driver.run({ resume: { [first.id]: "Ada" } });
        assert.equal(interrupts(asked.position.root)[0]?.index, 1);
        const [task] = asked.position.root.tasks;
        assert.ok(task);
        await driver.move({ kind: "task", namespace: "", taskId: task.id });
        const again = interrupts((await driver.run()).position.root)[0];
        assert.ok(again);
        assert.deepEqual([again.index, again.earlier], [0, []]);
      });

      it("begins one sent task anew", async () => {
        driver = await Driver.load(runtime, "send_interrupts");
        let stopped = await driver.run({ input: { names: ["fig", "pear"] } });
        const [fig] = interrupts(stopped.position.root);
        assert.ok(fig);
        stopped = await driver.run({ resume: { [fig.id]: "yes" } });
        assert.match(shape(stopped.position.root), /^job:done job\(confirm:waiting\)$/);
        const pear = stopped.position.root.tasks[1];
        assert.ok(pear);
        const { root } = await driver.move({ kind: "task", namespace: "", taskId: pear.id });
        assert.equal(shape(root), "job:done job:pending");
        const taskId = root.tasks[1]?.id ?? "";
        assert.deepEqual(await driver.json({ kind: "input", namespace: "", taskId }), { name: "pear" });
        const again = await driver.run();
        const [question] = interrupts(again.position.root);
        assert.ok(question);
        assert.equal((await driver.run({ resume: { [question.id]: "no" } })).reason, "end");
        assert.equal(((await driver.state()) as { text: string }).text, "FIG: yes, PEAR: no");
        assert.equal(started().prepare, 3);
      });
    });

    describe("to other nodes", () => {
      it("goes to the chosen node instead of the pending one", async () => {
        await stopBefore("linear", "think");
        const { root } = await driver.move({ kind: "goto", namespace: "", nodes: ["answer"] });
        assert.equal(shape(root), "answer:pending");
        assert.equal((await driver.run()).reason, "end");
        assert.deepEqual(started(), { fetch: 1, answer: 1 });
      });

      it("goes to a node again after the end, and to several at once", async () => {
        await runToEnd("fan_out");
        const { root } = await driver.move({ kind: "goto", namespace: "", nodes: ["papers", "talks"] });
        assert.equal(shape(root), "papers:pending talks:pending");
        await driver.breakpoints(before("split"));
        await driver.run();
        assert.deepEqual(started(), { split: 1, books: 1, papers: 2, talks: 2, join: 1 });
      });

      it("keeps what finished siblings wrote, and takes out the tasks that are not", async () => {
        driver = await Driver.load(runtime, "send_interrupts");
        const asked = await driver.run({ input: { names: ["fig", "pear", "plum"] } });
        const pear = interrupts(asked.position.root)[1];
        assert.ok(pear);
        const stopped = await driver.run({ resume: { [pear.id]: "yes" } });
        assert.equal(stopped.reason, "interrupt");
        const { root } = await driver.move({ kind: "goto", namespace: "", nodes: ["plan"] });
        assert.equal(shape(root), "job:done plan:pending");
        await driver.breakpoints(before("report"));
        const next = await driver.run();
        assert.match(shape(next.position.root), /report:pending/);
        assert.deepEqual(((await driver.state()) as { done: string[] }).done, ["PEAR: yes"]);
      });

      it("goes to a deferred node", async () => {
        await stopBefore("defer", "short");
        const { root } = await driver.move({ kind: "goto", namespace: "", nodes: ["gather"] });
        assert.equal(shape(root), "gather:pending");
        assert.equal((await driver.run()).reason, "end");
        assert.deepEqual(await driver.state(), { log: ["begin", "gather"] });
      });

      it("goes to another node of a subgraph", async () => {
        driver = await Driver.load(runtime, "subgraph_interrupt");
        const asked = await driver.run({ input: {} });
        const { namespace } = innermost(asked.position.root);
        const { root } = await driver.move({ kind: "goto", namespace, nodes: ["quote"] });
        assert.equal(shape(root), "booking(quote:pending)");
        assert.equal((await driver.run()).reason, "interrupt");
        assert.deepEqual(started(), { begin: 1, booking: 2, quote: 2, confirm: 2 });
      });
    });

    describe("in subgraphs", () => {
      async function ask(): Promise<GraphPosition> {
        driver = await Driver.load(runtime, "subgraph_interrupt");
        const stopped = await driver.run({ input: {} });
        assert.equal(stopped.reason, "interrupt");
        return stopped.position.root;
      }

      it("goes back in it and then out of it", async () => {
        const { namespace } = innermost(await ask());
        let { root } = await driver.back(namespace);
        assert.equal(shape(root), "booking(confirm:pending)");
        assert.deepEqual(interrupts(root), []);
        ({ root } = await driver.back(namespace));
        assert.equal(shape(root), "booking(quote:pending)");
        ({ root } = await driver.back(namespace));
        assert.equal(shape(root), "booking:pending");
        ({ root } = await driver.back());
        assert.equal(shape(root), "begin:pending");
        const asked = await driver.run();
        const [question] = interrupts(asked.position.root);
        assert.ok(question);
        assert.equal((await driver.run({ resume: { [question.id]: true } })).reason, "end");
        assert.deepEqual(started(), { begin: 2, booking: 3, quote: 2, confirm: 3, report: 1 });
        assert.deepEqual(await driver.state(), { price: 180, agreed: true, log: "begun, paid 180" });
      });

      it("runs on from there without an answer, and asks again", async () => {
        const { namespace } = innermost(await ask());
        await driver.back(namespace);
        const since = driver.events.length;
        const again = await driver.run();
        assert.equal(again.reason, "interrupt");
        assert.deepEqual(started(since), { booking: 1, confirm: 1 });
        const [question] = interrupts(again.position.root);
        assert.ok(question);
        assert.equal((await driver.run({ resume: { [question.id]: true } })).reason, "end");
      });

      it("goes back while the subgraph is held", async () => {
        const held = await stopBefore("subgraph_interrupt", "confirm", "booking");
        const { namespace } = innermost(held);
        const { root } = await driver.back(namespace);
        assert.equal(shape(root), "booking(quote:pending)");
        assert.equal((await driver.run()).reason, "interrupt");
        assert.deepEqual(started(), { begin: 1, booking: 2, quote: 2, confirm: 1 });
      });

      it("goes back to before the node that runs it", async () => {
        await ask();
        const { root } = await driver.back();
        assert.equal(shape(root), "booking:pending");
        assert.equal((await driver.run()).reason, "interrupt");
        assert.equal(started().quote, 2);
      });

      it("moves into one that has finished", async () => {
        const { namespace } = innermost(await ask());
        const [question] = interrupts(
          (await driver.request("open", { threadId: driver.threadId }))?.root as GraphPosition,
        );
        assert.ok(question);
        assert.equal((await driver.run({ resume: { [question.id]: true } })).reason, "end");
        const since = driver.events.length;
        const checkpointId = await checkpointBefore("confirm", namespace);
        const { root } = await driver.move({ kind: "checkpoint", namespace, checkpointId });
        assert.equal(shape(root), "booking(confirm:pending)");
        const inside = innermost(root);
        assert.notEqual(inside.namespace, namespace);
        assert.deepEqual(await driver.state(inside.namespace), { price: 180, log: "begun" });
        const steps = (await history(inside.namespace)).flatMap((entry) => entry.nodes);
        assert.deepEqual(steps, ["quote"]);
        const asked = await driver.run();
        assert.equal(asked.reason, "interrupt");
        const [again] = interrupts(asked.position.root);
        assert.ok(again);
        assert.equal((await driver.run({ resume: { [again.id]: false } })).reason, "end");
        assert.deepEqual(started(since), { booking: 2, confirm: 2, report: 1 });
        assert.equal(((await driver.state()) as { agreed: boolean }).agreed, false);
      });

      it("moves on from a copy in one that has finished", async () => {
        const { namespace } = innermost(await ask());
        const [question] = interrupts(
          (await driver.request("open", { threadId: driver.threadId }))?.root as GraphPosition,
        );
        assert.ok(question);
        await driver.run({ resume: { [question.id]: true } });
        const tip = (await driver.request("open", { threadId: driver.threadId }))?.root as GraphPosition;
        const checkpointId = await checkpointBefore("confirm", namespace);
        let { root } = await driver.move({ kind: "checkpoint", namespace, checkpointId });
        ({ root } = await driver.back(innermost(root).namespace));
        assert.equal(shape(root), "booking(quote:pending)");
        ({ root } = await driver.back(innermost(root).namespace));
        assert.equal(shape(root), "booking:pending");
        ({ root } = await driver.move({ kind: "checkpoint", namespace: "", checkpointId: id(tip) }));
        assert.equal(id(root), id(tip));
        assert.deepEqual(root.tasks, []);
      });

      it("moves into graphs three deep that have finished", async () => {
        const held = await stopBefore("nested", "dig", "upper/lower/bottom");
        const { namespace } = innermost(held);
        assert.equal((await driver.run()).reason, "end");
        const final = await driver.state();
        const since = driver.events.length;
        const checkpointId = await checkpointBefore("dig", namespace);
        const { root } = await driver.move({ kind: "checkpoint", namespace, checkpointId });
        assert.equal(shape(root), "upper(lower(bottom(dig:pending)))");
        assert.equal((await driver.run()).reason, "end");
        assert.deepEqual(started(since), { upper: 1, lower: 1, bottom: 1, dig: 1, surface: 1 });
        assert.deepEqual(await driver.state(), final);
      });

      it("keeps what siblings of the graph around wrote", async () => {
        driver = await Driver.load(runtime, "parallel_subgraphs");
        await driver.breakpoints(before("sift", "web"));
        const held = await driver.run({ input: fixture("parallel_subgraphs").input });
        const web = held.position.root.tasks.find((task) => task.name === "web")?.subgraph;
        assert.ok(web);
        await driver.breakpoints();
        const [question] = interrupts((await driver.run()).position.root);
        assert.ok(question);
        assert.equal((await driver.run({ resume: { [question.id]: "yes" } })).reason, "end");
        const final = await driver.state();
        const since = driver.events.length;
        const { namespace } = web;
        const checkpointId = await checkpointBefore("sift", namespace);
        const { root } = await driver.move({ kind: "checkpoint", namespace, checkpointId });
        assert.match(shape(root), /web\(sift:pending\)/);
        assert.match(shape(root), /expert:done/);
        assert.equal((await driver.run()).reason, "end");
        assert.deepEqual(started(since), { web: 1, sift: 1, pick: 1, report: 1 });
        assert.deepEqual(await driver.state(), final);
      });

      it("refuses in a graph that keeps no checkpoints", async () => {
        const held = await stopBefore("subgraph_no_checkpointer", "*", "child");
        const { namespace } = innermost(held);
        assert.notEqual(namespace, "");
        await assert.rejects(driver.back(namespace), refused("unknownCheckpoint"));
        assert.equal((await driver.run()).reason, "end");
        assert.ok(Object.values(started()).every((times) => times === 1));
      });
    });

    describe("with a subgraph that keeps its state", () => {
      const bare = { visit: 3, total: 6 };

      it("sets it back with the graph around it", async () => {
        await runToEnd("subgraph_memory");
        assert.deepEqual(await driver.state(), bare);
        const since = driver.events.length;
        const checkpointId = await checkpointBefore("child", "", 1);
        await driver.move({ kind: "checkpoint", namespace: "", checkpointId });
        assert.equal((await driver.run()).reason, "end");
        assert.deepEqual(started(since), { child: 2, remember: 2, add_up: 2, advance: 1 });
        assert.deepEqual(await driver.state(), bare);
      });

      it("sets it back to before its first visit", async () => {
        await runToEnd("subgraph_memory");
        const checkpointId = await checkpointBefore("advance");
        await driver.move({ kind: "checkpoint", namespace: "", checkpointId });
        assert.equal((await driver.run()).reason, "end");
        assert.deepEqual(await driver.state(), bare);
      });

      it("goes back out of a visit that has begun, and begins it anew", async () => {
        driver = await Driver.load(runtime, "subgraph_memory");
        await driver.breakpoints({ ...before("add_up", "child"), hitCondition: "2" });
        const held = await driver.run({ input: fixture("subgraph_memory").input });
        assert.equal(shape(held.position.root), "child(add_up:pending)");
        const { root } = await driver.back();
        assert.equal(shape(root), "child:pending");
        await driver.breakpoints();
        assert.equal((await driver.run()).reason, "end");
        assert.equal(started().remember, 4);
        assert.deepEqual(await driver.state(), bare);
      });

      it("goes back in a visit", async () => {
        driver = await Driver.load(runtime, "subgraph_memory");
        await driver.breakpoints({ ...before("add_up", "child"), hitCondition: "2" });
        const held = await driver.run({ input: fixture("subgraph_memory").input });
        const { namespace } = innermost(held.position.root);
        const { root } = await driver.back(namespace);
        assert.equal(shape(root), "child(remember:pending)");
        await driver.breakpoints();
        assert.equal((await driver.run()).reason, "end");
        assert.equal(started().remember, 4);
        assert.deepEqual(await driver.state(), bare);
      });

      it("moves into an earlier visit", async () => {
        await runToEnd("subgraph_memory");
        const checkpointId = await checkpointBefore("add_up", "child", 1);
        const { root } = await driver.move({ kind: "checkpoint", namespace: "child", checkpointId });
        assert.equal(shape(root), "child(add_up:pending)");
        const since = driver.events.length;
        assert.equal((await driver.run()).reason, "end");
        assert.deepEqual(started(since), { child: 2, add_up: 2, advance: 1, remember: 1 });
        assert.deepEqual(await driver.state(), bare);
      });

      it("moves back and forth without a trace", async () => {
        await runToEnd("subgraph_memory");
        const tip = (await driver.request("open", { threadId: driver.threadId }))?.root as GraphPosition;
        const first = await checkpointBefore("child", "", 0);
        const second = await checkpointBefore("child", "", 1);
        for (const checkpointId of [first, second, id(tip)]) {
          await driver.move({ kind: "checkpoint", namespace: "", checkpointId });
        }
        await driver.move({ kind: "checkpoint", namespace: "", checkpointId: second });
        assert.equal((await driver.run()).reason, "end");
        assert.deepEqual(await driver.state(), bare);
      });
    });

    describe("at an error", () => {
      it("goes back to before the node that failed, and further", async () => {
        driver = await Driver.load(runtime, "raises");
        assert.equal((await driver.run({ input: { log: [] } })).reason, "exception");
        const { root } = await driver.back();
        assert.equal(shape(root), "divide:pending");
        assert.equal(shape((await driver.back()).root), "begin:pending");
        assert.equal((await driver.run()).reason, "exception");
        assert.deepEqual(started(), { begin: 2, divide: 2 });
      });
    });
  });
}
