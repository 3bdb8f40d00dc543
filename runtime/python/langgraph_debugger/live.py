"""The live object that every graph of this process has for `interrupt_before` and `interrupt_after`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any, Literal, Protocol

When = Literal["before", "after"]

_ATTRIBUTES: dict[When, str] = {"before": "interrupt_before_nodes", "after": "interrupt_after_nodes"}
_METHODS: dict[str, When] = {"tick": "before", "after_tick": "after"}


class Observer(Protocol):
    """Who is told of each superstep's boundaries."""

    honour_compiled: bool

    def boundary(self, when: When, graph: Any, loop: Any) -> None:
        """
        Before or after a superstep of `graph`; `loop` is LangGraph's own loop object. In the graph's
        thread.
        """


class LiveNodes:
    """
    Stands in for the list of node names. LangGraph asks for its truth once before and once after each
    superstep, the first after a resume included, from a method of its loop: there the superstep is decided
    on, with the loop in hand. Beyond that it behaves as the author's own list, or as an empty one when
    those are switched off.
    """

    __slots__ = ("_author", "_graph", "_observer")

    def __init__(self, graph: Any, author: Any, observer: Observer) -> None:
        self._graph = graph
        self._author = author
        self._observer = observer

    def __bool__(self) -> bool:
        frame = sys._getframe(1)
        when = _METHODS.get(frame.f_code.co_name)
        if when is not None:
            loop = frame.f_locals.get("self")
            if hasattr(loop, "checkpoint"):
                self._observer.boundary(when, self._graph, loop)
        return bool(self._author) and self._observer.honour_compiled

    def __contains__(self, name: object) -> bool:
        return self._observer.honour_compiled and (self._author == "*" or name in self._author)

    def __iter__(self) -> Iterator[str]:
        return iter(() if self._author == "*" or not self._observer.honour_compiled else self._author)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __eq__(self, other: object) -> bool:
        # LangGraph compares with "*", which stands for every node without the hidden tag.
        return self._observer.honour_compiled and bool(self._author == other)

    __hash__ = None  # type: ignore[assignment] # as the list that it stands for


class _LiveAttribute:
    """
    Gives the live object for the attribute of each graph object of the process, also of those compiled
    while a node runs. What the author set stays in the object's own dictionary, where copies of the graph
    find it.
    """

    def __init__(self, name: str, observer: Observer) -> None:
        self._name = name
        self._observer = observer

    def __get__(self, graph: Any, owner: type | None = None) -> Any:
        if graph is None:
            return self
        return LiveNodes(graph, author_list(graph, self._name), self._observer)

    def __set__(self, graph: Any, value: Any) -> None:
        graph.__dict__[self._name] = value._author if isinstance(value, LiveNodes) else value


def author_list(graph: Any, attribute: str) -> Any:
    """What the author compiled the graph with: a list of names or `*`."""
    value = graph.__dict__.get(attribute, ())
    return value if value is not None else ()


def compiled_interrupts(graph: Any, when: When) -> list[str]:
    """The author's own compile-time interrupts; `*` is given as it is."""
    value = author_list(graph, _ATTRIBUTES[when])
    return ["*"] if value == "*" else [str(name) for name in value]


def install(observer: Observer) -> None:
    """From here on `observer` is told of every superstep of every graph in this process."""
    from langgraph.pregel import Pregel

    for name in _ATTRIBUTES.values():
        setattr(Pregel, name, _LiveAttribute(name, observer))
