// The program that is debugged: its process, what it is known to be, and where it stands.

import type { Logger } from "../base/logger.ts";
import type { GraphModel } from "../model/graph.ts";
import type { Json, LoadResult } from "../protocol/runtime.ts";
import { EditLog } from "./edit-log.ts";
import { notStopped } from "./errors.ts";
import { Graphs, noText, type SourceText } from "./graphs.ts";
import { HandleTree } from "./handles.ts";
import { PresetAnswers } from "./launch-attributes.ts";
import type { LaunchPlan } from "./launch-plan.ts";
import { Runtime } from "./runtime.ts";
import { SentAnswers } from "./sent-answers.ts";
import type { Content, Frame } from "./shown.ts";
import { type Stop, ThreadNumbers } from "./stop.ts";
import { Visits } from "./walk.ts";

/** Where a run is in its life. `loading` ends when the graph can be run, `over` when the process is gone or going. */
export type Phase = "loading" | "ready" | "running" | "stopped" | "over";

/** References from here on are of `pastVariables`; DAP's numbers end at 2^31 - 1. */
const firstPast = 2 ** 30;

export class Debuggee {
  readonly plan: LaunchPlan;
  readonly runtime: Runtime;
  threadNumbers = new ThreadNumbers();
  frames = new HandleTree<Frame>();
  variables = new HandleTree<Content>();
  /** Of checkpoints that a client looks at: they stay good while the run goes on. */
  pastVariables = new HandleTree<Content>(firstPast);
  presetAnswers: PresetAnswers;
  /** Given for interrupts that wait, by id, and not yet sent. */
  readonly answers = new Map<string, Json>();
  sentAnswers = new SentAnswers();
  visits = new Visits();
  edits = new EditLog();
  phase: Phase = "loading";
  /** The thread that is debugged. */
  threadId: string;
  /** Known from `load` on. */
  graphs = new Graphs([]);
  /** Settles when the source text of the graphs has been read, for what only the text tells. */
  textRead: Promise<void> = Promise.resolve();
  #text = noText;
  sources: readonly string[] = [];
  /** The input of the last turn. */
  lastInput: Json | undefined;
  #load: LoadResult | undefined;
  #stop: Stop | undefined;

  constructor(plan: LaunchPlan, logger: Logger) {
    this.plan = plan;
    this.threadId = plan.threadId;
    this.runtime = new Runtime(plan, logger);
    this.presetAnswers = new PresetAnswers(plan.attributes.resume);
  }

  /** Takes the place of another process of the same session: what the client knows by number keeps its number. */
  adopt(old: Debuggee): void {
    this.threadNumbers = old.threadNumbers;
    this.frames = old.frames;
    this.variables = old.variables;
    this.pastVariables = old.pastVariables;
    this.threadId = old.threadId;
    this.presetAnswers = old.presetAnswers;
    this.sentAnswers = old.sentAnswers;
    this.visits = old.visits;
    this.edits = old.edits;
    this.lastInput = old.lastInput;
  }

  /** Another thread is debugged from now on: what was done on the one before is no part of it. */
  goTo(threadId: string): void {
    this.threadId = threadId;
    this.sentAnswers = new SentAnswers();
    this.visits = new Visits();
    this.edits = new EditLog();
    this.lastInput = undefined;
  }

  /** The checkpoint file. */
  get file(): string {
    return this.plan.load.checkpoints;
  }

  /** The tree that a reference is of. */
  variablesOf(reference: number): HandleTree<Content> {
    return reference >= firstPast ? this.pastVariables : this.variables;
  }

  /** The process is there and can be asked. */
  get canServe(): boolean {
    return this.phase !== "loading" && this.phase !== "over" && !this.runtime.isLost;
  }

  get noDebug(): boolean {
    return this.plan.attributes.noDebug === true;
  }

  get stopOnEnd(): boolean {
    return this.plan.attributes.stopOnEnd !== false && !this.noDebug;
  }

  get loaded(): LoadResult | undefined {
    return this.#load;
  }

  /** How the graph is called to the user. */
  get name(): string {
    return this.#load?.name ?? "graph";
  }

  setLoaded(result: LoadResult): void {
    this.#load = result;
    this.setGraphs(result.graphs, result.sources);
    if (this.phase === "loading") this.phase = "ready";
  }

  readText(text: Promise<SourceText>): void {
    this.textRead = text.then((read) => {
      this.#text = read;
      this.setGraphs(this.graphs.models, this.sources);
    });
  }

  setGraphs(models: readonly GraphModel[], sources: readonly string[]): void {
    this.graphs = new Graphs(models, this.#text);
    this.sources = sources;
  }

  /** Undefined while the run goes on. */
  get stop(): Stop | undefined {
    return this.#stop;
  }

  /** The current stop; an error when the run goes on. */
  requireStop(): Stop {
    if (!this.#stop) throw notStopped();
    return this.#stop;
  }

  stopAt(stop: Stop): void {
    this.#stop = stop;
    this.phase = "stopped";
    this.frames.nextStop();
    this.variables.nextStop();
    this.answers.clear();
  }

  /** The same stop as it is after an edit: what was given out of it stays good. */
  replaceStop(stop: Stop): void {
    this.#stop = stop;
  }

  goOn(): void {
    this.#stop = undefined;
    if (this.phase !== "over") this.phase = "running";
    this.frames.nextStop();
    this.variables.nextStop();
  }
}
