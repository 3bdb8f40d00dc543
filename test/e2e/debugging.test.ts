// A user's first walk, in a real VS Code, in both languages: click in the gutter, run, look, answer, end.
import { readFileSync } from "node:fs";
import path from "node:path";
import { examplesDir } from "../../scripts/lib/paths.mjs";
import { openWindow, type Session } from "./harness/web.ts";

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

describe("debugging in VS Code", function () {
  this.timeout(180_000);

  let session: Session;

  before(async () => {
    session = await openWindow({ folder: examplesDir });
  });

  afterEach(async function () {
    if (this.currentTest?.isFailed()) await session.workbench.describe(this.currentTest.title);
    await session.workbench.stopSession();
  });

  after(() => session?.close());

  for (const { language, file, node, asks, text, first } of flows) {
    it(`stops in ${language} where the gutter was clicked, shows the state, takes an answer and ends`, async () => {
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
      await workbench.inputBox("Send this reply?");
      await workbench.screenshot(`${language}-question`);
      // Left without an answer, the run waits on, and asks again when it shall go on.
      await workbench.press("Escape");
      await workbench.press("F5");
      await workbench.answer("Send this reply?", "approve");

      await workbench.waitForConsole("To: ada@example.com");
      await workbench.waitForCallStack("The run has ended");
      await workbench.waitForVariable("status", text("sent"));
      await workbench.screenshot(`${language}-end`);
      await workbench.press("F5");
      await workbench.waitForSessionEnd();
    });
  }
});
