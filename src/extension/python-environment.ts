// Asks the Python extension, where it is installed, which interpreter the user chose there.

import { existsSync } from "node:fs";
import path from "node:path";
import * as vscode from "vscode";

/** The part of the Python extension's public API (ms-python.python, `environments`) that is used. */
interface PythonApi {
  readonly environments: {
    getActiveEnvironmentPath(resource?: vscode.Uri): { readonly id: string; readonly path: string };
    resolveEnvironment(environment: { readonly id: string; readonly path: string }): Promise<
      | {
          readonly executable: { readonly uri: vscode.Uri | undefined };
          /** Undefined for an interpreter that is in no environment, such as the system's. */
          readonly environment: unknown;
        }
      | undefined
    >;
  };
}

/**
 * The interpreter chosen in the Python extension for a graph, or undefined to leave the choice to the adapter: for
 * another language, without that extension, and where it names an interpreter outside of any environment (its answer
 * before the user has chosen) while the graph has a `.venv` near by.
 */
export async function chosenPython(
  configuration: vscode.DebugConfiguration,
  folder: string | undefined,
): Promise<string | undefined> {
  const target = String(configuration.program ?? configuration.graph ?? "").replace(/\.py:.*$/, ".py");
  if (/\.[cm]?[jt]sx?(:|$)/.test(target)) return undefined;
  const extension = vscode.extensions.getExtension<PythonApi>("ms-python.python");
  if (!extension) return undefined;
  const base = path.resolve(folder ?? "", String(configuration.cwd ?? ""));
  const place = target.endsWith(".py") ? path.resolve(base, target) : base;
  try {
    const { environments } = await extension.activate();
    const chosen = environments.getActiveEnvironmentPath(vscode.Uri.file(place));
    const resolved = await environments.resolveEnvironment(chosen);
    if (!resolved?.executable.uri) return undefined;
    if (resolved.environment === undefined && hasEnvironmentNear(place)) return undefined;
    return resolved.executable.uri.fsPath;
  } catch {
    // The Python extension failed, and tells of it itself: the adapter still finds an interpreter.
    return undefined;
  }
}

function hasEnvironmentNear(place: string): boolean {
  for (let folder = place; ; folder = path.dirname(folder)) {
    if (existsSync(path.join(folder, ".venv"))) return true;
    if (path.dirname(folder) === folder) return false;
  }
}
