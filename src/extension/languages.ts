// Which files can hold a graph.

import type * as vscode from "vscode";

/** VS Code's identifiers, the same as in package.json's `breakpoints`. */
export const graphLanguages: readonly string[] = [
  "python",
  "typescript",
  "typescriptreact",
  "javascript",
  "javascriptreact",
];

/** A file on disk in a language that the debugger runs. */
export function canHoldGraph(document: vscode.TextDocument): boolean {
  return document.uri.scheme === "file" && graphLanguages.includes(document.languageId);
}

/** Whether the text has anything to do with LangGraph: decides whether it is worth a closer look. */
export function mentionsLanggraph(text: string): boolean {
  return /langgraph|create_?(react_?)?agent/i.test(text);
}
