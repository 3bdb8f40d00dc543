// "Debug Graph" above each graph variable of a file.

import * as vscode from "vscode";
import { debugCommand } from "./debug-command.ts";
import type { GraphFiles } from "./graph-files.ts";

export class GraphLenses implements vscode.CodeLensProvider {
  readonly #graphs: GraphFiles;
  readonly onDidChangeCodeLenses: vscode.Event<void>;

  constructor(graphs: GraphFiles) {
    this.#graphs = graphs;
    this.onDidChangeCodeLenses = graphs.onDidChange;
  }

  async provideCodeLenses(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    const graphs = await this.#graphs.in(document);
    return graphs.map(({ variable, at }) => {
      const line = Math.min(at.line, document.lineCount) - 1;
      return new vscode.CodeLens(new vscode.Range(line, 0, line, 0), {
        title: "Debug Graph",
        tooltip: `Debug the graph "${variable}" with the LangGraph debugger`,
        command: debugCommand,
        arguments: [document.uri, variable],
      });
    });
  }
}
