"""Where a thread stands, as far as the rows of its newest root checkpoint tell it."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable
from typing import Any, Literal, NamedTuple

from ..checkpointer.entries import LIST, MAP, NULL, PART, MalformedError, Parsed, parse
from ..checkpointer.store import fetch_blobs
from .msgpack import Extension, unpack

Status = Literal["pending", "done", "waiting", "failed", "cancelled", "answered"]

TASKS = "__pregel_tasks"
"""The channel of what was sent to nodes."""
NULL_TASK = "00000000-0000-0000-0000-000000000000"
START = "__start__"
UPDATE_PATH = "~__interrupt__"
"""Begins the task path of what `update_state` wrote."""

_BRANCH, _JOIN = "branch:to:", "join:"
_PULL = "~__pregel_pull, "
_PUSH = re.compile(r"~__pregel_push, (\d{10})(, |$)")
_MARKS = ("__error__", "__error_source_node__", "__interrupt__", "__resume__", "__scheduled__")


class Write(NamedTuple):
    """A row of `writes` without its checkpoint."""

    task: str
    path: str
    channel: str
    value: bytes


def status_of(writes: Iterable[Write]) -> Status:
    """Of one task, from its rows. `answered`: it is done, and has waited before."""
    channels = {write.channel: write.value for write in writes}
    if any(channel not in _MARKS for channel in channels):
        return "answered" if "__interrupt__" in channels or "__resume__" in channels else "done"
    if "__interrupt__" in channels:
        return "waiting"
    if "__error__" in channels:
        return "cancelled" if b"CancelledError" in channels["__error__"][:64] else "failed"
    return "pending"


def by_task(writes: Iterable[Write]) -> dict[str, list[Write]]:
    """The rows of each task, in the order of the tasks; those that belong to no task are left out."""
    found: dict[str, list[Write]] = {}
    for write in writes:
        if write.task != NULL_TASK:
            found.setdefault(write.task, []).append(write)
    return found


def is_result(channel: str) -> bool:
    """Whether a write of this channel is a node's result, not a mark of LangGraph's."""
    return channel not in _MARKS


def is_own(channel: str) -> bool:
    """Whether a channel is LangGraph's own, not a key of a state."""
    return (channel.startswith("__") and channel != "__root__") or channel.startswith((_BRANCH, _JOIN))


class Raw:
    """Reads what the values of one thread tell of nodes, without making them."""

    def __init__(self, connection: sqlite3.Connection, thread: int) -> None:
        self._connection = connection
        self._thread = thread

    def channels(self, data: bytes) -> dict[str, Parsed]:
        """The entry of each channel, from map data. Nothing where that can't be read."""
        found: dict[str, Parsed] = {}
        try:
            for entry in parse(data):
                if entry.tag == PART:
                    for type_, inner in fetch_blobs(self._connection, self._thread, [entry.hash]).values():
                        found.update(self.channels(inner) if type_ == MAP else {})
                elif entry.key is not None:
                    found[entry.key] = entry._replace(key=None)
        except MalformedError:
            return {}
        return found

    def plain(self, entry: Parsed) -> Any:
        """A value as it is stored; None where that can't be read."""
        type_, data = entry.type, entry.data
        if entry.hash:
            found = fetch_blobs(self._connection, self._thread, [entry.hash])
            type_, data = found.get(entry.hash, ("null", b""))
        try:
            if type_ == LIST:
                return [self.plain(each) for each in parse(data)]
            if type_ == "msgpack":
                return unpack(data)
            return json.loads(data) if type_ == "json" else None
        except ValueError:
            return None

    def sent_to(self, entry: Parsed) -> list[str]:
        """Names of the nodes that a value of the channel of Sends names, in their order."""
        value = self.plain(entry)
        if isinstance(value, list) and len(value) == 2 and all(isinstance(each, list) for each in value):
            value = value[1]  # as LangGraph.js stores them before 1.4; the first are what it has seen before
        found = [_node_of(each) for each in (value if isinstance(value, list) else [value])]
        return [each or "" for each in found]

    def led_to(self, write: Write) -> list[str]:
        """Names of the nodes to which a write leads."""
        if write.channel.startswith(_BRANCH):
            return [write.channel[len(_BRANCH) :]]
        if write.channel.startswith(_JOIN):
            return [write.channel.rpartition(":")[2]]
        if write.channel != TASKS:
            return []
        try:
            return [name for each in parse(write.value) for name in self.sent_to(each) if name]
        except MalformedError:
            return []

    def next_nodes(self, channels: dict[str, Parsed]) -> tuple[list[str], list[str]]:
        """The nodes that channels trigger after their checkpoint, and those that something was sent to."""
        pulled = []
        for name, entry in channels.items():
            if name.startswith(_BRANCH) and self._is_open(entry):
                pulled.append(name[len(_BRANCH) :])
            elif name.startswith(_JOIN) and self._is_complete(name, entry):
                pulled.append(name.rpartition(":")[2])
        return pulled, self.sent_to(channels[TASKS]) if TASKS in channels else []

    def _is_open(self, entry: Parsed) -> bool:
        """Whether a channel to a node triggers it: one to a deferred node is shut until the end is near."""
        if entry.tag == NULL:
            return True
        value = self.plain(entry)
        return not (isinstance(value, list) and len(value) == 2 and value[1] is False)

    def _is_complete(self, name: str, entry: Parsed) -> bool:
        """Whether all of the nodes have come that a channel of several waits for."""
        value = self.plain(entry)
        if isinstance(value, list) and len(value) == 2 and isinstance(value[1], bool):
            if not value[1]:
                return False
            value = value[0]
        if isinstance(value, Extension):
            value = _arguments(value)
        wanted = name[len(_JOIN) :].rpartition(":")[0].split("+")
        return isinstance(value, list) and set(wanted) == {each for each in value if isinstance(each, str)}


def name_of(path: str, sent: list[str]) -> str | None:
    """The name of a task's node from its path, where that tells it; `sent` is what was sent to nodes."""
    if path.startswith(_PULL):
        return path[len(_PULL) :]
    pushed = _PUSH.match(path)
    if pushed is None or int(pushed[1]) >= len(sent):
        return None
    return sent[int(pushed[1])] or None


def index_of(path: str) -> int | None:
    """Which of the things sent a task has for its input."""
    pushed = _PUSH.match(path)
    return int(pushed[1]) if pushed is not None else None


def standing_at(raw: Raw, channels: bytes, writes: list[Write]) -> tuple[list[str], set[Status]]:
    """The nodes with work to do after a checkpoint, each once, and what is the matter with its tasks."""
    pulled, sent = raw.next_nodes(raw.channels(channels))
    waiting: list[str] = []
    done: set[str] = set()
    done_sends: set[int] = set()
    statuses: set[Status] = set()
    for own in by_task(writes).values():
        status = status_of(own)
        name, index = name_of(own[0].path, sent), index_of(own[0].path)
        if status not in ("done", "answered"):
            statuses.add(status)
            waiting += [name] if name else []
        elif index is not None:
            done_sends.add(index)
        elif name:
            done.add(name)
    pulled = [name for name in pulled if name not in done]
    left = [name for index, name in enumerate(sent) if index not in done_sends]
    found = dict.fromkeys([*pulled, *left, *waiting])
    return [name for name in found if name and name != START], statuses


def _arguments(extension: Extension) -> Any:
    """What a stored object is made of: the arguments of its class."""
    try:
        made = unpack(extension.data)
    except ValueError:
        return None
    return made[2] if isinstance(made, list) and len(made) > 2 else None


def _node_of(value: Any) -> str | None:
    """The node of a stored Send."""
    if isinstance(value, Extension):
        arguments = _arguments(value)
        value = {"node": arguments[0]} if isinstance(arguments, list) and arguments else None
    node = value.get("node") if isinstance(value, dict) else None
    return node if isinstance(node, str) else None
