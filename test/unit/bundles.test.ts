// What a bundle may not import fails the build, and says where and why.
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type BuildFailure, build } from "esbuild";
import { noLangchain, noVscode } from "../../scripts/lib/forbid-imports.mjs";

describe("bundles", () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "bundles-"));
  });

  after(() => rm(folder, { recursive: true }));

  async function errorsOf(source: string): Promise<string[]> {
    const entry = path.join(folder, "main.ts");
    await writeFile(entry, source);
    try {
      await build({
        entryPoints: [entry],
        bundle: true,
        platform: "node",
        format: "esm",
        write: false,
        logLevel: "silent",
        plugins: [noVscode(folder), noLangchain(folder)],
      });
      return [];
    } catch (error) {
      return (error as BuildFailure).errors.map(({ text }) => text);
    }
  }

  it("fail on vscode", async () => {
    assert.deepEqual(await errorsOf('import { window } from "vscode"; console.log(window);'), [
      'main.ts imports "vscode": only the extension runs inside VS Code',
    ]);
  });

  it("fail on LangGraph, which is the user's", async () => {
    const [error] = await errorsOf(
      'const { interrupt } = await import("@langchain/langgraph"); interrupt("?");',
    );
    assert.match(
      error ?? "",
      /^main\.ts imports "@langchain\/langgraph": the runtime must load it from the user's/,
    );
  });

  it("may use types of both", async () => {
    assert.deepEqual(
      await errorsOf(
        'import type { Uri } from "vscode"; import type { Command } from "@langchain/langgraph"; export type A = Uri | Command;',
      ),
      [],
    );
  });
});
