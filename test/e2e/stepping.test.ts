// A walk through breakpoints, steps and time in a real VS Code, by what a user types and clicks.
import { cp, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { root, venvDir } from "../../scripts/lib/paths.mjs";
import { Gestures } from "./harness/gestures.ts";
import { openWindow, type Session } from "./harness/web.ts";

const fixtures = fileURLToPath(new URL("fixtures/walk", import.meta.url));

const languages = [
  {
    name: "Python",
    file: "walk.py",
    lines: { lookUp: "def look_up", write: "def write", publish: "def publish", raise: "raise " },
    text: (value: string) => `'${value}'`,
    error: "ValueError",
    mended: "return {'text': 'printed'}",
  },
  {
    name: "TypeScript",
    file: "walk.ts",
    lines: {
      lookUp: "function lookUp",
      write: "function write",
      publish: "function publish",
      raise: "throw ",
    },
    text: (value: string) => `"${value}"`,
    error: "RangeError",
    mended: "return { text: 'printed' };",
  },
];

describe("breakpoints and steps in VS Code", function () {
  this.timeout(180_000);

  let folder: string;
  let session: Session;
  let gestures: Gestures;

  before(async () => {
    folder = await realpath(await mkdtemp(path.join(tmpdir(), "e2e-walk-")));
    await cp(fixtures, folder, { recursive: true });
    await writeFile(path.join(folder, "package.json"), '{"private": true, "type": "module"}');
    await symlink(path.join(root, "node_modules"), path.join(folder, "node_modules"), "junction");
    await mkdir(path.join(folder, ".vscode"));
    const configurations = languages.map(({ file }) => ({
      name: file,
      type: "langgraph",
      request: "launch",
      program: `\${workspaceFolder}/${file}`,
      input: { topic: "bees" },
    }));
    await writeFile(path.join(folder, ".vscode", "launch.json"), JSON.stringify({ configurations }));
    session = await openWindow({
      folder,
      // The walk needs the room, and menus that nothing closes.
      settings: { "langgraph.panel.openOnStop": false },
      env: { VIRTUAL_ENV: venvDir },
    });
    gestures = new Gestures(session.workbench);
  });

  afterEach(async function () {
    if (this.currentTest?.isFailed()) await session.workbench.describe(this.currentTest.title);
    await session.workbench.stopSessions();
    await gestures.removeAllBreakpoints();
  });

  after(async () => {
    await session?.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  for (const { name, file, lines, text, error, mended } of languages) {
    let lineOf: (start: string) => number;

    before(async () => {
      const source = (await readFile(path.join(folder, file), "utf8")).split("\n");
      lineOf = (start) => source.findIndex((line) => line.includes(start)) + 1;
    });

    it(`takes conditions, log messages, modes, names and steps in ${name}`, async () => {
      const { workbench } = session;
      await workbench.openFile(file);
      await workbench.waitForExtension();
      await gestures.editBreakpoint(lineOf(lines.lookUp), "Add Logpoint", { text: "looking up {topic}" });
      await gestures.editBreakpoint(lineOf(lines.write), "Add Conditional Breakpoint", {
        text: "rounds == 1",
      });
      await workbench.startConfiguration(file);

      await workbench.waitForStopAt(file, lineOf(lines.write));
      await workbench.waitForCallStack("Before node write");
      await workbench.waitForConsole("looking up bees");
      await workbench.expandVariable("State");
      await workbench.waitForVariable("rounds", "1");
      await workbench.screenshot(`${name}-condition`);

      // The same breakpoint, now after the node.
      await gestures.editBreakpoint(lineOf(lines.write), "Edit Breakpoint", {
        mode: "After the node",
        text: "rounds == 3",
      });
      await gestures.addFunctionBreakpoint("summarize");
      await workbench.press("F5");
      await workbench.waitForCallStack("After node write");
      await workbench.waitForVariable("rounds", "3");
      await workbench.screenshot(`${name}-after`);

      // A node that raises: the state before it is there, and the error where it was raised.
      await gestures.clickTool("Step Over");
      await workbench.waitForStopAt(file, lineOf(lines.raise));
      await workbench.waitForCallStack("Error in node publish");
      await workbench.exceptionWidget(error).waitFor();
      await workbench.waitForVariable("text", text("BEES HAVE WINGS"));
      await workbench.screenshot(`${name}-error`);

      await gestures.clickTool("Restart");
      await workbench.waitForCallStack("Before node research:summarize");
      await workbench.waitForVariable("notes", text("bees have wings"));
      await gestures.clickTool("Step Out");
      await workbench.waitForCallStack("Before node write");
      // The view shows this step's state, and is not drawn again.
      await workbench.waitForVariable("notes", text("BEES HAVE WINGS"));
      await gestures.chooseForVariable("rounds", "Break on Value Change");
      await gestures.breakpointRow("rounds").waitFor();
      await gestures.clickTool("Continue");
      await workbench.waitForCallStack("After node write");
      await workbench.waitForVariable("rounds", "1");
      await workbench.waitForConsole("rounds: 0 → 1, written by write");
      await workbench.screenshot(`${name}-data`);
    });

    it(`goes back, changes the state, jumps and takes new code in ${name}`, async () => {
      const { workbench } = session;
      await workbench.openFile(file);
      await workbench.clickGutter(lineOf(lines.write));
      await workbench.startConfiguration(file);
      await workbench.waitForCallStack("Before node write");
      await workbench.expandVariable("State");
      await workbench.waitForVariable("rounds", "0");

      await gestures.clickTool("Continue");
      await workbench.waitForVariable("rounds", "1");
      await gestures.clickTool("Step Back");
      await workbench.waitForVariable("rounds", "0");
      await workbench.waitForCallStack("Back before node write");
      await workbench.screenshot(`${name}-back`);
      await gestures.setVariable("notes", text("edited"));
      await workbench.waitForVariable("notes", text("edited"));
      await workbench.screenshot(`${name}-edit`);
      await gestures.clickTool("Step Over");
      await workbench.waitForVariable("text", text("edited"));

      await gestures.showSteps();
      await gestures.chooseForFrame("plan", "Restart Frame");
      await workbench.waitForCallStack("Again before node plan");
      await gestures.clickTool("Continue");
      await workbench.waitForCallStack("Before node write");
      await workbench.waitForVariable("notes", text("BEES HAVE WINGS"));
      await gestures.clickTool("Continue");
      await workbench.waitForVariable("rounds", "1");
      await gestures.clickTool("Reverse");
      await workbench.waitForVariable("rounds", "0");
      await workbench.waitForCallStack("Back before node write");
      await workbench.waitForStopAt(file, lineOf(lines.write));

      // To a node that comes next only after two more rounds; it raises.
      await gestures.chooseInEditor(lineOf(lines.publish), "Jump to Cursor");
      await workbench.waitForCallStack("Jumped to before node publish");
      await gestures.clickTool("Continue");
      await workbench.waitForStopAt(file, lineOf(lines.raise));
      await workbench.exceptionWidget(error).waitFor();

      // The node runs again, with the code as it is now.
      await gestures.clearNotifications();
      await workbench.replaceLine(lineOf(lines.raise), mended);
      await gestures.clickInNotification(`${file} has changed`, "Reload Graph");
      await workbench.waitForStatus("The graph has been reloaded");
      await workbench.screenshot(`${name}-reload`);
      await gestures.clickTool("Continue");
      await workbench.waitForCallStack("The run has ended");
      await workbench.waitForVariable("text", text("printed"));
    });
  }
});
