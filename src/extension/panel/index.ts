// The panel "LangGraph: <graph>": opens beside the editor, follows the active session, and does what is asked in it.

import * as vscode from "vscode";
import type { SourcePlace } from "../../protocol/dap.ts";
import {
  draftKey,
  type FromPanel,
  type Json,
  type PanelRequest,
  type Picture,
} from "../../protocol/webview.ts";
import { debugCommand } from "../debug-command.ts";
import { TextEditing } from "../text-editing.ts";
import { FileWatch } from "../threads/files.ts";
import { fileUri, toggleBreakpoint } from "./breakpoints.ts";
import { DraftStore } from "./drafts.ts";
import { PanelPast } from "./past.ts";
import { SessionPicture } from "./session-picture.ts";
import { PanelView, viewType } from "./view.ts";

/** What the menu of a node knows: attributes of the element that was clicked. */
interface MenuTarget {
  readonly graph?: unknown;
  readonly node?: unknown;
}

export class GraphPanel implements vscode.Disposable {
  readonly #context: vscode.ExtensionContext;
  readonly #log: vscode.LogOutputChannel;
  readonly #drafts: DraftStore;
  readonly #sessions = new Map<string, SessionPicture>();
  readonly #subscriptions: vscode.Disposable[];
  /** The session that the panel shows; stays after its end until another begins. */
  #shown: SessionPicture | undefined;
  #view: PanelView | undefined;
  readonly #texts = new TextEditing();
  readonly #past = new PanelPast();

  constructor(context: vscode.ExtensionContext, log: vscode.LogOutputChannel) {
    this.#context = context;
    this.#log = log;
    this.#drafts = new DraftStore(context.workspaceState);
    const menu = (name: string, act: (graph: string, node: string) => void): vscode.Disposable =>
      vscode.commands.registerCommand(`langgraph.panel.${name}`, ({ graph, node }: MenuTarget = {}) => {
        if (typeof graph === "string" && typeof node === "string") act(graph, node);
      });
    this.#subscriptions = [
      this.#texts,
      this.#past,
      vscode.debug.registerDebugAdapterTrackerFactory("langgraph", {
        createDebugAdapterTracker: (session) => this.#follow(session),
      }),
      vscode.debug.onDidTerminateDebugSession(({ id }) => {
        this.#sessions.get(id)?.over();
        this.#sessions.delete(id);
      }),
      vscode.debug.onDidChangeActiveDebugSession((session) => {
        const picture = session && this.#sessions.get(session.id);
        if (picture) this.#show(picture);
      }),
      new FileWatch(() => void this.#shown?.fileChanged()),
      vscode.debug.onDidChangeBreakpoints(() => this.#shown?.readSoon()),
      vscode.commands.registerCommand("langgraph.showPanel", () => {
        if (this.#view) this.#view.show();
        else this.#open(false);
      }),
      menu("openNode", (graph, node) => void this.#openNode(graph, node)),
      menu("breakBefore", (graph, node) => void this.#toggle(graph, node, "before")),
      menu("breakAfter", (graph, node) => void this.#toggle(graph, node, "after")),
      vscode.window.registerWebviewPanelSerializer(viewType, {
        deserializeWebviewPanel: async (panel) => this.#fill(panel),
      }),
    ];
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    for (const session of this.#sessions.values()) session.dispose();
  }

  /**
   * Shows the questions of this session where the panel is open; false where it is not. `preserveFocus` leaves the
   * keyboard to a user who is typing.
   */
  ask(session: vscode.DebugSession, preserveFocus: boolean): boolean {
    const picture = this.#sessions.get(session.id);
    if (!this.#view || !picture) return false;
    this.#show(picture);
    this.#view.show(preserveFocus);
    return true;
  }

  // ------------------------------------------------------------------------------------------ sessions

  #follow(session: vscode.DebugSession): SessionPicture {
    let stops = 0;
    const picture: SessionPicture = new SessionPicture(session, {
      changed: (parts) => {
        if (picture === this.#shown) this.#view?.update(this.#withDrafts(parts));
      },
      stopped: () => {
        if (++stops === 1) this.#openAtStop(session);
      },
      said: (texts) => {
        if (picture === this.#shown) this.#view?.post({ type: "live", texts });
      },
    });
    this.#sessions.set(session.id, picture);
    if (!this.#shown || this.#shown.isOver) this.#show(picture);
    return picture;
  }

  #show(picture: SessionPicture): void {
    if (this.#shown === picture) return;
    this.#shown = picture;
    this.#tellAll();
  }

  #tellAll(): void {
    // Without a session, a panel that was restored goes on to show its last picture.
    this.#view?.update(this.#shown ? this.#withDrafts(this.#shown.picture) : {});
  }

  #withDrafts(parts: Partial<Picture>): Partial<Picture> {
    const thread = this.#shown?.picture.thread;
    return "interrupts" in parts || "thread" in parts ? { ...parts, drafts: this.#drafts.of(thread) } : parts;
  }

  // ------------------------------------------------------------------------------------------ the panel

  #openAtStop(session: vscode.DebugSession): void {
    const wanted = vscode.workspace
      .getConfiguration("langgraph.panel", session.workspaceFolder)
      .get("openOnStop");
    if (this.#view || wanted === false || session.configuration.noDebug === true) return;
    if (vscode.window.activeTextEditor) {
      this.#open(true);
      return;
    }
    // There is nothing to open it beside: the source comes first.
    const opened = vscode.window.onDidChangeActiveTextEditor(() => {
      opened.dispose();
      clearTimeout(timer);
      if (!this.#view) this.#open(true);
    });
    const timer = setTimeout(() => {
      opened.dispose();
      if (!this.#view) this.#open(true);
    }, 1000);
  }

  #open(preserveFocus: boolean): void {
    const { picture } = this.#shown ?? {};
    const panel = vscode.window.createWebviewPanel(
      viewType,
      picture?.title ? `LangGraph: ${picture.title}` : "LangGraph",
      { viewColumn: vscode.ViewColumn.Beside, preserveFocus },
    );
    this.#fill(panel);
  }

  #fill(panel: vscode.WebviewPanel): void {
    this.#view = new PanelView(panel, this.#context.extensionUri, this.#log, {
      ready: () => this.#tellAll(),
      received: (view, message) => void this.#do(view, message),
      closed: (view) => {
        if (this.#view === view) this.#view = undefined;
      },
    });
  }

  // ------------------------------------------------------------------------------------------ what is asked in it

  async #do(view: PanelView, message: FromPanel): Promise<void> {
    try {
      if ("request" in message) {
        view.post({ type: "result", request: message.request, ...(await this.#answer(message)) });
        return;
      }
      switch (message.type) {
        case "openNode":
          return await this.#openNode(message.graph, message.node);
        case "openInterrupt":
          return await this.#openSource(this.#shown?.interrupt(message.id, message.index)?.source);
        case "openError":
          return await this.#openSource(this.#shown?.errorPlace);
        case "toggleBreakpoint":
          return await this.#toggle(message.graph, message.node, message.when);
        case "continue":
          return await vscode.commands.executeCommand("workbench.action.debug.continue");
        case "start":
          return await this.#start();
        case "copyText":
          return await vscode.env.clipboard.writeText(message.text);
        case "draft": {
          const thread = this.#shown?.picture.thread;
          if (thread !== undefined) this.#drafts.set(thread, message.key, message.value);
        }
      }
    } catch (error) {
      void vscode.window.showErrorMessage((error as Error).message);
    }
  }

  async #answer(message: PanelRequest): Promise<{ value: Json } | { error: string }> {
    try {
      return { value: await this.#result(message) };
    } catch (error) {
      return { error: (error as Error).message };
    }
  }

  async #result(message: PanelRequest): Promise<Json> {
    const session = this.#shown;
    if (!session || session.isOver) throw new Error("The session has ended.");
    switch (message.type) {
      case "answer": {
        const { answers, update, goto } = message;
        await session.request("langgraph/resume", {
          answers: Object.fromEntries(answers.map(({ value, ...which }) => [draftKey(which), value])),
          ...(update && { update }),
          ...(goto && { goto }),
        });
        return null;
      }
      case "value": {
        const found = session.interrupt(message.id, message.index);
        if (!found) throw new Error("This question no longer waits.");
        return found.value;
      }
      case "editText":
        return await this.#editText(message);
      case "input":
        await session.request("langgraph/input", { input: message.input });
        return null;
      case "inputSchema":
        return session.inputSchema;
      default:
        // The panel may have asked before it was told of another session.
        if (message.thread !== session.picture.thread) throw new Error("Another thread is shown by now.");
        return (await this.#past.answer(session, message, this.#otherColumn)) as Json;
    }
  }

  async #toggle(graph: string, name: string, when: "before" | "after"): Promise<void> {
    const shown = this.#shown;
    const node = shown?.node(graph, name);
    if (!shown || !node) this.#sayThatNothingRuns();
    else await toggleBreakpoint(shown.session, shown.breakpointIds(graph, name, when), graph, node, when);
  }

  async #openNode(graph: string, name: string): Promise<void> {
    const node = this.#shown?.node(graph, name);
    if (!node) this.#sayThatNothingRuns();
    else if (!node.source) vscode.window.setStatusBarMessage(`${name} has no source in the workspace`, 5000);
    else await this.#openSource(node.source);
  }

  #sayThatNothingRuns(): void {
    vscode.window.setStatusBarMessage("Start a debug session to go from the graph to its code", 5000);
  }

  /** In the group where the file is shown already, else in one that is not the panel's. */
  async #openSource(place: SourcePlace | undefined): Promise<void> {
    if (!place) return;
    const uri = fileUri(place.path);
    const shown = vscode.window.visibleTextEditors.find(({ document }) => document.uri.path === uri.path);
    const at = new vscode.Range(place.line - 1, 0, place.line - 1, 0);
    await vscode.window.showTextDocument(uri, {
      viewColumn: shown?.viewColumn ?? this.#otherColumn,
      selection: at,
    });
  }

  /** A group of editors that is not the panel's: a panel that is covered forgets what it asked for. */
  get #otherColumn(): vscode.ViewColumn {
    const other = vscode.window.tabGroups.all.find(({ viewColumn }) => viewColumn !== this.#view?.column);
    return other?.viewColumn ?? vscode.ViewColumn.Beside;
  }

  async #editText(asked: Extract<PanelRequest, { type: "editText" }>): Promise<string | null> {
    const text = await this.#texts.edit(asked, this.#otherColumn);
    if (text !== null) this.#view?.show();
    return text;
  }

  async #start(): Promise<void> {
    const shown = vscode.window.visibleTextEditors.map(({ document }) => document.uri);
    const graphs = shown.filter(({ path }) => /\.(py|[cm]?[jt]sx?)$/.test(path));
    await vscode.commands.executeCommand(debugCommand, graphs[0]);
  }
}
