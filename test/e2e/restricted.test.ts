// A workspace that the user has not said they trust: nothing of it runs, and VS Code says why.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { ThreadsView } from "./harness/threads.ts";
import { TestWindow } from "./harness/window.ts";

/** Leaves a trace when it is run. */
const program = `from pathlib import Path

from langgraph.graph import START, MessagesState, StateGraph

Path(__file__).with_name("ran").touch()
graph = StateGraph(MessagesState).add_node("a", lambda state: {}).add_edge(START, "a").compile()
`;

describe("an untrusted workspace", function () {
  this.timeout(180_000);
  const session = TestWindow.in(async (folder) => {
    await writeFile(path.join(folder, "agent.py"), program);
    return { workspaceTrust: true, settings: { "security.workspace.trust.startupPrompt": "never" } };
  });

  it("runs nothing before the user trusts it, and then runs", async () => {
    const { workbench } = session;
    const ran = path.join(session.folder, "ran");
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
