// A workspace that the user has not said they trust: nothing of it runs, and VS Code says why.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { venvDir } from "../../scripts/lib/paths.mjs";
import { ThreadsView } from "./harness/threads.ts";
import { openWindow, type Session } from "./harness/web.ts";

/** Leaves a trace when it is run. */
const program = `from pathlib import Path

from langgraph.graph import START, MessagesState, StateGraph

Path(__file__).with_name("ran").touch()
graph = StateGraph(MessagesState).add_node("a", lambda state: {}).add_edge(START, "a").compile()
`;

describe("an untrusted workspace", function () {
  this.timeout(180_000);
  let folder: string;
  let session: Session;

  before(async () => {
    folder = await realpath(await mkdtemp(path.join(tmpdir(), "e2e-restricted-")));
    await writeFile(path.join(folder, "agent.py"), program);
    session = await openWindow({
      folder,
      workspaceTrust: true,
      settings: { "security.workspace.trust.startupPrompt": "never" },
      env: { VIRTUAL_ENV: venvDir },
    });
  });

  afterEach(async function () {
    if (this.currentTest?.isFailed()) await session.workbench.describe("restricted");
  });

  after(async () => {
    await session?.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  it("runs nothing before the user trusts it, and then runs", async () => {
    const { workbench } = session;
    const ran = path.join(folder, "ran");
    await workbench.openFile("agent.py");
    await workbench.press("F5");
    const refusal = await workbench.message(
      "Debugging executes build tasks and program code from your workspace",
    );
    await refusal.getByText("Cancel").click();
    await refusal.waitFor({ state: "hidden" });
    await workbench.runCommand("View: Show Run and Debug");
    const threads = new ThreadsView(workbench.page);
    await threads.open();
    await threads.pane.getByText("In a workspace that is not trusted no thread is read").waitFor();
    assert.equal(existsSync(ran), false);

    await workbench.openFile("agent.py");
    await workbench.press("F5");
    const question = await workbench.message(
      "Debugging executes build tasks and program code from your workspace",
    );
    await question.getByText("Trust Folder & Continue").click();
    await workbench.waitForCallStack("Waiting for input");
    assert.equal(existsSync(ran), true);
    await threads.pane.getByText("When a graph has run, its threads are here").waitFor();
  });
});
