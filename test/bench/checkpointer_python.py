"""Measures the Python file checkpointer against langgraph-checkpoint-sqlite and no checkpointer, in one run.

Prints one JSON line a figure: {"name", "value", "unit", "goal", "reached"}.
"""

from __future__ import annotations

import asyncio
import json
import random
import sqlite3
import string
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, TypedDict

sys.path.insert(0, str(Path(__file__).parents[2] / "runtime" / "python"))

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.message import add_messages
from langgraph_debugger.checkpointer import FileCheckpointer

TURNS = 500
STEPS = 200
FORKS = 1000
ROUNDS = 7


class Chat(TypedDict):
    """The state of the long conversation."""

    messages: Annotated[list[AnyMessage], add_messages]


class Counter(TypedDict):
    """The state of the loop of small steps."""

    number: int


def chat(checkpointer: BaseCheckpointSaver[Any]) -> Any:
    """One node that answers; three checkpoints a turn."""
    builder = StateGraph(Chat)
    builder.add_node("bot", lambda state: {"messages": [AIMessage(text(len(state["messages"])))]})
    builder.add_edge(START, "bot")
    builder.add_edge("bot", END)
    return builder.compile(checkpointer=checkpointer)


def loop(checkpointer: BaseCheckpointSaver[Any] | None) -> Any:
    """Two nodes that take turns, `STEPS` supersteps in all."""
    builder = StateGraph(Counter)
    builder.add_node("a", lambda state: {"number": state["number"] + 1})
    builder.add_node("b", lambda state: {"number": state["number"] + 1})
    builder.add_edge(START, "a")
    builder.add_edge("a", "b")
    builder.add_conditional_edges("b", lambda state: "a" if state["number"] < STEPS else END, ["a", END])
    return builder.compile(checkpointer=checkpointer)


def text(seed: int) -> str:
    """540 characters that do not compress."""
    return "".join(random.Random(seed).choices(string.ascii_letters, k=540))


def pages_of(file: Path) -> int:
    """Bytes of the database itself: the log beside it comes and goes."""
    connection = sqlite3.connect(file)
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    (size,) = connection.execute("PRAGMA page_size").fetchone()
    connection.close()
    return int(pages) * int(size)


def converse(
    checkpointer: BaseCheckpointSaver[Any], file: Path, flush: Callable[[], None]
) -> list[tuple[float, int]]:
    """Seconds and bytes after each fifth of the conversation."""
    graph = chat(checkpointer)
    config: RunnableConfig = {"configurable": {"thread_id": "thread"}}
    questions = [HumanMessage(text(-1 - turn)) for turn in range(TURNS)]
    marks = []
    started = time.perf_counter()
    for turn, question in enumerate(questions, 1):
        graph.invoke({"messages": [question]}, config)
        if turn % (TURNS // 5) == 0:
            flush()
            marks.append((time.perf_counter() - started, pages_of(file)))
    return marks


async def walk(checkpointer: BaseCheckpointSaver[Any] | None, thread: str) -> float:
    """Milliseconds a superstep, run as the debugger runs graphs: on the event loop."""
    graph = loop(checkpointer)
    config: RunnableConfig = {"configurable": {"thread_id": thread}, "recursion_limit": STEPS + 10}
    started = time.perf_counter()
    await graph.ainvoke({"number": 0}, config)
    return (time.perf_counter() - started) / STEPS * 1000


def walk_sync(checkpointer: BaseCheckpointSaver[Any] | None, thread: str) -> float:
    """Milliseconds a superstep in a sync run, the only kind that SqliteSaver has."""
    graph = loop(checkpointer)
    config: RunnableConfig = {"configurable": {"thread_id": thread}, "recursion_limit": STEPS + 10}
    started = time.perf_counter()
    graph.invoke({"number": 0}, config)
    return (time.perf_counter() - started) / STEPS * 1000


def report(name: str, value: float, unit: str, goal: str = "", reached: bool | None = None) -> None:
    """Print one figure."""
    line = {"name": name, "value": round(value, 3), "unit": unit, "goal": goal, "reached": reached}
    print(json.dumps(line), flush=True)


def measure_conversation(folder: Path) -> None:
    """A thousand messages of 540 bytes, three checkpoints a turn."""
    folder.mkdir()
    ours, theirs = folder / "ours.sqlite", folder / "theirs.sqlite"
    with FileCheckpointer(ours) as saver:
        marks = converse(saver, ours, saver.flush)
    with SqliteSaver.from_conn_string(str(theirs)) as peer:
        their_marks = converse(peer, theirs, lambda: None)
    (seconds, size), (their_seconds, their_size) = marks[-1], their_marks[-1]
    report("thousand messages: size", size / 1e6, "MB")
    report("thousand messages: size with SqliteSaver", their_size / 1e6, "MB")
    share = size / their_size * 100
    report("thousand messages: size to SqliteSaver's", share, "%", "<= 1 %", share <= 1)
    report("thousand messages: time", seconds, "s")
    report("thousand messages: time with SqliteSaver", their_seconds, "s")
    ratio = seconds / their_seconds
    report("thousand messages: time to SqliteSaver's", ratio, "x", "<= 0.5 x", ratio <= 0.5)
    early = (marks[1][1] - marks[0][1]) / (TURNS // 5)
    late = (marks[4][1] - marks[3][1]) / (TURNS // 5)
    report("bytes a turn, second hundred turns", early, "bytes")
    report("bytes a turn, last hundred turns", late, "bytes")
    report("bytes a turn, last to second", late / early, "x", "<= 1.1 x", late <= early * 1.1)


def measure_forks(folder: Path) -> None:
    """Copies of checkpoints of a conversation of fifty turns, drawn by chance, each with one more message."""
    folder.mkdir()
    ours, theirs = folder / "ours.sqlite", folder / "theirs.sqlite"
    with FileCheckpointer(ours) as saver:
        fork(saver)
        saver.flush()
        size = pages_of(ours)
    with SqliteSaver.from_conn_string(str(theirs)) as peer:
        fork(peer)
        their_size = pages_of(theirs)
    report(f"{FORKS} forks: size", size / 1e6, "MB")
    report(f"{FORKS} forks: size with SqliteSaver", their_size / 1e6, "MB")
    share = size / their_size * 100
    report(f"{FORKS} forks: size to SqliteSaver's", share, "%", "<= 10 %", share <= 10)


def fork(checkpointer: BaseCheckpointSaver[Any]) -> None:
    """The same forks whatever the checkpointer."""
    graph = chat(checkpointer)
    config: RunnableConfig = {"configurable": {"thread_id": "thread"}}
    for turn in range(50):
        graph.invoke({"messages": [HumanMessage(text(-1 - turn))]}, config)
    past = [state.config for state in graph.get_state_history(config) if state.metadata["source"] == "loop"]
    drawn = random.Random(1)
    for number in range(FORKS):
        graph.update_state(drawn.choice(past), {"messages": [HumanMessage(text(-1000 - number))]}, "bot")


def measure_steps(folder: Path) -> None:
    """A superstep with a small state."""
    folder.mkdir()
    best: dict[str, float] = {}

    def keep(name: str, value: float) -> None:
        best[name] = min(best.get(name, value), value)

    with (
        FileCheckpointer(folder / "ours.sqlite") as saver,
        SqliteSaver.from_conn_string(str(folder / "theirs.sqlite")) as peer,
    ):
        for round_ in range(ROUNDS):
            keep("none", asyncio.run(walk(None, "")))
            keep("ours", asyncio.run(walk(saver, f"async {round_}")))
            keep("none, sync", walk_sync(None, ""))
            keep("ours, sync", walk_sync(saver, f"sync {round_}"))
            keep("SqliteSaver, sync", walk_sync(peer, f"sync {round_}"))
    for name, value in best.items():
        report(f"superstep: {name}", value, "ms")
    ratio = best["ours, sync"] / best["SqliteSaver, sync"]
    report("superstep to SqliteSaver's", ratio, "x", "<= 0.7 x", ratio <= 0.7)
    ratio = best["ours"] / best["none"]
    report("superstep to none", ratio, "x", "<= 2.5 x", ratio <= 2.5)


def main() -> None:
    """Measure all."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        measure_steps(folder / "steps")
        measure_conversation(folder / "conversation")
        measure_forks(folder / "forks")


if __name__ == "__main__":
    main()
