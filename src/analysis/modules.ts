// Which file an import means: relative imports, and absolute Python imports from the project's roots.

import { dirname, join, parse, sep } from "node:path";
import type { Language } from "./program.ts";

/** Python packages that no workspace holds: looking for them would only cost time. */
const OUTSIDE =
  /^(langgraph|langchain\w*|langsmith|typing|typing_extensions|functools|operator|os|sys|re|json|asyncio|collections|dataclasses|datetime|enum|pathlib|logging|pydantic|contextlib|uuid|time|math|random|abc|itertools|openai|anthropic|numpy|pandas|requests|httpx|dotenv|__future__)$/;

/** How far above a file the root of its package is looked for. */
const MAX_ASCENT = 6;

/** Files that a module name may mean, most likely first. `roots` are searched after the file's own folder. */
export function moduleFiles(
  from: string,
  module: string,
  language: Language,
  roots: readonly string[],
): readonly string[] {
  return language === "python" ? pythonFiles(from, module, roots) : typeScriptFiles(from, module);
}

function pythonFiles(from: string, module: string, roots: readonly string[]): string[] {
  const dots = /^\.*/.exec(module)?.[0].length ?? 0;
  const parts = module.slice(dots).split(".").filter(Boolean);
  if (dots > 0) {
    let folder = dirname(from);
    for (let level = 1; level < dots; level++) folder = dirname(folder);
    return filesOfPackage(join(folder, ...parts), parts.length === 0);
  }
  const [first] = parts;
  if (first === undefined || OUTSIDE.test(first)) return [];
  const folders = [dirname(from), ...roots];
  let folder = dirname(from);
  for (let level = 0; level < MAX_ASCENT && folder !== parse(folder).root; level++) {
    folder = dirname(folder);
    folders.push(folder, join(folder, "src"));
  }
  return [...new Set(folders)].flatMap((root) => filesOfPackage(join(root, ...parts), false));
}

function filesOfPackage(path: string, onlyPackage: boolean): string[] {
  const init = join(path, "__init__.py");
  return onlyPackage ? [init] : [`${path}.py`, init];
}

const EXTENSIONS = [".ts", ".tsx", ".mts", ".cts", ".js", ".mjs", ".cjs", ".jsx"];
const COMPILED_FROM: Readonly<Record<string, readonly string[]>> = {
  ".js": [".ts", ".tsx", ".js", ".jsx"],
  ".jsx": [".tsx", ".jsx"],
  ".mjs": [".mts", ".mjs"],
  ".cjs": [".cts", ".cjs"],
};

function typeScriptFiles(from: string, module: string): string[] {
  if (/^\.{1,2}(\/|$)/.test(module)) return filesOfScript(join(dirname(from), module));
  const alias = /^[@~]\/(.+)$/.exec(module)?.[1];
  if (alias === undefined) return [];
  // The usual meaning of `@/x` and `~/x`: the folder with the sources, somewhere above.
  const out: string[] = [];
  let folder = dirname(from);
  for (let level = 0; level < MAX_ASCENT && folder !== parse(folder).root; level++) {
    out.push(...filesOfScript(join(folder, alias)), ...filesOfScript(join(folder, "src", alias)));
    folder = dirname(folder);
  }
  return out;
}

function filesOfScript(path: string): string[] {
  const extension = /\.[cm]?[jt]sx?$/.exec(path)?.[0];
  if (extension !== undefined) {
    const bare = path.slice(0, -extension.length);
    return (COMPILED_FROM[extension] ?? [extension]).map((end) => bare + end);
  }
  const bare = path.endsWith(sep) ? path.slice(0, -1) : path;
  return [...EXTENSIONS.map((end) => bare + end), ...EXTENSIONS.map((end) => join(bare, `index${end}`))];
}
