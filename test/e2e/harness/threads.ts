// Page object of the view "LangGraph Threads".
/// <reference lib="dom" />
import type { ElementHandle, Locator, Page } from "playwright-core";

export class ThreadsView {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  get pane(): Locator {
    return this.#page.locator(".pane", {
      has: this.#page.locator('.pane-header[aria-label^="LangGraph Threads"]'),
    });
  }

  /** Opens the view in the side bar that is shown. */
  async open(): Promise<void> {
    const header = this.pane.locator(".pane-header");
    if ((await header.getAttribute("aria-expanded")) === "false") await header.click();
    await this.pane.locator(".pane-header[aria-expanded=true]").waitFor();
  }

  /** Closes another view of the side bar, such as "Watch". */
  async fold(view: string): Promise<void> {
    const header = this.#page.locator(`.pane-header[aria-label^="${view}"][aria-expanded=true]`);
    if (await header.isVisible()) await header.click();
  }

  /** The row of a graph or a thread that a screen reader reads like this: "Thread Refund, waiting for review, …". */
  row(label: string): Locator {
    return this.pane.locator(`.monaco-list-row[aria-label^="${label}"]`);
  }

  /** Clicks an icon in the view's title. */
  async clickTool(name: string): Promise<void> {
    await this.pane.locator(".pane-header").hover();
    await this.pane.locator(`.pane-header [aria-label^="${name}"]`).click();
  }

  /** Accepts the path that VS Code's own file dialog with this title begins with, or gives it another. */
  async answerDialog(title: string, file?: string): Promise<void> {
    const widget = this.#page.locator(".quick-input-widget:visible", { hasText: title });
    const input = widget.locator(".quick-input-box input");
    // The dialog writes its own path when it has listed the folder, over what is there.
    await widget.locator(".monaco-list-row").first().waitFor();
    await this.#page.waitForFunction((element) => element.value !== "", await inputElement(input));
    if (file !== undefined) await input.fill(file);
    await input.press("Enter");
    await widget.waitFor({ state: "detached" });
  }
}

async function inputElement(input: Locator): Promise<ElementHandle<HTMLInputElement>> {
  return (await input.elementHandle()) as ElementHandle<HTMLInputElement>;
}
