// The SQLite file: opening it, its format version, and transactions on it.

import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { CheckpointFileError, fromSystem, nodeTooOld } from "./errors.ts";
import { APPLICATION_ID, MIGRATIONS } from "./schema.ts";

/** How long to wait for another process's transaction, in milliseconds. */
export const BUSY_MS = 5000;
const AGAIN_MS = 10;

const WAL_PAGES = 4000;

/** The open file. Every method throws CheckpointFileError. */
export class Database {
  readonly path: string;
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  #busyMs = BUSY_MS;

  /** Opens the file; makes it, its folder and its tables when missing. Leaves a file that it refuses as it was. */
  constructor(path: string) {
    this.path = path;
    const { DatabaseSync } = loadSqlite(path);
    makeFolder(path);
    let database: DatabaseSync | undefined;
    try {
      database = new DatabaseSync(path);
      this.#database = database;
      this.#prepareFile();
    } catch (error) {
      database?.close();
      throw fromSystem(error, path);
    }
  }

  /** One row, or undefined. */
  get<Row>(sql: string, ...values: (string | number | null | Uint8Array)[]): Row | undefined {
    try {
      return this.#statement(sql).get(...values) as Row | undefined;
    } catch (error) {
      throw fromSystem(error, this.path);
    }
  }

  all<Row>(sql: string, ...values: (string | number | null | Uint8Array)[]): Row[] {
    return this.#guard(() => this.#statement(sql).all(...values) as Row[]);
  }

  /** The rows one by one; the file must not be written to meanwhile. */
  *each<Row>(sql: string, ...values: (string | number | null | Uint8Array)[]): Generator<Row> {
    try {
      for (const row of this.#statement(sql).iterate(...values)) yield row as Row;
    } catch (error) {
      throw fromSystem(error, this.path);
    }
  }

  run(sql: string, ...values: (string | number | null | Uint8Array)[]): void {
    try {
      this.#statement(sql).run(...values);
    } catch (error) {
      throw fromSystem(error, this.path);
    }
  }

  /** Another text after each change of the file, by this process or another. */
  changes(): string {
    return JSON.stringify([this.get("SELECT total_changes() AS own"), this.get("PRAGMA data_version")]);
  }

  /** What `read` reads is one state of the file, whatever another process writes meanwhile. */
  snapshot<T>(read: () => T): T {
    return this.#transaction("BEGIN", read);
  }

  /** All that `write` writes is committed, or nothing. Waits for another writer for at most `busyMs`. */
  transaction<T>(write: () => T, busyMs = BUSY_MS): T {
    if (busyMs !== this.#busyMs) {
      this.#guard(() => this.#database.exec(`PRAGMA busy_timeout = ${busyMs}`));
      this.#busyMs = busyMs;
    }
    return this.#transaction("BEGIN IMMEDIATE", write);
  }

  close(): void {
    this.#statements.clear();
    this.#guard(() => this.#database.close());
  }

  #transaction<T>(begin: string, body: () => T): T {
    this.#guard(() => this.#database.exec(begin));
    try {
      const result = body();
      this.#guard(() => this.#database.exec("COMMIT"));
      return result;
    } catch (error) {
      try {
        this.#database.exec("ROLLBACK");
      } catch {
        // SQLite has rolled back by itself after some errors (disk full).
      }
      throw error;
    }
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #guard<T>(use: () => T): T {
    try {
      return use();
    } catch (error) {
      throw fromSystem(error, this.path);
    }
  }

  #prepareFile(): void {
    const database = this.#database;
    database.exec(`PRAGMA busy_timeout = ${BUSY_MS}`);
    const version = this.#pragma("user_version");
    if (version > MIGRATIONS.length) {
      throw new CheckpointFileError(
        "newerVersion",
        this.path,
        `version ${version}, this is ${MIGRATIONS.length}`,
      );
    }
    // The tables first: another process may make them just now, and sets the id together with them.
    const tables = database.prepare("SELECT count(*) AS tables FROM sqlite_master").get()?.tables;
    if (tables !== 0 && this.#pragma("application_id") !== APPLICATION_ID) {
      throw new CheckpointFileError("notADatabase", this.path);
    }
    if (version === 0) database.exec("PRAGMA auto_vacuum = INCREMENTAL");
    this.#toWal();
    database.exec("PRAGMA synchronous = NORMAL");
    // Moving the log into the file waits for the disk, and the run with it.
    database.exec(`PRAGMA wal_autocheckpoint = ${WAL_PAGES}`);
    // Also finds out now, not at the first step of a run, that the file cannot be written.
    this.transaction(() => {
      // Read again: another process may have migrated the file meanwhile.
      for (const migration of MIGRATIONS.slice(this.#pragma("user_version"))) database.exec(migration);
    });
  }

  /** Here SQLite does not wait for another process that makes the same file. */
  #toWal(): void {
    const deadline = performance.now() + BUSY_MS;
    for (;;) {
      try {
        this.#database.exec("PRAGMA journal_mode = WAL");
        return;
      } catch (error) {
        if (fromSystem(error, this.path).code !== "locked" || performance.now() > deadline) throw error;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, AGAIN_MS);
      }
    }
  }

  #pragma(name: string): number {
    return Number(this.#database.prepare(`PRAGMA ${name}`).get()?.[name]);
  }
}

/** The built-in SQLite, without the warning that it is experimental, which no user of a debugger asked for. */
function loadSqlite(path: string): typeof import("node:sqlite") {
  const { emitWarning } = process;
  process.emitWarning = ((warning: string | Error, ...rest: unknown[]) => {
    if (String(warning).includes("SQLite")) return;
    Reflect.apply(emitWarning, process, [warning, ...rest]);
  }) as typeof process.emitWarning;
  try {
    const sqlite = process.getBuiltinModule?.("node:sqlite");
    if (sqlite === undefined) throw nodeTooOld(path);
    return sqlite;
  } finally {
    process.emitWarning = emitWarning;
  }
}

function makeFolder(path: string): void {
  const folder = dirname(path);
  try {
    const made = !existsSync(folder);
    mkdirSync(folder, { recursive: true });
    const ignore = join(folder, ".gitignore");
    if (made || (basename(folder) === ".langgraph-debug" && !existsSync(ignore)))
      writeFileSync(ignore, "*\n");
  } catch (error) {
    throw fromSystem(error, path);
  }
}
