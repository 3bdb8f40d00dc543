"""The editor gets events before what is written after them, and before the process is gone."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

import pytest
from langgraph_debugger.in_order import keep_order
from runtime_process import Runtime

PROGRAM = """
import os
from typing import TypedDict

from langgraph.graph import START, StateGraph


class State(TypedDict, total=False):
    text: str


def short(state: State) -> State:
    return {"text": "1"}


def leaves(state: State) -> State:
    os._exit(3)


builder = StateGraph(State)
builder.add_sequence([short, leaves])
builder.add_edge(START, "short")
graph = builder.compile()
"""


def test_a_process_that_leaves_at_once_has_told_what_ran(tmp_path: Path) -> None:
    program = tmp_path / "leaves.py"
    program.write_text(PROGRAM, encoding="utf-8")
    runtime = Runtime()
    try:
        checkpoints = str(tmp_path / "c.sqlite")
        load = {"program": str(program), "searchPaths": [], "workspaceFolders": [str(tmp_path)]}
        runtime.request("load", {**load, "checkpoints": checkpoints})
        step = {"kind": "continue"}
        runtime.request("run", {"threadId": "1", "input": {}, "step": step, "noDebug": False})
        with pytest.raises(AssertionError):
            runtime.stopped()
        assert runtime.process.wait(10) == 3
        assert [(params["event"], params["node"]) for name, params in runtime.events if name == "task"] == [
            ("start", "short"),
            ("end", "short"),
            ("start", "leaves"),
        ]
    finally:
        runtime.process.kill()
        runtime.process.wait()


def test_what_waits_is_sent_before_each_writing(monkeypatch: pytest.MonkeyPatch) -> None:
    class Stream(io.StringIO):
        pass

    stdout, stderr = Stream(), Stream()
    monkeypatch.setattr(sys, "stdout", stdout)
    monkeypatch.setattr(sys, "stderr", stderr)
    monkeypatch.setattr(os, "_exit", os._exit)
    seen: list[tuple[str, str]] = []
    keep_order(lambda _: seen.append((stdout.getvalue(), stderr.getvalue())))
    print("one")
    print("two", file=stderr)
    assert (stdout.getvalue(), stderr.getvalue()) == ("one\n", "two\n")
    assert seen[0] == ("", "")
    assert ("one\n", "") in seen
