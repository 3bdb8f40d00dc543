"""An edit changes copies of what leads to the value, never the objects that the run holds."""

from __future__ import annotations

import copy
from collections import defaultdict, deque, namedtuple
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from langchain_core.messages import AIMessage
from langgraph_debugger.as_json import to_json
from langgraph_debugger.edit import replaced
from langgraph_debugger.errors import RuntimeFailure
from langgraph_debugger.keeping import kept
from langgraph_debugger.values import Root, page
from pydantic import BaseModel, Field, ValidationError


class Customer(BaseModel):
    name: str
    age: int = Field(default=1, ge=0)


@dataclass(frozen=True)
class Point:
    x: int
    tags: list[str] = field(default_factory=list)


class Slotted:
    __slots__ = ("size",)

    def __init__(self, size: int) -> None:
        self.size = size


class Plain:
    def __init__(self, inner: Any) -> None:
        self.inner = inner

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Plain) and self.inner == other.inner

    __hash__ = None  # type: ignore[assignment] # as any class with an __eq__


Pair = namedtuple("Pair", "left right")


def key(value: Any, name: str) -> str:
    """The key of the child that a tree shows under this name."""
    return next(each["key"] for each in page(Root(value), [], None, 0, None) if each["name"] == name)


@pytest.mark.parametrize(
    ("old", "names", "value", "expected"),
    [
        ({"a": {"b": 1}}, ["a", "b"], 2, {"a": {"b": 2}}),
        ({1: "one"}, ["1"], "two", {1: "two"}),
        ([[1, 2], 3], ["[0]", "[1]"], 5, [[1, 5], 3]),
        ((1, (2, 3)), ["[1]", "[0]"], 5, (1, (5, 3))),
        (deque([1, 2]), ["[1]"], 5, deque([1, 5])),
        ({7}, ["[0]"], 8, {8}),
        (Pair(1, [2]), ["right", "[0]"], 3, Pair(1, [3])),
        (Point(1, ["a"]), ["tags", "[0]"], "b", Point(1, ["b"])),
        (Plain({"k": 1}), ["inner", "k"], 2, Plain({"k": 2})),
        (Customer(name="Ada"), ["name"], "Eve", Customer(name="Eve")),
        ([AIMessage("old", id="1")], ["[0]", "content"], "new", [AIMessage("new", id="1")]),
    ],
)
def test_the_value_is_new_and_the_old_object_is_as_it_was(
    old: Any, names: list[str], value: Any, expected: Any
) -> None:
    before = copy.deepcopy(old)
    path, at = [], old
    for name in names:
        path.append(key(at, name))
        at = next(iter(at)) if isinstance(at, set) else _child(at, path[-1])
    assert replaced(old, path, value) == expected
    assert type(replaced(old, path, value)) is type(old)
    assert old == before


def _child(value: Any, child_key: str) -> Any:
    if child_key.startswith("."):
        return getattr(value, child_key[1:])
    return value[eval(child_key[1:-1])]


def test_an_object_with_slots() -> None:
    old = Slotted(1)
    assert replaced(old, [".size"], 2).size == 2
    assert old.size == 1


def test_a_field_of_a_model_is_validated() -> None:
    old = Customer(name="Ada")
    with pytest.raises(ValidationError):
        replaced(old, [".age"], -3)
    assert old.age == 1


def test_a_place_that_is_not_there() -> None:
    with pytest.raises(RuntimeFailure):
        replaced([1], ["[4]"], 2)


DAY = date(2026, 1, 2)
ADA, OLD_ADA, BOB = Customer(name="Ada"), Customer(name="Ada", age=9), Customer(name="Bob")


@pytest.mark.parametrize(
    ("old", "told", "expected"),
    [
        ([ADA, BOB], [{"name": "Bob", "age": 1}, {"name": "Ada", "age": 9}], [BOB, OLD_ADA]),
        (
            {"a": ADA, "day": DAY},
            {"a": {"name": "Ada", "age": 9}, "day": "2026-01-02"},
            {"a": OLD_ADA, "day": DAY},
        ),
        ({"day": DAY, "n": 1}, {"day": "2026-01-03", "n": 1.0}, {"day": "2026-01-03", "n": 1.0}),
        ({1: DAY, 2: "b"}, {"1": "2026-01-02", "3": "c"}, {1: DAY, "3": "c"}),
        (defaultdict(list, a=[DAY]), {"a": ["2026-01-02", 1]}, defaultdict(list, a=[DAY, 1])),
        ((DAY, 1), ["2026-01-02", 2], (DAY, 2)),
        ({"x"}, ["x", "y"], {"x", "y"}),
        (Pair(DAY, 1), {"left": "2026-01-02", "right": 2}, Pair(DAY, 2)),
        (Point(1, ["a"]), {"x": 2, "tags": ["a"]}, Point(2, ["a"])),
        ([Point(1), Point(2), Point(3)], [{"x": 3, "tags": []}, {"x": 1, "tags": []}], [Point(3), Point(1)]),
        (ADA, {"name": "Ada"}, {"name": "Ada"}),
        ([ADA], "text", "text"),
        (1, True, True),
        (None, {"a": [1]}, {"a": [1]}),
    ],
)
def test_json_for_a_value_keeps_its_objects(old: Any, told: Any, expected: Any) -> None:
    before = copy.deepcopy(old)

    found = kept(old, told)

    assert found == expected
    assert type(found) is type(expected)
    assert old == before
    assert kept(old, to_json(old)) is old


def test_json_keeps_the_very_objects_that_read_as_before() -> None:
    old = [ADA, {"in": [BOB, DAY]}, AIMessage("hi", id="1")]

    found = kept(old, [*to_json(old)[1:], {"new": True}])

    assert found[0]["in"] == [BOB, DAY]
    assert found[0] is old[1]
    assert found[1] is old[2]
    with pytest.raises(ValidationError):
        kept(old, [{"name": "Ada", "age": -1}, *to_json(old)[1:]])
