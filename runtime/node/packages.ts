// The program's own packages: LangGraph, found from the program's folder, and what lets Node read TypeScript.

import { existsSync, readFileSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, extname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { RuntimeError } from "./errors.ts";
import type { LangGraphModule } from "./langgraph.ts";

const packageName = "@langchain/langgraph";

/** The Node that the runtime needs: the first with `node:sqlite` that has no flag. */
export function checkNode(version = process.versions.node): void {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > 22 || (major === 22 && minor >= 13)) return;
  throw new RuntimeError(
    "languageTooOld",
    `Node ${version} is too old: the debugger needs Node 22.13 or newer. Choose another one with "node" in launch.json.`,
  );
}

/** Where LangGraph is, as the program sees it. */
export interface LangGraphPackage {
  folder: string;
  version: string;
  /** Files of the entry points, as ES module and as CommonJS; undefined where the package has none. */
  esm(subpath?: string): string | undefined;
  cjs(subpath?: string): string | undefined;
}

export function findLangGraph(program: string): LangGraphPackage {
  const folder = packageFolder(program);
  if (folder === undefined) {
    throw new RuntimeError(
      "langgraphMissing",
      `${packageName} is not installed for ${program}. Run: npm install ${packageName} @langchain/core (in ${projectFolder(program)})`,
    );
  }
  const json = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    version: string;
    exports?: { [subpath: string]: { [condition: string]: unknown } };
  };
  const [major = 0, minor = 0] = json.version.split(".").map(Number);
  if (major === 0 && minor < 4) throw tooOld(json.version, program);
  const entry = (subpath: string, condition: string): string | undefined => {
    const at = json.exports?.[subpath]?.[condition];
    const file = typeof at === "object" && at !== null ? (at as { default?: unknown }).default : at;
    return typeof file === "string" && existsSync(join(folder, file)) ? join(folder, file) : undefined;
  };
  return {
    folder,
    version: json.version,
    esm: (subpath = ".") => entry(subpath, "import"),
    cjs: (subpath = ".") => entry(subpath, "require"),
  };
}

export function tooOld(version: string, program: string): RuntimeError {
  return new RuntimeError(
    "langgraphTooOld",
    `${packageName} ${version} is too old: the debugger needs 0.4 or newer. Run: npm install ${packageName}@latest (in ${projectFolder(program)})`,
  );
}

/** Imports from LangGraph in the build (ES module or CommonJS) that the program itself has loaded. */
export async function importLangGraph(
  found: LangGraphPackage,
  program: string,
): Promise<{ module: LangGraphModule; part(subpath: string): Promise<unknown> }> {
  const require = createRequire(program);
  const cjs = found.cjs();
  const usesCommonJs = cjs !== undefined && require.cache[cjs] !== undefined;
  const load = async (subpath?: string): Promise<unknown> => {
    const esm = found.esm(subpath);
    if (!usesCommonJs && esm !== undefined) return import(pathToFileURL(esm).href);
    return require(found.cjs(subpath) ?? packageName);
  };
  return { module: (await load()) as LangGraphModule, part: load };
}

function packageFolder(program: string): string | undefined {
  const lookup = createRequire(program).resolve.paths(packageName) ?? [];
  const found = lookup
    .map((folder) => join(folder, packageName))
    .find((folder) => existsSync(join(folder, "package.json")));
  // Modules are known by their real paths, also where node_modules has links.
  return found === undefined ? undefined : realpathSync(found);
}

/** Where npm would be run for this program. */
export function projectFolder(program: string): string {
  for (let folder = dirname(program); ; folder = dirname(folder)) {
    if (existsSync(join(folder, "package.json"))) return folder;
    if (folder === dirname(folder)) return dirname(program);
  }
}

const typescriptFiles = new Set([".ts", ".tsx", ".mts", ".cts"]);

/** Who starts Node with one of these wants Node to read TypeScript by itself. */
const readsTypeScript = /^--experimental-(strip|transform)-types$/;

/**
 * Makes `import` of a TypeScript program work: with the project's own tsx, else with Node's type stripping, or with that
 * alone where Node was told to. The adapter needs to pass no flag for either.
 */
export function prepareTypeScript(program: string): void {
  if (!typescriptFiles.has(extname(program))) return;
  if (process.execArgv.some((argument) => readsTypeScript.test(argument))) return;
  const require = createRequire(program);
  let esm: string | undefined;
  try {
    esm = require.resolve("tsx/esm/api");
  } catch {
    // Not installed here.
  }
  if (esm !== undefined) {
    const register = (path: string): void => (require(path) as { register: () => void }).register();
    register(require.resolve("tsx/cjs/api"));
    register(esm);
    return;
  }
  const features = process.features as { typescript?: false | "strip" | "transform" };
  if (features.typescript && extname(program) !== ".tsx") return;
  throw new RuntimeError(
    "importError",
    `Node ${process.versions.node} can't read ${extname(program)} files by itself. Run: npm install --save-dev tsx (in ${projectFolder(program)})`,
  );
}
