"""Changes to a thread's past in any order: LangGraph reads it all, and what is taken back was never there."""

from __future__ import annotations

import json
import operator
import random
import sqlite3
from collections.abc import Callable
from typing import Annotated, Any, TypedDict

import pytest
from helpers import checkpoint_of, config_of, put
from langchain_core.messages import AIMessage, AnyMessage
from langgraph.graph import END, START, StateGraph
from langgraph.graph.message import add_messages
from langgraph.types import Command, Send, interrupt
from langgraph_debugger.checkpointer import FileCheckpointer, threads
from langgraph_debugger.thread_file.room import FileRoom

SEEDS = range(4)
CHANGES = 40


class Item(TypedDict):
    number: int


class State(TypedDict):
    log: Annotated[list[str], operator.add]
    messages: Annotated[list[AnyMessage], add_messages]


def build(saver: FileCheckpointer) -> Any:
    """A fan-out, a subgraph that asks, messages, and a list that grows."""
    inner = StateGraph(State)
    inner.add_node("ask", lambda state: {"log": [str(interrupt("Go on?"))]})
    inner.add_edge(START, "ask")
    builder = StateGraph(State)
    builder.add_node("begin", lambda state: {"log": ["begun" * 20]})
    builder.add_node("each", lambda item: {"log": [f"item {item['number']}"]}, input_schema=Item)
    builder.add_node("inner", inner.compile())
    builder.add_node("say", lambda state: {"messages": [AIMessage(f"{len(state['log'])} lines")]})
    builder.add_edge(START, "begin")
    builder.add_conditional_edges(
        "begin", lambda _: [Send("each", {"number": n}) for n in range(3)], ["each"]
    )
    builder.add_edge("each", "inner")
    builder.add_edge("inner", "say")
    builder.add_edge("say", END)
    return builder.compile(checkpointer=saver)


def rows(saver: FileCheckpointer, thread_id: str) -> dict[str, Any]:
    """All that belongs to a thread, but its blobs, by table."""
    saver.flush()
    connection = sqlite3.connect(saver.path)
    (number,) = connection.execute("SELECT num FROM threads WHERE id = ?", (thread_id,)).fetchone()
    found = {
        table: connection.execute(
            f"SELECT {', '.join(columns)} FROM {table} WHERE thread = ? ORDER BY {order}", (number,)
        ).fetchall()
        for table, (columns, order) in threads.TABLES.items()
        if table != "blobs"
    }
    connection.close()
    return found


class Changes:
    """Random changes to the threads of one file."""

    def __init__(self, saver: FileCheckpointer, seed: int) -> None:
        self.saver = saver
        self.graph = build(saver)
        self.random = random.Random(seed)
        self.room = FileRoom(lambda: None)
        self.threads: list[str] = []
        self.begin("")

    def ask(self, method: str, **params: Any) -> Any:
        """As the runtime does for the session's own file."""
        self.saver.flush()
        return self.room.answer(method, {"file": str(self.saver.path), **params})

    def begin(self, _: str) -> None:
        self.threads.append(f"thread-{len(self.threads)}")
        self.graph.invoke({"log": [], "messages": []}, config_of(self.threads[-1]))

    def go_on(self, thread: str) -> None:
        state = self.graph.get_state(config_of(thread))
        waits = any(task.interrupts for task in state.tasks)
        self.graph.invoke(
            Command(resume="yes") if waits else {"log": ["again"], "messages": []}, config_of(thread)
        )

    def update(self, thread: str) -> None:
        node = self.random.choice(["begin", "inner", "say"])
        self.graph.update_state(config_of(thread), {"log": ["updated"]}, as_node=node)

    def edit(self, thread: str) -> None:
        found = self.saver.get_tuple(config_of(thread))
        assert found is not None
        values = {**found.checkpoint["channel_values"], "log": ["edited" * self.random.randrange(1, 30)]}
        self.saver.replace(found.config, {**found.checkpoint, "channel_values": values})

    def undo(self, thread: str) -> None:
        found = self.saver.get_tuple(config_of(thread))
        assert found is not None
        self.saver.undo(found.config)

    def edit_and_undo(self, thread: str) -> None:
        before = rows(self.saver, thread)
        self.edit(thread)
        assert rows(self.saver, thread) != before
        self.undo(thread)
        assert rows(self.saver, thread) == before

    def fork(self, thread: str) -> None:
        history = list(self.graph.get_state_history(config_of(thread)))
        self.graph.update_state(self.random.choice(history).config, None, as_node="__copy__")

    def copy(self, thread: str) -> None:
        self.threads.append(self.ask("copyThread", threadId=thread)["threadId"])
        assert rows(self.saver, self.threads[-1]) == rows(self.saver, thread)

    def export_and_import(self, thread: str) -> None:
        to = self.saver.path.with_name("thread.json")
        self.ask("exportThread", threadId=thread, to=str(to))
        self.threads.append(self.ask("importThread", **{"from": str(to)})["threadId"])
        again = to.with_name("again.json")
        self.ask("exportThread", threadId=self.threads[-1], to=str(again))
        first, second = (json.loads(each.read_text(encoding="utf-8")) for each in (to, again))
        changed = {"id": thread, "updated": first["thread"]["updated"]}
        assert {**second, "thread": {**second["thread"], **changed}} == first

    def delete_and_restore(self, thread: str) -> None:
        before = rows(self.saver, thread)
        self.ask("restoreThread", **self.ask("deleteThread", threadId=thread))
        assert rows(self.saver, thread) == before

    def prune(self, thread: str) -> None:
        asked = {"threadIds": [thread], "keep": self.random.randrange(1, 6)}
        would = self.ask("prune", **asked, dryRun=True)
        assert self.ask("prune", **asked, dryRun=False)["checkpoints"] == would["checkpoints"]

    def once(self) -> str:
        """One more change; what it was."""
        kinds: list[Callable[[str], None]] = [
            self.begin,
            self.go_on,
            self.update,
            self.edit,
            self.undo,
            self.edit_and_undo,
            self.fork,
            self.copy,
            self.export_and_import,
            self.delete_and_restore,
            self.prune,
        ]
        kind, thread = self.random.choice(kinds), self.random.choice(self.threads)
        kind(thread)
        return f"{kind.__name__} {thread}"


@pytest.mark.parametrize("seed", SEEDS)
def test_langgraph_reads_every_thread_after_random_changes(
    open_saver: Callable[[], FileCheckpointer], seed: int
) -> None:
    saver = open_saver()
    changes = Changes(saver, seed)
    done = [changes.once() for _ in range(CHANGES)]

    saver.flush()
    graph = build(open_saver())
    for thread in changes.threads:
        history = list(graph.get_state_history(config_of(thread)))
        assert len(history) == sum(row[0] == "" for row in rows(saver, thread)["checkpoints"]), done
        assert "unavailable" not in repr([state.values for state in history]), done
        for state in history:
            assert graph.get_state(state.config, subgraphs=True).values == state.values, done
        told = changes.ask("timeline", threadId=thread, namespace="", limit=1000)
        assert [each["id"] for each in told["entries"]] == [
            state.config["configurable"]["checkpoint_id"] for state in history
        ], done


def test_taking_back_without_an_edit_does_nothing(saver: FileCheckpointer) -> None:
    config = put(saver, {"text": "first"})
    assert saver.undo(config) is None
    saver.replace(config, checkpoint_of({"text": "second"}))
    saver.replace(config, checkpoint_of({"text": "third"}))

    assert [saver.undo(config), saver.undo(config), saver.undo(config)] == [1, 0, None]
    assert saver.latest("thread") is None
    assert rows(saver, "thread")["edits"] == []


def test_an_answer_that_comes_with_results_takes_the_place_of_those_before(saver: FileCheckpointer) -> None:
    config = put(saver, {"text": "asked"})
    saver.put_writes(config, [("__resume__", ["one"])], "task")
    saver.put_writes(config, [("__resume__", ["one", "two"]), ("text", "first")], "task")
    saver.put_writes(config, [("text", "too late"), ("text", "second")], "task")

    found = saver.get_tuple(config)
    assert found is not None
    assert found.pending_writes == [
        ("task", "__resume__", ["one", "two"]),
        ("task", "text", "too late"),
        ("task", "text", "first"),
    ]
