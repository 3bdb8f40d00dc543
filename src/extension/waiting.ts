// Says that runs wait for answers where it could be missed: a status bar item, and a notification behind other windows.

import * as vscode from "vscode";

const answerCommand = "langgraph.answer";
/** A user who has typed within this time is still typing. */
const typingMilliseconds = 2000;

function isWanted(name: "notification" | "statusBar"): boolean {
  return vscode.workspace.getConfiguration("langgraph.waiting").get(name) !== false;
}

/** The status bar item that counts runs that wait. */
export class WaitingNotices implements vscode.Disposable {
  readonly #item = vscode.window.createStatusBarItem("langgraph.waiting", vscode.StatusBarAlignment.Left, 50);
  readonly #subscription: vscode.Disposable;
  #names: readonly string[] = [];

  constructor() {
    this.#item.name = "LangGraph: Waiting Runs";
    this.#item.command = answerCommand;
    this.#subscription = vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration("langgraph.waiting")) this.show(this.#names);
    });
  }

  /** `names`: of the sessions whose runs wait. */
  show(names: readonly string[]): void {
    this.#names = names;
    const count = names.length;
    if (count === 0 || !isWanted("statusBar")) {
      this.#item.hide();
      return;
    }
    const runs = count === 1 ? "1 run waits" : `${count} runs wait`;
    this.#item.text = `$(comment-discussion) ${runs}`;
    this.#item.tooltip = `${runs} for an answer: ${names.join(", ")}`;
    this.#item.accessibilityInformation = { label: this.#item.tooltip, role: "button" };
    this.#item.show();
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#item.dispose();
  }
}

/** Tells of a run that begins to wait while another window is in front. */
export async function notify(session: string, text: string, answer: () => Promise<void>): Promise<void> {
  if (vscode.window.state.focused || !isWanted("notification")) return;
  const [now, off] = ["Answer", "Don't Notify"] as const;
  const chosen = await vscode.window.showInformationMessage(`${session}: ${text}`, now, off);
  if (chosen === now) await answer();
  else if (chosen === off) {
    await vscode.workspace
      .getConfiguration("langgraph.waiting")
      .update("notification", false, vscode.ConfigurationTarget.Global);
  }
}

/** Knows whether the user is typing in an editor, whose keys then go nowhere else. */
export class Typing implements vscode.Disposable {
  readonly #subscription: vscode.Disposable;
  #last = 0;

  constructor() {
    this.#subscription = vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      if (contentChanges.length > 0 && document === vscode.window.activeTextEditor?.document)
        this.#last = Date.now();
    });
  }

  get isNow(): boolean {
    return Date.now() - this.#last < typingMilliseconds;
  }

  dispose(): void {
    this.#subscription.dispose();
  }
}
