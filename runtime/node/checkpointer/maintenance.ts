// Changes to what is in the file: delete, copy, edit in place and take it back, discard a copy.
// Each function runs inside a transaction of its caller.

import type { Database } from "./database.ts";
import { type Blob, dataOf, hashOf } from "./entries.ts";
import { runnerOf } from "./processes.ts";
import { deleteCheckpoints, type Key } from "./pruning.ts";
import { INSERT_BLOB, LANGUAGE } from "./queue.ts";

/** A checkpoint as it is stored, with every blob it needs. */
export interface Encoded {
  readonly blobs: readonly Blob[];
  readonly envelope: Uint8Array;
  readonly channels: Uint8Array;
}

const COPIED: readonly (readonly [table: string, columns: string])[] = [
  ["checkpoints", "ns, id, parent, step, source, run, created, metadata, envelope, channels, timing"],
  ["writes", "ns, checkpoint, task, idx, path, channel, value"],
  ["blobs", "hash, type, data"],
  ["edits", "ns, id, edited, metadata, envelope, channels"],
  ["annotations", "ns, checkpoint, name, note"],
];

export function numberOf(database: Database, threadId: string): number | undefined {
  return database.get<{ num: number }>("SELECT num FROM threads WHERE id = ?", threadId)?.num;
}

/** Removes a thread and all that belongs to it. One that does not exist is no error. */
export function deleteThread(database: Database, threadId: string): void {
  const num = numberOf(database, threadId);
  if (num === undefined) return;
  for (const [table] of COPIED) database.run(`DELETE FROM ${table} WHERE thread = ?`, num);
  database.run("DELETE FROM threads WHERE num = ?", num);
}

/** Removes the checkpoints that these runs made, with their writes. Returns the threads that it changed. */
export function deleteForRuns(database: Database, runIds: readonly string[]): string[] {
  const ofThread = new Map<string, { num: number; keys: Key[] }>();
  for (const run of runIds) {
    const rows = database.all<{ thread: string; num: number; ns: string; id: string }>(
      "SELECT t.id AS thread, t.num, c.ns, c.id FROM checkpoints c JOIN threads t ON t.num = c.thread " +
        "WHERE c.run = ? AND t.language = ?",
      run,
      LANGUAGE,
    );
    for (const { thread, num, ns, id } of rows) {
      const known = ofThread.get(thread) ?? { num, keys: [] };
      known.keys.push({ ns, id });
      ofThread.set(thread, known);
    }
  }
  for (const { num, keys } of ofThread.values()) deleteCheckpoints(database, num, keys);
  return [...ofThread.keys()];
}

/** Copies all of a thread, its blobs too, to `target`. A source that does not exist is no error. */
export function copyThread(database: Database, source: string, target: string): void {
  const from = numberOf(database, source);
  if (from === undefined || source === target) return;
  database.run(
    "INSERT OR IGNORE INTO threads (id, language, graph, name, note, status, created, updated) " +
      "SELECT ?, language, graph, name, note, status, created, ? FROM threads WHERE num = ?",
    target,
    Date.now(),
    from,
  );
  const to = numberOf(database, target) as number;
  for (const [table, columns] of COPIED) {
    database.run(
      `INSERT OR IGNORE INTO ${table} (thread, ${columns}) SELECT ?, ${columns} FROM ${table} WHERE thread = ?`,
      to,
      from,
    );
  }
}

/**
 * Replaces the values of a checkpoint; what it was goes to `edits`. Parent, pending writes and, when it is
 * undefined, the metadata stay. False when there is no such checkpoint.
 */
export function edit(
  database: Database,
  threadId: string,
  { ns, id }: Key,
  encoded: Encoded,
  metadata: string | undefined,
): boolean {
  const num = numberOf(database, threadId);
  const where = "WHERE thread = ? AND ns = ? AND id = ?";
  if (num === undefined || database.get(`SELECT id FROM checkpoints ${where}`, num, ns, id) === undefined) {
    return false;
  }
  database.run(
    "INSERT INTO edits (thread, ns, id, edited, metadata, envelope, channels) " +
      `SELECT thread, ns, id, ?, metadata, envelope, channels FROM checkpoints ${where}`,
    Date.now(),
    num,
    ns,
    id,
  );
  for (const blob of encoded.blobs) {
    database.run(INSERT_BLOB, num, hashOf(blob), blob.type, dataOf(blob));
  }
  database.run(
    `UPDATE checkpoints SET metadata = coalesce(?, metadata), envelope = ?, channels = ? ${where}`,
    metadata ?? null,
    encoded.envelope,
    encoded.channels,
    num,
    ns,
    id,
  );
  return true;
}

/**
 * Takes back the last edit of a checkpoint: what it was is put in its place again. Returns how many edits are left;
 * undefined when there was none.
 */
export function undoEdit(database: Database, threadId: string, { ns, id }: Key): number | undefined {
  const num = numberOf(database, threadId);
  if (num === undefined) return undefined;
  const edits = database.all<{ num: number }>(
    "SELECT num FROM edits WHERE thread = ? AND ns = ? AND id = ? ORDER BY num",
    num,
    ns,
    id,
  );
  const last = edits.at(-1)?.num;
  if (last === undefined) return undefined;
  database.run(
    "UPDATE checkpoints SET (metadata, envelope, channels) = " +
      "(SELECT metadata, envelope, channels FROM edits WHERE num = ?) WHERE thread = ? AND ns = ? AND id = ?",
    last,
    num,
    ns,
    id,
  );
  database.run("DELETE FROM edits WHERE num = ?", last);
  return edits.length - 1;
}

/**
 * Removes one checkpoint, and its writes when they are of `tasks` only. False, and nothing is changed, when something
 * was made of it: a checkpoint after it, an edit, a note, a write of another task.
 */
export function discard(
  database: Database,
  threadId: string,
  { ns, id }: Key,
  tasks: readonly string[],
): boolean {
  const num = numberOf(database, threadId);
  if (num === undefined) return false;
  const key = [num, ns, id] as const;
  const has = (rest: string): boolean => database.get(`SELECT 1 FROM ${rest}`, ...key) !== undefined;
  if (!has("checkpoints WHERE thread = ? AND ns = ? AND id = ?")) return false;
  if (has("checkpoints WHERE thread = ? AND ns = ? AND parent = ?")) return false;
  if (has("edits WHERE thread = ? AND ns = ? AND id = ?")) return false;
  const writes = database.all<{ task: string }>(
    "SELECT DISTINCT task FROM writes WHERE thread = ? AND ns = ? AND checkpoint = ?",
    ...key,
  );
  if (writes.some(({ task }) => !tasks.includes(task))) return false;
  if (has("annotations WHERE thread = ? AND ns = ? AND checkpoint = ?")) return false;
  // Its blobs stay for the next prune: nearly all are those of the checkpoint that it was copied from.
  database.run("DELETE FROM checkpoints WHERE thread = ? AND ns = ? AND id = ?", ...key);
  database.run("DELETE FROM writes WHERE thread = ? AND ns = ? AND checkpoint = ?", ...key);
  return true;
}

/** Notes how the superstep went that made a checkpoint. */
export function setTiming(database: Database, threadId: string, { ns, id }: Key, timing: string): void {
  database.run(
    "UPDATE checkpoints SET timing = ? WHERE thread = ? AND ns = ? AND id = ?",
    timing,
    numberOf(database, threadId) ?? -1,
    ns,
    id,
  );
}

/** Sets `graph`, `name` or `status` of a thread, which is made when it is missing. */
export function describeThread(
  database: Database,
  threadId: string,
  changes: { readonly graph?: string | null; readonly name?: string | null; readonly status?: string | null },
): void {
  const now = Date.now();
  database.run(
    "INSERT OR IGNORE INTO threads (id, language, created, updated) VALUES (?, ?, ?, ?)",
    threadId,
    LANGUAGE,
    now,
    now,
  );
  for (const column of ["graph", "name", "status"] as const) {
    const value = changes[column];
    if (value !== undefined) database.run(`UPDATE threads SET ${column} = ? WHERE id = ?`, value, threadId);
  }
  const { status } = changes;
  if (status !== undefined)
    database.run("UPDATE threads SET runner = ? WHERE id = ?", runnerOf(status), threadId);
}
