// A stop as the adapter shows it: one DAP thread for each task at which the run stands, and words for where that is.

import { questionLine } from "../model/questions/text.ts";
import type { ErrorInfo, GraphPosition, InterruptInfo, Position, TaskPosition } from "../protocol/runtime.ts";
import type { InputForm } from "./input-form.ts";

/** A graph and, but for the innermost of a stop at the end, the task of it that leads on. */
export interface Level {
  readonly graph: GraphPosition;
  readonly task?: TaskPosition;
}

/** One DAP thread. */
export interface StoppedThread {
  readonly id: number;
  readonly name: string;
  /**
   * `before`: a task that has not finished. `after`: a node that has. `end`: the run is over. `input`: nothing has
   * run, or nothing of this turn.
   */
  readonly kind: "before" | "after" | "end" | "input";
  /** From the root graph down; empty at an `input` stop on a new thread. */
  readonly levels: readonly Level[];
}

export interface Stop {
  /** Counts up; what belongs to an earlier number is stale. */
  readonly number: number;
  /** DAP's `reason`. */
  readonly reason: string;
  readonly description: string;
  readonly text: string | undefined;
  readonly hitBreakpointIds: readonly number[];
  readonly position: Position | undefined;
  readonly threads: readonly StoppedThread[];
  /** Id of the thread to look at. */
  readonly focus: number;
  readonly interrupts: readonly InterruptInfo[];
  /** The input that the run waits for. */
  readonly form: InputForm | undefined;
  readonly error: ErrorInfo | undefined;
  /** The error has ended the run; else it stands still, as before a retry. */
  readonly failed: boolean;
  /** Nothing comes next: the run is over. */
  readonly ended: boolean;
  /** No process holds the run here: it goes on from the file. */
  readonly rests: boolean;
  /** Why the run can't go on from here. */
  readonly blocked: string | undefined;
}

/** Gives threads their numbers: a task keeps its own while it lives, a new one takes the lowest that is free. */
export class ThreadNumbers {
  #numbers = new Map<string, number>();

  assign(keys: readonly string[]): number[] {
    const next = new Map<string, number>();
    for (const key of keys) {
      const number = this.#numbers.get(key);
      if (number !== undefined) next.set(key, number);
    }
    const taken = new Set(next.values());
    let free = 1;
    const numbers = keys.map((key) => {
      const known = next.get(key);
      if (known !== undefined) return known;
      while (taken.has(free)) free++;
      taken.add(free);
      next.set(key, free);
      return free;
    });
    this.#numbers = next;
    return numbers;
  }
}

/** The threads of a position, in the order of the graphs' tasks. `graphName` names the one of a run without tasks. */
export function threadsOf(
  position: Position | undefined,
  graphName: string,
  numbers: ThreadNumbers,
): StoppedThread[] {
  const found: { key: string; name: string; kind: StoppedThread["kind"]; levels: Level[] }[] = [];
  const { finished } = position ?? {};
  const walk = (graph: GraphPosition, above: Level[]): void => {
    const here = graph.namespace === finished?.namespace;
    const prefix = above.map((level) => level.task?.name);
    if (here) {
      for (const task of finished.tasks) {
        const done: TaskPosition = { ...task, status: "done", hasInput: false, interrupts: [] };
        found.push({
          key: task.id,
          name: [...prefix, task.name].join(":"),
          kind: "after",
          levels: [...above, { graph, task: done }],
        });
      }
      return;
    }
    for (const task of graph.tasks) {
      const levels = [...above, { graph, task }];
      const inside = task.subgraph;
      if (inside && (inside.tasks.length > 0 || inside.namespace === finished?.namespace))
        walk(inside, levels);
      else found.push({ key: task.id, name: [...prefix, task.name].join(":"), kind: "before", levels });
    }
  };
  if (position) walk(position.root, []);
  if (found.length === 0) {
    const levels = position ? [{ graph: position.root }] : [];
    found.push({ key: "", name: graphName, kind: position ? "end" : "input", levels });
  }
  const ids = numbers.assign(found.map((thread) => thread.key));
  const seen = new Map<string, number>();
  return found.map(({ name, kind, levels }, index) => {
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return { id: ids[index] ?? index + 1, name: count > 1 ? `${name} #${count}` : name, kind, levels };
  });
}

/** True where a name fits a breakpoint's, which may stand for all. */
export function matches(pattern: string, name: string): boolean {
  return pattern === "*" || pattern === name;
}

/** All graphs of a position, the root first. */
export function graphsIn(position: Position | undefined): GraphPosition[] {
  const walk = (graph: GraphPosition): GraphPosition[] => [
    graph,
    ...graph.tasks.flatMap(({ subgraph }) => (subgraph ? walk(subgraph) : [])),
  ];
  return position ? walk(position.root) : [];
}

/** The graph of a position that has this namespace. */
export function graphAt(position: Position | undefined, namespace: string): GraphPosition | undefined {
  return graphsIn(position).find((graph) => graph.namespace === namespace);
}

/** What waits for an answer. A nested interrupt is listed with its innermost task only. */
export function waitingInterrupts(position: Position | undefined): InterruptInfo[] {
  const found = new Map<string, InterruptInfo>();
  const walk = (graph: GraphPosition): void => {
    for (const task of graph.tasks) {
      if (task.status === "waiting" || task.status === "pending" || task.status === "running") {
        for (const interrupt of task.interrupts) found.set(interruptKey(interrupt), interrupt);
      }
      if (task.subgraph) walk(task.subgraph);
    }
  };
  if (position) walk(position.root);
  return [...found.values()];
}

/** Tells apart the interrupts that wait: all of one task share an id. */
export function interruptKey(interrupt: InterruptInfo): string {
  return `${interrupt.id}#${interrupt.index}`;
}

/** True for the node, id, or id and index of an interrupt. */
export function isNamed(interrupt: InterruptInfo, name: string): boolean {
  return interrupt.node === name || interrupt.id === name || interruptKey(interrupt) === name;
}

export function leafOf(thread: StoppedThread): Level | undefined {
  return thread.levels.at(-1);
}

/** True for a task that runs when the run goes on. One that was cancelled begins again. */
export function isNext(thread: StoppedThread): boolean {
  const status = leafOf(thread)?.task?.status;
  return status === "pending" || status === "cancelled";
}

/** True when nothing but answers can get the run on. */
export function needsAnswers(threads: readonly StoppedThread[]): boolean {
  const states = threads.map((thread) => leafOf(thread)?.task?.status);
  return states.includes("waiting") && states.every((status) => status === "waiting" || status === "done");
}

/** "Before node research", "After node draft", "Waiting for input: Approve the draft?". */
export function describe(
  reason: string,
  threads: readonly StoppedThread[],
  interrupts: readonly InterruptInfo[],
  error?: ErrorInfo,
): string {
  if (reason === "input") return "Waiting for input";
  if (reason === "end") return "The run has ended";
  if (reason === "exception") {
    const failed = threads.find((thread) => leafOf(thread)?.task?.status === "failed");
    if (failed) return `Error in node ${plain(failed)}`;
    return error?.node === undefined ? "Error" : `Error in node ${error.node}`;
  }
  const first = interrupts[0];
  if (first && (reason === "interrupt" || needsAnswers(threads))) {
    const more = interrupts.length > 1 ? ` (and ${interrupts.length - 1} more)` : "";
    return `Waiting for input: ${questionLine(first.value)}${more}`;
  }
  const after = threads.filter((thread) => thread.kind === "after");
  if (after.length > 0) return `After ${nodes(after)}`;
  const before = threads.filter(isNext);
  const running = threads.filter((thread) => leafOf(thread)?.task?.status === "running");
  const still = running.length > 0 ? ` (${running.map(plain).join(", ")} still running)` : "";
  if (before.length > 0) return `Before ${nodes(before)}${still}`;
  const failed = threads.filter((thread) => leafOf(thread)?.task?.status === "failed");
  if (failed.length > 0) return `Before ${nodes(failed)}, which failed`;
  return threads.every((thread) => thread.kind === "end") ? "The run has ended" : `At ${nodes(threads)}`;
}

function nodes(threads: readonly StoppedThread[]): string {
  const names = [...new Set(threads.map(plain))];
  return `${names.length === 1 ? "node" : "nodes"} ${names.join(", ")}`;
}

function plain(thread: StoppedThread): string {
  return thread.name.replace(/ #\d+$/, "");
}
