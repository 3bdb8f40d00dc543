/** Contract of both runtimes: state, inputs, writes, history, expressions and JSON. */
import assert from "node:assert/strict";
import { type Driver, interrupts, refused } from "./driver.ts";
import { Drivers } from "./drivers.ts";
import { runtimes } from "./runtimes.ts";

for (const runtime of runtimes) {
  describe(`${runtime.language}: values`, () => {
    let driver: Driver;
    const drivers = Drivers.in(runtime);
    const state = { kind: "state", namespace: "" } as const;
    const before = (node: string) => ({ when: "before" as const, graph: "", node });

    describe("of a line of nodes", () => {
      const input = { topic: "bees", log: ["start"] };
      beforeEach(async () => {
        driver = await drivers.share("linear");
        await driver.breakpoints(before("think"));
        await driver.run({ input });
      });

      it("shows the state's keys in the order of the schema, typed", async () => {
        const values = await driver.values(state);
        assert.deepEqual(
          values.map(({ name, indexed, named, evaluateName }) => [name, indexed, named, evaluateName]),
          [
            ["topic", 0, 0, "topic"],
            ["count", 0, 0, "count"],
            ["log", 2, 0, "log"],
          ],
        );
        const [topic, count] = values;
        assert.match(topic?.value ?? "", /^['"]BEES['"]$/);
        assert.equal(count?.value, "1");
        assert.match(topic?.type ?? "", /^str(ing)?$/);
      });

      it("pages the children of a value, which evaluate to themselves", async () => {
        const log = (await driver.values(state)).find((value) => value.name === "log");
        assert.ok(log);
        const [second, ...rest] = await driver.values(state, [log.key], { start: 1, count: 1 });
        assert.deepEqual(rest, []);
        assert.ok(second);
        assert.match(second.value, /fetch/);
        assert.equal(await driver.evaluate(second.evaluateName ?? ""), second.value);
      });

      it("evaluates in the graph's language, with children to read", async () => {
        const result = await driver.request("evaluate", { expression: runtime.say.doubled, namespace: "" });
        assert.equal(result.indexed, 4);
        const children = await driver.values(result.root);
        assert.match(children[3]?.value ?? "", /fetch/);
        assert.match(await driver.evaluate("node", { node: "think" }), /think/);
        assert.equal(await driver.evaluate("step", { node: "think" }), "2");
        assert.equal((await driver.request("evaluate", { expression: "state", namespace: "" })).named, 3);
      });

      it("evaluates with the names of the node's module", async () => {
        assert.match(await driver.evaluate("ran", { node: "think" }), /ran/);
      });

      it("says what is wrong with an expression", async () => {
        await assert.rejects(driver.evaluate("nowhere + 1"), /nowhere/);
        await assert.rejects(driver.evaluate("nowhere + 1"), refused("evaluation"));
        await assert.rejects(driver.evaluate("1 +"), refused("evaluation"));
      });

      it("forgets results of expressions when the run goes on", async () => {
        const { root } = await driver.request("evaluate", { expression: runtime.say.doubled, namespace: "" });
        await driver.run();
        await assert.rejects(driver.values(root), refused("staleValue"));
      });

      it("gives the whole state as JSON", async () => {
        const { json } = await driver.request("json", { root: state, path: [] });
        assert.equal(
          json,
          JSON.stringify({ topic: "BEES", count: 1, log: ["start", "fetch"] }, undefined, 2),
        );
      });

      it("tells the steps of the thread, newest first, each with its state and writes", async () => {
        await driver.run();
        const { entries, more } = await driver.request("history", {
          threadId: driver.threadId,
          namespace: "",
          limit: 3,
        });
        assert.equal(more, true);
        assert.deepEqual(
          entries.map(({ nodes, checkpoint }) => [nodes, checkpoint.step, checkpoint.next]),
          [
            [["answer"], 3, []],
            [["think"], 2, ["answer"]],
            [["fetch"], 1, ["think"]],
          ],
        );
        const fetched = entries[2]?.checkpoint;
        assert.ok(fetched);
        const at = { namespace: "", checkpointId: fetched.id };
        assert.deepEqual(await driver.json({ kind: "state", ...at }), {
          topic: "BEES",
          count: 1,
          log: ["start", "fetch"],
        });
        const writes = await driver.values({ kind: "writes", ...at });
        assert.deepEqual(
          writes.map((value) => value.name),
          ["fetch"],
        );
        assert.deepEqual(await driver.json({ kind: "writes", ...at }, [writes[0]?.key ?? ""]), {
          topic: "BEES",
          count: 1,
          log: ["fetch"],
        });
        const rest = await driver.request("history", {
          threadId: driver.threadId,
          namespace: "",
          before: fetched.id,
          limit: 10,
        });
        assert.equal(rest.more, false);
        assert.equal(rest.entries.at(-1)?.checkpoint.source, "input");
      });

      it("shows the config with the thread", async () => {
        const values = await driver.values({ kind: "config" });
        assert.ok(values.some((value) => value.name === "configurable" && value.named > 0));
      });
    });

    it("keeps type names and children of odd values", async () => {
      driver = await drivers.own("odd_values");
      await driver.run({ input: { name: "odd" } });
      const values = new Map((await driver.values(state)).map((value) => [value.name, value]));
      assert.match(values.get("when")?.value ?? "", /2026/);
      assert.equal(values.get("huge")?.value.replace(/n$/, ""), "1180591620717411303424");
      assert.match(values.get("missing")?.value ?? "", /nan/i);
      assert.equal(values.get("unique")?.indexed, 2);
      assert.equal(values.get("unique")?.type.toLowerCase(), "set");
      assert.equal((values.get("table")?.named ?? 0) + (values.get("table")?.indexed ?? 0), 2);
    });

    it("shows messages as what was said", async () => {
      driver = await drivers.own("two_tools");
      const asked = await driver.run({ input: { messages: [{ role: "user", content: "book" }] } });
      assert.equal(asked.reason, "interrupt");
      const shown = (await driver.values(state, ["messages"])).map((value) => value.value);
      assert.match(shown[0] ?? "", /^human: "book"$/);
      assert.match(shown[1] ?? "", /^ai: "" \(2 tool calls/);
    });

    it("keeps values that can't be stored, and marks them", async () => {
      driver = await drivers.own("live_values");
      await driver.run({ input: { size: 21 } });
      const values = await driver.values(state);
      assert.equal(values.find((value) => value.name === "function")?.unserialisable, true);
      assert.equal(values.find((value) => value.name === "size")?.unserialisable ?? false, false);
    });

    it("reads the value of an interrupt", async () => {
      driver = await drivers.own("subgraph_interrupt");
      const { position } = await driver.run({ input: {} });
      const [question] = interrupts(position.root);
      assert.ok(question);
      assert.deepEqual([question.node, question.graph, question.index], ["confirm", "booking", 0]);
      assert.deepEqual(question.value, { question: "Pay?", price: 180 });
      assert.deepEqual(await driver.json({ kind: "interrupt", id: question.id, index: 0 }), question.value);
    });

    it("shows the first page of a large state at once", async () => {
      driver = await drivers.own("large");
      await driver.run({ input: { count: 1000 } });
      const [first] = (await driver.values(state)).filter((value) => value.indexed >= 1000);
      assert.ok(first);
      const page = await driver.values(state, [first.key], { start: 900, count: 100 });
      assert.equal(page.length, 100);
      assert.ok(page.every((value) => value.value.length < 500));
    });
  });
}
