// The ways to start a session without a launch configuration, and what is asked on the way, in a real VS Code.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { TestWindow } from "./harness/window.ts";

const oneGraph = `from typing import TypedDict

from langgraph.graph import START, StateGraph


class State(TypedDict):
    topic: str
    text: str


def write(state: State) -> dict[str, str]:
    return {"text": f"All about {state['topic']}"}


graph = StateGraph(State).add_node("write", write).add_edge(START, "write").compile()
`;
const twoGraphs = `${oneGraph.replace("graph = ", "first = ")}second = StateGraph(State).add_node("again", write).add_edge(START, "again").compile()\n`;
const langgraphJson = { dependencies: ["."], graphs: { writer: "./one.py:graph" } };

describe("starting without a launch configuration", function () {
  this.timeout(180_000);
  const session = TestWindow.in(async (folder) => {
    await writeFile(path.join(folder, "one.py"), oneGraph);
    await writeFile(path.join(folder, "two.py"), twoGraphs);
    await writeFile(path.join(folder, "langgraph.json"), JSON.stringify(langgraphJson));
    return {};
  });

  it("F5 debugs the open file, and asks for the input that the graph needs", async () => {
    const { workbench } = session;
    await workbench.openFile("one.py");
    await workbench.press("F5");
    await workbench.waitForCallStack("Waiting for input");
    await workbench.inputBox("The input as JSON");
    await workbench.screenshot("input");
    await workbench.answer("The input as JSON", '{"topic": "cats"}');
    await workbench.waitForCallStack("The run has ended");
    await workbench.expandVariable("State");
    await workbench.waitForVariable("text", "'All about cats'");
  });

  it("Debug Graph above a graph's variable debugs that graph", async () => {
    const { workbench } = session;
    await workbench.openFile("two.py");
    await workbench.clickLens("Debug Graph", 1);
    await workbench.answer("The input as JSON", '{"topic": "dogs"}');
    await workbench.waitForConsole("again");
    await workbench.waitForCallStack("The run has ended");
  });

  it("asks which graph where a file has several", async () => {
    const { workbench } = session;
    await workbench.openFile("two.py");
    await workbench.press("F5");
    await workbench.quickPickRow("second").waitFor();
    await workbench.screenshot("choice");
    await workbench.quickPickRow("second").click();
    await workbench.answer("The input as JSON", '{"topic": "birds"}');
    await workbench.waitForConsole("again");
  });

  it("offers each graph of langgraph.json and of the open file", async () => {
    const { workbench } = session;
    await workbench.openFile("two.py");
    const offers = await workbench.offeredConfigurations("LangGraph");
    assert.deepEqual(offers, ["two.py: first", "two.py: second", "writer (langgraph.json)"]);
    await workbench.screenshot("offers");
    await workbench.quickPickRow("writer (langgraph.json)").click();
    await workbench.waitForCallStack("Waiting for input");
  });
});
