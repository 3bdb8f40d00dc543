// What a stop is called, and which threads it has.

import assert from "node:assert/strict";
import { describe as describeStop, ThreadNumbers, threadsOf } from "../../../src/adapter/stop.ts";
import type { GraphPosition, InterruptInfo, Position, TaskPosition } from "../../../src/protocol/runtime.ts";

const task = (id: string, name: string, more: Partial<TaskPosition> = {}): TaskPosition => ({
  id,
  name,
  status: "pending",
  hasInput: false,
  interrupts: [],
  ...more,
});
const graph = (id: string, namespace: string, tasks: TaskPosition[]): GraphPosition => ({
  graph: id,
  namespace,
  stateKeys: [],
  tasks,
});
const at = (tasks: TaskPosition[], more: Partial<Position> = {}): Position => ({
  threadId: "t",
  root: graph("", "", tasks),
  ...more,
});
const threads = (position: Position | undefined, numbers = new ThreadNumbers()) =>
  threadsOf(position, "app", numbers);

describe("a stop", () => {
  it("has a thread for each task, named by the way to it, numbered where names repeat", () => {
    const inner = (id: string) => graph("job", `job:${id}`, [task(`look-${id}`, "look")]);
    const position = at([
      task("a", "job", { subgraph: inner("a") }),
      task("b", "job", { subgraph: inner("b") }),
      task("c", "write"),
    ]);
    assert.deepEqual(
      threads(position).map(({ id, name, kind }) => [id, name, kind]),
      [
        [1, "job:look", "before"],
        [2, "job:look #2", "before"],
        [3, "write", "before"],
      ],
    );
    assert.equal(describeStop("step", threads(position), []), "Before nodes job:look, write");
  });

  it("keeps a task's number while it lives, and gives freed ones to new tasks", () => {
    const numbers = new ThreadNumbers();
    assert.deepEqual(
      threads(at([task("a", "a"), task("b", "b")]), numbers).map(({ id }) => id),
      [1, 2],
    );
    assert.deepEqual(
      threads(at([task("c", "c"), task("b", "b")]), numbers).map(({ id }) => id),
      [1, 2],
    );
    assert.deepEqual(
      threads(at([task("d", "d")]), numbers).map(({ id }) => id),
      [1],
    );
  });

  it("is after the nodes that have finished, and at the end when nothing comes", () => {
    const finished = { namespace: "", graph: "", tasks: [{ id: "x", name: "draft" }] };
    const after = threads(at([task("n", "review")], { finished }));
    assert.deepEqual(
      after.map(({ name, kind }) => [name, kind]),
      [["draft", "after"]],
    );
    assert.equal(describeStop("breakpoint", after, []), "After node draft");
    assert.deepEqual(
      threads(at([])).map(({ name, kind }) => [name, kind]),
      [["app", "end"]],
    );
    assert.deepEqual(
      threads(undefined).map(({ name, kind }) => [name, kind]),
      [["app", "input"]],
    );
  });

  it("tells what still runs, what failed and what is asked", () => {
    const running = threads(at([task("a", "fast"), task("b", "slow", { status: "running" })]));
    assert.equal(describeStop("breakpoint", running, []), "Before node fast (slow still running)");
    const failed = threads(at([task("a", "divide", { status: "failed" })]));
    assert.equal(describeStop("exception", failed, []), "Error in node divide");
    const asks = { value: { question: "Approve?\nReally?" } } as unknown as InterruptInfo;
    const waiting = threads(at([task("a", "review", { status: "waiting" })]));
    assert.equal(describeStop("interrupt", waiting, [asks]), "Waiting for input: Approve?");
    assert.equal(
      describeStop("interrupt", waiting, [asks, asks]),
      "Waiting for input: Approve? (and 1 more)",
    );
  });
});
