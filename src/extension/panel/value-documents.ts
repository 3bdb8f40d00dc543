// Values of checkpoints as documents that can only be read, for VS Code's own editor for differences.

import * as vscode from "vscode";

const scheme = "langgraph-value";

export class ValueDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #texts = new Map<string, string>();
  readonly #subscriptions: vscode.Disposable[];
  #last = 0;

  constructor() {
    this.#subscriptions = [
      vscode.workspace.registerTextDocumentContentProvider(scheme, this),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        if (uri.scheme === scheme) this.#texts.delete(uri.path);
      }),
    ];
  }

  provideTextDocumentContent({ path }: vscode.Uri): string {
    return this.#texts.get(path) ?? "";
  }

  /** Shows two values side by side. `name` is the file's, without its ending. */
  async compare(
    name: string,
    title: string,
    [left, right]: readonly [string, string],
    viewColumn: vscode.ViewColumn,
  ): Promise<void> {
    const open = (json: string): vscode.Uri => {
      const { text, ending } = readable(json);
      const path = `/${++this.#last}/${name.replaceAll(/[^\w.-]+/g, "_")}.${ending}`;
      this.#texts.set(path, text);
      return vscode.Uri.from({ scheme, path });
    };
    await vscode.commands.executeCommand("vscode.diff", open(left), open(right), title, {
      viewColumn,
    } satisfies vscode.TextDocumentShowOptions);
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }
}

/** A text is compared by its lines, anything else as JSON. */
function readable(json: string): { text: string; ending: string } {
  if (!json.startsWith('"')) return { text: json, ending: "json" };
  return { text: JSON.parse(json) as string, ending: "txt" };
}
