// The extension's entry: registers the debugger with VS Code. Nothing is started before it is needed.

import * as vscode from "vscode";
import { AdapterFactory } from "./adapter-process.ts";
import { LaunchConfigurations, OfferedConfigurations } from "./configurations.ts";
import { registerDebugCommand } from "./debug-command.ts";
import { GraphChoice } from "./graph-choice.ts";
import { GraphFiles } from "./graph-files.ts";
import { GraphLenses } from "./graph-lenses.ts";
import { graphLanguages } from "./languages.ts";
import { LoadingNotice } from "./loading.ts";
import { GraphPanel } from "./panel/index.ts";
import { Questions } from "./questions.ts";
import { Reloading } from "./reloading.ts";
import { ThreadsView } from "./threads/index.ts";

export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel("LangGraph Debugger", { log: true });
  const adapter = context.asAbsolutePath("dist/adapter.js");
  const graphs = new GraphFiles(adapter, log);
  const panel = new GraphPanel(context, log);
  const { Dynamic } = vscode.DebugConfigurationProviderTriggerKind;
  context.subscriptions.push(
    log,
    graphs,
    vscode.debug.registerDebugAdapterDescriptorFactory("langgraph", new AdapterFactory(adapter)),
    vscode.debug.registerDebugConfigurationProvider("langgraph", new LaunchConfigurations()),
    vscode.debug.registerDebugConfigurationProvider("langgraph", new OfferedConfigurations(graphs), Dynamic),
    vscode.debug.registerDebugAdapterTrackerFactory("langgraph", new GraphChoice()),
    vscode.debug.registerDebugAdapterTrackerFactory("langgraph", new LoadingNotice()),
    panel,
    new Questions(panel),
    new Reloading(),
    new ThreadsView(adapter, log),
    vscode.languages.registerCodeLensProvider(
      graphLanguages.map((language) => ({ language, scheme: "file" })),
      new GraphLenses(graphs),
    ),
    registerDebugCommand(),
  );
}
