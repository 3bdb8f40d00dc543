// Reads langgraph.json: which graphs it names, its environment and its dependencies. Touches no file itself.

import { posix, win32 } from "node:path";
import type { Language } from "./program.ts";

export interface ConfigEntry {
  /** The graph's name in langgraph.json. */
  readonly name: string;
  /** Absolute path of the file; absent where `module` is given. */
  readonly file?: string;
  /** Python module in dotted form. */
  readonly module?: string;
  /** `default` for a JavaScript file's default export. */
  readonly variable: string;
  readonly language: Language;
  readonly description?: string;
}

export interface LanggraphConfig {
  readonly entries: readonly ConfigEntry[];
  /** Absolute path of the file that `env` names. */
  readonly envFile?: string;
  readonly env: Readonly<Record<string, string>>;
  /** As written. */
  readonly dependencies: readonly string[];
  /** Absolute folders among the dependencies; Python looks for modules in them. */
  readonly roots: readonly string[];
}

/** `langgraph.json` is not what it should be. The message names the file and says what to change. */
export class LanggraphJsonError extends Error {}

export interface GraphPath {
  /** A file, as written; absent where `module` is given. */
  readonly file?: string;
  readonly module?: string;
  readonly variable: string;
  readonly language: Language;
}

const SCRIPT = /\.[cm]?[jt]sx?$/i;

/**
 * `./file.py:variable`, `package.module:variable`, `./file.ts:export`, `./file.ts` (its default export).
 * Python splits on the last colon, JavaScript on the first that is not a drive's. Undefined where the text is
 * none of these.
 */
export function splitGraphPath(text: string): GraphPath | undefined {
  const drive = /^[a-z]:(?=[\\/])/i.exec(text)?.[0] ?? "";
  const rest = text.slice(drive.length);
  const first = rest.indexOf(":");
  const script = first < 0 ? rest : rest.slice(0, first);
  if (SCRIPT.test(script)) {
    const variable = first < 0 ? "default" : rest.slice(first + 1);
    return { file: drive + script, variable: variable || "default", language: "typescript" };
  }
  const last = rest.lastIndexOf(":");
  if (last <= 0 || last === rest.length - 1) return undefined;
  const path = drive + rest.slice(0, last);
  const variable = rest.slice(last + 1);
  if (/[\\/]/.test(path) || /\.py$/i.test(path)) return { file: path, variable, language: "python" };
  return { module: path, variable, language: "python" };
}

/**
 * `text`: the file's content, `path`: its absolute path, of either kind of system. Throws LanggraphJsonError.
 */
export function parseLanggraphJson(text: string, path: string): LanggraphConfig {
  const system = systemOf(path);
  const folder = system.dirname(path);
  const fail = (message: string): never => {
    throw new LanggraphJsonError(`${path}: ${message}`);
  };
  const config = parseJson(text, fail);
  if (!isRecord(config)) return fail("it must hold a JSON object.");
  const graphs = config.graphs;
  if (!isRecord(graphs) || Object.keys(graphs).length === 0) {
    return fail('it names no graph. Add "graphs": {"agent": "./agent.py:graph"}.');
  }
  const entries = Object.entries(graphs).map(([name, value]): ConfigEntry => {
    const given = isRecord(value) ? value.path : value;
    const split = typeof given === "string" ? splitGraphPath(given.trim()) : undefined;
    if (!split) {
      return fail(
        `graph "${name}" must be "./file.py:variable", "package.module:variable" or "./file.ts:export", not ${JSON.stringify(given)}.`,
      );
    }
    const description = isRecord(value) ? value.description : undefined;
    const { file, ...other } = split;
    return {
      name,
      ...other,
      ...(file === undefined ? {} : { file: system.resolve(folder, file) }),
      ...(typeof description === "string" ? { description } : {}),
    };
  });
  const dependencies = strings(config.dependencies);
  return {
    entries,
    ...environment(config.env, (file) => system.resolve(folder, file), fail),
    dependencies,
    roots: dependencies
      .filter((name) => /^\.{0,2}([\\/]|$)|^\.$/.test(name))
      .map((name) => system.resolve(folder, name)),
  };
}

/**
 * The file of a graph's path or module, for a program to start. `exists` says whether a file is there; `folders`
 * are absolute, the likeliest first. Undefined where no folder has the file.
 */
export function pathToProgram(
  graph: Pick<GraphPath, "file" | "module">,
  folders: readonly string[],
  exists: (path: string) => boolean,
): string | undefined {
  for (const folder of folders) {
    const system = systemOf(folder);
    const parts = graph.module?.split(".") ?? [];
    const files =
      graph.file !== undefined
        ? [system.resolve(folder, graph.file)]
        : [folder, system.join(folder, "src")].flatMap((root) => [
            `${system.join(root, ...parts)}.py`,
            system.join(root, ...parts, "__init__.py"),
          ]);
    const found = files.find(exists);
    if (found !== undefined) return found;
  }
  return undefined;
}

function parseJson(text: string, fail: (message: string) => never): unknown {
  const plain = text.replace(/^\uFEFF/, "");
  try {
    return JSON.parse(plain);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const offset = /position (\d+)/.exec(reason)?.[1];
    const line =
      offset === undefined ? plain.split("\n").length : plain.slice(0, Number(offset)).split("\n").length;
    return fail(`line ${line} is not valid JSON (${reason.replace(/ in JSON at position.*$/s, "")}).`);
  }
}

function environment(
  env: unknown,
  resolve: (file: string) => string,
  fail: (message: string) => never,
): { envFile?: string; env: Record<string, string> } {
  // A list names variables that a deployment must set: nothing to set here.
  if (env === undefined || env === null || env === "" || Array.isArray(env)) return { env: {} };
  if (typeof env === "string") return { envFile: resolve(env), env: {} };
  if (!isRecord(env)) return fail('"env" must be the path of a file or an object of variables.');
  return { env: Object.fromEntries(Object.entries(env).map(([name, value]) => [name, String(value)])) };
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function systemOf(path: string): typeof posix {
  return /^[a-z]:[\\/]|^\\\\/i.test(path) ? win32 : posix;
}
