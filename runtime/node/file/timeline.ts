// The checkpoints of a thread with what made each: by SQL, without the user's graph and without their values.

import type {
  AnnotateParams,
  PastTask,
  TimelineEntry,
  TimelineParams,
  TimelineResult,
} from "../../../src/protocol/runtime.ts";
import type { Database } from "../checkpointer/database.ts";
import { RuntimeError } from "../errors.ts";
import { plainOf } from "./raw.ts";
import { ledTo, markOf, type Written, writtenUnder } from "./standing.ts";
import { threadNumber } from "./threads.ts";

/** One checkpoint without its values. */
export interface Row {
  readonly id: string;
  readonly parent: string | null;
  readonly step: number | null;
  readonly source: string | null;
  readonly created: number;
  readonly metadata: string;
  readonly timing: string | null;
}

/** `checkpoints.timing`: how the superstep went that made the checkpoint. */
interface Timing {
  readonly ms?: number;
  readonly own?: number;
  readonly tasks?: { readonly [task: string]: TaskTiming };
}
interface TaskTiming {
  readonly node: string;
  readonly ms?: number;
  readonly routers?: readonly (readonly [name: string, returned: string])[];
  /** Channels, of a task that was taken from the cache: nothing of it is among the pending writes. */
  readonly wrote?: readonly string[];
}

/** The id under which LangGraph writes what is of no task. */
const nobody = "00000000-0000-0000-0000-000000000000";

const columns = "id, parent, step, source, created, metadata, timing";
/** A graph that was set back to before its first visit has one at which nothing has run. */
const shown = "thread = ? AND ns = ? AND step IS NOT -2";

export function timeline(database: Database, params: TimelineParams): TimelineResult {
  const { threadId, namespace, before, limit } = params;
  const num = threadNumber(database, threadId);
  return database.snapshot(() => {
    const older = before === undefined ? "" : " AND id < ?";
    const rows = database.all<Row>(
      `SELECT ${columns} FROM checkpoints WHERE ${shown}${older} ORDER BY id DESC LIMIT ?`,
      num,
      namespace,
      ...(before === undefined ? [] : [before]),
      limit + 1,
    );
    const total = database.get<{ total: number; live: string | null }>(
      `SELECT count(*) AS total, max(id) AS live FROM checkpoints WHERE ${shown}`,
      num,
      namespace,
    );
    const at = new Namespace(database, num, namespace);
    const live = total?.live;
    return {
      entries: rows.slice(0, limit).map((row) => at.entry(row)),
      more: rows.length > limit,
      total: total?.total ?? 0,
      ...(live === undefined || live === null ? {} : { live }),
      ...(before === undefined ? about(database, num, namespace) : {}),
    };
  });
}

function about(database: Database, num: number, namespace: string): { branches: number; name?: string } {
  const { branches } = database.get<{ branches: number }>(
    `SELECT count(*) AS branches FROM (SELECT id FROM checkpoints WHERE ${shown}
     EXCEPT SELECT parent FROM checkpoints WHERE thread = ? AND ns = ?)`,
    ...[num, namespace, num, namespace],
  ) ?? { branches: 0 };
  const thread = database.get<{ name: string | null }>("SELECT name FROM threads WHERE num = ?", num);
  return { branches, ...(typeof thread?.name === "string" && { name: thread.name }) };
}

/** The checkpoints of one graph's run. */
export class Namespace {
  readonly #database: Database;
  readonly #num: number;
  readonly #ns: string;

  constructor(database: Database, num: number, ns: string) {
    this.#database = database;
    this.#num = num;
    this.#ns = ns;
  }

  row(id: string): Row | undefined {
    return this.#database.get(
      `SELECT ${columns} FROM checkpoints WHERE thread = ? AND ns = ? AND id = ?`,
      ...this.#key(id),
    );
  }

  entry(row: Row): TimelineEntry {
    const { id, parent, step, source, created } = row;
    const timing = timingOf(row);
    const writers = this.writers(row);
    const tasks = writers.map((task) => this.#task(row, task, timing?.tasks?.[task.task]));
    const mark = markOf(writtenUnder(this.#database, this.#num, this.#ns, id));
    const { edits } = this.#database.get<{ edits: number }>(
      "SELECT count(*) AS edits FROM edits WHERE thread = ? AND ns = ? AND id = ?",
      ...this.#key(id),
    ) ?? { edits: 0 };
    const given = this.#database.get<{ name: string | null; note: string | null }>(
      "SELECT name, note FROM annotations WHERE thread = ? AND ns = ? AND checkpoint = ?",
      ...this.#key(id),
    );
    const { forked_from: forkedFrom } = JSON.parse(row.metadata) as { forked_from?: unknown };
    return {
      id,
      ...(parent === null ? {} : { parentId: parent }),
      namespace: this.#ns,
      step: step ?? -1,
      source: source ?? "loop",
      createdAt: new Date(created).toISOString(),
      tasks: tasks.filter((task) => task !== undefined),
      written: this.written(row),
      ...(timing?.ms === undefined ? {} : { milliseconds: timing.ms }),
      ...(timing?.own === undefined ? {} : { debuggerMilliseconds: timing.own }),
      ...(mark === undefined ? {} : { mark }),
      edits,
      ...(typeof forkedFrom === "string" ? { forkedFrom } : {}),
      ...(given?.name == null ? {} : { name: given.name }),
      ...(given?.note == null ? {} : { note: given.note }),
    };
  }

  /** The tasks whose writes made a checkpoint. */
  writers(row: Row): Written[] {
    const { parent, source } = row;
    if (parent === null || source === "input") return [];
    const all = writtenUnder(this.#database, this.#num, this.#ns, parent).filter(({ isDone }) => isDone);
    const timed = timingOf(row)?.tasks ?? {};
    // What was pending is still written there too.
    if (source === "update") return all.filter(({ task }) => Object.hasOwn(timed, task));
    const cached = Object.entries(timed).filter(
      ([id, { wrote }]) => wrote && !all.some(({ task }) => task === id),
    );
    return [
      ...all,
      ...cached.map(([task, { node, wrote = [] }]) => ({
        task,
        node,
        channels: wrote,
        mark: undefined,
        isDone: true,
      })),
    ];
  }

  /** Channels that were written, without LangGraph's own. */
  written(row: Row): string[] {
    const channels = [...this.writers(row).flatMap((task) => task.channels), ...this.#commanded(row)];
    return [...new Set(channels.filter(isOfState))];
  }

  /** Channels that a `Command` wrote with which the run went on: under no task's id. */
  #commanded({ parent, source }: Row): string[] {
    if (parent === null || source === "input" || source === "update") return [];
    return this.#database
      .all<{ channel: string }>(
        "SELECT channel FROM writes WHERE thread = ? AND ns = ? AND checkpoint = ? AND task = ? ORDER BY idx",
        ...this.#key(parent),
        nobody,
      )
      .map(({ channel }) => channel);
  }

  /** Undefined: it is one of LangGraph's own. */
  #task(
    row: Row,
    { task, node: known, channels }: Written,
    timing: TaskTiming | undefined,
  ): PastTask | undefined {
    const node = timing?.node ?? known;
    if (node === undefined || node === "__start__") return undefined;
    const subgraph = this.#subgraph(row, node, task);
    return {
      id: task,
      node,
      ...(timing?.ms === undefined ? {} : { milliseconds: timing.ms }),
      to: [...new Set(channels.flatMap((channel) => this.#to(row, task, channel)))],
      routers: (timing?.routers ?? []).map(([name, returned]) => ({ name, returned })),
      ...(subgraph === undefined ? {} : { subgraph }),
    };
  }

  #to({ parent }: Row, task: string, channel: string): string[] {
    return ledTo(channel, () =>
      this.#database
        .all<{ value: Uint8Array }>(
          "SELECT value FROM writes WHERE thread = ? AND ns = ? AND checkpoint = ? AND task = ? AND channel = ?",
          ...this.#key(parent ?? ""),
          task,
          channel,
        )
        .map(({ value }) => plainOf(this.#database, this.#num, value)),
    );
  }

  /** The checkpoints of the graph that a task ran. */
  #subgraph({ id, parent }: Row, node: string, task: string): PastTask["subgraph"] {
    const around = this.#ns === "" ? "" : `${this.#ns}|`;
    const count = (namespace: string, more: string, ...values: string[]): number =>
      this.#database.get<{ count: number }>(
        `SELECT count(*) AS count FROM checkpoints WHERE ${shown}${more}`,
        this.#num,
        namespace,
        ...values,
      )?.count ?? 0;
    const own = `${around}${node}:${task}`;
    const checkpoints = count(own, "");
    if (checkpoints > 0) return { namespace: own, checkpoints };
    // One that keeps its state between visits: those that came in the time of this superstep.
    const kept = `${around}${node}`.replaceAll(/:[^|]*/g, "");
    const visited = count(kept, " AND id > ? AND id < ?", parent ?? "", id);
    return visited === 0 ? undefined : { namespace: kept, checkpoints: visited };
  }

  #key(id: string): [num: number, ns: string, id: string] {
    return [this.#num, this.#ns, id];
  }
}

function timingOf({ timing }: Row): Timing | undefined {
  return timing === null ? undefined : (JSON.parse(timing) as Timing);
}

/** The name of the node that ran a task, as far as the file tells. */
export function nodeOfTask(row: Row, { task, node }: Written): string | undefined {
  const name = timingOf(row)?.tasks?.[task]?.node ?? node;
  return name === "__start__" ? undefined : name;
}

const isOfState = (channel: string): boolean =>
  !/^(?:branch|join):/.test(channel) && (channel === "__root__" || !channel.startsWith("__"));

export function annotate(database: Database, params: AnnotateParams): void {
  const { threadId, namespace, checkpointId, name, note } = params;
  database.transaction(() => {
    const num = threadNumber(database, threadId);
    const key = [num, namespace, checkpointId] as const;
    if (new Namespace(database, num, namespace).row(checkpointId) === undefined) {
      throw new RuntimeError(
        "unknownCheckpoint",
        `There is no checkpoint ${checkpointId} in this graph of the thread.`,
      );
    }
    const where = "WHERE thread = ? AND ns = ? AND checkpoint = ?";
    database.run("INSERT OR IGNORE INTO annotations (thread, ns, checkpoint) VALUES (?, ?, ?)", ...key);
    if (name !== undefined) database.run(`UPDATE annotations SET name = ? ${where}`, name || null, ...key);
    if (note !== undefined) database.run(`UPDATE annotations SET note = ? ${where}`, note || null, ...key);
    database.run(`DELETE FROM annotations ${where} AND name IS NULL AND note IS NULL`, ...key);
  });
}
