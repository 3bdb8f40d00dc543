// Which breakpoints stop on the way back, decided with a runtime that knows two checkpoints.

import assert from "node:assert/strict";
import { metBefore } from "../../../src/adapter/met-before.ts";
import type { Runtime } from "../../../src/adapter/runtime.ts";
import type { HistoryEntry, NodeBreakpoint, SetBreakpointsParams } from "../../../src/protocol/runtime.ts";

const entry: HistoryEntry = {
  checkpoint: {
    id: "2",
    parentId: "1",
    namespace: "",
    step: 1,
    source: "loop",
    createdAt: "2026-01-01T00:00:00Z",
    next: ["write"],
    metadata: {},
  },
  nodes: ["search"],
  written: ["found", "topic"],
  graph: "",
};

const states: { [checkpointId: string]: { [key: string]: unknown } } = {
  "1": { topic: "bees" },
  "2": { topic: "bees", found: ["a"] },
};
const asked: string[] = [];
const runtime = {
  request: async (method: string, params: { [name: string]: unknown }): Promise<unknown> => {
    if (method === "json") {
      const { root, path } = params as { root: { checkpointId: string }; path: [string] };
      const value = states[root.checkpointId]?.[path[0]];
      if (value === undefined) throw new Error("no value");
      return { json: JSON.stringify(value) };
    }
    const { expression } = params as { expression: string };
    asked.push(expression);
    if (expression.includes("broken")) throw new Error("NameError: broken");
    return { value: expression.includes("yes") ? "True" : "False" };
  },
} as unknown as Pick<Runtime, "request">;

const met = (more: Partial<SetBreakpointsParams>, after = true) =>
  metBefore(
    entry,
    { breakpoints: [], dataBreakpoints: [], exceptions: [], compiled: true, revision: 0, ...more },
    runtime,
    "python",
    after,
  );
const at = (id: number, node: string, more: Partial<NodeBreakpoint> = {}): NodeBreakpoint => ({
  id,
  when: "before",
  graph: "",
  node,
  ...more,
});

describe("a breakpoint on the way back", () => {
  it("stops before the nodes that come next and after those that led there", async () => {
    const all = [at(1, "write"), at(2, "*", { graph: "*" }), at(3, "search", { when: "after" })];
    assert.deepEqual(await met({ breakpoints: all }), { ids: [1, 2, 3], after: false });
    assert.deepEqual(await met({ breakpoints: all }, false), { ids: [1, 2], after: false });
    assert.deepEqual(await met({ breakpoints: all.slice(2) }), { ids: [3], after: true });
    assert.equal(
      await met({ breakpoints: [at(1, "search"), at(2, "write", { graph: "other" })] }),
      undefined,
    );
  });

  it("asks conditions as of then, but neither hit counts nor log points", async () => {
    const breakpoints = [
      at(1, "write", { condition: "yes" }),
      at(2, "write", { condition: "no" }),
      at(3, "write", { hitCondition: "5" }),
      at(4, "write", { logMessage: "passed" }),
    ];
    assert.deepEqual(await met({ breakpoints }), { ids: [1, 3], after: false });
    assert.deepEqual(asked, ["not not (yes)", "not not (no)"]);
  });

  it("stops and says so where a condition can't be decided", async () => {
    const found = await met({ breakpoints: [at(1, "write", { condition: "broken" })] });
    assert.deepEqual(found?.ids, [1]);
    assert.match(found?.text ?? "", /broken can't be decided.*NameError/);
  });

  it("stops where a watched key was changed, not where it was only written", async () => {
    const dataBreakpoints = [
      { id: 1, graph: "", key: "found" },
      { id: 2, graph: "", key: "topic" },
      { id: 3, graph: "", key: "other" },
    ];
    const found = await met({ dataBreakpoints });
    assert.deepEqual([found?.ids, found?.after], [[1], true]);
    assert.match(found?.text ?? "", /found changed to \["a"\], written by search/);
  });
});
