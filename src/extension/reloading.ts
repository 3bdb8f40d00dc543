// The command "Reload Graph": takes the code as it is now and stays at the same stop. Offered when a loaded file is saved.

import path from "node:path";
import * as vscode from "vscode";
import type { CustomRequests } from "../protocol/dap.ts";
import { type AdapterMessage, movesOn } from "./adapter-messages.ts";

const reloadCommand = "langgraph.reload";
const messageMilliseconds = 5_000;

export class Reloading implements vscode.Disposable {
  readonly #sessions = new Map<string, SessionCode>();
  readonly #subscriptions: vscode.Disposable[];

  constructor() {
    this.#subscriptions = [
      vscode.debug.registerDebugAdapterTrackerFactory("langgraph", {
        createDebugAdapterTracker: (session) => {
          const code = new SessionCode(session);
          this.#sessions.set(session.id, code);
          return code;
        },
      }),
      vscode.debug.onDidTerminateDebugSession(({ id }) => {
        this.#sessions.get(id)?.end();
        this.#sessions.delete(id);
      }),
      vscode.workspace.onDidSaveTextDocument(({ uri }) => {
        for (const code of this.#sessions.values()) void code.saved(uri);
      }),
      vscode.commands.registerCommand(reloadCommand, () => {
        const session = vscode.debug.activeDebugSession;
        return session && this.#sessions.get(session.id)?.reload();
      }),
    ];
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }
}

/** The code of one session: which of its files were saved since they were loaded. */
class SessionCode implements vscode.DebugAdapterTracker {
  readonly #session: vscode.DebugSession;
  #changed = new Set<string>();
  #stopped = false;
  #offering = false;
  #ended = false;

  constructor(session: vscode.DebugSession) {
    this.#session = session;
  }

  onDidSendMessage(message: AdapterMessage): void {
    if (message.type === "event" && message.event === "stopped") {
      this.#stopped = true;
      void this.#offer();
    } else if (movesOn(message)) this.#stopped = false;
  }

  end(): void {
    this.#ended = true;
  }

  async saved(file: vscode.Uri): Promise<void> {
    if (!(await this.#hasLoaded(file))) return;
    this.#changed.add(path.posix.basename(file.path));
    await this.#offer();
  }

  async reload(): Promise<void> {
    this.#changed.clear();
    try {
      const { gone } = await vscode.window.withProgress(
        { location: vscode.ProgressLocation.Window, title: "Reloading the graph" },
        () => this.#request("langgraph/reload", {}),
      );
      vscode.window.setStatusBarMessage("The graph has been reloaded", messageMilliseconds);
      if (gone?.before) await this.#offerToGoBack(gone.nodes, gone.before);
    } catch (error) {
      this.#showError(error);
    }
  }

  /** Once for all files that are saved until the user has decided, and only where the code can be taken anew. */
  async #offer(): Promise<void> {
    if (!this.#stopped || this.#offering || this.#changed.size === 0) return;
    this.#offering = true;
    const names = [...this.#changed].join(", ");
    const action = "Reload Graph";
    const chosen = await vscode.window.showInformationMessage(
      `${names} has changed since the graph was loaded.`,
      action,
    );
    this.#offering = false;
    if (this.#ended) return;
    if (chosen === action) await this.reload();
    else this.#changed.clear();
  }

  async #offerToGoBack(
    nodes: readonly string[],
    before: { id: string; next: readonly string[] },
  ): Promise<void> {
    const action = `Go Back to Before ${before.next.join(", ")}`;
    const chosen = await vscode.window.showWarningMessage(
      `The new code has no node ${nodes.join(", ")}, which the run stands before.`,
      action,
    );
    if (chosen !== action || this.#ended) return;
    try {
      await this.#request("langgraph/fork", { checkpointId: before.id });
    } catch (error) {
      this.#showError(error);
    }
  }

  async #hasLoaded(file: vscode.Uri): Promise<boolean> {
    try {
      const { sources } = (await this.#session.customRequest("loadedSources")) as {
        sources: { path?: string }[];
      };
      return sources.some((source) => source.path !== undefined && isSameFile(source.path, file));
    } catch {
      // The session has not started yet, or ends.
      return false;
    }
  }

  #request<Name extends keyof CustomRequests>(
    name: Name,
    args: CustomRequests[Name]["arguments"],
  ): Thenable<CustomRequests[Name]["body"]> {
    return this.#session.customRequest(name, args);
  }

  #showError(error: unknown): void {
    if (!this.#ended) void vscode.window.showErrorMessage((error as Error).message);
  }
}

/** `source` is a path, or the URI that VS Code makes of it in a remote window. */
function isSameFile(source: string, file: vscode.Uri): boolean {
  const uri = /^[a-z][\w+.-]+:\/\//i.test(source) ? vscode.Uri.parse(source) : vscode.Uri.file(source);
  // Windows and macOS find a file by a name in other case too.
  const plain = ({ path: name }: vscode.Uri): string =>
    process.platform === "linux" ? name : name.toLowerCase();
  return plain(uri) === plain(file);
}
