// Tells the client where the run stands: makes a stop of each position, with its words and the thread to look at.

import type { SourceLine } from "../model/source.ts";
import type { WaitingInterrupt } from "../protocol/dap.ts";
import type { ErrorInfo, InterruptInfo, Position } from "../protocol/runtime.ts";
import type { Client } from "./client.ts";
import type { Console } from "./console.ts";
import type { Debuggee } from "./debuggee.ts";
import { InputForm } from "./input-form.ts";
import {
  describe,
  interruptKey,
  isNext,
  leafOf,
  matches,
  type Stop,
  type StoppedThread,
  threadsOf,
  waitingInterrupts,
} from "./stop.ts";

/** What the breakpoints know of a stop at them. */
export interface Hits {
  /** Nodes of the breakpoints that were hit, to find the thread that hit one. */
  nodesOf(hitBreakpointIds: readonly number[]): { graph: string; node: string }[];
  /** DAP's reason for a stop at these breakpoints. */
  reasonOf(hitBreakpointIds: readonly number[]): string;
  /** Breakpoints on calls of `interrupt` at these lines. */
  atInterrupts(lines: readonly SourceLine[]): number[];
  /** The keys of this graph's state are known now. */
  learnKeys(graph: string, keys: readonly string[]): void;
}

/** Where the run stands, and why. */
export interface Standing {
  readonly reason: string;
  readonly position: Position | undefined;
  readonly text?: string | undefined;
  /** A text that the user has read already. */
  readonly told?: string | undefined;
  readonly hitBreakpointIds?: readonly number[];
  /** How the cursor came here, before the words that the position gives: "Back before node x". */
  readonly word?: string;
  /** In place of all these words. */
  readonly description?: string;
  readonly form?: InputForm;
  /** The cursor was moved here: nothing is held. */
  readonly rests?: boolean;
  /** Why the run can't go on from here. */
  readonly blocked?: string;
  /** The thread to look at, where the stop is about none in particular. */
  readonly thread?: number | undefined;
}

export class Stops {
  readonly #debuggee: Debuggee;
  readonly #client: Client;
  readonly #console: Console;
  readonly #hits: Hits;
  #count = 0;
  /** Nodes whose last attempt raised what a retry policy handles. */
  readonly #retried = new Set<string>();
  /** The thread that the last step was taken on. */
  #stepped: number | undefined;
  /** The client was told of interrupts at the last stop. */
  #asks = false;
  #changing: Promise<unknown> = Promise.resolve();

  constructor(debuggee: Debuggee, client: Client, console: Console, hits: Hits) {
    this.#debuggee = debuggee;
    this.#client = client;
    this.#console = console;
    this.#hits = hits;
    debuggee.runtime.on("task", ({ event, node }) => {
      if (event === "retry") this.#retried.add(node);
      else this.#retried.delete(node);
    });
  }

  /** Moves and edits come one after another: each starts where the one before has led. */
  alone<Result>(change: () => Promise<Result>): Promise<Result> {
    const changed = this.#changing.then(change);
    this.#changing = changed.catch(() => {});
    return changed;
  }

  /** Where all moves and edits that are under way lead. */
  async settled(): Promise<Stop> {
    await this.#changing;
    return this.#debuggee.requireStop();
  }

  /** The next stop looks at this thread, unless it is about another. */
  follow(thread: StoppedThread | undefined): void {
    this.#stepped = thread?.id;
  }

  /** The run stands here now, and the client is told. */
  show(standing: Standing): void {
    this.tell(this.stand(standing));
  }

  /** A run that has not begun, or a thread that has ended: `position` is what is there already. */
  waitForInput(position: Position | undefined): void {
    this.tell(this.standWaiting(position));
  }

  /** As `waitForInput`, without telling; `before` is a form that was filled in already. */
  standWaiting(position: Position | undefined, before?: InputForm): Stop {
    const { loaded } = this.#debuggee;
    const form = new InputForm(loaded?.inputSchema ?? {}, loaded?.stateKeys);
    if (before) form.takeFrom(before);
    const at = position && { ...position, root: { ...position.root, tasks: [] } };
    return this.stand({ reason: "input", position: at, form });
  }

  /** The run stands here now; `tell` says so to the client. */
  stand(standing: Standing): Stop {
    const { position, form } = standing;
    const { name, threadNumbers } = this.#debuggee;
    const threads = threadsOf(position, name, threadNumbers);
    for (const { levels } of threads)
      for (const { graph } of levels) this.#hits.learnKeys(graph.graph, graph.stateKeys);
    const interrupts = waitingInterrupts(position);
    const hit = standing.reason === "breakpoint";
    const hitBreakpointIds = this.#hit(standing, interrupts);
    const reason = hit ? this.#hits.reasonOf(hitBreakpointIds) : standing.reason;
    const error = position?.error;
    const stop: Stop = {
      number: ++this.#count,
      reason,
      description:
        standing.description ?? worded(standing.word, describe(reason, threads, interrupts, error)),
      text: standing.text ?? standing.told ?? (error && `${error.type}: ${error.message}`),
      hitBreakpointIds,
      position,
      threads,
      focus: this.#focus({ reason, hitBreakpointIds, threads, thread: standing.thread ?? this.#stepped }),
      interrupts,
      form,
      error,
      failed: reason === "exception" && this.#hasEnded(error, threads),
      ended:
        standing.blocked === undefined && (reason === "end" || (standing.rests === true && isOver(position))),
      rests: standing.rests === true,
      blocked: standing.blocked,
    };
    this.#stepped = undefined;
    this.#debuggee.stopAt(stop);
    if (standing.text !== undefined && !error) {
      if (hit && hitBreakpointIds.length > 0) this.#console.line(standing.text);
      else this.#console.problem(standing.text);
    }
    return stop;
  }

  /** The run stops at an interrupt in any case; a breakpoint there counts as hit. */
  #hit({ reason, hitBreakpointIds = [] }: Standing, interrupts: readonly InterruptInfo[]): readonly number[] {
    if (reason !== "interrupt") return hitBreakpointIds;
    const lines = interrupts.flatMap(
      (each) => this.#debuggee.graphs.interrupt(each.graph, each.node, each) ?? [],
    );
    return [...new Set([...hitBreakpointIds, ...this.#hits.atInterrupts(lines)])];
  }

  /**
   * Says where the run stands, unless it is elsewhere by now. `before`: the stop that a client believes to stand at
   * still, since it was left by no request of the protocol.
   */
  tell({ number }: Stop, before?: Stop): void {
    const { stop } = this.#debuggee;
    if (stop?.number !== number) return;
    if (before) this.tellLeft(before);
    this.#client.send("stopped", {
      reason: stop.reason,
      description: stop.description,
      threadId: stop.focus,
      allThreadsStopped: true,
      hitBreakpointIds: [...stop.hitBreakpointIds],
      ...(stop.text !== undefined && { text: stop.text }),
    });
    // A client that still asks what was asked at the stop before has to stop asking.
    if (stop.interrupts.length > 0 || this.#asks) void this.#tellInterrupts(stop);
    this.#asks = stop.interrupts.length > 0;
  }

  /** For what the client did not begin with one of the protocol's own requests. */
  tellLeft(stop: Stop): void {
    this.#client.send("continued", { threadId: stop.threads[0]?.id ?? 1, allThreadsContinued: true });
  }

  /** The same stop, whose state was changed: frames and variables of it stay. */
  replace(position: Position): void {
    const stop = this.#debuggee.requireStop();
    const at = keepingStory(position, stop.position);
    const shown = stop.form ? { ...at, root: { ...at.root, tasks: [] } } : at;
    this.#debuggee.replaceStop({
      ...stop,
      rests: true,
      position: shown,
      threads: threadsOf(shown, this.#debuggee.name, this.#debuggee.threadNumbers),
      interrupts: waitingInterrupts(shown),
    });
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
        tries: this.#debuggee.graphs.tries(interrupt),
        ...(answer !== undefined && { answer }),
      };
    });
  }

  async #tellInterrupts({ number }: Stop): Promise<void> {
    const interrupts = await this.interrupts();
    if (this.#debuggee.stop?.number === number) this.#client.custom("langgraph/interrupts", { interrupts });
  }

  /** True for an error that ended the run; false where it stands still, as before a retry. */
  #hasEnded(error: ErrorInfo | undefined, threads: readonly StoppedThread[]): boolean {
    if (error?.node === undefined) return error !== undefined;
    if (this.#retried.has(error.node)) return false;
    return threads.some((thread) => leafOf(thread)?.task?.status === "failed");
  }

  /** The thread to look at: the one that the stop is about, else the one that was stepped, else the first that goes on. */
  #focus(
    about: Pick<Stop, "reason" | "hitBreakpointIds" | "threads"> & { thread: number | undefined },
  ): number {
    const { reason, hitBreakpointIds, threads } = about;
    const hit = this.#hits.nodesOf(hitBreakpointIds);
    const meant = threads.find((thread) => {
      const status = leafOf(thread)?.task?.status;
      if (reason === "exception") return status === "failed";
      if (reason === "interrupt") return status === "waiting";
      return thread.levels.some(({ graph, task }) =>
        hit.some(
          (node) => matches(node.graph, graph.graph) && task !== undefined && matches(node.node, task.name),
        ),
      );
    });
    const stepped = threads.find((thread) => thread.id === about.thread && thread.kind !== "input");
    const pending = threads.find((thread) => isNext(thread) || thread.kind === "after");
    return (meant ?? stepped ?? pending ?? threads[0])?.id ?? 1;
  }
}

function isOver(position: Position | undefined): boolean {
  return position !== undefined && position.root.tasks.length === 0 && !position.finished;
}

function worded(word: string | undefined, description: string): string {
  if (word === undefined) return description;
  if (/^(Before|After) node/.test(description))
    return `${word} ${description[0]?.toLowerCase()}${description.slice(1)}`;
  return `${word}: ${description}`;
}

/** A position read from the file, with what only the stop before it tells: which nodes had finished, what was raised. */
export function keepingStory(position: Position, before: Position | undefined): Position {
  const finished = position.finished ?? before?.finished;
  const error = position.error ?? before?.error;
  return { ...position, ...(finished && { finished }), ...(error && { error }) };
}
