// What a run tells while it goes on: tasks, supersteps, custom values.

import type { ErrorInfo } from "../../src/protocol/runtime.ts";
import { errorInfo } from "./errors.ts";
import { stateKeysOf } from "./graphs.ts";
import { toJson } from "./json.ts";
import { scratchpadOf, type Task } from "./langgraph.ts";
import type { Link } from "./link.ts";
import type { LiveGraph, LiveTask } from "./live.ts";

const maxWriters = 1000;

/** Sends the events of one run. Hidden tasks are kept from it. */
export class Report {
  readonly #link: Link;
  /** Where each error was first seen: the innermost task. */
  readonly #errors = new WeakMap<object, { node: string; namespace: string }>();
  /** Who wrote the custom values that the stream has not come to yet. */
  readonly #writers: { value: unknown; node: string; namespace: string }[] = [];

  constructor(link: Link) {
    this.#link = link;
  }

  taskStarted(live: LiveGraph, task: LiveTask): void {
    const node = String(task.task.name);
    const label = live.id === "" ? node : `${live.id}:${node}`;
    this.#link.event("task", { event: "start", ...describe(live, task) }, { id: task.task.id, label });
  }

  taskCached(live: LiveGraph, task: LiveTask): void {
    this.#link.event("task", { event: "cached", ...describe(live, task) });
  }

  taskEnded(live: LiveGraph, task: LiveTask): void {
    const { id } = task.task;
    const milliseconds = duration(task);
    this.#link.event("task", { event: "end", ...describe(live, task), milliseconds }, { id });
  }

  /** `retries`: LangGraph will run it again. */
  taskFailed(live: LiveGraph, task: LiveTask, error: unknown, retries: boolean): ErrorInfo {
    if (typeof error === "object" && error !== null && !this.#errors.has(error)) {
      this.#errors.set(error, { node: String(task.task.name), namespace: live.namespace });
    }
    const info = this.errorInfo(error);
    const event = retries ? "retry" : "error";
    const milliseconds = duration(task);
    const { id } = task.task;
    this.#link.event("task", { event, ...describe(live, task), milliseconds, error: info }, { id });
    return info;
  }

  /** With the node that raised it. */
  errorInfo(error: unknown): ErrorInfo {
    return errorInfo(
      error,
      typeof error === "object" && error !== null ? this.#errors.get(error) : undefined,
    );
  }

  superstepEnded(live: LiveGraph, step: number, finished: readonly Task[]): void {
    const written = new Set(finished.flatMap((task) => task.writes.map(([channel]) => channel)));
    this.#link.event("superstep", {
      graph: live.id,
      namespace: live.namespace,
      step,
      nodes: finished.map((task) => String(task.name)),
      milliseconds: Math.max(0, performance.now() - live.superstepStartedAt - live.superstepHeldFor),
      written: stateKeysOf(live.graph).filter((key) => written.has(key)),
    });
  }

  /** A task writes to the custom stream; the stream comes to it soon after. */
  wroteCustom(live: LiveGraph, task: Task, value: unknown): void {
    this.#writers.push({ value, node: String(task.name), namespace: live.namespace });
    // A stream of the user's own may have taken some.
    if (this.#writers.length > maxWriters) this.#writers.shift();
  }

  /** A chunk of the stream, which is asked for custom values only. */
  custom(chunk: unknown): void {
    const [steps, mode, payload] = chunk as [string[], string, unknown];
    if (mode !== "custom") return;
    const namespace = steps.join("|");
    const at = this.#writers.findIndex(({ value }) => Object.is(value, payload));
    const [writer] = at < 0 ? [] : this.#writers.splice(at, 1);
    const node = writer === undefined ? {} : { node: writer.node };
    this.#link.event("custom", {
      namespace: writer?.namespace ?? namespace,
      ...node,
      value: toJson(payload),
    });
  }
}

function describe(
  live: LiveGraph,
  task: LiveTask,
): { id: string; node: string; graph: string; namespace: string; step: number } {
  const { id, name } = task.task;
  return { id, node: String(name), graph: live.id, namespace: live.namespace, step: live.loop.step };
}

const duration = (task: LiveTask): number => Math.max(0, performance.now() - task.startedAt - task.heldFor);

/** True when LangGraph's retry policy will run the task again after this error. */
export function willRetry(task: LiveTask, error: unknown): boolean {
  const policy = task.task.retry_policy;
  if (policy === undefined || policy === null) return false;
  if (task.attempts >= (policy.maxAttempts ?? 3)) return false;
  try {
    // Without one of its own, LangGraph asks a rule that nobody can call from outside; most errors pass it.
    return policy.retryOn === undefined || policy.retryOn(error);
  } catch {
    return false;
  }
}

/**
 * What to tell when an interrupt was taken for an error by the node's own try/catch, undefined otherwise. LangGraph
 * counts the calls of `interrupt()`: one that had no answer must have ended the task.
 */
export function swallowedInterrupt(task: Task): string | undefined {
  const scratchpad = scratchpadOf(task);
  if (scratchpad === undefined || scratchpad.interruptCounter < scratchpad.resume.length) return undefined;
  return "called interrupt(), but its own try/catch took the interrupt for an error, so nobody was asked. Rethrow what isGraphInterrupt() accepts.";
}
