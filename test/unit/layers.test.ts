// The check of who may import whom: it passes on the sources and fails on each kind of violation.
import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { checkLayers } from "../../scripts/lib/layers.mjs";

describe("layers", () => {
  let root: string;

  beforeEach(async () => {
    root = await mkdtemp(path.join(tmpdir(), "layers-"));
  });

  afterEach(async () => {
    await rm(root, { recursive: true });
  });

  async function check(sources: Record<string, string>): Promise<string[]> {
    for (const [file, text] of Object.entries(sources)) {
      await mkdir(path.dirname(path.join(root, file)), { recursive: true });
      await writeFile(path.join(root, file), text);
    }
    return checkLayers(root);
  }

  it("allows what the layers allow", async () => {
    const problems = await check({
      "src/base/event.ts": 'import { EventEmitter } from "node:events";',
      "src/model/graph.ts": 'import type { A } from "../base/event.ts";',
      "src/extension/main.ts": 'import * as vscode from "vscode"; export * from "../model/graph.ts";',
      "runtime/node/main.ts": 'import type { Request } from "../../src/protocol/runtime.ts";',
    });
    assert.deepEqual(problems, []);
  });

  it("reports a type import that goes up", async () => {
    const problems = await check({
      "src/base/event.ts": '\nimport type { Graph } from "../model/graph.ts";',
      "src/model/graph.ts": "export interface Graph {}",
    });
    assert.deepEqual(problems, ["src/base/event.ts:2: src/base may not import src/model/graph.ts"]);
  });

  for (const [kind, text] of [
    ["an export", 'export * from "../adapter/main.ts";'],
    ["a dynamic import", 'const adapter = await import("../adapter/main.ts");'],
    ["a require", 'const adapter = require("../adapter/main.ts");'],
    ["an inline type import", 'let session: import("../adapter/main.ts").Session;'],
  ] as const) {
    it(`reports ${kind} from a layer that is not below`, async () => {
      const problems = await check({ "src/extension/main.ts": text });
      assert.deepEqual(problems, [
        "src/extension/main.ts:1: src/extension may not import src/adapter/main.ts",
      ]);
    });
  }

  it("reports a file of an allowed folder that is not the allowed one", async () => {
    const problems = await check({ "runtime/node/main.ts": 'import "../../src/protocol/dap.ts";' });
    assert.deepEqual(problems, ["runtime/node/main.ts:1: runtime/node may not import src/protocol/dap.ts"]);
  });

  it("reports vscode outside the extension", async () => {
    const problems = await check({ "src/adapter/main.ts": 'import type { Uri } from "vscode";' });
    assert.deepEqual(problems, ['src/adapter/main.ts:1: src/adapter may not import "vscode"']);
  });

  it("reports a folder without a rule", async () => {
    const [problem] = await check({ "src/other/main.ts": "" });
    assert.match(problem ?? "", /^src\/other\/main\.ts: its folder has no rule/);
  });

  it("reports a cycle of type imports", async () => {
    const problems = await check({
      "src/model/a.ts": 'import type { B } from "./b.ts";',
      "src/model/b.ts": 'import type { A } from "./a.ts";',
    });
    assert.deepEqual(problems, ["import cycle: src/model/a.ts -> src/model/b.ts -> src/model/a.ts"]);
  });

  it("takes no comment or string for an import", async () => {
    const problems = await check({
      "src/base/event.ts": '// import "../adapter/main.ts"\nconst text = `import "../adapter/main.ts"`;',
    });
    assert.deepEqual(problems, []);
  });
});
