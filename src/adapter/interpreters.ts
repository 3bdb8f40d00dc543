// Chooses the Python or the Node that runs the user's graph.

import { existsSync } from "node:fs";
import { delimiter, dirname, isAbsolute, join, resolve } from "node:path";
import { interpreterNotFound, noInterpreter } from "./errors.ts";

const windows = process.platform === "win32";

/**
 * The interpreter of a Python graph: `chosen`; else the `.venv` nearest to one of `folders`; else `VIRTUAL_ENV`; else
 * what the PATH of `env` has.
 */
export function choosePython(
  chosen: string | undefined,
  folders: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): string {
  if (chosen !== undefined) return named("python", chosen, cwd, env);
  for (const folder of folders) {
    for (let current = folder; ; current = dirname(current)) {
      const python = inEnvironment(join(current, ".venv"));
      if (python) return python;
      if (dirname(current) === current) break;
    }
  }
  if (env.VIRTUAL_ENV) {
    const python = inEnvironment(env.VIRTUAL_ENV);
    if (python) return python;
  }
  const names = windows ? ["python", "python3", "py"] : ["python3", "python"];
  for (const name of names) {
    const python = onPath(name, env);
    if (python) return python;
  }
  throw noInterpreter("Python", "python", [".venv", "VIRTUAL_ENV", ...names]);
}

export function chooseNode(chosen: string | undefined, cwd: string, env: NodeJS.ProcessEnv): string {
  if (chosen !== undefined) return named("node", chosen, cwd, env);
  const node = onPath("node", env);
  if (node) return node;
  throw noInterpreter("Node", "node", ["node"]);
}

function inEnvironment(folder: string): string | undefined {
  const python = windows ? join(folder, "Scripts", "python.exe") : join(folder, "bin", "python");
  return existsSync(python) ? python : undefined;
}

function named(attribute: string, command: string, cwd: string, env: NodeJS.ProcessEnv): string {
  if (!isAbsolute(command) && !/[\\/]/.test(command)) {
    const found = onPath(command, env);
    if (found) return found;
  } else if (existsSync(resolve(cwd, command))) {
    return resolve(cwd, command);
  } else if (windows && existsSync(resolve(cwd, `${command}.exe`))) {
    return resolve(cwd, `${command}.exe`);
  }
  throw interpreterNotFound(attribute, command);
}

function onPath(name: string, env: NodeJS.ProcessEnv): string | undefined {
  const path = Object.entries(env).find(([key]) => (windows ? key.toUpperCase() : key) === "PATH")?.[1] ?? "";
  for (const folder of path.split(delimiter)) {
    if (folder === "") continue;
    const file = join(folder, windows && !/\.exe$/i.test(name) ? `${name}.exe` : name);
    if (existsSync(file)) return file;
  }
  return undefined;
}
