// Where a file has several graphs and none is the usual one, asks which, and launches again.

import * as vscode from "vscode";

/** What a refused launch carries when the graph must be chosen. */
interface LaunchRefusal {
  readonly type: string;
  readonly command?: string;
  readonly success?: boolean;
  /** `candidates` is a JSON list of variables. */
  readonly body?: { readonly error?: { readonly variables?: { readonly candidates?: string } } };
}

export class GraphChoice implements vscode.DebugAdapterTrackerFactory {
  createDebugAdapterTracker(session: vscode.DebugSession): vscode.DebugAdapterTracker {
    return {
      onDidSendMessage: (message: LaunchRefusal) => {
        if (message.type !== "response" || message.command !== "launch" || message.success) return;
        const candidates = message.body?.error?.variables?.candidates;
        if (candidates !== undefined) void choose(session, JSON.parse(candidates) as string[]);
      },
    };
  }
}

async function choose(session: vscode.DebugSession, candidates: string[]): Promise<void> {
  const graph = await vscode.window.showQuickPick(candidates, {
    title: "Which graph?",
    placeHolder: `${session.configuration.name} has several graphs`,
  });
  if (graph === undefined) return;
  const { noDebug = false } = session.configuration;
  await vscode.debug.startDebugging(
    session.workspaceFolder,
    { ...session.configuration, graph },
    { noDebug: Boolean(noDebug) },
  );
}
