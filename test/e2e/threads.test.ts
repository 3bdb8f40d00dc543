// The Threads view in a real VS Code, over threads of both languages that runs have made, and what can be done with them.
import assert from "node:assert/strict";
import { cp } from "node:fs/promises";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { examplesDir } from "../../scripts/lib/paths.mjs";
import { Gestures } from "./harness/gestures.ts";
import { ThreadsView } from "./harness/threads.ts";
import { configure, TestWindow, withPackages } from "./harness/window.ts";

const python = "email_assistant.py";
const typescript = "email-assistant.ts";

/** Not what was installed or left beside the examples, nor what says how their folder is run. */
const isOfExample = (file: string): boolean =>
  !/node_modules|\.venv|\.langgraph-debug|_cache|package\.json|langgraph\.json/.test(
    path.relative(examplesDir, file),
  );

describe("the Threads view in VS Code", function () {
  this.timeout(180_000);

  const session = TestWindow.in(async (folder) => {
    for (const name of ["python", "typescript"])
      await cp(path.join(examplesDir, name), folder, { recursive: true, filter: isOfExample });
    await withPackages(folder);
    await configure(
      folder,
      [python, typescript].map((file) => ({
        name: file,
        program: file,
        inputFile: `\${workspaceFolder}/inputs/${path.parse(file).name}.json`,
      })),
    );
    // The view needs the room.
    return { settings: { "langgraph.panel.openOnStop": false } };
  });
  let gestures: Gestures;
  let threads: ThreadsView;

  before(() => {
    gestures = new Gestures(session.workbench);
    threads = new ThreadsView(session.workbench.page);
  });

  /** Does this in the checkpoint file; gives the column n of the row that it finds. */
  function inFile(sql: string): unknown {
    const file = new DatabaseSync(path.join(session.folder, ".langgraph-debug", "checkpoints.sqlite"));
    try {
      return file.prepare(sql).get()?.n;
    } finally {
      file.close();
    }
  }

  it("follows the runs, and opens a thread where it stands: anew, and in a session of its graph", async () => {
    const { workbench } = session;
    await workbench.runCommand("View: Show Run and Debug");
    await threads.open();
    await threads.pane.getByText("When a graph has run, its threads are here").waitFor();

    for (const file of [python, typescript]) {
      await workbench.startConfiguration(file);
      await workbench.waitForCallStack("Waiting for input");
      for (const view of ["Variables", "Watch", "Breakpoints"]) await threads.fold(view);
      await threads.row(`Graph ${file}: graph, 1 thread`).waitFor();
      await workbench.stopSessions();
    }
    const waiting = (label: string) =>
      threads.row(`Thread ${label}`).and(threads.pane.locator('[aria-label*=", waiting for review, "]'));
    assert.equal(await waiting("").count(), 2);

    // The graph that ran last comes first.
    await gestures.chooseForRow(waiting("").first(), "Rename");
    await workbench.answer("Rename the thread", "Refund");
    await waiting("Refund").click();
    await workbench.press("Enter");
    await workbench.answer("Send this reply?", "reject");
    await workbench.waitForCallStack("The run has ended");
    await threads.row("Thread Refund, ended").waitFor();
    await workbench.screenshot("threads");

    // The other graph has a session of its own; its copy is opened in that one.
    const [other] = await waiting("").all();
    assert.ok(other);
    await gestures.chooseForRow(other, "Copy Thread");
    await threads.row(`Graph ${python}: graph, 2 threads`).waitFor();
    await gestures.chooseForRow(waiting("").first(), "Open Thread");
    await workbench.inputBox("Send this reply?");
    await workbench.press("Escape");
    await gestures.chooseForRow(waiting("").last(), "Open Thread");
    await workbench.answer("Send this reply?", "approve");
    await workbench.waitForCallStack(new RegExp(`${python}: \\w+The run has ended`));
    await threads.pane.locator('[aria-label*=", ended, "]').nth(1).waitFor();
    assert.equal(await waiting("").count(), 1);
    await workbench.screenshot("threads-sessions");

    for (const [row, text] of [
      [threads.row("Thread Refund"), 'from "./email-assistant.ts"'],
      [waiting(""), "from email_assistant import"],
    ] as const) {
      await gestures.chooseForRow(row, "Copy Thread as Test");
      await workbench.page.locator(".tab.active", { hasText: "Untitled-" }).waitFor();
      await workbench.page.locator(".editor-instance .view-lines", { hasText: text }).waitFor();
    }
    await workbench.screenshot("threads-as-test");
  });

  it("deletes with undo, exports, imports, filters and cleans up, and follows another process", async () => {
    const { workbench } = session;
    const { page } = workbench;
    const refund = threads.row("Thread Refund, ended");
    await refund.click();
    await workbench.press("Delete");
    await refund.waitFor({ state: "detached" });
    await gestures.clickInNotification("The thread Refund deleted.", "Undo");
    await refund.waitFor();

    await gestures.chooseForRow(refund, "Export Thread");
    await threads.answerDialog("Export the thread");
    await gestures.clickInNotification("Exported to Refund.thread.json", "Open");
    await page.locator(".tab.active", { hasText: "Refund.thread.json" }).waitFor();
    await threads.clickTool("More Actions");
    await gestures.choose("Import Threads");
    await threads.answerDialog("Import Threads", path.join(session.folder, "Refund.thread.json"));
    await threads.row(`Graph ${typescript}: graph, 2 threads`).waitFor();

    await threads.clickTool("Filter Threads");
    await workbench.answer("Filter the threads", "no such thread");
    await threads.pane.getByText("No thread has the text").waitFor();
    await threads.pane.locator(".welcome-view").getByText("Show All Threads").click();

    // As a run does that was started elsewhere.
    inFile("UPDATE threads SET name = 'Elsewhere' WHERE name = 'Refund'");
    await threads.row("Thread Elsewhere, ended").first().waitFor();
    assert.equal(await refund.count(), 0);

    await threads.clickTool("More Actions");
    await gestures.choose("Clean Up Checkpoint File");
    await workbench.quickPickRow("Keep the last checkpoints").click();
    await workbench.answer("Keep how many checkpoints?", "1");
    const question = await workbench.message(
      /\d+ checkpoints will go\. The file gets about [\d.]+ \w+ smaller/,
    );
    await workbench.screenshot("threads-clean-up");
    await question.getByRole("button", { name: "Clean Up" }).click();
    await page.locator(".statusbar-item .codicon-bell-dot").waitFor();
    assert.equal(inFile("SELECT count(*) AS n FROM checkpoints"), 4);
  });
});
