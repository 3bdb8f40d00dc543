// Where a thread stands, from the raw rows of its newest checkpoint: of both languages, without the user's graph.

import type { ThreadInfo } from "../../../src/protocol/runtime.ts";
import type { Database } from "../checkpointer/database.ts";
import { lives } from "../checkpointer/processes.ts";
import { items } from "./raw.ts";

const edge = "branch:to:";
const sends = "__pregel_tasks";
/** LangGraph's own writes, of no task. */
const isNobody = (task: string): boolean => /^[0-]+$/.test(task);

/** What one task has written under the checkpoint that it follows. */
export interface Written {
  readonly task: string;
  /** Its node, where the path of the writes tells. */
  readonly node: string | undefined;
  readonly channels: readonly string[];
  readonly mark: "waiting" | "failed" | "answered" | undefined;
  readonly isDone: boolean;
}

const asked = "__interrupt__";
const answered = "__resume__";
const failed = "__error__";
const notResults: ReadonlySet<string> = new Set([
  asked,
  answered,
  failed,
  "__error_source_node__",
  "__scheduled__",
]);

/** The tasks that have written under a checkpoint, in the order of their ids. */
export function writtenUnder(database: Database, num: number, ns: string, checkpoint: string): Written[] {
  const rows = database.all<{ task: string; path: string; channel: string }>(
    "SELECT task, path, channel FROM writes WHERE thread = ? AND ns = ? AND checkpoint = ? ORDER BY task, idx",
    num,
    ns,
    checkpoint,
  );
  const byTask = new Map<string, { path: string; channels: string[] }>();
  for (const { task, path, channel } of rows) {
    if (isNobody(task)) continue;
    const known = byTask.get(task);
    if (known === undefined) byTask.set(task, { path, channels: [channel] });
    else known.channels.push(channel);
  }
  return [...byTask].map(([task, { path, channels }]) => {
    const isDone = channels.some((channel) => !notResults.has(channel));
    const has = (channel: string): boolean => channels.includes(channel);
    const mark =
      isDone && (has(asked) || has(answered))
        ? "answered"
        : !isDone && has(failed)
          ? "failed"
          : !isDone && has(asked)
            ? "waiting"
            : undefined;
    return { task, node: nodeOf(path), channels, mark, isDone };
  });
}

/** Of the path of a task that an edge leads to. */
function nodeOf(path: string): string | undefined {
  return /^~__pregel_pull, (.+)$/.exec(path)?.[1];
}

/** What stands out in a checkpoint's own pending writes. */
export function markOf(written: readonly Written[]): "waiting" | "failed" | "answered" | undefined {
  return (["failed", "waiting", "answered"] as const).find((mark) =>
    written.some((task) => task.mark === mark),
  );
}

/** `stored` is the thread's own status: what the process that ran it has noted last, and which that is. */
export function standingOf(
  database: Database,
  num: number,
  stored: { readonly status: string | null; readonly runner: string | null },
): Pick<ThreadInfo, "status" | "at"> {
  const newest = database.get<{ id: string; channels: Uint8Array }>(
    "SELECT id, channels FROM checkpoints WHERE thread = ? AND ns = '' ORDER BY id DESC LIMIT 1",
    num,
  );
  const written = newest === undefined ? [] : writtenUnder(database, num, "", newest.id);
  const open = written.filter(({ isDone, mark }) => !isDone && mark !== undefined).map(({ node }) => node);
  const done = new Set(written.filter(({ isDone }) => isDone).map(({ node }) => node));
  const next = newest === undefined ? [] : nextNodes(database, num, newest.channels);
  const names = [...open, ...next.filter((node) => !done.has(node))];
  const at = [...new Set(names.filter((name) => name !== undefined && name !== "__start__"))] as string[];
  if (stored.status === "running" && lives(stored.runner)) return { status: "running", at };
  const mark = markOf(written);
  if (mark === "failed" || mark === "waiting") return { status: mark, at };
  if (stored.status === "failed") return { status: "failed", at };
  return { status: at.length === 0 ? "ended" : "stopped", at };
}

/** Nodes that the channels of a checkpoint lead to. */
function nextNodes(database: Database, num: number, channels: Uint8Array): string[] {
  return items(database, num, channels).flatMap(({ key, value }) => {
    if (key.startsWith(edge)) return [key.slice(edge.length)];
    if (key === sends) return sentTo(value());
    const join = /^join:(.+):([^:]+)$/.exec(key);
    if (join?.[1] === undefined || join[2] === undefined) return [];
    const seen = value();
    return Array.isArray(seen) && seen.length === join[1].split("+").length ? [join[2]] : [];
  });
}

/** Nodes of `Send`s, one or a list of them; before 1.4 LangGraph.js stores that list as the second one of a pair. */
function sentTo(value: unknown): string[] {
  return [value].flat(2).flatMap((send) => {
    const node = (send as { node?: unknown } | null | undefined)?.node;
    return typeof node === "string" ? [node] : [];
  });
}

/** Nodes that the channel which a task wrote leads to. */
export function ledTo(channel: string, value: () => unknown): string[] {
  if (channel.startsWith(edge)) return [channel.slice(edge.length)];
  if (channel === sends) return sentTo(value());
  const join = /^join:.+:([^:]+)$/.exec(channel)?.[1];
  return join === undefined ? [] : [join];
}
