// The panel's webview: its page, and messages that are checked on their way in and out.

import { randomBytes } from "node:crypto";
import * as vscode from "vscode";
import {
  type FromPanel,
  type Picture,
  panelProtocolVersion,
  readFromPanel,
  type ToPanel,
} from "../../protocol/webview.ts";
import { panelPage } from "./page.ts";
import { readings } from "./reading.ts";

export const viewType = "langgraph.panel";

/** What the page asks for without the user. */
const byItself: readonly FromPanel["type"][] = ["value", "inputSchema", ...readings];

export interface ViewListener {
  /** The page has been drawn, for the first time or anew, and knows nothing yet. */
  ready(view: PanelView): void;
  received(view: PanelView, message: FromPanel): void;
  closed(view: PanelView): void;
}

export class PanelView {
  readonly #panel: vscode.WebviewPanel;
  #isReady = false;
  #timers: NodeJS.Timeout[] = [];

  /** Fills a panel, one that is new or one that VS Code has restored. */
  constructor(
    panel: vscode.WebviewPanel,
    extension: vscode.Uri,
    log: vscode.LogOutputChannel,
    listener: ViewListener,
  ) {
    this.#panel = panel;
    const { webview } = panel;
    const folder = vscode.Uri.joinPath(extension, "dist", "webview");
    const file = (name: string): string => webview.asWebviewUri(vscode.Uri.joinPath(folder, name)).toString();
    webview.options = { enableScripts: true, localResourceRoots: [folder] };
    const typing = vscode.window.onDidChangeTextEditorSelection(({ kind }) => {
      if (kind !== undefined && kind !== vscode.TextEditorSelectionChangeKind.Command) this.#leaveFocus();
    });
    panel.onDidDispose(() => {
      typing.dispose();
      this.#leaveFocus();
      listener.closed(this);
    });
    webview.onDidReceiveMessage((value: unknown) => {
      const read = readFromPanel(value);
      if ("problem" in read) {
        log.warn(`A message of the panel was not understood: ${read.problem}`);
        return;
      }
      const { message } = read;
      if (message.type !== "ready") {
        if (!byItself.includes(message.type)) this.#leaveFocus();
        listener.received(this, message);
      } else if (message.version !== panelProtocolVersion)
        log.warn(`The panel is of version ${message.version}.`);
      else {
        this.#isReady = true;
        listener.ready(this);
      }
    });
    webview.html = panelPage(
      {
        origin: webview.cspSource,
        script: file("main.js"),
        style: file("main.css"),
        layout: file("layout.js"),
      },
      randomBytes(16).toString("base64"),
    );
  }

  get column(): vscode.ViewColumn | undefined {
    return this.#panel.viewColumn;
  }

  update(picture: Partial<Picture>): void {
    if (picture.title) this.#panel.title = `LangGraph: ${picture.title}`;
    this.post({ type: "update", version: panelProtocolVersion, picture });
  }

  post(message: ToPanel): void {
    // Before that the page does not listen; it is told everything when it does.
    if (this.#isReady) void this.#panel.webview.postMessage(message);
  }

  /** Brings the panel to the front, and gives it the focus unless that is to stay where it is. */
  show(preserveFocus = false): void {
    this.#panel.reveal(undefined, preserveFocus);
    this.#leaveFocus();
    if (preserveFocus) return;
    this.post({ type: "focus" });
    // At a stop VS Code gives the editor the focus, and on a slow machine does so only now. A user who has done
    // something since then has it where they want it.
    this.#timers = [300, 1000].map((milliseconds) =>
      setTimeout(() => {
        if (this.#panel.active) return;
        this.#panel.reveal();
        this.post({ type: "focus" });
      }, milliseconds),
    );
  }

  #leaveFocus(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers = [];
  }
}
