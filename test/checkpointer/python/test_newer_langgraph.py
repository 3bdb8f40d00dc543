"""What only newer versions of LangGraph have: DeltaChannel, rebuilt from writes, and allowlists."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Annotated, Any, TypedDict

from helpers import config_of
from langgraph.channels.delta import DeltaChannel
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.graph import START, StateGraph
from langgraph_debugger.checkpointer import FileCheckpointer


def extend(old: list[str], new: list[list[str]]) -> list[str]:
    return [*old, *(item for items in new for item in items)]


class Deltas(TypedDict):
    items: Annotated[list[str], DeltaChannel(extend)]


class RareSnapshots(TypedDict):
    items: Annotated[list[str], DeltaChannel(extend, snapshot_frequency=3)]


def build(checkpointer: Any, schema: type = Deltas) -> Any:
    """Two nodes that each add one item in the same superstep, so that the order of their writes counts."""
    builder = StateGraph(schema)
    builder.add_node("add", lambda state: {"items": [str(len(state["items"]))]})
    builder.add_node("also", lambda state: {"items": [f"also {len(state['items'])}"]})
    builder.add_edge(START, "add")
    builder.add_edge(START, "also")
    return builder.compile(checkpointer=checkpointer)


def test_values_are_rebuilt_by_another_process_also_after_prune(
    open_saver: Callable[[], FileCheckpointer],
) -> None:
    for schema in (Deltas, RareSnapshots):
        config = config_of(schema.__name__)
        first = open_saver()
        for _ in range(5):
            expected = build(first, schema).invoke({"items": ["in"]}, config)
        assert len(expected["items"]) == 15
        first.flush()

        second = open_saver()
        assert build(second, schema).get_state(config).values == expected
        second.prune([schema.__name__])
        assert build(second, schema).get_state(config).values == expected
        assert build(second, schema).invoke({"items": ["in"]}, config)["items"][:15] == expected["items"]


def test_the_history_of_writes_is_the_same_as_in_memory(saver: FileCheckpointer) -> None:
    found = []
    for checkpointer in (InMemorySaver(), saver):
        graph = build(checkpointer, RareSnapshots)
        for _ in range(5):
            graph.invoke({"items": ["in"]}, config_of())
        history = checkpointer.get_delta_channel_history(config=config_of(), channels=["items"])["items"]
        later = asyncio.run(
            checkpointer.aget_delta_channel_history(config=config_of(), channels=["items", "other"])
        )
        assert later["items"] == history
        assert later["other"] == {"writes": []}
        found.append(([write[1:] for write in history["writes"]], history.get("seed")))

    assert found[0] == found[1]
    assert found[1][0]


def test_a_clone_with_an_allowlist_sees_what_the_first_one_put(saver: FileCheckpointer) -> None:
    saver.serde = JsonPlusSerializer(allowed_msgpack_modules=[("a", "B")])
    clone = saver.with_allowlist([("c", "D")])
    assert clone is not saver

    ended = build(clone).invoke({"items": ["in"]}, config_of())

    assert build(saver).get_state(config_of()).values == ended
