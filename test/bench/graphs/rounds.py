"""A graph that asks a person, round after round."""

from typing import TypedDict

from langgraph.graph import START, StateGraph
from langgraph.types import interrupt


class State(TypedDict, total=False):
    round: int
    answer: bool


def ask(state: State) -> State:
    number = state["round"]
    return {"answer": interrupt(f"Shall we begin round {number}?"), "round": number + 1}


builder = StateGraph(State)
builder.add_node("ask", ask)
builder.add_edge(START, "ask")
builder.add_edge("ask", "ask")
graph = builder.compile()
