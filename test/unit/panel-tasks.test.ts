// What the panel knows of each node, from the adapter's events and stops.
import assert from "node:assert/strict";
import { Tasks } from "../../src/extension/panel/tasks.ts";
import type { TaskBody } from "../../src/protocol/dap.ts";

describe("the panel's tasks", () => {
  let tasks: Tasks;
  beforeEach(() => {
    tasks = new Tasks();
  });

  function happens(event: TaskBody["event"], id: string, more: Partial<TaskBody> = {}): void {
    tasks.apply({ event, id, node: "work", graph: "", namespace: "", step: 1, ...more });
  }
  function state(node = "work"): string | undefined {
    return tasks.list().find((task) => task.node === node)?.state;
  }

  it("run until the last of several tasks of a node has ended", () => {
    happens("start", "a");
    happens("start", "b");
    happens("end", "a", { duration: 10 });
    assert.equal(state(), "running");
    happens("end", "b", { duration: 20 });
    assert.deepEqual(tasks.list(), [
      { graph: "", node: "work", state: "done", runs: 2, step: 1, duration: 20 },
    ]);
  });

  it("fail with what was raised, and run on before a retry", () => {
    happens("start", "a");
    happens("retry", "a");
    assert.equal(state(), "running");
    happens("error", "a", { error: { type: "ValueError", message: "no" } });
    assert.equal(state(), "failed");
    assert.equal(tasks.list()[0]?.message, "ValueError: no");
  });

  it("are told apart by their graph", () => {
    happens("start", "a");
    happens("cached", "b", { graph: "research" });
    assert.deepEqual(
      tasks.list().map((task) => [task.graph, task.state]),
      [
        ["", "running"],
        ["research", "cached"],
      ],
    );
  });

  it("stand where the run stands, and nowhere else", () => {
    happens("start", "a");
    happens("end", "a", { duration: 5 });
    const at = { graph: "", namespace: "", step: 2 };
    tasks.stand([{ ...at, node: "review", status: "pending" }]);
    assert.deepEqual([state(), state("review")], ["done", "pending"]);
    // Back at the first step: what never ran is no more, what ran comes next.
    tasks.stand([{ ...at, node: "work", status: "pending", step: 1 }]);
    assert.deepEqual([state(), state("review")], ["pending", undefined]);
  });

  it("tell all nodes from which the run came to a node, in loops too", () => {
    const ran = (node: string, step: number, namespace = ""): void => {
      for (const event of ["start", "end"] as const)
        happens(event, `${node} ${step}`, { node, step, namespace });
    };
    ran("plan", 1);
    ran("left", 2);
    ran("right", 2);
    // A graph in it, at a step of its own.
    ran("inner", 7, "left:1");
    ran("work", 3);
    ran("work", 4);
    tasks.stand([{ graph: "", namespace: "", node: "review", status: "pending", step: 5 }]);
    const after = Object.fromEntries(tasks.list().map((task) => [task.node, task.after]));
    assert.deepEqual(after, {
      plan: undefined,
      left: ["plan"],
      right: ["plan"],
      inner: undefined,
      work: ["left", "right", "work"],
      review: ["work"],
    });
  });

  it("know nothing of how the run came to where it was moved", () => {
    happens("start", "a", { node: "plan", step: 1 });
    happens("start", "b", { step: 2 });
    tasks.stand([{ graph: "", namespace: "", node: "review", status: "pending", step: 9 }]);
    assert.equal(tasks.list().find(({ node }) => node === "review")?.after, undefined);
  });

  it("show of several tasks of one node the one that needs the user most", () => {
    const at = { graph: "", namespace: "", node: "work" };
    tasks.stand([
      { ...at, status: "waiting" },
      { ...at, status: "done" },
      { ...at, status: "pending" },
    ]);
    assert.equal(state(), "waiting");
    tasks.goOn();
    assert.equal(state(), "pending");
  });
});
