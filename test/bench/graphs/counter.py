"""Two nodes that take turns until a number is reached; `finish` tells what processor time a superstep took.

Without the debugger, figures are printed as JSON:

    python counter.py none|none-sync|sqlite|sqlite-async <supersteps>
"""

import asyncio
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, TypedDict

from langgraph.graph import START, StateGraph

# Supersteps before the clock starts.
WARM_UP = 20
began: list[float] = []


class State(TypedDict, total=False):
    number: int
    limit: int
    cpu: float


def a(state: State) -> State:
    if state["number"] == WARM_UP:
        began.append(time.process_time())
    return {"number": state["number"] + 1}


def b(state: State) -> State:
    return {"number": state["number"] + 1}


def more(state: State) -> str:
    return "a" if state["number"] < state["limit"] else "finish"


def finish(state: State) -> State:
    """Milliseconds a superstep, of all threads."""
    return {"cpu": (time.process_time() - began[-1]) * 1000 / (state["limit"] - WARM_UP)}


builder = StateGraph(State)
builder.add_node("a", a)
builder.add_node("b", b)
builder.add_node("finish", finish)
builder.add_edge(START, "a")
builder.add_edge("a", "b")
builder.add_conditional_edges("b", more, ["a", "finish"])
graph = builder.compile()


async def on_async_saver(file: str, state: State, config: Any) -> tuple[Any, float]:
    """The result of the run, and how many seconds it took."""
    from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

    async with AsyncSqliteSaver.from_conn_string(file) as saver:
        started = time.perf_counter()
        result = await builder.compile(checkpointer=saver).ainvoke(state, config)
        return result, time.perf_counter() - started


def main(kind: str, steps: int) -> None:
    config: Any = {"recursion_limit": steps + 10, "configurable": {"thread_id": "bench"}}
    state: State = {"number": 0, "limit": steps}
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        if kind == "none":
            result = asyncio.run(graph.ainvoke(state, config))
        elif kind == "none-sync":
            result = graph.invoke(state, config)
        elif kind == "sqlite-async":
            result, seconds = asyncio.run(on_async_saver(str(Path(folder) / "bench.sqlite"), state, config))
            started = time.perf_counter() - seconds
        else:
            from langgraph.checkpoint.sqlite import SqliteSaver

            with SqliteSaver.from_conn_string(str(Path(folder) / "bench.sqlite")) as saver:
                started = time.perf_counter()
                result = builder.compile(checkpointer=saver).invoke(state, config)
        wall = (time.perf_counter() - started) * 1000 / steps
    print(json.dumps({"wall": wall, "cpu": result["cpu"]}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
