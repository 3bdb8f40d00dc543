// What the adapter writes to the Debug Console: the run's own output, one line a superstep, errors with links.

import type { DebugProtocol } from "@vscode/debugprotocol";
import type { ErrorInfo, MessageEvent, SuperstepEvent, TaskEvent } from "../protocol/runtime.ts";
import type { Client } from "./client.ts";
import { isOwn } from "./graphs.ts";
import { ownFrames } from "./traceback.ts";

type Output = DebugProtocol.OutputEvent["body"];

export class Console {
  readonly #client: Client;
  /** Durations of the tasks of the superstep that is under way, by namespace. */
  readonly #tasks = new Map<string, TaskEvent[]>();
  #lastMessage = "";
  /** Where the user's own code is. */
  folders: readonly string[] = [];

  constructor(client: Client) {
    this.#client = client;
  }

  /** The graph's own output, as it is. */
  program(stream: "stdout" | "stderr", text: string): void {
    this.#write({ category: stream, output: text });
  }

  line(text: string): void {
    this.#write({ category: "console", output: `${text}\n` });
  }

  /** Something that the user should act on. */
  problem(text: string): void {
    this.#write({ category: "stderr", output: `${text}\n` });
  }

  /** Like `problem`, and the client shows it in a way that can't be overlooked. */
  important(text: string): void {
    this.#write({ category: "important", output: `${text}\n` });
  }

  task(event: TaskEvent): void {
    if (event.event === "start") return;
    const tasks = this.#tasks.get(event.namespace) ?? [];
    tasks.push(event);
    this.#tasks.set(event.namespace, tasks);
  }

  superstep({ namespace, graph, step, nodes, milliseconds, written }: SuperstepEvent): void {
    const tasks = this.#tasks.get(namespace) ?? [];
    this.#tasks.delete(namespace);
    const where = graph === "" ? "" : `${graph} `;
    const keys = written.length > 0 ? `wrote ${written.join(", ")}` : "wrote nothing";
    const output = `${where}step ${step}: ${counted(nodes).join(", ")}, ${duration(milliseconds)}, ${keys}\n`;
    this.#write({ category: "console", output, group: "startCollapsed" });
    for (const { node, event, milliseconds: own, error } of tasks) {
      const how = event === "end" ? "" : ` ${event}`;
      const took = own === undefined ? "" : ` ${duration(own)}`;
      const why = error ? ` ${error.type}: ${error.message}` : "";
      this.#write({ category: "console", output: `${node}${how}${took}${why}\n` });
    }
    this.#write({ category: "console", output: "", group: "end" });
  }

  message({ kind, text, at }: MessageEvent): void {
    this.#lastMessage = text;
    const category = kind === "error" ? "important" : kind === "warning" ? "stderr" : "console";
    this.#write({ category, output: `${text}\n`, ...(at && this.#at(at)) });
  }

  /** The runtime has just written of this error itself. */
  hasTold(error: ErrorInfo): boolean {
    return error.message !== "" && this.#lastMessage.includes(error.message);
  }

  /** A traceback: what was raised, then its frames, each a link. */
  error(error: ErrorInfo): void {
    const at = error.node === undefined ? "" : ` in node ${error.node}`;
    this.#write({
      category: "stderr",
      output: `${error.type}${at}: ${error.message}\n`,
      group: "start",
      ...this.#link(error.frames),
    });
    for (const frame of ownFrames(error.frames, this.folders)) {
      const place = frame.path === undefined ? "" : ` (${frame.path}:${frame.line ?? 1})`;
      this.#write({
        category: "stderr",
        output: `    at ${frame.name}${place}\n`,
        ...this.#link([frame], false),
      });
    }
    this.#write({ category: "stderr", output: "", group: "end" });
  }

  /** `source` and `line` of the innermost frame, of the user's own code where `own`. */
  #link(frames: ErrorInfo["frames"], own = true): Partial<Output> {
    const frame = frames.find(
      ({ path, line }) => path !== undefined && line !== undefined && (!own || isOwn(path, this.folders)),
    );
    if (frame?.path === undefined || frame.line === undefined) return {};
    return this.#at({ path: frame.path, line: frame.line });
  }

  #at({ path, line }: { readonly path: string; readonly line: number }): Partial<Output> {
    return { source: this.#client.source(path), line: this.#client.toClientLine(line) };
  }

  #write(output: Output): void {
    this.#client.send("output", output);
  }
}

function duration(milliseconds: number): string {
  if (milliseconds < 10) return `${milliseconds.toFixed(1)} ms`;
  if (milliseconds < 10_000) return `${Math.round(milliseconds)} ms`;
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

/** `a, b x3`. */
function counted(nodes: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const node of nodes) counts.set(node, (counts.get(node) ?? 0) + 1);
  return [...counts].map(([node, count]) => (count > 1 ? `${node} x${count}` : node));
}
