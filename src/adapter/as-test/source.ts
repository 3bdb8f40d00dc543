// Where a test finds the graph: as the launch did, from the workspace folder.

import { existsSync } from "node:fs";
import path from "node:path";
import type { GraphCandidate } from "../../model/graph.ts";
import type { Json } from "../../model/json.ts";
import type { LoadResult } from "../../protocol/runtime.ts";
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
  /** `unknown`: it has to be looked at when the test runs. */
  readonly kind: GraphCandidate["kind"] | "unknown";
  /** It was compiled with breakpoints of its own, at which a run stops. */
  readonly hasBreakpoints: boolean;
  readonly config: { readonly [key: string]: Json };
  readonly context: Json | undefined;
}

/** What of the runtime's `load` it is made of. `origin` is `…:variable`. */
type Loaded = Pick<LoadResult, "origin" | "compiledInterrupts" | "promised">;

/** `paths` are those of the system that the debugger runs on. */
export async function sourceOf(
  load: LaunchPlan["load"],
  name: string,
  { origin, compiledInterrupts, promised }: Loaded,
  kindOf: (variable: string) => Promise<GraphCandidate["kind"] | undefined>,
  paths: path.PlatformPath = path,
): Promise<Source> {
  const { program, graph, searchPaths, workspaceFolders, config = {}, context } = load;
  const variable = origin.slice(origin.lastIndexOf(":") + 1);
  const common = {
    name,
    variable,
    kind: (promised ? undefined : await kindOf(variable)) ?? ("unknown" as const),
    hasBreakpoints: compiledInterrupts.some((each) => each.graph === ""),
    config,
    context,
  };
  const near = (file: string): string => fromFolder(file, workspaceFolders, paths);
  if (program === undefined) {
    const module = (graph ?? "").slice(0, (graph ?? "").lastIndexOf(":"));
    return { ...common, folders: [".", ...searchPaths.map(near)], module };
  }
  const own = paths.dirname(program);
  const parts = [paths.basename(program, paths.extname(program))];
  let top = own;
  for (; existsSync(paths.join(top, "__init__.py")); top = paths.dirname(top))
    parts.unshift(paths.basename(top));
  const folders = [...new Set([top, own, ...searchPaths])].map(near);
  return { ...common, program: near(program), folders, module: parts.join(".") };
}

/** Relative to the folder that it is in, as it is written on every system. */
function fromFolder(
  file: string,
  folders: readonly string[],
  { relative, isAbsolute, sep }: path.PlatformPath,
): string {
  for (const folder of folders) {
    const way = relative(folder, file);
    if (way === "") return ".";
    if (!isAbsolute(way) && way !== ".." && !way.startsWith(`..${sep}`)) return way.split(sep).join("/");
  }
  return file.split(sep).join("/");
}
