// Makes a thread of an exported one (`transfer.ts`), which is read twice: all of it is checked before the first write.

import { constants } from "node:buffer";
import type { Database } from "../checkpointer/database.ts";
import { hashOf, makeBlob, parse } from "../checkpointer/entries.ts";
import { CheckpointFileError } from "../checkpointer/errors.ts";
import { RuntimeError } from "../errors.ts";
import { readByRow, TooMuch } from "./json-rows.ts";
import { freeId, threadNumber } from "./threads.ts";
import { type Cell, format, isOfSystem, type Kind, tables, threadColumns, version } from "./transfer.ts";

/** Columns whose bytes are entries or map data. */
const encoded: ReadonlySet<string> = new Set(["envelope", "channels", "value"]);

/** Result code of SQLite for a row that is there already. */
const constraint = 19;

/** Why a file can't be imported. */
class Damage extends Error {}

const bad = (from: string, why: string): RuntimeError =>
  new RuntimeError(
    "badImport",
    `${from} can't be imported: ${why}. Choose a file that a thread was exported to.`,
  );

/** Returns the thread's id. Throws RuntimeError, and nothing is changed then. */
export function importThread(database: Database, from: string): string {
  try {
    const thread = check(from);
    return database.transaction(() => insert(database, from, thread));
  } catch (error) {
    if (error instanceof Damage) throw bad(from, error.message);
    if (error instanceof TooMuch) throw bad(from, "it is no exported thread");
    if (isOfSystem(error) && !(error instanceof CheckpointFileError)) throw bad(from, error.message);
    throw error;
  }
}

type Thread = { [column: string]: Cell };

function insert(database: Database, from: string, thread: Thread): string {
  const id = freeId(database, String(thread.id));
  const names = Object.keys(threadColumns);
  // Nobody runs it here.
  const imported = { updated: Date.now(), ...(thread.status === "running" ? { status: "stopped" } : {}) };
  database.run(
    `INSERT INTO threads (${names.join(", ")}) VALUES (${names.map(() => "?").join(", ")})`,
    ...names.map((name) => ({ ...thread, ...imported, id })[name] ?? null),
  );
  const num = threadNumber(database, id);
  const statements = new Map(
    Object.entries(tables).map(([table, { columns }]) => {
      const names = Object.keys(columns);
      const marks = names.map(() => ", ?").join("");
      return [table, `INSERT INTO ${table} (thread, ${names.join(", ")}) VALUES (?${marks})`];
    }),
  );
  eachRow(from, (table, cells, where) => {
    try {
      database.run(statements.get(table) ?? "", num, ...cells);
    } catch (error) {
      const { errcode } = ((error as Error).cause ?? {}) as { errcode?: number };
      throw errcode !== undefined && (errcode & 0xff) === constraint
        ? new Damage(`${where} is there twice`)
        : error;
    }
  });
  return id;
}

/** Reads all of it. */
function check(from: string): Thread {
  let damage: unknown;
  const rest = eachRow(
    from,
    (table, cells, where) => {
      const names = Object.keys(tables[table]?.columns ?? {});
      for (const [at, cell] of cells.entries())
        if (encoded.has(names[at] ?? "")) checkEntries(cell as Uint8Array, where);
      if (table !== "blobs") return;
      const [hash, type, data] = cells as [Uint8Array, string, Uint8Array];
      if (!hashOf(makeBlob(type, data)).equals(hash)) throw new Damage(`the value in ${where} is damaged`);
    },
    (error) => {
      damage ??= error;
    },
  );
  const thread = threadOf(rest);
  if (damage !== undefined) throw damage;
  return thread;
}

/** What the file says of the thread and of its tables. */
function threadOf(rest: unknown): Thread {
  const whole = (rest ?? {}) as { [field: string]: unknown };
  if (whole.format !== format) throw new Damage("it is no exported thread");
  if (whole.version !== version)
    throw new Damage(
      "it was exported by a newer version of this debugger. Update the debugger, or choose another",
    );
  const own = (whole.thread ?? {}) as { [column: string]: unknown };
  const thread: Thread = {};
  for (const [column, kind] of Object.entries(threadColumns)) {
    const cell = cellOf(own[column] ?? null, kind);
    if (cell === undefined) throw new Damage(`its thread has no ${column}`);
    thread[column] = cell;
  }
  if (thread.id === "" || (thread.language !== "python" && thread.language !== "javascript"))
    throw new Damage("its thread is of no known language");
  const given = (whole.tables ?? {}) as { [table: string]: { columns?: unknown; rows?: unknown } | null };
  for (const [table, { columns }] of Object.entries(tables)) {
    const { columns: names, rows } = given[table] ?? {};
    const isWhole = Array.isArray(rows) && rows.length === 0;
    if (!isWhole || JSON.stringify(names) !== JSON.stringify(Object.keys(columns)))
      throw new Damage(`it has no table ${table}`);
  }
  return thread;
}

type OnRow = (table: string, cells: Cell[], where: string) => void;

/** Calls `onRow` with each row, and `onError` with what that throws; returns the rest of the file. */
function eachRow(from: string, onRow: OnRow, onError: (error: unknown) => void = rethrow): unknown {
  const counts = new Map<string, number>();
  const rest = readByRow(from, (table, text) => {
    const number = (counts.get(table) ?? 0) + 1;
    counts.set(table, number);
    const where = `row ${number} of ${table}`;
    try {
      onRow(table, cellsOf(table, jsonOf(text, where), where), where);
    } catch (error) {
      onError(error);
    }
  });
  return jsonOf(rest, "it");
}

function rethrow(error: unknown): never {
  throw error;
}

const decoder = new TextDecoder("utf-8", { fatal: true });

function jsonOf(text: Buffer, where: string): unknown {
  if (text.length > constants.MAX_STRING_LENGTH)
    throw new Damage(`${where} is longer than the 512 MB that Node.js can read at once`);
  try {
    return JSON.parse(decoder.decode(text));
  } catch {
    throw new Damage(`${where} is no JSON`);
  }
}

function cellsOf(table: string, row: unknown, where: string): Cell[] {
  const known = tables[table];
  if (known === undefined) throw new Damage(`${where} is of no known table`);
  const columns = Object.entries(known.columns);
  const given = Array.isArray(row) && row.length === columns.length ? (row as unknown[]) : [];
  return columns.map(([column, kind], at) => {
    const cell = cellOf(given[at], kind);
    if (cell === undefined) throw new Damage(`"${column}" in ${where} is not what it must be`);
    return cell;
  });
}

/** As SQLite takes it; undefined: it is of another kind. */
function cellOf(value: unknown, kind: Kind): Cell | undefined {
  if (value === null) return kind.endsWith("?") ? null : undefined;
  if (kind.startsWith("integer")) return Number.isSafeInteger(value) ? (value as number) : undefined;
  if (typeof value !== "string") return undefined;
  if (kind !== "bytes") return value;
  const bytes = Buffer.from(value, "base64");
  return bytes.toString("base64") === value ? bytes : undefined;
}

function checkEntries(data: Uint8Array, where: string): void {
  try {
    parse(data);
  } catch {
    throw new Damage(`a value in ${where} is damaged`);
  }
}
