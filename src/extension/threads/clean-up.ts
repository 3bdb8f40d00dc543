// "Clean Up…": makes a checkpoint file smaller, and says what will go before it goes.

import * as vscode from "vscode";
import type { PruneResult } from "../../protocol/runtime.ts";
import type { AdapterClient } from "./adapter-client.ts";
import { bytesText, countText } from "./labels.ts";
import { fileText } from "./tree.ts";

/** So many checkpoints of each graph of a thread are offered to be kept. */
const offered = 20;

export async function cleanUp(client: AdapterClient, file: string): Promise<void> {
  const keep = await askHowMany(file);
  if (keep === undefined) return;
  const what = { file, ...(keep !== "all" && { keep }) };
  const goes = await inView("Looking what would go", () =>
    client.request("langgraph/prune", { ...what, dryRun: true }),
  );
  if (goes.checkpoints === 0 && goes.deletedThreads === 0 && goes.bytes <= 0) {
    void vscode.window.showInformationMessage(`There is nothing to remove from ${fileText(file)}.`);
    return;
  }
  const action = "Clean Up";
  const chosen = await vscode.window.showWarningMessage(
    `Clean up ${fileText(file)}?`,
    { modal: true, detail: `${whatGoes(goes, keep)} This can't be undone.` },
    action,
  );
  if (chosen !== action) return;
  const gone = await inView("Cleaning up", () =>
    client.request("langgraph/prune", { ...what, dryRun: false }),
  );
  void vscode.window.showInformationMessage(
    `${fileText(file)} is ${bytesText(Math.max(gone.bytes, 0))} smaller.`,
  );
}

/** Undefined: the user has left it. */
async function askHowMany(file: string): Promise<number | "all" | undefined> {
  const onlyDeleted = {
    label: "Remove deleted threads and free space",
    detail: "All checkpoints of the other threads stay.",
  };
  const keepLast = {
    label: "Keep the last checkpoints of each thread…",
    detail:
      "Older steps can't be gone back to any more, but for those with a name or a note. Where each thread stands, stays.",
  };
  const chosen = await vscode.window.showQuickPick([onlyDeleted, keepLast], {
    title: `Clean up ${fileText(file)}`,
  });
  if (chosen !== keepLast) return chosen && "all";
  const text = await vscode.window.showInputBox({
    title: "Keep how many checkpoints?",
    prompt: "The newest of each graph of each thread. You are told what goes before it goes.",
    value: String(offered),
    validateInput: (typed) => (/^[1-9]\d*$/.test(typed.trim()) ? undefined : "A number from 1 up."),
  });
  return text === undefined ? undefined : Number(text);
}

function whatGoes({ checkpoints, spared, deletedThreads, bytes }: PruneResult, keep: number | "all"): string {
  const parts = [
    ...(keep === "all" || checkpoints === 0 ? [] : [countText(checkpoints, "checkpoint")]),
    ...(deletedThreads === 0 ? [] : [countText(deletedThreads, "deleted thread")]),
  ];
  const what = parts.length === 0 ? "Free space" : parts.join(" and ");
  const stays =
    spared === 0
      ? ""
      : ` ${countText(spared, "older checkpoint")} with a name or a note, or needed by one, will stay.`;
  return `${what} will go. The file gets about ${bytesText(Math.max(bytes, 0))} smaller.${stays}`;
}

function inView<T>(title: string, work: () => Promise<T>): Thenable<T> {
  return vscode.window.withProgress({ location: { viewId: "langgraph.threads" }, title }, work);
}
