// The threads of a checkpoint file: listed, named, deleted, copied, pruned. Of both languages; no value is decoded.

import { statSync } from "node:fs";
import type {
  DescribeThreadParams,
  PruneParams,
  PruneResult,
  ThreadInfo,
  ThreadsParams,
  ThreadsResult,
} from "../../../src/protocol/runtime.ts";
import type { Database } from "../checkpointer/database.ts";
import { copyThread, deleteThread } from "../checkpointer/maintenance.ts";
import { prune } from "../checkpointer/pruning.ts";
import { RuntimeError } from "../errors.ts";
import { standingOf } from "./standing.ts";

/** Pages that are given back in one go: another process waits meanwhile. */
const vacuumPages = 2000;

interface Row {
  num: number;
  id: string;
  language: string;
  graph: string | null;
  name: string | null;
  note: string | null;
  status: string | null;
  runner: string | null;
  created: number;
  updated: number;
}

export function threads(database: Database, { filter, start = 0, limit }: ThreadsParams): ThreadsResult {
  const rows = database.all<Row>(
    "SELECT num, id, language, graph, name, note, status, runner, created, updated FROM threads " +
      // A process that is killed at once leaves a thread behind that has nothing to open.
      "WHERE deleted IS NULL AND EXISTS (SELECT 1 FROM checkpoints WHERE thread = threads.num) " +
      "ORDER BY updated DESC, num DESC",
  );
  const wanted = filter?.toLowerCase() ?? "";
  const fits = (text: string | null): boolean => text?.toLowerCase().includes(wanted) === true;
  const found = rows.filter(({ id, name, graph, note }) => [id, name, graph, note].some(fits));
  const shown = found.slice(start, limit === undefined ? undefined : start + limit);
  return {
    threads: shown.map((row) => threadInfo(database, row)),
    total: found.length,
    size: sizeOf(database),
  };
}

function threadInfo(database: Database, row: Row): ThreadInfo {
  const counted = database.get<{ count: number }>(
    "SELECT count(*) AS count FROM checkpoints WHERE thread = ?",
    row.num,
  );
  return {
    id: row.id,
    language: row.language === "python" ? "python" : "javascript",
    ...(row.graph === null ? {} : { graph: row.graph }),
    ...(row.name === null ? {} : { name: row.name }),
    ...(row.note === null ? {} : { note: row.note }),
    ...standingOf(database, row.num, row),
    checkpoints: counted?.count ?? 0,
    createdAt: new Date(row.created).toISOString(),
    updatedAt: new Date(row.updated).toISOString(),
  };
}

function sizeOf(database: Database): ThreadsResult["size"] {
  const pageSize = pragma(database, "page_size");
  return { bytes: fileBytes(database.path), free: pragma(database, "freelist_count") * pageSize };
}

/** Of the file with its journal. */
function fileBytes(path: string): number {
  const of = (each: string): number => statSync(each, { throwIfNoEntry: false })?.size ?? 0;
  return of(path) + of(`${path}-wal`);
}

function pragma(database: Database, name: string): number {
  return Number(database.get<{ [name: string]: number }>(`PRAGMA ${name}`)?.[name] ?? 0);
}

export const unknownThread = (threadId: string): RuntimeError =>
  new RuntimeError("unknownThread", `The checkpoint file has no thread ${threadId}. List its threads again.`);

/** The thread's number in the file. Throws when there is none, or it is deleted. */
export function threadNumber(database: Database, threadId: string): number {
  const row = database.get<{ num: number }>(
    "SELECT num FROM threads WHERE id = ? AND deleted IS NULL",
    threadId,
  );
  if (row === undefined) throw unknownThread(threadId);
  return row.num;
}

export function describeThread(database: Database, { threadId, name, note }: DescribeThreadParams): void {
  database.transaction(() => {
    const num = threadNumber(database, threadId);
    if (name !== undefined) database.run("UPDATE threads SET name = ? WHERE num = ?", name || null, num);
    if (note !== undefined) database.run("UPDATE threads SET note = ? WHERE num = ?", note || null, num);
  });
}

/** Returns what it is called from now on. */
export function takeOut(database: Database, threadId: string): string {
  return database.transaction(() => {
    const num = threadNumber(database, threadId);
    const deleted = `deleted:${num}:${threadId}`;
    database.run("UPDATE threads SET id = ?, deleted = ? WHERE num = ?", deleted, Date.now(), num);
    return deleted;
  });
}

export function restore(database: Database, deleted: string): string {
  return database.transaction(() => {
    const row = database.get<{ num: number }>(
      "SELECT num FROM threads WHERE id = ? AND deleted IS NOT NULL",
      deleted,
    );
    if (row === undefined) {
      throw new RuntimeError("unknownThread", "This thread is not in the checkpoint file any more.");
    }
    const id = freeId(database, deleted.slice(`deleted:${row.num}:`.length));
    database.run("UPDATE threads SET id = ?, deleted = NULL WHERE num = ?", id, row.num);
    return id;
  });
}

/** As it is, or with the first number behind it under which the file has no thread. */
export function freeId(database: Database, id: string): string {
  for (let number = 1; ; number += 1) {
    const free = number === 1 ? id : `${id}-${number}`;
    if (database.get("SELECT num FROM threads WHERE id = ?", free) === undefined) return free;
  }
}

export function copy(database: Database, threadId: string): string {
  return database.transaction(() => {
    threadNumber(database, threadId);
    const id = freeId(database, threadId);
    copyThread(database, threadId, id);
    return id;
  });
}

/** Thrown to take back all that a dry run has done. */
class DryRun extends Error {}

export function pruneThreads(database: Database, params: PruneParams): PruneResult {
  const { threadIds, keep, dryRun } = params;
  const result: PruneResult = { checkpoints: 0, spared: 0, deletedThreads: 0, bytes: 0 };
  const before = fileBytes(database.path);
  try {
    database.transaction(() => {
      const chosen =
        threadIds?.map((id) => threadNumber(database, id)) ??
        database.all<{ num: number }>("SELECT num FROM threads WHERE deleted IS NULL").map(({ num }) => num);
      const deleted = database.all<{ id: string }>("SELECT id FROM threads WHERE deleted IS NOT NULL");
      for (const { id } of deleted) deleteThread(database, id);
      result.deletedThreads = deleted.length;
      if (keep !== undefined) {
        for (const num of chosen) {
          const { gone, spared } = prune(database, num, keep);
          result.checkpoints += gone;
          result.spared += spared;
        }
      }
      result.bytes = pragma(database, "freelist_count") * pragma(database, "page_size");
      if (dryRun) throw new DryRun();
    });
  } catch (error) {
    if (error instanceof DryRun) return result;
    throw error;
  }
  vacuum(database);
  return { ...result, bytes: Math.max(0, before - fileBytes(database.path)) };
}

/** Gives the free pages back, in portions: a run of another process writes in between. */
function vacuum(database: Database): void {
  for (let left = pragma(database, "freelist_count"); left > 0; ) {
    database.all(`PRAGMA incremental_vacuum(${vacuumPages})`);
    const now = pragma(database, "freelist_count");
    if (now >= left) break;
    left = now;
  }
  // The journal is moved into the file and emptied, unless somebody reads it just now.
  database.all("PRAGMA wal_checkpoint(TRUNCATE)");
}
