// Completes launch configurations, and offers one for each graph that can be found.

import path from "node:path";
import * as vscode from "vscode";
import { fileConfiguration } from "./debug-command.ts";
import type { GraphFiles } from "./graph-files.ts";
import { canHoldGraph } from "./languages.ts";
import { chosenPython } from "./python-environment.ts";

/**
 * Fills in what the user left out; F5 without launch.json debugs the open file. In a workspace that is not trusted
 * VS Code says why nothing can run before it asks for a configuration.
 */
export class LaunchConfigurations implements vscode.DebugConfigurationProvider {
  async resolveDebugConfiguration(
    _folder: vscode.WorkspaceFolder | undefined,
    configuration: vscode.DebugConfiguration,
  ): Promise<vscode.DebugConfiguration | undefined> {
    if (configuration.program !== undefined || configuration.graph !== undefined) return configuration;
    const document = vscode.window.activeTextEditor?.document;
    if (!document || !canHoldGraph(document)) {
      void vscode.window.showErrorMessage(
        'Nothing to debug: open a Python, TypeScript or JavaScript file that holds a graph, or set "program" or "graph" in launch.json.',
      );
      return undefined;
    }
    return { ...fileConfiguration(document.uri.fsPath), ...withoutEmpty(configuration) };
  }

  async resolveDebugConfigurationWithSubstitutedVariables(
    folder: vscode.WorkspaceFolder | undefined,
    configuration: vscode.DebugConfiguration,
  ): Promise<vscode.DebugConfiguration> {
    const folders = vscode.workspace.workspaceFolders ?? [];
    // The folder of the configuration comes first: relative paths start there.
    const ordered = [...new Set([...(folder ? [folder] : []), ...folders])].map(({ uri }) => uri.fsPath);
    const python = configuration.python ?? (await chosenPython(configuration, ordered[0]));
    return {
      ...configuration,
      ...(ordered.length > 0 && { workspaceFolders: configuration.workspaceFolders ?? ordered }),
      ...(python !== undefined && { python }),
    };
  }
}

/** F5 without launch.json passes an empty type, request and name. */
function withoutEmpty(configuration: vscode.DebugConfiguration): Partial<vscode.DebugConfiguration> {
  return Object.fromEntries(
    Object.entries(configuration).filter(([, value]) => value !== "" && value !== undefined),
  );
}

/** One configuration for each graph of the open file and of every langgraph.json. */
export class OfferedConfigurations implements vscode.DebugConfigurationProvider {
  readonly #graphs: GraphFiles;

  constructor(graphs: GraphFiles) {
    this.#graphs = graphs;
  }

  async provideDebugConfigurations(folder?: vscode.WorkspaceFolder): Promise<vscode.DebugConfiguration[]> {
    if (!vscode.workspace.isTrusted) return [];
    // VS Code asks for each folder, and once more for all of them.
    if (!folder && vscode.workspace.workspaceFolders?.length) return [];
    const document = vscode.window.activeTextEditor?.document;
    const inFile = document ? await this.#graphs.in(document) : [];
    const named = await graphsOfLanggraphJson(folder);
    return [...inFile.map(({ variable, at }) => fileConfiguration(at.path, variable)), ...named];
  }
}

async function graphsOfLanggraphJson(folder?: vscode.WorkspaceFolder): Promise<vscode.DebugConfiguration[]> {
  const everywhere = "**/langgraph.json";
  const files = await vscode.workspace.findFiles(
    folder ? new vscode.RelativePattern(folder, everywhere) : everywhere,
    "**/{node_modules,.venv,venv}/**",
    100,
  );
  const perFile = await Promise.all(files.sort((a, b) => (a.path < b.path ? -1 : 1)).map(graphNames));
  return perFile.flatMap(({ file, names }) =>
    names.map((graph) => ({
      type: "langgraph",
      request: "launch",
      name: `${graph} (${vscode.workspace.asRelativePath(file)})`,
      graph,
      cwd: path.dirname(file.fsPath),
    })),
  );
}

/** A langgraph.json that can't be read offers nothing here; launching one of its graphs says what is wrong. */
async function graphNames(file: vscode.Uri): Promise<{ file: vscode.Uri; names: string[] }> {
  try {
    const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(file));
    const { graphs } = JSON.parse(text) as { graphs?: object };
    return { file, names: Object.keys(graphs ?? {}) };
  } catch {
    return { file, names: [] };
  }
}
