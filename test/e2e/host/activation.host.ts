// When the extension is activated, and what that costs.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import path from "node:path";
import * as vscode from "vscode";

interface ExtensionModule {
  activate(context: Pick<vscode.ExtensionContext, "subscriptions" | "asAbsolutePath">): void;
}

describe("activation", () => {
  it("waits until it is needed, and then takes at most 30 ms", () => {
    const extension = vscode.extensions.getExtension("langgraph-debugger.langgraph-debugger");
    assert.ok(extension, "the extension is not there");
    assert.equal(extension.isActive, false);
    // Called as VS Code calls it, but without a pause in which something else could run. Processor time, since the
    // machine may be busy with other things.
    const main = path.join(extension.extensionPath, "dist", "extension.js");
    const subscriptions: vscode.Disposable[] = [];
    const before = process.cpuUsage();
    const module = createRequire(main)(main) as ExtensionModule;
    module.activate({ subscriptions, asAbsolutePath: (file) => path.join(extension.extensionPath, file) });
    const { user, system } = process.cpuUsage(before);
    assert.ok((user + system) / 1000 <= 30, `took ${(user + system) / 1000} ms`);
    for (const subscription of subscriptions) subscription.dispose();
  });
});
