// Which Python runs a graph when the Python extension is installed.
import assert from "node:assert/strict";
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import * as vscode from "vscode";

interface StandIn {
  choose(python: string, inEnvironment: boolean): void;
}

describe("the Python extension's choice", () => {
  let folder: string;
  let standIn: StandIn;
  /** As the Python extension says it. */
  const python = process.execPath;

  before(async () => {
    const extension = vscode.extensions.getExtension<StandIn>("ms-python.python");
    assert.ok(extension, "the stand-in for the Python extension is not installed");
    standIn = await extension.activate();
  });

  beforeEach(async () => {
    folder = await realpath(await mkdtemp(path.join(tmpdir(), "interpreter-")));
    await writeFile(path.join(folder, "agent.py"), "");
    await writeFile(path.join(folder, "agent.ts"), "");
  });

  afterEach(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

  /** The configuration that the adapter is launched with. */
  async function launched(configuration: object): Promise<vscode.DebugConfiguration> {
    let tracker: vscode.Disposable | undefined;
    const session = new Promise<vscode.DebugSession>((resolve) => {
      tracker = vscode.debug.registerDebugAdapterTrackerFactory("langgraph", {
        createDebugAdapterTracker: (started) => {
          resolve(started);
          return undefined;
        },
      });
    });
    void vscode.debug.startDebugging(undefined, {
      type: "langgraph",
      request: "launch",
      name: "test",
      ...configuration,
    });
    const started = await session;
    tracker?.dispose();
    await vscode.debug.stopDebugging(started);
    return started.configuration;
  }

  it("is used for a Python graph", async () => {
    standIn.choose(python, true);
    const { python: used } = await launched({ program: path.join(folder, "agent.py") });
    assert.equal(used, vscode.Uri.file(python).fsPath);
  });

  it("gives way to the launch configuration", async () => {
    standIn.choose(python, true);
    const { python: used } = await launched({ program: path.join(folder, "agent.py"), python: "python3.12" });
    assert.equal(used, "python3.12");
  });

  it("gives way to a .venv near the graph when it is in no environment", async () => {
    await mkdir(path.join(folder, ".venv"));
    standIn.choose(python, false);
    const { python: used } = await launched({ program: path.join(folder, "agent.py") });
    assert.equal(used, undefined);
  });

  it("is not asked for a TypeScript graph", async () => {
    standIn.choose(python, true);
    const { python: used } = await launched({ program: path.join(folder, "agent.ts") });
    assert.equal(used, undefined);
  });
});
