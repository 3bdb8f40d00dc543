// The panel in a real VS Code: from the stop to the graph, from the graph to the code, and over a reload of the window.
import assert from "node:assert/strict";
import { cp, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Locator } from "playwright-core";
import { Gestures } from "./harness/gestures.ts";
import { configure, TestWindow, withPackages } from "./harness/window.ts";

const fixtures = fileURLToPath(new URL("fixtures/walk", import.meta.url));
const file = "walk.py";
const walks = [
  {
    language: "Python",
    file,
    text: (value: string) => `'${value}'`,
    imports: "from walk import",
  },
  {
    language: "TypeScript",
    file: "walk.ts",
    text: (value: string) => `"${value}"`,
    imports: 'from "./walk.ts"',
  },
];
/** Runs that ask: one on a thread of its own, the same thread where it stands, and others. */
const asks = { anew: "asks anew", on: "asks on", too: "asks too", more: "asks more", last: "asks last" };

describe("the panel in VS Code", function () {
  this.timeout(180_000);

  const session = TestWindow.in(async (folder) => {
    await cp(fixtures, folder, { recursive: true });
    await withPackages(folder);
    const input = { topic: "bees" };
    const program = "ask.py";
    await configure(folder, [
      ...walks.map(({ file: name }) => ({ name, program: name, input })),
      { name: asks.anew, program, input, threadId: "kept" },
      { name: asks.on, program, threadId: "kept" },
      ...[asks.too, asks.more, asks.last].map((name) => ({ name, program, input })),
    ]);
    return {};
  });

  const node = (name: string): Locator =>
    session.workbench.panel.getByRole("button", { name: new RegExp(`^${name}\\b`) });

  it("opens at the stop, leads to the code, sets breakpoints, and is there after a reload", async () => {
    const { workbench } = session;
    const { page } = workbench;
    const source = (await readFile(path.join(session.folder, file), "utf8")).split("\n");
    const lineOf = (start: string): number => source.findIndex((line) => line.startsWith(start)) + 1;
    const gestures = new Gestures(workbench);
    const { panel } = workbench;

    await workbench.openFile(file);
    await workbench.waitForExtension();
    await workbench.clickGutter(lineOf("def write"));
    await workbench.startConfiguration(file);
    await workbench.waitForStopAt(file, lineOf("def write"));
    await panel.getByRole("status").filter({ hasText: "Before node write" }).waitFor();
    await panel.getByRole("button", { name: /^write, comes next, breakpoint before/ }).waitFor();
    await panel.getByRole("button", { name: /^plan .* done/ }).waitFor();
    await page.locator(".tab", { hasText: "LangGraph: graph" }).waitFor();
    await workbench.screenshot("panel-in-vscode");

    await node("plan").click();
    await workbench.waitForStatus(`Ln ${lineOf("def plan")},`);

    await node("plan").focus();
    await page.keyboard.press("Space");
    const row = gestures.breakpointRow(String(lineOf("def plan")));
    await row.waitFor();
    await panel.getByRole("button", { name: /^plan .* breakpoint before/ }).waitFor();
    // The panel has the focus; back to the editor.
    await workbench.focusEditor();
    await workbench.clickGutter(lineOf("def plan"));
    await row.waitFor({ state: "detached" });
    await panel.getByRole("button", { name: /^plan .* done$/ }).waitFor();

    // After a node: the line that returns, where it has one, else its function with the mode; both as in the gutter.
    const after = (name: string): Locator =>
      panel.getByRole("button", { name: new RegExp(`^${name}\\b.* breakpoint after`) });
    await node("plan").focus();
    await page.keyboard.press("Shift+Space");
    const returns = lineOf("def plan") + 1;
    await gestures.breakpointRow(String(returns)).waitFor();
    await after("plan").waitFor();
    await workbench.focusEditor();
    await workbench.clickGutter(returns);
    await after("plan").waitFor({ state: "detached" });
    await node("publish").focus();
    await page.keyboard.press("Shift+Space");
    await gestures.breakpointRow(String(lineOf("def publish"))).waitFor();
    await after("publish").waitFor();
    await workbench.focusEditor();
    await gestures.editBreakpoint(lineOf("def publish"), "Edit Breakpoint", { mode: "Before the node" });
    await after("publish").waitFor({ state: "detached" });
    await gestures.editBreakpoint(lineOf("def publish"), "Edit Breakpoint", { mode: "After the node" });
    await after("publish").waitFor();
    await node("publish").focus();
    await page.keyboard.press("Shift+Space");
    await after("publish").waitFor({ state: "detached" });
    await gestures.breakpointRow(String(lineOf("def publish"))).waitFor({ state: "detached" });

    await page.reload();
    await page.locator(".monaco-workbench .statusbar").waitFor();
    const last = panel.getByRole("status").filter({ hasText: "Not connected. Last: Before node write" });
    // A window that begins anew takes a while on a busy machine.
    await last.waitFor({ timeout: 90_000 });
    await panel.getByRole("tab", { name: "Graph" }).click();
    await node("write").waitFor();
    assert.equal(await panel.locator(".panel-disconnected").count(), 1);
    await gestures.removeAllBreakpoints();
  });

  for (const { language, file, text, imports } of walks) {
    it(`looks at the past of a run in ${language}, changes it, goes on from there and compares`, async () => {
      const { workbench } = session;
      const { page, panel } = workbench;
      const gestures = new Gestures(workbench);
      const tab = (name: string): Locator => panel.getByRole("tab", { name, exact: true });
      const step = (name: RegExp): Locator => panel.getByRole("treeitem", { name });
      const menu = async (name: RegExp, entry: string): Promise<void> => {
        await step(name).first().click({ button: "right" });
        await panel.getByRole("menuitem", { name: entry }).click();
      };
      const setTopic = async (): Promise<void> => {
        await panel.locator(".value", { hasText: "topic" }).dblclick();
        await panel.getByRole("textbox", { name: "topic, a text" }).fill("wasps");
        await panel.getByRole("button", { name: /^Set( on a branch)?$/ }).click();
        await workbench.waitForVariable("topic", text("wasps"));
      };

      // What is opened next is opened beside the panel, where that is open.
      await workbench.press("Control+1");
      await workbench.openFile(file);
      await workbench.waitForExtension();
      await workbench.runCommand("View: Show Run and Debug");
      await workbench.startConfiguration(file);
      await workbench.waitForCallStack("Error in node publish");
      await workbench.expandVariable("State");

      await tab("Timeline").click();
      await step(/^Step 2 research/).click();
      await tab("State").first().click();
      await tab("Changes").click();
      await panel.getByText("1 change").waitFor();
      await panel.getByRole("button", { name: "Open in the diff editor" }).click();
      await page.locator(".tab.active", { hasText: "notes: step 1 and step 2" }).waitFor();
      const changed = page.locator(".monaco-diff-editor .view-line", { hasText: /BEES.HAVE.WINGS/ });
      await changed.first().waitFor();

      // At an earlier step: on a branch.
      await tab("Timeline").click();
      await step(/^Step 1 plan/).click();
      await tab("State").first().click();
      await tab("State").last().click();
      await setTopic();
      await workbench.waitForCallStack("research");
      await panel.getByRole("button", { name: "Undo edit" }).click();
      await workbench.waitForVariable("topic", text("bees"));
      await setTopic();
      await workbench.screenshot(`${language}-past`);
      await gestures.clickTool("Continue");
      await workbench.waitForCallStack("The run has ended");
      await workbench.waitForVariable("text", text("WASPS HAVE WINGS"));

      await panel.getByRole("button", { name: "2 branches" }).click();
      await panel.getByRole("button", { name: "Compare branches" }).click();
      await panel
        .locator(".words", { hasText: /BEES.*WASPS/ })
        .first()
        .waitFor();
      await workbench.screenshot(`${language}-branches`);
      await tab("Timeline").click();
      await menu(/^Step 1 plan/, "Name…");
      await workbench.answer("Name", "wasps instead");
      await step(/wasps instead/).waitFor();
      await menu(/^Step 6 publish/, "Copy as Test");
      await page.locator(".tab.active", { hasText: "Untitled-" }).waitFor();
      await page.locator(".editor-instance .view-lines", { hasText: imports }).waitFor();
      await workbench.screenshot(`${language}-as-test`);
    });
  }

  it("keeps what was answered and what was typed when the process is killed and the window begins anew", async () => {
    const { workbench } = session;
    const { panel } = workbench;
    const card = (name: string): Locator => panel.getByRole("article", { name: `${name} asks` });
    const typed = card("budget").getByLabel("Answer, a text");
    const legalIsDone = panel.getByRole("button", { name: /^legal\b.* done/ });

    await workbench.press("Control+1");
    await workbench.openFile("ask.py");
    await workbench.waitForExtension();
    await workbench.startConfiguration(asks.anew);
    await panel.getByRole("tab", { name: "Graph" }).click();
    await typed.fill("ten");
    await card("legal").getByRole("radio", { name: "Yes" }).check();
    await card("legal").getByRole("button", { name: "Answer this one" }).click();
    await card("legal").waitFor({ state: "detached" });
    await legalIsDone.waitFor();
    assert.equal(await typed.inputValue(), "ten");

    process.kill(Number(await readFile(path.join(session.folder, "process.txt"), "utf8")), "SIGKILL");
    await workbench.waitForSessionEnd();
    await panel.getByText("The session is over; what you typed is kept.").waitFor();
    assert.equal(await typed.inputValue(), "ten");

    await workbench.reloadWindow();
    await panel
      .getByRole("status")
      .filter({ hasText: "The session has ended. Last: Waiting" })
      .waitFor({ timeout: 90_000 });
    assert.equal(await typed.inputValue(), "ten");
    assert.ok(await typed.isDisabled());

    await workbench.startConfiguration(asks.on);
    await typed.and(panel.locator(":enabled")).waitFor();
    await legalIsDone.waitFor();
    assert.equal(await card("legal").count(), 0);
    assert.equal(await typed.inputValue(), "ten");
    await workbench.screenshot("panel-draft");
    // VS Code itself moves the focus at a stop; the question has it in the end.
    await typed.and(panel.locator(":focus")).waitFor();
    await typed.press("Control+Enter");
    await workbench.waitForCallStack("The run has ended");
    await workbench.expandVariable("State");
    await workbench.waitForVariable("answers", "budget: ten");
  });

  it("tells of a run that waits behind another window, and counts those that wait", async () => {
    const { workbench } = session;
    const { page, panel } = workbench;
    const gestures = new Gestures(workbench);
    const bell = page.locator(".statusbar-item .codicon-bell-dot");
    const card = panel.getByRole("article", { name: "legal asks" });

    // Where the test before has left off: ask.py is open, and the panel.
    await page.locator(".editor-instance .view-lines").first().click();
    await gestures.clearNotifications();
    await workbench.setInFront(false);
    await workbench.startConfiguration(asks.anew);
    await workbench.waitForStatus("1 run waits");
    await card.waitFor();
    await workbench.setInFront(true);
    await gestures.clickInNotification(`${asks.anew}: Waiting for input: `, "Answer");
    await card.locator(":focus").waitFor();

    // In front, the panel says it, and nothing else does.
    await workbench.startConfiguration(asks.too);
    await workbench.waitForStatus("2 runs wait");
    await card.locator(":focus").waitFor();
    assert.equal(await bell.count(), 0);

    await workbench.setInFront(false);
    await workbench.startConfiguration(asks.more);
    await workbench.waitForStatus("3 runs wait");
    await workbench.setInFront(true);
    await gestures.clickInNotification(`${asks.more}: Waiting for input: `, "Don't Notify");
    await page.locator(".statusbar-item", { hasText: "3 runs wait" }).click();
    await card.locator(":focus").waitFor();
    await workbench.setInFront(false);
    await workbench.startConfiguration(asks.last);
    await workbench.waitForStatus("4 runs wait");
    assert.equal(await bell.count(), 0);

    await writeFile(
      path.join(session.folder, ".vscode", "settings.json"),
      '{"langgraph.waiting.statusBar": false}',
    );
    await page.locator(".statusbar-item", { hasText: "runs wait" }).waitFor({ state: "hidden" });
  });
});
