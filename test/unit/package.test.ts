// What the VSIX carries: what runs, and what its page shows.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** The part of vsce's API that is used; its own types need the whole of VS Code's gallery types. */
interface Vsce {
  listFiles(options: { cwd: string; packageManager: number }): Promise<string[]>;
}

describe("the VSIX", function () {
  // vsce walks through the whole folder, with everything that setup has put there.
  this.timeout(120_000);
  let files: string[];

  before(async () => {
    const vsce = createRequire(import.meta.url)("@vscode/vsce") as Vsce;
    // 2 is PackageManager.None: no dependencies are packed, esbuild has bundled them.
    files = (await vsce.listFiles({ cwd: root, packageManager: 2 })).map((file) =>
      file.replaceAll("\\", "/"),
    );
  });

  it("carries everything that runs", () => {
    const needed = [
      "package.json",
      "dist/package.json",
      "dist/extension.js",
      "dist/adapter.js",
      "dist/webview/main.js",
      "dist/webview/main.css",
      "dist/webview/codicon.ttf",
      "dist/webview/layout.js",
      "dist/runtime/node/main.mjs",
      "dist/runtime/node/worker.mjs",
      "dist/runtime/python/langgraph_debugger/__main__.py",
      "dist/runtime/schema/checkpoints.sql",
      "dist/web-tree-sitter.wasm",
      "dist/tree-sitter-python.wasm",
      "dist/tree-sitter-typescript.wasm",
      "dist/tree-sitter-tsx.wasm",
    ];
    assert.deepEqual(
      needed.filter((file) => !files.includes(file)),
      [],
    );
  });

  it("carries nothing else", () => {
    const expected =
      /^(package\.json|README\.md|CHANGELOG\.md|LICENSE|images\/[^/]+\.png|dist\/[^/]+\.(js|json|wasm)|dist\/webview\/[^/]+\.(js|css|ttf)|dist\/runtime\/node\/[^/]+\.mjs|dist\/runtime\/schema\/checkpoints\.sql|dist\/runtime\/python\/langgraph_debugger\/([^/]+\/)*[^/]+\.(py|json|typed))$/;
    assert.deepEqual(
      files.filter((file) => !expected.test(file)),
      [],
    );
  });
});
