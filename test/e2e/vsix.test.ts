// The VSIX, installed in a VS Code that has not seen the sources, debugs a graph of each language.
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { examplesDir } from "../../scripts/lib/paths.mjs";
import { extensionFolder, openWindow, type Session } from "./harness/web.ts";

/** The part of vsce's API that is used. */
interface Vsce {
  createVSIX(options: {
    cwd: string;
    packagePath: string;
    dependencies: boolean;
    rewriteRelativeLinks: boolean;
    allowMissingRepository: boolean;
  }): Promise<void>;
}

describe("the installed VSIX", function () {
  this.timeout(180_000);
  let folder: string;
  let session: Session;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "e2e-vsix-"));
    const vsix = path.join(folder, "langgraph-debugger.vsix");
    const vsce = createRequire(import.meta.url)("@vscode/vsce") as Vsce;
    await vsce.createVSIX({
      cwd: extensionFolder,
      packagePath: vsix,
      dependencies: false,
      rewriteRelativeLinks: false,
      allowMissingRepository: true,
    });
    session = await openWindow({ folder: examplesDir, vsix });
  });

  afterEach(async function () {
    if (this.currentTest?.isFailed()) await session.workbench.describe(this.currentTest.title);
    await session.workbench.stopSession();
  });

  after(async () => {
    await session?.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  for (const [language, file] of [
    ["Python", "python/email_assistant.py"],
    ["TypeScript", "typescript/email-assistant.ts"],
  ] as const) {
    it(`debugs a ${language} graph`, async () => {
      const { workbench } = session;
      await workbench.openFile(file);
      await workbench.waitForExtension();
      await workbench.startConfiguration(`Email assistant (${language})`);
      await workbench.answer("Send this reply?", "approve");
      await workbench.waitForCallStack("The run has ended");
    });
  }
});
