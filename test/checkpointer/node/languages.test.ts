// One file, two languages: each lists the other's threads, and refuses to run them.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { CheckpointFileError } from "../../../runtime/node/checkpointer/index.ts";
import { MIGRATIONS } from "../../../runtime/node/checkpointer/schema.ts";
import { Place, put, thread, valuesAt } from "./helper.ts";

const ROOT = new URL("../../../", import.meta.url);
const VENV = process.platform === "win32" ? "Scripts/python.exe" : "bin/python";
const PYTHON = fileURLToPath(new URL(`examples/python/.venv/${VENV}`, ROOT));
const RUNTIME = fileURLToPath(new URL("runtime/python", ROOT));

const PYTHON_WRITES = `
import sys
from langgraph.checkpoint.base import empty_checkpoint
from langgraph_debugger.checkpointer import FileCheckpointer
with FileCheckpointer(sys.argv[1]) as saver:
    config = {"configurable": {"thread_id": "from python", "checkpoint_ns": ""}}
    checkpoint = empty_checkpoint()
    checkpoint["channel_values"] = {"messages": ["x" * 100] * 50}
    metadata = {"source": "loop", "step": 3, "parents": {}, "note": {"a": [1, None]}}
    config = saver.put(config, checkpoint, metadata, {})
    saver.put_writes(config, [("messages", "y")], "task")
    saver.describe_thread("from python", graph="agent", status="stopped")
`;

const PYTHON_READS = `
import json, sys
from langgraph_debugger.checkpointer import CheckpointFileError, FileCheckpointer
with FileCheckpointer(sys.argv[1]) as saver:
    rows = [(row.id, row.language, row.graph, row.status) for row in saver.threads()]
    listed = [found.config["configurable"]["thread_id"] for found in saver.list(None)]
    try:
        saver.get_tuple({"configurable": {"thread_id": "from node"}})
        refused = None
    except CheckpointFileError as error:
        refused = [error.code, str(error)]
    saver.describe_thread("from node", name="renamed in Python")
print(json.dumps({"rows": rows, "listed": listed, "refused": refused}))
`;

describe("a checkpoint file of both languages", function () {
  this.timeout(60_000);
  let place: Place;
  beforeEach(() => {
    place = new Place();
  });
  afterEach(() => place.dispose());

  function python(script: string): string {
    const { status, stdout, stderr } = spawnSync(PYTHON, ["-c", script, place.path], {
      encoding: "utf8",
      env: { ...process.env, PYTHONPATH: RUNTIME, PYTHONUTF8: "1" },
    });
    assert.equal(status, 0, stderr);
    return stdout;
  }

  it("has the tables of checkpoints.sql", () => {
    const shape = (script: string) => {
      const database = new DatabaseSync(":memory:");
      database.exec(script);
      const rows = database.prepare("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL").all();
      const pragmas = ["user_version", "application_id"].map((name) =>
        database.prepare(`PRAGMA ${name}`).get(),
      );
      database.close();
      const tidy = (sql: unknown) => String(sql).replaceAll(/--.*/g, "").replaceAll(/\s+/g, " ");
      return [rows.map((row) => tidy(row.sql)), pragmas];
    };
    const shared = readFileSync(new URL("runtime/schema/checkpoints.sql", ROOT), "utf8");
    assert.deepStrictEqual(shape(MIGRATIONS.join("")), shape(shared));
  });

  it("of version 1 gets what it lacks, and keeps what it has", async () => {
    const config = await put(place.open(), thread("from node"), { kept: [1, 2] });
    place.close();
    const database = new DatabaseSync(place.path);
    database.exec(
      "DROP TABLE annotations; ALTER TABLE threads DROP COLUMN note; ALTER TABLE threads DROP COLUMN deleted; " +
        "ALTER TABLE threads DROP COLUMN runner; " +
        "ALTER TABLE checkpoints DROP COLUMN timing; PRAGMA user_version = 1",
    );
    database.close();
    const saver = place.open();
    assert.deepStrictEqual(await valuesAt(saver, config), { kept: [1, 2] });
    saver.setTiming(config, '{"tasks":{}}');
    assert.equal(saver.timing(config), '{"tasks":{}}');
    const { rows } = JSON.parse(
      python(PYTHON_READS.replace('"from node"', '"old"').replace("from node", "old")),
    );
    assert.deepStrictEqual(rows, [["from node", "javascript", null, null]]);
  });

  it("written by Python is listed by Node, which refuses to run its threads", async () => {
    python(PYTHON_WRITES);
    const saver = place.open();
    await put(saver, thread("from node"), { mine: 1 });
    assert.deepStrictEqual(
      saver.threads().map(({ id, language, graph, status }) => [id, language, graph, status]),
      [
        ["from node", "javascript", null, null],
        ["from python", "python", "agent", "stopped"],
      ],
    );
    const [summary, ...rest] = saver.summaries("from python");
    assert.equal(rest.length, 0);
    assert.deepStrictEqual([summary?.step, summary?.source, summary?.ns], [3, "loop", ""]);
    assert.deepStrictEqual(JSON.parse(summary?.metadata ?? "").note, { a: [1, null] });

    const refused = (error: unknown) => {
      assert.ok(error instanceof CheckpointFileError);
      assert.equal(error.code, "otherLanguage");
      assert.match(error.message, /'from python'.*made by a Python graph\. Choose another thread id/);
      return true;
    };
    await assert.rejects(saver.getTuple(thread("from python")), refused);
    await assert.rejects(put(saver, thread("from python"), {}), refused);
    await assert.rejects(saver.copyThread("from python", "mine"), refused);
    const listed: unknown[] = [];
    for await (const { config } of saver.list({})) listed.push(config.configurable?.thread_id);
    assert.deepStrictEqual(listed, ["from node"]);

    saver.describeThread("from python", { name: "renamed in Node" });
    assert.equal(saver.threads().find(({ id }) => id === "from python")?.name, "renamed in Node");
    await saver.deleteThread("from python");
    assert.equal(saver.threads().length, 1);
  });

  it("written by Node is listed by Python, which refuses to run its threads", async () => {
    const saver = place.open();
    await put(saver, thread("from node"), { list: Array.from({ length: 100 }, (_, at) => ({ at })) });
    saver.describeThread("from node", { graph: "agent", status: "done" });
    await saver.flush();
    const { rows, listed, refused } = JSON.parse(python(PYTHON_READS));
    assert.deepStrictEqual(rows, [["from node", "javascript", "agent", "done"]]);
    assert.deepStrictEqual(listed, []);
    assert.equal(refused[0], "otherLanguage");
    assert.match(refused[1], /'from node'.*Choose another thread id/);
    assert.equal(saver.threads()[0]?.name, "renamed in Python");
  });
});
