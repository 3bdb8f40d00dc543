// The statements that read the checkpoint file.

import type { Database } from "./database.ts";
import type { Stored } from "./decoder.ts";
import { LANGUAGE } from "./queue.ts";

/** One row of `threads`; times are milliseconds since 1970. */
export interface ThreadRow {
  readonly num: number;
  readonly id: string;
  /** "python" or "javascript" */
  readonly language: string;
  readonly graph: string | null;
  readonly name: string | null;
  readonly status: string | null;
  readonly created: number;
  readonly updated: number;
  readonly epoch: number;
}

/** A checkpoint without its values. */
export interface CheckpointSummary {
  readonly threadId: string;
  readonly ns: string;
  readonly id: string;
  readonly parent: string | null;
  readonly step: number | null;
  readonly source: string | null;
  /** milliseconds since 1970 */
  readonly created: number;
  /** JSON */
  readonly metadata: string;
}

export interface StoredCheckpoint extends CheckpointSummary {
  readonly thread: number;
  readonly envelope: Uint8Array;
  readonly channels: Uint8Array;
}

export interface StoredWrite {
  readonly task: string;
  readonly channel: string;
  readonly value: Uint8Array;
}

export interface StoredEdit {
  readonly edited: number;
  readonly metadata: string;
  readonly envelope: Uint8Array;
  readonly channels: Uint8Array;
}

const THREAD = "num, id, language, graph, name, status, created, updated, epoch";
const SUMMARY = "t.id AS threadId, c.ns, c.id, c.parent, c.step, c.source, c.created, c.metadata";
const FROM = "FROM threads t CROSS JOIN checkpoints c ON c.thread = t.num";

export class Reader {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  thread(id: string): ThreadRow | undefined {
    return this.#database.get(`SELECT ${THREAD} FROM threads WHERE id = ?`, id);
  }

  /** Every thread, of both languages, the last used first. */
  threads(): ThreadRow[] {
    return this.#database.all(
      `SELECT ${THREAD} FROM threads WHERE deleted IS NULL ORDER BY updated DESC, num DESC`,
    );
  }

  /** The checkpoint with this id, or the latest one. */
  checkpoint(threadId: string, ns: string, id: string | undefined): StoredCheckpoint | undefined {
    const columns = `${SUMMARY}, c.thread, c.envelope, c.channels`;
    const where = "WHERE t.id = ? AND c.ns = ?";
    if (id === undefined) {
      return this.#database.get(
        `SELECT ${columns} ${FROM} ${where} ORDER BY c.id DESC LIMIT 1`,
        threadId,
        ns,
      );
    }
    return this.#database.get(`SELECT ${columns} ${FROM} ${where} AND c.id = ?`, threadId, ns, id);
  }

  /** How the superstep went that made a checkpoint. */
  timing(threadId: string, ns: string, id: string): string | null {
    const row = this.#database.get<{ timing: string | null }>(
      `SELECT c.timing ${FROM} WHERE t.id = ? AND c.ns = ? AND c.id = ?`,
      threadId,
      ns,
      id,
    );
    return row?.timing ?? null;
  }

  /** The checkpoints asked for, newest first; `before` is strict. Of one language unless a thread is named. */
  summaries(
    threadId: string | undefined,
    ns: string | undefined,
    id: string | undefined,
    before: string | undefined,
    limit = -1,
  ): CheckpointSummary[] {
    const asked = Object.entries({ "t.id =": threadId, "c.ns =": ns, "c.id =": id, "c.id <": before });
    const conditions = asked.filter((pair): pair is [string, string] => pair[1] !== undefined);
    const where = conditions.map(([sql]) => `${sql} ?`);
    const values = conditions.map(([, value]) => value);
    if (threadId === undefined) {
      where.push("t.language = ?");
      values.push(LANGUAGE);
    }
    return this.#database.all(
      `SELECT ${SUMMARY} ${FROM} WHERE ${where.join(" AND ")} ORDER BY c.id DESC LIMIT ?`,
      ...values,
      limit,
    );
  }

  /** Every namespace in which the thread has a checkpoint. */
  namespaces(threadId: string): string[] {
    const rows = this.#database.all<{ ns: string }>(`SELECT DISTINCT c.ns ${FROM} WHERE t.id = ?`, threadId);
    return rows.map(({ ns }) => ns);
  }

  /** The pending writes of a checkpoint, in the order of LangGraph's own savers. */
  writes(thread: number, ns: string, checkpoint: string): StoredWrite[] {
    return this.#database.all(
      "SELECT task, channel, value FROM writes WHERE thread = ? AND ns = ? AND checkpoint = ? " +
        "ORDER BY task, idx",
      thread,
      ns,
      checkpoint,
    );
  }

  /** What a checkpoint was before each edit, oldest first. */
  edits(thread: number, ns: string, id: string): StoredEdit[] {
    return this.#database.all(
      "SELECT edited, metadata, envelope, channels FROM edits WHERE thread = ? AND ns = ? AND id = ? ORDER BY num",
      thread,
      ns,
      id,
    );
  }

  blob(thread: number, hash: Uint8Array): Stored | undefined {
    return this.#database.get("SELECT type, data FROM blobs WHERE thread = ? AND hash = ?", thread, hash);
  }
}
