// A walk through breakpoints, steps and time in a real VS Code, by what a user types and clicks.
import { cp, readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Gestures } from "./harness/gestures.ts";
import { configure, TestWindow, withPackages } from "./harness/window.ts";

const fixtures = fileURLToPath(new URL("fixtures/walk", import.meta.url));

/**
 * Each walk is gone in one language: what VS Code itself does is the same in both, and the flows of test/dap go all of
 * it in both.
 */
const languages = [
  {
    name: "Python",
    walk: "breakpoints",
    file: "walk.py",
    lines: { lookUp: "def look_up", write: "def write", publish: "def publish", raise: "raise " },
    text: (value: string) => `'${value}'`,
    error: "ValueError",
    mended: "return {'text': 'printed'}",
  },
  {
    name: "TypeScript",
    walk: "time",
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

  const session = TestWindow.in(async (folder) => {
    await cp(fixtures, folder, { recursive: true });
    await withPackages(folder);
    const input = { topic: "bees" };
    await configure(
      folder,
      languages.map(({ file }) => ({ name: file, program: file, input })),
    );
    // The walk needs the room, and menus that nothing closes.
    return { settings: { "langgraph.panel.openOnStop": false } };
  });
  let gestures: Gestures;

  before(() => {
    gestures = new Gestures(session.workbench);
  });

  afterEach(() => gestures.removeAllBreakpoints());

  for (const { name, walk, file, lines, text, error, mended } of languages) {
    let lineOf: (start: string) => number;

    before(async () => {
      const source = (await readFile(path.join(session.folder, file), "utf8")).split("\n");
      lineOf = (start) => source.findIndex((line) => line.includes(start)) + 1;
    });

    if (walk === "breakpoints")
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

    if (walk === "time")
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
