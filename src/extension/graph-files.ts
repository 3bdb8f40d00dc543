// Knows which open files hold graphs, and where: the adapter's static analysis says so, once for each saved version.

import * as vscode from "vscode";
import type { GraphCandidate } from "../model/graph.ts";
import { askAdapter } from "./adapter-process.ts";
import { canHoldGraph, mentionsLanggraph } from "./languages.ts";

/** Paths of open files that may hold a graph; the run menu's "Debug Graph" is shown for these. */
const contextKey = "langgraph.graphFiles";

export class GraphFiles implements vscode.Disposable {
  readonly #adapter: string;
  readonly #log: vscode.LogOutputChannel;
  readonly #found = new Map<string, Promise<readonly GraphCandidate[]>>();
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscriptions: vscode.Disposable[];

  /** A file's graphs may be others than before. */
  readonly onDidChange = this.#changed.event;

  /** `adapter` is the path of dist/adapter.js. */
  constructor(adapter: string, log: vscode.LogOutputChannel) {
    this.#adapter = adapter;
    this.#log = log;
    this.#subscriptions = [
      this.#changed,
      vscode.workspace.onDidSaveTextDocument((document) => this.#forget(document)),
      vscode.workspace.onDidCloseTextDocument((document) => this.#forget(document)),
      vscode.workspace.onDidOpenTextDocument(() => this.#showInMenus()),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.#changed.fire()),
    ];
    this.#showInMenus();
  }

  /** The graphs of a document as it was saved last; none for a file that has nothing to do with LangGraph. */
  async in(document: vscode.TextDocument): Promise<readonly GraphCandidate[]> {
    if (!canHoldGraph(document) || !vscode.workspace.isTrusted || !mentionsLanggraph(document.getText()))
      return [];
    const path = document.uri.fsPath;
    let found = this.#found.get(path);
    if (!found) {
      found = this.#analyse(path);
      this.#found.set(path, found);
    }
    return found;
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  async #analyse(path: string): Promise<readonly GraphCandidate[]> {
    try {
      const answer = JSON.parse(await askAdapter(this.#adapter, ["--graphs", path])) as {
        graphs: GraphCandidate[];
      };
      return answer.graphs;
    } catch (error) {
      this.#log.warn(
        `The graphs of ${path} could not be listed: ${error instanceof Error ? error.message : error}`,
      );
      return [];
    }
  }

  #forget(document: vscode.TextDocument): void {
    this.#showInMenus();
    if (this.#found.delete(document.uri.fsPath)) this.#changed.fire();
  }

  #showInMenus(): void {
    const files = vscode.workspace.textDocuments.filter(
      (document) => canHoldGraph(document) && mentionsLanggraph(document.getText()),
    );
    const paths = Object.fromEntries(files.map((document) => [document.uri.fsPath, true]));
    void vscode.commands.executeCommand("setContext", contextKey, paths);
  }
}
