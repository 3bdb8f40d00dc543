/** Contract of both runtimes: breakpoints and steps where a graph runs in a graph, and where branches run at once. */
import assert from "node:assert/strict";
import { type Driver, innermost, interrupts, shape } from "./driver.ts";
import { Drivers } from "./drivers.ts";
import { fixture, runtimes } from "./runtimes.ts";

const root = { kind: "over", namespace: "" } as const;
const before = (node: string) => ({ when: "before" as const, graph: "", node });

for (const runtime of runtimes) {
  describe(`${runtime.language}: stops in subgraphs`, () => {
    let driver: Driver;
    const drivers = Drivers.in(runtime);

    describe("in a subgraph", () => {
      beforeEach(async () => {
        driver = await drivers.share("subgraph_interrupt");
      });

      it("steps into, over and out of it", async () => {
        await driver.breakpoints(before("booking"));
        const outside = await driver.run({ input: {} });
        assert.equal(shape(outside.position.root), "booking:pending");
        const inside = await driver.run({}, { kind: "in" });
        assert.equal(inside.reason, "step");
        assert.equal(shape(inside.position.root), "booking(quote:pending)");
        const { namespace, graph } = innermost(inside.position.root);
        assert.equal(graph, "booking");
        const next = await driver.run({}, { kind: "over", namespace });
        assert.equal(shape(next.position.root), "booking(confirm:pending)");
        const asked = await driver.run({}, { kind: "out", namespace });
        assert.equal(asked.reason, "interrupt");
        const [question] = interrupts(asked.position.root);
        assert.ok(question);
        const out = await driver.run({ resume: { [question.id]: true } }, { kind: "out", namespace });
        assert.equal(out.reason, "step");
        assert.equal(shape(out.position.root), "report:pending");
      });

      it("stops at breakpoints by graph, and runs over it otherwise", async () => {
        await driver.breakpoints({ when: "before", graph: "booking", node: "confirm" }, before("begin"));
        const first = await driver.run({ input: {} });
        assert.deepEqual(first.hitBreakpointIds, [2]);
        const stopped = await driver.run({}, root);
        assert.equal(shape(stopped.position.root), "booking:pending");
        const inside = await driver.run({}, root);
        assert.deepEqual(inside.hitBreakpointIds, [1]);
        assert.equal(shape(inside.position.root), "booking(confirm:pending)");
        const { namespace } = innermost(inside.position.root);
        assert.deepEqual(await driver.state(namespace), { price: 180, log: "begun" });
      });

      it("stops after the subgraph's last node", async () => {
        await driver.breakpoints({ when: "after", graph: "booking", node: "confirm" });
        const asked = await driver.run({ input: {} });
        const [question] = interrupts(asked.position.root);
        assert.ok(question);
        const stopped = await driver.run({ resume: { [question.id]: true } });
        assert.equal(stopped.reason, "breakpoint");
        assert.equal(stopped.position.finished?.graph, "booking");
        assert.equal(stopped.position.finished?.tasks[0]?.name, "confirm");
        assert.equal((await driver.run()).reason, "end");
        assert.deepEqual(await driver.state(), { price: 180, agreed: true, log: "begun, paid 180" });
      });
    });

    it("steps through graphs in graphs, every time alike", async () => {
      driver = await drivers.share("nested");
      for (let round = 0; round < 10; round++) {
        driver.threadId = `round-${round}`;
        const seen: string[] = [];
        let stopped = await driver.run({ input: fixture("nested").input }, { kind: "in" });
        for (; stopped.reason !== "end"; stopped = await driver.run({}, { kind: "in" })) {
          seen.push(shape(stopped.position.root));
        }
        assert.deepEqual(seen, [
          "upper:pending",
          "upper(upper_start:pending)",
          "upper(lower:pending)",
          "upper(lower(lower_start:pending))",
          "upper(lower(bottom:pending))",
          "upper(lower(bottom(dig:pending)))",
          "surface:pending",
        ]);
      }
    });

    it("holds one branch while another waits for an answer", async () => {
      driver = await drivers.share("parallel_subgraphs");
      await driver.breakpoints({ when: "before", graph: "web", node: "sift" });
      const stopped = await driver.run({ input: fixture("parallel_subgraphs").input });
      assert.equal(stopped.reason, "breakpoint");
      assert.match(shape(stopped.position.root), /web\(sift:pending\)/);
      assert.match(shape(stopped.position.root), /expert(\(consult)?:waiting/);
      const asked = await driver.run();
      assert.equal(asked.reason, "interrupt");
      const [question] = interrupts(asked.position.root);
      assert.ok(question);
      assert.equal((await driver.run({ resume: { [question.id]: "yes" } })).reason, "end");
    });

    it("steps into the graph of the chosen task", async () => {
      driver = await drivers.share("parallel_subgraphs");
      for (const name of ["web", "expert"]) {
        driver.threadId = name;
        const { position } = await driver.run({ input: fixture("parallel_subgraphs").input }, { kind: "in" });
        assert.equal(shape(position.root), "expert:pending web:pending");
        const task = position.root.tasks.find((each) => each.name === name);
        assert.ok(task);
        const inside = await driver.run({}, { kind: "into", namespace: "", taskId: task.id });
        assert.equal(inside.reason, "step");
        const entered = inside.position.root.tasks.find((each) => each.name === name)?.subgraph;
        assert.ok(entered);
        assert.equal(shape(entered), name === "web" ? "search:pending" : "consult:pending");
      }
    });

    it("steps over a task that runs no graph when it is stepped into", async () => {
      driver = await drivers.share("fan_out");
      await driver.breakpoints(before("papers"));
      const { position } = await driver.run({ input: fixture("fan_out").input });
      const taskId = position.root.tasks[0]?.id ?? "";
      const next = await driver.run({}, { kind: "into", namespace: "", taskId });
      assert.equal(next.reason, "step");
      assert.equal(shape(next.position.root), "join:pending");
    });
  });
}
