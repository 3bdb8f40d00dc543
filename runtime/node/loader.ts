// Imports the user's module and finds the graph in it.

import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { isAbsolute, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { ErrorInfo, Json, LoadParams } from "../../src/protocol/runtime.ts";
import { errorInfo, framesOf, RuntimeError } from "./errors.ts";
import { toJson } from "./json.ts";
import { type Config, type Graph, isGraph, type LangGraphModule } from "./langgraph.ts";
import {
  checkNode,
  findLangGraph,
  importLangGraph,
  prepareTypeScript,
  projectFolder,
  tooOld,
} from "./packages.ts";
import { hearPayloads } from "./payloads.ts";

export interface LoadedGraph {
  graph: Graph;
  /** The export it came from. */
  variable: string;
  /** The export is a promise of the graph. */
  isPromised: boolean;
  program: string;
  /** Names that the module exports, with their values. */
  exports: { [name: string]: unknown };
  langgraph: LangGraphModule;
  langgraphVersion: string;
  /** JSON Schema of the input, as far as the state's own schema tells; else only the names. */
  inputSchema: Json;
}

/** How it is called to the user: the name that its author gave it, else the variable's. */
export function graphName({ graph, variable }: LoadedGraph): string {
  const { name } = graph;
  return name === undefined || name === "" || name === "LangGraph" ? variable : name;
}

/** Which names win when several graphs are exported. */
const usualNames = ["graph", "app", "agent", "workflow"];

export async function loadGraph(params: LoadParams, config: Config): Promise<LoadedGraph> {
  checkNode();
  const { program, variable } = target(params);
  if (!existsSync(program) || !statSync(program).isFile()) {
    throw new RuntimeError(
      "noGraph",
      `There is no file ${program}. Check "program" and "graph" in launch.json.`,
    );
  }
  process.setSourceMapsEnabled(true);
  const found = findLangGraph(program);
  prepareTypeScript(program);
  const loaded = hearPayloads(found.folder);
  const exports = await importProgram(program).finally(loaded);
  const langgraph = await importLangGraph(found, program);
  const chosen = variable ?? choose(exports, program);
  if (!(chosen in exports)) {
    const candidates = Object.keys(exports).filter((name) => looksLikeGraph(exports[name]));
    const offer = candidates.length > 0 ? `It exports these graphs: ${candidates.join(", ")}.` : "";
    const fix = `Write "export" before it, or name another one in "graph" of launch.json.`;
    throw new RuntimeError("noGraph", `${program} exports no "${chosen}". ${offer} ${fix}`, { candidates });
  }
  const graph = await toGraph(exports[chosen], chosen, config);
  if (!("_runLoop" in graph)) throw tooOld(found.version, program);
  const inputSchema = await schemaOf(graph, langgraph.part);
  return {
    graph,
    variable: chosen,
    isPromised: exports[chosen] instanceof Promise,
    program,
    exports,
    langgraph: langgraph.module,
    langgraphVersion: found.version,
    inputSchema,
  };
}

function target(params: LoadParams): { program: string; variable: string | undefined } {
  const { program, graph } = params;
  if (graph !== undefined) {
    // The first colon that is not a drive's: langgraph.json splits there too.
    const match = /^((?:[A-Za-z]:[\\/])?[^:]*):(.+)$/.exec(graph);
    if (match?.[1] !== undefined && match[2] !== undefined) {
      return { program: resolve(match[1]), variable: match[2] };
    }
    if (isAbsolute(graph)) return { program: graph, variable: undefined };
  }
  if (program === undefined) {
    throw new RuntimeError("noGraph", `Set "program" in launch.json to the file that exports the graph.`);
  }
  return { program: resolve(program), variable: graph };
}

async function importProgram(program: string): Promise<{ [name: string]: unknown }> {
  let module: { [name: string]: unknown };
  try {
    module = (await import(pathToFileURL(program).href)) as { [name: string]: unknown };
  } catch (error) {
    throw importError(error, program);
  }
  const exports: { [name: string]: unknown } = {};
  // CommonJS: Node finds only some of the exported names by itself; the rest are on the default export.
  const inner = module["module.exports"] ?? module.default;
  const isCommonJs = "module.exports" in module || createRequire(program).cache[program] !== undefined;
  if (isCommonJs && typeof inner === "object" && inner !== null && !looksLikeGraph(inner)) {
    Object.assign(exports, inner);
  }
  for (const name of Object.keys(module)) {
    if (name === "module.exports" || name === "__esModule") continue;
    if (name === "default" && isCommonJs && "default" in exports) continue;
    if (name === "default" && isCommonJs && module.default === inner && !looksLikeGraph(inner)) continue;
    exports[name] = module[name];
  }
  return exports;
}

function importError(error: unknown, program: string): RuntimeError {
  const info = errorInfo(error);
  if (error instanceof SyntaxError && info.frames.length === 0) info.frames = syntaxPlace(program);
  // Frames of packages say less to the user than those of the program.
  const own = info.frames.filter(({ path }) => !path?.includes("node_modules"));
  if (own.length > 0) info.frames = own;
  const at = info.frames[0] ?? framesOf(info.traceback)[0];
  const where =
    at?.path === undefined ? program : `${relative(process.cwd(), at.path) || at.path}:${at.line}`;
  const missing = missingPackage(info.message);
  const fix = missing === undefined ? "" : ` Run: npm install ${missing} (in ${projectFolder(program)})`;
  const message = `Importing ${program} failed: ${info.type}: ${info.message} (${where})${fix}`;
  return new RuntimeError("importError", message, { info, cause: error });
}

/** Node keeps the place of a syntax error in an ES module to itself; its own check of the file prints it. */
function syntaxPlace(program: string): ErrorInfo["frames"] {
  const check = spawnSync(process.execPath, ["--check", program], { encoding: "utf8", timeout: 5000 });
  return framesOf(check.stderr ?? "");
}

/** Name of the package that an import was not found in, with its scope and without the path inside it. */
function missingPackage(message: string): string | undefined {
  const name = /^Cannot find (?:package|module) '([^'./][^']*)'/.exec(message)?.[1];
  if (name === undefined || /^[A-Za-z]:/.test(name)) return undefined;
  return /^(?:@[^/]+\/)?[^/]+/.exec(name)?.[0];
}

type Builder = { compile(): unknown; nodes: unknown; edges: unknown };
const isBuilder = (value: unknown): value is Builder =>
  typeof value === "object" &&
  value !== null &&
  typeof (value as Builder).compile === "function" &&
  "nodes" in value &&
  "edges" in value;
/** What createAgent gives: an object with the graph inside. */
const isAgent = (value: unknown): value is { graph: Graph } =>
  typeof value === "object" &&
  value !== null &&
  // A plain object is rather a CommonJS module that exports its graph under that name.
  Object.getPrototypeOf(value) !== Object.prototype &&
  isGraph((value as { graph?: unknown }).graph);

const looksLikeGraph = (value: unknown): boolean => isGraph(value) || isBuilder(value) || isAgent(value);

function choose(exports: { [name: string]: unknown }, program: string): string {
  const names = Object.keys(exports);
  let candidates = names.filter((name) => looksLikeGraph(exports[name]));
  if (candidates.length === 0) {
    const promised = names.filter((name) => exports[name] instanceof Promise);
    const factories = names.filter((name) => typeof exports[name] === "function" && !isClass(exports[name]));
    candidates = promised.length > 0 ? promised : factories;
    const usual = usualNames.find((name) => candidates.includes(name));
    if (usual !== undefined) return usual;
    // A function may be anything; only a name tells that it makes a graph.
    if (promised.length === 0) {
      candidates = candidates.filter((name) => name === "default" || /graph|agent|workflow/i.test(name));
    }
  }
  // One object under two names is one graph.
  const distinct = [...new Map(candidates.map((name) => [exports[name], name])).values()];
  const [only] = distinct;
  if (distinct.length === 1 && only !== undefined) return only;
  const usual = usualNames.find((name) => candidates.includes(name));
  if (usual !== undefined) return usual;
  if (distinct.length === 0) {
    const how = `Export one, as in "export const graph = builder.compile()".`;
    throw new RuntimeError("noGraph", `${program} exports no graph. ${how}`);
  }
  const fix = `Name the one to debug in "graph" of launch.json.`;
  const message = `${program} exports several graphs: ${candidates.join(", ")}. ${fix}`;
  throw new RuntimeError("ambiguousGraph", message, { candidates });
}

const isClass = (value: unknown): boolean =>
  typeof value === "function" && /^class\b/.test(Function.prototype.toString.call(value));

async function toGraph(value: unknown, variable: string, config: Config): Promise<Graph> {
  let found = value;
  try {
    found = await found;
    if (typeof found === "function" && !isGraph(found)) {
      found = await (found as (config: Config) => unknown)({ configurable: {}, ...config });
    }
    if (isAgent(found)) found = found.graph;
    else if (isBuilder(found)) found = found.compile();
  } catch (error) {
    const info = errorInfo(error);
    const message = `Making the graph "${variable}" failed: ${info.type}: ${info.message}`;
    throw new RuntimeError("importError", message, { info, cause: error });
  }
  if (isGraph(found)) return found;
  const is = found === null ? "null" : typeof found;
  const wanted =
    "a compiled graph, a StateGraph, an agent, an entrypoint or a function that gives one of them";
  throw new RuntimeError("notAGraph", `"${variable}" is no graph but ${is}. Name ${wanted}.`);
}

type InputBuilder = {
  _schemaDefinitions?: Map<unknown, object>;
  _inputDefinition?: unknown;
  /** A symbol where it is a part of the state's. */
  _inputRuntimeDefinition?: symbol | { getInputJsonSchema?(): unknown };
  _schemaRuntimeDefinition?: { getInputJsonSchema?(): unknown };
};

async function schemaOf(graph: Graph, part: (subpath: string) => Promise<unknown>): Promise<Json> {
  try {
    const { _inputRuntimeDefinition: input, _schemaRuntimeDefinition: state } = (graph.builder ??
      {}) as InputBuilder;
    const definition = typeof input === "symbol" ? state : input;
    // LangGraph's own way to the schema of a StateSchema is new in 1.4.
    if (definition?.getInputJsonSchema) return toJson(definition.getInputJsonSchema());
    const { getInputTypeSchema } = (await part("./zod/schema")) as {
      getInputTypeSchema(graph: Graph): unknown;
    };
    const schema = getInputTypeSchema(graph);
    if (schema !== undefined) return toJson(schema);
  } catch {
    // A schema that can't be said as JSON Schema is no reason not to debug the graph.
  }
  const builder = graph.builder as InputBuilder | undefined;
  const channels = builder?._schemaDefinitions?.get(builder._inputDefinition);
  if (channels === undefined) return {};
  return { type: "object", properties: Object.fromEntries(Object.keys(channels).map((key) => [key, {}])) };
}
