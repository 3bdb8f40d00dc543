// What can be done with threads: the commands of the Threads view, its menus and the command palette.

import * as vscode from "vscode";
import { askTest, showTest } from "../test-document.ts";
import type { AdapterClient } from "./adapter-client.ts";
import { cleanUp } from "./clean-up.ts";
import { defaultFile } from "./files.ts";
import { graphName } from "./groups.ts";
import { stateText, threadName, timeAgo } from "./labels.ts";
import type { Opening } from "./opening.ts";
import type { ThreadStore } from "./store.ts";
import { fileText, type Row, type ThreadRow } from "./tree.ts";

/** What the actions need of the view. */
export interface ActionContext {
  readonly client: AdapterClient;
  readonly store: ThreadStore;
  readonly opening: Opening;
  readonly log: vscode.LogOutputChannel;
  selection(): readonly Row[];
  /** Resolves when the view shows what the files hold now. */
  refresh(): Promise<void>;
  /** Selects the row of a thread after reading the files anew. */
  reveal(file: string, id: string): Promise<void>;
}

/** What a command was used on: the row whose menu it is in, or what is selected where a key was pressed. */
type Used = Row | "selection";
type Target = Pick<ThreadRow, "thread" | "file">;

export class ThreadActions implements vscode.Disposable {
  readonly #context: ActionContext;
  readonly #subscriptions: vscode.Disposable[];

  constructor(context: ActionContext) {
    this.#context = context;
    const { store } = context;
    this.#subscriptions = [
      this.#forThread("open", "Open", (row) => this.#open(row)),
      this.#forThread("rename", "Rename", (row) => this.#rename(row)),
      this.#forThread("note", "Write a note on", (row) => this.#note(row)),
      this.#forThread("copy", "Copy", (row) => this.#copy(row)),
      this.#forThread("export", "Export", (row) => this.#export(row)),
      this.#forThread("copyAsTest", "Copy as a test", (row) => this.#copyAsTest(row)),
      this.#forThread("copyId", "Copy the id of", async ({ thread }) =>
        vscode.env.clipboard.writeText(thread.id),
      ),
      this.#command("delete", async (row?: Used, rows?: readonly Row[]) => {
        const targets = await this.#targets("Delete", row, rows);
        if (targets.length > 0) await this.#delete(targets);
      }),
      this.#command("import", () => this.#import()),
      this.#command("cleanUp", async () => {
        const file = await this.#chooseFile("Clean up which checkpoint file?");
        if (file !== undefined) await cleanUp(context.client, file);
        await context.refresh();
      }),
      this.#command("filter", () => this.#filter()),
      this.#command("clearFilter", async () => {
        store.filter = "";
        await context.refresh();
      }),
      this.#command("refresh", () => context.refresh()),
      this.#command("more", async (file: string) => {
        store.more(file);
        await context.refresh();
      }),
    ];
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  // ------------------------------------------------------------------------------------------ of which thread

  #forThread(name: string, verb: string, act: (row: Target) => Promise<unknown>): vscode.Disposable {
    return this.#command(name, async (row?: Used) => {
      const [target] = await this.#targets(verb, row);
      if (target) await act(target);
    });
  }

  /** A failure is told once, with what to do next. */
  #command<Args extends unknown[]>(
    name: string,
    act: (...args: Args) => Promise<unknown>,
  ): vscode.Disposable {
    return vscode.commands.registerCommand(`langgraph.threads.${name}`, async (...args: Args) => {
      try {
        if (vscode.workspace.isTrusted) await act(...args);
        else await sayUntrusted();
      } catch (error) {
        const message = (error as Error).message;
        this.#context.log.error(`${name}: ${message}`);
        void vscode.window.showErrorMessage(message);
      }
    });
  }

  /** The rows that a menu or a key was used on; from the palette one that is chosen from a list. */
  async #targets(verb: string, row?: Used, rows?: readonly Row[]): Promise<Target[]> {
    if (row !== undefined) {
      const used = row === "selection" ? await this.#selection() : (rows ?? [row]);
      return used.filter((each) => each.kind === "thread");
    }
    const chosen = await this.#choose(verb);
    return chosen ? [chosen] : [];
  }

  /** What a key is meant for: the rows that are selected together, else the one that the keyboard is on. */
  async #selection(): Promise<readonly Row[]> {
    // The arrow keys move the focus and select nothing. A graph is opened and closed by this, as by any Enter.
    if (this.#context.selection().length < 2) await vscode.commands.executeCommand("list.select");
    return this.#context.selection();
  }

  async #choose(verb: string): Promise<Target | undefined> {
    const { store } = this.#context;
    const items = store.read().then((files) => {
      if (files.length === 0 && store.problems[0]) throw new Error(store.problems[0].message);
      return files.flatMap(({ file, threads }) => threads.map((thread) => choice({ file, thread })));
    });
    const chosen = await vscode.window.showQuickPick(items, {
      title: `${verb} which thread?`,
      placeHolder: "Name, id, graph or state",
      matchOnDescription: true,
      matchOnDetail: true,
    });
    return chosen?.row;
  }

  async #chooseFile(title: string): Promise<string | undefined> {
    const files = await this.#context.store.files();
    if (files.length === 0)
      throw new Error("There is no checkpoint file in the workspace: run a graph first.");
    if (files.length === 1) return files[0];
    const items = files.map((file) => ({ label: fileText(file), file }));
    return (await vscode.window.showQuickPick(items, { title }))?.file;
  }

  // ------------------------------------------------------------------------------------------ what is done

  async #open(row: Target): Promise<vscode.DebugSession | undefined> {
    const session = await this.#context.opening.open(row);
    if (session) await vscode.commands.executeCommand("workbench.view.debug");
    return session;
  }

  async #rename({ thread, file }: Target): Promise<void> {
    const name = await vscode.window.showInputBox({
      title: `Rename the thread ${threadName(thread)}`,
      prompt: `Thread id: ${thread.id}. An empty name takes the name away.`,
      value: thread.name ?? "",
    });
    if (name === undefined) return;
    await this.#describe({ thread, file }, { name: name.trim() === "" ? null : name.trim() });
  }

  async #note({ thread, file }: Target): Promise<void> {
    const note = await vscode.window.showInputBox({
      title: `Note on the thread ${threadName(thread)}`,
      prompt: "Shown when the mouse rests on the thread. An empty note takes it away.",
      value: thread.note ?? "",
    });
    if (note === undefined) return;
    await this.#describe({ thread, file }, { note: note.trim() === "" ? null : note });
  }

  async #describe(
    { thread, file }: Target,
    what: { name?: string | null; note?: string | null },
  ): Promise<void> {
    const { client, refresh } = this.#context;
    await client.request("langgraph/describeThread", { file, threadId: thread.id, ...what });
    await refresh();
  }

  async #copy({ thread, file }: Target): Promise<void> {
    const { client, reveal } = this.#context;
    const { threadId } = await client.request("langgraph/copyThread", { file, threadId: thread.id });
    await reveal(file, threadId);
  }

  async #delete(rows: readonly Target[]): Promise<void> {
    const { client, refresh } = this.#context;
    const gone: { file: string; deleted: string }[] = [];
    try {
      for (const { thread, file } of rows) {
        const { deleted } = await client.request("langgraph/deleteThread", { file, threadId: thread.id });
        gone.push({ file, deleted });
      }
    } finally {
      await refresh();
      if (gone.length > 0) void this.#offerUndo(rows.slice(0, gone.length), gone);
    }
  }

  async #offerUndo(
    rows: readonly Target[],
    gone: readonly { file: string; deleted: string }[],
  ): Promise<void> {
    const { client, refresh, reveal } = this.#context;
    const [only] = rows;
    const what =
      only && rows.length === 1 ? `The thread ${threadName(only.thread)}` : `${rows.length} threads`;
    const chosen = await vscode.window.showInformationMessage(`${what} deleted.`, "Undo");
    if (chosen === undefined) return;
    try {
      const restored = await Promise.all(gone.map((each) => client.request("langgraph/restoreThread", each)));
      const [first] = restored;
      if (first && only && rows.length === 1) await reveal(only.file, first.threadId);
      else await refresh();
    } catch (error) {
      void vscode.window.showErrorMessage((error as Error).message);
    }
  }

  async #export({ thread, file }: Target): Promise<void> {
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    const name = `${threadName(thread).replaceAll(/[^\p{L}\p{N}._-]+/gu, "-")}.thread.json`;
    const to = await vscode.window.showSaveDialog({
      title: `Export the thread ${threadName(thread)}`,
      filters: jsonFiles,
      ...(folder && { defaultUri: vscode.Uri.joinPath(folder.uri, name) }),
    });
    if (!to) return;
    await this.#context.client.request("langgraph/exportThread", {
      file,
      threadId: thread.id,
      to: to.fsPath,
    });
    const open = "Open";
    const message = `Exported to ${vscode.workspace.asRelativePath(to)}.`;
    if ((await vscode.window.showInformationMessage(message, open)) === open)
      await vscode.window.showTextDocument(to);
  }

  async #import(): Promise<void> {
    const { store, client, reveal } = this.#context;
    const isNew = (await store.files()).length === 0;
    const file = isNew ? defaultFile() : await this.#chooseFile("Import into which checkpoint file?");
    if (isNew && file === undefined) throw new Error("Open a folder first: threads are kept in it.");
    if (file === undefined) return;
    const chosen = await vscode.window.showOpenDialog({
      title: "Import Threads",
      openLabel: "Import",
      canSelectMany: true,
      filters: jsonFiles,
    });
    let last: string | undefined;
    for (const from of chosen ?? [])
      last = (await client.request("langgraph/importThread", { file, from: from.fsPath })).threadId;
    if (last !== undefined) await reveal(file, last);
  }

  async #copyAsTest(row: Target): Promise<void> {
    // What a test of the run says is known where its graph is loaded.
    const test = await this.#context.opening.borrow(row, (session) =>
      askTest(session, { threadId: row.thread.id }),
    );
    if (!test) return;
    await showTest(test);
  }

  async #filter(): Promise<void> {
    const { store, refresh } = this.#context;
    const filter = await vscode.window.showInputBox({
      title: "Filter the threads",
      prompt: "Shows threads whose id, name, graph or note contains it. Empty: all threads.",
      value: store.filter,
    });
    if (filter === undefined) return;
    store.filter = filter.trim();
    await refresh();
  }
}

const jsonFiles = { "Thread (JSON)": ["json"] };

function choice(row: Target): vscode.QuickPickItem & { readonly row: Target } {
  const { thread } = row;
  return {
    label: threadName(thread),
    description: `${stateText(thread)} · ${timeAgo(thread.updatedAt, Date.now())}`,
    detail: `${graphName(thread.graph)} · ${thread.id}`,
    row,
  };
}

async function sayUntrusted(): Promise<void> {
  const action = "Manage Workspace Trust";
  const message = "In a workspace that is not trusted no thread is read and no graph is run.";
  if ((await vscode.window.showWarningMessage(message, action)) === action)
    await vscode.commands.executeCommand("workbench.trust.manage");
}
