// A thread as one JSON file, and back: its rows as they are, so that they are the same on any machine.

import { closeSync, openSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import type { Database } from "../checkpointer/database.ts";
import { hashOf, makeBlob, parse } from "../checkpointer/entries.ts";
import { RuntimeError } from "../errors.ts";
import { freeId, threadNumber } from "./threads.ts";

const format = "langgraph-debugger thread";
const version = 1;

type Kind = "text" | "text?" | "integer" | "integer?" | "bytes";
type Columns = { readonly [column: string]: Kind };
type Cell = string | number | null | Uint8Array;

const threadColumns: Columns = {
  id: "text",
  language: "text",
  graph: "text?",
  name: "text?",
  note: "text?",
  status: "text?",
  created: "integer",
  updated: "integer",
};

/** Without the number of the thread, and in the order in which rows are written. */
const tables: { readonly [table: string]: { readonly columns: Columns; readonly order: string } } = {
  checkpoints: {
    columns: {
      ns: "text",
      id: "text",
      parent: "text?",
      step: "integer?",
      source: "text?",
      run: "text?",
      created: "integer",
      metadata: "text",
      envelope: "bytes",
      channels: "bytes",
      timing: "text?",
    },
    order: "ns, id",
  },
  writes: {
    columns: {
      ns: "text",
      checkpoint: "text",
      task: "text",
      idx: "integer",
      path: "text",
      channel: "text",
      value: "bytes",
    },
    order: "ns, checkpoint, task, idx",
  },
  blobs: { columns: { hash: "bytes", type: "text", data: "bytes" }, order: "hash" },
  edits: {
    columns: {
      ns: "text",
      id: "text",
      edited: "integer",
      metadata: "text",
      envelope: "bytes",
      channels: "bytes",
    },
    order: "num",
  },
  annotations: {
    columns: { ns: "text", checkpoint: "text", name: "text?", note: "text?" },
    order: "ns, checkpoint",
  },
};

/** Columns whose bytes are entries or map data. */
const encoded: ReadonlySet<string> = new Set(["envelope", "channels", "value"]);

// ---------------------------------------------------------------------------------------------- out

/** Throws RuntimeError; the file at `to` is whole or as it was. */
export function exportThread(database: Database, threadId: string, to: string): void {
  const num = threadNumber(database, threadId);
  const temporary = `${to}.${process.pid}.tmp`;
  try {
    const file = openSync(temporary, "w");
    try {
      database.snapshot(() => {
        for (const text of pieces(database, num)) writeSync(file, text);
      });
    } finally {
      closeSync(file);
    }
    renameSync(temporary, to);
  } catch (error) {
    rmSync(temporary, { force: true });
    if (!isOfSystem(error)) throw error;
    throw new RuntimeError("invalidInput", `${to} can't be written: ${error.message}. Choose another file.`);
  }
}

const isOfSystem = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && "syscall" in error;

function* pieces(database: Database, num: number): Generator<string> {
  const thread = database.get<{ [column: string]: Cell }>(
    `SELECT ${Object.keys(threadColumns).join(", ")} FROM threads WHERE num = ?`,
    num,
  );
  yield `{"format":${JSON.stringify(format)},"version":${version},\n"thread":${JSON.stringify(thread)},\n"tables":{`;
  let separator = "\n";
  for (const [table, { columns, order }] of Object.entries(tables)) {
    const names = Object.keys(columns);
    yield `${separator}${JSON.stringify(table)}:{"columns":${JSON.stringify(names)},"rows":[`;
    let between = "\n";
    const select = `SELECT ${names.join(", ")} FROM ${table} WHERE thread = ? ORDER BY ${order}`;
    for (const row of database.each<{ [column: string]: Cell }>(select, num)) {
      const cells = names.map((name) => {
        const cell = row[name];
        return cell instanceof Uint8Array ? Buffer.from(cell).toString("base64") : cell;
      });
      yield between + JSON.stringify(cells);
      between = ",\n";
    }
    yield "]}";
    separator = ",\n";
  }
  yield "}}\n";
}

// ---------------------------------------------------------------------------------------------- in

const bad = (from: string, why: string): RuntimeError =>
  new RuntimeError(
    "badImport",
    `${from} can't be imported: ${why}. Choose a file that a thread was exported to.`,
  );

/** Returns the thread's id. Throws RuntimeError, and nothing is changed then. */
export function importThread(database: Database, from: string): string {
  const read = readExport(from);
  const { thread } = read;
  return database.transaction(() => {
    const id = freeId(database, String(thread.id));
    const names = Object.keys(threadColumns);
    // Nobody runs it here.
    const imported = { updated: Date.now(), ...(thread.status === "running" ? { status: "stopped" } : {}) };
    database.run(
      `INSERT INTO threads (${names.join(", ")}) VALUES (${names.map(() => "?").join(", ")})`,
      ...names.map((name) => ({ ...thread, ...imported, id })[name] ?? null),
    );
    const num = threadNumber(database, id);
    for (const [table, rows] of Object.entries(read.rows)) {
      const columns = Object.keys(tables[table]?.columns ?? {});
      const marks = columns.map(() => ", ?").join("");
      const insert = `INSERT INTO ${table} (thread, ${columns.join(", ")}) VALUES (?${marks})`;
      for (const row of rows) database.run(insert, num, ...row);
    }
    return id;
  });
}

interface Exported {
  thread: { [column: string]: Cell };
  rows: { [table: string]: Cell[][] };
}

function readExport(from: string): Exported {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(from, "utf8"));
  } catch (error) {
    const isTooLong = (error as { code?: unknown }).code === "ERR_STRING_TOO_LONG";
    throw bad(
      from,
      isOfSystem(error) ? error.message : isTooLong ? "it is larger than 512 MB" : "it is no JSON",
    );
  }
  const whole = (content ?? {}) as { [field: string]: unknown };
  if (whole.format !== format) throw bad(from, "it is no exported thread");
  if (whole.version !== version) {
    throw bad(
      from,
      "it was exported by a newer version of this debugger. Update the debugger, or choose another",
    );
  }
  const own = (whole.thread ?? {}) as { [column: string]: unknown };
  const thread: Exported["thread"] = {};
  for (const [column, kind] of Object.entries(threadColumns)) {
    thread[column] = cell(own[column] ?? null, kind) ?? fail(from, `its thread has no ${column}`);
    if (thread[column] === missing) thread[column] = null;
  }
  if (thread.id === "" || (thread.language !== "python" && thread.language !== "javascript")) {
    throw bad(from, "its thread is of no known language");
  }
  const given = (whole.tables ?? {}) as { [table: string]: unknown };
  const rows: Exported["rows"] = {};
  const keys = new Set<string>();
  for (const [table, { columns }] of Object.entries(tables)) {
    rows[table] = readTable(from, table, columns, given[table]);
    if (table === "edits") continue;
    const keyLength = { checkpoints: 2, writes: 4, blobs: 1, annotations: 2 }[table];
    for (const [at, row] of rows[table].entries()) {
      const key = JSON.stringify([table, ...row.slice(0, keyLength).map(String)]);
      if (keys.has(key)) throw bad(from, `row ${at + 1} of ${table} is there twice`);
      keys.add(key);
    }
  }
  for (const [at, [hash, type, data]] of (rows.blobs ?? []).entries()) {
    const found = hashOf(makeBlob(String(type), data as Uint8Array));
    if (!found.equals(hash as Uint8Array)) throw bad(from, `the value in row ${at + 1} of blobs is damaged`);
  }
  return { thread, rows };
}

function readTable(from: string, table: string, columns: Columns, given: unknown): Cell[][] {
  const { columns: names, rows } = (given ?? {}) as { columns?: unknown; rows?: unknown };
  const kinds = Object.entries(columns);
  const isKnown = JSON.stringify(names) === JSON.stringify(Object.keys(columns)) && Array.isArray(rows);
  if (!isKnown) throw bad(from, `it has no table ${table}`);
  return (rows as unknown[]).map((row, index) => {
    const where = `row ${index + 1} of ${table}`;
    const cells = Array.isArray(row) && row.length === kinds.length ? (row as unknown[]) : [];
    return kinds.map(([column, kind], at) => {
      const read = cell(cells[at], kind) ?? fail(from, `"${column}" in ${where} is not what it must be`);
      if (read === missing) return null;
      if (encoded.has(column)) checkEntries(from, where, read as Uint8Array);
      return read;
    });
  });
}

const missing = new Uint8Array(0);

/** As SQLite takes it; `missing` for null where that may be; undefined: it is of another kind. */
function cell(value: unknown, kind: Kind): string | number | Uint8Array | undefined {
  if (value === null) return kind.endsWith("?") ? missing : undefined;
  if (kind.startsWith("integer")) return Number.isSafeInteger(value) ? (value as number) : undefined;
  if (typeof value !== "string") return undefined;
  if (kind !== "bytes") return value;
  const bytes = Buffer.from(value, "base64");
  return bytes.toString("base64") === value ? bytes : undefined;
}

function checkEntries(from: string, where: string, data: Uint8Array): void {
  try {
    parse(data);
  } catch {
    throw bad(from, `a value in ${where} is damaged`);
  }
}

function fail(from: string, why: string): never {
  throw bad(from, why);
}
