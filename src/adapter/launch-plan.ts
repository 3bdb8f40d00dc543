// Makes of the launch attributes what is to be run: interpreter, arguments, environment, and what to load.

import { randomUUID } from "node:crypto";
import { existsSync, statSync } from "node:fs";
import { dirname, extname, isAbsolute, join, relative, resolve } from "node:path";
import { type GraphPath, splitGraphPath } from "../analysis/langgraph-json.ts";
import type { LaunchAttributes } from "../protocol/dap.ts";
import type { Json, Language, LoadParams } from "../protocol/runtime.ts";
import { readEnvFile } from "./env-file.ts";
import {
  bothInputs,
  cwdNotFound,
  noProgram,
  programNotFound,
  unknownGraphName,
  unknownLanguage,
} from "./errors.ts";
import { chooseNode, choosePython, thisMachine } from "./interpreters.ts";
import { findLanggraphJson, type LanggraphJson, readJsonFile, readLanggraphJson } from "./langgraph-json.ts";
import { runtimeArguments } from "./locations.ts";

export interface LaunchPlan {
  readonly language: Language;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly load: LoadParams;
  readonly threadId: string;
  /** The user named the thread: it may stand somewhere already. */
  readonly threadGiven: boolean;
  readonly input: Json | undefined;
  readonly attributes: LaunchAttributes;
}

const javascript = new Set([".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs"]);

/** Throws a DebugError that says which attribute to mend. */
export function planLaunch(attributes: LaunchAttributes): LaunchPlan {
  if (attributes.input !== undefined && attributes.inputFile !== undefined) throw bothInputs();
  const base = resolve(attributes.cwd ?? attributes.workspaceFolders?.[0] ?? process.cwd());
  if (attributes.cwd !== undefined && !isFolder(base)) throw cwdNotFound(base);
  const configuration = langgraphJson(attributes, base);
  const target = findTarget(attributes, base, configuration);
  const cwd = attributes.cwd === undefined ? defaultCwd(attributes, base, configuration, target) : base;
  const env = environment(attributes, cwd, configuration);
  const language = languageOf(target);
  const near = [target.program ? dirname(target.program) : cwd, configuration?.folder ?? cwd, cwd];
  const [command, own] =
    language === "python"
      ? [choosePython(thisMachine(env), attributes.python, near, cwd), pythonFlags(attributes)]
      : [chooseNode(thisMachine(env), attributes.node, near, cwd), attributes.nodeArgs ?? []];
  // Python writes to a pipe in the machine's code page unless told otherwise.
  if (language === "python") env.PYTHONIOENCODING ??= "utf-8";
  return {
    language,
    command,
    args: [...own, ...runtimeArguments(language)],
    cwd,
    env,
    load: {
      ...target,
      searchPaths: [...(configuration?.searchPaths ?? [])],
      checkpoints: resolve(cwd, attributes.checkpoints ?? join(".langgraph-debug", "checkpoints.sqlite")),
      ...(attributes.config && { config: attributes.config }),
      ...(attributes.context && { context: attributes.context }),
      workspaceFolders: folders(attributes, cwd, target),
    },
    threadId: attributes.threadId ?? randomUUID(),
    threadGiven: attributes.threadId !== undefined,
    input:
      attributes.inputFile === undefined
        ? attributes.input
        : (readJsonFile("inputFile", resolve(cwd, attributes.inputFile)) as Json),
    attributes,
  };
}

/** The same run on a thread of its own, with the code read anew. */
export function planRestart(
  plan: LaunchPlan,
  fresh: LaunchAttributes | undefined,
  input: Json | undefined,
): LaunchPlan {
  const next = planLaunch(fresh ?? plan.attributes);
  return { ...next, threadId: randomUUID(), threadGiven: false, input: next.input ?? input };
}

type Target = Pick<LoadParams, "program" | "graph">;

function langgraphJson(attributes: LaunchAttributes, base: string): LanggraphJson | undefined {
  const start = attributes.program === undefined ? base : dirname(resolve(base, attributes.program));
  const inBase = join(base, "langgraph.json");
  const path = attributes.cwd !== undefined && existsSync(inBase) ? inBase : findLanggraphJson(start);
  return path === undefined ? undefined : readLanggraphJson(path);
}

function findTarget(attributes: LaunchAttributes, base: string, configuration?: LanggraphJson): Target {
  const { graph } = attributes;
  const program = attributes.program === undefined ? undefined : resolve(base, attributes.program);
  if (program !== undefined && !isFile(program)) throw programNotFound(program);
  if (graph === undefined) {
    if (program !== undefined) return { program };
    const only = configuration?.graphs.length === 1 ? configuration.graphs[0] : undefined;
    if (only === undefined) throw noProgram();
    return targetOf(only, base);
  }
  const path = splitGraphPath(graph);
  if (path !== undefined) return targetOf(path, base);
  if (program !== undefined) return { program, graph };
  const entry = configuration?.graphs.find(({ name }) => name === graph);
  if (entry === undefined) {
    throw unknownGraphName(
      graph,
      configuration?.path ?? join(base, "langgraph.json"),
      configuration?.graphs.map(({ name }) => name) ?? [],
    );
  }
  return targetOf(entry, base);
}

/** A file is looked for from `folder`; a module is found by Python itself. */
function targetOf({ file, module, variable }: Omit<GraphPath, "language">, folder: string): Target {
  if (file === undefined) return { graph: `${module}:${variable}` };
  const program = resolve(folder, file);
  if (!isFile(program)) throw programNotFound(program);
  return { program, graph: variable };
}

function languageOf(target: Target): Language {
  if (target.program === undefined) return "python";
  const extension = extname(target.program).toLowerCase();
  if (extension === ".py") return "python";
  if (javascript.has(extension)) return "javascript";
  throw unknownLanguage(target.program);
}

function defaultCwd(
  attributes: LaunchAttributes,
  base: string,
  configuration: LanggraphJson | undefined,
  target: Target,
): string {
  if (configuration) return configuration.folder;
  const workspace = attributes.workspaceFolders?.find(
    (folder) => target.program && contains(folder, target.program),
  );
  return workspace === undefined ? base : resolve(workspace);
}

function environment(
  attributes: LaunchAttributes,
  cwd: string,
  configuration?: LanggraphJson,
): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env, ...configuration?.env };
  if (attributes.envFile !== undefined)
    Object.assign(env, readEnvFile("envFile", resolve(cwd, attributes.envFile)));
  for (const [name, value] of Object.entries(attributes.env ?? {})) {
    if (value === null) delete env[name];
    else env[name] = value;
  }
  // Set by the editor for the adapter itself; a graph's own Node is no Electron.
  delete env.ELECTRON_RUN_AS_NODE;
  return env;
}

function pythonFlags(attributes: LaunchAttributes): string[] {
  const given = attributes.pythonArgs ?? [];
  // What the graph prints shall be seen when it is printed.
  return given.includes("-u") ? given : ["-u", ...given];
}

function folders(attributes: LaunchAttributes, cwd: string, target: Target): string[] {
  const all = (attributes.workspaceFolders ?? [cwd]).map((folder) => resolve(folder));
  const own = target.program === undefined ? cwd : dirname(target.program);
  return all.some((folder) => contains(folder, own)) ? all : [...all, own];
}

function contains(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === "" || (!way.startsWith("..") && !isAbsolute(way));
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
