// Removes checkpoints and the blobs that nothing reaches any more. Each function runs inside a transaction of its caller.

import type { Database } from "./database.ts";
import type { Stored } from "./decoder.ts";
import { NESTING, PART, parse } from "./entries.ts";

export interface Key {
  readonly ns: string;
  readonly id: string;
}

interface Row extends Key {
  /** The checkpoints that the graphs around it stood at, by namespace. */
  readonly parents: readonly Key[];
}

const nameOf = ({ ns, id }: Key): string => JSON.stringify([ns, id]);

/**
 * Keeps the newest `keep` checkpoints of each namespace, those with a name or a note, and what these need: the ancestors
 * that delta channels are made from; for one with a name those that the graphs around it stood at, too. Those of a
 * subgraph's run (a namespace with a task id) go with the checkpoint that the run began at. Returns how many have gone,
 * and how many were spared for a name.
 */
export function prune(database: Database, num: number, keep = 1): { gone: number; spared: number } {
  const rows = database
    .all<Key & { metadata: string }>(
      "SELECT ns, id, metadata FROM checkpoints WHERE thread = ? ORDER BY ns, id DESC",
      num,
    )
    .map(({ ns, id, metadata }): Row => {
      const { parents = {} } = JSON.parse(metadata) as { parents?: { [ns: string]: string } };
      return { ns, id, parents: Object.entries(parents).map(([around, of]) => ({ ns: around, id: of })) };
    });
  const named = database
    .all<Key>("SELECT ns, checkpoint AS id FROM annotations WHERE thread = ?", num)
    .map(nameOf);
  const newest = keptOf(database, num, rows, keep, new Set());
  const isAll = named.every((each) => newest.has(each));
  const kept = isAll ? newest : keptOf(database, num, rows, keep, new Set(named));
  const gone = rows.filter((row) => !kept.has(nameOf(row)));
  deleteCheckpoints(database, num, gone);
  return { gone: gone.length, spared: kept.size - newest.size };
}

function keptOf(
  database: Database,
  num: number,
  rows: readonly Row[],
  keep: number,
  named: ReadonlySet<string>,
): Set<string> {
  const kept = new Set<string>();
  const keepAll = (places: readonly Key[]): void => {
    for (const { ns, id } of places)
      for (const each of needed(database, num, ns, id)) kept.add(nameOf({ ns, id: each }));
  };
  for (const row of rows) if (named.has(nameOf(row))) keepAll([row, ...row.parents]);
  const counts = new Map<string, number>();
  // A namespace begins with that of the graph around it, so that this one comes first.
  for (const row of rows) {
    const count = counts.get(row.ns) ?? 0;
    if (count >= Math.max(1, keep)) continue;
    if (row.ns.includes(":") && row.parents.some((of) => !kept.has(nameOf(of)))) continue;
    counts.set(row.ns, count + 1);
    if (!kept.has(nameOf(row))) keepAll([row]);
  }
  return kept;
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

export function fetchBlob(database: Database, num: number, hash: Uint8Array): Stored | undefined {
  return database.get("SELECT type, data FROM blobs WHERE thread = ? AND hash = ?", num, hash);
}

export function deleteCheckpoints(database: Database, num: number, keys: readonly Key[]): void {
  if (keys.length === 0) return;
  for (const { ns, id } of keys) {
    database.run("DELETE FROM checkpoints WHERE thread = ? AND ns = ? AND id = ?", num, ns, id);
    database.run("DELETE FROM writes WHERE thread = ? AND ns = ? AND checkpoint = ?", num, ns, id);
    database.run("DELETE FROM edits WHERE thread = ? AND ns = ? AND id = ?", num, ns, id);
    database.run("DELETE FROM annotations WHERE thread = ? AND ns = ? AND checkpoint = ?", num, ns, id);
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
