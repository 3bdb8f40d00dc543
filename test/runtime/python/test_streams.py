"""What tasks write to the custom stream is told with who wrote it, between that task's start and end."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

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


class Runtime:
    """A runtime process, and the events that it has sent."""

    def __init__(self) -> None:
        server = socket.create_server(("127.0.0.1", 0))
        package = Path(__file__).parents[3] / "runtime" / "python" / "langgraph_debugger"
        env = {"LANGGRAPH_DEBUG_PORT": str(server.getsockname()[1]), "LANGGRAPH_DEBUG_TOKEN": "token"}
        self.process = subprocess.Popen([sys.executable, package], env={**os.environ, **env})
        server.settimeout(30)
        self._socket = server.accept()[0]
        self._file = self._socket.makefile("rb")
        self._last = 0
        self.events: list[tuple[str, Any]] = []
        hello = next(self._messages())
        self._send({"jsonrpc": "2.0", "id": hello["id"], "result": {"protocolVersion": 1}})

    def request(self, method: str, params: Any) -> Any:
        self._last += 1
        self._send({"jsonrpc": "2.0", "id": self._last, "method": method, "params": params})
        for message in self._messages():
            if "method" in message:
                self.events.append((message["method"], message["params"]))
            else:
                return message["result"]
        raise AssertionError("the connection ended")

    def stopped(self) -> Any:
        for message in self._messages():
            self.events.append((message["method"], message["params"]))
            if message["method"] == "stopped":
                return message["params"]
        raise AssertionError("the connection ended")

    def _messages(self) -> Iterator[Any]:
        while line := self._file.readline():
            self._file.readline()
            yield json.loads(self._file.read(int(line.split(b":")[1])))

    def _send(self, message: Any) -> None:
        body = json.dumps(message).encode()
        self._socket.sendall(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))


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
