// Which launch configuration debugs a graph, and how it is changed to open a thread. Knows nothing of VS Code.

import os from "node:os";
import path from "node:path";
import { type GraphPlace, graphPlace, runFolder } from "./groups.ts";

/** A launch configuration as it is in launch.json, as far as it is read here. */
export interface Configuration {
  readonly type: string;
  readonly request: string;
  readonly name: string;
  readonly program?: unknown;
  readonly graph?: unknown;
  readonly cwd?: unknown;
  readonly checkpoints?: unknown;
  readonly [attribute: string]: unknown;
}

const defaultCheckpoints = path.join(".langgraph-debug", "checkpoints.sqlite");

/** Two absolute paths of the same file. */
export function isSamePath(a: string, b: string): boolean {
  const plain = (file: string): string => {
    const normal = path.normalize(file);
    // Windows and macOS find a file by a name in other case too.
    return process.platform === "linux" ? normal : normal.toLowerCase();
  };
  return plain(a) === plain(b);
}

/**
 * The configuration with VS Code's variables filled in: those of the workspace `folder`, and those of the open file as
 * if `file` were open. Others stay as they are.
 */
function substitute<T>(value: T, folder: string, file?: string): T {
  if (typeof value === "string") return substituteText(value, folder, file) as T;
  if (Array.isArray(value)) return value.map((item: unknown) => substitute(item, folder, file)) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]: [string, unknown]) => [key, substitute(item, folder, file)]),
  ) as T;
}

function substituteText(text: string, folder: string, file?: string): string {
  const ofFolder: Record<string, string> = {
    workspaceFolder: folder,
    workspaceRoot: folder,
    workspaceFolderBasename: path.basename(folder),
    userHome: os.homedir(),
    pathSeparator: path.sep,
    "/": path.sep,
  };
  const ofFile: Record<string, string> =
    file === undefined
      ? {}
      : {
          file,
          fileDirname: path.dirname(file),
          fileBasename: path.basename(file),
          fileExtname: path.extname(file),
          fileBasenameNoExtension: path.basename(file, path.extname(file)),
          fileDirnameBasename: path.basename(path.dirname(file)),
          fileWorkspaceFolder: folder,
          relativeFile: path.relative(folder, file),
          relativeFileDirname: path.relative(folder, path.dirname(file)) || ".",
        };
  return text.replaceAll(/\$\{([^}]+)\}/g, (whole, name: string) => {
    const named = name.startsWith("workspaceFolder:") ? undefined : (ofFolder[name] ?? ofFile[name]);
    const environment = name.startsWith("env:") ? (process.env[name.slice(4)] ?? "") : undefined;
    return named ?? environment ?? whole;
  });
}

/** The checkpoint file that a configuration names by itself, if it does. */
export function namedCheckpoints(configuration: Configuration, folder: string): string | undefined {
  const { checkpoints, cwd } = substitute(configuration, folder);
  if (typeof checkpoints !== "string" || /\$\{/.test(checkpoints)) return undefined;
  const base = typeof cwd === "string" && !/\$\{/.test(cwd) ? path.resolve(folder, cwd) : folder;
  return path.resolve(base, checkpoints);
}

/** What `graphs` of the langgraph.json in a folder says of a name; undefined where there is none. */
export type GraphNames = (folder: string, name: string) => string | undefined;

/**
 * Of these configurations the one that debugs the graph, the one that says most of it; undefined where none does.
 * `graph` has an absolute path, `file` is the checkpoint file of the thread, `folder` the workspace's.
 */
export function configurationFor(
  configurations: readonly Configuration[],
  graph: GraphPlace,
  file: string,
  folder: string,
  names: GraphNames,
): Configuration | undefined {
  const fitting = configurations
    .filter(({ type, request }) => type === "langgraph" && request === "launch")
    .map((configuration) => ({
      configuration: substitute(configuration, folder, graph.file),
      fit: fitness(configuration, graph, file, folder, names),
    }))
    .filter(({ fit }) => fit > 0);
  // The first of equals, as in the list of configurations.
  return fitting.sort((a, b) => b.fit - a.fit)[0]?.configuration;
}

function fitness(
  raw: Configuration,
  graph: GraphPlace,
  file: string,
  folder: string,
  names: GraphNames,
): number {
  const configuration = substitute(raw, folder, graph.file);
  const { cwd, checkpoints } = configuration;
  const base = typeof cwd === "string" ? path.resolve(folder, cwd) : folder;
  const debugs = debugged(configuration, base, names);
  if (debugs === undefined || (debugs.variable !== undefined && debugs.variable !== graph.variable)) return 0;
  const isThis =
    debugs.file === undefined || graph.file === undefined
      ? debugs.module !== undefined && debugs.module === graph.module
      : isSamePath(debugs.file, graph.file);
  if (!isThis) return 0;
  const own = path.resolve(base, typeof checkpoints === "string" ? checkpoints : defaultCheckpoints);
  const anyFile = JSON.stringify(raw).includes("${file");
  return 1 + (isSamePath(own, file) ? 4 : 0) + (anyFile ? 0 : 2) + (debugs.variable === undefined ? 0 : 1);
}

/** What a configuration with its variables filled in debugs. */
function debugged(
  { program, graph }: Configuration,
  base: string,
  names: GraphNames,
): Partial<GraphPlace> | undefined {
  if (typeof program === "string") {
    const variable = typeof graph === "string" && !graph.includes(":") ? graph : undefined;
    return { file: path.resolve(base, program), ...(variable !== undefined && { variable }) };
  }
  if (typeof graph !== "string") return undefined;
  const place = graphPlace(graph) ?? graphPlace(names(base, graph) ?? "");
  return place?.file === undefined ? place : { ...place, file: path.resolve(base, place.file) };
}

/** The launch that opens a thread where it stands: nothing is given to it, it waits as it waited. */
export function opening(
  configuration: Configuration | undefined,
  graph: GraphPlace,
  file: string,
  threadId: string,
): Configuration {
  const {
    input: _,
    inputFile: _file,
    resume: _answers,
    stopOnEntry: _entry,
    ...kept
  } = configuration ?? {
    type: "langgraph",
    request: "launch",
    name: graph.file === undefined ? (graph.module ?? graph.variable) : path.basename(graph.file),
    cwd: runFolder(file),
  };
  const { program: _program, graph: _graph, ...rest } = kept as Configuration;
  return {
    ...rest,
    ...(graph.file === undefined
      ? { graph: `${graph.module}:${graph.variable}` }
      : { program: graph.file, graph: graph.variable }),
    checkpoints: file,
    threadId,
    noDebug: false,
  };
}
