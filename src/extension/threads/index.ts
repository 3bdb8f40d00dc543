// The view "LangGraph Threads" in the Run and Debug side bar: shows the threads of the workspace's checkpoint files.

import * as vscode from "vscode";
import { startAdapter } from "../adapter-process.ts";
import { ThreadActions } from "./actions.ts";
import { AdapterClient } from "./adapter-client.ts";
import { FileWatch } from "./files.ts";
import type { ThreadFile } from "./groups.ts";
import { Opening } from "./opening.ts";
import { Sessions } from "./sessions.ts";
import { problemText, ThreadStore } from "./store.ts";
import { type Row, sizeText, ThreadTree } from "./tree.ts";

const viewId = "langgraph.threads";
/** Which of the view's welcome texts is shown where it is empty: for want of a `file`, of `threads`, of any that fit the `filter`. */
const emptyKey = "langgraph.threads.empty";
const filteredKey = "langgraph.threads.filtered";
/** "5 min ago" is said anew this often. */
const labelMilliseconds = 60_000;
const idleMilliseconds = 60_000;

export class ThreadsView implements vscode.Disposable {
  readonly #client: AdapterClient;
  readonly #store: ThreadStore;
  readonly #tree: ThreadTree;
  readonly #view: vscode.TreeView<Row>;
  readonly #sessions = new Sessions();
  readonly #subscriptions: vscode.Disposable[];
  /** What lasts as long as the view is visible. */
  #watching: vscode.Disposable | undefined;
  /** The view has read what it shows. */
  #loaded: () => void = () => {};

  /** `adapter` is the path of dist/adapter.js. */
  constructor(adapter: string, log: vscode.LogOutputChannel) {
    this.#client = new AdapterClient({
      start: () => startAdapter(adapter, vscode.workspace.workspaceFolders?.[0]?.uri.fsPath),
      log,
      idleMilliseconds,
    });
    this.#store = new ThreadStore(this.#client);
    this.#tree = new ThreadTree(() => this.#load());
    this.#view = vscode.window.createTreeView(viewId, {
      treeDataProvider: this.#tree,
      canSelectMany: true,
    });
    const actions = new ThreadActions({
      client: this.#client,
      store: this.#store,
      opening: new Opening(this.#sessions),
      log,
      selection: () => this.#view.selection,
      refresh: () => this.#refresh(),
      reveal: (file, id) => this.#reveal(file, id),
    });
    this.#subscriptions = [
      this.#sessions,
      this.#tree,
      this.#view,
      actions,
      this.#client,
      this.#view.onDidChangeVisibility(({ visible }) => this.#shown(visible)),
      vscode.workspace.onDidGrantWorkspaceTrust(() => void this.#refresh()),
      vscode.workspace.onDidChangeWorkspaceFolders(() => void this.#refresh()),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (!event.affectsConfiguration("launch")) return;
        // Other files may be named now, which are to be watched.
        this.#shown(this.#view.visible);
        void this.#refresh();
      }),
    ];
    this.#shown(this.#view.visible);
  }

  dispose(): void {
    this.#watching?.dispose();
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #shown(visible: boolean): void {
    this.#watching?.dispose();
    this.#watching = undefined;
    if (!visible) return;
    const watch = new FileWatch((places) => void this.#follow(places));
    const labels = setInterval(() => this.#tree.relabel(), labelMilliseconds);
    this.#watching = vscode.Disposable.from(
      watch,
      { dispose: () => clearInterval(labels) },
      // What a watcher of the file system may miss, such as a file on another machine.
      this.#sessions.onDidChange(() => watch.soon()),
      vscode.window.onDidChangeWindowState(({ focused }) => {
        if (focused) watch.soon();
      }),
    );
    watch.soon(true);
  }

  async #follow(places: boolean): Promise<void> {
    if (await this.#store.hasChanged(places)) this.#tree.refresh();
  }

  /** Reads the files anew; resolves when the view shows what is in them. */
  async #refresh(): Promise<void> {
    this.#store.forget();
    const shown = new Promise<void>((resolve) => {
      this.#loaded = resolve;
    });
    this.#tree.refresh();
    if (this.#view.visible) await shown;
  }

  async #load(): Promise<readonly ThreadFile[]> {
    const files = await this.#store.read();
    this.#tell(files);
    this.#loaded();
    return files;
  }

  #tell(files: readonly ThreadFile[]): void {
    const { filter, problems } = this.#store;
    const isEmpty = files.every(({ threads }) => threads.length === 0);
    const lines = [
      ...(problems.length === 0 ? [] : [problemText(problems, files.length + problems.length > 1)]),
      // VS Code shows a welcome text only where there is no message.
      ...(filter === "" || isEmpty ? [] : [`Threads that contain “${filter}”`]),
    ];
    this.#view.description = sizeText(files);
    this.#view.message = lines.join("\n");
    const empty = files.length === 0 ? "file" : filter === "" ? "threads" : "filter";
    void vscode.commands.executeCommand("setContext", emptyKey, empty);
    void vscode.commands.executeCommand("setContext", filteredKey, filter !== "");
  }

  async #reveal(file: string, id: string): Promise<void> {
    await this.#refresh();
    const row = this.#tree.row(file, id);
    // The user may be elsewhere by now.
    if (row && this.#view.visible) await this.#view.reveal(row, { select: true, focus: false });
  }
}
