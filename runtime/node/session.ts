// The requests of the adapter: loads the graph, starts and ends runs, answers about threads.

import { relative, sep } from "node:path";
import type {
  ChangedKeysParams,
  EditParams,
  EditResult,
  EvaluateParams,
  GraphPosition,
  HistoryParams,
  JsonParams,
  LoadParams,
  LoadResult,
  LookParams,
  MoveParams,
  MoveResult,
  OpenParams,
  OpenResult,
  Position,
  RunParams,
  SetBreakpointsParams,
  UndoEditParams,
  UndoEditResult,
  UpdateParams,
  UpdateResult,
  ValuesParams,
} from "../../src/protocol/runtime.ts";
import { checkPosition } from "./begin.ts";
import { Breakpoints } from "./breakpoints.ts";
import { calls } from "./calls.ts";
import { configOf } from "./checkpoints.ts";
import { Cursors } from "./cursor.ts";
import { prepareEdit } from "./edit.ts";
import { notBegun, RuntimeError } from "./errors.ts";
import type { Names } from "./expression.ts";
import { savingError } from "./file/errors.ts";
import type { OpenThread } from "./file/requests.ts";
import { compiledInterrupts, GraphIndex, stateKeysOf } from "./graphs.ts";
import { history } from "./history.ts";
import { Inspection, type View } from "./inspection.ts";
import { Introspection } from "./introspection.ts";
import { jsonText } from "./json.ts";
import { Limits } from "./limits.ts";
import type { Link } from "./link.ts";
import { patchClassOf } from "./live.ts";
import { graphName, type LoadedGraph, loadGraph } from "./loader.ts";
import { changedKeys, look } from "./look.ts";
import { watchModels } from "./models.ts";
import { storedPosition } from "./position.ts";
import { Run } from "./run.ts";
import { runnableConfig } from "./runnable-config.ts";
import { checkThread, openSaving, type Saving } from "./saving.ts";
import { checkInput } from "./schema.ts";
import { Sources } from "./sources.ts";
import { pathOf, timings } from "./timing.ts";
import { prepareUpdate } from "./update.ts";

interface Loaded extends LoadedGraph {
  index: GraphIndex;
  cursors: Cursors;
  saving: Saving;
  params: LoadParams;
  introspection: Introspection;
  sources: Sources;
}

/** LangGraph's own, when neither the graph nor the run says. */
const defaultLimit = 25;

type Served = { [method: string]: (params: never) => unknown };

/** One program, from load to shutdown. */
export class Session {
  readonly #link: () => Link;
  readonly #breakpoints = new Breakpoints();
  #loaded: Loaded | undefined;
  readonly #inspection = new Inspection();
  #run: Run | undefined;
  /** The thread that was opened or run last. */
  #threadId = "";
  readonly #limits = new Limits();
  /** Of what was told of the graphs. */
  #revision = 0;
  readonly #served: Served = {
    load: (params: LoadParams) => this.load(params),
    setBreakpoints: (params: SetBreakpointsParams) => this.#breakpoints.set(params),
    open: (params: OpenParams) => this.open(params),
    run: (params: RunParams) => this.run(params),
    move: (params: MoveParams) => this.move(params),
    edit: (params: EditParams) => this.edit(params),
    update: (params: UpdateParams) => this.update(params),
    undoEdit: (params: UndoEditParams) => this.undoEdit(params),
    look: (params: LookParams) => look(...this.#past(params.threadId), params),
    changedKeys: (params: ChangedKeysParams) =>
      changedKeys(...this.#past(params.from.threadId, params.to.threadId), params),
    history: (params: HistoryParams) => history(this.#get().index, this.#get().saving.looking, params),
    values: (params: ValuesParams) => this.#inspection.values(this.#view(), params),
    evaluate: (params: EvaluateParams) => this.#inspection.evaluate(this.#view(), params),
    json: (params: JsonParams) => this.#inspection.json(this.#view(), params),
    cancel: () => this.cancel(),
    shutdown: () => this.shutdown(),
  };

  /** The link is there from the first request on. */
  constructor(link: () => Link) {
    this.#link = link;
  }

  async request(method: string, params: unknown): Promise<unknown> {
    const serve = this.#served[method];
    if (serve === undefined) throw new RuntimeError("internal", `This runtime has no request "${method}".`);
    try {
      const result = await serve(params as never);
      return result === undefined ? {} : result;
    } catch (error) {
      throw savingError(error);
    }
  }

  async load(params: LoadParams): Promise<LoadResult> {
    const config = runnableConfig(params.config);
    const found = await loadGraph(params, config);
    const { graph } = found;
    const saving = openSaving(found.langgraph, params.checkpoints, (text) => {
      this.#link().event("message", { kind: "error", text });
    });
    const own = graph.checkpointer;
    const replaced = typeof own === "object" && own !== null ? own.constructor.name : undefined;
    saving.know({
      pathOf: (task) => pathOf(this.#run?.graphs.task(task)),
      timingOf: (namespace, parent) => timings.take(namespace, parent),
      spent: (since) => timings.spend(since),
    });
    graph.checkpointer = saving;
    const index = new GraphIndex(graph);
    for (const id of index.ids()) patchClassOf(index.graph(id) ?? graph);
    const introspection = new Introspection();
    await watchModels(introspection.files(), (token) => this.#link().event("token", token));
    const sources = new Sources(introspection, params.workspaceFolders);
    sources.fill(index, index.ids());
    calls.begin(
      (path) => sources.ownPath(path),
      (text, at) => this.#link().event("message", { kind: "warning", text, ...(at && { at }) }),
    );
    const cursors = new Cursors(index, saving);
    this.#loaded = { ...found, index, cursors, saving, params, introspection, sources };
    const origin = `${found.program}:${found.variable}`;
    return {
      name: graphName(found),
      origin,
      langgraphVersion: found.langgraphVersion,
      graphs: index.models(),
      sources: sources.files(),
      inputSchema: found.inputSchema,
      stateKeys: stateKeysOf(graph),
      compiledInterrupts: compiledInterrupts(index),
      ...(found.isPromised && { promised: true }),
      ...(replaced === undefined ? {} : { replacedCheckpointer: replaced }),
      warnings: [],
    };
  }

  async open({ threadId }: OpenParams): Promise<OpenResult> {
    const { index, saving } = this.#get();
    checkThread(saving, threadId, this.#graphLabel());
    this.#threadId = threadId;
    if (this.#run?.threadId === threadId && this.#run.graphs.root !== undefined) return this.#run.position();
    const root = await storedPosition(index, saving, threadId);
    return root === undefined ? null : { threadId, root };
  }

  async run(params: RunParams): Promise<void> {
    const { langgraph, graph, saving } = this.#get();
    const { threadId, input, resume, update, goto, step, noDebug } = params;
    const held = this.#run;
    const isPlain = input === undefined && resume === undefined && update === undefined && goto === undefined;
    if (held !== undefined && !held.over) {
      this.#refuseWhileRunning();
      if (isPlain && held.threadId === threadId) {
        this.#inspection.reset();
        return held.release(step, noDebug);
      }
      await held.cancel();
    }
    if (input === undefined) await checkPosition(graph, saving, await this.open({ threadId }), params);
    else {
      await checkInput(graph, input);
      this.#breakpoints.forgetHits();
    }
    const fields = {
      ...(resume === undefined ? {} : { resume }),
      ...(update === undefined ? {} : { update }),
      ...(goto === undefined ? {} : { goto }),
    };
    const { config, context } = this.#get().params;
    const limit = runnableConfig(config).recursionLimit ?? graph.config?.recursionLimit ?? defaultLimit;
    checkThread(saving, threadId, this.#graphLabel());
    saving.describeThread(threadId, { graph: this.#graphLabel(), status: "running" });
    this.#threadId = threadId;
    this.#inspection.reset();
    this.#run = new Run(
      {
        link: this.#link(),
        index: this.#get().index,
        breakpoints: this.#breakpoints,
        saving,
        graph,
        bound: (signal) => this.#breakpoints.reach(this.#revision, signal),
        graphFound: (id) => this.#tellGraphs((sources, index) => sources.fill(index, [id])),
        taskFound: (id, name, func) =>
          this.#tellGraphs((sources, index) => sources.addTask(index, id, name, func)),
        show: jsonText,
      },
      {
        threadId,
        input: input !== undefined ? input : isPlain ? null : new langgraph.Command(fields),
        resuming: input === undefined,
        config: {
          ...runnableConfig(config),
          configurable: { ...runnableConfig(config).configurable, thread_id: threadId },
          ...(context === undefined ? {} : { context }),
        },
        step,
        noDebug,
        stops: this.#limits.next(params, held, saving, limit),
      },
    );
  }

  async move({ threadId, to }: MoveParams): Promise<MoveResult> {
    const { cursors } = this.#get();
    const { live } = this.#standing(threadId);
    await cursors.check(threadId, to, live);
    await this.#leaveRun(threadId);
    await cursors.move(threadId, to, live);
    this.#limits.moved(threadId);
    return this.#stored(threadId);
  }

  async edit(params: EditParams): Promise<EditResult> {
    const { index, saving } = this.#get();
    const { threadId } = params;
    this.#standing(threadId);
    const moduleNames = this.#moduleNames.bind(this);
    const edit = await prepareEdit({ index, saving, threadId, moduleNames }, params);
    this.#limits.edited(threadId, this.#run);
    await this.#leaveRun(threadId);
    await edit.commit();
    return { value: edit.value, position: await this.#stored(threadId) };
  }

  async update(params: UpdateParams): Promise<UpdateResult> {
    const { index, saving } = this.#get();
    const { threadId } = params;
    this.#standing(threadId);
    const commit = await prepareUpdate(index, saving, params);
    await this.#leaveRun(threadId);
    this.#limits.moved(threadId);
    await commit();
    return this.#stored(threadId);
  }

  async undoEdit({ threadId, namespace }: UndoEditParams): Promise<UndoEditResult> {
    const { saving } = this.#get();
    this.#standing(threadId);
    const config = configOf({ threadId, namespace });
    const tuple = await saving.getTuple(config);
    const edits = tuple === undefined ? [] : await saving.edits(tuple.config as never);
    if (tuple === undefined || edits.length === 0) {
      throw new RuntimeError("atStart", "Nothing was edited at this checkpoint.");
    }
    this.#limits.edited(threadId, this.#run);
    await this.#leaveRun(threadId);
    const left = saving.undoEdit(tuple.config as never) ?? 0;
    return { position: await this.#stored(threadId), left };
  }

  /** What reads the past of threads. Throws where another graph has made them. */
  #past(...threadIds: string[]): [GraphIndex, Saving] {
    const { index, saving } = this.#get();
    for (const threadId of threadIds) checkThread(saving, threadId, this.#graphLabel());
    return [index, saving.looking];
  }

  /** Throws while the graph runs. `live`: where the run of this process stands on the thread. */
  #standing(threadId: string): { live: GraphPosition | undefined } {
    const { saving } = this.#get();
    this.#refuseWhileRunning();
    const run = this.#run;
    checkThread(saving, threadId, this.#graphLabel());
    return { live: run?.threadId === threadId ? run.position().root : undefined };
  }

  #refuseWhileRunning(): void {
    const run = this.#run;
    if (run === undefined || run.over || run.isHeld) return;
    throw new RuntimeError("running", "The graph runs. Pause or cancel it first.");
  }

  /** Ends a run that is held. From now on the thread stands where the file has it. */
  async #leaveRun(threadId: string): Promise<void> {
    await this.cancel();
    this.#run = undefined;
    // Also one whose process was killed.
    this.#get().saving.setStatus(threadId, "stopped");
    this.#inspection.reset();
  }

  async #stored(threadId: string): Promise<Position> {
    const { index, saving } = this.#get();
    this.#threadId = threadId;
    const root = await storedPosition(index, saving, threadId);
    if (root !== undefined) return { threadId, root };
    throw notBegun(threadId);
  }

  async cancel(): Promise<void> {
    await this.#run?.cancel();
    await this.#loaded?.saving.flush();
  }

  async shutdown(): Promise<void> {
    await this.cancel();
    this.#loaded?.saving.close();
    // After the answer.
    setImmediate(() => {
      this.#link().flush();
      process.exit(0);
    });
  }

  /** What was put so far is in the file when this resolves, unless another process writes all the time. */
  async save(): Promise<OpenThread | undefined> {
    if (this.#loaded === undefined) return undefined;
    try {
      await this.#loaded.saving.flush();
    } catch {
      // It is kept, and tried again; whoever asks is told what is there.
    }
    return { file: this.#loaded.params.checkpoints, threadId: this.#threadId };
  }

  /** What is still in memory goes to the file; nothing is waited for. */
  flushNow(): void {
    this.#loaded?.saving.flushSync();
  }

  /** Graphs and tasks that are known only since they run. */
  #tellGraphs(add: (sources: Sources, index: GraphIndex) => void): void {
    const { index, sources } = this.#get();
    add(sources, index);
    this.#revision += 1;
    this.#link().event("graphs", {
      revision: this.#revision,
      graphs: index.models(),
      sources: sources.files(),
    });
  }

  /** What the checkpoint file calls this graph; the same on every machine that has the project. */
  #graphLabel(): string {
    const { program, variable } = this.#get();
    return `${relative(process.cwd(), program).replaceAll(sep, "/")}:${variable}`;
  }

  #view(): View {
    const { index, saving, params } = this.#get();
    const { configurable, ...rest } = runnableConfig(params.config);
    return {
      index,
      saver: saving,
      threadId: this.#threadId,
      run: this.#run,
      config: { ...rest, configurable: { ...configurable, thread_id: this.#threadId } },
      checkThread: (threadId) => checkThread(saving, threadId, this.#graphLabel()),
      moduleNames: (graphId, node, expression) => this.#moduleNames(graphId, node, expression),
    };
  }

  /** What the node's function sees, then what the program exports. */
  #moduleNames(graphId: string, node: string | undefined, expression: string): Names {
    const { exports, introspection, sources } = this.#get();
    const main = node === undefined ? undefined : sources.mainFunction(graphId, node);
    if (main === undefined) return [exports];
    const scopes = introspection.scopesOf(main).map((scope) => {
      // Taking a value out of the inspector takes time: only what the expression can mean.
      const names = scope.names.filter((name) => expression.includes(name));
      return Object.fromEntries(names.map((name) => [name, scope.get(name)]));
    });
    return [...scopes, exports];
  }

  #get(): Loaded {
    if (this.#loaded === undefined) throw new RuntimeError("notRunning", "No graph is loaded.");
    return this.#loaded;
  }
}
