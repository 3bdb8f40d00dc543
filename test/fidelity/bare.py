"""Runs fixture graphs without the debugger and prints what came of each as one line of JSON.

    python bare.py [--replay] <name in fixtures.json>...

A line holds `fixture` (the name), `state` (the final state; for a functional graph what it returned), `runs`
(how often each node ran), `trace` (every line the nodes recorded, sorted), and `error` or `exit` when the run
ended so. LangGraph's own InMemorySaver is used where the fixture needs one, and no checkpointer otherwise.

With `--replay` each graph is run again from each of its checkpoints, by its id: a line then holds `fixture`
and `replays`, the final states by the checkpoint's step; none where LangGraph's own saver can't keep it.
"""

import asyncio
import contextlib
import copy
import dataclasses
import datetime
import importlib.util
import inspect
import json
import math
import os
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from langchain_core.messages import BaseMessage
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.pregel import Pregel
from langgraph.types import Command, StateSnapshot
from pydantic import BaseModel

GRAPHS = Path(__file__).parent.parent / "fixtures" / "graphs"


def plain(value: Any) -> Any:
    """`value` as JSON, as bare.ts gives it; message ids are left out, since they are random."""
    if isinstance(value, BaseMessage):
        return message(value)
    if isinstance(value, float) and not math.isfinite(value):
        return {"number": str(value)}
    if isinstance(value, int) and abs(value) > 2**53:
        return {"bigint": str(value)}
    if value is None or isinstance(value, (str, int, float)):
        return value
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, (set, frozenset)):
        return {"set": sorted(map(plain, value))}
    if isinstance(value, bytes):
        return {"bytes": value.hex()}
    if isinstance(value, datetime.datetime):
        return {"date": value.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")}
    if isinstance(value, BaseModel):
        return {name: plain(getattr(value, name)) for name in type(value).model_fields}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    return {"object": type(value).__name__}


def message(value: BaseMessage) -> dict[str, Any]:
    shown: dict[str, Any] = {"type": value.type, "content": value.content}
    if value.name:
        shown["name"] = value.name
    if calls := getattr(value, "tool_calls", None):
        shown["tool_calls"] = [{key: call[key] for key in ("id", "name", "args")} for call in calls]
    if call_id := getattr(value, "tool_call_id", None):
        shown["tool_call_id"] = call_id
    return shown


async def load(fixture: dict[str, Any], stack: contextlib.AsyncExitStack) -> Pregel[Any, Any, Any, Any]:
    """The fixture's graph as a user's own program would get it; factories are called, builders compiled."""
    file = GRAPHS / "python" / f"{fixture.get('file', fixture['name'])}.py"
    sys.path.insert(0, str(file.parent))
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[file.stem] = module
    spec.loader.exec_module(module)
    graph = getattr(module, fixture.get("graph", "graph"))
    if not isinstance(graph, (Pregel, StateGraph)):
        takes_config = len(inspect.signature(graph).parameters) > 0
        graph = graph({"configurable": {}, **fixture.get("config", {})}) if takes_config else graph()
    if inspect.isawaitable(graph):
        graph = await graph
    if isinstance(graph, contextlib.AbstractAsyncContextManager):
        graph = await stack.enter_async_context(graph)
    elif isinstance(graph, contextlib.AbstractContextManager):
        graph = stack.enter_context(graph)
    if isinstance(graph, StateGraph):
        graph = graph.compile()
    assert isinstance(graph, Pregel)
    return graph


def waiting(snapshot: StateSnapshot, path: tuple[str, ...] = ()) -> dict[str, tuple[str, ...]]:
    """The ids of the interrupts that wait, each with the names of the nodes around it, innermost last."""
    found: dict[str, tuple[str, ...]] = {}
    for task in snapshot.tasks:
        for interrupt in task.interrupts:
            found[interrupt.id] = (*path, task.name)
        if isinstance(task.state, StateSnapshot):
            found |= waiting(task.state, (*path, task.name))
    return found


async def run(fixture: dict[str, Any]) -> Any:
    """The final state (of a functional graph the result) after every interrupt is answered."""
    answers = {node: list(values) for node, values in fixture.get("answers", {}).items()}
    config: Any = {**fixture.get("config", {})}
    config["configurable"] = {"thread_id": "bare", **config.get("configurable", {})}
    async with contextlib.AsyncExitStack() as stack:
        graph = await load(fixture, stack)
        if (answers or fixture.get("saver")) and not graph.checkpointer:
            graph.checkpointer = InMemorySaver()
        is_state_graph = isinstance(graph, CompiledStateGraph)
        keys = graph.stream_channels_asis if is_state_graph else None
        todo: Any = fixture.get("input")
        while True:
            result = await graph.ainvoke(todo, config, context=fixture.get("context"), output_keys=keys)
            if not graph.checkpointer:
                return result
            snapshot = await graph.aget_state(config, subgraphs=True)
            asked = waiting(snapshot)
            # Answered ids stay listed after a resume; the run is over when it has a result and asks nothing.
            if not asked and not snapshot.next:
                return snapshot.values if is_state_graph else result
            given = {}
            for id_, path in asked.items():
                # A subgraph called as a function may not be in the path: then the one list that is left.
                node = next(name for name in (*reversed(path), *answers) if answers.get(name))
                given[id_] = answers[node].pop(0)
            todo = Command(resume=given) if given else None


async def replays(fixture: dict[str, Any]) -> dict[str, Any]:
    """The final state of a run from each checkpoint of a run, with the answers given from there on."""
    config: Any = {**fixture.get("config", {}), "configurable": {"thread_id": "bare"}}
    config["configurable"] |= fixture.get("config", {}).get("configurable", {})
    async with contextlib.AsyncExitStack() as stack:
        graph = await load(fixture, stack)
        original = graph.checkpointer = InMemorySaver()
        answers = {node: list(values) for node, values in fixture.get("answers", {}).items()}
        given: list[tuple[int, str, Any]] = []

        async def to_end(todo: Any, first: Any, left: dict[str, list[Any]]) -> Any:
            while True:
                await graph.ainvoke(todo, first, context=fixture.get("context"))
                first = config
                snapshot = await graph.aget_state(config, subgraphs=True)
                asked = waiting(snapshot)
                if not asked and not snapshot.next:
                    return plain(snapshot.values)
                resume = {}
                for id_, path in asked.items():
                    node = next(name for name in (*reversed(path), *left) if left.get(name))
                    resume[id_] = left[node].pop(0)
                    given.append((snapshot.metadata["step"], node, resume[id_]))  # type: ignore[index]
                todo = Command(resume=resume) if resume else None

        await to_end(fixture.get("input"), config, answers)
        used = list(given)
        found: dict[str, Any] = {}
        async for snapshot in original.alist(config):
            step = snapshot.metadata["step"]
            if step < 0 or snapshot.config["configurable"]["checkpoint_ns"]:
                continue
            graph.checkpointer = InMemorySaver()
            for part in ("storage", "writes", "blobs"):
                getattr(graph.checkpointer, part).update(copy.deepcopy(getattr(original, part)))
            left: dict[str, list[Any]] = {}
            for at, node, value in used:
                if at >= step:
                    left.setdefault(node, []).append(value)
            at_checkpoint = {**config, "configurable": {**config["configurable"], "checkpoint_ns": ""}}
            at_checkpoint["configurable"]["checkpoint_id"] = snapshot.checkpoint["id"]
            found[str(step)] = await to_end(None, at_checkpoint, left)
        return found


def outcome_of(fixture: dict[str, Any]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        trace = Path(folder) / "trace.jsonl"
        trace.touch()
        os.environ["LANGGRAPH_TRACE_FILE"] = str(trace)
        outcome: dict[str, Any] = {"fixture": fixture["name"], "state": None}
        try:
            outcome["state"] = plain(asyncio.run(run(fixture)))
        except SystemExit as exit_:
            outcome["exit"] = exit_.code
        except Exception as error:
            outcome["error"] = {"type": type(error).__name__, "message": str(error)}
        lines = trace.read_text(encoding="utf-8").splitlines()
    trace_lines = [json.loads(line) for line in sorted(lines)]
    outcome["runs"] = dict(sorted(Counter(line["node"] for line in trace_lines if "node" in line).items()))
    outcome["trace"] = trace_lines
    return outcome


def main(arguments: list[str]) -> None:
    names = [name for name in arguments if name != "--replay"]
    fixtures = json.loads((GRAPHS / "fixtures.json").read_text(encoding="utf-8"))
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]  # it is a text file
    for fixture in fixtures:
        if fixture["name"] in names:
            if "--replay" in arguments:
                try:
                    outcome = {"fixture": fixture["name"], "replays": asyncio.run(replays(fixture))}
                except TypeError:
                    outcome = {"fixture": fixture["name"], "replays": {}}
            else:
                outcome = outcome_of(fixture)
            # A node may have left a line open.
            print("\n" + json.dumps(outcome, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
