// One run of the user's program and everything that looks at it; a restart makes a new one.

import { basename } from "node:path";
import type { Logger } from "../base/logger.ts";
import type { SourceLine } from "../model/source.ts";
import type { Reply } from "./base-session.ts";
import type { Breakpoints } from "./breakpoints.ts";
import { Changing } from "./changing.ts";
import { Checkpoints } from "./checkpoints.ts";
import type { Client } from "./client.ts";
import { Commands } from "./commands.ts";
import type { Console } from "./console.ts";
import { Debuggee } from "./debuggee.ts";
import { Editing } from "./editing.ts";
import { asDebugError, type DebugError, endedWhileLoading } from "./errors.ts";
import { Evaluator } from "./evaluate.ts";
import { Frames } from "./frames.ts";
import type { SourceText } from "./graphs.ts";
import { whyNotStarted } from "./interpreter-version.ts";
import type { LaunchPlan } from "./launch-plan.ts";
import { Past } from "./past.ts";
import { PastCommands } from "./past-commands.ts";
import { RunControl } from "./run-control.ts";
import type { RuntimeEnd } from "./runtime.ts";
import { Scopes } from "./scopes.ts";
import { SourceWatch } from "./source-watch.ts";
import { StepTargets } from "./step-targets.ts";
import { Stops } from "./stops.ts";
import type { Terminal } from "./terminal.ts";
import { Travel } from "./travel.ts";
import { Variables } from "./variables.ts";

export interface ProgramContext {
  /** Where the graph's variable is in the source. */
  graphPlace(): Promise<SourceLine | undefined>;
  /** The program's graphs as their source text tells. */
  readText(): Promise<SourceText>;
  /** The program is over, and all its output has been sent. */
  ended(exitCode: number): void;
  /** Takes the code anew and stands at the same stop. */
  reload(reply: Reply): Promise<void>;
}

export class Program {
  readonly debuggee: Debuggee;
  readonly stops: Stops;
  readonly control: RunControl;
  readonly travel: Travel;
  readonly stepTargets: StepTargets;
  readonly past: Past;
  readonly checkpoints: Checkpoints;
  readonly changing: Changing;
  readonly frames: Frames;
  readonly scopes: Scopes;
  readonly variables: Variables;
  readonly commands: Commands;
  readonly evaluator: Evaluator;
  readonly #client: Client;
  readonly #console: Console;
  readonly #breakpoints: Breakpoints;
  readonly #logger: Logger;
  readonly #context: ProgramContext;
  /** Nodes that compute, by task id, for what is said when the process dies. */
  readonly #computing = new Map<string, string>();
  /** Set once the end is under way; the code that is then announced. */
  #exitCode: number | undefined;
  /** Of the last graphs that the runtime told of. */
  #revision = 0;
  #inCharge = false;
  readonly #watch = new SourceWatch();
  #telling: Promise<void> = Promise.resolve();

  constructor(
    plan: LaunchPlan,
    client: Client,
    console: Console,
    breakpoints: Breakpoints,
    logger: Logger,
    context: ProgramContext,
  ) {
    this.#client = client;
    this.#console = console;
    this.#breakpoints = breakpoints;
    this.#logger = logger;
    this.#context = context;
    this.debuggee = new Debuggee(plan, logger);
    console.folders = plan.load.workspaceFolders;
    this.stops = new Stops(this.debuggee, client, console, breakpoints);
    this.control = new RunControl(this.debuggee, client, console, this.stops, {
      finish: (exitCode) => this.finish(exitCode),
      goesOn: () => this.#tellChanged(),
    });
    this.travel = new Travel(this.debuggee, client, this.stops, breakpoints);
    let place: Promise<SourceLine | undefined> | undefined;
    this.frames = new Frames(this.debuggee, client, () => {
      place ??= context.graphPlace();
      return place;
    });
    this.scopes = new Scopes(this.debuggee);
    const editing = new Editing(this.debuggee, client, this.stops);
    this.variables = new Variables(this.debuggee, client, editing);
    this.stepTargets = new StepTargets(this.debuggee);
    this.past = new Past(this.debuggee);
    this.checkpoints = new Checkpoints(this.debuggee);
    this.changing = new Changing(this.debuggee, this.stops);
    const { table } = new PastCommands(
      this.debuggee,
      this.control,
      this.travel,
      this.checkpoints,
      this.changing,
    );
    this.commands = new Commands(this.debuggee, this.control, this.travel, this.past, table, (reply) =>
      context.reload(reply),
    );
    this.evaluator = new Evaluator(this.debuggee, this.frames, this.variables, this.commands, editing);
    this.#listen();
  }

  /** Starts the process and loads the graph; nothing of it runs yet. `takeOver` comes next. */
  async load(terminal: Terminal | undefined): Promise<void> {
    const { runtime, plan } = this.debuggee;
    try {
      await runtime.start(plan, terminal);
      // The interpreter starts meanwhile.
      this.debuggee.readText(this.#context.readText());
      await runtime.connect();
      this.debuggee.setLoaded(await runtime.request("load", plan.load));
    } catch (thrown) {
      const error = await this.#whyNotLoaded(thrown);
      if (error.data?.error) this.#console.error(error.data.error);
      await this.end();
      throw error;
    }
    const { loaded } = this.debuggee;
    this.#watch.add(this.sources());
    for (const warning of loaded?.warnings ?? []) this.#console.problem(warning);
    if (loaded?.replacedCheckpointer !== undefined) {
      this.#console.line(
        `The graph's own checkpointer (${loaded.replacedCheckpointer}) is not written to; checkpoints go to ${plan.load.checkpoints}.`,
      );
    }
  }

  /** From now on this is the program that breakpoints are set in. */
  async takeOver(): Promise<void> {
    this.#inCharge = true;
    const { loaded } = this.debuggee;
    this.#breakpoints.onChange(() => this.#tell());
    if (loaded) this.#breakpoints.learnKeys("", loaded.stateKeys);
    await this.#breakpoints.setRunning(this.debuggee.graphs.models, this.#revision);
  }

  /** Tells the client of the files that were not among `known`, and of those that are no more. */
  tellSources(known: readonly string[]): void {
    const now = this.sources();
    this.#watch.add(now);
    const tell = (reason: "new" | "removed", paths: readonly string[]): void => {
      for (const path of paths)
        this.#client.send("loadedSource", { reason, source: this.#client.source(path) });
    };
    tell(
      "new",
      now.filter((path) => !known.includes(path)),
    );
    tell(
      "removed",
      known.filter((path) => !now.includes(path)),
    );
  }

  async #whyNotLoaded(thrown: unknown): Promise<DebugError> {
    const { runtime, plan } = this.debuggee;
    const error = asDebugError(thrown);
    if (!runtime.connected) return (await whyNotStarted(plan)) ?? error;
    // An answer of the runtime says more than that it ended afterwards.
    if (error.data || !runtime.isLost) return error;
    const { code, signal } = await runtime.over;
    return endedWhileLoading(signal ?? `exit code ${code}`, runtime.lastErrors);
  }

  /** Runs, or stops where a run has to wait for something. */
  async begin(): Promise<void> {
    const { plan } = this.debuggee;
    this.#console.line(`Thread ${this.debuggee.threadId}, checkpoints in ${plan.load.checkpoints}`);
    await this.#tell();
    // At an interrupt the text tells its line, and so the breakpoints that are met there.
    await this.debuggee.textRead;
    await this.control.begin();
  }

  /** Ends the program, then says so. */
  finish(exitCode: number): void {
    this.#exitCode ??= exitCode;
    void this.end().then(() => this.#context.ended(this.#exitCode ?? exitCode));
  }

  /** Ends the program without a word; what it has done is on disk when this resolves. */
  async end(): Promise<void> {
    this.debuggee.goOn();
    this.debuggee.phase = "over";
    this.#exitCode ??= 0;
    await this.debuggee.runtime.shutdown();
  }

  sources(): string[] {
    const { plan, sources, graphs } = this.debuggee;
    return [
      ...new Set([
        ...(plan.load.program === undefined ? [] : [plan.load.program]),
        ...sources,
        ...graphs.sources(),
      ]),
    ];
  }

  #listen(): void {
    const { runtime } = this.debuggee;
    runtime.onOutput(({ stream, text }) => this.#console.program(stream, text));
    runtime.onEnd((end) => this.#onEnd(end));
    runtime.on("graphs", ({ graphs, sources, revision }) => {
      const known = this.sources();
      this.debuggee.setGraphs(graphs, sources);
      this.#revision = revision;
      if (!this.#inCharge) return;
      this.tellSources(known);
      void this.#breakpoints.setRunning(graphs, revision);
    });
    runtime.on("task", (event) => {
      if (event.event === "start") this.#computing.set(event.id, event.node);
      else if (event.event !== "retry") this.#computing.delete(event.id);
      this.#console.task(event);
      const { milliseconds, error, id, node, graph, namespace, step } = event;
      this.#client.custom("langgraph/task", {
        event: event.event,
        id,
        node,
        graph,
        namespace,
        step,
        ...(milliseconds !== undefined && { duration: milliseconds }),
        ...(error && { error: { type: error.type, message: error.message } }),
      });
    });
    runtime.on("superstep", (event) => this.#console.superstep(event));
    runtime.on("message", (event) => this.#console.message(event));
    runtime.on("custom", (event) => this.#client.custom("langgraph/custom", event));
    runtime.on("token", (event) => this.#client.custom("langgraph/message", event));
  }

  /** Going on with old code may not be what the user means. */
  #tellChanged(): void {
    const names = this.#watch.changed().map((path) => basename(path));
    if (names.length === 0) return;
    const were = names.length > 1 ? "were" : "was";
    this.#console.line(
      `${names.join(", ")} ${were} saved since the code was loaded; the run goes on with the code as it was. /reload takes the new code and stays here.`,
    );
  }

  /** Tells the runtime of the breakpoints as they are now, one message after the other. */
  #tell(): Promise<void> {
    if (this.debuggee.phase === "loading" || this.debuggee.phase === "over" || this.debuggee.noDebug)
      return Promise.resolve();
    this.#telling = this.#telling.then(async () => {
      try {
        await this.debuggee.runtime.request("setBreakpoints", this.#breakpoints.toRuntime());
      } catch (error) {
        if (this.debuggee.phase !== "over") this.#logger.error(`setBreakpoints: ${String(error)}`);
      }
    });
    return this.#telling;
  }

  /** The process is gone: expected, or by the graph's own doing. */
  #onEnd({ code, signal }: RuntimeEnd): void {
    const { phase } = this.debuggee;
    if (phase === "over" || phase === "loading") return;
    this.debuggee.goOn();
    this.debuggee.phase = "over";
    const nodes = [...new Set(this.#computing.values())];
    const when = nodes.length > 0 ? ` while ${nodes.join(", ")} ran` : "";
    const how =
      signal !== undefined
        ? `was killed (${signal})`
        : code !== undefined
          ? `ended with exit code ${code}`
          : "ended";
    this.#console.important(
      `The graph's process ${how}${when}. What was done before is kept: launch again with "threadId": "${this.debuggee.threadId}" to go on from there.`,
    );
    this.#exitCode ??= code ?? 1;
    this.#context.ended(this.#exitCode);
  }
}
