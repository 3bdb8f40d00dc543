// What a thread did, as a test can do it again: inputs, answers, changes by hand, errors, and what came of it.

import type { ErrorInfo, Json, TaskPosition, TimelineEntry } from "../../protocol/runtime.ts";
import type { Debuggee } from "../debuggee.ts";
import { cannotBeTested } from "../errors.ts";
import { Branches, type Step } from "./branch.ts";
import { type Change, Changes } from "./changes.ts";
import { type Expected, expectedOf } from "./expected.ts";

/** From an input, or from where the run stands, to where it stands next. */
export interface Turn {
  readonly kind: "turn";
  /** Absent: it goes on from where it stands. */
  readonly input?: Json;
  /** In the order in which each node of the root graph asked. */
  readonly answers: Map<string, Json[]>;
  /** Nodes of the root graph, by superstep; undefined where a test can't tell which of them it will see. */
  path: string[][] | undefined;
  /**
   * How many supersteps of the root graph it stops before, the last time to stay there; 0: it runs to its end, to a
   * question without an answer, or to an error.
   */
  stops: number;
  /** The error that ends it. */
  error?: ErrorInfo;
}

export interface Story {
  readonly threadId: string;
  readonly acts: readonly (Turn | Change)[];
  /** Nodes of the root graph that wait for an answer. */
  readonly waiting: readonly string[];
  /** Nodes of the root graph that come next; undefined where one waits or has failed. */
  readonly next: readonly string[] | undefined;
  readonly state: readonly Expected[];
  /** Some of the superstep in which it stands has finished, which LangGraph adds to the newest state. */
  readonly isWithin: boolean;
  /** Of the functional API: its tasks are no nodes, and its state is what it returned. */
  readonly functional: boolean;
}

/**
 * Of the run up to the checkpoint `end`, or to where the thread stands. Rejects with a DebugError where a test can't do
 * it again.
 */
export function storyOf(debuggee: Debuggee, threadId: string, end: string | undefined): Promise<Story> {
  return new Teller(debuggee, threadId).tell(end);
}

/** Where it ends. */
export type Standing = Pick<Story, "waiting" | "next" | "isWithin">;
type Place = Pick<TimelineEntry, "namespace" | "id">;

class Teller {
  readonly #debuggee: Debuggee;
  readonly #branches: Branches;
  readonly #changes: Changes;
  readonly #acts: (Turn | Change)[] = [];
  /** That goes on at the checkpoint which is looked at. */
  #turn: Turn | undefined;
  /** Supersteps of it, with LangGraph's own. */
  #supersteps = 0;
  #failedAt: string | undefined;
  /** What comes next runs a superstep again that has failed. */
  #retried = false;

  constructor(debuggee: Debuggee, threadId: string) {
    this.#debuggee = debuggee;
    this.#branches = new Branches(debuggee, threadId);
    this.#changes = new Changes(debuggee, this.#branches);
  }

  async tell(end: string | undefined): Promise<Story> {
    const { steps, isLive } = await this.#branches.to("", end);
    const last = steps.at(-1);
    if (!last) throw cannotBeTested("it has not begun");
    for (const [index, step] of steps.entries()) {
      await this.#arrive(step, steps[index - 1]);
      if (step !== last) await this.#leave(step);
    }
    const standing = isLive ? await this.#stand(last) : await this.#stopAt(last);
    const { namespace, id: checkpointId } = last.entry;
    const { threadId } = this.#branches;
    const { runtime, plan } = this.#debuggee;
    const root = { kind: "state", namespace, checkpointId, threadId } as const;
    const mutated = await this.#changes.inPlace(last);
    const state = (await expectedOf(runtime, plan.language, root)).map((each) =>
      mutated.has(each.key)
        ? { key: each.key, leftOut: "a node changed it in place and did not write it", isLost: false }
        : each,
    );
    for (const each of state) {
      if ("isLost" in each && each.isLost)
        throw cannotBeTested(
          `${each.key} in its state can't be kept by the checkpointer of a test: ${each.leftOut}`,
        );
    }
    const functional = state.some(({ key }) => key === "__end__");
    if (functional && this.#acts.some((act) => act.kind !== "turn" || act.stops > 0 || act.error))
      throw cannotBeTested(
        "it is of the functional API, and was stopped or changed, or has failed, on its way",
      );
    return { threadId, acts: this.#acts, ...standing, state, functional };
  }

  // ------------------------------------------------------------------------- from checkpoint to checkpoint

  /** How a checkpoint came about, and what was changed there. */
  async #arrive(step: Step, before: Step | undefined): Promise<void> {
    const { entry, origin, edited } = step;
    if (origin.source === "input") {
      const { input } = await this.#branches.look(origin);
      if (input === undefined) throw cannotBeTested(`its input at step ${entry.step} is not known`);
      if (before) await this.#endAt(before);
      this.#begin({ input });
      if (edited) throw cannotBeTested("its state was changed by hand before its first step");
    } else if (origin.source === "update") {
      if (!before) throw cannotBeTested("it did not begin with an input");
      await this.#endAt(before);
      this.#acts.push(await this.#changes.update(step));
    } else if (origin.source === "fork") {
      throw cannotBeTested(`what its checkpoint at step ${entry.step} is a copy of is not in the file`);
    } else {
      if (!before) throw cannotBeTested("it did not begin with an input");
      if (before.entry.mark === "answered" && (await this.#branches.look(before.entry)).commanded)
        throw cannotBeTested(`the answers to step ${entry.step} came with an update, or with nodes to go to`);
      const turn = this.#turn ?? this.#begin({});
      this.#supersteps += 1;
      if (entry.tasks.length > 0) turn.path?.push(entry.tasks.map(({ node }) => node));
      for (const { subgraph } of entry.tasks)
        if (subgraph) await this.#checkInside(subgraph.namespace, entry.step);
    }
    if (await this.#branches.wasSentElsewhere(step)) {
      await this.#halt(step);
      this.#acts.push(await this.#changes.goto(step));
    }
    if (edited) await this.#edit(step);
  }

  /** An edit in place, before or after what follows has failed. */
  async #edit(step: Step): Promise<void> {
    const { entry } = step;
    const failed = (await this.#branches.look(entry)).tasks.filter(({ error }) => error);
    if (failed.some(({ status }) => status === "failed")) {
      throw cannotBeTested(
        `at step ${entry.step}, where ${failed[0]?.name} has failed, its state was changed by hand, and whether ` +
          "before or after that is not known. Run it on first",
      );
    }
    // What has failed and then gone on did so since it was changed.
    if (entry.edits === 0 || !(await this.#fail(step))) await this.#halt(step);
    this.#acts.push(await this.#changes.edit(step));
  }

  /** What happened in the superstep that followed a checkpoint. */
  async #leave(step: Step): Promise<void> {
    const { entry } = step;
    await this.#fail(step);
    if (entry.mark !== undefined && this.#failedAt !== entry.id)
      await this.#addAnswers(entry, this.#turn ?? this.#begin({}));
  }

  // ------------------------------------------------------------------------------- where the thread stands

  /** With what its tasks are by now. */
  async #stand(last: Step): Promise<Standing> {
    const { tasks } = await this.#branches.look(last.entry);
    await this.#checkGraphsIn(last, tasks);
    const open = tasks.filter(({ status }) => status !== "done");
    const finished = tasks.filter(({ status }) => status === "done").map(({ name }) => name);
    if (await this.#fail(last)) return { waiting: [], next: undefined, isWithin: tasks.length > 1 };
    const waiting = open.filter(({ status }) => status === "waiting").map(({ name }) => name);
    if (waiting.length > 0) {
      const turn = this.#turn ?? this.#begin({});
      await this.#addAnswers(last.entry, turn);
      if (finished.length > 0) turn.path?.push(finished);
      return { waiting, next: undefined, isWithin: finished.length > 0 };
    }
    if (open.length > 0 && finished.length > 0) {
      const names = open.map(({ name }) => name).join(", ");
      throw cannotBeTested(`it stands within a superstep, of which ${names} would come next`);
    }
    if (await this.#endsByItself()) return { waiting: [], next: undefined, isWithin: false };
    await this.#halt(last);
    return { waiting: [], next: open.map(({ name }) => name), isWithin: false };
  }

  /** Whether an error of no node, as at the recursion limit, has ended the run where it stands. */
  async #endsByItself(): Promise<boolean> {
    const { threadId } = this.#branches;
    const { runtime, file, threadId: own, stop } = this.#debuggee;
    const error = own === threadId ? stop?.position?.error : undefined;
    if (error && error.node === undefined && this.#turn) {
      this.#turn.error = error;
      return true;
    }
    const { threads } = await runtime.request("threads", { file, filter: threadId });
    if (threads.find(({ id }) => id === threadId)?.status === "failed")
      throw cannotBeTested("an error of no node has ended it, which the file does not tell");
    return false;
  }

  /** As it was before what followed. */
  async #stopAt(last: Step): Promise<Standing> {
    const { tasks } = await this.#branches.look(last.entry);
    await this.#halt(last);
    return { waiting: [], next: tasks.map(({ name }) => name), isWithin: false };
  }

  #begin({ input }: { input?: Json }): Turn {
    this.#supersteps = 0;
    const path = this.#retried ? undefined : [];
    this.#retried = false;
    this.#turn = { kind: "turn", ...(input !== undefined && { input }), answers: new Map(), path, stops: 0 };
    this.#acts.push(this.#turn);
    return this.#turn;
  }

  /** Ends the turn before the superstep that follows a checkpoint, or at the run's end. */
  async #halt({ entry }: Step): Promise<void> {
    const turn = this.#turn;
    this.#turn = undefined;
    if (!turn) return;
    if ((await this.#branches.look(entry)).tasks.length === 0) return;
    if (this.#supersteps === 0) throw cannotBeTested(`at step ${entry.step} nothing of it had run`);
    turn.stops = this.#supersteps;
  }

  /** Ends the turn where an update was made or an input was given: what it asked there stays unanswered. */
  async #endAt(step: Step): Promise<void> {
    if (this.#failedAt === step.entry.id) return;
    const { tasks } = await this.#branches.look(step.entry);
    await this.#checkGraphsIn(step, tasks);
    if (tasks.some(({ status }) => status === "waiting")) {
      const turn = this.#turn ?? this.#begin({});
      const finished = tasks.filter(({ status }) => status === "done").map(({ name }) => name);
      if (finished.length > 0) turn.path?.push(finished);
      this.#turn = undefined;
    } else if (tasks.some(({ status }) => status === "done")) {
      throw cannotBeTested(`at step ${step.entry.step} it was changed or given an input within a superstep`);
    } else await this.#halt(step);
  }

  /** Ends the turn with the error of the superstep that follows a checkpoint; false where none has failed there. */
  async #fail({ entry }: Step): Promise<boolean> {
    if (this.#failedAt === entry.id) return false;
    const { tasks } = await this.#branches.look(entry);
    const [failed, ...more] = tasks.filter(({ status, error }) => error && /^(failed|done)$/.test(status));
    if (!failed?.error) return false;
    const turn = this.#turn ?? this.#begin({});
    await this.#addAnswers(entry, turn);
    // Of several nodes that fail at once, any may be the one that ends the run.
    turn.error = more.length === 0 ? failed.error : { ...failed.error, type: "", message: "" };
    turn.path = undefined;
    this.#turn = undefined;
    this.#failedAt = entry.id;
    // Which of several have finished before one fails, so that they don't run again, is different each time.
    this.#retried = tasks.length > 1;
    return true;
  }

  // ---------------------------------------------------------------------------------------- in subgraphs

  /** Refuses a run that was changed in a graph which a task ran. */
  async #checkInside(namespace: string, step: number): Promise<void> {
    const { steps } = await this.#branches.to(namespace);
    for (const inside of steps) {
      const isChanged = inside.edited || inside.origin.source === "update";
      if (isChanged || (await this.#branches.wasSentElsewhere(inside))) {
        const names = namespace.replaceAll(/:[^|]*/g, "").replaceAll("|", "/");
        throw cannotBeTested(`the state of the subgraph ${names} was changed by hand in step ${step}`);
      }
      for (const { subgraph } of inside.entry.tasks)
        if (subgraph) await this.#checkInside(subgraph.namespace, step);
    }
  }

  /** The same for tasks that have not ended. */
  async #checkGraphsIn({ entry }: Step, tasks: readonly TaskPosition[]): Promise<void> {
    for (const { id, name } of tasks)
      await this.#checkInside(inner(entry.namespace, name, id), entry.step + 1);
  }

  // -------------------------------------------------------------------------------------------- answers

  /** Of several tasks of a node, the first answers of all come before the second ones. */
  async #addAnswers(at: Place, { answers }: Turn): Promise<void> {
    const given = await this.#answersAt(at);
    const rounds = Math.max(0, ...given.map(({ values }) => values.length));
    for (let round = 0; round < rounds; round++) {
      for (const { node, values } of given) {
        const value = values[round];
        if (value !== undefined) answers.set(node, [...(answers.get(node) ?? []), value]);
      }
    }
  }

  /** What the tasks that follow a checkpoint were answered, themselves or in a subgraph. */
  async #answersAt(at: Place): Promise<{ node: string; values: Json[] }[]> {
    const { tasks } = await this.#branches.look(at);
    const given: { node: string; values: Json[] }[] = [];
    for (const { id, name, answers = [] } of tasks) {
      const values = [...answers];
      if (values.length === 0) {
        for (const { entry } of (await this.#branches.to(inner(at.namespace, name, id))).steps) {
          if (entry.mark === undefined) continue;
          for (const task of await this.#answersAt(entry)) values.push(...task.values);
        }
      }
      given.push({ node: name, values });
    }
    return given;
  }
}

/** The namespace of the graph that a task runs. */
const inner = (namespace: string, name: string, id: string): string =>
  `${namespace === "" ? "" : `${namespace}|`}${name}:${id}`;
