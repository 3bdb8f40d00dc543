// One debug session: the table of requests, and the life of the program from launch to its end.

import type { DebugProtocol } from "@vscode/debugprotocol";
import { Deferred } from "../base/deferred.ts";
import type { Logger } from "../base/logger.ts";
import type { LaunchAttributes, ReloadBody } from "../protocol/dap.ts";
import { Analysis } from "./analysis.ts";
import { BaseSession, type Handlers, type Reply } from "./base-session.ts";
import { Breakpoints } from "./breakpoints.ts";
import { capabilities } from "./capabilities.ts";
import { Client } from "./client.ts";
import { complete } from "./completions.ts";
import { Console } from "./console.ts";
import { dataBreakpointInfo } from "./data-breakpoint-info.ts";
import {
  alreadyLaunched,
  alreadyReloading,
  attachUnsupported,
  noException,
  notLaunched,
  sessionEnded,
} from "./errors.ts";
import { FileServer } from "./file-server.ts";
import { graphBody } from "./graph-body.ts";
import { checkAttributes } from "./launch-attributes.ts";
import { type LaunchPlan, planLaunch, planRestart } from "./launch-plan.ts";
import { Program } from "./program.ts";
import { reload } from "./reload.ts";
import { changeRequests } from "./requests/changes.ts";
import { pastRequests } from "./requests/past.ts";
import { runRequests } from "./requests/run.ts";
import { handlersOf } from "./requests/table.ts";
import { threadRequests } from "./requests/threads.ts";
import { ownTraceback } from "./traceback.ts";

export class Session extends BaseSession {
  readonly #client = new Client((name, body) => this.emitEvent(name, body));
  readonly #console = new Console(this.#client);
  readonly #analysis: Analysis;
  readonly #breakpoints: Breakpoints;
  readonly #files: FileServer;
  readonly #configured = new Deferred();
  readonly #over = new Deferred();
  /** Settles when the client is gone or has disconnected, and the program is over. */
  readonly over = this.#over.promise;
  #program: Program | undefined;
  #terminated = false;
  #reloading = false;

  constructor(logger: Logger) {
    super(logger);
    this.#analysis = new Analysis(logger);
    this.#files = new FileServer(logger);
    this.#breakpoints = new Breakpoints(this.#client, this.#analysis);
    void this.closed.then(async () => {
      this.#terminated = true;
      await this.#endAll();
      this.#over.resolve();
    });
  }

  protected override handlers(): Handlers {
    return this.#handlers;
  }

  readonly #handlers: Handlers = {
    initialize: (args: DebugProtocol.InitializeRequestArguments, reply: Reply) => {
      this.#client.initialize(args);
      reply.after(() => this.#client.send("initialized"));
      return capabilities;
    },
    launch: (args: Record<string, unknown>, reply: Reply) => this.#launch(args, reply),
    attach: () => {
      throw attachUnsupported();
    },
    configurationDone: () => {
      this.#client.release();
      this.#configured.resolve();
    },

    setBreakpoints: async (args: DebugProtocol.SetBreakpointsArguments) => ({
      breakpoints: await this.#breakpoints.setSource(args),
    }),
    setFunctionBreakpoints: async (args: DebugProtocol.SetFunctionBreakpointsArguments) => ({
      breakpoints: await this.#breakpoints.setFunctions(args),
    }),
    dataBreakpointInfo: (args: DebugProtocol.DataBreakpointInfoArguments) =>
      dataBreakpointInfo(args, this.#running()),
    setDataBreakpoints: async (args: DebugProtocol.SetDataBreakpointsArguments) => ({
      breakpoints: await this.#breakpoints.setData(args),
    }),
    setExceptionBreakpoints: (args: DebugProtocol.SetExceptionBreakpointsArguments) =>
      this.#breakpoints.setExceptions(args),
    breakpointLocations: (args: DebugProtocol.BreakpointLocationsArguments) =>
      this.#breakpointLocations(args),
    exceptionInfo: () => this.#exceptionInfo(),

    threads: () => ({ threads: this.#program?.frames.threads() ?? [] }),
    stackTrace: (args: DebugProtocol.StackTraceArguments) => this.#running().frames.stackTrace(args),
    scopes: ({ frameId }: DebugProtocol.ScopesArguments) => {
      const { frames, scopes } = this.#running();
      return { scopes: scopes.of(frames.resolve(frameId)) };
    },
    variables: async (args: DebugProtocol.VariablesArguments) => ({
      variables: await this.#running().variables.list(args),
    }),
    setVariable: (args: DebugProtocol.SetVariableArguments, reply: Reply) =>
      this.#running().variables.set(args, reply),
    setExpression: (args: DebugProtocol.SetExpressionArguments, reply: Reply) =>
      this.#running().evaluator.set(args, reply),
    evaluate: (args: DebugProtocol.EvaluateArguments, reply: Reply) =>
      this.#running().evaluator.evaluate(args, reply),
    completions: async (args: DebugProtocol.CompletionsArguments) => ({
      targets: await complete(args, this.#running(), this.#client),
    }),
    loadedSources: () => ({
      sources: (this.#program?.sources() ?? []).map((path) => this.#client.source(path)),
    }),
    modules: () => ({ modules: [], totalModules: 0 }),

    continue: async () => {
      await this.#running().control.continue();
      return { allThreadsContinued: true };
    },
    next: ({ threadId }: DebugProtocol.NextArguments) => this.#running().control.step("over", threadId),
    stepIn: ({ threadId, targetId }: DebugProtocol.StepInArguments) => {
      const { control, stepTargets } = this.#running();
      return control.step("in", threadId, targetId === undefined ? undefined : stepTargets.mode(targetId));
    },
    stepInTargets: ({ frameId }: DebugProtocol.StepInTargetsArguments) => {
      const { frames, stepTargets } = this.#running();
      return { targets: stepTargets.of(frames.resolve(frameId)) };
    },
    stepOut: ({ threadId }: DebugProtocol.StepOutArguments) => this.#running().control.step("out", threadId),
    stepBack: ({ threadId }: DebugProtocol.StepBackArguments, reply: Reply) =>
      this.#running().travel.stepBack(threadId, reply),
    reverseContinue: ({ threadId }: DebugProtocol.ReverseContinueArguments, reply: Reply) =>
      this.#running().travel.reverseContinue(threadId, reply),
    restartFrame: ({ frameId }: DebugProtocol.RestartFrameArguments, reply: Reply) => {
      const { frames, travel } = this.#running();
      return travel.restartFrame(frames.resolve(frameId), reply);
    },
    gotoTargets: ({ source, line }: DebugProtocol.GotoTargetsArguments) => ({
      targets: this.#running().travel.gotoTargets(
        source?.path === undefined ? undefined : this.#client.fromClientPath(source.path),
        this.#client.fromClientLine(line),
      ),
    }),
    goto: ({ threadId, targetId }: DebugProtocol.GotoArguments, reply: Reply) =>
      this.#running().travel.goto(threadId, targetId, reply),
    pause: () => this.#running().control.pause(),
    restart: (args: DebugProtocol.RestartArguments) =>
      this.#restart(args.arguments as Record<string, unknown> | undefined),
    terminate: (_: unknown, reply: Reply) => this.#terminate(reply),
    disconnect: (_: unknown, reply: Reply) => this.#disconnect(reply),
    ...handlersOf({
      ...runRequests({
        program: () => this.#running(),
        graph: () => graphBody(this.#program?.debuggee, this.#breakpoints.toRuntime()),
        reload: (reply) => this.#reload(reply),
        graphKind: (variable) => this.#analysis.graphKind(variable),
      }),
      ...pastRequests(() => this.#running()),
      ...changeRequests(() => this.#running()),
      ...threadRequests({
        program: () => this.#running(),
        file: () => this.#program?.debuggee.file,
        fromClient: (path) => this.#client.fromClientPath(path),
        toClient: (path) => this.#client.toClientPath(path),
        ask: (method, params) => {
          const { debuggee } = this.#program ?? {};
          return debuggee?.canServe
            ? debuggee.runtime.request(method, params)
            : this.#files.request(method, params);
        },
      }),
    }),
  };

  // -------------------------------------------------------------------------------------------- life

  async #launch(args: Record<string, unknown>, reply: Reply): Promise<void> {
    if (this.#program) throw alreadyLaunched();
    // Whatever fails before the graph is loaded ends the session, after the answer that says why.
    let started = false;
    reply.after(() => {
      if (!started) this.#announceEnd(undefined);
    });
    const program = this.#start(planLaunch(checkAttributes(args)));
    await program.load(this.#terminal());
    await program.takeOver();
    started = true;
    // The program's own process serves files from now on.
    void this.#files.end();
    reply.after(() => void this.#configured.promise.then(() => this.#begin(program)));
  }

  #start(plan: LaunchPlan): Program {
    this.#analysis.setProgram(plan.load);
    this.#breakpoints.forgetRunning();
    const program = this.#create(plan);
    this.#program = program;
    return program;
  }

  #create(plan: LaunchPlan): Program {
    const program: Program = new Program(plan, this.#client, this.#console, this.#breakpoints, this.logger, {
      graphPlace: () => this.#analysis.graphPlace(),
      readText: () => this.#analysis.text(),
      ended: (exitCode) => {
        if (this.#program === program) this.#announceEnd(exitCode);
      },
      reload: async (reply) => void (await this.#reload(reply)),
    });
    return program;
  }

  async #begin(program: Program): Promise<void> {
    if (this.#program !== program) return;
    try {
      await program.begin();
    } catch (error) {
      if (program.debuggee.phase === "over") return;
      this.#console.important((error as Error).message);
      program.finish(1);
    }
  }

  async #restart(raw: Record<string, unknown> | undefined): Promise<void> {
    const old = this.#running();
    const plan = planRestart(
      old.debuggee.plan,
      raw && (checkAttributes(raw) as LaunchAttributes),
      old.debuggee.lastInput,
    );
    const stopped = old.debuggee.stop;
    this.#program = undefined;
    await old.end();
    const program = this.#start(plan);
    program.debuggee.pastVariables = old.debuggee.pastVariables;
    if (stopped)
      this.#client.send("continued", { threadId: stopped.threads[0]?.id ?? 1, allThreadsContinued: true });
    try {
      await program.load(this.#terminal());
      await program.takeOver();
    } catch (error) {
      this.#announceEnd(1);
      throw error;
    }
    void this.#configured.promise.then(() => this.#begin(program));
  }

  /** The code as it is now, at the same stop of the same thread. */
  async #reload(reply: Reply): Promise<ReloadBody> {
    const old = this.#running();
    old.debuggee.requireStop();
    if (this.#reloading) throw alreadyReloading();
    this.#reloading = true;
    try {
      const fresh = this.#create(old.debuggee.plan);
      return await reload(old, fresh, this.#terminal(), reply, () => {
        this.#program = fresh;
      });
    } finally {
      this.#reloading = false;
    }
  }

  async #terminate(reply: Reply): Promise<void> {
    await this.#program?.end();
    reply.after(() => this.#announceEnd(undefined));
  }

  async #disconnect(reply: Reply): Promise<void> {
    this.#terminated = true;
    await this.#endAll();
    reply.after(() => {
      this.stop();
      this.#over.resolve();
    });
  }

  /** The runtimes end, what they have done is on disk. */
  async #endAll(): Promise<void> {
    await Promise.all([this.#program?.end(), this.#files.end()]);
  }

  #announceEnd(exitCode: number | undefined): void {
    if (this.#terminated) return;
    this.#terminated = true;
    if (exitCode !== undefined) this.#client.send("exited", { exitCode });
    this.#client.send("terminated");
  }

  #running(): Program {
    if (!this.#program) throw this.#terminated ? sessionEnded() : notLaunched();
    return this.#program;
  }

  #terminal(): ((args: DebugProtocol.RunInTerminalRequestArguments) => Promise<unknown>) | undefined {
    if (this.#program?.debuggee.plan.attributes.console !== "integratedTerminal") return undefined;
    if (this.#client.supportsRunInTerminal) return (args) => this.ask("runInTerminal", args);
    this.#console.line("This editor opens no terminals for debuggers; the graph's output is shown here.");
    return undefined;
  }

  // -------------------------------------------------------------------------------------------- small requests

  async #breakpointLocations(
    args: DebugProtocol.BreakpointLocationsArguments,
  ): Promise<DebugProtocol.BreakpointLocationsResponse["body"]> {
    const path = args.source?.path === undefined ? undefined : this.#client.fromClientPath(args.source.path);
    if (path === undefined) return { breakpoints: [] };
    const from = this.#client.fromClientLine(args.line);
    const to = args.endLine === undefined ? from : this.#client.fromClientLine(args.endLine);
    const lines = await this.#breakpoints.locations(path, from, to);
    return { breakpoints: lines.map((line) => ({ line: this.#client.toClientLine(line) })) };
  }

  #exceptionInfo(): DebugProtocol.ExceptionInfoResponse["body"] {
    const { debuggee } = this.#running();
    const stop = debuggee.requireStop();
    const { error } = stop;
    if (!error || stop.reason !== "exception") throw noException();
    return {
      exceptionId: error.type,
      description: error.message,
      breakMode: "unhandled",
      details: {
        message: error.message,
        typeName: error.type,
        stackTrace: ownTraceback(error.traceback, debuggee.plan.load.workspaceFolders),
      },
    };
  }
}
