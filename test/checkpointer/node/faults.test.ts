// A checkpoint file that cannot be used: one clear message each, and what was committed before is there.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { Core } from "../../../runtime/node/checkpointer/core.ts";
import { Database } from "../../../runtime/node/checkpointer/database.ts";
import {
  CheckpointFileError,
  type CheckpointFileErrorCode,
} from "../../../runtime/node/checkpointer/errors.ts";
import { MessageClasses } from "../../../runtime/node/checkpointer/messages.ts";
import { checkpointOf, Place, put, thread, valuesAt } from "./helper.ts";

const CHILD = fileURLToPath(new URL("child.ts", import.meta.url));

describe("a checkpoint file in trouble", () => {
  let place: Place;
  beforeEach(() => {
    place = new Place();
  });
  afterEach(() => place.dispose());

  /** The error has this code, names the file, and says what to do. */
  function isError(code: CheckpointFileErrorCode, advice: RegExp): (error: unknown) => true {
    return (error) => {
      assert.ok(error instanceof CheckpointFileError, String(error));
      assert.equal(error.code, code, error.message);
      assert.ok(error.message.includes(place.path), error.message);
      assert.match(error.message, advice);
      return true;
    };
  }

  function put1(): void {
    const saver = place.open();
    void put(saver, thread("before"), { kept: "x".repeat(1000) });
    saver.close();
  }

  async function assertKept(): Promise<void> {
    assert.deepStrictEqual(await valuesAt(place.open(), thread("before")), { kept: "x".repeat(1000) });
  }

  it("makes its folder with a .gitignore, and adds one to a folder that has none", () => {
    put1();
    const ignore = join(dirname(place.path), ".gitignore");
    assert.equal(readFileSync(ignore, "utf8"), "*\n");
    rmSync(ignore);
    place.open();
    assert.equal(readFileSync(ignore, "utf8"), "*\n");
  });

  it("prints no warning that SQLite is experimental, and leaves others alone", () => {
    // As Node 22 does when the module is loaded.
    const preload = `
      const { getBuiltinModule } = process;
      process.getBuiltinModule = (name) => {
        process.emitWarning("SQLite is an experimental feature and might change at any time", "ExperimentalWarning");
        process.emitWarning("something else", "ExperimentalWarning");
        return getBuiltinModule(name);
      };`;
    const args = [
      "--import",
      `data:text/javascript,${encodeURIComponent(preload)}`,
      CHILD,
      "open",
      place.path,
    ];
    const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
    assert.equal(stdout, "opened\n");
    assert.match(stderr, /ExperimentalWarning: something else/);
    assert.doesNotMatch(stderr, /SQLite/);
  });

  it("refuses a file of a newer version and leaves it as it is", () => {
    put1();
    const database = new DatabaseSync(place.path);
    database.exec("PRAGMA user_version = 99");
    database.close();
    const before = readFileSync(place.path);
    assert.throws(() => place.open(), isError("newerVersion", /Update the debugger/));
    assert.deepStrictEqual(readFileSync(place.path), before);
  });

  it("refuses a database of another program and leaves it as it is", () => {
    mkdirSync(dirname(place.path));
    const database = new DatabaseSync(place.path);
    database.exec("CREATE TABLE mine (x); INSERT INTO mine VALUES (1)");
    database.close();
    const before = readFileSync(place.path);
    assert.throws(() => place.open(), isError("notADatabase", /left as it is.*Choose another file/));
    assert.deepStrictEqual(readFileSync(place.path), before);
  });

  it("refuses a file that is no database and leaves it as it is", () => {
    mkdirSync(dirname(place.path));
    writeFileSync(place.path, "not a database, but the user's own notes\n".repeat(50));
    assert.throws(() => place.open(), isError("notADatabase", /Choose another file/));
    assert.match(readFileSync(place.path, "utf8"), /^not a database/);
  });

  it("says that a file is damaged", async () => {
    const saver = place.open();
    let config = thread("t");
    for (let step = 0; step < 50; step += 1)
      config = await put(saver, config, { text: `${step} `.repeat(2000) }, step);
    saver.close();
    truncateSync(place.path, Math.floor(statSync(place.path).size / 8192) * 4096);
    await assert.rejects(
      async () => {
        const damaged = place.open();
        for await (const _ of damaged.list(thread("t")));
        await put(damaged, config, { more: "x".repeat(10_000) });
        await damaged.flush();
      },
      isError("corrupt", /Move it away or restore a copy/),
    );
  });

  it("says that values are damaged, and reads the others", async () => {
    const saver = place.open();
    const good = await put(saver, thread("t"), { a: 1 });
    const bad = await put(saver, good, { a: "y".repeat(100) }, 1);
    await saver.flush();
    const database = new DatabaseSync(place.path);
    database.exec("UPDATE blobs SET data = x'ff'");
    database.close();
    await assert.rejects(saver.getTuple(bad), isError("corrupt", /Move it away or restore a copy/));
    assert.deepStrictEqual(await valuesAt(saver, good), { a: 1 });
  });

  it("cannot be made where there is no folder to be had", () => {
    const blocked = join(place.folder, "file");
    writeFileSync(blocked, "");
    const path = join(blocked, "checkpoints.sqlite");
    assert.throws(
      () => new Database(path),
      (error: CheckpointFileError) => error.code === "readOnly" && error.message.includes(path),
    );
  });

  it("says that a folder is read-only, before a run begins", () => {
    put1();
    const folder = dirname(place.path);
    chmodSync(place.path, 0o444);
    chmodSync(folder, 0o555);
    try {
      // To the superuser nothing is read-only.
      const asNobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
      chmodSync(place.folder, 0o755);
      const { stdout } = spawnSync(process.execPath, [CHILD, "open", place.path], {
        encoding: "utf8",
        ...asNobody,
      });
      const { code, message } = JSON.parse(stdout);
      assert.equal(code, "readOnly", message);
      assert.match(message, /Give yourself write access/);
    } finally {
      chmodSync(folder, 0o755);
      chmodSync(place.path, 0o644);
    }
  });

  it("waits for another program's lock while the run goes on, and says so when it does not end", async () => {
    put1();
    const saver = place.open();
    const other = new DatabaseSync(place.path);
    other.exec("BEGIN IMMEDIATE");
    const config = await put(saver, thread("t"), { a: 1 });
    const flushing = saver.flush();
    const next = await put(saver, config, { a: 2 }, 1);
    other.exec("COMMIT");
    await flushing;
    other.exec("BEGIN IMMEDIATE");
    await put(saver, next, { a: 3 }, 2);
    await assert.rejects(saver.flush(), isError("locked", /Close it, or choose another file/));
    other.exec("COMMIT");
    other.close();
    await saver.flush();
    assert.deepStrictEqual(await valuesAt(place.open(), thread("t")), { a: 3 });
    await assertKept();
  });

  it("keeps what was put while the disk is full, and stores it when there is room", async () => {
    put1();
    const errors: CheckpointFileError[] = [];
    const database = new Database(place.path);
    const core = new Core(database, new MessageClasses(), (error) => errors.push(error));
    const [{ page_count: pages } = { page_count: 0 }] = database.all<{ page_count: number }>(
      "PRAGMA page_count",
    );
    database.all(`PRAGMA max_page_count = ${pages + 3}`);
    const metadata = { source: "loop", step: 0, parents: {} } as const;
    let config = core.put(thread("t"), checkpointOf({ small: 1 }), metadata);
    await core.flush();
    config = core.put(config, checkpointOf({ large: "z".repeat(100_000) }, 1), metadata);
    await assert.rejects(core.flush(), isError("diskFull", /Free some space and go on/));
    // The run goes on, and the user is told once.
    const last = core.put(config, checkpointOf({ small: 2 }, 2), metadata);
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepStrictEqual(
      errors.map(({ code }) => code),
      ["diskFull"],
    );
    database.all("PRAGMA max_page_count = 1000000");
    await core.flush();
    core.close();
    const reader = place.open();
    assert.deepStrictEqual(await valuesAt(reader, config), { large: "z".repeat(100_000) });
    assert.deepStrictEqual(await valuesAt(reader, last), { small: 2 });
    await assertKept();
  });

  it("opens a file that was copied without its write-ahead log", async () => {
    put1();
    const copy = join(place.folder, "copy.sqlite");
    copyFileSync(place.path, copy);
    assert.ok(!existsSync(`${copy}-wal`));
    const database = new Database(copy);
    assert.equal(database.all("SELECT id FROM checkpoints").length, 1);
    database.close();
  });
});
