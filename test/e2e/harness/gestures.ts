// Page object of debugging in a VS Code window: breakpoints typed, buttons of the debug toolbar, menus of its trees.
import type { Locator, Page } from "playwright-core";
import type { Workbench } from "./workbench.ts";

/** What is set in the breakpoint widget; what is left out stays as it is. */
interface BreakpointForm {
  /** What the text is, if not what the menu's entry says: "Hit Count", "Expression", "Log Message". */
  readonly type?: string;
  /** Such as "After the node". Modes are known from the first session on. */
  readonly mode?: string;
  readonly text?: string;
}

export class Gestures {
  readonly #workbench: Workbench;
  readonly #page: Page;

  constructor(workbench: Workbench) {
    this.#workbench = workbench;
    this.#page = workbench.page;
  }

  /** Right-clicks in the gutter of the open editor, and fills the widget that this entry of the menu opens. */
  async editBreakpoint(line: number, entry: string, { type, mode, text }: BreakpointForm): Promise<void> {
    await this.#workbench.clickGutter(line, "right");
    await this.choose(entry);
    const widget = this.#page.locator(".breakpoint-widget");
    await widget.locator(".monaco-editor.focused").waitFor();
    for (const option of [type, mode]) {
      if (option !== undefined) await widget.locator("select", { hasText: option }).selectOption(option);
    }
    await widget.locator(".monaco-editor .native-edit-context").focus();
    if (text !== undefined) {
      await this.#page.keyboard.press("ControlOrMeta+A");
      await this.#page.keyboard.type(text);
    }
    await this.#page.keyboard.press("Enter");
    await widget.waitFor({ state: "detached" });
    // What is opened before the editor has the focus again would be closed by that.
    await this.#page.locator(".editor-instance .monaco-editor.focused").waitFor();
  }

  /** Types the name of a function breakpoint in the Breakpoints view. */
  async addFunctionBreakpoint(name: string): Promise<void> {
    const pane = this.#page.locator(".pane:has(.debug-breakpoints)");
    await pane.locator(".pane-header").hover();
    await pane.locator('.pane-header [aria-label^="Add Function Breakpoint"]').click();
    await pane.getByLabel("Type function breakpoint").fill(name);
    await this.#page.keyboard.press("Enter");
    await this.breakpointRow(name).waitFor();
  }

  /** The row of the Breakpoints view with this text. */
  breakpointRow(text: string): Locator {
    return this.#page.locator(".debug-breakpoints .monaco-list-row", { hasText: text });
  }

  async removeAllBreakpoints(): Promise<void> {
    await this.#workbench.runCommand("Remove All Breakpoints");
    const own = this.#page.locator(".debug-breakpoints .breakpoint:not(.exception)");
    await own.first().waitFor({ state: "detached" });
  }

  /** Clicks a button of the debug toolbar, such as "Step Over", once it can be clicked. */
  async clickTool(name: string): Promise<void> {
    const tool = `.action-item:not(.disabled) .action-label[aria-label^="${name}"]`;
    await this.#page.locator(`.debug-toolbar ${tool}`).click();
  }

  /** Right-clicks a scope or a variable of the Variables view and chooses from its menu. */
  async chooseForVariable(name: string, entry: string): Promise<void> {
    await this.chooseForRow(this.#workbench.variableRow(name), entry);
  }

  /** Right-clicks a row of a view and chooses from its menu. */
  async chooseForRow(row: Locator, entry: string): Promise<void> {
    const item = this.#page.locator(".monaco-menu .action-item:not(.disabled)", { hasText: entry }).first();
    // What is shown of the row where the mouse rests may lie over this one.
    await this.#page.mouse.move(0, 0);
    // VS Code draws a view anew a while after a stop, and then drops a menu that was asked for before.
    for (let left = 5; ; left--) {
      await row.click({ button: "right" });
      const shown = await item.waitFor({ timeout: 3_000 }).then(
        () => true,
        () => false,
      );
      if (shown || left === 0) break;
    }
    await this.choose(entry);
  }

  /** Gives a variable of the Variables view another value, as a user does: by a double click on it. */
  async setVariable(name: string, value: string): Promise<void> {
    const row = this.#workbench.variableRow(name);
    await row.locator(".value").dblclick();
    const field = this.#page.getByLabel("Type new variable value").and(this.#page.locator(":visible"));
    await field.fill(value);
    await field.press("Enter");
    await field.waitFor({ state: "hidden" });
  }

  /** Opens the steps already taken, which the Call Stack folds away. */
  async showSteps(): Promise<void> {
    const folded = this.#page.locator(".debug-call-stack .monaco-list-row", { hasText: /^Show \d+ More/ });
    await folded.click();
    await folded.waitFor({ state: "detached" });
  }

  /** Right-clicks a frame of the Call Stack and chooses from its menu. */
  async chooseForFrame(name: string, entry: string): Promise<void> {
    const frame = `.debug-call-stack .monaco-list-row[aria-label^="Stack Frame ${name},"]`;
    await this.#page.locator(frame).first().click({ button: "right" });
    await this.choose(entry);
  }

  /** Puts the cursor in a line of the open editor and chooses from the editor's menu. */
  async chooseInEditor(line: number, entry: string): Promise<void> {
    await this.#workbench.clickBesideLine(line, 200, "right");
    await this.choose(entry);
  }

  async clearNotifications(): Promise<void> {
    await this.#workbench.runCommand("Notifications: Clear All Notifications");
    await this.#page.locator(".statusbar-item .codicon-bell-dot").waitFor({ state: "detached" });
  }

  /** Waits for a notification and clicks its button. VS Code under test shows none unless it is asked to. */
  async clickInNotification(text: string, button: string): Promise<void> {
    const bell = this.#page.locator(".statusbar-item .codicon-bell-dot");
    await bell.click();
    const notification = this.#page.locator(".notifications-center .notification-list-item", {
      hasText: text,
    });
    // A hint of the bell may lie over the button.
    await notification.getByText(button).focus();
    await this.#workbench.press("Enter");
    await notification.waitFor({ state: "detached" });
    await this.#workbench.press("Escape");
  }

  /** Chooses from the open menu, which takes no click in its first moments. */
  async choose(text: string): Promise<void> {
    const menu = this.#page.locator(".monaco-menu");
    await menu.locator(".action-item:not(.disabled)", { hasText: text }).first().hover();
    await menu.locator(".action-item.focused", { hasText: text }).waitFor();
    await this.#page.keyboard.press("Enter");
    await menu.waitFor({ state: "detached" });
  }
}
