// Opens the web edition of VS Code in a headless browser, with the extension under development.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, chromium } from "playwright-core";
import { ensureChromium } from "../../../scripts/lib/chromium.mjs";
import { ensureWebVscode, startWebVscode, type WebVscode } from "../../../scripts/lib/web-vscode.mjs";
import { Workbench } from "./workbench.ts";

/** The folder of the extension under development: this repository. */
export const extensionFolder = fileURLToPath(new URL("../../../", import.meta.url));

export interface WindowOptions {
  /** Folder to open as workspace. */
  readonly folder: string;
  /** Settings for all windows, beside those that keep the window quiet. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Folders of further extensions. */
  readonly extensions?: readonly string[];
  /** Path of a VSIX to install, instead of the extension under development. */
  readonly vsix?: string;
  /** Ask whether the workspace is trusted, as VS Code does by default. */
  readonly workspaceTrust?: boolean;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** A server of VS Code with one window in a browser. */
export interface Session {
  readonly workbench: Workbench;
  close(): Promise<void>;
}

export async function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: await ensureChromium(),
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--no-first-run",
    ],
  });
}

/** Starts a server with data of its own, which is removed when it is closed. */
export async function startServer(
  options: Omit<WindowOptions, "folder">,
): Promise<WebVscode & { close(): Promise<void> }> {
  await ensureWebVscode();
  const dataDir = await mkdtemp(path.join(tmpdir(), "vscode-e2e-"));
  const server = await startWebVscode({ dataDir, ...options });
  return {
    ...server,
    async close() {
      await server.stop();
      await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Opens a window on a folder, ready to be used. */
export async function openWindow(options: WindowOptions): Promise<Session> {
  const { folder, ...serverOptions } = options;
  const server = await startServer(serverOptions);
  const browser = await launchBrowser();
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  // Another window may be at work beside it.
  page.setDefaultTimeout(60_000);
  await page.goto(server.url({ folder, ...(options.vsix === undefined && { extension: extensionFolder }) }));
  const workbench = new Workbench(page);
  await workbench.ready();
  return {
    workbench,
    async close() {
      await browser.close();
      await server.close();
    },
  };
}
