"""A state of more than 100 MB: a long list, a long text, a deep object; the second node changes them."""

from typing import Any, TypedDict

from langgraph.graph import START, StateGraph


class State(TypedDict, total=False):
    count: int
    characters: int
    depth: int
    items: list[dict[str, Any]]
    text: str
    deep: dict[str, Any]
    small: str


def deep(depth: int, end: str) -> dict[str, Any]:
    value: dict[str, Any] = {"end": end}
    for _ in range(depth):
        value = {"inside": value}
    return value


def write(state: State) -> State:
    return {
        "items": [{"id": f"item-{n}", "text": f"{n} " + "what was seen " * 4} for n in range(state["count"])],
        "text": "lorem ipsum " * (state["characters"] // 12),
        "deep": deep(state["depth"], "one"),
        "small": "one",
    }


def revise(state: State) -> State:
    return {
        "items": [{"id": "first", "text": "before all"}, *state["items"]],
        "text": state["text"] + "dolor",
        "deep": deep(state["depth"], "two"),
        "small": "two",
    }


builder = StateGraph(State)
builder.add_node("write", write)
builder.add_node("revise", revise)
builder.add_edge(START, "write")
builder.add_edge("write", "revise")
graph = builder.compile()
