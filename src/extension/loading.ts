// Says in the status bar that a graph is being loaded: importing LangGraph and a user's packages can take seconds.

import path from "node:path";
import * as vscode from "vscode";

interface Message {
  readonly type: string;
  readonly command?: string;
}

export class LoadingNotice implements vscode.DebugAdapterTrackerFactory {
  createDebugAdapterTracker({ configuration }: vscode.DebugSession): vscode.DebugAdapterTracker {
    let loaded: () => void = () => {};
    return {
      onWillReceiveMessage: ({ type, command }: Message) => {
        if (type !== "request" || command !== "launch") return;
        const { program, graph, name } = configuration;
        const title = `Loading ${typeof program === "string" ? path.basename(program) : (graph ?? name)}`;
        void vscode.window.withProgress(
          { location: vscode.ProgressLocation.Window, title },
          () => new Promise<void>((resolve) => (loaded = resolve)),
        );
      },
      onDidSendMessage: ({ type, command }: Message) => {
        if (type === "response" && command === "launch") loaded();
      },
      onWillStopSession: () => loaded(),
      onExit: () => loaded(),
    };
  }
}
