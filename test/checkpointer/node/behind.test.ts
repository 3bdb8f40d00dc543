// Writing behind the run: when what was put is on disk, and what a killed process or a second one leaves there.

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { Database } from "../../../runtime/node/checkpointer/database.ts";
import { type FileSaver, Unavailable } from "../../../runtime/node/checkpointer/index.ts";
import { takeOut } from "../../../runtime/node/file/threads.ts";
import { Place, put, thread, type Values, valuesAt } from "./helper.ts";

const CHILD = fileURLToPath(new URL("child.ts", import.meta.url));

describe("writing behind the run", () => {
  let place: Place;
  const children: ChildProcess[] = [];
  beforeEach(() => {
    place = new Place();
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill("SIGKILL");
    place.dispose();
  });

  function start(...args: string[]): ChildProcess {
    const child = spawn(process.execPath, [CHILD, ...args], { stdio: ["ignore", "pipe", "pipe"] });
    children.push(child);
    return child;
  }

  async function* lines(child: ChildProcess): AsyncGenerator<string> {
    if (child.stdout !== null) yield* createInterface({ input: child.stdout });
  }

  /** Number of rows that another connection sees. */
  function committed(table: "checkpoints" | "writes" = "checkpoints"): number {
    const database = new DatabaseSync(place.path, { readOnly: true });
    const row = database.prepare(`SELECT count(*) AS n FROM ${table}`).get();
    database.close();
    return Number(row?.n);
  }

  /** Every checkpoint of a thread can be read, whole; returns the steps, newest first. */
  async function checkAll(saver: FileSaver, threadId: string): Promise<number[]> {
    const steps: number[] = [];
    for await (const { checkpoint, metadata } of saver.list(thread(threadId))) {
      const { items, step } = checkpoint.channel_values as { items: { at: number }[]; step: number };
      assert.equal(items.length, step + 1);
      assert.ok(items.every((item, at) => !(item instanceof Unavailable) && item.at === at));
      assert.equal(metadata?.step, step);
      steps.push(step);
    }
    return steps;
  }

  it("commits a checkpoint at once, and writes when the run gives way, in one go", async () => {
    const saver = place.open();
    let config = thread("t");
    for (let step = 0; step < 5; step += 1) config = await put(saver, config, { step }, step);
    assert.equal(committed(), 5);
    for (const task of ["a", "b"]) await saver.putWrites(config, [["step", 1]], task);
    let found = committed("writes");
    assert.equal(found, 0);
    for (const begin = performance.now(); found === 0; found = committed("writes")) {
      assert.ok(performance.now() - begin < 5000, "nothing was committed in 5 s");
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.equal(found, 2);
  });

  it("commits by itself in a run that never gives way", async () => {
    const saver = place.open();
    const config = await put(saver, thread("t"), {});
    const begin = performance.now();
    for (let task = 0; committed("writes") === 0; task += 1) {
      await saver.putWrites(config, [["step", task]], `task ${task}`);
      assert.ok(performance.now() - begin < 5000, "nothing was committed in 5 s");
    }
  });

  it("has all on disk after flush and flushSync, and shows all before", async () => {
    const saver = place.open();
    const config = await put(saver, thread("t"), { a: [1] });
    assert.deepStrictEqual(await valuesAt(saver, config), { a: [1] });
    const next = await put(saver, config, { a: [1, 2] }, 1);
    await saver.flush();
    assert.equal(committed(), 2);
    await put(saver, next, { a: [1, 2, 3] }, 2);
    saver.flushSync();
    assert.equal(committed(), 3);
  });

  it("writes what waits when the process exits by itself", async () => {
    const child = start("exit", place.path, "t");
    const [code] = await once(child, "exit");
    assert.equal(code, 0);
    assert.deepStrictEqual(await valuesAt(place.open(), thread("t")), { last: "words" });
  });

  it("loses at most what was not flushed when the process is killed in the middle of a write", async () => {
    let flushed = -1;
    for (const [round, enough] of [3, 40, 115].entries()) {
      const child = start("forever", place.path, `t${round}`);
      for await (const line of lines(child)) {
        assert.match(line, /^flushed \d+$/);
        flushed = Number(line.split(" ")[1]);
        if (flushed < enough) continue;
        // The child is in the middle of something, a different one each time.
        child.kill("SIGKILL");
      }
      const saver = place.open();
      const steps = await checkAll(saver, `t${round}`);
      assert.ok((steps[0] as number) >= flushed, `${steps[0]} is there of ${flushed}`);
      assert.deepStrictEqual(
        steps.toReversed(),
        steps.map((_, at) => at),
      );
      const { pendingWrites } = (await saver.getTuple(thread(`t${round}`))) ?? {};
      assert.ok(pendingWrites !== undefined && pendingWrites.length <= 1);
      saver.close();
      const database = new DatabaseSync(place.path);
      assert.equal(database.prepare("PRAGMA integrity_check").get()?.integrity_check, "ok");
      database.close();
    }
  });

  it("is made by one of several processes that start together", async () => {
    const said = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const all: string[] = [];
        for await (const line of lines(start("open", place.path))) all.push(line);
        return all.join();
      }),
    );
    assert.deepStrictEqual(said, ["opened", "opened", "opened", "opened"]);
  });

  it("lets several processes write at once, each in its thread", async () => {
    const saver = place.open();
    const counts = await Promise.all(
      ["a", "b"]
        .map(async (name) => {
          const child = start("many", place.path, name, "101");
          let last = "";
          for await (const line of lines(child)) last = line;
          return last;
        })
        .concat(
          (async () => {
            let config = thread("own");
            for (let step = 0; step < 100; step += 1) {
              const items = Array.from({ length: step + 1 }, (_, at) => ({ at }));
              config = await put(saver, config, { items, step }, step);
              await saver.flush();
            }
            return "own";
          })(),
        ),
    );
    assert.deepStrictEqual(counts, ["flushed 100", "flushed 100", "own"]);
    assert.equal((await checkAll(saver, "a")).length, 101);
    assert.equal((await checkAll(saver, "b")).length, 101);
    assert.equal((await checkAll(saver, "own")).length, 100);
  });

  describe("when another process changes the thread meanwhile", () => {
    const document = { text: "x".repeat(500) };
    const list = Array.from({ length: 100 }, (_, at) => ({ at, text: "y".repeat(60) }));

    const changes: Record<string, (other: FileSaver) => Promise<void>> = {
      prunes: (other) => other.prune(["t"]),
      deletes: (other) => other.deleteThread("t"),
      "deletes and makes again": async (other) => {
        await other.deleteThread("t");
        await put(other, thread("t"), { other: true });
        await other.flush();
      },
    };
    it("brings back what another process has taken out of the list", async () => {
      const saver = place.open();
      const first = await put(saver, thread("t"), { list });
      await saver.flush();
      const other = new Database(place.path);
      takeOut(other, "t");
      other.close();
      assert.deepStrictEqual(saver.threads(), []);
      const second = await put(saver, first, { document }, 1);
      await saver.flush();
      assert.deepStrictEqual(
        saver.threads().map(({ id }) => id),
        ["t"],
      );
      assert.deepStrictEqual(await valuesAt(place.open(), second), { document });
      assert.equal(committed(), 2);
    });

    for (const [name, change] of Object.entries(changes)) {
      it(`stores again what another process ${name}`, async () => {
        const saver = place.open();
        const values: Values = { document, list };
        const first = await put(saver, thread("t"), values);
        const second = await put(saver, first, { list }, 1);
        await saver.flush();
        await change(place.open());
        // `document` was in the file, and is not any more.
        const third = await put(saver, second, values, 2);
        const fourth = await put(saver, third, { ...values, list: [...list] }, 3);
        await saver.flush();
        const reader = place.open();
        assert.deepStrictEqual(await valuesAt(reader, third), values);
        assert.deepStrictEqual(await valuesAt(reader, fourth), values);
      });
    }
  });
});
