/** Contract of both runtimes: the state is edited in place where a thread stands, and the run goes on with it. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EditResult, GraphPosition } from "../../src/protocol/runtime.ts";
import { Gate } from "../fixtures/gate.ts";
import { innermost, interrupts, refused, shape } from "./driver.ts";
import { fixture, runtimes } from "./runtimes.ts";
import { before, Standing } from "./standing.ts";

for (const runtime of runtimes) {
  describe(`${runtime.language}: editing the state`, () => {
    const on = new Standing(runtime);

    /** Edits the value that is found by the names of its keys, as a tree shows them. */
    async function edit(
      names: string[],
      expression: string,
      namespace = "",
      node?: string,
    ): Promise<EditResult> {
      const path: string[] = [];
      for (const name of names) {
        const children = await on.driver.values({ kind: "state", namespace }, path);
        // An item of a list is called `[0]` in Python, `0` in JavaScript.
        path.push(children.find((each) => each.name === name || `[${each.name}]` === name)?.key ?? name);
      }
      const params = { threadId: on.driver.threadId, namespace, path, expression };
      return on.driver.request("edit", node === undefined ? params : { ...params, node });
    }

    it("changes a value in place: the same checkpoint, the same tasks", async () => {
      const held = await on.stopBefore("linear", "think");
      const { value, position } = await edit(["count"], "41");
      assert.deepEqual([value.name, value.value, value.evaluateName], ["count", "41", "count"]);
      assert.equal(position.root.checkpoint?.id, held.checkpoint?.id);
      assert.deepEqual(
        position.root.tasks.map((task) => task.id),
        held.tasks.map((task) => task.id),
      );
      assert.equal(((await on.driver.state()) as { count: number }).count, 41);
      assert.equal(await on.driver.evaluate("count"), "41");
      assert.equal((await on.driver.run()).reason, "end");
      assert.equal(((await on.driver.state()) as { count: number }).count, 42);
      const starts = on.driver.all("task").filter((task) => task.event === "start");
      assert.deepEqual(
        starts.map((task) => task.node),
        ["fetch", "think", "answer"],
      );
    });

    it("takes JSON, and expressions over the state", async () => {
      await on.stopBefore("linear", "think");
      await edit(["log"], '["from", "JSON", "\\u00e9"]');
      assert.deepEqual(((await on.driver.state()) as { log: unknown }).log, ["from", "JSON", "é"]);
      const { value } = await edit(["count"], "count + 1");
      assert.equal(value.value, "2");
      await edit(["topic"], '""');
      assert.equal(((await on.driver.state()) as { topic: string }).topic, "");
    });

    it("changes an item of a list", async () => {
      await on.stopBefore("linear", "think");
      const { value } = await edit(["log", "[0]"], '"changed"');
      assert.match(value.name, /^\[?0\]?$/);
      assert.match(value.value, /changed/);
      assert.deepEqual(((await on.driver.state()) as { log: string[] }).log, ["changed", "fetch"]);
      assert.equal((await on.driver.run()).reason, "end");
      assert.deepEqual(((await on.driver.state()) as { log: string[] }).log, [
        "changed",
        "fetch",
        "think",
        "answer",
      ]);
    });

    it("changes a field of a message", async () => {
      await on.stopBefore("messages", "correct");
      await edit(["messages", "[1]", "content"], '"Something else"');
      const [, reply] = await on.driver.values({ kind: "state", namespace: "" }, ["messages"]);
      assert.match(reply?.value ?? "", /ai: .*Something else/);
      assert.equal((await on.driver.run()).reason, "end");
    });

    it("keeps the objects that JSON for a whole value tells of: messages stay messages", async () => {
      await on.stopBefore("messages", "correct");
      type Told = { [field: string]: unknown };
      const shown = async () =>
        (await on.driver.values({ kind: "state", namespace: "" }, ["messages"])).map(
          ({ type, value }) => `${type} ${value}`,
        );
      const told = async () =>
        (await on.driver.json({ kind: "state", namespace: "" }, ["messages"])) as Told[];
      const [asked, answered] = await told();
      const more = { type: "human", content: "And then?", id: "more" };
      await edit(["messages"], JSON.stringify([more, { ...answered, content: "Other" }, asked]));
      assert.deepEqual(await shown(), [
        'HumanMessage human: "And then?"',
        'AIMessage ai: "Other"',
        'HumanMessage human: "hello"',
      ]);
      const before = await told();
      assert.deepEqual(before.slice(1), [{ ...answered, content: "Other" }, asked]);
      await edit(["messages", "[1]"], JSON.stringify({ ...before[1], type: "human" }));
      assert.equal((await shown())[1], 'HumanMessage human: "Other"');
      await edit(["messages", "[1]"], JSON.stringify(before[1]));
      await edit(["messages", "[1]"], JSON.stringify({ ...before[1], content: "Last" }));
      await edit(["messages"], JSON.stringify((await told()).slice(1)));
      assert.deepEqual(await shown(), ['AIMessage ai: "Last"', 'HumanMessage human: "hello"']);
      // What has no counterpart is what it says.
      await edit(["messages", "[0]"], '{"content": "plain"}');
      assert.match((await shown())[0] ?? "", /^(dict|Object) /);
    });

    it("sets a key that nothing was written to", async () => {
      await on.stopBefore("linear", "fetch");
      await edit(["done"], "true");
      assert.equal(((await on.driver.state()) as { done: boolean }).done, true);
      assert.equal((await on.driver.run()).reason, "end");
    });

    it("keeps the old checkpoint's value out of the way in another process", async () => {
      const folder = mkdtempSync(join(tmpdir(), "langgraph-edit-"));
      const checkpoints = join(folder, "checkpoints.sqlite");
      try {
        await on.stopBefore("linear", "think", "", { checkpoints });
        await edit(["count"], "6");
        await on.driver.kill();
        await on.load("linear", { checkpoints });
        const opened = await on.driver.request("open", { threadId: on.driver.threadId });
        assert.ok(opened);
        assert.equal(shape(opened.root), "think:pending");
        assert.equal((await on.driver.run()).reason, "end");
        assert.equal(((await on.driver.state()) as { count: number }).count, 7);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });

    it("refuses what the state's schema does not take, and the run stays as it is", async () => {
      await on.stopBefore("typed_state", "birthday");
      await assert.rejects(edit(["customer", "age"], "-3"), refused("invalidEdit"));
      await assert.rejects(edit(["status"], '"unheard of"'), (error: Error) => {
        assert.match(error.message, /status/);
        return refused("invalidEdit")(error);
      });
      assert.deepEqual((await on.driver.state()) as unknown, {
        customer: { name: "Ada", age: 36 },
        status: "greeted",
        tags: ["age 36"],
      });
      const { value } = await edit(["customer", "age"], "99");
      assert.equal(value.value, "99");
      assert.equal((await on.driver.run()).reason, "end");
      assert.equal(((await on.driver.state()) as { customer: { age: number } }).customer.age, 100);
    });

    it("refuses what can't be stored, what raises, and what is not there", async () => {
      await on.stopBefore("linear", "think");
      const unstorable = runtime.language === "python" ? "lambda: 1" : "() => 1";
      await assert.rejects(edit(["count"], unstorable), refused("invalidEdit"));
      await assert.rejects(edit(["count"], runtime.say.raises), refused("evaluation"));
      await assert.rejects(edit(["count"], "1 +"), refused("evaluation"));
      await assert.rejects(edit(["nothing"], "1"), refused("invalidEdit"));
      await assert.rejects(edit([], "1"), refused("invalidEdit"));
      on.driver.threadId = "no such thread";
      await assert.rejects(
        on.driver.request("edit", {
          threadId: on.driver.threadId,
          namespace: "",
          path: ["count"],
          expression: "1",
        }),
        refused("unknownThread"),
      );
    });

    it("refuses a key whose value no checkpoint holds whole", async () => {
      await on.stopBefore("delta", "two");
      await assert.rejects(edit(["log"], "[]"), refused("invalidEdit"));
      assert.equal((await on.driver.run()).reason, "end");
    });

    it("refuses while a node computes", async () => {
      await using gate = await Gate.shut();
      await on.load("divisions");
      await on.driver.begin({ input: { near: 0, far: 4, gate: gate.port } });
      await on.driver.event("task", (task) => task.node === "share" && task.event === "start");
      const params = { threadId: on.driver.threadId, namespace: "", path: ["near"], expression: "1" };
      await assert.rejects(on.driver.request("edit", params), refused("running"));
      gate.open();
      assert.equal((await on.driver.event("stopped")).reason, "exception");
    });

    it("keeps questions and what finished siblings wrote", async () => {
      await on.load("parallel_interrupts");
      const asked = interrupts((await on.driver.run({ input: {} })).position.root);
      const { position } = await edit(["votes"], '["early: yes"]');
      assert.deepEqual(interrupts(position.root), asked);
      assert.match(shape(position.root), /robot:done/);
      const answers = Object.fromEntries(asked.map((each) => [each.id, "no"]));
      assert.equal((await on.driver.run({ resume: answers })).reason, "end");
      assert.deepEqual(((await on.driver.state()) as { votes: string[] }).votes, [
        "early: yes",
        "budget: no",
        "legal: no",
        "robot: yes",
      ]);
      const robots = on.driver.all("task").filter((task) => task.node === "robot" && task.event === "start");
      assert.equal(robots.length, 1);
    });

    it("edits inside a subgraph that is held", async () => {
      const held = await on.stopBefore("subgraph_interrupt", "confirm", "booking");
      const { namespace } = innermost(held);
      const { position } = await edit(["price"], "price * 2", namespace, "confirm");
      assert.equal(shape(position.root), "booking(confirm:pending)");
      const [question] = interrupts((await on.driver.run()).position.root);
      assert.ok(question);
      assert.equal((await on.driver.run({ resume: { [question.id]: true } })).reason, "end");
      assert.deepEqual(await on.driver.state(), { price: 360, agreed: true, log: "begun, paid 360" });
      const quotes = on.driver.all("task").filter((task) => task.node === "quote" && task.event === "start");
      assert.equal(quotes.length, 1);
    });

    it("edits around a subgraph that is held", async () => {
      const held = await on.stopBefore("subgraph_interrupt", "confirm", "booking");
      await edit(["log"], '"edited"');
      assert.deepEqual(await on.driver.state(innermost(held).namespace), { price: 180, log: "begun" });
      assert.deepEqual(await on.driver.state(), { log: "edited" });
      assert.equal((await on.driver.run()).reason, "interrupt");
    });

    it("refuses in a graph that keeps no checkpoints", async () => {
      const held = await on.stopBefore("subgraph_no_checkpointer", "*", "child");
      const { namespace, stateKeys } = innermost(held);
      await assert.rejects(edit([stateKeys[0] ?? ""], "1", namespace), refused("invalidEdit"));
    });

    it("counts the recursion limit on", async () => {
      await on.load("loop", { config: { recursion_limit: 7 } });
      await on.driver.breakpoints({ ...before("work"), hitCondition: "3" });
      await on.driver.run({ input: { count: 0, limit: 6 } });
      await edit(["log"], "[]");
      assert.equal((await on.driver.run()).reason, "exception");
      assert.equal(((await on.driver.state()) as { count: number }).count, 6);
      on.driver.threadId = "shorter";
      await on.driver.run({ input: { count: 0, limit: 6 } });
      await edit(["count"], "3");
      assert.equal((await on.driver.run()).reason, "end");
      assert.equal(((await on.driver.state()) as { count: number }).count, 6);
    });

    it("edits the state at the end, for the next turn", async () => {
      await on.load("linear");
      await on.driver.run({ input: fixture("linear").input });
      await edit(["count"], "10");
      assert.equal(((await on.driver.state()) as { count: number }).count, 10);
      await on.driver.breakpoints(before("fetch"));
      await on.driver.run({ input: { topic: "ants" } });
      assert.equal(((await on.driver.state()) as { count: number }).count, 10);
    });

    it("keeps an edit on a copy that the cursor is moved away from", async () => {
      const held = await on.stopBefore("linear", "answer");
      const { root } = await on.driver.back();
      await edit(["count"], "8");
      const there = { kind: "checkpoint", namespace: "", checkpointId: held.checkpoint?.id ?? "" } as const;
      await on.driver.move(there);
      const again = { ...there, checkpointId: root.checkpoint?.id ?? "" };
      assert.equal(shape((await on.driver.move(again)).root), "think:pending");
      assert.equal(((await on.driver.state()) as { count: number }).count, 8);
      assert.equal((await on.driver.run()).reason, "end");
      assert.equal(((await on.driver.state()) as { count: number }).count, 9);
    });

    describe("and going on after an error", () => {
      /** The branch with the zero fails once the `siblings` have ended. */
      async function fail(
        input: { near: number; far: number },
        siblings: readonly string[],
      ): Promise<GraphPosition> {
        await using gate = await Gate.shut();
        await on.load("divisions");
        await on.driver.begin({ input: { ...input, gate: gate.port } });
        const missing = new Set(siblings);
        await on.driver.event("task", ({ event, node }) => {
          if (event === "end") missing.delete(node);
          return missing.size === 0;
        });
        gate.open();
        const stopped = await on.driver.event("stopped");
        assert.equal(stopped.reason, "exception");
        return stopped.position.root;
      }

      const results = ["12 / 4 = 3", "fine", "12 / 3 = 4", "joined"];

      it("runs the node that failed again, and none of its finished siblings", async () => {
        const failed = await fail({ near: 0, far: 4 }, ["fine", "child"]);
        assert.deepEqual(shape(failed).split(" ").sort(), ["child:done", "fine:done", "share:failed"]);
        const { position } = await edit(["near"], "3");
        assert.match(shape(position.root), /share:failed/);
        await on.driver.breakpoints(before("*"), before("*", "child"));
        const next = await on.driver.run();
        assert.equal(shape(next.position.root), "join:pending");
        assert.equal((await on.driver.run()).reason, "end");
        assert.deepEqual(on.started(), { fine: 1, share: 2, child: 1, weigh: 1, split: 1, join: 1 });
        assert.deepEqual(((await on.driver.state()) as { results: string[] }).results, results);
      });

      it("runs a node of a subgraph again, and nothing that has finished in it or around it", async () => {
        const failed = await fail({ near: 3, far: 0 }, ["fine", "share"]);
        assert.match(shape(failed), /child\(split:failed\)/);
        assert.match(shape(failed), /share:done/);
        const { namespace } = innermost(failed);
        await edit(["far"], "4", namespace);
        await on.driver.breakpoints(before("*"), before("*", "child"));
        const next = await on.driver.run();
        assert.equal(shape(next.position.root), "join:pending");
        assert.equal((await on.driver.run()).reason, "end");
        assert.deepEqual(on.started(), { fine: 1, share: 1, child: 2, weigh: 1, split: 2, join: 1 });
        assert.deepEqual(((await on.driver.state()) as { results: string[] }).results, results);
      });
    });
  });
}
