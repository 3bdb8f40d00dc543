// What the extension adds to VS Code: IntelliSense in launch.json, code lenses, breakpoints, commands.
import assert from "node:assert/strict";
import * as vscode from "vscode";

const [workspace] = vscode.workspace.workspaceFolders ?? [];
assert.ok(workspace);
const inWorkspace = (file: string) => vscode.Uri.joinPath(workspace.uri, file);

describe("contributions", () => {
  before(() => vscode.extensions.getExtension("langgraph-debugger.langgraph-debugger")?.activate());

  it("completes the launch attributes that a configuration does not have yet", async () => {
    const launch = await vscode.workspace.openTextDocument(inWorkspace(".vscode/launch.json"));
    const at = launch.positionAt(launch.getText().indexOf('"request"'));
    await vscode.extensions.getExtension("vscode.json-language-features")?.activate();
    const labels = async (): Promise<string[]> => {
      const { items } = await vscode.commands.executeCommand<vscode.CompletionList>(
        "vscode.executeCompletionItemProvider",
        launch.uri,
        at,
      );
      return items.map(({ label }) => (typeof label === "string" ? label : label.label));
    };
    const expected = [
      ...[
        "graph",
        "input",
        "threadId",
        "config",
        "context",
        "stopOnEntry",
        "stopOnEnd",
        "resume",
        "python",
        "pythonArgs",
      ],
      ...["node", "nodeArgs", "env", "envFile", "checkpoints", "console"],
    ];
    // VS Code tells nobody when its JSON server knows the schemas; until then it offers words of the file.
    let offered = await labels();
    while (!offered.includes("threadId")) offered = await labels();
    assert.deepEqual(
      expected.filter((name) => !offered.includes(name)),
      [],
    );
  });

  for (const [file, variable] of [
    ["python/email_assistant.py", "graph = builder.compile()"],
    ["typescript/email-assistant.ts", "export const graph = builder.compile()"],
  ] as const) {
    it(`puts Debug Graph above the graph of ${file}`, async () => {
      const document = await vscode.workspace.openTextDocument(inWorkspace(file));
      const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
        "vscode.executeCodeLensProvider",
        document.uri,
      );
      const own = lenses.filter(({ command }) => command?.title === "Debug Graph");
      assert.deepEqual(
        own.map(({ range }) => document.lineAt(range.start.line).text.replace(/;$/, "")),
        [variable],
      );
    });
  }

  it("refuses to debug where there is nothing to debug", async () => {
    await vscode.commands.executeCommand("workbench.action.closeAllEditors");
    const started = await vscode.debug.startDebugging(workspace, {
      type: "langgraph",
      request: "launch",
      name: "nothing",
    });
    assert.equal(started, false);
  });
});
