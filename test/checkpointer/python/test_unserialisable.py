"""What can't be serialised stays itself in its process, and is a placeholder in every other one."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from helpers import config_of, put, values_at
from langchain_core.messages import HumanMessage
from langgraph_debugger.checkpointer import FileCheckpointer, Unavailable


class Plain:
    """A class that LangGraph's serialiser does not know."""


def test_an_unserialisable_value_stays_itself_in_this_process(saver: FileCheckpointer) -> None:
    lock, plain = threading.Lock(), Plain()
    function = lambda: 1  # noqa: E731  # a lambda is the point
    values = {"lock": lock, "deep": {"list": [1, plain, 2]}, "function": function, "complex": 1j}

    found = values_at(saver, put(saver, values))

    assert found["lock"] is lock
    assert found["function"] is function
    assert found["deep"]["list"][1] is plain
    assert found["deep"] == {"list": [1, plain, 2]}
    assert found["complex"] == 1j


def test_an_unserialisable_write_stays_itself_in_this_process(saver: FileCheckpointer) -> None:
    lock = threading.Lock()
    config = put(saver, {})

    saver.put_writes(config, [("lock", lock), ("text", "a")], "task")

    found = saver.get_tuple(config)
    assert found is not None
    assert found.pending_writes == [("task", "lock", lock), ("task", "text", "a")]


def test_an_unserialisable_value_is_a_placeholder_in_another_process(
    open_saver: Callable[[], FileCheckpointer],
) -> None:
    first = open_saver()
    config = put(first, {"lock": threading.Lock(), "text": "intact", "list": ["a" * 600, Plain()]})
    first.flush()
    other = open_saver()

    found = values_at(other, config)

    assert isinstance(found["lock"], Unavailable)
    assert repr(found["lock"]).startswith("<unavailable _thread.lock: <unlocked _thread.lock object")
    assert found["text"] == "intact"
    assert found["list"][0] == "a" * 600
    assert "Plain" in repr(found["list"][1])

    second = put(other, found, config)
    other.flush()
    again = values_at(open_saver(), second)
    assert repr(again["lock"]) == repr(found["lock"])
    assert repr(again["list"]) == repr(found["list"])


def test_a_class_whose_repr_raises_does_no_harm(open_saver: Callable[[], FileCheckpointer]) -> None:
    class Rude:
        def __repr__(self) -> str:
            raise RuntimeError("no")

        def __eq__(self, other: object) -> bool:
            raise RuntimeError("no")

        __hash__ = None  # type: ignore[assignment]  # as rude as it gets

    saver = open_saver()
    rude = Rude()
    first = put(saver, {"rude": rude, "list": [rude]})
    second = put(saver, {"rude": rude, "list": [rude]}, first)

    assert values_at(saver, second)["rude"] is rude
    saver.flush()
    assert "RuntimeError in repr()" in repr(values_at(open_saver(), second)["rude"])


def test_values_of_a_process_that_ended_are_read(path: Path) -> None:
    script = (
        "import sys, threading; sys.path[:0] = sys.argv[2:]\n"
        "from helpers import put\n"
        "from langgraph_debugger.checkpointer import FileCheckpointer\n"
        "from langchain_core.messages import HumanMessage\n"
        "saver = FileCheckpointer(sys.argv[1])\n"
        "put(saver, {'lock': threading.Lock(), 'messages': [HumanMessage('hello')]})\n"
    )
    folders = [str(Path(__file__).parent), str(Path(__file__).parents[3] / "runtime" / "python")]
    subprocess.run([sys.executable, "-c", script, str(path), *folders], check=True, timeout=60)

    with FileCheckpointer(path) as saver:
        found = values_at(saver, config_of())

    assert found["messages"] == [HumanMessage("hello")]
    assert isinstance(found["lock"], Unavailable)


def test_the_objects_of_old_steps_are_let_go_when_each_step_makes_new_ones(saver: FileCheckpointer) -> None:
    import weakref

    objects = [Plain() for _ in range(300)]
    first = weakref.ref(objects[0])
    configs = [put(saver, {"plain": value}) for value in objects]
    last = objects[-1]
    del objects

    assert values_at(saver, configs[-1])["plain"] is last
    assert isinstance(values_at(saver, configs[0])["plain"], Unavailable)
    assert first() is None


def test_all_unserialisable_objects_of_the_latest_checkpoint_are_there(saver: FileCheckpointer) -> None:
    objects = [Plain() for _ in range(1000)]
    config = put(saver, {"objects": list(objects)})
    for number in range(300):
        put(saver, {"other": Plain()}, config_of("thread", f"sub:{number % 3}"))

    found = values_at(saver, config)["objects"]

    assert all(was is now for was, now in zip(objects, found, strict=True))


def test_metadata_of_any_kind_does_no_harm(saver: FileCheckpointer) -> None:
    from langgraph.checkpoint.base import empty_checkpoint

    odd: Any = {"step": "one", "source": ["a"], "run_id": 7, "lock": threading.Lock(), "text": "\ud800"}
    config = saver.put(config_of(), empty_checkpoint(), odd, {})

    found = saver.get_tuple(config)
    assert found is not None
    metadata: Any = found.metadata
    assert (metadata["step"], metadata["source"], metadata["run_id"]) == ("one", ["a"], 7)
    assert metadata["lock"].startswith("<unlocked _thread.lock")
