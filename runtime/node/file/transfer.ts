// A thread as one JSON file: its rows as they are, so that they are the same on any machine. `importing.ts` reads it.

import { closeSync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";
import type { Database } from "../checkpointer/database.ts";
import { RuntimeError } from "../errors.ts";
import { threadNumber } from "./threads.ts";

export const format = "langgraph-debugger thread";
export const version = 1;

export type Kind = "text" | "text?" | "integer" | "integer?" | "bytes";
export type Columns = { readonly [column: string]: Kind };
export type Cell = string | number | null | Uint8Array;

export const threadColumns: Columns = {
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
export const tables: { readonly [table: string]: { readonly columns: Columns; readonly order: string } } = {
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

/** A value with more bytes is written in parts of so many: all of its text may be longer than a string can be. */
const partBytes = 3 << 20;

/** Throws RuntimeError; the file at `to` is whole or as it was. */
export function exportThread(database: Database, threadId: string, to: string): void {
  const num = threadNumber(database, threadId);
  const temporary = `${to}.${process.pid}.tmp`;
  try {
    const file = openSync(temporary, "w");
    try {
      database.snapshot(() => {
        for (const text of pieces(database, num)) writeFileSync(file, text);
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

export const isOfSystem = (error: unknown): error is NodeJS.ErrnoException =>
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
      yield* rowText(
        between,
        names.map((name) => row[name] ?? null),
      );
      between = ",\n";
    }
    yield "]}";
    separator = ",\n";
  }
  yield "}}\n";
}

function* rowText(before: string, cells: readonly Cell[]): Generator<string> {
  let text = `${before}[`;
  for (const [at, cell] of cells.entries()) {
    if (at > 0) text += ",";
    if (!(cell instanceof Uint8Array)) {
      text += JSON.stringify(cell);
      continue;
    }
    const bytes = Buffer.from(cell.buffer, cell.byteOffset, cell.byteLength);
    text += '"';
    for (let from = 0; from < bytes.length; from += partBytes) {
      text += bytes.toString("base64", from, from + partBytes);
      if (bytes.length <= partBytes) continue;
      yield text;
      text = "";
    }
    text += '"';
  }
  yield `${text}]`;
}
