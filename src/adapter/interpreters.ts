// Chooses the Python or the Node that runs the user's graph.

import { statSync } from "node:fs";
import { posix, win32 } from "node:path";
import { interpreterNotFound, noInterpreter } from "./errors.ts";

/** What the choice depends on; tests give one of another platform. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly env: NodeJS.ProcessEnv;
  isFile(path: string): boolean;
}

export function thisMachine(env: NodeJS.ProcessEnv): Machine {
  return {
    platform: process.platform,
    env,
    isFile: (path) => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false,
  };
}

/**
 * The interpreter of a Python graph: `chosen`; else the `.venv` nearest to one of `folders`; else `VIRTUAL_ENV`; else
 * what the PATH has. Folders are absolute, `chosen` may be relative to `cwd`.
 */
export function choosePython(
  machine: Machine,
  chosen: string | undefined,
  folders: readonly string[],
  cwd: string,
): string {
  if (chosen !== undefined) return named(machine, "python", chosen, cwd);
  const windows = isWindows(machine);
  const inEnvironment = windows ? ["Scripts", "python.exe"] : ["bin", "python"];
  const own = nearest(machine, folders, [".venv", ...inEnvironment]);
  if (own !== undefined) return own;
  if (machine.env.VIRTUAL_ENV) {
    const python = pathOf(machine).join(machine.env.VIRTUAL_ENV, ...inEnvironment);
    if (machine.isFile(python)) return python;
  }
  const names = windows ? ["python", "python3", "py"] : ["python3", "python"];
  for (const name of names) {
    const python = onPath(machine, name);
    if (python !== undefined) return python;
  }
  throw noInterpreter("Python", "python", [".venv", "VIRTUAL_ENV", ...names]);
}

/**
 * The Node of a JavaScript graph: `chosen`; else the one that the project itself installs (npm's package `node`, which
 * its npm scripts run with too); else what the PATH has.
 */
export function chooseNode(
  machine: Machine,
  chosen: string | undefined,
  folders: readonly string[],
  cwd: string,
): string {
  if (chosen !== undefined) return named(machine, "node", chosen, cwd);
  const file = isWindows(machine) ? "node.exe" : "node";
  const node = nearest(machine, folders, ["node_modules", "node", "bin", file]) ?? onPath(machine, "node");
  if (node === undefined) throw noInterpreter("Node", "node", ["node"]);
  return node;
}

const isWindows = (machine: Machine): boolean => machine.platform === "win32";
const pathOf = (machine: Machine): typeof posix => (isWindows(machine) ? win32 : posix);

/** The file at `parts` below one of `folders`, or below a folder around it. */
function nearest(machine: Machine, folders: readonly string[], parts: readonly string[]): string | undefined {
  const path = pathOf(machine);
  for (const folder of folders) {
    for (let current = folder; ; current = path.dirname(current)) {
      const file = path.join(current, ...parts);
      if (machine.isFile(file)) return file;
      if (path.dirname(current) === current) break;
    }
  }
  return undefined;
}

function named(machine: Machine, attribute: string, command: string, cwd: string): string {
  const path = pathOf(machine);
  if (!path.isAbsolute(command) && !/[\\/]/.test(command)) {
    const found = onPath(machine, command);
    if (found !== undefined) return found;
  } else {
    const file = path.resolve(cwd, command);
    if (machine.isFile(file)) return file;
    if (isWindows(machine) && machine.isFile(`${file}.exe`)) return `${file}.exe`;
  }
  throw interpreterNotFound(attribute, command);
}

function onPath(machine: Machine, name: string): string | undefined {
  return allOnPath(machine, name)[0];
}

/** Every program of this name on the PATH, first the one that a shell would take. */
export function allOnPath(machine: Machine, name: string): string[] {
  const windows = isWindows(machine);
  const path = pathOf(machine);
  const file = windows && !/\.exe$/i.test(name) ? `${name}.exe` : name;
  const searched =
    Object.entries(machine.env).find(([key]) => (windows ? key.toUpperCase() : key) === "PATH")?.[1] ?? "";
  return searched
    .split(path.delimiter)
    .filter((folder) => folder !== "")
    .map((folder) => path.join(folder, file))
    .filter((candidate) => machine.isFile(candidate));
}
