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

/** The keys that were changed in place, newest edit first. */
function editsOf(database: Database, num: number, ns: string, row: Row): KeyWriting[] {
  const states = database.all<{ channels: Uint8Array }>(
    "SELECT channels FROM edits WHERE thread = ? AND ns = ? AND id = ? ORDER BY num",
    num,
    ns,
    row.id,
  );
  if (states.length === 0) return [];
  const now = database.get<{ channels: Uint8Array }>(
    "SELECT channels FROM checkpoints WHERE thread = ? AND ns = ? AND id = ?",
    num,
    ns,
    row.id,
  );
  if (now !== undefined) states.push(now);
  const prints = states.map(
    ({ channels }) => new Map(items(database, num, channels).map(({ key, print }) => [key, print])),
  );
  const edited = new Set<string>();
  for (const [at, after] of prints.entries()) {
    const before = prints[at - 1];
    if (before === undefined) continue;
    for (const key of [...before.keys(), ...after.keys()]) {
      if (before.get(key) !== after.get(key)) edited.add(key);
    }
  }
  return [...edited].map((key) => ({ ...placeOf(row, key), nodes: [] }));
}

function placeOf(row: Row, key: string): Pick<KeyWriting, "key" | "checkpointId" | "step" | "source"> {
  return { key, checkpointId: row.id, step: row.step ?? -1, source: row.source ?? "loop" };
}
