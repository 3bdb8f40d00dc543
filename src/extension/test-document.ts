// Shows a test of a thread's run, which the debug adapter writes, as a new file that the user can save or copy from.

import * as vscode from "vscode";
import type { CustomRequests } from "../protocol/dap.ts";

type Asked = CustomRequests["langgraph/test"];

export async function askTest(
  session: vscode.DebugSession,
  args: Asked["arguments"],
): Promise<Asked["body"]> {
  return await session.customRequest("langgraph/test", args);
}

export async function showTest(
  { language, text }: Asked["body"],
  viewColumn?: vscode.ViewColumn,
): Promise<void> {
  const document = await vscode.workspace.openTextDocument({ language, content: text });
  await vscode.window.showTextDocument(document, viewColumn === undefined ? {} : { viewColumn });
}
