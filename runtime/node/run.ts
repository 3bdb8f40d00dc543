// One run of the graph: it streams it, holds it where it must stop, and says where it ended up.

import type {
  ErrorInfo,
  GraphPosition,
  Position,
  StepMode,
  StoppedEvent,
  StopReason,
} from "../../src/protocol/runtime.ts";
import type { Breakpoints } from "./breakpoints.ts";
import { calls } from "./calls.ts";
import { Deciding, type StopRequest } from "./deciding.ts";
import { endingOf } from "./ending.ts";
import { errorInfo } from "./errors.ts";
import { Exceptions } from "./exceptions.ts";
import { type GraphIndex, stateKeysOf } from "./graphs.ts";
import { abortError, Holds } from "./holds.ts";
import { type Config, type Graph, isHidden, type Task } from "./langgraph.ts";
import type { Link } from "./link.ts";
import { type LiveGraph, LiveGraphs, type LiveTask, type Observer } from "./live.ts";
import { livePosition } from "./position.ts";
import { Report, swallowedInterrupt, willRetry } from "./report.ts";
import type { Saving } from "./saving.ts";

/** How long a stop waits for tasks that still compute before it is told without them. */
const settleTime = 50;

export interface RunContext {
  link: Link;
  index: GraphIndex;
  breakpoints: Breakpoints;
  saving: Saving;
  graph: Graph;
  /** Waits for the breakpoints of graphs that were found since. Undefined: they are there. */
  bound(signal: AbortSignal): Promise<void> | undefined;
  /** A graph runs that was not known before. */
  graphFound(id: string): void;
  /** A task of the functional API is called for the first time. */
  taskFound(graphId: string, name: string, func: object): void;
  show(value: unknown): string;
}

export interface RunStart {
  threadId: string;
  /** The input, a Command, or null to go on. */
  input: unknown;
  /** It goes on from a checkpoint at which the user already is. */
  resuming: boolean;
  config: Config;
  step: StepMode;
  noDebug: boolean;
  /** Limits of graphs that have already used steps up, by namespace. */
  stops: ReadonlyMap<string, number>;
}

interface Stop {
  reason: StopReason;
  text: string | undefined;
  ids: number[];
  finished: Position["finished"];
  error: ErrorInfo | undefined;
  told: boolean;
}

const stopOf = ({ reason, text, ids = [], finished, error }: StopRequest, told: boolean): Stop => ({
  reason,
  text,
  ids,
  finished,
  error,
  told,
});

/** Where a run begins, holds and ends. `stopped` is told through the link; `whenOver` settles after the last of them. */
export class Run implements Observer {
  readonly index: GraphIndex;
  readonly graphs: LiveGraphs;
  readonly threadId: string;
  readonly config: Config;
  readonly whenOver: Promise<void>;
  noDebug: boolean;
  /** Its stream has ended. */
  over = false;
  /** It was ended by `cancel`, and can go on from its last checkpoint. */
  cancelled = false;
  readonly #context: RunContext;
  readonly #abort = new AbortController();
  readonly #deciding: Deciding;
  readonly #exceptions: Exceptions;
  #stop: Stop | undefined;
  readonly #holds = new Holds();
  /** Where the thread rests, when that is read from the file. */
  #rest: GraphPosition | undefined;
  #settling: NodeJS.Timeout | undefined;
  #telling = false;
  readonly #report: Report;

  constructor(context: RunContext, start: RunStart) {
    this.#context = context;
    this.index = context.index;
    this.threadId = start.threadId;
    this.config = start.config;
    this.noDebug = start.noDebug;
    this.#deciding = new Deciding(context, start.step, !start.resuming);
    this.#exceptions = new Exceptions(context.breakpoints);
    this.#report = new Report(context.link);
    this.graphs = new LiveGraphs(this, start.resuming, start.stops);
    this.whenOver = this.graphs.watch(() => this.#stream(start));
  }

  /** It stands at a stop that was told, and can be released. */
  get isHeld(): boolean {
    return !this.over && this.#stop?.told === true;
  }

  /** Lets the held graphs go on. */
  release(step: StepMode, noDebug: boolean): void {
    this.noDebug = noDebug;
    this.#stop = undefined;
    this.#deciding.goOn(step);
    this.#context.saving.setStatus(this.threadId, "running");
    this.#holds.release();
  }

  /** Ends the run where it stands. Resolves when all it did is on disk. */
  async cancel(): Promise<void> {
    if (this.over) return;
    this.cancelled = true;
    this.#abort.abort();
    // LangGraph must see the abort before the held tasks fail of it, or it would write that down as their error.
    await new Promise((resolve) => setImmediate(resolve));
    this.#holds.cancel();
    await this.whenOver;
    this.#context.saving.setStatus(this.threadId, "stopped");
    await this.#flush();
  }

  position(): Position {
    const root = this.graphs.root;
    const stop = this.#stop;
    // LangGraph may refuse the input or the configuration before any graph begins.
    const empty = { graph: "", namespace: "", stateKeys: stateKeysOf(this.#context.graph), tasks: [] };
    return {
      threadId: this.threadId,
      root: this.#rest ?? (root === undefined ? empty : livePosition(this.graphs, root, this.over)),
      ...(stop?.finished === undefined ? {} : { finished: stop.finished }),
      ...(stop?.error === undefined ? {} : { error: stop.error }),
    };
  }

  // ------------------------------------------------------------------------------------------ what LangGraph does

  graphStarted(live: LiveGraph, isNew: boolean): void {
    const { loop } = live;
    const { breakpoints } = this.#context;
    for (const when of ["interruptBefore", "interruptAfter"] as const) {
      const own = loop[when];
      const get = (): typeof own => (breakpoints.compiled && !this.noDebug ? own : []);
      Object.defineProperty(loop, when, { get, configurable: true });
    }
    if (isNew) this.#context.graphFound(live.id);
  }

  graphEnded(): void {
    if (this.#stop !== undefined) this.#settle();
  }

  superstepBegins(live: LiveGraph): void {
    if (!this.noDebug) this.#deciding.begin(live);
  }

  boundary(live: LiveGraph, finished: Task[], more: boolean): Promise<void> | undefined {
    const { link } = this.#context;
    link.poll();
    if (this.#abort.signal.aborted) throw abortError();
    if (this.noDebug) return undefined;
    const bound = live.first ? this.#context.bound(this.#abort.signal) : undefined;
    if (bound !== undefined) return bound.then(() => this.boundary(live, finished, more));
    const tasks = more ? startable(live) : [];
    if (tasks.length === 0 && finished.length === 0) return undefined;
    const isAsked = !(live.first && live.resuming);
    if (this.#stop !== undefined) {
      // The run stands, or is about to. What comes after the stop was told is asked when it goes on.
      if (this.#isTold) return this.#holdThen(live, () => this.boundary(live, finished, more));
      if (isAsked) this.#ask(live, tasks, finished);
      // A graph without a superstep to come ends, but for the one of which the stop tells.
      return more || this.#stop.finished?.namespace === live.namespace ? this.#hold(live) : undefined;
    }
    if (!isAsked) return undefined;
    return this.#ask(live, tasks, finished) ? this.#hold(live) : undefined;
  }

  pushed(live: LiveGraph, task: Task, func: unknown): Promise<void> | undefined {
    this.#context.link.poll();
    const name = String(task.name);
    if (typeof func === "function" && !this.index.hasTask(live.id, name)) {
      this.#context.taskFound(live.id, name, func);
    }
    if (this.noDebug) return undefined;
    const bound = this.#context.bound(this.#abort.signal);
    if (bound !== undefined) return bound.then(() => this.pushed(live, task, func));
    if (this.#stop !== undefined && this.#isTold) {
      return this.#holdThen(live, () => this.pushed(live, task, func), true);
    }
    const isHit = this.#ask(live, [task], []);
    if (!isHit && this.#stop === undefined) return undefined;
    return this.#hold(live, true);
  }

  superstepEnded(live: LiveGraph, step: number, finished: Task[]): void {
    this.#report.superstepEnded(live, step, finished);
  }

  taskCached(live: LiveGraph, task: LiveTask): void {
    if (!isHidden(task.task)) this.#report.taskCached(live, task);
  }

  taskStarted(live: LiveGraph, task: LiveTask): void {
    if (!isHidden(task.task)) this.#report.taskStarted(live, task);
  }

  wroteCustom(live: LiveGraph, task: Task, value: unknown): void {
    this.#report.wroteCustom(live, task, value);
  }

  taskEnded(live: LiveGraph, task: LiveTask, failed: boolean, error: unknown): Promise<void> | undefined {
    if (isHidden(task.task)) return undefined;
    if (this.#stop !== undefined) queueMicrotask(() => this.#settle());
    const isBubble = failed && typeof error === "object" && error !== null && "is_bubble_up" in error;
    if (!failed || isBubble || this.#abort.signal.aborted) {
      if (failed) calls.asked(task.task, error);
      else {
        this.#checkSwallowed(live, task);
        calls.ended(task.task);
      }
      this.#report.taskEnded(live, task);
      return undefined;
    }
    const retries = willRetry(task, error);
    const info = this.#report.taskFailed(live, task, error, retries);
    const node = String(task.task.name);
    if (!retries) this.#exceptions.raised(live, node, error);
    if (!retries || this.noDebug || !this.#exceptions.stopsAt("retried", live, node, error)) return undefined;
    this.#request({ reason: "exception", text: `${node} will be tried again.`, error: info });
    return this.#hold(live, true);
  }

  #checkSwallowed(live: LiveGraph, task: LiveTask): void {
    const what = swallowedInterrupt(task.task);
    if (what === undefined) return;
    const text = calls.swallowed(task.task, what);
    const node = String(task.task.name);
    const error = Object.assign(new Error(text), { name: "GraphInterrupt" });
    if (!this.#exceptions.stopsAt("swallowed", live, node, error)) return;
    this.#deciding.swallowed({ type: "GraphInterrupt", message: text, traceback: "", frames: [], node });
  }

  /** Whether this superstep stops the run. Makes the stop, or adds to the one that is being made. */
  #ask(live: LiveGraph, tasks: readonly Task[], finished: readonly Task[]): boolean {
    const stop = this.#deciding.ask(live, tasks, finished);
    if (stop !== undefined) this.#request(stop);
    return stop !== undefined;
  }

  #request(stop: StopRequest): void {
    const known = this.#stop;
    if (known === undefined) {
      this.#stop = stopOf(stop, false);
      return;
    }
    known.ids = [...new Set([...known.ids, ...(stop.ids ?? [])])];
    known.text ??= stop.text;
    known.finished ??= stop.finished;
    if (stop.reason === "breakpoint" && known.reason !== "exception") known.reason = "breakpoint";
  }

  // ------------------------------------------------------------------------------------------ holding

  async #hold(live: LiveGraph, isTask = false): Promise<void> {
    const hold = this.#holds.wait(live);
    if (!isTask) live.phase = "held";
    this.#settle();
    try {
      await hold;
    } finally {
      if (!isTask) live.phase = "between";
    }
  }

  async #holdThen(live: LiveGraph, ask: () => Promise<void> | undefined, isTask = false): Promise<void> {
    await this.#hold(live, isTask);
    await ask();
  }

  get #isTold(): boolean {
    return this.#stop?.told === true || this.#telling;
  }

  /** Tells the stop as soon as nothing computes, or after a while without those that do. */
  #settle(): void {
    const stop = this.#stop;
    if (stop === undefined || this.#isTold || this.over || this.#holds.isEmpty) return;
    this.#settling ??= setTimeout(() => {
      this.#settling = undefined;
      void this.#tell(stop);
    }, settleTime);
    if (!this.graphs.isQuiet()) return;
    // Siblings that were started together come here one after another, without giving way in between.
    setImmediate(() => {
      if (stop === this.#stop && this.graphs.isQuiet()) void this.#tell(stop);
    });
  }

  async #tell(stop: Stop): Promise<void> {
    if (this.#telling || stop.told || stop !== this.#stop) return;
    this.#telling = true;
    clearTimeout(this.#settling);
    this.#settling = undefined;
    try {
      for (const { loop } of this.graphs.all) await Promise.all([...loop.checkpointerPromises]);
      this.#context.saving.setStatus(this.threadId, "stopped");
      await this.#flush();
    } catch (error) {
      this.#warnNotSaved(error);
    }
    this.#telling = false;
    if (this.over || this.#abort.signal.aborted || stop !== this.#stop) return;
    stop.told = true;
    this.#send(stop);
  }

  #send(stop: Stop): void {
    const event: StoppedEvent = {
      reason: stop.reason,
      ...(stop.text === undefined ? {} : { text: stop.text }),
      hitBreakpointIds: stop.ids,
      position: this.position(),
    };
    this.#context.link.event("stopped", event);
  }

  async #flush(): Promise<void> {
    await this.#context.saving.flush();
  }

  #warnNotSaved(error: unknown): void {
    const text = `The checkpoint could not be written: ${errorInfo(error).message}`;
    this.#context.link.event("message", { kind: "error", text });
  }

  // ------------------------------------------------------------------------------------------ the stream

  async #stream(start: RunStart): Promise<void> {
    const { graph } = this.#context;
    let failure: { error: unknown } | undefined;
    try {
      const stream = await graph.stream(start.input, {
        ...start.config,
        streamMode: ["custom"],
        subgraphs: true,
        durability: "async",
        signal: this.#abort.signal,
      });
      for await (const chunk of stream) this.#report.custom(chunk);
    } catch (error) {
      failure = { error };
    }
    clearTimeout(this.#settling);
    this.over = true;
    if (this.#abort.signal.aborted) return;
    try {
      this.#context.saving.setStatus(this.threadId, failure === undefined ? "stopped" : "failed");
      await this.#flush();
    } catch (error) {
      this.#warnNotSaved(error);
    }
    const parts = { saving: this.#context.saving, exceptions: this.#exceptions, report: this.#report };
    const { rest, ...ending } = await endingOf(this, parts, failure);
    this.#rest = rest;
    this.#stop = stopOf(ending, true);
    this.#send(this.#stop);
  }
}

/** Tasks that the next superstep starts, without LangGraph's own. */
const startable = (live: LiveGraph): Task[] =>
  [...live.tasks.values()]
    .filter(({ task, phase }) => phase !== "ended" && !isHidden(task))
    .map(({ task }) => task);
