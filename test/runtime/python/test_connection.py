"""Events that may wait go with the next message, or soon; the order is that in which they were given."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from langgraph_debugger import connection as module
from langgraph_debugger.connection import Connection

Pair = tuple[Connection, socket.socket]


@pytest.fixture
def pair() -> Iterator[Pair]:
    ours, theirs = socket.socketpair()
    theirs.settimeout(10)
    connection = Connection(ours)
    yield connection, theirs
    connection.close()
    theirs.close()


def read(stream: socket.socket, count: int) -> list[Any]:
    """The names of events and the ids of answers that come next."""
    found: list[Any] = []
    with stream.makefile("rb") as file:
        for _ in range(count):
            length = int(file.readline().split(b":")[1])
            file.readline()
            message = json.loads(file.read(length))
            found.append(message.get("method", message.get("id")))
    return found


def test_the_order_is_kept(pair: Pair) -> None:
    connection, theirs = pair
    connection.notify("a", {}, waits=True)
    connection.notify("b", {}, waits=True)
    connection.respond(1, {})
    connection.notify("c", {}, waits=True)
    connection.notify("d", {})
    assert read(theirs, 5) == ["a", "b", 1, "c", "d"]


def test_what_waits_is_sent_though_nothing_follows(pair: Pair) -> None:
    connection, theirs = pair
    for name in ("a", "b"):
        connection.notify(name, {}, waits=True)
        assert read(theirs, 1) == [name]


def test_what_waits_goes_in_one_piece_with_the_next(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_WAIT_SECONDS", 60)
    connection, theirs = pair
    connection.notify("a", {}, waits=True)
    connection.notify("b", {})
    assert theirs.recv(65536).count(b"Content-Length") == 2


def test_what_waits_is_sent_before_the_end(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_WAIT_SECONDS", 60)
    connection, theirs = pair
    connection.notify("a", {}, waits=True)
    connection.flush()
    connection.close()
    assert read(theirs, 1) == ["a"]


def test_it_does_not_gather_without_end(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_WAIT_SECONDS", 60)
    connection, theirs = pair
    names = [str(number) for number in range(1000)]
    for name in names:
        connection.notify(name, {}, waits=True)
    assert read(theirs, len(names)) == names
