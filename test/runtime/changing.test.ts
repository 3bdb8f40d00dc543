/** Contract of both runtimes: any checkpoint is looked at and compared, and the state changed from where a thread stands. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type {
  CheckpointRef,
  EditResult,
  GraphPosition,
  Json,
  TimelineEntry,
} from "../../src/protocol/runtime.ts";
import { Gate } from "../fixtures/gate.ts";
import { innermost, interrupts, refused, shape } from "./driver.ts";
import { fixture, runtimes } from "./runtimes.ts";
import { id, Standing } from "./standing.ts";

for (const runtime of runtimes) {
  describe(`${runtime.language}: looking back, and changing the state`, () => {
    const on = new Standing(runtime);
    let folder: string;
    let checkpoints: string;
    let files = 0;
    before(() => {
      folder = mkdtempSync(join(tmpdir(), "langgraph-changing-"));
    });
    beforeEach(() => {
      files += 1;
      checkpoints = join(folder, `${files}.sqlite`);
    });
    after(() => rmSync(folder, { recursive: true, force: true }));

    const at = (checkpointId: string, namespace = "", threadId = on.driver.threadId): CheckpointRef => ({
      threadId,
      namespace,
      checkpointId,
    });
    const changed = async (from: string, to: CheckpointRef): Promise<string[]> => {
      const { keys } = await on.driver.request("changedKeys", { from: at(from), to });
      return keys.map(({ key, change }) => `${key} ${change}`);
    };
    const edit = (key: string, expression: string, mode: "set" | "reduce" = "set"): Promise<EditResult> => {
      const { threadId } = on.driver;
      return on.driver.request("edit", { threadId, namespace: "", path: [key], expression, mode });
    };
    const update = (values: { [key: string]: Json } | null, asNode?: string, namespace = "") => {
      const { threadId } = on.driver;
      const params = { threadId, namespace, values };
      return on.driver.request("update", asNode === undefined ? params : { ...params, asNode });
    };
    const undo = () => on.driver.request("undoEdit", { threadId: on.driver.threadId, namespace: "" });
    const timeline = async (): Promise<TimelineEntry[]> => {
      const params = { file: checkpoints, threadId: on.driver.threadId, namespace: "", limit: 100 };
      return (await on.driver.request("timeline", params)).entries;
    };
    /** As `shape`, in the order of the names. */
    const sorted = (position: GraphPosition): string => shape(position).split(" ").sort().join(" ");
    const state = async (): Promise<Record<string, Json>> =>
      (await on.driver.state()) as Record<string, Json>;

    it("tells of any checkpoint what came next, what was asked and answered, and what the run was given", async () => {
      await on.load("parallel_interrupts", { checkpoints });
      const { position } = await on.driver.run({ input: { votes: ["early: yes"] } });
      const asking = id(position.root);
      const found = await on.driver.request("look", at(asking));
      assert.equal(sorted(found), "budget:waiting legal:waiting robot:done");
      assert.deepEqual(interrupts(found), interrupts(position.root));
      assert.deepEqual(found.stateKeys, ["votes", "result"]);
      const answers = Object.fromEntries(interrupts(found).map((each) => [each.id, `${each.node} says yes`]));
      await on.driver.run({ resume: answers });

      const later = await on.driver.request("look", at(asking));
      assert.equal(sorted(later), "budget:done legal:done robot:done");
      assert.deepEqual(
        Object.fromEntries(later.tasks.map(({ name, answers: given }) => [name, given ?? []])),
        {
          budget: ["budget says yes"],
          legal: ["legal says yes"],
          robot: [],
        },
      );
      const entries = await timeline();
      const begin = entries.at(-1);
      assert.deepEqual((await on.driver.request("look", at(begin?.id ?? ""))).input, {
        votes: ["early: yes"],
      });
      assert.equal((await on.driver.request("look", at(entries[0]?.id ?? ""))).input, undefined);
      await assert.rejects(on.driver.request("look", at("")), refused("unknownCheckpoint"));
      await assert.rejects(on.driver.request("look", at(asking, "", "nobody")), refused("unknownCheckpoint"));
    });

    it("reads the past while a node computes", async () => {
      await using gate = await Gate.shut();
      await on.load("divisions", { checkpoints });
      await on.driver.begin({ input: { near: 0, far: 4, gate: gate.port } });
      await on.driver.event("task", ({ node, event }) => node === "share" && event === "start");
      const [newest, input] = await timeline();
      assert.ok(newest && input);
      const found = await on.driver.request("look", at(newest.id));
      assert.ok(found.tasks.some(({ name, status }) => name === "share" && status === "pending"));
      assert.deepEqual(await changed(input.id, at(newest.id)), ["near added", "far added", "gate added"]);
      assert.equal(await on.driver.json({ kind: "state", ...at(newest.id) }, ["far"]), 4);
      gate.open();
      assert.equal((await on.driver.event("stopped")).reason, "exception");
    });

    it("tells which keys differ between two checkpoints, also of two threads, and reads both", async () => {
      await on.load("linear", { checkpoints });
      on.driver.threadId = "first";
      await on.driver.run({ input: fixture("linear").input });
      const [last, thought, fetched] = await timeline();
      on.driver.threadId = "second";
      await on.driver.run({ input: { topic: "ants", log: ["start"] } });
      const [end] = await timeline();
      on.driver.threadId = "first";
      assert.ok(last && thought && fetched && end);
      assert.deepEqual(await changed(last.id, at(last.id)), []);
      assert.deepEqual(await changed(fetched.id, at(thought.id)), ["count changed", "log changed"]);
      assert.deepEqual(await changed(thought.id, at(last.id)), ["done added", "log changed"]);
      assert.deepEqual(await changed(last.id, at(fetched.id)), [
        "count changed",
        "done removed",
        "log changed",
      ]);
      assert.deepEqual(await changed(last.id, at(end.id, "", "second")), ["topic changed"]);
      await assert.rejects(changed("no such id", at(last.id)), refused("unknownCheckpoint"));

      const other = { namespace: "", checkpointId: end.id, threadId: "second" } as const;
      assert.equal(await on.driver.json({ kind: "state", ...other }, ["topic"]), "ANTS");
      const [topic] = await on.driver.values({ kind: "state", ...other });
      assert.match(topic?.value ?? "", /ANTS/);
      const writes = await on.driver.json({ kind: "writes", ...other, checkpointId: end.id });
      assert.deepEqual(writes, { answer: { done: true, log: ["answer"] } });
    });

    it("compares what a delta channel held", async () => {
      await on.load("delta", { checkpoints });
      await on.driver.run({ input: fixture("delta").input });
      const [last, before] = await timeline();
      assert.deepEqual(await changed(before?.id ?? "", at(last?.id ?? "")), ["log changed"]);
    });

    it("updates as a node: its edges decide what comes next, what was pending is discarded", async () => {
      const held = await on.stopBefore("branching", "odd", "", { checkpoints });
      const { root } = await update({ number: 8, log: ["by hand"] }, "start");
      assert.equal(shape(root), "even:pending");
      assert.notEqual(id(root), id(held));
      assert.equal(root.checkpoint?.parentId, id(held));
      assert.deepEqual(await state(), { number: 8, log: ["start", "by hand"] });
      const [entry] = await timeline();
      assert.equal(entry?.source, "update");
      assert.deepEqual(entry?.written.toSorted(), ["log", "number"]);
      assert.deepEqual(
        entry?.tasks.map(({ node, to }) => [node, ...to]),
        [["start", "even"]],
      );
      assert.deepEqual(await on.driver.json({ kind: "writes", namespace: "", checkpointId: id(root) }), {
        start: { number: 8, log: ["by hand"] },
      });
      const [step] = await on.history();
      assert.deepEqual([step?.nodes, step?.written], [["start"], ["number", "log"]]);
      await assert.rejects(update({ number: 1 }, "nowhere"), refused("invalidEdit"));
      assert.equal((await on.driver.run()).reason, "end");
      assert.deepEqual(await state(), { number: 4, log: ["start", "by hand", "even", "finish"] });
      assert.deepEqual(on.started(), { start: 1, even: 1, finish: 1 });
      // LangGraph knows who wrote last.
      await update({ number: 5 });
      assert.equal((await state()).number, 5);
    });

    it("changes the state after a superstep whose tasks came from the cache", async () => {
      await on.load("cached", { checkpoints });
      await on.driver.breakpoints({ when: "before", graph: "", node: "count", hitCondition: "2" });
      await on.driver.run({ input: fixture("cached").input });
      await on.driver.breakpoints();
      await edit("square", "5");
      assert.equal((await state()).square, 5);
      assert.equal((await on.driver.run()).reason, "end");
      assert.equal((await state()).rounds, 3);
    });

    it("updates in a subgraph that is held, and the graph around it goes on", async () => {
      const held = await on.stopBefore("subgraph_interrupt", "confirm", "booking", { checkpoints });
      const { namespace } = innermost(held);
      const { root } = await update({ price: 7 }, "quote", namespace);
      assert.equal(shape(root), "booking(confirm:pending)");
      const [question] = interrupts((await on.driver.run()).position.root);
      assert.equal((await on.driver.run({ resume: { [question?.id ?? ""]: true } })).reason, "end");
      assert.deepEqual(await state(), { price: 7, agreed: true, log: "begun, paid 7" });
    });

    it("adds through the reducer, and says of what it can't", async () => {
      const held = await on.stopBefore("linear", "think");
      const { value, position } = await edit("log", '["by hand"]', "reduce");
      assert.equal(id(position.root), id(held));
      assert.equal(value.indexed, 3);
      await edit("log", runtime.say.doubled, "set");
      await edit("count", "7", "reduce");
      assert.deepEqual((await state()).log, ["start", "fetch", "by hand", "start", "fetch", "by hand"]);
      assert.equal((await state()).count, 7);
      const deep = { threadId: on.driver.threadId, namespace: "", path: ["log", "0"], expression: '"x"' };
      await assert.rejects(on.driver.request("edit", { ...deep, mode: "reduce" }), refused("invalidEdit"));
      await assert.rejects(edit("log", "null", "reduce"), refused("invalidEdit"));
      assert.equal((await on.driver.run()).reason, "end");
      assert.equal((await state()).count, 8);
    });

    it("takes edits back one by one, also in another process", async () => {
      const held = await on.stopBefore("linear", "think", "", { checkpoints });
      const { threadId } = on.driver;
      await on.driver.request("cancel", {});
      const before = await state();
      await edit("count", "41");
      await edit("log", '["more"]', "reduce");
      assert.equal((await timeline()).find((entry) => entry.id === id(held))?.edits, 2);
      await on.driver.kill();

      await on.load("linear", { checkpoints });
      on.driver.threadId = threadId;
      const first = await undo();
      assert.equal(first.left, 1);
      assert.equal(shape(first.position.root), "think:pending");
      assert.deepEqual(await state(), { ...before, count: 41 });
      const second = await undo();
      assert.deepEqual([second.left, id(second.position.root)], [0, id(held)]);
      assert.deepEqual(await state(), before);
      await assert.rejects(undo(), refused("atStart"));
      assert.equal((await timeline()).find((entry) => entry.id === id(held))?.edits, 0);
      assert.equal((await on.driver.run()).reason, "end");
      assert.equal((await state()).count, 2);
    });
  });
}
