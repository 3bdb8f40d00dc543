// What a thread did, as a test can do it again: inputs, answers, the way through the graph, and what came of it.

import type { Json } from "../../model/json.ts";
import type { LookResult, TimelineEntry } from "../../protocol/runtime.ts";
import type { Debuggee } from "../debuggee.ts";
import { cannotBeTested, unknownCheckpoint } from "../errors.ts";
import { type Expected, expectedOf } from "./expected.ts";

export interface Turn {
  readonly input: Json;
  /** In the order in which each node of the root graph asked. */
  readonly answers: Map<string, Json[]>;
  /** Nodes of the root graph, by superstep. */
  readonly path: string[][];
}

export interface Story {
  readonly threadId: string;
  readonly turns: readonly Turn[];
  /** Nodes of the root graph that wait for an answer; empty where the run has ended. */
  readonly waiting: readonly string[];
  readonly state: readonly Expected[];
  /** Of the functional API: its tasks are no nodes, and its state is what it returned. */
  readonly functional: boolean;
}

const page = 1_000;
/** Longer runs make no test that anybody would read. */
const mostCheckpoints = 20_000;

/** Rejects with a DebugError where the run can't be done again by inputs and answers alone. */
export async function storyOf(
  debuggee: Debuggee,
  threadId: string,
  checkpointId: string | undefined,
): Promise<Story> {
  return new Teller(debuggee, threadId).tell(checkpointId);
}

class Teller {
  readonly #debuggee: Debuggee;
  readonly #threadId: string;

  constructor(debuggee: Debuggee, threadId: string) {
    this.#debuggee = debuggee;
    this.#threadId = threadId;
  }

  async tell(end: string | undefined): Promise<Story> {
    const entries = await this.#branch("", end);
    const last = entries.at(-1);
    if (!last) throw cannotBeTested("it has not begun");
    const turns: Turn[] = [];
    for (const entry of entries) {
      if (entry.source === "update" || entry.edits > 0 || (await this.#wasSentElsewhere(entry)))
        throw cannotBeTested(`its state was changed by hand at step ${entry.step}`);
      if (entry.source === "input") {
        const { input } = await this.#look(entry);
        if (input === undefined) throw cannotBeTested(`its input at step ${entry.step} is not known`);
        turns.push({ input, answers: new Map(), path: [] });
      }
      const turn = turns.at(-1);
      if (!turn) throw cannotBeTested("it did not begin with an input");
      if (entry.tasks.length > 0) turn.path.push(entry.tasks.map(({ node }) => node));
      if (entry.mark !== undefined) await this.#addAnswers(entry, turn);
    }
    const { namespace, id: checkpointId } = last;
    const { tasks } = await this.#look(last);
    const open = tasks.filter(({ status }) => status !== "done");
    const failed = open.find(({ status }) => status === "failed");
    if (failed) throw cannotBeTested(`node ${failed.name} has failed`);
    const waiting = open.filter(({ status }) => status === "waiting").map(({ name }) => name);
    if (open.length > 0 && waiting.length === 0)
      throw cannotBeTested(`it has not ended: ${open.map(({ name }) => name).join(", ")} would come next`);
    const finished = tasks.filter(({ status }) => status === "done").map(({ name }) => name);
    if (waiting.length > 0 && finished.length > 0) turns.at(-1)?.path.push(finished);
    const root = { kind: "state", namespace, checkpointId, threadId: this.#threadId } as const;
    const { runtime, plan } = this.#debuggee;
    const state = await expectedOf(runtime, plan.language, root);
    const functional = state.some(({ key }) => key === "__end__");
    return { threadId: this.#threadId, turns, waiting, state, functional };
  }

  /** The checkpoints that lead to `end`, or to where a graph's run stands, oldest first. */
  async #branch(namespace: string, end?: string): Promise<TimelineEntry[]> {
    const { runtime, file } = this.#debuggee;
    const all = new Map<string, TimelineEntry>();
    let live: string | undefined;
    for (let before: string | undefined; ; ) {
      const { entries, more, ...result } = await runtime.request("timeline", {
        file,
        threadId: this.#threadId,
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
    const branch: TimelineEntry[] = [];
    for (let entry = all.get(end ?? live ?? ""); entry; entry = all.get(entry.parentId ?? ""))
      branch.unshift(entry);
    return branch;
  }

  #look({ namespace, id: checkpointId }: Pick<TimelineEntry, "namespace" | "id">): Promise<LookResult> {
    return this.#debuggee.runtime.request("look", { threadId: this.#threadId, namespace, checkpointId });
  }

  /** A copy at which other nodes came next than at the original: someone jumped. */
  async #wasSentElsewhere(entry: TimelineEntry): Promise<boolean> {
    if (entry.forkedFrom === undefined) return false;
    const names = async (id: string): Promise<string> => {
      const { tasks } = await this.#look({ namespace: entry.namespace, id });
      return tasks
        .map(({ name }) => name)
        .sort()
        .join("\n");
    };
    return (await names(entry.id)) !== (await names(entry.forkedFrom));
  }

  /** Of several tasks of a node, the first answers of all come before the second ones. */
  async #addAnswers(entry: TimelineEntry, { answers }: Turn): Promise<void> {
    const given = await this.#answersAt(entry);
    const rounds = Math.max(0, ...given.map(({ values }) => values.length));
    for (let round = 0; round < rounds; round++) {
      for (const { node, values } of given) {
        const value = values[round];
        if (value !== undefined) answers.set(node, [...(answers.get(node) ?? []), value]);
      }
    }
  }

  /** What the tasks that follow a checkpoint were answered, themselves or in a subgraph. */
  async #answersAt(entry: TimelineEntry): Promise<{ node: string; values: Json[] }[]> {
    const { tasks } = await this.#look(entry);
    const given: { node: string; values: Json[] }[] = [];
    for (const { id, name, answers = [] } of tasks) {
      const values = [...answers];
      const own = `${name}:${id}`;
      const inner = entry.namespace === "" ? own : `${entry.namespace}|${own}`;
      if (values.length === 0) {
        for (const inside of await this.#branch(inner)) {
          if (inside.mark === undefined) continue;
          for (const task of await this.#answersAt(inside)) values.push(...task.values);
        }
      }
      given.push({ node: name, values });
    }
    return given;
  }
}
