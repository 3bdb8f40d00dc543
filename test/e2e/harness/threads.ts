// Page object of the view "LangGraph Threads".
import type { Locator, Page } from "playwright-core";

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
}
