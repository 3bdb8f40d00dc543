// The checkpoints that lead to one of a thread, each with what it is a copy of.

import type { LookResult, TimelineEntry } from "../../protocol/runtime.ts";
import type { Debuggee } from "../debuggee.ts";
import { cannotBeTested, unknownCheckpoint } from "../errors.ts";

export interface Step {
  readonly entry: TimelineEntry;
  /** The checkpoint that it is a copy of, or a copy of a copy: how it came about. Itself where it is none. */
  readonly origin: TimelineEntry;
  /** It or what it was copied from was edited in place. */
  readonly edited: boolean;
}

const page = 1_000;
/** Longer runs make no test that anybody would read. */
export const mostCheckpoints = 20_000;

/** The past of one thread, in a session of its graph. */
export class Branches {
  readonly #debuggee: Debuggee;
  readonly threadId: string;

  constructor(debuggee: Debuggee, threadId: string) {
    this.#debuggee = debuggee;
    this.threadId = threadId;
  }

  /**
   * The checkpoints of a graph that lead to `end`, or to where its run stands, oldest first; `isLive` where it stands
   * there. Rejects with a DebugError where there is no such checkpoint.
   */
  async to(namespace: string, end?: string): Promise<{ steps: Step[]; isLive: boolean }> {
    const { runtime, file } = this.#debuggee;
    const all = new Map<string, TimelineEntry>();
    let live: string | undefined;
    for (let before: string | undefined; ; ) {
      const { entries, more, ...result } = await runtime.request("timeline", {
        file,
        threadId: this.threadId,
        namespace,
        ...(before !== undefined && { before }),
        limit: page,
      });
      live ??= result.live;
      for (const entry of entries) all.set(entry.id, entry);
      if (all.size > mostCheckpoints) throw cannotBeTested("it is too long");
      before = entries.at(-1)?.id;
      if (!more || before === undefined) break;
    }
    if (end !== undefined && !all.has(end)) throw unknownCheckpoint(end);
    const steps: Step[] = [];
    for (let entry = all.get(end ?? live ?? ""); entry; entry = all.get(entry.parentId ?? "")) {
      const copies = copiesOf(entry, all);
      const edited = copies.some(({ edits }) => edits > 0);
      steps.unshift({ entry, origin: copies.at(-1) ?? entry, edited });
    }
    return { steps, isLive: end === undefined || end === live };
  }

  look({ namespace, id: checkpointId }: Pick<TimelineEntry, "namespace" | "id">): Promise<LookResult> {
    return this.#debuggee.runtime.request("look", { threadId: this.threadId, namespace, checkpointId });
  }

  /** Whether other nodes come next at a copy than at what it was copied from: someone jumped. */
  async wasSentElsewhere({ entry }: Step): Promise<boolean> {
    if (entry.forkedFrom === undefined) return false;
    const names = async (id: string): Promise<string> => {
      const { tasks } = await this.look({ namespace: entry.namespace, id });
      return tasks
        .map(({ name }) => name)
        .sort()
        .join("\n");
    };
    return (await names(entry.id)) !== (await names(entry.forkedFrom));
  }
}

/** The entry, what it is a copy of, and so on. */
function copiesOf(entry: TimelineEntry, all: ReadonlyMap<string, TimelineEntry>): TimelineEntry[] {
  const copies = [entry];
  for (let each = all.get(entry.forkedFrom ?? ""); each; each = all.get(each.forkedFrom ?? ""))
    copies.push(each);
  return copies;
}
