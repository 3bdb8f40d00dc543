// The panel in a real VS Code: from the stop to the graph, from the graph to the code, and over a reload of the window.
import assert from "node:assert/strict";
import { cp, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { FrameLocator, Locator } from "playwright-core";
import { venvDir } from "../../scripts/lib/paths.mjs";
import { Gestures } from "./harness/gestures.ts";
import { openWindow, type Session } from "./harness/web.ts";

const fixtures = fileURLToPath(new URL("fixtures/walk", import.meta.url));
const file = "walk.py";

describe("the panel in VS Code", function () {
  this.timeout(180_000);

  let folder: string;
  let session: Session;

  before(async () => {
    folder = await realpath(await mkdtemp(path.join(tmpdir(), "e2e-panel-")));
    await cp(fixtures, folder, { recursive: true });
    await mkdir(path.join(folder, ".vscode"));
    const configuration = { name: file, type: "langgraph", request: "launch", input: { topic: "bees" } };
    const program = `\${workspaceFolder}/${file}`;
    await writeFile(
      path.join(folder, ".vscode", "launch.json"),
      JSON.stringify({ configurations: [{ ...configuration, program }] }),
    );
    session = await openWindow({ folder, env: { VIRTUAL_ENV: venvDir } });
  });

  afterEach(async function () {
    if (this.currentTest?.isFailed()) await session.workbench.describe(this.currentTest.title);
  });

  after(async () => {
    await session?.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  it("opens at the stop, leads to the code, sets breakpoints, and is there after a reload", async () => {
    const { workbench } = session;
    const { page } = workbench;
    const source = (await readFile(path.join(folder, file), "utf8")).split("\n");
    const lineOf = (start: string): number => source.findIndex((line) => line.startsWith(start)) + 1;
    const gestures = new Gestures(workbench);
    const panel = (): FrameLocator =>
      page.frameLocator("iframe.webview.ready").frameLocator("iframe#active-frame");
    const node = (name: string): Locator => panel().getByRole("button", { name: new RegExp(`^${name}\\b`) });

    await workbench.openFile(file);
    await workbench.waitForExtension();
    await workbench.clickGutter(lineOf("def write"));
    await workbench.startConfiguration(file);
    await workbench.waitForStopAt(file, lineOf("def write"));
    await panel().getByRole("status").filter({ hasText: "Before node write" }).waitFor();
    await panel()
      .getByRole("button", { name: /^write, comes next, breakpoint before/ })
      .waitFor();
    await panel()
      .getByRole("button", { name: /^plan .* done/ })
      .waitFor();
    await page.locator(".tab", { hasText: "LangGraph: graph" }).waitFor();
    await workbench.screenshot("panel-in-vscode");

    await node("plan").click();
    await workbench.waitForStatus(`Ln ${lineOf("def plan")},`);

    await node("plan").focus();
    await page.keyboard.press("Space");
    const row = gestures.breakpointRow(String(lineOf("def plan")));
    await row.waitFor();
    await panel()
      .getByRole("button", { name: /^plan .* breakpoint before/ })
      .waitFor();
    // The panel has the focus; back to the editor.
    await workbench.press("Control+1");
    await workbench.clickGutter(lineOf("def plan"));
    await row.waitFor({ state: "detached" });
    await panel()
      .getByRole("button", { name: /^plan .* done$/ })
      .waitFor();

    await page.reload();
    await page.locator(".monaco-workbench .statusbar").waitFor();
    const last = panel().getByRole("status").filter({ hasText: "Not connected. Last: Before node write" });
    // A window that begins anew takes a while on a busy machine.
    await last.waitFor({ timeout: 90_000 });
    await node("write").waitFor();
    assert.equal(await panel().locator(".panel-disconnected").count(), 1);
  });
});
