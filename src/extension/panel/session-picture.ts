// Follows one debug session, and keeps the picture that the panel shows of it.

import path from "node:path";
import type * as vscode from "vscode";
import type {
  CustomEvents,
  CustomRequests,
  GraphBody,
  SourcePlace,
  TaskBody,
  WaitingInterrupt,
} from "../../protocol/dap.ts";
import {
  emptyPicture,
  type Json,
  type LiveText,
  longestValue,
  type PanelInterrupt,
  type PanelStatus,
  type Picture,
} from "../../protocol/webview.ts";
import { type AdapterMessage, movesOn } from "../adapter-messages.ts";
import { type NodePlaces, nodeBreakpoints } from "./breakpoints.ts";
import { LiveBuffer } from "./live-buffer.ts";
import type { Adapter } from "./reading.ts";
import { Tasks } from "./tasks.ts";

/** What the session has done is told at most this often. */
const pauseMilliseconds = 30;

/** While a graph runs, its timeline is read anew at most this often. */
const readingMilliseconds = 250;

/** Answers that change which breakpoints there are. */
const breakpointRequests = ["setBreakpoints", "setFunctionBreakpoints"];

/** A message of the adapter, with what the panel reads of it. */
interface Message extends AdapterMessage {
  readonly body?: AdapterMessage["body"] & { readonly description?: string; readonly text?: string };
}

export class SessionPicture implements vscode.DebugAdapterTracker {
  readonly session: vscode.DebugSession;
  readonly #changed: (parts: Partial<Picture>) => void;
  readonly #stopped: () => void;
  readonly #tasks = new Tasks();
  #picture: Omit<Picture, "drafts">;
  #graph: GraphBody | undefined;
  #interrupts: readonly WaitingInterrupt[] = [];
  #errorPlace: SourcePlace | undefined;
  /** Parts of the picture that were not told yet. */
  #untold = new Set<keyof Picture>();
  #telling: NodeJS.Timeout | undefined;
  #reading: NodeJS.Timeout | undefined;
  #growing: NodeJS.Timeout | undefined;
  readonly #live: LiveBuffer;
  /** Counts stops and goings on: what was asked at one is of no use at the next. */
  #moment = 0;

  constructor(
    session: vscode.DebugSession,
    {
      changed,
      stopped,
      said,
    }: {
      changed(parts: Partial<Picture>): void;
      stopped(): void;
      said(texts: LiveText[]): void;
    },
  ) {
    this.session = session;
    this.#changed = changed;
    this.#stopped = stopped;
    this.#live = new LiveBuffer(said);
    const status: PanelStatus = { kind: "loading", text: `Loading ${session.name}` };
    // No number of another session's is told again.
    const past = { ...emptyPicture.past, version: Date.now() };
    this.#picture = { ...emptyPicture, title: session.name, status, past };
  }

  get picture(): Omit<Picture, "drafts"> {
    return this.#picture;
  }

  get isOver(): boolean {
    return this.#picture.status.kind === "disconnected";
  }

  // ------------------------------------------------------------------------------------------ the session

  onDidSendMessage(message: Message): void {
    const { type, event, command, success, body } = message;
    if (type === "response" && success && command !== undefined) {
      if (command === "launch") void this.#readGraph();
      if (command === "restart") this.#tasks.clear();
      if (breakpointRequests.includes(command)) this.readSoon();
      if (command === "langgraph/annotate") this.#grow();
    }
    if (movesOn(message)) this.#goesOn();
    if (type !== "event") return;
    if (event === "stopped") void this.#stoppedAt(body ?? {});
    else if (event === "langgraph/task") this.#task(body as unknown as TaskBody);
    else if (event === "langgraph/interrupts") {
      this.#interrupts = (body?.interrupts ?? []) as readonly WaitingInterrupt[];
      this.#set({ interrupts: this.#interrupts.map(shownInterrupt) });
      // Somebody waits for the question.
      if (this.#interrupts.length > 0) this.#tell();
    } else if (event === "langgraph/message") {
      this.#live.token(body as unknown as CustomEvents["langgraph/message"]);
    } else if (event === "langgraph/custom") {
      this.#live.custom(body as unknown as CustomEvents["langgraph/custom"]);
    } else if (event === "invalidated") this.#grow();
    else if (event === "breakpoint" || event === "loadedSource") this.readSoon();
    else if (event === "terminated") this.over();
  }

  /** The session is gone; its last picture stays. */
  over(): void {
    if (this.isOver) return;
    this.#moment++;
    clearTimeout(this.#reading);
    clearTimeout(this.#growing);
    const { status } = this.#picture;
    const last = status.kind === "running" || status.kind === "loading" ? "" : ` Last: ${status.text}`;
    this.#set({ status: { ...status, kind: "disconnected", text: `The session has ended.${last}` } });
  }

  /** Reads the graphs and the breakpoints anew, in a moment. */
  readSoon(): void {
    clearTimeout(this.#reading);
    if (!this.isOver) this.#reading = setTimeout(() => void this.#readGraph(), pauseMilliseconds);
  }

  dispose(): void {
    clearTimeout(this.#telling);
    clearTimeout(this.#reading);
    clearTimeout(this.#growing);
    this.#live.dispose();
  }

  // ------------------------------------------------------------------------------------------ questions about it

  node(graph: string, name: string): NodePlaces | undefined {
    return this.#graph?.graphs.find(({ id }) => id === graph)?.nodes.find((node) => node.name === name);
  }

  /** Ids of the DAP breakpoints that are about this node. */
  breakpointIds(graph: string, node: string, when: "before" | "after"): number[] {
    return (this.#graph?.breakpoints ?? [])
      .filter((set) => set.when === when && fits(set.graph, graph) && fits(set.node, node))
      .map(({ id }) => id);
  }

  /** JSON Schema of the graph's input; `{}` where nothing is known of it. */
  get inputSchema(): Json {
    return this.#graph?.inputSchema ?? {};
  }

  interrupt(id: string, index: number): WaitingInterrupt | undefined {
    return this.#interrupts.find((interrupt) => interrupt.id === id && interrupt.index === index);
  }

  get errorPlace(): SourcePlace | undefined {
    return this.#errorPlace;
  }

  /** For what is read of the past. */
  get adapter(): Adapter {
    const { session } = this;
    return {
      id: session.id,
      request: (name, args) => this.request(name, args),
      ask: (command, args) => session.customRequest(command, args),
    };
  }

  request<Name extends keyof CustomRequests>(
    name: Name,
    args: CustomRequests[Name]["arguments"],
  ): Thenable<CustomRequests[Name]["body"]> {
    return this.session.customRequest(name, args);
  }

  // ------------------------------------------------------------------------------------------ its events

  #goesOn(): void {
    this.#moment++;
    this.#tasks.goOn();
    this.#interrupts = [];
    this.#set({ status: { kind: "running", text: "Running" }, interrupts: [], tasks: this.#tasks.list() });
  }

  /** There is more in the timeline, which is told a little later, since more comes. */
  #growSoon(): void {
    this.#growing ??= setTimeout(() => this.#grow(), readingMilliseconds);
  }

  #grow(at = this.#picture.past.at): void {
    clearTimeout(this.#growing);
    this.#growing = undefined;
    this.#set({ past: { version: this.#picture.past.version + 1, at } });
  }

  #task(event: TaskBody): void {
    this.#tasks.apply(event);
    this.#live.knows(event.namespace, event.graph);
    // A checkpoint is there by the time at which the next task begins.
    this.#growSoon();
    const { status } = this.#picture;
    const parts: Partial<Picture> = { tasks: this.#tasks.list() };
    if (status.kind === "running" || status.kind === "loading") {
      const running = parts.tasks?.filter(({ state }) => state === "running").map(({ node }) => node) ?? [];
      const text = running.length > 0 ? `Running ${[...new Set(running)].join(", ")}` : "Running";
      parts.status = { kind: "running", text, step: event.step };
    }
    this.#set(parts);
  }

  async #stoppedAt({ reason, description, text, threadId }: NonNullable<Message["body"]>): Promise<void> {
    const moment = ++this.#moment;
    const kinds: Record<string, PanelStatus["kind"]> = {
      interrupt: "waiting",
      input: "input",
      end: "ended",
      exception: "failed",
    };
    const kind = kinds[reason ?? ""] ?? "stopped";
    this.#errorPlace = undefined;
    this.#set({ status: { kind, text: description ?? "Stopped" } });
    this.#stopped();
    const place = kind === "failed" ? this.#topFrame(threadId) : undefined;
    await this.#readGraph();
    void this.fileChanged();
    this.#errorPlace = await place;
    if (moment !== this.#moment || !this.#graph) return;
    this.#tasks.stand(this.#graph.tasks);
    this.#grow(standingIn(this.#graph.tasks));
    const { tasks } = this.#graph;
    const failed = tasks.find(({ status }) => status === "failed");
    const step = tasks.find(({ graph }) => graph === "")?.step;
    this.#set({
      status: {
        kind,
        text: description ?? "Stopped",
        ...(step !== undefined && { step }),
        ...(kind === "failed" && {
          error: {
            message: text ?? "",
            ...(failed && { graph: failed.graph, node: failed.node }),
            hasSource: this.#errorPlace !== undefined,
          },
        }),
      },
      tasks: this.#tasks.list(),
    });
  }

  /** Where the error shows in the user's code. */
  async #topFrame(threadId: number | undefined): Promise<SourcePlace | undefined> {
    try {
      const { stackFrames } = await this.session.customRequest("stackTrace", { threadId, levels: 1 });
      const [frame] = stackFrames as { line: number; source?: { path?: string } }[];
      return frame?.source?.path === undefined ? undefined : { path: frame.source.path, line: frame.line };
    } catch {
      return undefined;
    }
  }

  /** The checkpoint file was written to, maybe by another process: the thread may be called otherwise now. */
  async fileChanged(): Promise<void> {
    if (this.isOver || this.#picture.thread === undefined) return;
    try {
      const { name = "" } = await this.request("langgraph/timeline", { limit: 1 });
      this.#set({ threadName: name });
    } catch {
      // The thread has no checkpoint yet, or the session ends.
    }
  }

  async #readGraph(): Promise<void> {
    try {
      const body = await this.request("langgraph/graph", {});
      this.#graph = body;
      const { graphs, name, threadId } = body;
      this.#set({
        graphs: graphs.map(({ id, nodes, edges }) => ({
          id,
          nodes: nodes.map(({ source, after: _, ...node }) => ({
            ...node,
            ...(source && { source: label(source) }),
          })),
          edges,
        })),
        title: name || this.session.name,
        ...(threadId !== undefined && { thread: threadId }),
        breakpoints: nodeBreakpoints(body),
      });
    } catch {
      // The session has not started yet, or ends.
    }
  }

  /** Takes parts of the picture, and tells those that are others than before. */
  #set(parts: Partial<Picture>): void {
    for (const name of Object.keys(parts) as (keyof typeof this.picture)[]) {
      if (JSON.stringify(parts[name]) !== JSON.stringify(this.#picture[name])) this.#untold.add(name);
    }
    this.#picture = { ...this.#picture, ...parts };
    if (this.#untold.size === 0) return;
    this.#telling ??= setTimeout(() => this.#tell(), pauseMilliseconds);
  }

  #tell(): void {
    clearTimeout(this.#telling);
    this.#telling = undefined;
    const { picture } = this;
    const told = Object.entries(picture).filter(([name]) => this.#untold.has(name as keyof Picture));
    this.#untold = new Set();
    if (told.length > 0) this.#changed(Object.fromEntries(told));
  }
}

/** The graphs of these tasks, the root first. */
function standingIn(tasks: GraphBody["tasks"]): Picture["past"]["at"] {
  const graphs = new Map([["", ""], ...tasks.map(({ namespace, graph }) => [namespace, graph] as const)]);
  return [...graphs].map(([namespace, graph]) => ({ namespace, graph }));
}

function fits(pattern: string, name: string): boolean {
  return pattern === "*" || pattern === name;
}

/** A place as a user reads it. */
function label({ path: file, line }: SourcePlace): string {
  return `${path.basename(file)}:${line}`;
}

function shownInterrupt(interrupt: WaitingInterrupt): PanelInterrupt {
  const { id, index, node, graph, namespace, value, responseSchema, earlier, tries, answer, source } =
    interrupt;
  const text = JSON.stringify(value);
  const shortened = text.length > longestValue;
  return {
    id,
    index,
    node,
    graph,
    namespace,
    value: shortened ? `${text.slice(0, longestValue)}…` : value,
    shortened,
    ...(responseSchema !== undefined && { responseSchema }),
    earlier,
    tries,
    ...(answer !== undefined && { answer }),
    ...(source && { source: label(source) }),
  };
}
