// Asks the user what a stopped run waits for: the answer to an interrupt, or the input.

import * as vscode from "vscode";
import type { CustomRequests, WaitingInterrupt } from "../protocol/dap.ts";
import type { Json } from "../protocol/runtime.ts";
import { type AdapterMessage, isAnswered, isRefused, movesOn } from "./adapter-messages.ts";
import {
  answerMistake,
  type InputField,
  inputTemplate,
  jsonMistake,
  parseAnswer,
  questionText,
} from "./answers.ts";
import { notify, Typing, WaitingNotices } from "./waiting.ts";

/** What shows the questions in a place of its own, where it is open. */
export interface QuestionPanel {
  /** False where it is not open. */
  ask(session: vscode.DebugSession, preserveFocus: boolean): boolean;
}

const answerCommand = "langgraph.answer";
/** True while a run waits for an answer or an input: shows the button that asks again. */
const waitingKey = "langgraph.waiting";

/** What a session's run waits for, and the thread that stands there. */
interface Wait {
  readonly for: "answer" | "input";
  readonly threadId: number;
}

export class Questions implements vscode.Disposable {
  readonly #sessions = new Map<string, SessionQuestions>();
  readonly #subscriptions: vscode.Disposable[];
  readonly #notices = new WaitingNotices();

  constructor(panel: QuestionPanel) {
    const typing = new Typing();
    this.#subscriptions = [
      typing,
      this.#notices,
      vscode.debug.registerDebugAdapterTrackerFactory("langgraph", {
        createDebugAdapterTracker: (session) => {
          const questions = new SessionQuestions(session, panel, typing, () => this.#showButton());
          this.#sessions.set(session.id, questions);
          return questions;
        },
      }),
      vscode.debug.onDidTerminateDebugSession((session) => {
        this.#sessions.get(session.id)?.done();
        this.#sessions.delete(session.id);
      }),
      vscode.debug.onDidChangeActiveDebugSession(() => this.#showButton()),
      vscode.commands.registerCommand(answerCommand, () => {
        const active = this.#active;
        return (active?.waits ? active : this.#waiting[0])?.ask();
      }),
      vscode.commands.registerCommand("langgraph.undoAnswer", undoAnswer),
    ];
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    for (const questions of this.#sessions.values()) questions.done();
  }

  get #active(): SessionQuestions | undefined {
    const session = vscode.debug.activeDebugSession;
    return session && this.#sessions.get(session.id);
  }

  /** Sessions whose runs wait for answers. */
  get #waiting(): SessionQuestions[] {
    return [...this.#sessions.values()].filter(({ waits }) => waits?.for === "answer");
  }

  #showButton(): void {
    this.#notices.show(this.#waiting.map(({ session }) => session.name));
    void vscode.commands.executeCommand("setContext", waitingKey, this.#active?.waits !== undefined);
  }
}

/** The questions of one session; a box that is open closes when the run goes on by another way. */
class SessionQuestions implements vscode.DebugAdapterTracker {
  readonly session: vscode.DebugSession;
  readonly #panel: QuestionPanel;
  readonly #typing: Typing;
  readonly #changed: () => void;
  #waits: Wait | undefined;
  #box: vscode.CancellationTokenSource | undefined;
  #viewShown = false;

  constructor(session: vscode.DebugSession, panel: QuestionPanel, typing: Typing, changed: () => void) {
    this.session = session;
    this.#panel = panel;
    this.#typing = typing;
    this.#changed = changed;
  }

  get waits(): Wait | undefined {
    return this.#waits;
  }

  onDidSendMessage(message: AdapterMessage): void {
    if (message.type === "event" && message.event === "stopped") void this.#stopped(message.body);
    else if (movesOn(message) || isAnswered(message)) this.done();
    // Going on is refused for want of an answer: ask for it.
    else if (isRefused(message) && this.#waits) void this.ask();
  }

  done(): void {
    this.#box?.cancel();
    this.#box = undefined;
    if (this.#waits === undefined) return;
    this.#waits = undefined;
    this.#changed();
  }

  /** Shows what the run waits for, in the panel where that is open; leaving the box keeps the run waiting. */
  async ask(preserveFocus = false): Promise<void> {
    this.#box?.cancel();
    if (this.#waits?.for === "answer" && this.#panel.ask(this.session, preserveFocus)) return;
    const box = new vscode.CancellationTokenSource();
    this.#box = box;
    try {
      if (this.#waits?.for === "answer") await askInterrupts(this.session, box.token);
      else if (this.#waits?.for === "input") await askInput(this.session, this.#waits.threadId, box.token);
    } catch (error) {
      // The session may have ended meanwhile, and then nobody waits for the answer.
      if (!box.token.isCancellationRequested) void vscode.window.showErrorMessage((error as Error).message);
    }
  }

  async #stopped({ reason, description, threadId = 0 }: AdapterMessage["body"] = {}): Promise<void> {
    this.done();
    if (reason !== "interrupt" && reason !== "input") return;
    const waits: Wait = { for: reason === "interrupt" ? "answer" : "input", threadId };
    this.#waits = waits;
    this.#changed();
    if (waits.for === "answer") void notify(this.session.name, description ?? "", () => this.ask());
    await stopShown(this.session);
    if (this.#waits !== waits) return;
    await this.#showView();
    if (this.#waits === waits) await this.ask(this.#typing.isNow);
  }

  /** VS Code itself opens the view at breakpoints only; what is asked about is shown there. */
  async #showView(): Promise<void> {
    const when = vscode.workspace.getConfiguration("debug").get("openDebug");
    if (this.#viewShown || when === "neverOpen") return;
    this.#viewShown = true;
    await vscode.commands.executeCommand("workbench.view.debug");
  }
}

/**
 * Settles when VS Code has shown where the run stands. It then gives the editor the focus (`debug.focusEditorOnBreak`),
 * and what the user types for an answer would go into their file if the box were open before.
 */
function stopShown(session: vscode.DebugSession): Promise<void> {
  return new Promise((resolve) => {
    const subscriptions: vscode.Disposable[] = [];
    const settle = () => {
      clearTimeout(timer);
      for (const subscription of subscriptions) subscription.dispose();
      resolve();
    };
    // A stop at a line where the cursor is already moves nothing, and a frame without source opens nothing.
    let timer = setTimeout(settle, 2000);
    subscriptions.push(
      vscode.debug.onDidChangeActiveStackItem((item) => {
        if (item?.session.id !== session.id || !(item instanceof vscode.DebugStackFrame)) return;
        clearTimeout(timer);
        timer = setTimeout(settle, 500);
        subscriptions.push(
          vscode.window.onDidChangeTextEditorSelection(settle),
          vscode.window.onDidChangeActiveTextEditor(settle),
        );
      }),
    );
  });
}

async function request<Name extends keyof CustomRequests>(
  session: vscode.DebugSession,
  name: Name,
  args: CustomRequests[Name]["arguments"],
): Promise<CustomRequests[Name]["body"]> {
  return session.customRequest(name, args);
}

/** Goes back to before the last answer of the active session. */
async function undoAnswer(): Promise<void> {
  const session = vscode.debug.activeDebugSession;
  if (session?.type !== "langgraph") return;
  try {
    await request(session, "langgraph/undo", {});
  } catch (error) {
    void vscode.window.showErrorMessage((error as Error).message);
  }
}

/** Asks one after another, and sends the answers together. */
async function askInterrupts(session: vscode.DebugSession, token: vscode.CancellationToken): Promise<void> {
  const { interrupts } = await request(session, "langgraph/interrupts", {});
  const answers: { [id: string]: Json } = {};
  const open = interrupts.filter((interrupt) => interrupt.answer === undefined);
  for (const [index, interrupt] of open.entries()) {
    const text = await vscode.window.showInputBox(answerBox(interrupt, index, open.length), token);
    if (text === undefined) return;
    answers[`${interrupt.id}#${interrupt.index}`] = parseAnswer(text, interrupt);
  }
  if (Object.keys(answers).length > 0) await request(session, "langgraph/resume", { answers });
}

function answerBox(interrupt: WaitingInterrupt, index: number, count: number): vscode.InputBoxOptions {
  const place = count > 1 ? ` (${index + 1} of ${count})` : "";
  return {
    title: `Node ${interrupt.node} asks${place}`,
    prompt: questionText(interrupt.value),
    placeHolder: "Your answer: plain text or JSON",
    ignoreFocusOut: true,
    validateInput: (text) => answerMistake(text, interrupt),
  };
}

async function askInput(
  session: vscode.DebugSession,
  threadId: number,
  token: vscode.CancellationToken,
): Promise<void> {
  const { summary, example, start } = inputTemplate(await inputFields(session, threadId));
  const text = await vscode.window.showInputBox(
    {
      title: "The graph waits for its input",
      prompt: summary === "" ? "The input as JSON." : `The input as JSON. Fields: ${summary}.`,
      placeHolder: example,
      value: start,
      ignoreFocusOut: true,
      validateInput: jsonMistake,
    },
    token,
  );
  if (text === undefined) return;
  await request(session, "langgraph/input", { input: text.trim() === "" ? {} : parseAnswer(text, {}) });
}

/** The fields that the scope Input lists; none where the graph's input has no fields. */
async function inputFields(session: vscode.DebugSession, threadId: number): Promise<InputField[]> {
  const { stackFrames } = await session.customRequest("stackTrace", { threadId, startFrame: 0, levels: 1 });
  const { scopes } = await session.customRequest("scopes", { frameId: stackFrames[0]?.id });
  const scope = scopes.find(({ name }: { name: string }) => name === "Input");
  if (!scope) return [];
  const { variablesReference } = scope;
  const { variables } = (await session.customRequest("variables", { variablesReference })) as {
    variables: InputField[];
  };
  // A graph whose input is one value has a single field that stands for the whole.
  return variables.length === 1 && variables[0]?.name === "input" ? [] : variables;
}
