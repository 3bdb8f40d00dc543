// The call stack of a thread: the task, the graphs around it, then the steps already taken, loaded by page.

import type { DebugProtocol } from "@vscode/debugprotocol";
import type { SourceLine } from "../model/source.ts";
import type { GraphPosition, HistoryEntry } from "../protocol/runtime.ts";
import type { Client } from "./client.ts";
import type { Debuggee } from "./debuggee.ts";
import { staleReference } from "./errors.ts";
import type { Frame } from "./shown.ts";
import { leafOf, type Stop, type StoppedThread } from "./stop.ts";
import { restartOf } from "./travel.ts";

const pageSize = 20;

/** The steps of one graph, newest first, read as far as they were asked for. */
class History {
  readonly namespace: string;
  readonly entries: HistoryEntry[] = [];
  complete = false;
  #oldest: string | undefined;

  constructor(namespace: string) {
    this.namespace = namespace;
  }

  async read(debuggee: Debuggee, threadId: string): Promise<void> {
    const before = this.#oldest;
    const page = await debuggee.runtime.request("history", {
      threadId,
      namespace: this.namespace,
      ...(before !== undefined && { before }),
      limit: pageSize,
    });
    this.#oldest = page.entries.at(-1)?.checkpoint.id;
    // A turn's input is no step; the step that takes it in is.
    this.entries.push(...page.entries.filter(({ checkpoint }) => checkpoint.source !== "input"));
    this.complete = !page.more || page.entries.length === 0;
  }
}

export class Frames {
  readonly #debuggee: Debuggee;
  readonly #client: Client;
  /** Where the graph's variable is, for the frames that no node is of. */
  readonly #graphPlace: () => Promise<SourceLine | undefined>;
  #stop: Stop | undefined;
  #histories = new Map<string, History>();

  constructor(debuggee: Debuggee, client: Client, graphPlace: () => Promise<SourceLine | undefined>) {
    this.#debuggee = debuggee;
    this.#client = client;
    this.#graphPlace = graphPlace;
  }

  threads(): DebugProtocol.Thread[] {
    const stop = this.#debuggee.stop;
    // While the run goes on, clients still need a thread to pause.
    if (!stop) return this.#debuggee.phase === "over" ? [] : [{ id: 1, name: this.#debuggee.name }];
    return stop.threads.map(({ id, name }) => ({ id, name }));
  }

  async stackTrace(
    args: DebugProtocol.StackTraceArguments,
  ): Promise<DebugProtocol.StackTraceResponse["body"]> {
    const stop = this.#debuggee.requireStop();
    const thread = stop.threads.find((candidate) => candidate.id === args.threadId);
    if (!thread) throw staleReference("thread");
    if (this.#stop !== stop) {
      this.#stop = stop;
      this.#histories = new Map();
    }
    await this.#debuggee.textRead;
    const start = args.startFrame ?? 0;
    const count = args.levels ? args.levels : Number.POSITIVE_INFINITY;
    const frames = await this.#live(stop, thread);
    const more = await this.#history(stop, thread, frames, start + Math.min(count, pageSize * 50));
    return {
      stackFrames: frames
        .slice(start, start + count)
        .map((frame) => this.#toProtocol(frame, frames.indexOf(frame))),
      totalFrames: frames.length + (more ? pageSize : 0),
    };
  }

  resolve(id: number): Frame {
    return this.#debuggee.frames.resolve(id, "frame");
  }

  /** The frame that a request without one means. */
  async top(): Promise<Frame | undefined> {
    const stop = this.#debuggee.stop;
    const thread = stop?.threads[0];
    return stop && thread ? (await this.#live(stop, thread))[0] : undefined;
  }

  /** The task and the graphs around it. */
  async #live(stop: Stop, thread: StoppedThread): Promise<Frame[]> {
    const root: Frame = this.#frame(
      { kind: "graph", thread, name: this.#debuggee.name, place: await this.#graphPlace() },
      stop.position?.root,
    );
    if (thread.kind === "input") {
      return [
        this.#frame(
          { kind: "input", thread, name: "Waiting for input", place: await this.#graphPlace() },
          stop.position?.root,
        ),
      ];
    }
    if (thread.kind === "end") {
      // A stop without a frame that has a source would show nothing in some clients.
      const [last] = await this.#entries(stop, "", 1);
      const kind = stop.form ? "input" : "end";
      const place = (last && (await this.#historyPlace(last))) ?? (await this.#graphPlace());
      return [
        this.#frame(
          { kind, thread, name: stop.form ? "Waiting for input" : "end", place },
          stop.position?.root,
        ),
      ];
    }
    const levels = [...thread.levels].reverse();
    // A node of a library, such as a ready-made middleware, has no line of the user's.
    const instead = levels[0]?.task?.status === "waiting" ? root.place : undefined;
    const frames = levels.map(({ graph, task }, depth): Frame => {
      const place =
        task &&
        (depth === 0
          ? (this.#leafPlace(stop, thread) ?? instead)
          : this.#debuggee.graphs.before(graph.graph, task.name));
      const done = task?.status === "done" && thread.kind !== "after" ? " (done)" : "";
      return {
        kind: "task",
        thread,
        name: `${task?.name ?? graph.graph}${done}`,
        place,
        graph,
        ...(task && { task }),
      };
    });
    return [...frames, root];
  }

  #frame(frame: Frame, graph: GraphPosition | undefined): Frame {
    return graph ? { ...frame, graph } : frame;
  }

  #leafPlace(stop: Stop, thread: StoppedThread): SourceLine | undefined {
    const { graph, task } = leafOf(thread) ?? {};
    if (!graph || !task) return undefined;
    const { graphs, plan } = this.#debuggee;
    if (thread.kind === "after") return graphs.after(graph.graph, task.name);
    if (task.status === "waiting") return graphs.interrupt(graph.graph, task.name, task.interrupts.at(-1));
    // The stop's own error has its frames; the one kept with the task may be no more than its text.
    const own = stop.error?.node === task.name ? stop.error : task.error;
    const error = task.status === "failed" || own === stop.error ? own : undefined;
    const raised = error && graphs.error(error, plan.load.workspaceFolders);
    return raised ?? graphs.before(graph.graph, task.name);
  }

  /** Adds the steps taken to `frames` until there are `wanted`; true when there are more. */
  async #history(stop: Stop, thread: StoppedThread, frames: Frame[], wanted: number): Promise<boolean> {
    if (!stop.position) return false;
    if (frames.length >= wanted) return true;
    const namespaces = thread.levels
      .filter(({ graph }) => graph.checkpoint)
      .map(({ graph }) => graph.namespace);
    const live = frames.length;
    for (const namespace of namespaces.reverse()) {
      // The label counts.
      const entries = await this.#entries(
        stop,
        namespace,
        Math.max(1, wanted - frames.length - (frames.length === live ? 1 : 0)),
      );
      if (entries.length > 0 && frames.length === live) {
        frames.push({ kind: "label", thread, name: "Steps taken", place: undefined });
      }
      for (const entry of entries) {
        frames.push({
          kind: "history",
          thread,
          name: entryName(entry),
          place: await this.#historyPlace(entry),
          entry,
        });
      }
      if (!this.#histories.get(namespace)?.complete) return true;
    }
    return false;
  }

  async #entries(stop: Stop, namespace: string, wanted: number): Promise<readonly HistoryEntry[]> {
    let history = this.#histories.get(namespace);
    if (!history) {
      history = new History(namespace);
      this.#histories.set(namespace, history);
    }
    while (!history.complete && history.entries.length < wanted && stop.position) {
      await history.read(this.#debuggee, stop.position.threadId);
    }
    return history.entries;
  }

  async #historyPlace(entry: HistoryEntry): Promise<SourceLine | undefined> {
    for (const node of entry.nodes) {
      const place = this.#debuggee.graphs.before(entry.graph, node);
      if (place) return place;
    }
    return entry.graph === "" && entry.nodes.length === 0 ? this.#graphPlace() : undefined;
  }

  #toProtocol(frame: Frame, index: number): DebugProtocol.StackFrame {
    const { place } = frame;
    const history = frame.kind === "history";
    const key = frame.entry
      ? `${frame.entry.checkpoint.namespace}@${frame.entry.checkpoint.id}`
      : String(index);
    return {
      id: this.#debuggee.frames.get(0, `${frame.thread.id}/${frame.kind}/${key}`, frame),
      name: frame.name,
      ...(place && { source: this.#client.source(place.path) }),
      line: place ? this.#client.toClientLine(place.line) : 0,
      column: place ? (this.#client.columnsStartAt1 ? 1 : 0) : 0,
      canRestart: restartOf(frame) !== undefined,
      ...(frame.kind === "label" && { presentationHint: "label" as const }),
      ...(history && { presentationHint: "subtle" as const }),
    };
  }
}

function entryName(entry: HistoryEntry): string {
  if (entry.nodes.length > 0) return [...new Set(entry.nodes)].join(", ");
  const { source } = entry.checkpoint;
  return source === "loop" || source === "fork" ? "input" : source;
}
