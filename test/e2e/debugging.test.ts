// A user's first walk, in both languages, in a VS Code that has only the VSIX: click in the gutter, run, look, answer, end.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { examplesDir } from "../../scripts/lib/paths.mjs";
import { extensionFolder } from "./harness/web.ts";
import { TestWindow } from "./harness/window.ts";

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

const flows = [
  {
    language: "Python",
    file: "python/email_assistant.py",
    node: "def write(",
    asks: "interrupt({",
    text: (value: string) => `'${value}'`,
    first: "[0]",
  },
  {
    language: "TypeScript",
    file: "typescript/email-assistant.ts",
    node: "const write:",
    asks: "interrupt<",
    text: (value: string) => `"${value}"`,
    first: "0",
  },
];

describe("debugging in VS Code with the VSIX installed", function () {
  this.timeout(180_000);

  const session = TestWindow.in(async (folder) => {
    const vsix = path.join(folder, "langgraph-debugger.vsix");
    const vsce = createRequire(import.meta.url)("@vscode/vsce") as Vsce;
    await vsce.createVSIX({
      cwd: extensionFolder,
      packagePath: vsix,
      dependencies: false,
      rewriteRelativeLinks: false,
      allowMissingRepository: true,
    });
    return { folder: examplesDir, vsix, env: {} };
  });

  it("edits the text of a question in a tab, takes it when it is saved, and undoes the answer", async () => {
    const { workbench } = session;
    const { page } = workbench;
    await workbench.openFile("python/email_assistant.py");
    await workbench.waitForExtension();
    await workbench.press("F5");
    await workbench.waitForCallStack("Waiting for input");
    const { panel } = workbench;
    const card = panel.getByRole("article", { name: "review asks" });
    await card.getByLabel("Answer as").selectOption("editText");
    await card.getByRole("button", { name: "Edit in a tab" }).click();
    const tab = page.locator(".tab", { hasText: "save to take it" });
    await tab.waitFor();
    await page.locator(".monaco-diff-editor .modified .view-line").first().click();
    await workbench.press("Control+Home");
    await page.keyboard.type("Hello! ");
    await workbench.press("ControlOrMeta+S");
    await card.locator("[data-sends]", { hasText: '"Hello! Dear Ada' }).waitFor();
    await tab.waitFor({ state: "detached" });
    await page.locator(".tab", { hasText: "review.txt" }).waitFor({ state: "detached" });
    await card.getByRole("button", { name: "Answer and continue" }).click();
    await workbench.waitForCallStack("The run has ended");
    await page.locator(".editor-instance .view-lines").first().click();
    await workbench.runCommand("LangGraph: Undo the Last Answer");
    await panel.getByRole("status").filter({ hasText: "Answer undone before node review" }).waitFor();
  });

  for (const { language, file, node, asks, text, first } of flows) {
    it(`stops in ${language} where the gutter was clicked, shows the state, takes an answer in the panel and ends`, async () => {
      const { workbench } = session;
      const name = path.posix.basename(file);
      const lines = readFileSync(path.join(examplesDir, file), "utf8").split("\n");
      const lineOf = (start: string) => lines.findIndex((line) => line.includes(start)) + 1;

      await workbench.openFile(file);
      await workbench.waitForExtension();
      await workbench.clickGutter(lineOf(node));
      await workbench.press("F5");

      await workbench.waitForStopAt(name, lineOf(node));
      await workbench.waitForCallStack("Before node write");
      await workbench.expandVariable("State");
      await workbench.waitForVariable("category", text("question"));
      await workbench.expandVariable("documents");
      await workbench.waitForVariable(first, "Refunds reach your account");
      await workbench.screenshot(`${language}-stop`);

      await workbench.press("F5");
      await workbench.waitForStopAt(name, lineOf(asks));
      await workbench.waitForVariable("draft", "Dear Ada");
      // The panel opened beside the editor at the first stop; now it asks, and has the keyboard.
      const { panel } = workbench;
      const card = panel.getByRole("article", { name: "review asks" });
      const field = card.getByLabel("Answer, a text");
      await field.and(panel.locator(":focus")).waitFor();
      await workbench.waitForStatus("1 run waits");
      await workbench.page.keyboard.type("appr");
      await workbench.screenshot(`${language}-question`);
      // Left without an answer, the run waits on with what was typed, and asks again when it shall go on.
      await workbench.page.locator(".editor-instance .view-lines").first().click();
      await workbench.press("F5");
      await field.and(panel.locator(":focus")).waitFor();
      await workbench.press("End");
      await workbench.page.keyboard.type("ove");
      await card.locator("[data-sends]", { hasText: '"approve"' }).waitFor();
      await workbench.press("Control+Enter");

      await workbench.waitForConsole("To: ada@example.com");
      await workbench.waitForCallStack("The run has ended");
      await workbench.waitForVariable("status", text("sent"));
      await workbench.screenshot(`${language}-end`);
      await workbench.press("F5");
      await workbench.waitForSessionEnd();
    });
  }
});
