// Where a thread stands, from the raw rows of its newest checkpoint: of both languages, without the user's graph.

import type { ThreadInfo } from "../../../src/protocol/runtime.ts";
import type { Database } from "../checkpointer/database.ts";
import { lives } from "../checkpointer/processes.ts";
import { Extension, unpack } from "./msgpack.ts";
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
  /** Which of the things sent it has for its input. */
  readonly send?: number | undefined;
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

/** The tasks that have written under a checkpoint, in the order of their ids. `sent`: to which nodes Sends are. */
export function writtenUnder(
  database: Database,
  num: number,
  ns: string,
  checkpoint: string,
  sent: readonly string[] = [],
): Written[] {
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
    const send = sendOf(path);
    const node = /^~__pregel_pull, (.+)$/.exec(path)?.[1] ?? (send === undefined ? undefined : sent[send]);
    return { task, node, send, channels, mark, isDone };
  });
}

/** Which of the things sent a task was made for, where the path of its writes tells. */
function sendOf(path: string): number | undefined {
  const number = /^~__pregel_push, (\d{10})(?:, |$)/.exec(path)?.[1];
  return number === undefined ? undefined : Number(number);
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
  const { pulled, sent } =
    newest === undefined ? { pulled: [], sent: [] } : nextNodes(database, num, newest.channels);
  const written = newest === undefined ? [] : writtenUnder(database, num, "", newest.id, sent);
  const open = written.filter(({ isDone, mark }) => !isDone && mark !== undefined).map(({ node }) => node);
  const done = written.filter(({ isDone }) => isDone);
  const doneNodes = new Set(done.filter(({ send }) => send === undefined).map(({ node }) => node));
  const doneSends = new Set(done.map(({ send }) => send));
  const names = [
    ...pulled.filter((node) => !doneNodes.has(node)),
    ...sent.filter((_, send) => !doneSends.has(send)),
    ...open,
  ];
  const at = [
    ...new Set(names.filter((name) => name !== undefined && name !== "" && name !== "__start__")),
  ] as string[];
  if (stored.status === "running" && lives(stored.runner)) return { status: "running", at };
  const mark = markOf(written);
  if (mark === "failed" || mark === "waiting") return { status: mark, at };
  if (stored.status === "failed") return { status: "failed", at };
  return { status: at.length === 0 ? "ended" : "stopped", at };
}

/** The nodes that the channels of a checkpoint trigger, and those that something was sent to. */
function nextNodes(
  database: Database,
  num: number,
  channels: Uint8Array,
): { pulled: string[]; sent: string[] } {
  const pulled: string[] = [];
  const sent: string[] = [];
  for (const { key, value } of items(database, num, channels)) {
    if (key === sends) sent.push(...sentTo(value()));
    else if (key.startsWith(edge)) {
      if (untilFinish(value()).isOpen) pulled.push(key.slice(edge.length));
    } else {
      const join = /^join:(.+):([^:]+)$/.exec(key);
      if (join?.[1] === undefined || join[2] === undefined) continue;
      const { isOpen, inner } = untilFinish(value());
      const seen = inner instanceof Extension ? argumentsOf(inner) : inner;
      const wanted = join[1].split("+");
      if (isOpen && Array.isArray(seen) && seen.length === wanted.length) pulled.push(join[2]);
    }
  }
  return { pulled, sent };
}

/** A channel to a deferred node tells beside its value whether it is open: it is not until the end is near. */
function untilFinish(value: unknown): { isOpen: boolean; inner: unknown } {
  if (Array.isArray(value) && value.length === 2 && typeof value[1] === "boolean")
    return { isOpen: value[1], inner: value[0] };
  return { isOpen: true, inner: value };
}

/** Nodes of `Send`s, one or a list of them; "" where it can't be told. */
function sentTo(value: unknown): string[] {
  // Before 1.4 LangGraph.js stores a pair: what it has seen before, and what was sent.
  const isPair = Array.isArray(value) && value.length === 2 && value.every(Array.isArray);
  return [isPair ? value[1] : value].flat().map((send: unknown) => {
    const made = send instanceof Extension ? argumentsOf(send) : undefined;
    const node = Array.isArray(made) ? made[0] : (send as { node?: unknown } | null | undefined)?.node;
    return typeof node === "string" ? node : "";
  });
}

/** What an object of Python's is made of: the arguments of its class. */
function argumentsOf({ data }: Extension): unknown {
  try {
    const made = unpack(data);
    return Array.isArray(made) ? made[2] : undefined;
  } catch {
    return undefined;
  }
}

/** Nodes that the channel which a task wrote leads to. */
export function ledTo(channel: string, value: () => unknown): string[] {
  if (channel.startsWith(edge)) return [channel.slice(edge.length)];
  if (channel === sends) return sentTo(value()).filter((node) => node !== "");
  const join = /^join:.+:([^:]+)$/.exec(channel)?.[1];
  return join === undefined ? [] : [join];
}
