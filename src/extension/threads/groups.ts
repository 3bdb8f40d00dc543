// Threads by the graph that made them, and what a graph's mark in the checkpoint file means. Knows nothing of VS Code.

import path from "node:path";
import type { ThreadInfo } from "../../protocol/runtime.ts";

/** What a checkpoint file holds, as far as it has been read. */
export interface ThreadFile {
  /** Absolute path of the checkpoint file. */
  readonly file: string;
  /** Last changed first; the first of `total`. */
  readonly threads: readonly ThreadInfo[];
  readonly total: number;
  readonly size: { readonly bytes: number; readonly free: number };
}

/** The threads of one graph in one checkpoint file. */
export interface GraphGroup {
  readonly key: string;
  readonly file: string;
  /** As the checkpoint file has it; absent where it is not known. */
  readonly graph: string | undefined;
  readonly language: ThreadInfo["language"];
  /** Last changed first. */
  readonly threads: readonly ThreadInfo[];
}

/** The graph that was used last comes first. */
export function groupsOf(files: readonly ThreadFile[]): GraphGroup[] {
  const groups = new Map<string, GraphGroup & { threads: ThreadInfo[] }>();
  for (const { file, threads } of files) {
    for (const thread of threads) {
      const { graph, language } = thread;
      const key = JSON.stringify([file, language, graph ?? null]);
      const group = groups.get(key);
      if (group) group.threads.push(thread);
      else groups.set(key, { key, file, graph, language, threads: [thread] });
    }
  }
  const last = ({ threads }: GraphGroup): string => threads[0]?.updatedAt ?? "";
  return [...groups.values()].sort((a, b) => (last(a) < last(b) ? 1 : last(a) > last(b) ? -1 : 0));
}

/** A graph's place in the source. */
export interface GraphPlace {
  /** Path as written; absent where `module` is given. */
  readonly file?: string;
  /** Python module in dotted form. */
  readonly module?: string;
  readonly variable: string;
}

/** Of `agents/mail.ts:graph`, `mail.py:graph`, `package.mail:graph`, `mail.ts`; undefined for anything else. */
export function graphPlace(graph: string): GraphPlace | undefined {
  if (/\.[cm]?[jt]sx?$/i.test(graph)) return { file: graph, variable: "default" };
  const end = graph.lastIndexOf(":");
  const [before, variable] = [graph.slice(0, Math.max(end, 0)), graph.slice(end + 1)];
  if (before === "" || variable === "") return undefined;
  return /\.(py|[cm]?[jt]sx?)$/i.test(before) ? { file: before, variable } : { module: before, variable };
}

/** `mail.ts: graph`. */
export function graphName(graph: string | undefined): string {
  if (graph === undefined) return "Unknown graph";
  const place = graphPlace(graph);
  if (!place) return graph;
  return `${place.file === undefined ? place.module : path.posix.basename(place.file)}: ${place.variable}`;
}

/** The folder whose checkpoint file this is by default: that in which its graphs run. */
export function runFolder(file: string): string {
  const folder = path.dirname(file);
  return path.basename(folder) === ".langgraph-debug" ? path.dirname(folder) : folder;
}
