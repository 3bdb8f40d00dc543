/** Contract of both runtimes: what the checkpoint file tells of a thread's past, and how that is asked and changed. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TimelineEntry, TimelineResult } from "../../src/protocol/runtime.ts";
import { type Driver, refused } from "./driver.ts";
import { runtimes } from "./runtimes.ts";
import { id, Standing } from "./standing.ts";

for (const runtime of runtimes) {
  describe(`${runtime.language}: timeline`, () => {
    const standing = new Standing(runtime);
    let folder: string;
    let files = 0;
    let file: string;
    before(() => {
      folder = mkdtempSync(join(tmpdir(), "langgraph-timeline-"));
    });
    after(() => rmSync(folder, { recursive: true, force: true }));

    /** A file of its own, for a fixture in a process of its own. */
    const own = () => {
      files += 1;
      file = join(folder, `${files}.sqlite`);
      return { checkpoints: file };
    };
    const driver = (): Driver => standing.driver;
    const place = (namespace = "") => ({ file, threadId: driver().threadId, namespace });
    const page = (more: { before?: string; limit?: number } = {}, namespace = ""): Promise<TimelineResult> =>
      driver().request("timeline", { ...place(namespace), limit: 100, ...more });
    const timeline = async (namespace = ""): Promise<TimelineEntry[]> => (await page({}, namespace)).entries;
    const nodes = (entry: TimelineEntry): string => entry.tasks.map(({ node }) => node).join(" ");
    /** The step that a node has made. */
    async function madeBy(node: string, namespace = ""): Promise<TimelineEntry> {
      const found = (await timeline(namespace)).find((entry) => nodes(entry).split(" ").includes(node));
      assert.ok(found, `no step of ${node}`);
      return found;
    }

    it("tells each step: its tasks, what they wrote and led to, what routers returned, and how long it took", async () => {
      await standing.runToEnd("branching", own());
      const { entries, more, total, live } = await page();
      assert.deepEqual([more, total, live], [false, 5, entries[0]?.id]);
      assert.deepEqual(
        entries.map(({ step, source, written, tasks }) => [
          step,
          source,
          written.join(),
          tasks.map(({ node, to }) => `${node}>${to}`).join(),
        ]),
        [
          [3, "loop", "log", "finish>"],
          [2, "loop", "number,log", "odd>finish"],
          [1, "loop", "log", "start>odd"],
          [0, "loop", "number", ""],
          [-1, "input", "", ""],
        ],
      );
      assert.deepEqual(
        entries.map(({ parentId }) => parentId),
        [...entries.slice(1).map((entry) => entry.id), undefined],
      );
      const [, , started, input] = entries;
      assert.deepEqual(started?.tasks[0]?.routers, [{ name: "route", returned: "odd" }]);
      for (const { milliseconds, debuggerMilliseconds, tasks, createdAt } of entries.slice(0, 3)) {
        assert.ok(milliseconds !== undefined && debuggerMilliseconds !== undefined);
        assert.ok(debuggerMilliseconds > 0 && debuggerMilliseconds <= milliseconds);
        const [task] = tasks;
        assert.ok(task?.milliseconds !== undefined && task.milliseconds <= milliseconds);
        assert.ok(Math.abs(Date.parse(createdAt) - Date.now()) < 600_000);
      }
      assert.deepEqual(input?.tasks, []);

      const first = await page({ limit: 2 });
      assert.deepEqual([first.more, first.total, first.entries], [true, 5, entries.slice(0, 2)]);
      const rest = await page({ limit: 3, before: first.entries[1]?.id ?? "" });
      assert.deepEqual([rest.more, rest.entries], [false, entries.slice(2)]);
      assert.deepEqual((await page({}, "nowhere")).entries, []);
    });

    it("tells of tasks that were sent, and of graphs inside of tasks", async () => {
      await standing.runToEnd("send", own());
      const sent = await madeBy("measure");
      assert.equal(nodes(sent), "measure measure measure");
      assert.equal(new Set(sent.tasks.map((task) => task.id)).size, 3);
      assert.deepEqual((await madeBy("plan")).tasks[0]?.to, ["measure"]);

      await standing.runToEnd("nested", own());
      let namespace = "";
      const path: string[] = [];
      for (;;) {
        const inner = (await timeline(namespace)).flatMap(({ tasks }) => tasks).find((task) => task.subgraph);
        if (inner?.subgraph === undefined) break;
        path.push(inner.node);
        namespace = inner.subgraph.namespace;
        assert.equal((await page({}, namespace)).total, inner.subgraph.checkpoints);
      }
      assert.equal(path.length, 3);
      assert.equal(nodes(await madeBy("dig", namespace)), "dig");

      // A task that was taken from the cache is one of its superstep, without a time.
      await standing.runToEnd("cached", own());
      const powers = (await timeline()).filter((entry) => nodes(entry) === "power");
      assert.deepEqual(
        powers.map(({ written, tasks: [task] }) => [written.join(), task?.to.join()]),
        [
          ["square", "count"],
          ["square", "count"],
          ["square", "count"],
        ],
      );
      assert.deepEqual(
        powers.map(({ tasks: [task] }) => task?.milliseconds === undefined),
        [true, true, false],
      );

      // One namespace for all visits: those of each are counted.
      await standing.runToEnd("subgraph_memory", own());
      const visits = (await timeline()).flatMap(({ tasks }) => tasks).filter((task) => task.subgraph);
      const counts = visits.map((task) => task.subgraph?.checkpoints ?? 0);
      assert.equal(counts.length, 3);
      const kept = visits[0]?.subgraph?.namespace ?? "";
      assert.equal(
        (await page({}, kept)).total,
        counts.reduce((sum, count) => sum + count, 0),
      );
    });

    it("marks where it waits, has waited and has failed, and tells nothing of what did not run", async () => {
      await standing.load("parallel_interrupts", own());
      const { position } = await driver().run({ input: {} });
      const [newest] = await timeline();
      assert.equal(newest?.mark, "waiting");
      const answers = Object.fromEntries(
        position.root.tasks.flatMap(({ interrupts }) => interrupts.map((each) => [each.id, "yes"])),
      );
      await driver().run({ resume: answers, update: { result: "by hand" } });
      const marks = (await timeline()).map(({ mark }) => mark);
      assert.deepEqual(
        marks.filter((mark) => mark !== undefined),
        ["answered"],
      );
      const voted = (await timeline())[marks.indexOf("answered") - 1];
      assert.ok(voted && voted.tasks.length >= 2);
      // What came with the answers is no task's.
      assert.deepEqual(voted.written.toSorted(), ["result", "votes"]);
      const at = { ...place(), checkpointId: voted.id, key: "result", limit: 1 };
      const { writings } = await driver().request("keyHistory", at);
      assert.deepEqual(
        writings.map(({ checkpointId, nodes: by }) => [checkpointId, by]),
        [[voted.id, []]],
      );

      await standing.load("brittle", own());
      await driver().run({ input: { divisor: 0 } });
      const failed = await timeline();
      assert.deepEqual([failed[0]?.mark, failed.length], ["failed", 2]);
      // A finished sibling that is not run again has no time of its own.
      await driver().request("edit", { ...place(), path: ["divisor"], expression: "4" });
      await driver().run();
      const joined = await madeBy("divide");
      assert.equal(nodes(joined).split(" ").sort().join(), "divide,steady");
      const times = new Map(joined.tasks.map(({ node, milliseconds }) => [node, milliseconds]));
      assert.ok(times.get("divide") !== undefined);
      assert.equal(times.get("steady"), undefined);
    });

    it("tells branches, edits, names and notes", async () => {
      await standing.runToEnd("linear", own());
      const fetched = await madeBy("fetch");
      const { root } = await driver().move({ kind: "checkpoint", namespace: "", checkpointId: fetched.id });
      await driver().request("edit", { ...place(), path: ["count"], expression: "5" });
      await driver().request("edit", { ...place(), path: ["count"], expression: "6" });
      const { entries, live, branches } = await page();
      const copy = entries[0];
      assert.equal(live, id(root));
      assert.equal(branches, 2);
      assert.deepEqual(
        [copy?.id, copy?.source, copy?.forkedFrom, copy?.parentId, copy?.edits],
        [id(root), "fork", fetched.id, fetched.parentId, 2],
      );
      // Its superstep is that of the original.
      assert.deepEqual(copy?.tasks, fetched.tasks);
      assert.equal(copy?.milliseconds, fetched.milliseconds);
      await driver().run();
      const after = await timeline();
      assert.equal(after.filter((entry) => nodes(entry) === "think").length, 2);
      assert.equal(after[1]?.parentId, copy?.id);

      const at = { ...place(), checkpointId: fetched.id };
      await driver().request("annotate", { ...at, name: "Fetched", note: "ünder way" });
      await driver().request("annotate", { ...at, name: null });
      const { name, note } = (await timeline()).find((entry) => entry.id === fetched.id) ?? {};
      assert.deepEqual([name, note], [undefined, "ünder way"]);
      assert.equal((await page()).name, undefined);
      const { file, threadId } = place();
      await driver().request("describeThread", { file, threadId, name: "Two ways" });
      assert.equal((await page()).name, "Two ways");
      await assert.rejects(
        driver().request("annotate", { ...at, checkpointId: "1f000000", name: "x" }),
        refused("unknownCheckpoint"),
      );
    });

    it("tells who wrote a key, back to the input, by branch and by hand", async () => {
      await standing.stopBefore("linear", "answer", "", own());
      await driver().request("edit", { ...place(), path: ["count"], expression: "6" });
      const { live } = await page();
      assert.ok(live);
      const history = async (key?: string, limit = 100, checkpointId = live) => {
        const asked = { ...place(), checkpointId, limit };
        const found = await driver().request("keyHistory", key === undefined ? asked : { ...asked, key });
        return [found.writings.map((each) => `${each.key} ${each.step} ${each.nodes}`), found.more];
      };
      assert.deepEqual(await history("count"), [["count 2 ", "count 2 think", "count 1 fetch"], false]);
      assert.deepEqual(await history("log"), [["log 2 think", "log 1 fetch", "log 0 "], false]);
      const [last] = await history();
      assert.ok(Array.isArray(last));
      assert.deepEqual([...last].sort(), ["count 2 ", "log 2 think", "topic 1 fetch"]);
      assert.deepEqual(await history("log", 2), [["log 2 think", "log 1 fetch"], true]);
      assert.deepEqual((await history(undefined, 1))[1], true);
      const fetched = await madeBy("fetch");
      // The copy of a checkpoint that was edited keeps what was done to it by hand.
      assert.deepEqual(await history("count", 9, fetched.id), [["count 1 fetch"], false]);
      await driver().run();
      const edited = (await timeline()).find(({ edits }) => edits === 1);
      const { root } = await driver().move({
        kind: "checkpoint",
        namespace: "",
        checkpointId: edited?.id ?? "",
      });
      assert.deepEqual((await history("count", 2, id(root)))[0], ["count 2 ", "count 2 think"]);
      await assert.rejects(history("count", 9, "1f000000"), refused("unknownCheckpoint"));
    });
  });
}
