// Tells why nothing runs in a workspace that the user has not said they trust.

import * as vscode from "vscode";

export async function explainRestriction(): Promise<void> {
  const manage = "Manage Workspace Trust";
  const choice = await vscode.window.showErrorMessage(
    "Debugging a graph runs the code of this workspace, which you have not said you trust. Trust the workspace to debug it.",
    manage,
  );
  if (choice === manage) await vscode.commands.executeCommand("workbench.trust.manage");
}
