"""What tasks write to the custom stream is told with who wrote it, between that task's start and end."""

from __future__ import annotations

import json
from pathlib import Path

from runtime_process import Runtime

PROGRAM = """
from typing import TypedDict

from langgraph.config import get_stream_writer
from langgraph.func import entrypoint, task
from langgraph.graph import START, StateGraph
from langgraph.types import StreamWriter


class State(TypedDict, total=False):
    text: str


def first(state: State) -> State:
    get_stream_writer()("of the first superstep")
    return {"text": "1"}


async def second(state: State, writer: StreamWriter) -> State:
    writer({"of": "a later one"})
    return {"text": "2"}


def inner(state: State) -> State:
    get_stream_writer()("of a subgraph")
    return {"text": "3"}


@task
def ask(text: str) -> str:
    get_stream_writer()("of a task")
    return text


@entrypoint()
def flow(text: str) -> str:
    return ask(text).result()


def reads(state: State) -> State:
    heard = list(subgraph.stream(state, stream_mode="custom"))
    return {"text": f"{flow.invoke('4')}, {heard}"}


sub = StateGraph(State)
sub.add_node("inner", inner)
sub.add_edge(START, "inner")
subgraph = sub.compile()

builder = StateGraph(State)
builder.add_sequence([first, second, ("around", subgraph), reads])
builder.add_edge(START, "first")
graph = builder.compile()
"""


def test_custom_events(tmp_path: Path) -> None:
    program = tmp_path / "streams.py"
    program.write_text(PROGRAM, encoding="utf-8")
    runtime = Runtime()
    try:
        load = {"program": str(program), "searchPaths": [], "workspaceFolders": [str(tmp_path)]}
        runtime.request(
            "load", {**load, "graph": f"{program}:graph", "checkpoints": str(tmp_path / "c.sqlite")}
        )
        step = {"kind": "continue"}
        runtime.request("run", {"threadId": "1", "input": {}, "step": step, "noDebug": True})
        assert runtime.stopped()["reason"] == "end"
        told = []
        running: list[tuple[str, str]] = []
        for name, event in runtime.events:
            if name == "task" and event["event"] == "start":
                running.append((event["namespace"], event["node"]))
            elif name == "task":
                running.remove((event["namespace"], event["node"]))
            elif name == "custom":
                assert (event["namespace"], event["node"]) in running
                told.append((event["namespace"].partition(":")[0], event["node"], event["value"]))
        assert told == [
            ("", "first", "of the first superstep"),
            ("", "second", {"of": "a later one"}),
            ("around", "inner", "of a subgraph"),
            ("reads", "inner", "of a subgraph"),
            ("reads", "ask", "of a task"),
        ]
        state = runtime.request("json", {"root": {"kind": "state", "namespace": ""}, "path": []})
        assert json.loads(state["json"])["text"] == "4, ['of a subgraph']"
    finally:
        runtime.process.kill()
        runtime.process.wait()
