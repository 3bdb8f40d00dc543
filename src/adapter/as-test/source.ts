// Where a test finds the graph: as the launch did, from the workspace folder.

import { existsSync } from "node:fs";
import { basename, dirname, extname, isAbsolute, join, relative, sep } from "node:path";
import type { GraphCandidate } from "../../model/graph.ts";
import type { Json } from "../../model/json.ts";
import type { LaunchPlan } from "../launch-plan.ts";

export interface Source {
  /** How the graph is called to the user. */
  readonly name: string;
  /** From the workspace folder, with `/`; absent where a module was named. */
  readonly program?: string;
  /** For Python's import: folders that it looks in, and the module's name. */
  readonly folders: readonly string[];
  readonly module: string;
  readonly variable: string;
  readonly kind: GraphCandidate["kind"];
  readonly config: { readonly [key: string]: Json };
  readonly context: Json | undefined;
}

/** `origin` is that of the runtime, `…:variable`. */
export function sourceOf(
  plan: LaunchPlan,
  name: string,
  origin: string,
  kind: GraphCandidate["kind"] | undefined,
): Source {
  const { program, graph, searchPaths, workspaceFolders } = plan.load;
  const variable = origin.slice(origin.lastIndexOf(":") + 1);
  const { config = {}, context } = plan.load;
  const common = { name, variable, kind: kind ?? "compiled", config, context };
  const near = (path: string): string => fromFolder(path, workspaceFolders);
  if (program === undefined) {
    const module = (graph ?? "").slice(0, (graph ?? "").lastIndexOf(":"));
    return { ...common, folders: [".", ...searchPaths.map(near)], module };
  }
  const own = dirname(program);
  const stem = basename(program, extname(program));
  const parts = [stem];
  let top = own;
  for (; existsSync(join(top, "__init__.py")); top = dirname(top)) parts.unshift(basename(top));
  const folders = [...new Set([top, own, ...searchPaths])].map(near);
  return { ...common, program: near(program), folders, module: parts.join(".") };
}

/** Relative to the folder that it is in, as it is written on every system. */
function fromFolder(path: string, folders: readonly string[]): string {
  for (const folder of folders) {
    const way = relative(folder, path);
    if (way === "") return ".";
    if (!isAbsolute(way) && way !== ".." && !way.startsWith(`..${sep}`)) return way.split(sep).join("/");
  }
  return path.split(sep).join("/");
}
