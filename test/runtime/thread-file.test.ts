/** Contract of both runtimes: the checkpoint file's threads, listed, changed and exchanged without the graph. */
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { FileRequests, ThreadInfo } from "../../src/protocol/runtime.ts";
import { Gate } from "../fixtures/gate.ts";
import { Driver, interrupts, refused } from "./driver.ts";
import { runtimes } from "./runtimes.ts";

/** What `exportThread` writes, as far as a test looks at it. */
interface Exported {
  version: number;
  thread: Record<string, unknown>;
  tables: Record<string, { columns: string[]; rows: unknown[][] }>;
}

for (const runtime of runtimes) {
  describe(`${runtime.language}: threads of the checkpoint file`, () => {
    let folder: string;
    let file: string;
    /** Writes to the file. */
    let driver: Driver;
    /** Has loaded nothing. */
    let bare: Driver;

    before(async () => {
      folder = mkdtempSync(join(tmpdir(), "langgraph-file-"));
      file = join(folder, "checkpoints.sqlite");
      bare = await Driver.start(runtime, folder);
      driver = await Driver.load(runtime, "brittle", { checkpoints: file });
    });
    after(async () => {
      await driver.close();
      await bare.close();
      rmSync(folder, { recursive: true, force: true });
    });

    async function threads(
      more: Partial<FileRequests["threads"]["params"]> = {},
      of = bare,
    ): Promise<ThreadInfo[]> {
      return (await of.request("threads", { file, ...more })).threads;
    }
    async function thread(threadId: string, of = bare): Promise<ThreadInfo | undefined> {
      return (await threads({}, of)).find(({ id }) => id === threadId);
    }
    async function run(threadId: string, divisor: number): Promise<void> {
      driver.threadId = threadId;
      await driver.run({ input: { divisor } });
    }
    async function exported(threadId: string, name: string): Promise<Exported> {
      const to = join(folder, name);
      await bare.request("exportThread", { file, threadId, to });
      return JSON.parse(readFileSync(to, "utf8")) as Exported;
    }

    it("tells an absent file as empty and does not make it", async () => {
      const absent = join(folder, "absent.sqlite");
      assert.deepEqual(await bare.request("threads", { file: absent }), {
        threads: [],
        total: 0,
        size: { bytes: 0, free: 0 },
      });
      const nowhere = { file: absent, threadId: "t" };
      await assert.rejects(bare.request("deleteThread", nowhere), refused("unknownThread"));
      await assert.rejects(
        bare.request("timeline", { ...nowhere, namespace: "", limit: 1 }),
        refused("unknownThread"),
      );
      assert.equal(existsSync(absent), false);
    });

    it("refuses what is no checkpoint file, and leaves it as it was", async () => {
      const text = join(folder, "notes.txt");
      writeFileSync(text, "No database. ".repeat(400), "utf8");
      await assert.rejects(bare.request("threads", { file: text }), refused("checkpointFile"));
      await assert.rejects(
        bare.request("importThread", { file: text, from: text }),
        refused("checkpointFile"),
      );
      assert.match(readFileSync(text, "utf8"), /^No database. No database. /);
    });

    it("tells of each thread where it stands", async () => {
      await run("ended", 4);
      await run("failed", 0);
      await driver.breakpoints({ when: "before", graph: "", node: "join" });
      await run("stopped", 4);
      await driver.breakpoints();
      const asking = await Driver.load(runtime, "review", { checkpoints: file });
      try {
        asking.threadId = "waiting";
        const { position } = await asking.run({ input: {} });
        await asking.request("describeThread", { file, threadId: "waiting", note: "of ADA" });
        asking.threadId = "answered";
        await asking.run({ input: {} });
        await asking.breakpoints({ when: "before", graph: "", node: "send" });
        const own = interrupts(
          (await asking.request("open", { threadId: "answered" }))?.root ?? position.root,
        );
        await asking.run({ resume: { [own[0]?.id ?? ""]: "yes" } });
      } finally {
        await asking.kill();
      }
      await using gate = await Gate.shut();
      const slow = await Driver.load(runtime, "slow", { checkpoints: file });
      slow.threadId = "running";
      await slow.begin({ input: { sleep_gate: gate.port } });
      await slow.event("task", ({ event, node }) => event === "start" && node === "sleep");
      assert.equal((await thread("running", slow))?.status, "running");
      assert.equal((await thread("running"))?.status, "running");
      // What runs on another machine can't be looked for.
      const database = new DatabaseSync(file);
      const runner = database.prepare("UPDATE threads SET runner = ? WHERE id = 'running'");
      const own = database.prepare("SELECT runner FROM threads WHERE id = 'running'").get()?.runner as string;
      assert.equal(own, `${slow.process.pid}@${hostname()}`);
      await slow.kill();
      // Of a process that was killed before its first checkpoint.
      database.exec(
        "INSERT INTO threads (id, language, status, created, updated) VALUES ('begun', 'python', 'running', 1, 1)",
      );
      runner.run(`${slow.process.pid}@elsewhere`);
      assert.equal((await thread("running"))?.status, "running");
      runner.run(own);
      database.close();

      const found = await threads();
      assert.deepEqual(Object.fromEntries(found.map(({ id, status, at }) => [id, [status, ...at]])), {
        ended: ["ended"],
        failed: ["failed", "divide"],
        stopped: ["stopped", "join"],
        waiting: ["waiting", "review"],
        answered: ["stopped", "send"],
        running: ["stopped", "sleep"],
      });
      assert.deepEqual(
        found.map(({ id }) => id),
        ["running", "answered", "waiting", "stopped", "failed", "ended"],
      );
      const [last] = found.slice(-1);
      assert.equal(last?.language, runtime.language);
      assert.match(last?.graph ?? "", /brittle/);
      assert.equal(last?.checkpoints, 4);
      assert.ok(Date.parse(last?.createdAt ?? "") <= Date.parse(last?.updatedAt ?? ""));
      const { total, size } = await bare.request("threads", { file, filter: "ada", start: 0, limit: 1 });
      assert.equal(total, 1);
      assert.ok(size.bytes > 4096);
      const page = await bare.request("threads", { file, start: 1, limit: 2 });
      assert.deepEqual([page.total, ...page.threads.map(({ id }) => id)], [6, "answered", "waiting"]);
    });

    it("gives a thread a name and a note, and takes them away", async () => {
      const threadId = "ended";
      await bare.request("describeThread", { file, threadId, name: "Divided", note: "Ähnlich" });
      assert.equal((await threads({ filter: "äHN" }))[0]?.name, "Divided");
      for (const nothing of [null, ""]) {
        await bare.request("describeThread", { file, threadId, name: nothing });
        assert.equal((await thread(threadId))?.name, undefined);
        await bare.request("describeThread", { file, threadId, name: "Again" });
      }
      await bare.request("describeThread", { file, threadId, name: null });
      const { name, note } = (await thread(threadId)) ?? {};
      assert.deepEqual([name, note], [undefined, "Ähnlich"]);
      await assert.rejects(
        bare.request("describeThread", { file, threadId: "nobody", name: "x" }),
        refused("unknownThread"),
      );
    });

    it("deletes threads so that they can be brought back, but not the one that is open", async () => {
      await driver.request("open", { threadId: "ended" });
      await assert.rejects(
        driver.request("deleteThread", { file, threadId: "ended" }),
        refused("threadInUse"),
      );
      const whole = await exported("failed", "failed.json");
      const { deleted } = await driver.request("deleteThread", { file, threadId: "failed" });
      assert.equal(await thread("failed"), undefined);
      assert.equal(await driver.request("open", { threadId: "failed" }), null);

      // Another one of that id has nothing of it.
      await run("failed", 6);
      assert.equal((await thread("failed"))?.status, "ended");
      assert.deepEqual(await driver.json({ kind: "state", namespace: "" }, ["summary"]), "2, steady");

      const { threadId } = await bare.request("restoreThread", { file, deleted });
      assert.equal(threadId, "failed-2");
      const { position } = { position: await driver.request("open", { threadId }) };
      assert.equal(position?.root.tasks.find(({ name }) => name === "divide")?.status, "failed");
      assert.deepEqual((await exported(threadId, "restored.json")).tables, whole.tables);
      await assert.rejects(bare.request("restoreThread", { file, deleted }), refused("unknownThread"));
    });

    it("copies a thread with all that it has, which then goes its own way", async () => {
      await driver.request("open", { threadId: "stopped" });
      await driver.request("edit", {
        threadId: "stopped",
        namespace: "",
        path: ["found"],
        expression: '["edited"]',
      });
      const { threadId } = await driver.request("copyThread", { file, threadId: "stopped" });
      assert.equal(threadId, "stopped-2");
      const [from, to] = [await exported("stopped", "from.json"), await exported(threadId, "to.json")];
      assert.deepEqual(to.tables, from.tables);
      assert.equal(to.tables.edits?.rows.length, 1);
      driver.threadId = threadId;
      assert.equal((await driver.run()).reason, "end");
      assert.equal(await driver.json({ kind: "state", namespace: "" }, ["summary"]), "edited");
      assert.equal((await thread("stopped"))?.status, "stopped");
    });

    it("makes the same thread of an exported one, in any file", async () => {
      const from = join(folder, "copy.json");
      const other = join(folder, "other", "checkpoints.sqlite");
      const live = (await bare.request("timeline", { file, threadId: "stopped", namespace: "", limit: 1 }))
        .live;
      assert.ok(live);
      await bare.request("annotate", {
        file,
        threadId: "stopped",
        namespace: "",
        checkpointId: live,
        name: "here",
        note: 'with "quotes" \\" and ]}[{',
      });
      const before = await exported("stopped", "copy.json");
      for (const [target, expected] of [
        [other, "stopped"],
        [other, "stopped-2"],
        [file, "stopped-3"],
      ] as const) {
        const { threadId } = await bare.request("importThread", { file: target, from });
        assert.equal(threadId, expected);
        const again = join(folder, "again.json");
        await bare.request("exportThread", { file: target, threadId, to: again });
        const after = JSON.parse(readFileSync(again, "utf8")) as Exported;
        assert.deepEqual(
          { ...after, thread: { ...after.thread, id: "stopped", updated: before.thread.updated } },
          before,
        );
      }
      assert.equal(before.tables.annotations?.rows.length, 1);
      // However it is laid out: an editor may have done it anew. It is read in parts of 1 MB.
      const wide = JSON.stringify(before, undefined, 2).replaceAll("\n", `\n${" ".repeat(40_000)}`);
      assert.ok(wide.length > 2 ** 21);
      for (const text of [`\ufeff${JSON.stringify(before)}`, wide]) {
        const laidOut = join(folder, "laid-out.json");
        writeFileSync(laidOut, text, "utf8");
        const { threadId } = await bare.request("importThread", { file: other, from: laidOut });
        await bare.request("exportThread", { file: other, threadId, to: laidOut });
        const after = JSON.parse(readFileSync(laidOut, "utf8")) as Exported;
        assert.deepEqual(after.tables, before.tables);
      }
      driver.threadId = "stopped-3";
      assert.equal((await driver.run()).reason, "end");
      assert.equal(await driver.json({ kind: "state", namespace: "" }, ["summary"]), "edited");
    });

    it("refuses what is no exported thread in one sentence, and takes nothing of it", async () => {
      const good = await exported("ended", "good.json");
      const from = join(folder, "bad.json");
      const bad = (change: (content: Exported) => void): string => {
        const content = structuredClone(good);
        change(content);
        return JSON.stringify(content);
      };
      const rows = (content: Exported, table: string) => content.tables[table]?.rows ?? [];
      const cases: [string, string, RegExp][] = [
        ["not JSON", "{", /JSON/],
        ["a list", "[]", /exported thread/],
        ["a long text", JSON.stringify("x".repeat(2 ** 24)), /JSON|exported thread/],
        ["a list that goes deep", "[[[[[[1]]]]]]", /exported thread/],
        ["another object", '{"format": "x"}', /exported thread/],
        ["newer", bad((content) => (content.version = 99)), /newer/],
        ["no id", bad((content) => (content.thread.id = 5)), /id/],
        ["another language", bad((content) => (content.thread.language = "perl")), /language/],
        ["no table", bad((content) => delete content.tables.writes), /writes/],
        ["other columns", bad((content) => content.tables.blobs?.columns.reverse()), /blobs/],
        ["a short row", bad((content) => rows(content, "checkpoints")[1]?.pop()), /row 2 of checkpoints/],
        [
          "a row twice",
          bad((content) => rows(content, "writes").push(rows(content, "writes")[0] ?? [])),
          /writes/,
        ],
        ["another type", bad((content) => ((rows(content, "checkpoints")[0] ?? [])[1] = 7)), /row 1/],
        [
          "bytes that are no entry",
          bad((content) => ((rows(content, "checkpoints")[0] ?? [])[9] = "//8=")),
          /row 1 of checkpoints/,
        ],
        ["no base64", bad((content) => ((rows(content, "writes")[0] ?? [])[6] = "*")), /row 1 of writes/],
        [
          "a blob that is not its hash's",
          bad((content) => rows(content, "blobs").push(["AAAAAAAAAAAAAAAAAAAAAA==", "msgpack", "wA=="])),
          /of blobs/,
        ],
      ];
      const before = (await threads()).length;
      for (const [name, content, says] of cases) {
        writeFileSync(from, content, "utf8");
        await assert.rejects(
          bare.request("importThread", { file, from }),
          (error: Error) => {
            assert.match(error.message, says, name);
            assert.ok(error.message.length < 400, name);
            return refused("badImport")(error);
          },
          name,
        );
      }
      const missing = { file, from: join(folder, "missing.json") };
      await assert.rejects(bare.request("importThread", missing), refused("badImport"));
      assert.equal((await threads()).length, before);
    });

    it("says what pruning would remove and spare, then does so, and the threads go on", async () => {
      const steps = { file, threadId: "stopped", namespace: "" };
      const { entries } = await bare.request("timeline", { ...steps, limit: 100 });
      const input = entries.at(-1)?.id ?? "";
      await bare.request("annotate", { ...steps, checkpointId: input, note: "kept" });
      const { deleted } = await bare.request("deleteThread", { file, threadId: "stopped-2" });
      const params = { file, threadIds: ["stopped", "stopped-3"], keep: 1 };
      const before = (await bare.request("threads", { file })).size.bytes;
      const would = await driver.request("prune", { ...params, dryRun: true });
      assert.equal(would.deletedThreads, 1);
      assert.ok(would.checkpoints > 2, String(would.checkpoints));
      // One of each thread.
      assert.equal(would.spared, 2);
      assert.ok((await thread("stopped"))?.checkpoints !== 1);
      const did = await driver.request("prune", { ...params, dryRun: false });
      assert.deepEqual({ ...did, bytes: 0 }, { ...would, bytes: 0 });
      const { entries: left } = await bare.request("timeline", { ...steps, limit: 100 });
      assert.deepEqual(
        left.map(({ id, note }) => [id, note]),
        [
          [entries[0]?.id, entries[0]?.note],
          [input, "kept"],
        ],
      );
      assert.equal((await thread("ended"))?.checkpoints, 4);
      const { bytes, free } = (await bare.request("threads", { file })).size;
      assert.equal(bytes, before - did.bytes);
      assert.equal(free, 0);
      await assert.rejects(bare.request("restoreThread", { file, deleted }), refused("unknownThread"));
      driver.threadId = "stopped";
      await driver.request("open", { threadId: "stopped" });
      assert.equal((await driver.run()).reason, "end");
      assert.equal(await driver.json({ kind: "state", namespace: "" }, ["summary"]), "edited");
    });
  });
}
