// Where the project's folders and the programs that setup puts into them are.
import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const windows = process.platform === "win32";

/** The repository's folder. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..", "..");

/** Ignored folder for programs that are fetched and for files that can be made again. */
export const toolsDir = path.join(root, ".tools");

export const examplesDir = path.join(root, "examples");

/** The virtual environment of the Python examples; tests and checks run in it too. */
export const venvDir = path.join(root, "examples", "python", ".venv");

export const venvPython = path.join(venvDir, ...(windows ? ["Scripts", "python.exe"] : ["bin", "python"]));

/** Path of a command line program installed in the virtual environment, such as `ruff`. */
export function venvProgram(name) {
  return path.join(path.dirname(venvPython), windows ? `${name}.exe` : name);
}

/** The project's own Node (24), which runs tests, tools and the web edition of VS Code. */
export const node = path.join(root, "node_modules", "node", "bin", windows ? "node.exe" : "node");

/** Path of a file inside node_modules; pass it to `node` instead of a shell shim, which differs by platform. */
export function moduleFile(...parts) {
  return path.join(root, "node_modules", ...parts);
}

/**
 * Path of the first program of these names on PATH, or undefined.
 * On Windows the endings of PATHEXT are tried.
 */
export function findOnPath(...names) {
  const endings = windows ? (process.env.PATHEXT ?? ".EXE;.CMD").split(";") : [""];
  for (const name of names) {
    for (const folder of (process.env.PATH ?? "").split(path.delimiter)) {
      if (folder === "" || path.resolve(folder) === moduleFile(".bin")) continue;
      for (const ending of endings) {
        const file = path.join(folder, name + ending.toLowerCase());
        if (existsSync(file)) return file;
      }
    }
  }
  return undefined;
}
