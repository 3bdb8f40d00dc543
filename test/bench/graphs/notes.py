"""A state of about 10 MB, in which the second node changes some notes."""

from typing import Any, TypedDict

from langgraph.graph import START, StateGraph


class State(TypedDict, total=False):
    count: int
    notes: list[dict[str, Any]]


def write(state: State) -> State:
    return {
        "notes": [{"id": f"note-{n}", "text": f"{n} " + "what was seen " * 35} for n in range(state["count"])]
    }


def revise(state: State) -> State:
    notes = [
        {**note, "text": f"{note['text']} and again"} if n % 1000 == 0 else note
        for n, note in enumerate(state["notes"])
    ]
    return {"notes": [{"id": "first", "text": "before all"}, *notes]}


builder = StateGraph(State)
builder.add_node("write", write)
builder.add_node("revise", revise)
builder.add_edge(START, "write")
builder.add_edge("write", "revise")
graph = builder.compile()
