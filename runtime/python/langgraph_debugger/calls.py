"""Calls of `interrupt()`: where each task made them, what it had written by then, what is wrong with them."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import math
import os
import sys
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .as_json import to_json
from .loader import is_user_file
from .pregel import current_task_id

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType, TracebackType

    from .run import TaskRun

    Warn = Callable[[str, "Place | None"], None]

Place = tuple[str, int]
"""A file, absolute, and a line of it."""

Way = tuple[tuple[str, int, int], ...]
"""The user's own calls that lead to a call, innermost first: file, line of the function, instruction."""

_RULES = "LangGraph's rules of interrupts"
_KEPT = 1000
_KEPT_TEXTS = 50
_KEPT_LENGTH = 200


@dataclass
class _Call:
    place: Place | None
    payload: str
    way: Way


@dataclass
class _Attempt:
    """One run of a task: its calls of `interrupt()` by index, and what it wrote before each."""

    node: str
    graph: str
    previous: _Attempt | None
    calls: list[_Call] = field(default_factory=list)
    waiting: Place | None = None
    """Where it left."""
    written: list[list[str]] = field(default_factory=lambda: [[]])

    def wrote(self, text: str) -> None:
        if text.strip() and len(self.written[-1]) < _KEPT_TEXTS:
            self.written[-1].append(text.strip()[:_KEPT_LENGTH])


class Calls:
    """Of all tasks of this process. Tasks keep their ids when they go on after an answer."""

    def __init__(self) -> None:
        self._attempts: OrderedDict[str, _Attempt] = OrderedDict()
        self._folders: list[str] = []
        self._warn: Warn = lambda _, __: None
        self._told: set[tuple[str, str, str, Place | None]] = set()

    def begin(self, folders: list[str], warn: Warn) -> None:
        """The user's files are in these folders; what is wrong is told to `warn`."""
        self._folders = [os.path.join(os.path.abspath(each), "") for each in folders]  # noqa: PTH100, PTH118
        self._warn = warn
        _listen_to_stdout(self)

    def place(self, task_id: str) -> Place | None:
        """Where the task that waits made its call, as far as this process has seen it."""
        attempt = self._attempts.get(task_id)
        return attempt.waiting if attempt is not None else None

    def tries(self, task_id: str, index: int) -> int | None:
        """How often the task's call with this index was made in this run, with this time."""
        attempt = self._attempts.get(task_id)
        if attempt is None or index >= len(attempt.calls):
            return None
        way = attempt.calls[index].way
        return sum(call.way == way for call in attempt.calls[: index + 1])

    # ---------------------------------------------------------------------------- what a task does

    def watch(self, task: TaskRun) -> None:
        """A task is about to run."""
        scratchpad = task.task.config["configurable"].get("__pregel_scratchpad")
        if scratchpad is None or task.task.writes:
            return
        attempt = _Attempt(task.name, task.level.known.id, self._attempts.pop(task.id, None))
        if attempt.previous is not None:
            attempt.previous.previous = None
        self._attempts[task.id] = attempt
        if len(self._attempts) > _KEPT:
            self._attempts.popitem(last=False)
        count = scratchpad.interrupt_counter

        def counted() -> int:
            index = int(count())
            with contextlib.suppress(Exception):
                frame = sys._getframe(1)
                if frame.f_code.co_name == "interrupt":
                    self._called(attempt, index, frame, len(scratchpad.resume))
            return index

        with contextlib.suppress(AttributeError, TypeError):
            object.__setattr__(scratchpad, "interrupt_counter", counted)

    def wrote(self, text: str) -> None:
        """The code that runs now writes to stdout."""
        attempt = self._attempts.get(current_task_id() or "")
        if attempt is not None:
            attempt.wrote(text)

    def streamed(self, task: TaskRun, chunk: Any) -> None:
        """A task writes to the custom stream."""
        attempt = self._attempts.get(task.id)
        if attempt is not None:
            attempt.wrote(_text(chunk))

    def may_have_asked(self, task: TaskRun) -> bool:
        """False where the task is known to have made no call."""
        attempt = self._attempts.get(task.id)
        return attempt is None or bool(attempt.calls)

    def ended(self, task: TaskRun) -> None:
        """A task has ended without asking."""
        attempt = self._attempts.pop(task.id, None)
        scratchpad = task.task.config["configurable"].get("__pregel_scratchpad")
        if attempt is None or scratchpad is None or len(attempt.calls) >= len(scratchpad.resume):
            return
        before = attempt.previous
        place = before.calls[-1].place if before is not None and before.calls else None
        self._tell(
            attempt,
            "order",
            place,
            f"called interrupt() {len(attempt.calls)} times in this run, but has {len(scratchpad.resume)} "
            "answers: the last ones were for calls that it did not make again.",
            "don't change the order of interrupt calls in a node",
        )

    def swallowed(self, task: TaskRun, text: str) -> str:
        """The text of the warning, which names the line. It is told."""
        attempt = self._attempts.get(task.id)
        place = attempt.calls[-1].place if attempt is not None and attempt.calls else None
        text = f"{task.name}{_at(place)} {text} {_RULES}: don't wrap interrupt in a bare try/except."
        if attempt is None or self._first(attempt, "swallowed", place):
            self._warn(text, place)
        return text

    def asked(self, task: TaskRun, error: BaseException) -> None:
        """A task has left by `interrupt()`."""
        attempt = self._attempts.get(task.id)
        values = error.args[0] if error.args else ()
        if attempt is None or not attempt.calls or not isinstance(values, (list, tuple)):
            return
        # Tools that ask at the same time have made several calls; one of them has ended the task.
        attempt.waiting = self._raised_at(error.__traceback__) or attempt.calls[-1].place
        for each in values:
            found = _unserialisable(getattr(each, "value", None), "value")
            if found is not None:
                self._tell(
                    attempt,
                    "payload",
                    attempt.waiting,
                    f"asks with a payload that can't be written as JSON: {found}. Who answers in another "
                    "process does not get it.",
                    "pass simple JSON-serialisable values",
                )

    def _called(self, attempt: _Attempt, index: int, frame: FrameType, answers: int) -> None:
        payload = _text(frame.f_locals.get("value"))
        call = _Call(self._place(frame.f_back), payload, self._way(frame.f_back))
        while len(attempt.calls) <= index:
            attempt.calls.append(call)
            attempt.written.append([])
        before = attempt.previous
        if before is None or index >= len(before.calls):
            return
        then = before.calls[index]
        repeated = next((each for each in attempt.written[index] if each in before.written[index]), None)
        if repeated is not None:
            self._tell(
                attempt,
                "repeats",
                call.place,
                f"runs again from its start after each answer, and has written {json.dumps(repeated)} again "
                "before its interrupt(). What it does there happens every time.",
                "side effects before interrupt must be idempotent",
            )
        if index < answers and (then.place != call.place or then.payload != call.payload):
            self._tell(
                attempt,
                "order",
                call.place,
                f"gives the answer number {index + 1} to another question than the one that was answered: "
                f"then {then.payload}{_at(then.place)}, now {call.payload}.",
                "don't change the order of interrupt calls in a node",
            )

    def _place(self, frame: FrameType | None) -> Place | None:
        while frame is not None:
            path = self._own(frame)
            if path is not None:
                return path, frame.f_lineno
            frame = frame.f_back
        return None

    def _way(self, frame: FrameType | None) -> Way:
        calls = []
        while frame is not None:
            path = self._own(frame)
            if path is not None:
                calls.append((path, frame.f_code.co_firstlineno, frame.f_lasti))
            frame = frame.f_back
        return tuple(calls)

    def _own(self, frame: FrameType) -> str | None:
        """The file of a frame, where it is one of the user's."""
        name = frame.f_code.co_filename
        if name.startswith("<"):
            return None
        path = os.path.abspath(name)  # noqa: PTH100 - resolve() would follow links, the editor's paths don't
        return path if is_user_file(path, self._folders) else None

    def _raised_at(self, traceback: TracebackType | None) -> Place | None:
        found = None
        while traceback is not None:
            path = self._own(traceback.tb_frame)
            if path is not None:
                found = (path, traceback.tb_lineno)
            traceback = traceback.tb_next
        return found

    # ------------------------------------------------------------------------------------- telling

    def _first(self, attempt: _Attempt, kind: str, place: Place | None) -> bool:
        key = (kind, attempt.graph, attempt.node, place)
        if key in self._told:
            return False
        self._told.add(key)
        return True

    def _tell(self, attempt: _Attempt, kind: str, place: Place | None, text: str, rule: str) -> None:
        if self._first(attempt, kind, place):
            self._warn(f"{attempt.node}{_at(place)} {text} {_RULES}: {rule}.", place)


calls = Calls()
"""Of this process."""


def _at(place: Place | None) -> str:
    return f" ({place[0]}:{place[1]})" if place is not None else ""


def _text(value: Any) -> str:
    text = json.dumps(to_json(value), ensure_ascii=False)
    return text if len(text) <= _KEPT_LENGTH else f"{text[:_KEPT_LENGTH]}…"


def _unserialisable(value: Any, path: str, depth: int = 0) -> str | None:
    """What of a payload JSON and LangGraph's own serialiser have no word for, and where it is."""
    if value is None or isinstance(value, (str, bool, int)) or depth > 20:
        return None
    if isinstance(value, float):
        return None if math.isfinite(value) else f"{path} is {value}"
    if isinstance(value, dict):
        items = [(f"{path}[{key!r}]", each) for key, each in value.items()]
    elif isinstance(value, (list, tuple)):
        items = [(f"{path}[{index}]", each) for index, each in enumerate(value)]
    elif _has_fields(value):
        return None
    else:
        return f"{path} is a {type(value).__name__}"
    return next((found for at, each in items if (found := _unserialisable(each, at, depth + 1))), None)


def _has_fields(value: Any) -> bool:
    """Whether it is data of a class that LangGraph stores: pydantic's (messages too), dataclasses."""
    return not isinstance(value, type) and (
        dataclasses.is_dataclass(value) or hasattr(type(value), "model_fields")
    )


def _listen_to_stdout(heard: Calls) -> None:
    """The stream stays the user's own; what is written is looked at in passing."""
    stream = sys.stdout
    write = stream.write

    def pass_on(text: str) -> int:
        with contextlib.suppress(Exception):
            heard.wrote(text)
        return write(text)

    with contextlib.suppress(AttributeError, TypeError):
        setattr(stream, "write", pass_on)  # noqa: B010 - a stream that allows it
