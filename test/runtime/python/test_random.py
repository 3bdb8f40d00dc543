"""Nodes draw the same random numbers with the debugger's checkpointer as without one."""

from __future__ import annotations

import random
from pathlib import Path
from typing import TypedDict

from langgraph.graph import START, StateGraph
from langgraph_debugger.checkpointer import FileCheckpointer


class State(TypedDict, total=False):
    drawn: list[float]


def draw(state: State) -> State:
    return {"drawn": [*state.get("drawn", []), random.random()]}


builder = StateGraph(State)
builder.add_node("draw", draw)
builder.add_edge(START, "draw")
builder.add_conditional_edges("draw", lambda state: "draw" if len(state["drawn"]) < 5 else "__end__")


def test_the_run_draws_the_same_numbers(tmp_path: Path) -> None:
    random.seed(7)
    bare = builder.compile().invoke({})
    random.seed(7)
    with FileCheckpointer(tmp_path / "checkpoints.sqlite") as saver:
        graph = builder.compile(checkpointer=saver)
        assert graph.invoke({}, {"configurable": {"thread_id": "1"}}) == bare
