// Changes to what is in the file: delete, copy, prune, edit in place, and removal of unreachable blobs.
// Each function runs inside a transaction of its caller.

import type { Database } from "./database.ts";
import type { Stored } from "./decoder.ts";
import { type Blob, dataOf, hashOf, NESTING, PART, parse } from "./entries.ts";
import { INSERT_BLOB, LANGUAGE } from "./queue.ts";

interface Key {
  readonly ns: string;
  readonly id: string;
}

/** A checkpoint as it is stored, with every blob it needs. */
export interface Encoded {
  readonly blobs: readonly Blob[];
  readonly envelope: Uint8Array;
  readonly channels: Uint8Array;
}

const COPIED: readonly (readonly [table: string, columns: string])[] = [
  ["checkpoints", "ns, id, parent, step, source, run, created, metadata, envelope, channels"],
  ["writes", "ns, checkpoint, task, idx, path, channel, value"],
  ["blobs", "hash, type, data"],
  ["edits", "ns, id, edited, metadata, envelope, channels"],
];

function numberOf(database: Database, threadId: string): number | undefined {
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
    "INSERT OR IGNORE INTO threads (id, language, graph, created, updated) " +
      "SELECT ?, language, graph, created, ? FROM threads WHERE num = ?",
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

/** Keeps the latest checkpoint of each namespace, and the ancestors that its delta channels are made from. */
export function prune(database: Database, threadId: string): void {
  const num = numberOf(database, threadId);
  if (num === undefined) return;
  const keep = new Map<string, Set<string>>();
  const latest = database.all<Key>(
    "SELECT ns, max(id) AS id FROM checkpoints WHERE thread = ? GROUP BY ns",
    num,
  );
  for (const { ns, id } of latest) keep.set(ns, needed(database, num, ns, id));
  const all = database.all<Key>("SELECT ns, id FROM checkpoints WHERE thread = ?", num);
  deleteCheckpoints(
    database,
    num,
    all.filter(({ ns, id }) => keep.get(ns)?.has(id) !== true),
  );
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
 * Removes one checkpoint, and its writes when they are of `tasks` only. False, and nothing is changed, when something
 * was made of it: a checkpoint after it, an edit, a write of another task.
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
  // Its blobs stay for the next prune: nearly all are those of the checkpoint that it was copied from.
  database.run("DELETE FROM checkpoints WHERE thread = ? AND ns = ? AND id = ?", ...key);
  database.run("DELETE FROM writes WHERE thread = ? AND ns = ? AND checkpoint = ?", ...key);
  return true;
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
}

/** The checkpoint, and its ancestors back to the one where each of its delta channels has a value. */
function needed(database: Database, num: number, ns: string, id: string): Set<string> {
  const chain = new Set<string>();
  let missing: Set<string> | undefined;
  let current: string | null = id;
  while (current !== null && !chain.has(current) && missing?.size !== 0) {
    const row: { parent: string | null; metadata: string; channels: Uint8Array } | undefined = database.get(
      "SELECT parent, metadata, channels FROM checkpoints WHERE thread = ? AND ns = ? AND id = ?",
      num,
      ns,
      current,
    );
    if (row === undefined) break;
    chain.add(current);
    if (missing === undefined) {
      // LangGraph lists there the delta channels that were written after their last snapshot.
      const counters: object = JSON.parse(row.metadata).counters_since_delta_snapshot ?? {};
      missing = new Set(Object.keys(counters));
    }
    for (const name of channelNames(database, num, row.channels)) missing.delete(name);
    current = row.parent;
  }
  return chain;
}

function* channelNames(database: Database, num: number, data: Uint8Array): Generator<string> {
  for (const entry of parse(data)) {
    if (entry.key !== undefined) yield entry.key;
    else if (entry.tag === PART && entry.hash !== undefined) {
      const stored = fetchBlob(database, num, entry.hash);
      if (stored !== undefined) yield* channelNames(database, num, stored.data);
    }
  }
}

function fetchBlob(database: Database, num: number, hash: Uint8Array): Stored | undefined {
  return database.get("SELECT type, data FROM blobs WHERE thread = ? AND hash = ?", num, hash);
}

function deleteCheckpoints(database: Database, num: number, keys: readonly Key[]): void {
  if (keys.length === 0) return;
  for (const { ns, id } of keys) {
    database.run("DELETE FROM checkpoints WHERE thread = ? AND ns = ? AND id = ?", num, ns, id);
    database.run("DELETE FROM writes WHERE thread = ? AND ns = ? AND checkpoint = ?", num, ns, id);
    database.run("DELETE FROM edits WHERE thread = ? AND ns = ? AND id = ?", num, ns, id);
  }
  sweep(database, num);
}

/** Removes the blobs of a thread that nothing reaches any more. */
function sweep(database: Database, num: number): void {
  const reached = new Set<string>();
  const visit = (data: Uint8Array): void => {
    for (const { hash, type, data: inline } of parse(data)) {
      if (hash === undefined) {
        if (NESTING.has(type)) visit(inline);
        continue;
      }
      const name = hash.toString("latin1");
      if (reached.has(name)) continue;
      reached.add(name);
      const stored = fetchBlob(database, num, hash);
      if (stored !== undefined && NESTING.has(stored.type)) visit(stored.data);
    }
  };
  const roots = database.all<{ data: Uint8Array }>(
    "SELECT envelope AS data FROM checkpoints WHERE thread = ? UNION ALL " +
      "SELECT channels FROM checkpoints WHERE thread = ? UNION ALL " +
      "SELECT value FROM writes WHERE thread = ? UNION ALL " +
      "SELECT envelope FROM edits WHERE thread = ? UNION ALL SELECT channels FROM edits WHERE thread = ?",
    ...new Array<number>(5).fill(num),
  );
  for (const { data } of roots) visit(data);
  for (const { hash } of database.all<{ hash: Uint8Array }>("SELECT hash FROM blobs WHERE thread = ?", num)) {
    if (reached.has(Buffer.from(hash).toString("latin1"))) continue;
    database.run("DELETE FROM blobs WHERE thread = ? AND hash = ?", num, hash);
  }
  database.run("UPDATE threads SET epoch = epoch + 1 WHERE num = ?", num);
}
