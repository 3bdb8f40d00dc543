// Gets the run going and tells the client where it stands: steps, answers, inputs, stops and the end.

import type { WaitingInterrupt } from "../protocol/dap.ts";
import type { ErrorInfo, Json, Position, RunParams, StepMode, StoppedEvent } from "../protocol/runtime.ts";
import type { Client } from "./client.ts";
import type { Console } from "./console.ts";
import type { Debuggee } from "./debuggee.ts";
import { ambiguousAnswer, inputWhileRunning, missingInput, needsAnswer, unknownInterrupt } from "./errors.ts";
import { InputForm } from "./input-form.ts";
import {
  describe,
  interruptKey,
  isNext,
  leafOf,
  needsAnswers,
  question,
  type Stop,
  type StoppedThread,
  threadsOf,
  waitingInterrupts,
} from "./stop.ts";

/** What the rest of the session knows about stops. */
export interface StopContext {
  /** Nodes of the breakpoints that were hit, to find the thread that hit one. */
  nodesOf(hitBreakpointIds: readonly number[]): { graph: string; node: string }[];
  /** DAP's reason for a stop at these breakpoints. */
  reasonOf(hitBreakpointIds: readonly number[]): "breakpoint" | "function breakpoint";
  /** Ends the session with this exit code. */
  finish(exitCode: number): void;
}

type Go = Pick<RunParams, "input" | "resume" | "update" | "goto">;

export class RunControl {
  readonly #debuggee: Debuggee;
  readonly #client: Client;
  readonly #console: Console;
  readonly #context: StopContext;
  #stops = 0;
  #step: StepMode = { kind: "continue" };
  /** Settles when the runtime has answered the last request to run; undefined after that. */
  #taken: Promise<unknown> | undefined;
  /** Nodes whose last attempt raised what a retry policy handles. */
  readonly #retried = new Set<string>();
  /** The thread that the last step was taken on. */
  #steppedThread: number | undefined;

  constructor(debuggee: Debuggee, client: Client, console: Console, context: StopContext) {
    this.#debuggee = debuggee;
    this.#client = client;
    this.#console = console;
    this.#context = context;
    debuggee.runtime.on("stopped", (event) => this.#onStopped(event));
    debuggee.runtime.on("task", ({ event, node }) => {
      if (event === "retry") this.#retried.add(node);
      else this.#retried.delete(node);
    });
  }

  // -------------------------------------------------------------------------------------------- starting

  /** The first run of the session, or the stop that takes its place. */
  async begin(): Promise<void> {
    const { plan, noDebug } = this.#debuggee;
    const step: StepMode = plan.attributes.stopOnEntry && !noDebug ? { kind: "in" } : { kind: "continue" };
    if (plan.input !== undefined) return this.#run({ input: plan.input }, step);
    const position = plan.threadGiven
      ? await this.#debuggee.runtime.request("open", { threadId: plan.threadId })
      : null;
    if (!position || position.root.tasks.length === 0) return this.#waitForInput(position ?? undefined);
    await this.#open(position);
  }

  /** A thread that stands somewhere: the session opens there. */
  async #open(position: Position): Promise<void> {
    const { name, threadNumbers, noDebug } = this.#debuggee;
    const waits =
      needsAnswers(threadsOf(position, name, threadNumbers)) && waitingInterrupts(position).length > 0;
    const event: StoppedEvent = { reason: waits ? "interrupt" : "entry", hitBreakpointIds: [], position };
    if (noDebug && !waits) await this.#run({}, { kind: "continue" });
    else if (this.#answerByItself(event)) this.#debuggee.goOn();
    else this.#show(event);
  }

  #waitForInput(position: Position | undefined): void {
    const { loaded } = this.#debuggee;
    const form = new InputForm(loaded?.inputSchema ?? {}, loaded?.stateKeys);
    const threads = threadsOf(
      position && { ...position, root: { ...position.root, tasks: [] } },
      this.#debuggee.name,
      this.#debuggee.threadNumbers,
    );
    this.#announce({ reason: "input", threads, position, form, hitBreakpointIds: [] });
  }

  // -------------------------------------------------------------------------------------------- going on

  async continue(): Promise<void> {
    const stop = this.#debuggee.requireStop();
    if (stop.reason === "end") {
      this.#context.finish(0);
      return;
    }
    await this.#goOn(stop, { kind: "continue" });
  }

  /** A step of the thread `threadId`. */
  async step(kind: "in" | "over" | "out", threadId: number): Promise<void> {
    const stop = this.#debuggee.requireStop();
    if (stop.reason === "end") {
      this.#context.finish(0);
      return;
    }
    const thread = stop.threads.find((candidate) => candidate.id === threadId) ?? stop.threads[0];
    const namespace = (thread && leafOf(thread)?.graph.namespace) ?? "";
    this.#steppedThread = thread?.id;
    await this.#goOn(stop, kind === "in" ? { kind } : { kind, namespace });
  }

  async #goOn(stop: Stop, step: StepMode): Promise<void> {
    if (stop.form)
      return this.#run({ input: stop.form.input() }, this.#debuggee.noDebug ? { kind: "continue" } : step);
    // An error that nothing handles ends the program, as it does without a debugger.
    if (stop.failed) {
      this.#context.finish(1);
      return;
    }
    const resume = this.#given(stop);
    const [first] = stop.interrupts;
    if (first && Object.keys(resume).length === 0 && needsAnswers(stop.threads)) {
      throw needsAnswer(question(first.value), first.id);
    }
    await this.#run(Object.keys(resume).length > 0 ? { resume } : {}, step);
  }

  /** Goes on with these answers, next to those that were given before. */
  async resume(
    answers: { [interruptId: string]: Json },
    more: Pick<Go, "update" | "goto"> = {},
  ): Promise<void> {
    const stop = this.#debuggee.requireStop();
    for (const id of Object.keys(answers)) {
      if (!stop.interrupts.some((interrupt) => interrupt.id === id))
        throw unknownInterrupt(id, this.waiting());
    }
    const resume = { ...this.#given(stop), ...answers };
    await this.#run({ ...more, ...(Object.keys(resume).length > 0 && { resume }) }, { kind: "continue" });
    this.#tellContinued(stop);
  }

  /** Answers one interrupt: the only one, or the one with this id or of this node. */
  async answer(which: string | undefined, value: Json): Promise<void> {
    const { interrupts } = this.#debuggee.requireStop();
    const meant =
      which === undefined ? interrupts : interrupts.filter(({ id, node }) => id === which || node === which);
    const [only] = meant;
    if (!only) throw unknownInterrupt(which ?? "", this.waiting());
    if (meant.length > 1) {
      const alike = new Set(meant.map(({ node }) => node)).size < meant.length;
      throw ambiguousAnswer(meant.map(({ id, node }) => (alike ? id : node)));
    }
    await this.resume({ [only.id]: value });
  }

  /** Starts the run, or another turn on the thread. */
  async input(input: Json): Promise<void> {
    if (input === undefined || input === null) throw missingInput(["input"]);
    const stop = this.#debuggee.stop;
    if (!stop || (stop.form === undefined && stop.reason !== "end")) throw inputWhileRunning();
    await this.#run({ input }, { kind: "continue" });
    this.#tellContinued(stop);
  }

  async pause(): Promise<void> {
    const { waitingFor } = await this.#debuggee.runtime.request("pause", {});
    if (waitingFor.length > 0 && !this.#debuggee.stop) {
      this.#console.line(`The run pauses when this is done: ${waitingFor.join(", ")}.`);
    }
  }

  async #tellInterrupts(stop: Stop): Promise<void> {
    const interrupts = await this.interrupts();
    if (this.#debuggee.stop === stop) this.#client.custom("langgraph/interrupts", { interrupts });
  }

  /** The interrupts that wait, as a client is told of them. */
  async interrupts(): Promise<WaitingInterrupt[]> {
    // In which line a node asks is told by its text, where the runtime can't.
    await this.#debuggee.textRead;
    return (this.#debuggee.stop?.interrupts ?? []).map((interrupt) => {
      const place = this.#debuggee.graphs.interrupt(interrupt.graph, interrupt.node, interrupt);
      const answer = this.#debuggee.answers.get(interruptKey(interrupt));
      return {
        ...interrupt,
        ...(place && {
          source: {
            path: this.#client.toClientPath(place.path),
            line: this.#client.toClientLine(place.line),
          },
        }),
        ...(answer !== undefined && { answer }),
      };
    });
  }

  /** Names for messages: the node, and the id where a node asks several times. */
  waiting(): string[] {
    return (this.#debuggee.stop?.interrupts ?? []).map(({ id, node }) => `${node} (${id})`);
  }

  #given(stop: Stop): { [interruptId: string]: Json } {
    const resume: { [interruptId: string]: Json } = {};
    for (const interrupt of stop.interrupts) {
      const answer = this.#debuggee.answers.get(interruptKey(interrupt));
      if (answer !== undefined) resume[interrupt.id] = answer;
    }
    return resume;
  }

  async #run(go: Go, step: StepMode): Promise<void> {
    const { runtime, plan, noDebug, stop } = this.#debuggee;
    this.#step = step;
    this.#taken = runtime.request("run", { threadId: plan.threadId, ...go, step, noDebug });
    try {
      await this.#taken;
    } finally {
      this.#taken = undefined;
    }
    if (go.input !== undefined) this.#debuggee.lastInput = go.input;
    this.#debuggee.goOn();
    if (stop && stop.interrupts.length > 0) this.#client.custom("langgraph/interrupts", { interrupts: [] });
  }

  /** For runs that the client did not start with one of the protocol's own requests. */
  #tellContinued(stop: Stop): void {
    this.#client.send("continued", { threadId: stop.threads[0]?.id ?? 1, allThreadsContinued: true });
  }

  // -------------------------------------------------------------------------------------------- stopping

  #onStopped(event: StoppedEvent): void {
    if (this.#debuggee.phase === "over") return;
    // A quick run stops before the runtime has answered that it runs; a client that heard of the stop first would
    // take that answer for its end.
    if (this.#taken) {
      const later = () => setImmediate(() => this.#onStopped(event));
      this.#taken.then(later, later);
      return;
    }
    const { noDebug, stopOnEnd } = this.#debuggee;
    if (this.#answerByItself(event)) return;
    const { error } = event.position;
    if (error && !this.#console.hasTold(error)) this.#console.error(error);
    // With node errors switched off, an error is no stop but an end.
    if (error && (event.reason === "end" || noDebug)) {
      this.#context.finish(1);
      return;
    }
    if (event.reason === "end") {
      this.#console.line("The run has ended.");
      if (!stopOnEnd) {
        this.#context.finish(0);
        return;
      }
    }
    this.#show(event);
  }

  /** Gives the answers of the launch configuration; true when the run goes on with them. */
  #answerByItself(event: StoppedEvent): boolean {
    if (event.reason !== "interrupt") return false;
    const resume: { [interruptId: string]: Json } = {};
    for (const interrupt of waitingInterrupts(event.position)) {
      const preset = this.#debuggee.presetAnswers.take(interrupt.node);
      if (!preset) continue;
      resume[interrupt.id] = preset.value;
      this.#console.line(
        `${interrupt.node} asked: ${question(interrupt.value)} - answered ${JSON.stringify(preset.value)} (resume)`,
      );
    }
    if (Object.keys(resume).length === 0) return false;
    const { runtime, plan, noDebug } = this.#debuggee;
    runtime
      .request("run", { threadId: plan.threadId, resume, step: this.#step, noDebug })
      .catch((error: Error) => {
        this.#console.problem(error.message);
        this.#show(event);
      });
    return true;
  }

  #show(event: StoppedEvent): void {
    const threads = threadsOf(event.position, this.#debuggee.name, this.#debuggee.threadNumbers);
    this.#announce({ ...event, threads, form: undefined });
  }

  #announce(about: {
    reason: StoppedEvent["reason"] | "input";
    text?: string;
    hitBreakpointIds: readonly number[];
    position: Position | undefined;
    threads: readonly StoppedThread[];
    form: InputForm | undefined;
  }): void {
    const { threads, position, hitBreakpointIds } = about;
    const interrupts = waitingInterrupts(position);
    const reason = about.reason === "breakpoint" ? this.#context.reasonOf(hitBreakpointIds) : about.reason;
    const error = position?.error;
    const text = about.text ?? (error && `${error.type}: ${error.message}`);
    const stop: Stop = {
      number: ++this.#stops,
      reason,
      description: describe(about.reason, threads, interrupts, error),
      text,
      hitBreakpointIds,
      position,
      threads,
      interrupts,
      form: about.form,
      error,
      failed: reason === "exception" && this.#hasEnded(error, threads),
    };
    this.#debuggee.stopAt(stop);
    if (about.text !== undefined && !error) this.#console.problem(about.text);
    this.#client.send("stopped", {
      reason,
      description: stop.description,
      threadId: this.#focus(stop),
      allThreadsStopped: true,
      hitBreakpointIds: [...hitBreakpointIds],
      ...(text !== undefined && { text }),
    });
    if (interrupts.length > 0) void this.#tellInterrupts(stop);
  }

  /** True for an error that ended the run; false where it stands still, as before a retry. */
  #hasEnded(error: ErrorInfo | undefined, threads: readonly StoppedThread[]): boolean {
    if (error?.node === undefined) return error !== undefined;
    if (this.#retried.has(error.node)) return false;
    return threads.some((thread) => leafOf(thread)?.task?.status === "failed");
  }

  /** The thread to look at: the one that the stop is about, else the one that was stepped, else the first that goes on. */
  #focus(stop: Stop): number {
    const hit = this.#context.nodesOf(stop.hitBreakpointIds);
    const about = stop.threads.find((thread) => {
      const leaf = leafOf(thread);
      const status = leaf?.task?.status;
      if (stop.reason === "exception") return status === "failed";
      if (stop.reason === "interrupt") return status === "waiting";
      return thread.levels.some(({ graph, task }) =>
        hit.some(
          (node) => matches(node.graph, graph.graph) && task !== undefined && matches(node.node, task.name),
        ),
      );
    });
    const stepped = stop.threads.find(
      (thread) => thread.id === this.#steppedThread && thread.kind !== "input",
    );
    const pending = stop.threads.find((thread) => isNext(thread) || thread.kind === "after");
    this.#steppedThread = undefined;
    return (about ?? stepped ?? pending ?? stop.threads[0])?.id ?? 1;
  }
}

function matches(pattern: string, name: string): boolean {
  return pattern === "*" || pattern === name;
}
