// A text of a question in a real editor, beside what it was: saving takes it, closing the tab leaves it.

import * as vscode from "vscode";

const scheme = "langgraph-answer";

interface Text {
  content: Uint8Array;
  readonly isOriginal: boolean;
  changed: number;
  /** Called with what was saved, or null when the tab is closed. */
  readonly done?: (text: string | null) => void;
}

/** Holds the texts for as long as VS Code has them open. */
export class TextEditing implements vscode.FileSystemProvider, vscode.Disposable {
  readonly #texts = new Map<string, Text>();
  readonly #changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly onDidChangeFile = this.#changed.event;
  readonly #subscriptions: vscode.Disposable[];
  #last = 0;

  constructor() {
    this.#subscriptions = [
      this.#changed,
      vscode.workspace.registerFileSystemProvider(scheme, this, { isCaseSensitive: true }),
      vscode.commands.registerCommand("langgraph.takeText", () =>
        vscode.window.activeTextEditor?.document.uri.scheme === scheme
          ? this.#take(vscode.window.activeTextEditor.document)
          : undefined,
      ),
      // Not when it is written: VS Code still looks at the file then, and what is not saved yet can't be closed.
      vscode.workspace.onDidSaveTextDocument((document) => this.#end(document.uri, document.getText())),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        if (uri.scheme === scheme) this.#texts.delete(uri.path);
      }),
      vscode.window.tabGroups.onDidChangeTabs(({ closed }) => {
        for (const { input } of closed)
          if (input instanceof vscode.TabInputTextDiff) this.#end(input.modified, null);
      }),
    ];
  }

  dispose(): void {
    for (const path of this.#texts.keys()) this.#end(vscode.Uri.from({ scheme, path }), null);
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  /** Resolves with the text when it is saved; with null when its tab is closed. */
  async edit(
    asked: { readonly title: string; readonly original: string; readonly text: string },
    viewColumn: vscode.ViewColumn,
  ): Promise<string | null> {
    const folder = `/${++this.#last}`;
    const name = `${asked.title.replaceAll(/[^\w.-]+/g, "_")}.txt`;
    const original = vscode.Uri.from({ scheme, path: `${folder}/original/${name}` });
    const edited = vscode.Uri.from({ scheme, path: `${folder}/${name}` });
    const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
    this.#texts.set(original.path, { content: encode(asked.original), isOriginal: true, changed: 1 });
    const result = new Promise<string | null>((done) => {
      this.#texts.set(edited.path, { content: encode(asked.text), isOriginal: false, changed: 1, done });
    });
    await vscode.commands.executeCommand(
      "vscode.diff",
      original,
      edited,
      `Answer for ${asked.title} (save to take it)`,
      { preview: false, viewColumn } satisfies vscode.TextDocumentShowOptions,
    );
    return result;
  }

  /** Takes the text whether it was changed or not. */
  async #take(document: vscode.TextDocument): Promise<void> {
    if (document.isDirty) await document.save();
    else this.#end(document.uri, document.getText());
  }

  #end(uri: vscode.Uri, text: string | null): void {
    if (uri.scheme !== scheme) return;
    const { done } = this.#texts.get(uri.path) ?? {};
    if (!done) return;
    done(text);
    if (text === null) return;
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
    const own = tabs.filter(
      ({ input }) => input instanceof vscode.TabInputTextDiff && input.modified.path === uri.path,
    );
    void vscode.window.tabGroups.close(own);
  }

  // ------------------------------------------------------------------------------------------ as a file system

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => {});
  }

  stat(uri: vscode.Uri): vscode.FileStat {
    const { content, isOriginal, changed } = this.#find(uri);
    const { File } = vscode.FileType;
    return {
      type: File,
      ctime: 1,
      mtime: changed,
      size: content.byteLength,
      ...(isOriginal && { permissions: vscode.FilePermission.Readonly }),
    };
  }

  readFile(uri: vscode.Uri): Uint8Array {
    return this.#find(uri).content;
  }

  writeFile(uri: vscode.Uri, content: Uint8Array): void {
    const text = this.#find(uri);
    if (text.isOriginal) throw vscode.FileSystemError.NoPermissions(uri);
    text.content = content;
    text.changed++;
  }

  readDirectory(): [string, vscode.FileType][] {
    return [];
  }

  createDirectory(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  delete(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  rename(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  #find(uri: vscode.Uri): Text {
    const text = this.#texts.get(uri.path);
    if (!text) throw vscode.FileSystemError.FileNotFound(uri);
    return text;
  }
}
