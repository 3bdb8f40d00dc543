// Loads the panel's built bundle in Chromium, in its own page with its own policy; only VS Code's side is the test's.
/// <reference lib="dom" />
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, Locator, Page } from "playwright-core";
import { panelPage } from "../../src/extension/panel/page.ts";
import {
  emptyPicture,
  type FromPanel,
  type Json,
  type PanelRequest,
  type Picture,
  panelProtocolVersion,
  readFromPanel,
} from "../../src/protocol/webview.ts";
import { launchBrowser } from "../e2e/harness/web.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const origin = "https://panel.test";
/** The folder's built bundle, as the VSIX carries it. */
export const bundleFolder = path.join(root, "dist", "webview");

/** Classes of the body and variables of VS Code's own themes, of those that the panel uses. */
const themes = JSON.parse(readFileSync(new URL("themes.json", import.meta.url), "utf8")) as Record<
  Theme,
  { body: string; variables: Record<string, string> }
>;

export type Theme = "dark" | "light" | "hc" | "hc-light";

/** What VS Code keeps for a webview, and what it hears from it. */
interface Stage extends Window {
  state: unknown;
  said: unknown[];
  answerPanel(asked: unknown): Promise<object | undefined>;
}

export class Panel {
  readonly page: Page;
  /** What the page, or its policy, complained of. */
  readonly complaints: string[] = [];

  constructor(page: Page) {
    this.page = page;
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") this.complaints.push(message.text());
    });
    page.on("pageerror", (error) => this.complaints.push(String(error)));
  }

  /** Shows these parts of a picture, as the extension does. */
  async show(picture: Partial<Picture>): Promise<void> {
    await this.tell({ type: "update", version: panelProtocolVersion, picture });
  }

  async tell(message: unknown): Promise<void> {
    await this.page.evaluate((data) => window.postMessage(data, "*"), message);
  }

  /** What the panel has said since the last time it was asked; each message is a valid one. */
  async said(): Promise<FromPanel[]> {
    const said = await this.page.evaluate(() => (window as unknown as Stage).said.splice(0));
    return said.map((value) => {
      const read = readFromPanel(value);
      assert.ok("message" in read, "problem" in read ? read.problem : "");
      return read.message;
    });
  }

  /** Waits for a message of this type. */
  async hears<Type extends FromPanel["type"]>(type: Type): Promise<Extract<FromPanel, { type: Type }>> {
    await this.page.waitForFunction(
      (wanted) => (window as unknown as Stage).said.some((each) => (each as FromPanel).type === wanted),
      type,
    );
    const found = (await this.said()).find((message) => message.type === type);
    return found as Extract<FromPanel, { type: Type }>;
  }

  /** Answers a request of the panel. */
  async answer(request: number, result: { value: Json } | { error: string }): Promise<void> {
    await this.tell({ type: "result", request, ...result });
  }

  node(name: string): Locator {
    return this.page.locator(".node-face", { has: this.page.locator(`.node-name:text-is("${name}")`) });
  }

  async setTheme(theme: Theme): Promise<void> {
    await this.page.evaluate(({ body, variables }) => {
      document.body.className = body;
      document.documentElement.removeAttribute("style");
      for (const [name, value] of Object.entries(variables)) {
        document.documentElement.style.setProperty(name, value);
      }
    }, themes[theme]);
  }

  /** As VS Code does with its window: the page begins anew, with what it has kept. */
  async reload(): Promise<void> {
    const state = await this.page.evaluate(() => (window as unknown as Stage).state);
    await this.page.addInitScript((kept) => {
      (window as unknown as Stage).state = kept;
    }, state);
    await this.page.reload();
    await this.hears("ready");
  }

  async screenshot(name: string): Promise<void> {
    const folder = path.join(root, "screenshots");
    await mkdir(folder, { recursive: true });
    await this.page.screenshot({ path: path.join(folder, `panel-${name}.png`) });
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }
}

export interface PanelOptions {
  readonly width?: number;
  readonly height?: number;
  readonly theme?: Theme;
  readonly picture?: Partial<Picture>;
  /** False: the extension has not said anything yet. */
  readonly told?: boolean;
  readonly reducedMotion?: boolean;
  /** Answers requests of the panel as the extension would; without an answer, the test gives one itself. */
  readonly answers?: Answers;
}

/** The result of a request or a promise of it, undefined where it is not answered; an error is told as such. */
export type Answers = (asked: PanelRequest) => unknown;

/** A thread without a checkpoint. */
const noPast: Answers = ({ type }) =>
  type === "timeline" ? { entries: [], more: false, total: 0 } : undefined;

let browser: Browser | undefined;

/** The browser of all panels of a test file. */
export async function openBrowser(): Promise<void> {
  browser = await launchBrowser();
}

export async function closeBrowser(): Promise<void> {
  await browser?.close();
  browser = undefined;
}

/** Call within `describe`: each test opens a panel of its own, which must not complain and is closed after it. */
export function ownPanel(): { panel(): Panel; open(options: PanelOptions): Promise<Panel> } {
  let opened: Panel;
  before(openBrowser);
  after(closeBrowser);
  afterEach(async () => {
    assert.deepEqual(opened.complaints, []);
    await opened.close();
  });
  return {
    panel: () => opened,
    open: async (options) => {
      opened = await openPanel(options);
      return opened;
    },
  };
}

export async function openPanel({
  width = 640,
  height = 720,
  theme = "dark",
  picture,
  told = true,
  reducedMotion = false,
  answers = noPast,
}: PanelOptions = {}): Promise<Panel> {
  assert.ok(browser, "openBrowser comes first");
  const context = await browser.newContext({
    viewport: { width, height },
    reducedMotion: reducedMotion ? "reduce" : "no-preference",
  });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const panel = new Panel(page);
  await page.exposeFunction("answerPanel", async (asked: PanelRequest): Promise<object | undefined> => {
    try {
      const value = await answers(asked);
      return value === undefined ? undefined : { value };
    } catch (error) {
      return { error: (error as Error).message };
    }
  });
  await page.addInitScript(() => {
    const stage = window as unknown as Stage;
    stage.said = [];
    const api = {
      postMessage: (message: unknown) => {
        stage.said.push(structuredClone(message));
        const { request } = message as { request?: number };
        if (request === undefined) return;
        void stage.answerPanel(message).then((answer) => {
          if (answer) window.postMessage({ type: "result", request, ...answer }, "*");
        });
      },
      getState: () => stage.state,
      setState: (state: unknown) => {
        stage.state = structuredClone(state);
      },
    };
    Object.assign(window, { acquireVsCodeApi: () => api });
  });
  const types: Record<string, string> = { ".js": "text/javascript", ".css": "text/css", ".ttf": "font/ttf" };
  await page.route(`${origin}/**`, async (route) => {
    const name = new URL(route.request().url()).pathname.slice(1);
    if (name === "") {
      const files = { script: "/main.js", style: "/main.css", layout: "/layout.js" };
      await route.fulfill({ contentType: "text/html", body: panelPage({ origin, ...files }, "test") });
      return;
    }
    const body = readFileSync(path.join(bundleFolder, name));
    await route.fulfill({ contentType: types[path.extname(name)] ?? "text/plain", body });
  });
  await page.goto(`${origin}/`);
  await panel.setTheme(theme);
  await panel.hears("ready");
  if (told) await panel.show(picture ? { ...emptyPicture, ...picture } : {});
  return panel;
}
