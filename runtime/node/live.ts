// Graphs while they run: every loop of a run is seen here, with its tasks, through LangGraph's own loop objects.
//
// LangGraph runs each graph, nested or not, in `_runLoop`, which asks the graph's loop object for one superstep after
// another (`tick`), and the functional API asks it for each `task` (`acceptPush`). Both are wrapped on the loop of a
// run that is debugged. Between two supersteps the run can so be held in place, with no task of it started: also
// where LangGraph would not look at interrupt lists (the first superstep after a resume, tasks, graphs that a node
// calls as functions), and nothing is compiled anew or run twice.

import { AsyncLocalStorage } from "node:async_hooks";
import { calls } from "./calls.ts";
import type { GraphIndex } from "./graphs.ts";
import {
  configText,
  type Graph,
  isHidden,
  isPush,
  type Loop,
  type RunLoopParams,
  type Task,
} from "./langgraph.ts";
import { patchRunner } from "./runner.ts";
import { timings } from "./timing.ts";
import { beginNewVisit, isResumed } from "./visits.ts";

export type TaskPhase = "pending" | "computing" | "held" | "ended";

export interface LiveTask {
  readonly task: Task;
  phase: TaskPhase;
  /** Milliseconds of performance.now(). */
  startedAt: number;
  /** Milliseconds that it stood still in the debugger, its nested graphs included. */
  heldFor: number;
  /** How long its last run took, without the time that it was held; undefined: it has not ended in this run. */
  milliseconds: number | undefined;
  attempts: number;
  /** Its result was taken from the cache. */
  cached: boolean;
  error: unknown;
}

/** One graph that runs, or has run, in this run. */
export interface LiveGraph {
  readonly graph: Graph;
  readonly loop: Loop;
  readonly id: string;
  readonly namespace: string;
  readonly parent: LiveGraph | undefined;
  /** Id of the task that runs it. */
  readonly parentTask: string | undefined;
  phase: "between" | "held" | "running" | "ended";
  /** No superstep was begun in this run. */
  first: boolean;
  /** It goes on from a checkpoint: the user is already at its first superstep. */
  readonly resuming: boolean;
  readonly tasks: Map<string, LiveTask>;
  superstepStartedAt: number;
  superstepHeldFor: number;
}

/** What a run does when its graphs come to a superstep. */
export interface Observer {
  readonly index: GraphIndex;
  readonly noDebug: boolean;
  graphStarted(live: LiveGraph, isNew: boolean): void;
  /** Between supersteps. A promise holds the graph; one that rejects ends it. */
  boundary(live: LiveGraph, finished: Task[], more: boolean): Promise<void> | undefined;
  /** Its tasks are about to start. */
  superstepBegins(live: LiveGraph): void;
  /** A task of the functional API is about to start. */
  pushed(live: LiveGraph, task: Task, func: unknown): Promise<void> | undefined;
  /** The task's result was taken from the cache. */
  taskCached(live: LiveGraph, task: LiveTask): void;
  superstepEnded(live: LiveGraph, step: number, finished: Task[]): void;
  taskStarted(live: LiveGraph, task: LiveTask): void;
  /** The task writes to the custom stream. */
  wroteCustom(live: LiveGraph, task: Task, value: unknown): void;
  /** A promise holds the error back. */
  taskEnded(live: LiveGraph, task: LiveTask, failed: boolean, error: unknown): Promise<void> | undefined;
  graphEnded(live: LiveGraph): void;
}

type Writer = (value: unknown) => void;
/** LangGraph's own by the one that was put in its place. */
const writers = new WeakMap<Writer, Writer>();

const current = new AsyncLocalStorage<LiveGraphs>();

/** All graphs of one run. */
export class LiveGraphs {
  readonly #observer: Observer;
  readonly all: LiveGraph[] = [];
  /** How long each graph may go on (`Loop.stop`), by namespace, where an earlier run has already used steps up. */
  readonly #stops: ReadonlyMap<string, number>;
  readonly #rootIsResuming: boolean;

  constructor(observer: Observer, rootIsResuming: boolean, stops: ReadonlyMap<string, number>) {
    this.#observer = observer;
    this.#rootIsResuming = rootIsResuming;
    this.#stops = stops;
  }

  /** Runs `body`; the graphs that start in it, however deep, are this run's. */
  watch<Result>(body: () => Result): Result {
    return current.run(this, body);
  }

  get root(): LiveGraph | undefined {
    return this.all[0];
  }

  /** The graphs that the task runs, oldest first, the ended ones included. */
  children(taskId: string): LiveGraph[] {
    return this.all.filter((live) => live.parentTask === taskId);
  }

  /** A task of a superstep that goes on, in any of the graphs. */
  task(id: string): Task | undefined {
    for (const live of this.all) {
      const found = live.tasks.get(id);
      if (found !== undefined) return found.task;
    }
    return undefined;
  }

  byNamespace(namespace: string): LiveGraph | undefined {
    return this.all.findLast((live) => live.namespace === namespace);
  }

  /** True when nothing but held graphs and tasks is left: no code of the user's is at work. */
  isQuiet(): boolean {
    return this.all.every((live) => live.phase === "held" || live.phase === "ended" || this.#stands(live));
  }

  /** Tasks that compute by themselves, not by a graph of their own. */
  computing(): { live: LiveGraph; task: LiveTask }[] {
    return this.all
      .filter((live) => live.phase === "running")
      .flatMap((live) =>
        [...live.tasks.values()].filter((task) => this.#computes(task)).map((task) => ({ live, task })),
      );
  }

  #stands(live: LiveGraph): boolean {
    if (live.phase !== "running") return false;
    const tasks = [...live.tasks.values()];
    // With all tasks ended the loop is about to go on.
    const goesOn = tasks.every((task) => task.phase === "ended");
    return !goesOn && !tasks.some((task) => this.#computes(task));
  }

  #computes(task: LiveTask): boolean {
    if (task.phase !== "computing") return false;
    const children = this.all.filter((live) => live.parentTask === task.task.id && live.phase !== "ended");
    const pushed = this.all.some((live) =>
      [...live.tasks.values()].some(
        (other) => other !== task && other.phase !== "ended" && isPushedBy(other.task, task.task),
      ),
    );
    return children.length === 0 && !pushed;
  }

  /** Called by the patched `_runLoop`, for each graph that begins. */
  enter(graph: Graph, params: RunLoopParams): void {
    const { loop, runner } = params;
    const observer = this.#observer;
    const namespace = configText(loop.config, "checkpoint_ns") ?? "";
    const parentTask = this.all.length === 0 ? undefined : configText(loop.config, "__pregel_task_id");
    const parent = this.all.findLast((live) => parentTask !== undefined && live.tasks.has(parentTask));
    const name = parent?.tasks.get(parentTask ?? "")?.task.name ?? graph.name ?? "graph";
    const isRoot = this.all.length === 0;
    const { id, isNew } = isRoot
      ? { id: "", isNew: false }
      : observer.index.child(parent?.id ?? "", String(name), graph);
    if (parent !== undefined && isResumed(parent.loop)) beginNewVisit(loop, namespace);
    const live: LiveGraph = {
      graph,
      loop,
      id,
      namespace,
      parent,
      parentTask: isRoot ? undefined : parentTask,
      phase: "between",
      first: true,
      resuming: isRoot ? this.#rootIsResuming : loop.isResuming,
      tasks: new Map(),
      superstepStartedAt: 0,
      superstepHeldFor: 0,
    };
    this.all.push(live);
    const stop = this.#stops.get(namespace);
    if (live.resuming && stop !== undefined) loop.stop = stop;
    observer.graphStarted(live, isNew);
    this.#wrapTick(live);
    this.#wrapPush(live);
    this.#wrapCache(live);
    patchRunner(runner, observer.noDebug);
  }

  leave(loop: Loop): void {
    const live = this.all.find((one) => one.loop === loop);
    if (live === undefined) return;
    live.phase = "ended";
    this.#observer.graphEnded(live);
  }

  #wrapTick(live: LiveGraph): void {
    const { loop } = live;
    const observer = this.#observer;
    const tick = loop.tick.bind(loop);
    let finished: Task[] = [];
    let inside = false;
    loop.tick = async (params) => {
      const { step } = loop;
      const done = Object.values(loop.tasks);
      const isOver = done.length > 0 && done.every((task) => task.writes.length > 0);
      // LangGraph calls itself when all tasks were already done.
      if (isOver) timings.close(live, done);
      if (inside) {
        if (isOver) finished.push(...done);
        return tick(params);
      }
      live.phase = "between";
      finished = isOver ? done : [];
      inside = true;
      let more: boolean;
      let since = 0;
      try {
        more = await tick(params);
      } finally {
        inside = false;
        since = performance.now();
        const shown = finished.filter((task) => !isHidden(task));
        if (shown.length > 0) observer.superstepEnded(live, step, shown);
      }
      this.#takeTasks(live, more);
      const hold = observer.boundary(
        live,
        finished.filter((task) => !isHidden(task)),
        more,
      );
      timings.spend(since);
      if (hold !== undefined) await hold;
      if (more) observer.superstepBegins(live);
      live.first = false;
      live.phase = "running";
      live.superstepStartedAt = performance.now();
      live.superstepHeldFor = 0;
      timings.begin(live);
      return more;
    };
  }

  #wrapPush(live: LiveGraph): void {
    const { loop } = live;
    const acceptPush = loop.acceptPush.bind(loop);
    loop.acceptPush = async (...args) => {
      const pushed = await acceptPush(...args);
      if (pushed === undefined || pushed.writes.length > 0) return pushed;
      const task = this.#takeTask(live, pushed);
      const call = args[2] as { func?: unknown } | undefined;
      const hold = this.#observer.pushed(live, pushed, call?.func);
      if (hold !== undefined) {
        task.phase = "held";
        await hold;
        task.phase = "pending";
      }
      return pushed;
    };
  }

  #wrapCache(live: LiveGraph): void {
    const { loop } = live;
    const match = loop._matchCachedWrites.bind(loop);
    loop._matchCachedWrites = async () => {
      const matched = await match();
      for (const { task } of matched) {
        const cached = live.tasks.get(task.id);
        if (cached === undefined) continue;
        cached.phase = "ended";
        cached.cached = true;
        this.#observer.taskCached(live, cached);
      }
      return matched;
    };
  }

  #takeTasks(live: LiveGraph, more: boolean): void {
    live.tasks.clear();
    // Graphs of the superstep before have no task any more that they belong to.
    this.#forgetBelow(live);
    if (!more) return;
    for (const task of Object.values(live.loop.tasks)) this.#takeTask(live, task);
  }

  #forgetBelow(live: LiveGraph): void {
    for (const below of this.all.filter((one) => one.parent === live && one.phase === "ended")) {
      this.#forgetBelow(below);
      this.all.splice(this.all.indexOf(below), 1);
    }
  }

  #takeTask(live: LiveGraph, task: Task): LiveTask {
    const taken: LiveTask = {
      task,
      phase: task.writes.length > 0 ? "ended" : "pending",
      startedAt: 0,
      heldFor: 0,
      milliseconds: undefined,
      attempts: 0,
      cached: false,
      error: undefined,
    };
    live.tasks.set(task.id, taken);
    this.#wrapWriter(live, task);
    const { proc } = task;
    if (!this.#observer.noDebug) delete task.timeout;
    task.proc = { invoke: (input, config) => this.#invoke(live, taken, () => proc.invoke(input, config)) };
    return taken;
  }

  /** LangGraph's stream says which graph a custom value is of, but not which node. */
  #wrapWriter(live: LiveGraph, task: Task): void {
    const { config } = task;
    if (config?.writer === undefined) return;
    // The tasks of a nested graph have been given that of the task around them.
    const write = writers.get(config.writer) ?? config.writer;
    config.writer = (value) => {
      calls.wroteCustom(task, value);
      this.#observer.wroteCustom(live, task, value);
      write(value);
    };
    writers.set(config.writer, write);
  }

  async #invoke(live: LiveGraph, task: LiveTask, body: () => Promise<unknown>): Promise<unknown> {
    task.phase = "computing";
    task.attempts += 1;
    task.startedAt = performance.now();
    task.heldFor = 0;
    this.#observer.taskStarted(live, task);
    timings.spend(task.startedAt);
    let result: unknown;
    try {
      result = await calls.watch(task.task, live.id, body);
    } catch (error) {
      task.error = error;
      task.phase = "held";
      const hold = this.#observer.taskEnded(live, task, true, error);
      if (hold !== undefined) await hold;
      task.phase = "ended";
      throw error;
    }
    task.error = undefined;
    const since = performance.now();
    task.milliseconds = Math.max(0, since - task.startedAt - task.heldFor);
    const hold = this.#observer.taskEnded(live, task, false, undefined);
    timings.spend(since);
    if (hold !== undefined) await hold;
    task.phase = "ended";
    return result;
  }
}

/** A functional task knows the task that called it: its path goes on from the caller's. */
function isPushedBy(task: Task, caller: Task): boolean {
  return isPush(task.path) && task.path[1] === caller.path;
}

const patched = new WeakSet<object>();

/** Makes the class of this graph (and with it every graph of the same build) tell the run that it belongs to. */
export function patchClassOf(graph: Graph): void {
  let owner: object | null = graph;
  while (owner !== null && !Object.hasOwn(owner, "_runLoop"))
    owner = Object.getPrototypeOf(owner) as object | null;
  if (owner === null || patched.has(owner)) return;
  patched.add(owner);
  const prototype = owner as Graph;
  const runLoop = prototype._runLoop;
  prototype._runLoop = async function (this: Graph, params: RunLoopParams): Promise<void> {
    const graphs = current.getStore();
    if (graphs === undefined) return runLoop.call(this, params);
    graphs.enter(this, params);
    try {
      await runLoop.call(this, params);
    } finally {
      graphs.leave(params.loop);
    }
  };
}
