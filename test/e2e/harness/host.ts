// Runs mocha tests inside a real VS Code's extension host: a desktop one where it can be had, else the web edition.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { downloadAndUnzipVSCode, runTests } from "@vscode/test-electron";
import { extensionFolder, launchBrowser, startServer, type WindowOptions } from "./web.ts";

const runner = fileURLToPath(new URL("../host/run.cjs", import.meta.url));

/** What mocha's JSON reporter writes, as far as it is read here. */
interface Report {
  readonly stats: { readonly passes: number; readonly failures: number };
  readonly failures: readonly { readonly fullTitle: string; readonly err: { readonly stack?: string } }[];
}

/**
 * Runs the tests of these files (`*.host.ts`), in this order, in one window on a folder; rejects with those that failed.
 * VSCODE_PATH names a desktop VS Code to use.
 */
export async function runInExtensionHost(
  options: WindowOptions & { files: readonly string[] },
): Promise<void> {
  const { files, ...window } = options;
  const dataDir = await mkdtemp(path.join(tmpdir(), "vscode-host-"));
  try {
    const reportFile = path.join(dataDir, "report.json");
    const env = { ...window.env, E2E_HOST_TESTS: files.join("\n"), E2E_HOST_REPORT: reportFile };
    const desktop = await findDesktop();
    const run = desktop === undefined ? runInWeb : runOnDesktop(desktop, dataDir);
    const log = await run({ ...window, env });
    assert.ok(existsSync(reportFile), `The tests did not run in the extension host:\n${log}`);
    const report = JSON.parse(await readFile(reportFile, "utf8")) as Report;
    const failures = report.failures.map((test) => `${test.fullTitle}\n${test.err.stack ?? ""}`);
    assert.equal(failures.length, 0, `Failed in the extension host:\n${failures.join("\n\n")}`);
    assert.ok(report.stats.passes >= files.length, "a file has no tests");
  } finally {
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function findDesktop(): Promise<string | undefined> {
  const own = process.env.VSCODE_PATH;
  if (own) {
    if (!existsSync(own)) throw new Error(`VSCODE_PATH names a file that does not exist: ${own}`);
    return own;
  }
  const hasScreen = process.platform !== "linux" || process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
  if (!hasScreen) return undefined;
  try {
    return await downloadAndUnzipVSCode();
  } catch (error) {
    console.log(`No desktop VS Code could be fetched (${String(error)}): the web edition is used.`);
    return undefined;
  }
}

function runOnDesktop(executable: string, dataDir: string): (window: WindowOptions) => Promise<string> {
  return async (window) => {
    try {
      for (const extension of window.extensions ?? []) {
        await cp(extension, path.join(dataDir, "extensions", path.basename(extension)), { recursive: true });
      }
      await runTests({
        vscodeExecutablePath: executable,
        extensionDevelopmentPath: extensionFolder,
        extensionTestsPath: runner,
        extensionTestsEnv: { ...window.env },
        launchArgs: [
          window.folder,
          `--user-data-dir=${path.join(dataDir, "user")}`,
          `--extensions-dir=${path.join(dataDir, "extensions")}`,
          ...(window.workspaceTrust ? [] : ["--disable-workspace-trust"]),
        ],
      });
      return "";
    } catch (error) {
      // Failed tests are in the report; anything else shows by its absence.
      return String(error);
    }
  };
}

/** Resolves with the host's log when the tests have ended. */
async function runInWeb(options: WindowOptions): Promise<string> {
  const { folder, ...serverOptions } = options;
  const server = await startServer(serverOptions);
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    let log = "";
    await page.exposeFunction("codeAutomationLog", (_type: string, args: unknown[]) => {
      log += `${stripVTControlCharacters(args.map(String).join(" "))}\n`;
    });
    let exit: (code: number) => void = () => {};
    const exited = new Promise<number>((resolve) => {
      exit = resolve;
    });
    await page.exposeFunction("codeAutomationExit", exit);
    await page.goto(server.url({ folder, extension: extensionFolder, tests: runner }));
    await exited;
    return log;
  } finally {
    await browser.close();
    await server.close();
  }
}
