// Page object of a VS Code window in a browser: what a user does with mouse and keyboard, and sees.
/// <reference lib="dom" />
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { FrameLocator, Locator, Page } from "playwright-core";

const screenshots = fileURLToPath(new URL("../../../screenshots/", import.meta.url));

export class Workbench {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Waits until the window can be used. */
  async ready(): Promise<void> {
    await this.page.waitForSelector(".monaco-workbench .statusbar");
    await this.page.waitForSelector(".explorer-folders-view .monaco-list-row, .no-workspace-open");
  }

  /** Lets VS Code close the window and open it again, with all that it keeps. */
  async reloadWindow(): Promise<void> {
    const loaded = this.page.waitForEvent("domcontentloaded");
    await this.runCommand("Developer: Reload Window");
    await loaded;
    await this.page.waitForSelector(".monaco-workbench .statusbar");
  }

  /** Runs a command by its title in the command palette, such as "View: Toggle Panel". */
  async runCommand(title: string): Promise<void> {
    await this.chooseQuickly("F1", `>${title}`, title);
  }

  /** Opens a file of the workspace in an editor; `file` is its path below the workspace's folder. */
  async openFile(file: string): Promise<void> {
    await this.chooseQuickly("ControlOrMeta+P", file, path.posix.basename(file));
    await this.page.locator(".tab.active", { hasText: path.posix.basename(file) }).waitFor();
    await this.page.locator(".editor-instance .margin-view-overlays .line-numbers").first().waitFor();
  }

  /** Gives the open editor the keyboard, from wherever it is. */
  async focusEditor(): Promise<void> {
    await this.page.keyboard.press("Control+1");
    // What is opened before the editor has the focus would be closed by that.
    await this.page.locator(".editor-instance .monaco-editor.focused").waitFor();
  }

  /** Clicks in the gutter of the open editor, which sets a breakpoint, or takes it away. */
  async clickGutter(line: number, button: "left" | "right" = "left"): Promise<void> {
    await this.clickBesideLine(line, -12, button);
  }

  /** Clicks this far right of the left edge of a line's number. */
  async clickBesideLine(line: number, x: number, button: "left" | "right"): Promise<void> {
    const number = await this.revealLine(line);
    // The place lies outside the number itself.
    await number.click({ button, position: { x, y: 8 }, force: true });
  }

  /** Puts the cursor in a line of the open editor and gives its line number in the margin, once it stands still. */
  async revealLine(line: number): Promise<Locator> {
    await this.quickly("Control+G", async (input) => {
      await input.fill(`:${line}`, { timeout: 10_000 });
      await input.press("Enter", { timeout: 10_000 });
      await input.waitFor({ state: "hidden", timeout: 10_000 });
    });
    const number = this.page
      .locator(".editor-instance .margin-view-overlays .line-numbers.active-line-number")
      .filter({ hasText: new RegExp(`^${line}$`) });
    await number.hover();
    return number;
  }

  /** Types another text in place of a line's, and saves the file. */
  async replaceLine(line: number, text: string): Promise<void> {
    await this.revealLine(line);
    await this.press("End");
    await this.press("Shift+Home");
    await this.page.keyboard.type(text);
    await this.press("ControlOrMeta+S");
    await this.page.locator(".tab.active.dirty").waitFor({ state: "detached" });
  }

  /** Presses a key or a chord, such as "F5" or "Shift+F5". */
  async press(key: string): Promise<void> {
    await this.page.keyboard.press(key);
  }

  /** Waits until the extension offers to debug the open file, which shows that it is active. */
  async waitForExtension(): Promise<void> {
    await this.page.locator('.editor-actions [aria-label^="Debug Graph"]').first().waitFor();
  }

  /** Clicks the nth code lens with this title. */
  async clickLens(title: string, index = 0): Promise<void> {
    await this.page.locator(".editor-instance .codelens-decoration a", { hasText: title }).nth(index).click();
  }

  /** Opens the list of the configurations that a debugger offers by itself, and gives its entries. */
  async offeredConfigurations(debuggerLabel: string): Promise<string[]> {
    const input = await this.openQuickInput("F1");
    await input.fill("debug ");
    await this.quickPickRow(`${debuggerLabel}...`).click();
    await this.page.getByPlaceholder("Select Launch Configuration").waitFor();
    await this.page.locator(".quick-input-widget .monaco-list-row .label-name").first().waitFor();
    return this.page.locator(".quick-input-widget .monaco-list-row .label-name").allTextContents();
  }

  /** Ends the sessions that run, if any: a test that fails leaves none to the next one. */
  async stopSessions(): Promise<void> {
    const toolbar = this.page.locator(".debug-toolbar");
    // A box that is open would take the key.
    await this.page.keyboard.press("Escape");
    while (await toolbar.isVisible()) {
      // VS Code ends the active one.
      await this.page.keyboard.press("Shift+F5");
      await toolbar.waitFor({ state: "hidden", timeout: 2_000 }).catch(() => {});
    }
  }

  /** Starts a launch configuration by its name. */
  async startConfiguration(name: string): Promise<void> {
    await this.chooseQuickly("F1", `debug ${name}`, name);
  }

  /** The list entry of the open quick pick that has this text. */
  quickPickRow(text: string): Locator {
    return this.page.locator(".quick-input-widget .monaco-list-row", { hasText: text }).first();
  }

  /** Waits for an input box with this text in its title, prompt or placeholder, and gives its field. */
  async inputBox(text: string | RegExp): Promise<Locator> {
    const widget = this.page.locator(".quick-input-widget:visible");
    await widget.filter({ hasText: text }).waitFor();
    return widget.locator(".quick-input-box input");
  }

  /** Types an answer into the input box with this text, as a user does: without clicking into it first. */
  async answer(text: string | RegExp, value: string): Promise<void> {
    const input = await this.inputBox(text);
    await input.and(this.page.locator(":focus")).waitFor();
    await this.page.keyboard.press("ControlOrMeta+A");
    await this.page.keyboard.type(value);
    await input.press("Enter");
  }

  /** Waits until the editor shows this file and marks this line as the one where the run stands. */
  async waitForStopAt(file: string, line: number): Promise<void> {
    await this.page.locator(".tab.active", { hasText: path.posix.basename(file) }).waitFor();
    await this.page.waitForFunction((wanted) => {
      const top = (element: Element) => element.getBoundingClientRect().y;
      const mark = document.querySelector(".editor-instance .view-overlays .debug-top-stack-frame-line");
      const numbers = document.querySelectorAll(".editor-instance .margin-view-overlays .line-numbers");
      const number = [...numbers].find((element) => element.textContent === wanted);
      return mark && number && Math.abs(top(mark) - top(number)) < 3;
    }, String(line));
  }

  /** Waits until the Call Stack pane has this text: why the run stands (in its title or at a thread), or a frame. */
  async waitForCallStack(text: string | RegExp): Promise<void> {
    await this.page.locator(".pane:has(.debug-call-stack)").filter({ hasText: text }).waitFor();
  }

  /** What the editor shows below a line where an error was raised. */
  exceptionWidget(text: string | RegExp): Locator {
    return this.page.locator(".exception-widget", { hasText: text });
  }

  /** The visible rows of the Call Stack pane, such as "Stack Frame research, line 12, main.py". */
  async callStack(): Promise<string[]> {
    return this.rows(".debug-call-stack");
  }

  /** Opens a scope or a variable in the Variables pane, unless it is open. */
  async expandVariable(name: string): Promise<void> {
    const row = this.variableRow(name);
    await row.waitFor();
    if ((await row.getAttribute("aria-expanded")) === "false")
      await row.locator(".monaco-tl-twistie").click();
    await row.and(this.page.locator('[aria-expanded="true"]')).waitFor();
  }

  /** The row of the Variables pane for a scope or a variable. */
  variableRow(name: string): Locator {
    const view = ".debug-variables .monaco-list-row";
    return this.page
      .locator(`${view}[aria-label="Scope ${name}"], ${view}[aria-label^="${name}, value "]`)
      .first();
  }

  /** Waits until a variable shows this value. */
  async waitForVariable(name: string, value: string | RegExp): Promise<void> {
    await this.variableRow(name).locator(".value").filter({ hasText: value }).waitFor();
  }

  /** The visible rows of the Variables pane, such as "Scope State" and "topic, value 'cats'". */
  async variables(): Promise<string[]> {
    return this.rows(".debug-variables");
  }

  /** Enters an expression or a command in the Debug Console. */
  async typeInConsole(text: string): Promise<void> {
    await this.page.locator(".repl-input-wrapper .monaco-editor").click();
    await this.page.keyboard.type(text);
    await this.page.keyboard.press("Escape");
    await this.page.keyboard.press("Enter");
  }

  /** Waits until a line of the Debug Console has this text. */
  async waitForConsole(text: string | RegExp): Promise<void> {
    await this.page.locator(".repl .monaco-list-row", { hasText: text }).first().waitFor();
  }

  /** The visible lines of the Debug Console. */
  async console(): Promise<string[]> {
    return this.rows(".repl-tree");
  }

  /** Waits for a notification or a dialog with this text and gives it. */
  async message(text: string | RegExp): Promise<Locator> {
    const message = this.page
      .locator(".notification-list-item, .monaco-dialog-box")
      .filter({ hasText: text })
      .first();
    await message.waitFor();
    return message;
  }

  /** Waits until the status bar has this text. */
  async waitForStatus(text: string | RegExp): Promise<void> {
    await this.page.locator(".statusbar-item", { hasText: text }).first().waitFor();
  }

  /** Puts another window in front of this one, as far as VS Code can tell, or this one again. */
  async setInFront(inFront: boolean): Promise<void> {
    await this.page.evaluate((isInFront) => {
      // No other window can cover a page of a headless browser.
      document.hasFocus = () => isInFront;
      document.dispatchEvent(new Event("visibilitychange"));
    }, inFront);
  }

  /** Waits until the debug toolbar is there: a session runs. */
  async waitForSession(): Promise<void> {
    await this.page.locator(".debug-toolbar").waitFor();
  }

  /** Waits until the debug toolbar is gone: the session ended. */
  async waitForSessionEnd(): Promise<void> {
    await this.page.locator(".debug-toolbar").waitFor({ state: "hidden" });
  }

  /** The panel's page, where it is open. */
  get panel(): FrameLocator {
    return this.page.frameLocator("iframe.webview.ready").frameLocator("iframe#active-frame");
  }

  /** Switches to a colour theme by its name, such as "Dark Modern". */
  async setTheme(name: string): Promise<void> {
    await this.runCommand("Preferences: Color Theme");
    const row = this.quickPickRow(name);
    await this.page.locator(".quick-input-widget input").fill(name);
    await row.click();
    await this.page.locator(".quick-input-widget").waitFor({ state: "hidden" });
  }

  /** Writes a picture of the window to screenshots/<name>.png and returns its path. */
  async screenshot(name: string): Promise<string> {
    await mkdir(screenshots, { recursive: true });
    const file = path.join(screenshots, `${name}.png`);
    await this.page.screenshot({ path: file });
    return file;
  }

  /** Prints what the window shows, and keeps a picture of it: for a test that failed. */
  async describe(name: string): Promise<void> {
    const panes = {
      callStack: await this.callStack(),
      variables: await this.variables(),
      console: await this.console(),
    };
    console.log(
      `${await this.screenshot(`failed-${name.replaceAll(/\W+/g, "-")}`)}\n${JSON.stringify(panes, null, 2)}`,
    );
  }

  /** Opens a list by a key, types a text into it, and clicks the entry that has the other one. */
  private async chooseQuickly(key: string, text: string, entry: string): Promise<void> {
    await this.quickly(key, async (input) => {
      await input.fill(text, { timeout: 10_000 });
      await this.quickPickRow(entry).click({ timeout: 10_000 });
    });
  }

  /** Opens a list or box by a key, and uses it. */
  private async quickly(key: string, use: (input: Locator) => Promise<void>): Promise<void> {
    // What VS Code shows a moment later takes the focus from the list, which closes it: a user opens it again.
    for (let left = 3; ; left--) {
      const used = this.openQuickInput(key, left === 0 ? 60_000 : 10_000).then(use);
      if (left === 0) return used;
      const done = await used.then(
        () => true,
        () => false,
      );
      if (done) return;
    }
  }

  private async openQuickInput(key: string, timeout = 60_000): Promise<Locator> {
    const input = this.page.locator(".quick-input-widget:visible .quick-input-box input");
    await this.page.keyboard.press(key);
    await input.waitFor({ timeout });
    return input;
  }

  private async rows(view: string): Promise<string[]> {
    const rows = this.page.locator(`${view} .monaco-list-row`);
    return rows.evaluateAll((elements) => elements.map((element) => (element.ariaLabel ?? "").trim()));
  }
}
