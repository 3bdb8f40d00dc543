// Gets the run going, with steps, answers and inputs, and hears where it stops.

import { isObject } from "../model/json.ts";
import { questionLine } from "../model/questions/text.ts";
import type {
  InterruptInfo,
  Json,
  Position,
  RunParams,
  StepMode,
  StoppedEvent,
} from "../protocol/runtime.ts";
import { checkAnswer } from "./answer-check.ts";
import type { Reply } from "./base-session.ts";
import type { Client } from "./client.ts";
import type { Console } from "./console.ts";
import type { Debuggee } from "./debuggee.ts";
import {
  ambiguousAnswer,
  answeredAlready,
  cannotGoOn,
  inputWhileRunning,
  missingInput,
  needsAnswer,
  unknownInterrupt,
  unknownThread,
} from "./errors.ts";
import { standingAt } from "./opening.ts";
import {
  interruptKey,
  isNamed,
  leafOf,
  needsAnswers,
  type Stop,
  threadsOf,
  waitingInterrupts,
} from "./stop.ts";
import type { Stops } from "./stops.ts";

export interface RunContext {
  /** Ends the session with this exit code. */
  finish(exitCode: number): void;
  /** Called before the user has the run go on. */
  goesOn(): void;
}

type Go = Pick<RunParams, "input" | "resume" | "update" | "goto">;

export class RunControl {
  readonly #debuggee: Debuggee;
  readonly #client: Client;
  readonly #console: Console;
  readonly #stops: Stops;
  readonly #context: RunContext;
  #step: StepMode = { kind: "continue" };
  /** Settles when the runtime has answered the last request to run; undefined after that. */
  #taken: Promise<unknown> | undefined;
  #toldRunsAgain = false;

  constructor(debuggee: Debuggee, client: Client, console: Console, stops: Stops, context: RunContext) {
    this.#debuggee = debuggee;
    this.#client = client;
    this.#console = console;
    this.#stops = stops;
    this.#context = context;
    debuggee.runtime.on("stopped", (event) => this.#onStopped(event));
  }

  // -------------------------------------------------------------------------------------------- starting

  /** The first run of the session, or the stop that takes its place. */
  async begin(): Promise<void> {
    const { plan, noDebug } = this.#debuggee;
    const step: StepMode = plan.attributes.stopOnEntry && !noDebug ? { kind: "in" } : { kind: "continue" };
    if (plan.input !== undefined) return this.#run({ input: plan.input }, step);
    const position = plan.threadGiven
      ? await this.#debuggee.runtime.request("open", { threadId: this.#debuggee.threadId })
      : null;
    if (!position || position.root.tasks.length === 0) return this.#stops.waitForInput(position ?? undefined);
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
    else this.#stops.show(event);
  }

  /** Goes to another thread of the file, at the stop where it is; the run that is here is left at its own. */
  openThread(threadId: string, reply: Reply): Promise<void> {
    return this.#stops.alone(async () => {
      const stop = this.#debuggee.requireStop();
      const { runtime, file, threadId: old } = this.#debuggee;
      const { threads } = await runtime.request("threads", { file, filter: threadId });
      if (!threads.some(({ id }) => id === threadId)) throw unknownThread(threadId, file);
      await runtime.request("cancel", {});
      let position: Position | null;
      try {
        position = await runtime.request("open", { threadId });
        if (!position) throw unknownThread(threadId, file);
      } catch (error) {
        // The old stop is still shown, and read from the file from now on.
        const there = stop.position && (await runtime.request("open", { threadId: old }));
        if (there) this.#stops.replace(there);
        throw error;
      }
      this.#debuggee.goTo(threadId);
      this.#console.line(`Thread ${threadId}`);
      const now =
        position.root.tasks.length === 0
          ? this.#stops.standWaiting(position)
          : this.#stops.stand({ ...standingAt(position), rests: true });
      reply.after(() => this.#stops.tell(now, stop));
    });
  }

  // -------------------------------------------------------------------------------------------- going on

  async continue(): Promise<void> {
    const stop = await this.#stops.settled();
    if (stop.ended) {
      this.#context.finish(0);
      return;
    }
    await this.#goOn(stop, { kind: "continue" });
  }

  /** A step of the thread `threadId`; `into` is the branch to step into. */
  async step(kind: "in" | "over" | "out", threadId: number, into?: StepMode): Promise<void> {
    const stop = await this.#stops.settled();
    if (stop.ended) {
      this.#context.finish(0);
      return;
    }
    const thread = stop.threads.find((candidate) => candidate.id === threadId) ?? stop.threads[0];
    const namespace = (thread && leafOf(thread)?.graph.namespace) ?? "";
    this.#stops.follow(thread);
    await this.#goOn(stop, into ?? (kind === "in" ? { kind } : { kind, namespace }));
  }

  async #goOn(stop: Stop, step: StepMode): Promise<void> {
    if (stop.form)
      return this.#run({ input: stop.form.input() }, this.#debuggee.noDebug ? { kind: "continue" } : step);
    if (stop.blocked !== undefined) throw cannotGoOn(stop.blocked);
    // An error that is no node's ends the program, as it does without a debugger; a node runs again.
    if (stop.failed && failedNode(stop) === undefined) {
      this.#context.finish(1);
      return;
    }
    if (stop.rests && stop.position?.root.tasks.length === 0) {
      const { finished: _, ...position } = stop.position;
      this.#stops.show({ reason: "end", position });
      return;
    }
    this.#context.goesOn();
    const resume = this.#given(stop);
    const [first] = stop.interrupts;
    if (first && Object.keys(resume).length === 0 && needsAnswers(stop.threads)) {
      throw needsAnswer(questionLine(first.value), first.id);
    }
    await this.#run(Object.keys(resume).length > 0 ? { resume } : {}, step);
  }

  /** Goes on with these answers, next to those that were given before. */
  async resume(
    answers: { [interruptId: string]: Json },
    more: Pick<Go, "update" | "goto"> = {},
  ): Promise<void> {
    const stop = await this.#stops.settled();
    const resume = this.#given(stop);
    for (const [key, answer] of Object.entries(answers)) {
      const interrupt = this.#meant(stop, key);
      checkAnswer(interrupt, answer);
      resume[interrupt.id] = answer;
    }
    await this.#run({ ...more, ...(Object.keys(resume).length > 0 && { resume }) }, { kind: "continue" });
    this.#stops.tellLeft(stop);
  }

  /** The interrupt with this id, or with this id and index, as in `id#0`. */
  #meant({ interrupts }: Stop, key: string): InterruptInfo {
    const [, id = key, index] = /^(.*)#(\d+)$/.exec(key) ?? [];
    const interrupt = interrupts.find((each) => each.id === key || each.id === id);
    if (!interrupt) throw unknownInterrupt(key, this.waiting());
    // All interrupts of a task share an id; one that was answered is not the one that waits now.
    if (index !== undefined && interrupt.id !== key && interrupt.index !== Number(index))
      throw answeredAlready(interrupt.node);
    return interrupt;
  }

  /** Answers one interrupt: the only one, or the one with this id or of this node. */
  async answer(which: string | undefined, value: Json): Promise<void> {
    const { id } = this.#named(await this.#stops.settled(), which);
    await this.resume({ [id]: value });
  }

  /**
   * Answers several where an object names them, by id or node, in place of the only answer; where one waits, only its id
   * tells such an object from an answer. `more` goes along with all of them.
   */
  async answers(value: Json, more: Pick<Go, "update" | "goto"> = {}): Promise<void> {
    const stop = await this.#stops.settled();
    const { interrupts } = stop;
    const names = isObject(value) ? Object.entries(value) : [];
    const isMap =
      names.length > 0 &&
      names.every(([name]) =>
        interrupts.some((each) => isNamed(each, name) && (interrupts.length > 1 || each.node !== name)),
      );
    const meant: [string, Json][] = isMap
      ? names.map(([name, answer]) => [this.#named(stop, name).id, answer])
      : [[this.#named(stop).id, value]];
    await this.resume(Object.fromEntries(meant), more);
  }

  #named({ interrupts }: Stop, which?: string): InterruptInfo {
    const meant = which === undefined ? interrupts : interrupts.filter((each) => isNamed(each, which));
    const [only] = meant;
    if (!only) throw unknownInterrupt(which ?? "", this.waiting());
    if (meant.length > 1) {
      const alike = new Set(meant.map(({ node }) => node)).size < meant.length;
      throw ambiguousAnswer(meant.map(({ id, node }) => (alike ? id : node)));
    }
    return only;
  }

  /** Starts the run, or another turn on the thread. */
  async input(input: Json): Promise<void> {
    if (input === undefined || input === null) throw missingInput(["input"]);
    const stop = this.#debuggee.stop;
    if (!stop || (stop.form === undefined && !stop.ended)) throw inputWhileRunning();
    await this.#run({ input }, { kind: "continue" });
    this.#stops.tellLeft(stop);
  }

  async pause(): Promise<void> {
    const { waitingFor } = await this.#debuggee.runtime.request("pause", {});
    if (waitingFor.length > 0 && !this.#debuggee.stop) {
      this.#console.line(`The run pauses when this is done: ${waitingFor.join(", ")}.`);
    }
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
    const { runtime, threadId, noDebug, stop, sentAnswers } = this.#debuggee;
    this.#step = step;
    this.#taken = runtime.request("run", { threadId, ...go, step, noDebug });
    try {
      await this.#taken;
    } finally {
      this.#taken = undefined;
    }
    if (go.input !== undefined) this.#debuggee.lastInput = go.input;
    if (go.resume) sentAnswers.remember(stop?.position, go.resume);
    this.#debuggee.goOn();
    if (stop && stop.interrupts.length > 0) this.#client.custom("langgraph/interrupts", { interrupts: [] });
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
    this.#stops.show(event);
    this.#tellAsksAgain();
    this.#tellRunsAgain();
  }

  /** A node that did not take its last answer has reasons; the line says which answer that was. */
  #tellAsksAgain(): void {
    for (const interrupt of this.#debuggee.stop?.interrupts ?? []) {
      const tries = this.#debuggee.graphs.tries(interrupt);
      if (tries < 2) continue;
      const answer = shortJson(interrupt.earlier.at(-1) ?? null);
      this.#console.line(`${interrupt.node} asks again (try ${tries}); it was answered ${answer} before.`);
    }
  }

  /** What going on means at an error, once a session. */
  #tellRunsAgain(): void {
    const { stop } = this.#debuggee;
    const node = stop?.failed ? failedNode(stop) : undefined;
    if (node === undefined || this.#toldRunsAgain) return;
    this.#toldRunsAgain = true;
    this.#console.line(`Continue runs node ${node} again; Stop ends the session.`);
  }

  /** Gives the answers of the launch configuration; true when the run goes on with them. */
  #answerByItself(event: StoppedEvent): boolean {
    if (event.reason !== "interrupt") return false;
    const resume: { [interruptId: string]: Json } = {};
    for (const interrupt of waitingInterrupts(event.position)) {
      const preset = this.#debuggee.presetAnswers.take(interrupt.node);
      if (!preset) continue;
      try {
        checkAnswer(interrupt, preset.value);
      } catch (error) {
        this.#console.problem(`resume: ${(error as Error).message}`);
        continue;
      }
      resume[interrupt.id] = preset.value;
      this.#console.line(
        `${interrupt.node} asked: ${questionLine(interrupt.value)} - answered ${shortJson(preset.value)} (resume)`,
      );
    }
    if (Object.keys(resume).length === 0) return false;
    const { runtime, threadId, noDebug, sentAnswers } = this.#debuggee;
    sentAnswers.remember(event.position, resume);
    runtime.request("run", { threadId, resume, step: this.#step, noDebug }).catch((error: Error) => {
      this.#console.problem(error.message);
      this.#stops.show(event);
    });
    return true;
  }
}

function shortJson(value: Json): string {
  const text = JSON.stringify(value);
  return text.length > 200 ? `${text.slice(0, 199)}…` : text;
}

/** The node whose error ended the run; undefined where it was no node's. */
function failedNode({ threads, error }: Stop): string | undefined {
  const failed = threads.find((thread) => leafOf(thread)?.task?.status === "failed");
  return error?.node === undefined ? undefined : failed?.name;
}
