// The command "Debug Graph": debugs a graph of a file without a launch configuration.

import path from "node:path";
import * as vscode from "vscode";
import { canHoldGraph } from "./languages.ts";

export const debugCommand = "langgraph.debugGraph";

export function registerDebugCommand(): vscode.Disposable {
  return vscode.commands.registerCommand(debugCommand, debugGraph);
}

/** Without `file`: the file in the active editor. Without `graph`: the file's only or usual one. */
async function debugGraph(file?: vscode.Uri, graph?: unknown): Promise<void> {
  const document = vscode.window.activeTextEditor?.document;
  const uri = file ?? (document && canHoldGraph(document) ? document.uri : undefined);
  if (!uri) {
    void vscode.window.showErrorMessage(
      "Open a Python, TypeScript or JavaScript file that holds a graph first.",
    );
    return;
  }
  // The menus pass things of their own as second argument.
  const variable = typeof graph === "string" ? graph : undefined;
  const open = vscode.workspace.textDocuments.find(
    (candidate) => candidate.uri.toString() === uri.toString(),
  );
  if (open?.isDirty && !(await open.save())) return;
  await vscode.debug.startDebugging(
    vscode.workspace.getWorkspaceFolder(uri),
    fileConfiguration(uri.fsPath, variable),
  );
}

/** The launch configuration for a graph of a file. */
export function fileConfiguration(file: string, graph?: string): vscode.DebugConfiguration {
  const name = path.basename(file);
  return {
    type: "langgraph",
    request: "launch",
    name: graph === undefined ? name : `${name}: ${graph}`,
    program: file,
    ...(graph !== undefined && { graph }),
  };
}
