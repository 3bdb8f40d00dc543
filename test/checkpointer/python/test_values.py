"""What goes in comes out: every kind of value, whatever way it is cut up, also after changes in place."""

from __future__ import annotations

import dataclasses
import datetime
import decimal
import enum
import pathlib
import random
import re
import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from helpers import config_of, put, stored_bytes, values_at
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.types import Interrupt, Send
from langgraph_debugger.checkpointer import FileCheckpointer
from pydantic import BaseModel


class Color(enum.Enum):
    RED = "red"


class Address(BaseModel):
    street: str
    tags: list[str] = []


@dataclasses.dataclass
class Point:
    x: int
    y: Any


@dataclasses.dataclass(slots=True)
class SlottedPoint:
    x: int


SERIALISABLE: dict[str, Any] = {
    "none": None,
    "numbers": [0, 1, -1, 2**63 - 1, 1.5, -0.0, float("inf"), True, False],
    "text": "häß\u0000lich 🦜",
    "bytes": b"\x00\xff",
    "bytearray": bytearray(b"ab"),
    "tuple": (1, ("a", None)),
    "set": {"a", "b"},
    "frozenset": frozenset({1}),
    "nested": {"a": [{"b": [[], {}, None, b"x"]}], "": "empty key"},
    "number keys": {1: "one", 2.5: "x", None: 0},
    "long text": "x" * 5000,
    "long list of text": ["word" * 40] * 100,
    "long list of numbers": list(range(1000)),
    "long list of short text": [str(number) for number in range(500)],
    "long map": {f"key {number}": "v" * 60 for number in range(300)},
    "deep": {"a": {"b": {"c": {"d": {"e": {"f": {"g": {"h": {"i": ["x" * 600] * 3}}}}}}}}},
    "human": HumanMessage("hello", id="1", additional_kwargs={"a": [1]}),
    "ai": AIMessage(
        "",
        tool_calls=[{"name": "search", "args": {"q": "x"}, "id": "c1", "type": "tool_call"}],
        usage_metadata={"input_tokens": 1, "output_tokens": 2, "total_tokens": 3},
    ),
    "conversation": [
        message
        for number in range(60)
        for message in (HumanMessage("h" * 200, id=f"h{number}"), ToolMessage("t" * 200, tool_call_id="1"))
    ],
    "model": Address(street="Elm"),
    "models": [Address(street="Elm" * 50, tags=["a"]) for _ in range(40)],
    "dataclass": Point(1, [Point(2, None)]),
    "slotted": SlottedPoint(1),
    "enum": Color.RED,
    "datetime": datetime.datetime(2024, 2, 29, 12, tzinfo=datetime.timezone.utc),
    "timedelta": datetime.timedelta(days=1),
    "decimal": decimal.Decimal("1.10"),
    "uuid": uuid.UUID(int=1),
    "path": pathlib.Path("a/b"),
    "pattern": re.compile("a+"),
    "send": Send("node", {"a": 1}),
    "interrupt": Interrupt(value={"question": "?"}, id="i"),
}


def round_trip(value: Any) -> Any:
    """What LangGraph's own savers make of a value."""
    serde = JsonPlusSerializer(pickle_fallback=False)
    return serde.loads_typed(serde.dumps_typed(value))


@pytest.mark.parametrize("name", SERIALISABLE)
def test_a_value_reads_back_as_through_langgraphs_serialiser(name: str, saver: FileCheckpointer) -> None:
    value = SERIALISABLE[name]
    expected = round_trip(value)

    config = put(saver, {"channel": value})

    for _ in range(2):  # read from the file, then made from a template
        found = values_at(saver, config)["channel"]
        assert repr(found) == repr(expected)
        assert type(found) is type(expected)


def test_all_values_read_back_in_another_process(open_saver: Callable[[], FileCheckpointer]) -> None:
    first = open_saver()
    config = put(first, SERIALISABLE)
    first.flush()

    found = values_at(open_saver(), config)

    assert list(found) == list(SERIALISABLE)
    for name, value in SERIALISABLE.items():
        assert repr(found[name]) == repr(round_trip(value))


def test_two_reads_share_nothing_that_can_change(saver: FileCheckpointer) -> None:
    config = put(
        saver, {"messages": [HumanMessage("x" * 600, additional_kwargs={"a": {"b": [1]}})], "list": [[1]]}
    )

    first = values_at(saver, config)
    first["messages"][0].content = "changed"
    first["messages"][0].additional_kwargs["a"]["b"].append(2)
    first["list"][0].append(2)

    second = values_at(saver, config)
    assert second["messages"][0].content == "x" * 600
    assert second["messages"][0].additional_kwargs == {"a": {"b": [1]}}
    assert second["list"] == [[1]]


def change_message_text(values: dict[str, Any]) -> None:
    values["messages"][3].content = "changed"


def change_inside_message(values: dict[str, Any]) -> None:
    values["messages"][3].additional_kwargs["new"] = 1


def change_deep_inside_message(values: dict[str, Any]) -> None:
    values["messages"][3].response_metadata["usage"]["tokens"] += 1


def replace_one_by_true(values: dict[str, Any]) -> None:
    values["messages"][3].response_metadata["usage"]["one"] = True


def append_in_place(values: dict[str, Any]) -> None:
    values["messages"].append(HumanMessage("new"))


def remove_first(values: dict[str, Any]) -> None:
    del values["messages"][0]


def change_number(values: dict[str, Any]) -> None:
    values["numbers"][700] = 1.0


def change_map(values: dict[str, Any]) -> None:
    values["files"]["file 7"] = "changed"


def add_to_nested_map(values: dict[str, Any]) -> None:
    values["nested"]["a"]["b"]["c"] = [1]


def change_model(values: dict[str, Any]) -> None:
    values["model"].tags.append("new")


def change_dataclass(values: dict[str, Any]) -> None:
    values["point"].y.x = 5


def change_slots(values: dict[str, Any]) -> None:
    values["slotted"].x = 5


def change_set(values: dict[str, Any]) -> None:
    values["set"].add("new")


def change_bytearray(values: dict[str, Any]) -> None:
    values["bytearray"][0] = 7


IN_PLACE = [
    change_message_text,
    change_inside_message,
    change_deep_inside_message,
    replace_one_by_true,
    append_in_place,
    remove_first,
    change_number,
    change_map,
    add_to_nested_map,
    change_model,
    change_dataclass,
    change_slots,
    change_set,
    change_bytearray,
]


@pytest.mark.parametrize("change", IN_PLACE, ids=lambda change: change.__name__)
@pytest.mark.parametrize("read_first", [False, True], ids=["put", "read"])
def test_a_change_in_place_is_seen_and_the_checkpoint_before_stays(
    change: Callable[[dict[str, Any]], None], read_first: bool, saver: FileCheckpointer
) -> None:
    values: dict[str, Any] = {
        "messages": [
            HumanMessage("x" * 300, response_metadata={"usage": {"tokens": 1000, "one": 1}})
            for _ in range(50)
        ],
        "numbers": list(range(1000)),
        "files": {f"file {number}": "content" * 20 for number in range(60)},
        "nested": {"a": {"b": {}}},
        "model": Address(street="Elm"),
        "point": Point(1, Point(2, None)),
        "slotted": SlottedPoint(1),
        "set": {"a"},
        "bytearray": bytearray(b"ab"),
    }
    before = put(saver, values)
    if read_first:
        values = values_at(saver, before)
    unchanged = repr(values_at(saver, before))
    change(values)

    after = put(saver, values, before)

    assert repr(values_at(saver, after)) == repr({name: round_trip(value) for name, value in values.items()})
    assert repr(values_at(saver, before)) == unchanged
    assert repr(values_at(saver, after)) != unchanged


def test_a_change_in_place_that_langgraph_gave_no_new_version_is_stored(saver: FileCheckpointer) -> None:
    values = {"log": ["a"]}
    first = put(saver, values)
    values["log"].append("b")

    second = saver.put(first, {**_empty(), "channel_values": values}, {"step": 2}, {})

    assert values_at(saver, second) == {"log": ["a", "b"]}


def _empty() -> Any:
    from langgraph.checkpoint.base import empty_checkpoint

    return empty_checkpoint()


def test_random_edits_of_a_list_always_read_back(saver: FileCheckpointer) -> None:
    choose = random.Random(7)
    items: list[Any] = []
    config = config_of()
    expected: list[tuple[Any, list[str]]] = []
    for round_ in range(120):
        action = choose.choice(["append", "append", "extend", "insert", "remove", "replace", "trim"])
        new = HumanMessage(f"{round_} " * 40, id=str(round_))
        if action == "extend":
            items = [*items, *(HumanMessage("x" * 100, id=f"{round_}.{n}") for n in range(40))]
        elif action == "append" or not items:
            items = [*items, new]
        else:
            at = choose.randrange(len(items))
            if action == "insert":
                items = [*items[:at], new, *items[at:]]
            elif action == "remove":
                items = items[:at] + items[at + 1 :]
            elif action == "replace":
                items = [*items[:at], new, *items[at + 1 :]]
            else:
                items = items[len(items) // 3 :]
        config = put(saver, {"messages": items}, config)
        expected.append((config, [str(item.id) for item in items]))

    for stored, ids in expected:
        assert [item.id for item in values_at(saver, stored)["messages"]] == ids


def test_an_item_more_costs_about_one_item_however_long_the_list_is(saver: FileCheckpointer) -> None:
    def growth(length: int, thread: str) -> int:
        items = [HumanMessage(f"{number:0500}", id=str(number)) for number in range(length)]
        config = put(saver, {"messages": items}, config_of(thread))
        before = stored_bytes(saver)
        put(saver, {"messages": [*items, HumanMessage("y" * 500, id="new")]}, config)
        return stored_bytes(saver) - before

    short, long = growth(50, "short"), growth(5000, "long")

    assert short < 3000
    assert long < short + 1500


def test_an_unchanged_value_and_a_fork_cost_no_blob(saver: FileCheckpointer) -> None:
    values = {
        "messages": [HumanMessage("x" * 500, id=str(number)) for number in range(500)],
        "text": "y" * 9000,
    }
    first = put(saver, values)
    before = stored_bytes(saver)

    put(saver, values, first)
    put(saver, values_at(saver, first), first)

    assert stored_bytes(saver) - before < 800


def test_integers_beyond_64_bits_read_back_in_another_process(
    open_saver: Callable[[], FileCheckpointer],
) -> None:
    values = {"n": 2**70, "list": [1, -(2**70), "a"], "deep": {"n": 10**5000}}
    with open_saver() as first:
        config = put(first, values)

    with open_saver() as second:
        assert values_at(second, config) == values


def test_a_list_inside_itself_does_no_harm(saver: FileCheckpointer) -> None:
    endless: list[Any] = ["x" * 600]
    endless.append(endless)

    found = values_at(saver, put(saver, {"endless": endless, "text": "intact"}))

    assert found["text"] == "intact"
    assert found["endless"][0] == "x" * 600


def test_nothing_in_the_file_is_a_pickle(saver: FileCheckpointer) -> None:
    put(saver, {**SERIALISABLE, "lock": threading.Lock()})
    saver.flush()
    import sqlite3

    connection = sqlite3.connect(saver.path)
    types = {type_ for (type_,) in connection.execute("SELECT DISTINCT type FROM blobs")}
    connection.close()

    assert types == {"msgpack", "bytes", "@list", "@map", "@live"} - ({"bytes"} - types)


def test_a_short_list_that_is_also_stored_as_part_of_a_long_one_stays_a_list(saver: FileCheckpointer) -> None:
    messages = [HumanMessage("x" * 600, id=str(number)) for number in range(40)]
    pieces = {
        f"{at} to {at + length}": messages[at : at + length] for at in range(25) for length in range(4, 17)
    }
    config = put(saver, {"all": messages, **pieces})

    for _ in range(2):
        found = values_at(saver, config)
        assert found["all"] == messages
        for name, expected in pieces.items():
            assert found[name] == expected


def remove_the_first(items: list[Any]) -> list[Any]:
    return items[1:]


def insert_in_the_middle(items: list[Any]) -> list[Any]:
    return [*items[:1000], HumanMessage("new" * 100), *items[1000:]]


def replace_in_the_middle(items: list[Any]) -> list[Any]:
    return [*items[:1000], HumanMessage("new" * 100), *items[1001:]]


@pytest.mark.parametrize("change", [remove_the_first, insert_in_the_middle, replace_in_the_middle])
def test_a_change_anywhere_in_a_long_list_costs_a_part_or_two(
    change: Callable[[list[Any]], list[Any]], saver: FileCheckpointer
) -> None:
    items = [HumanMessage(f"{number:0500}", id=str(number)) for number in range(2000)]
    config = put(saver, {"messages": items})
    before = stored_bytes(saver)

    put(saver, {"messages": change(items)}, config)

    assert stored_bytes(saver) - before < 4000
