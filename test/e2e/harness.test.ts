// The harness itself, shown on the debugger for JavaScript that comes with VS Code.
import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { openWindow, type Session } from "./harness/web.ts";

describe("the harness", function () {
  this.timeout(120_000);
  let folder: string;
  let session: Session;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "e2e-workspace-"));
    await mkdir(path.join(folder, ".vscode"));
    const launch = { type: "node", request: "launch", name: "Run", program: path.join(folder, "main.js") };
    await writeFile(
      path.join(folder, ".vscode", "launch.json"),
      JSON.stringify({ configurations: [launch] }),
    );
    await writeFile(
      path.join(folder, "main.js"),
      'const greeting = "hello";\nconst n = 1;\nconsole.log(greeting, n);\n',
    );
    session = await openWindow({ folder });
  });

  after(async () => {
    await session?.close();
    await rm(folder, { recursive: true });
  });

  it("sets a breakpoint, runs to it, reads values and ends", async () => {
    const { workbench } = session;
    await workbench.openFile("main.js");
    await workbench.clickGutter(2);
    await workbench.press("F5");
    await workbench.waitForStopAt("main.js", 2);
    await workbench.waitForCallStack("Paused on breakpoint");
    await workbench.expandVariable("Local");
    await workbench.waitForVariable("greeting", "'hello'");
    assert.ok((await workbench.callStack()).some((row) => row.startsWith("Stack Frame <anonymous>, line 2")));
    await workbench.typeInConsole("greeting.length + 1");
    await workbench.waitForConsole(/^6$/);
    await workbench.press("F5");
    await workbench.waitForSessionEnd();
  });
});
