"""Real graphs on the file checkpointer: the same states, stops and histories as on LangGraph's own savers."""

from __future__ import annotations

import asyncio
import operator
from collections.abc import Callable
from typing import Annotated, Any, TypedDict

import pytest
from helpers import config_of, put, stored_bytes
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, RemoveMessage
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.func import entrypoint, task
from langgraph.graph import END, START, StateGraph
from langgraph.graph.message import add_messages
from langgraph.types import Command, Send, interrupt
from langgraph_debugger.checkpointer import FileCheckpointer, UnknownCheckpointError


class State(TypedDict, total=False):
    messages: Annotated[list[AnyMessage], add_messages]
    log: Annotated[list[str], operator.add]
    scratch: dict[str, Any]
    answer: str


class SubState(TypedDict, total=False):
    messages: Annotated[list[AnyMessage], add_messages]
    answer: str


def conversation(checkpointer: BaseCheckpointSaver[Any], *, in_place: bool = False) -> Any:
    """A fan-out, a change in place if asked for, a subgraph and a question."""

    def plan(state: State) -> dict[str, Any]:
        return {"messages": [AIMessage("plan", id="plan")], "log": ["plan"], "scratch": {"seen": []}}

    def fan_out(state: State) -> list[Send]:
        return [Send("work", {"log": [], "answer": str(number)}) for number in range(3)]

    def work(state: State) -> dict[str, Any]:
        return {"log": [f"work {state['answer']}"]}

    def mutate(state: State) -> dict[str, Any]:
        if in_place:
            state["scratch"]["seen"].append("in place")
            state["messages"][0].additional_kwargs["seen"] = True
        return {"log": ["mutate"]}

    def inner(state: SubState) -> dict[str, Any]:
        return {"messages": [AIMessage("inner", id="inner")]}

    def ask(state: SubState) -> dict[str, Any]:
        return {"answer": interrupt({"question": "ok?"}), "messages": [RemoveMessage(id="plan")]}

    sub = StateGraph(SubState)
    sub.add_node("inner", inner)
    sub.add_node("ask", ask)
    sub.add_edge(START, "inner")
    sub.add_edge("inner", "ask")
    builder = StateGraph(State)
    builder.add_node("plan", plan)
    builder.add_node("work", work)
    builder.add_node("mutate", mutate)
    builder.add_node("sub", sub.compile())
    builder.add_edge(START, "plan")
    builder.add_conditional_edges("plan", fan_out, ["work"])
    builder.add_edge("work", "mutate")
    builder.add_edge("mutate", "sub")
    builder.add_edge("sub", END)
    return builder.compile(checkpointer=checkpointer)


def question() -> Any:
    return {"messages": [HumanMessage("hello", id="hello")]}


def story(graph: Any, config: RunnableConfig) -> list[Any]:
    """What can be seen of a thread from outside, without ids and times."""
    return [
        (state.values, state.next, state.metadata["step"], state.metadata["source"], len(state.tasks))
        for state in graph.get_state_history(config)
    ]


@pytest.mark.parametrize("durability", ["sync", "async", "exit"])
def test_a_run_is_the_same_as_in_memory(durability: str, saver: FileCheckpointer) -> None:
    stories = []
    for checkpointer in (InMemorySaver(), saver):
        graph = conversation(checkpointer)
        config = config_of()
        stopped = graph.invoke(question(), config, durability=durability)
        stop = story(graph, config)
        ended = graph.invoke(Command(resume="yes"), config, durability=durability)
        stories.append((str(stopped["messages"]), stop, ended, story(graph, config)))

    assert stories[0] == stories[1]
    assert stories[1][2]["answer"] == "yes"


def test_a_change_in_place_survives_a_stop_as_if_there_had_been_none(saver: FileCheckpointer) -> None:
    graph = conversation(saver, in_place=True)
    # With "async", LangGraph's sync run may call `put` only when the next node has already begun.
    graph.invoke(question(), config_of(), durability="sync")

    ended = graph.invoke(Command(resume="yes"), config_of(), durability="sync")

    assert ended["scratch"] == {"seen": ["in place"]}
    assert ended["messages"][0].additional_kwargs == {"seen": True}
    before = next(state for state in graph.get_state_history(config_of()) if state.next == ("mutate",))
    assert before.values["scratch"] == {"seen": []}
    assert before.values["messages"][0].additional_kwargs == {}


def test_an_async_run_is_the_same_as_in_memory(saver: FileCheckpointer) -> None:
    async def run(checkpointer: BaseCheckpointSaver[Any]) -> list[Any]:
        graph = conversation(checkpointer)
        config = config_of()
        # Not up to the question: Python 3.10 cannot ask it in an async run.
        await graph.ainvoke(question(), config, interrupt_before=["mutate"])
        await graph.ainvoke(None, config, interrupt_after=["mutate"])
        return [
            (state.values, state.next, state.metadata["step"])
            async for state in graph.aget_state_history(config)
        ]

    assert asyncio.run(run(saver)) == asyncio.run(run(InMemorySaver()))


def test_a_question_is_answered_in_another_process(open_saver: Callable[[], FileCheckpointer]) -> None:
    first = open_saver()
    conversation(first).invoke(question(), config_of())
    first.flush()

    ended = conversation(open_saver()).invoke(Command(resume="yes"), config_of())

    assert ended["answer"] == "yes"
    assert [message.id for message in ended["messages"]] == ["hello", "plan", "inner"]


def test_a_fork_goes_its_own_way(saver: FileCheckpointer) -> None:
    graph = conversation(saver)
    config = config_of()
    graph.invoke(question(), config)
    before_mutate = next(state for state in graph.get_state_history(config) if state.next == ("mutate",))

    fork = graph.update_state(before_mutate.config, {"log": ["forked"]}, as_node="work")
    graph.invoke(None, fork)
    ended = graph.invoke(Command(resume="no"), config)

    assert ended["answer"] == "no"
    assert "forked" in ended["log"]
    assert "forked" not in before_mutate.values["log"]
    unforked = graph.get_state(before_mutate.config)
    assert unforked.values == before_mutate.values


def test_a_functional_graph_keeps_its_previous_value(saver: FileCheckpointer) -> None:
    @task
    def double(number: int) -> int:
        return number * 2

    @entrypoint(checkpointer=saver)
    def total(number: int, *, previous: dict[str, Any] | None = None) -> dict[str, Any]:
        values = [*(previous or {"values": []})["values"], double(number).result()]
        return {"values": values}

    for number in range(30):
        result = total.invoke(number, config_of())

    assert result == {"values": [number * 2 for number in range(30)]}


def test_prune_keeps_only_the_latest_and_the_blobs_it_needs(
    open_saver: Callable[[], FileCheckpointer],
) -> None:
    saver = open_saver()
    graph = conversation(saver)
    for number in range(5):
        graph.invoke({"messages": [HumanMessage("x" * 900, id=str(number))]}, config_of())
        graph.invoke(Command(resume="yes"), config_of())
    before = graph.get_state(config_of())
    bytes_before = stored_bytes(saver)

    saver.prune(["thread"])

    assert len(list(saver.list(config_of()))) == 1
    assert stored_bytes(saver) < bytes_before / 2
    assert conversation(open_saver()).get_state(config_of()) == before
    graph.invoke({"messages": [HumanMessage("go on", id="last")]}, config_of())
    assert graph.get_state(config_of()).next == ("sub",)


def test_a_copied_thread_lives_on_without_the_first(saver: FileCheckpointer) -> None:
    graph = conversation(saver)
    graph.invoke(question(), config_of())

    saver.copy_thread("thread", "copy")
    saver.delete_thread("thread")

    assert graph.get_state(config_of()).values == {}
    assert graph.invoke(Command(resume="yes"), config_of("copy"))["answer"] == "yes"


def test_nothing_of_a_deleted_thread_is_left(saver: FileCheckpointer) -> None:
    import sqlite3

    conversation(saver).invoke(question(), config_of())

    saver.delete_thread("thread")

    connection = sqlite3.connect(saver.path)
    for table in ("threads", "checkpoints", "writes", "blobs", "edits"):
        assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
    connection.close()


def test_the_last_checkpoint_of_the_process_has_the_runs_own_objects(saver: FileCheckpointer) -> None:
    message = HumanMessage("hello", id="hello")
    graph = conversation(saver)
    graph.invoke({"messages": [message]}, config_of())

    last = saver.latest("thread")
    assert last is not None
    assert last.checkpoint["channel_values"]["messages"][0] is message
    assert last.config == graph.get_state(config_of()).config


def test_an_edit_in_place_keeps_id_parent_tasks_and_the_question(saver: FileCheckpointer) -> None:
    graph = conversation(saver)
    graph.invoke(question(), config_of())
    before = graph.get_state(config_of())
    found = saver.get_tuple(config_of())
    assert found is not None
    checkpoint = found.checkpoint
    checkpoint["channel_values"]["log"] = ["edited"]
    checkpoint["channel_versions"]["log"] = saver.get_next_version(
        checkpoint["channel_versions"]["log"], None
    )

    saver.replace(found.config, checkpoint)

    after = graph.get_state(config_of())
    assert after.values == {**before.values, "log": ["edited"]}
    assert (after.config, after.parent_config, after.metadata) == (
        before.config,
        before.parent_config,
        before.metadata,
    )
    assert (after.next, after.tasks) == (before.next, before.tasks)
    (original,) = saver.edits(found.config)
    assert original.checkpoint["channel_values"]["log"] == before.values["log"]
    latest = saver.latest("thread")
    assert latest is not None
    assert latest.checkpoint["channel_values"]["log"] == ["edited"]
    assert graph.invoke(Command(resume="yes"), config_of())["log"] == ["edited"]


def test_an_edit_of_a_checkpoint_that_is_not_there(saver: FileCheckpointer) -> None:
    graph = conversation(saver)
    graph.invoke(question(), config_of())
    found = saver.get_tuple(config_of())
    assert found is not None

    with pytest.raises(UnknownCheckpointError, match="no checkpoint 'nothing' in thread 'thread'"):
        saver.replace(config_of(checkpoint="nothing"), found.checkpoint)


def test_the_first_of_equal_writes_stays_but_a_question_is_replaced(saver: FileCheckpointer) -> None:
    config = put(saver, {})
    saver.put_writes(config, [("a", 1), ("b", 2)], "task", "path")
    saver.put_writes(config, [("a", 3)], "task", "path")
    saver.put_writes(config, [("__interrupt__", "first")], "other")
    saver.put_writes(config, [("__interrupt__", "second")], "other")

    found = saver.get_tuple(config)

    assert found is not None
    assert found.pending_writes == [("other", "__interrupt__", "second"), ("task", "a", 1), ("task", "b", 2)]


def test_threads_are_listed_with_what_is_known_of_them(saver: FileCheckpointer) -> None:
    conversation(saver).invoke(question(), config_of("a"))
    saver.describe_thread("a", graph="conversation", status="waiting", name="My thread")
    saver.describe_thread("b", graph="other")

    threads = {thread.id: thread for thread in saver.threads()}

    assert (threads["a"].graph, threads["a"].status, threads["a"].name) == (
        "conversation",
        "waiting",
        "My thread",
    )
    assert (threads["b"].graph, threads["b"].language) == ("other", "python")
    assert threads["a"].created <= threads["a"].updated


def test_bytes_per_turn_do_not_grow_with_the_thread(saver: FileCheckpointer) -> None:
    def answer(state: State) -> State:
        at = len(state["messages"])
        return {"messages": [AIMessage(f"{at:0540}", id=f"answer {at}")]}

    builder = StateGraph(State)
    builder.add_node("bot", answer)
    builder.add_edge(START, "bot")
    graph = builder.compile(checkpointer=saver)
    sizes = []
    for turn in range(201):
        if turn in {0, 40, 160, 200}:
            sizes.append(stored_bytes(saver))
        # Without ids of their own they get random ones, by which a list is cut into other parts in each run.
        graph.invoke({"messages": [HumanMessage(f"{turn:0540}", id=f"question {turn}")]}, config_of())

    early, late = (sizes[1] - sizes[0]) / 40, (sizes[3] - sizes[2]) / 40
    assert late < early * 1.25
