// Answers the panel's requests about the thread's past through the session, in pages that a message can carry.

import * as vscode from "vscode";
import type { CheckpointPlace, Json, PanelRequest, ValuePath } from "../../protocol/webview.ts";
import { askTest, showTest } from "../test-document.ts";
import { isReading, PastReading, placeArguments, valueArguments } from "./reading.ts";
import type { SessionPicture } from "./session-picture.ts";
import { ValueDocuments } from "./value-documents.ts";

type PastRequest = Exclude<PanelRequest, { type: "answer" | "value" | "editText" | "input" | "inputSchema" }>;
type Asked<Type extends PastRequest["type"]> = Extract<PastRequest, { type: Type }>;

/** Of a value for the clipboard or an editor. */
const mostCharacters = 20_000_000;

export class PanelPast implements vscode.Disposable {
  readonly #documents = new ValueDocuments();
  readonly #reading = new PastReading();

  dispose(): void {
    this.#documents.dispose();
  }

  /** The result for the panel; rejects with a message to the user. `column`: for editors that are opened. */
  async answer(session: SessionPicture, asked: PastRequest, column: vscode.ViewColumn): Promise<unknown> {
    if (isReading(asked)) return this.#reading.answer(session.adapter, asked);
    switch (asked.type) {
      case "copyValue": {
        const json = await wholeValue(session, asked.at, asked.path);
        if (json === undefined) throw new Error("The value is too long for the clipboard: copy parts of it.");
        await vscode.env.clipboard.writeText(json.startsWith('"') ? (JSON.parse(json) as string) : json);
        return null;
      }
      case "openDiff": {
        const { from, to, path } = asked;
        const [left, right] = await Promise.all(
          [from, to].map((at) => wholeValue(session, at, path).catch(() => "")),
        );
        if (left === undefined || right === undefined)
          throw new Error("The value is too long for the diff editor: compare parts of it.");
        const name = path.join(".");
        const title = `${name}: ${await stepText(session, from)} and ${await stepText(session, to)}`;
        await this.#documents.compare(name, title, [left, right], column);
        return null;
      }
      case "chooseOther":
        return chooseOther(session);
      case "annotate":
        return annotate(session, asked);
      case "fork":
        await goTo(session, asked.at);
        if (asked.runs) await session.request("langgraph/resume", { answers: {} });
        return null;
      case "setValue":
        return setValue(session, asked);
      case "update": {
        const { namespace, at, values, mode, asNode, goto, dryRun } = asked;
        return session.request("langgraph/updateState", {
          values: values as { [key: string]: Json } | null,
          namespace,
          dryRun,
          ...(at && { checkpointId: at.checkpointId }),
          ...(mode && { mode }),
          ...(asNode !== undefined && { asNode }),
          ...(goto && { goto }),
        });
      }
      case "asTest":
        await showTest(await askTest(session.session, { checkpointId: asked.at.checkpointId }), column);
        return null;
      case "undoEdit":
        await session.request("langgraph/undoEdit", { namespace: asked.namespace });
        return null;
    }
  }
}

/** As JSON; undefined where it is longer than VS Code should be given at once. */
async function wholeValue(
  session: SessionPicture,
  at: CheckpointPlace,
  path: ValuePath,
): Promise<string | undefined> {
  const where = { ...valueArguments(at, path), most: mostCharacters };
  const { json, shortened } = await session.request("langgraph/value", where);
  return shortened ? undefined : json;
}

async function stepText(session: SessionPicture, at: CheckpointPlace): Promise<string> {
  const where = { ...placeArguments(at), writes: false };
  const { checkpoint } = await session.request("langgraph/checkpoint", where);
  return at.threadId === undefined
    ? `step ${checkpoint.step}`
    : `step ${checkpoint.step} of thread ${at.threadId}`;
}

async function goTo(session: SessionPicture, { checkpointId, namespace }: CheckpointPlace): Promise<void> {
  await session.request("langgraph/fork", { checkpointId, namespace });
}

async function annotate(session: SessionPicture, { at, what, now }: Asked<"annotate">): Promise<null> {
  const text = await vscode.window.showInputBox({
    title: what === "name" ? "Name of the Step" : "Note on the Step",
    value: now,
    prompt: `Kept in the checkpoint file. Empty: no ${what}.`,
  });
  if (text === undefined) return null;
  await session.request("langgraph/annotate", { ...placeArguments(at), [what]: text === "" ? null : text });
  return null;
}

async function setValue(
  session: SessionPicture,
  { namespace, at, path, value }: Asked<"setValue">,
): Promise<null> {
  await session.request("langgraph/setValue", {
    path,
    value: value as Json,
    namespace,
    ...(at && { checkpointId: at.checkpointId }),
  });
  return null;
}

/** The newest step of a thread that the user chooses, or a step of it. */
async function chooseOther(session: SessionPicture): Promise<CheckpointPlace | null> {
  const own = session.picture.thread;
  const { threads } = await session.request("langgraph/threads", { limit: 500 });
  const thread = await vscode.window.showQuickPick(
    threads
      .filter(({ id }) => id !== own)
      .map(({ id, name, status, updatedAt }) => ({
        label: name ?? id,
        description: `${status}, ${new Date(updatedAt).toLocaleString()}`,
        id,
      })),
    { title: "Compare with a Step of Another Thread", placeHolder: "Thread" },
  );
  if (!thread) return null;
  const { entries } = await session.request("langgraph/timeline", { threadId: thread.id, limit: 200 });
  const step = await vscode.window.showQuickPick(
    entries.map(({ id, step: number, source, tasks, name }) => ({
      label: `Step ${number}: ${tasks.map(({ node }) => node).join(", ") || source}`,
      ...(name !== undefined && { description: name }),
      id,
    })),
    { title: `Compare with a Step of ${thread.label}`, placeHolder: "Step" },
  );
  return step ? { checkpointId: step.id, namespace: "", threadId: thread.id } : null;
}
