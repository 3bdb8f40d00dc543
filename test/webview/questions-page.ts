// The cards of questions in a browser, with a stand-in for the extension: what they send is kept, and answered as told.

import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { type Browser, chromium, type Locator, type Page } from "playwright-core";
import { ensureChromium } from "../../scripts/lib/chromium.mjs";
import type { Drafts, FromPanel, Json, PanelInterrupt } from "../../src/protocol/webview.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

const entry = `
import { createElement } from "react";
import { createRoot } from "react-dom/client";
import { Questions } from "./webview/questions/index.tsx";
window.sent = [];
window.results = [];
const root = createRoot(document.getElementById("root"));
const send = (message) => window.sent.push(message);
const request = (message) => {
  window.sent.push(message);
  const result = window.results.shift() ?? { value: null };
  return "error" in result ? Promise.reject(new Error(result.error)) : Promise.resolve(result.value);
};
window.show = (props) => root.render(createElement(Questions, { drafts: {}, enabled: true, send, request, ...props }));
`;

/** What an interrupt of the adapter looks like in the panel. */
export function asked(value: Json, more: Partial<PanelInterrupt> = {}): PanelInterrupt {
  const which = { id: "i1", index: 0, node: "ask", graph: "", namespace: "" };
  return { ...which, value, shortened: false, earlier: [], tries: 1, ...more };
}

type Window = typeof globalThis & {
  show(props: unknown): void;
  sent: FromPanel[];
  results: ({ value: Json } | { error: string })[];
};

export async function text(of: Locator): Promise<string> {
  return (await of.textContent()) ?? "";
}

export class QuestionsPage {
  readonly page: Page;
  /** Errors of the page's own code. */
  readonly errors: string[] = [];

  constructor(page: Page) {
    this.page = page;
    page.on("pageerror", (error) => this.errors.push(String(error)));
  }

  async show(
    interrupts: readonly PanelInterrupt[],
    more: { drafts?: Drafts; enabled?: boolean } = {},
  ): Promise<void> {
    const render = (props: unknown): void => (globalThis as Window).show(props);
    await this.page.evaluate(render, { interrupts, ...more } as unknown);
    await this.page.locator(".card").first().waitFor();
  }

  /** How the extension answers the next request. */
  async next(result: { value: Json } | { error: string }): Promise<void> {
    const add = (each: unknown): void => void (globalThis as Window).results.push(each as never);
    await this.page.evaluate(add, result as unknown);
  }

  async sent<Type extends FromPanel["type"]>(type: Type): Promise<Extract<FromPanel, { type: Type }>[]> {
    const all = await this.page.evaluate(() => (globalThis as Window).sent);
    return all.filter((message): message is Extract<FromPanel, { type: Type }> => message.type === type);
  }

  /** The JSON that the card says it sends. */
  async sends(): Promise<unknown> {
    return JSON.parse(await text(this.page.locator("[data-sends]").first()));
  }

  /** Values of the answers that were sent. */
  async answers(): Promise<Json[]> {
    return (await this.sent("answer")).flatMap(({ answers }) => answers.map(({ value }) => value));
  }
}

/** Call within `describe`: a browser for all its tests, a page for each. */
export function questionsPage(): () => QuestionsPage {
  let browser: Browser;
  let code = "";
  let style = "";
  let current: QuestionsPage;
  before(async function () {
    this.timeout(120_000);
    const { outputFiles } = await build({
      stdin: { contents: entry, resolveDir: root, loader: "tsx" },
      bundle: true,
      write: false,
      outdir: "out",
      format: "iife",
      jsx: "automatic",
      target: "chrome126",
      define: { "process.env.NODE_ENV": '"production"' },
      external: ["@rjsf/validator-ajv8"],
      logLevel: "error",
    });
    code = outputFiles.find(({ path }) => path.endsWith(".js"))?.text ?? "";
    style = outputFiles.find(({ path }) => path.endsWith(".css"))?.text ?? "";
    browser = await chromium.launch({ executablePath: await ensureChromium(), args: ["--no-sandbox"] });
  });
  after(() => browser.close());
  beforeEach(async function () {
    this.timeout(60_000);
    const page = await browser.newPage();
    current = new QuestionsPage(page);
    // As strict as the panel's own policy: no code is made of text.
    const policy = "default-src 'none'; script-src 'nonce-test'; style-src 'nonce-test'";
    await page.setContent(
      `<!DOCTYPE html><html lang="en"><head><title>Questions</title><meta http-equiv="Content-Security-Policy" content="${policy}">` +
        `<style nonce="test">${style}</style></head><body><main id="root"></main>` +
        `<script nonce="test">${code.replaceAll("</script", "<\\/script")}</script></body></html>`,
    );
  });
  afterEach(async () => {
    await current.page.close();
    if (current.errors.length > 0) throw new Error(current.errors.join("\n"));
  });
  return () => current;
}
