"""A research team: one planner, three researchers at once (each a subgraph), one editor.

Try it: click left of the line number at one of the lines that a "CLICK" comment points to, then press F5.
The Call Stack shows one thread for each researcher; "Step Into" enters the subgraph of one of them.
"""

import operator
from typing import Annotated, Literal, TypedDict

from langgraph.graph import END, START, StateGraph
from langgraph.types import Send
from pydantic import BaseModel

SOURCES = {
    "history": ["The first debugger, DDT, ran on the TX-0 in 1961.", "It was named after an insecticide."],
    "today": ["Most editors speak one debug protocol.", "A breakpoint costs nothing until it is hit."],
    "future": ["Agents have state worth looking at.", "Time travel needs a checkpoint at every step."],
}


class ResearcherState(TypedDict):
    """The state of one researcher. Only `findings` is shared with the team."""

    topic: str
    angle: str
    notes: list[str]
    findings: list[str]


class ResearcherOutput(TypedDict):
    findings: list[str]


# CLICK on the next line: hit once by each of the three researchers, inside the subgraph.
def look_up(state: ResearcherState) -> dict[str, list[str]]:
    return {"notes": SOURCES.get(state["angle"], [f"Nothing is known about {state['angle']}."])}


def summarize(state: ResearcherState) -> dict[str, list[str]]:
    return {"findings": [f"{state['angle'].capitalize()}: {' '.join(state['notes'])}"]}


researcher = (
    StateGraph(ResearcherState, output_schema=ResearcherOutput)
    .add_node("look_up", look_up)
    .add_node("summarize", summarize)
    .add_edge(START, "look_up")
    .add_edge("look_up", "summarize")
    .add_edge("summarize", END)
    .compile()
)


class TeamState(BaseModel):
    topic: str = "Debuggers"
    angles: list[str] = []
    # Three researchers write this key in the same step: the reducer joins their lists.
    findings: Annotated[list[str], operator.add] = []
    report: str = ""
    revision: int = 0


# CLICK on the next line for the first stop.
def plan(state: TeamState) -> dict[str, list[str]]:
    return {"angles": list(SOURCES)}


def assign(state: TeamState) -> list[Send]:
    """One task for each angle, each with an input of its own (see the Input scope)."""
    return [Send("researcher", {"topic": state.topic, "angle": angle}) for angle in state.angles]


# CLICK on the next line: all findings are in, in the order of the angles.
def write(state: TeamState) -> dict[str, str | int]:
    lines = [f"# {state.topic}", *(f"- {finding}" for finding in state.findings)]
    return {"report": "\n".join(lines[: 2 + state.revision]), "revision": state.revision + 1}


# A conditional breakpoint is of use here: right-click in the gutter, `revision == 2`.
def check(state: TeamState) -> Literal["write", "__end__"]:
    """Have the editor write again until the report holds every finding."""
    return "__end__" if state.report.count("\n- ") == len(state.findings) else "write"


builder = StateGraph(TeamState)
builder.add_node("plan", plan)
builder.add_node("researcher", researcher)
builder.add_node("write", write)
builder.add_edge(START, "plan")
builder.add_conditional_edges("plan", assign, ["researcher"])
builder.add_edge("researcher", "write")
builder.add_conditional_edges("write", check)

graph = builder.compile()


if __name__ == "__main__":
    print(graph.invoke(TeamState())["report"])
