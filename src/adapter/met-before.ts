// Which breakpoints stop on the way back at a step that was taken: decided with the state as it was then.

import type { HistoryEntry, Language, SetBreakpointsParams } from "../protocol/runtime.ts";
import type { Runtime } from "./runtime.ts";
import { matches } from "./stop.ts";

/** All breakpoints, as the runtime is told of them. */
export interface PastBreakpoints {
  toRuntime(): SetBreakpointsParams;
}

export interface Met {
  readonly ids: number[];
  /** Something to know about a condition. */
  readonly text?: string;
  /** Only what stops after nodes was met. */
  readonly after: boolean;
}

/**
 * The breakpoints at the checkpoint of `entry`: before the nodes that come next, and, where `after`, after those that
 * led to it. Log points don't stop, and hit counts are not asked: they don't count backwards.
 */
export async function metBefore(
  entry: HistoryEntry,
  { breakpoints, dataBreakpoints }: SetBreakpointsParams,
  runtime: Pick<Runtime, "request">,
  language: Language,
  after: boolean,
): Promise<Met | undefined> {
  const { id: checkpointId, namespace, next } = entry.checkpoint;
  const met = new Set<number>();
  const before = new Set<number>();
  let text: string | undefined;
  const decide = async (id: number, condition: string | undefined, node: string): Promise<boolean> => {
    if (condition !== undefined) {
      const said = await holds(condition, { namespace, checkpointId, node }, runtime, language);
      if (said === false) return false;
      if (said !== true) text ??= said;
    }
    met.add(id);
    return true;
  };
  for (const { id, when, graph, node, condition, logMessage } of breakpoints) {
    if (logMessage !== undefined || !matches(graph, entry.graph)) continue;
    const nodes = when === "before" ? next : after ? entry.nodes : [];
    for (const name of nodes.filter((each) => matches(node, each))) {
      if ((await decide(id, condition, name)) && when === "before") before.add(id);
    }
  }
  for (const { id, graph, key, condition } of after ? dataBreakpoints : []) {
    if (graph !== entry.graph || !entry.written.includes(key)) continue;
    const change = await changed(entry, key, runtime);
    if (!change) continue;
    if (await decide(id, condition, entry.nodes[0] ?? "")) text ??= change;
  }
  if (met.size === 0) return undefined;
  return { ids: [...met], after: before.size === 0, ...(text !== undefined && { text }) };
}

/** True or false; words, where the condition can't be decided: it stops then. */
async function holds(
  condition: string,
  place: { namespace: string; checkpointId: string; node: string },
  runtime: Pick<Runtime, "request">,
  language: Language,
): Promise<boolean | string> {
  try {
    // In the language's own sense of true.
    const expression = language === "python" ? `not not (${condition})` : `!!(${condition})`;
    return /^true$/i.test((await runtime.request("evaluate", { expression, ...place })).value);
  } catch (error) {
    return `The condition ${condition} can't be decided for this step: ${(error as Error).message}`;
  }
}

/** "count changed from 1 to 2, written by think", or nothing where the step left the key's value as it was. */
async function changed(
  { checkpoint: { id, parentId, namespace }, nodes }: HistoryEntry,
  key: string,
  runtime: Pick<Runtime, "request">,
): Promise<string | undefined> {
  const read = async (checkpointId: string | undefined): Promise<string | undefined> => {
    if (checkpointId === undefined) return undefined;
    try {
      const root = { kind: "state", namespace, checkpointId } as const;
      return (await runtime.request("json", { root, path: [key] })).json;
    } catch {
      // The key had no value yet.
      return undefined;
    }
  };
  const [before, after] = [await read(parentId), await read(id)];
  if (before === after) return undefined;
  const from = before === undefined ? "" : ` from ${short(before)}`;
  return `${key} changed${from} to ${short(after ?? "nothing")}, written by ${[...new Set(nodes)].join(", ")}.`;
}

function short(json: string): string {
  const line = json.replaceAll(/\s+/g, " ");
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}
