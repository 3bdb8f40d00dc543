// Where the other parts of the product are, run from source or bundled: the only file that knows.

import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { GrammarFiles } from "../analysis/index.ts";
import type { Language } from "../protocol/runtime.ts";

const script = fileURLToPath(import.meta.url);
const here = dirname(script);
/** True in `dist/adapter.js`, false in `src/adapter/`. */
const bundled = !script.endsWith("locations.ts");
const root = join(here, "..", "..");

/** Arguments that make an interpreter run the runtime of its language. */
export function runtimeArguments(language: Language): string[] {
  const runtimes = bundled ? join(here, "runtime") : join(root, "runtime");
  if (language === "python") return [join(runtimes, "python", "langgraph_debugger")];
  return [join(runtimes, "node", bundled ? "main.mjs" : "main.ts")];
}

/** The adapter's own script, to be started again by Node. */
export const adapterScript = bundled ? script : join(here, "main.ts");

const grammar = (name: string, file: string): string =>
  bundled ? join(here, file) : join(root, "node_modules", name, file);

export const grammarFiles: GrammarFiles = {
  runtime: grammar("web-tree-sitter", "web-tree-sitter.wasm"),
  python: grammar("tree-sitter-python", "tree-sitter-python.wasm"),
  typescript: grammar("tree-sitter-typescript", "tree-sitter-typescript.wasm"),
  tsx: grammar("tree-sitter-typescript", "tree-sitter-tsx.wasm"),
};
