/**
 * Contract of both runtimes: after any changes to the past, in any order, every thread can be read and run on; an edit
 * that is taken back, an export that is imported and a fork that changes nothing leave nothing behind.
 *
 * LANGGRAPH_TEST_SEED chooses other changes than the usual ones; a failure tells its seed.
 */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type {
  GraphPosition,
  Json,
  Position,
  StoppedEvent,
  TimelineEntry,
} from "../../src/protocol/runtime.ts";
import { Driver, interrupts, Refused } from "./driver.ts";
import { runtimes } from "./runtimes.ts";

const seed = Number(process.env.LANGGRAPH_TEST_SEED ?? 6);
const changes = 60;

/** Numbers from 0 to below 1, the same for the same seed (mulberry32). */
function randomNumbers(from: number): () => number {
  let state = from;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** A graph and those that its tasks run. */
const graphsOf = (graph: GraphPosition): GraphPosition[] => [
  graph,
  ...graph.tasks.flatMap(({ subgraph }) => (subgraph ? graphsOf(subgraph) : [])),
];

interface Exported {
  thread: { [column: string]: unknown };
  tables: { [table: string]: { rows: unknown[][] } };
}

for (const { language } of runtimes) {
  describe(`${language}: the past after random changes, seed ${seed}`, () => {
    const runtime = runtimes.find((each) => each.language === language) ?? assert.fail();
    const random = randomNumbers(seed);
    const below = (limit: number): number => Math.floor(random() * limit);
    const pick = <Item>(items: readonly Item[]): Item => items[below(items.length)] ?? assert.fail("nothing");
    const log: string[] = [];
    let folder: string;
    let file: string;
    let driver: Driver;

    before(async () => {
      folder = mkdtempSync(join(tmpdir(), "langgraph-random-"));
      file = join(folder, "checkpoints.sqlite");
      driver = await Driver.load(runtime, "subgraph_interrupt", { checkpoints: file });
    });
    after(async () => {
      await driver.kill();
      rmSync(folder, { recursive: true, force: true });
    });
    afterEach(function () {
      if (this.currentTest?.state === "failed") console.error(`What was done: ${log.join("; ")}`);
    });

    const timeline = async (threadId: string, namespace = ""): Promise<TimelineEntry[]> =>
      (await driver.request("timeline", { file, threadId, namespace, limit: 1000 })).entries;

    /** The checkpoints of all graphs of a thread. */
    async function everything(threadId: string): Promise<TimelineEntry[]> {
      const found: TimelineEntry[] = [];
      const namespaces = new Set([""]);
      for (const namespace of namespaces) {
        const entries = await timeline(threadId, namespace);
        found.push(...entries);
        for (const { subgraph } of entries.flatMap(({ tasks }) => tasks)) {
          if (subgraph !== undefined) namespaces.add(subgraph.namespace);
        }
      }
      return found;
    }

    async function exported(threadId: string, of = file): Promise<Exported> {
      const to = join(folder, "exported.json");
      await driver.request("exportThread", { file: of, threadId, to });
      return JSON.parse(readFileSync(to, "utf8")) as Exported;
    }

    /** Without the values that nothing needs any more, which stay until the next prune. */
    const withoutBlobs = ({ tables: { blobs: _, ...rest } }: Exported): unknown => rest;

    async function open(threadId: string): Promise<Position> {
      driver.threadId = threadId;
      return (await driver.request("open", { threadId })) ?? assert.fail(`no thread ${threadId}`);
    }

    /** Runs on to the end, saying yes to all that is asked. */
    async function finish(threadId: string): Promise<Json> {
      let { root } = await open(threadId);
      while (root.tasks.length > 0) {
        const asked = interrupts(root);
        const resume = Object.fromEntries(asked.map(({ id }) => [id, true]));
        const stopped: StoppedEvent = await driver.run(asked.length > 0 ? { resume } : {});
        assert.ok(["interrupt", "end"].includes(stopped.reason), stopped.reason);
        root = stopped.position.root;
      }
      return driver.state();
    }

    it("ends a fork that changes nothing like the run that it is of, from every checkpoint", async () => {
      driver.threadId = "whole";
      await driver.run({ input: {} });
      const expected = await finish("whole");
      // As the graph ends without a debugger.
      assert.deepEqual(expected, { price: 180, agreed: true, log: "begun, paid 180" });
      const entries = await everything("whole");
      assert.ok(entries.some(({ namespace }) => namespace !== ""));
      for (const { id, namespace, step } of entries) {
        const what = `from step ${step} of "${namespace}"`;
        // A run of the input itself has not begun there.
        if (step < 0) continue;
        await open("whole");
        const { root } = await driver.move({ kind: "checkpoint", namespace, checkpointId: id });
        assert.deepEqual(await finish("whole"), expected, `${what}, ${root.tasks.length} tasks`);
      }
    });

    const edits = {
      log: ['"edited"', '""'],
      price: ["1", "99"],
      agreed: [runtime.language === "python" ? "True" : "true", "false"],
    };

    /** Each returns what it did; a refusal is an answer too. */
    const kinds: { [name: string]: (threadId: string) => Promise<string> } = {
      "run to a node": async () => {
        const threadId = `thread-${log.length}`;
        threads.push(threadId);
        driver.threadId = threadId;
        const [graph, node] = pick([
          ["", "begin"],
          ["booking", "quote"],
          ["booking", "confirm"],
          ["", "nowhere"],
        ] as const);
        await driver.breakpoints({ when: "before", graph, node });
        const { reason } = await driver.run({ input: {} });
        await driver.breakpoints();
        return `${threadId}: ${reason} before ${node}`;
      },
      "run on": async (threadId) => {
        const { root } = await open(threadId);
        const asked = interrupts(root);
        if (root.tasks.length === 0) return "at the end";
        const resume = Object.fromEntries(asked.map(({ id }) => [id, random() < 0.5]));
        return (await driver.run(asked.length > 0 ? { resume } : {})).reason;
      },
      move: async (threadId) => {
        await open(threadId);
        const { id, namespace } = pick(await everything(threadId));
        await driver.move({ kind: "checkpoint", namespace, checkpointId: id });
        return `to ${id} of "${namespace}"`;
      },
      "step back": async (threadId) => {
        await open(threadId);
        await driver.back();
        return "done";
      },
      "edit and undo": async (threadId) => {
        await open(threadId);
        await driver.request("cancel", {});
        const stood = await open(threadId);
        const before = await exported(threadId);
        const { namespace, stateKeys } = pick(graphsOf(stood.root));
        const key = pick(Object.keys(edits).filter((each) => stateKeys.includes(each))) as keyof typeof edits;
        const place = { threadId, namespace };
        const mode = pick(["set", "reduce"] as const);
        await driver.request("edit", { ...place, path: [key], expression: pick(edits[key]), mode });
        assert.notDeepEqual(withoutBlobs(await exported(threadId)), withoutBlobs(before));
        const { position } = await driver.request("undoEdit", place);
        assert.deepEqual(position, stood);
        const after = await exported(threadId);
        assert.deepEqual(withoutBlobs(after), withoutBlobs(before));
        const hashes = new Set(after.tables.blobs?.rows.map(([hash]) => hash));
        assert.ok(before.tables.blobs?.rows.every(([hash]) => hashes.has(hash)));
        return `${mode} ${key} of "${namespace}"`;
      },
      edit: async (threadId) => {
        await open(threadId);
        const key = pick(Object.keys(edits) as (keyof typeof edits)[]);
        const params = { threadId, namespace: "", path: [key], expression: pick(edits[key]) };
        await driver.request("edit", params);
        return key;
      },
      update: async (threadId) => {
        await open(threadId);
        const asNode = pick(["begin", "booking"]);
        // All that the nodes behind it read.
        const values = { log: "updated", price: 5, agreed: true };
        await driver.request("update", { threadId, namespace: "", values, asNode });
        return `as ${asNode}`;
      },
      name: async (threadId) => {
        const { id: checkpointId, namespace } = pick(await everything(threadId));
        const name = random() < 0.5 ? "here" : null;
        await driver.request("annotate", { file, threadId, namespace, checkpointId, name });
        return `${checkpointId} ${name}`;
      },
      copy: async (threadId) => {
        const copy = await driver.request("copyThread", { file, threadId });
        threads.push(copy.threadId);
        assert.deepEqual((await exported(copy.threadId)).tables, (await exported(threadId)).tables);
        return copy.threadId;
      },
      "export and import": async (threadId) => {
        const before = await exported(threadId);
        const other = join(folder, "other.sqlite");
        const from = join(folder, "exported.json");
        const imported = await driver.request("importThread", { file: other, from });
        const { id: _, updated: __, status: ___, ...thread } = before.thread;
        const after = await exported(imported.threadId, other);
        assert.deepEqual(after.tables, before.tables);
        assert.deepEqual({ ...after.thread, ...thread }, after.thread);
        return imported.threadId;
      },
      "delete and restore": async (threadId) => {
        await open("whole");
        const before = await exported(threadId);
        const { deleted } = await driver.request("deleteThread", { file, threadId });
        assert.equal((await driver.request("restoreThread", { file, deleted })).threadId, threadId);
        assert.deepEqual((await exported(threadId)).tables, before.tables);
        return "done";
      },
      prune: async (threadId) => {
        const params = { file, threadIds: [threadId], keep: 1 + below(4) };
        const would = await driver.request("prune", { ...params, dryRun: true });
        const did = await driver.request("prune", { ...params, dryRun: false });
        assert.equal(did.checkpoints, would.checkpoints);
        return `${did.checkpoints} checkpoints`;
      },
    };
    const threads: string[] = [];

    it("keeps every thread so that LangGraph reads all of it, and so that it can be run to its end", async () => {
      await kinds["run to a node"]?.("");
      for (let number = 0; number < changes; number += 1) {
        const name = pick(Object.keys(kinds));
        const threadId = pick(threads);
        const label = `${name} (${threadId})`;
        try {
          log.push(`${label}: ${await kinds[name]?.(threadId)}`);
        } catch (error) {
          log.push(`${label}: ${String(error)}`);
          if (!(error instanceof Refused)) throw error;
          const allowed = ["atStart", "invalidEdit", "unknownCheckpoint", "threadInUse", "invalidInput"];
          assert.ok(allowed.includes(error.data.code), `${label}: ${error.message}`);
        }
      }
      await driver.request("cancel", {});
      for (const threadId of threads) {
        for (const { id: checkpointId, namespace } of await everything(threadId)) {
          await driver.request("look", { threadId, namespace, checkpointId });
          await driver.json({ kind: "state", namespace, checkpointId, threadId });
        }
        const params = { threadId, namespace: "", limit: 1000 };
        const { entries } = await driver.request("history", params);
        assert.ok(entries.length > 0);
        await open(threadId);
        const namespaces = new Map<string, string[]>();
        for (const { id, namespace } of await everything(threadId))
          namespaces.set(namespace, [...(namespaces.get(namespace) ?? []), id]);
        for (const [namespace, ids] of namespaces)
          assert.deepEqual(await driver.stateHistory("begin", namespace), ids, namespace);
        await finish(threadId);
      }
    });
  });
}
