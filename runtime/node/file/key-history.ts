// Where the keys of a state were written on the branch of a checkpoint: by SQL, without their values.

import type { KeyHistoryParams, KeyHistoryResult, KeyWriting } from "../../../src/protocol/runtime.ts";
import type { Database } from "../checkpointer/database.ts";
import { RuntimeError } from "../errors.ts";
import { items } from "./raw.ts";
import { threadNumber } from "./threads.ts";
import { Namespace, nodeOfTask, type Row } from "./timeline.ts";

export function keyHistory(database: Database, params: KeyHistoryParams): KeyHistoryResult {
  const { threadId, namespace, checkpointId, key, limit } = params;
  const num = threadNumber(database, threadId);
  return database.snapshot(() => {
    const at = new Namespace(database, num, namespace);
    let row = at.row(checkpointId);
    if (row === undefined) {
      throw new RuntimeError(
        "unknownCheckpoint",
        `There is no checkpoint ${checkpointId} in this graph of the thread.`,
      );
    }
    const writings: KeyWriting[] = [];
    const seen = new Set<string>();
    for (let looked = 0; row !== undefined; looked += 1) {
      if (key === undefined ? looked >= limit : writings.length >= limit) break;
      const found = [...editsOf(database, num, namespace, row), ...stepOf(at, row)];
      for (const writing of found) {
        if (key !== undefined ? writing.key !== key : seen.has(writing.key)) continue;
        seen.add(writing.key);
        writings.push(writing);
      }
      row = row.parent === null ? undefined : at.row(row.parent);
    }
    return { writings: writings.slice(0, key === undefined ? undefined : limit), more: row !== undefined };
  });
}

/** The keys that the superstep wrote which made the checkpoint. */
function stepOf(at: Namespace, row: Row): KeyWriting[] {
  const writers = at.writers(row);
  return at.written(row).map((key) => ({
    ...placeOf(row, key),
    nodes: [
      ...new Set(
        writers
          .filter(({ channels }) => channels.includes(key))
          .map((writer) => nodeOfTask(row, writer))
          .filter((node) => node !== undefined),
      ),
    ],
  }));
}

/** The keys that were changed in place: there, or where it is a copy, before it was made. */
function editsOf(database: Database, num: number, ns: string, row: Row): KeyWriting[] {
  const edited = new Set<string>();
  const looked = new Set<string>();
  let limit = Number.POSITIVE_INFINITY;
  for (let at: Row | undefined = row; at !== undefined && !looked.has(at.id); ) {
    looked.add(at.id);
    for (const key of editedKeys(database, num, ns, at.id, limit)) edited.add(key);
    const { forked_from: original } = JSON.parse(at.metadata) as { forked_from?: unknown };
    limit = Math.min(limit, at.created);
    at = typeof original === "string" ? new Namespace(database, num, ns).row(original) : undefined;
  }
  return [...edited].map((key) => ({ ...placeOf(row, key), nodes: [] }));
}

/** Keys that the edits of a checkpoint up to a time have changed. */
function editedKeys(database: Database, num: number, ns: string, id: string, limit: number): Set<string> {
  const where = "WHERE thread = ? AND ns = ? AND id = ?";
  const states = database.all<{ edited: number; channels: Uint8Array }>(
    `SELECT edited, channels FROM edits ${where} ORDER BY num`,
    num,
    ns,
    id,
  );
  if (states.length === 0) return new Set();
  const now = database.get<{ channels: Uint8Array }>(
    `SELECT channels FROM checkpoints ${where}`,
    num,
    ns,
    id,
  );
  const prints = [...states, ...(now === undefined ? [] : [now])].map(
    ({ channels }) => new Map(items(database, num, channels).map(({ key, print }) => [key, print])),
  );
  const keys = new Set<string>();
  for (const [at, { edited }] of states.entries()) {
    const [before, after] = [prints[at], prints[at + 1]];
    if (before === undefined || after === undefined || edited > limit) continue;
    for (const key of [...before.keys(), ...after.keys()]) {
      if (before.get(key) !== after.get(key)) keys.add(key);
    }
  }
  return keys;
}

function placeOf(row: Row, key: string): Pick<KeyWriting, "key" | "checkpointId" | "step" | "source"> {
  return { key, checkpointId: row.id, step: row.step ?? -1, source: row.source ?? "loop" };
}
