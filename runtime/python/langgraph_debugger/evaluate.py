"""Expressions in Python over a graph's state: for conditions, log points, watches and the console."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator, Mapping
from types import CodeType
from typing import Any


def compile_expression(text: str) -> CodeType:
    """Raises SyntaxError."""
    return compile(text.strip(), "<expression>", "eval")


def evaluate_code(code: CodeType, *scopes: Mapping[str, Any]) -> Any:
    """
    Evaluates with the first scope's names before the next one's. Only the names that the code asks for are
    read, and they are given as globals, so that lambdas and comprehensions see them too.
    """
    names: dict[str, Any] = {"__builtins__": builtins}
    for name in _names(code):
        for scope in scopes:
            try:
                names[name] = scope[name]
            except KeyError:
                continue
            break
    return eval(code, names)


def _names(code: CodeType) -> set[str]:
    found = set(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            found |= _names(constant)
    return found


def split_message(text: str) -> list[str | CodeType]:
    """A log message's literal parts and the compiled expressions between braces; `{{` and `}}` are braces."""
    parts: list[str | CodeType] = []
    literal = ""
    at = 0
    while at < len(text):
        char = text[at]
        if text[at : at + 2] in ("{{", "}}"):
            literal += char
            at += 2
        elif char == "{" and (found := _expression(text, at + 1)) is not None:
            code, at = found
            parts.extend((literal, code))
            literal = ""
        else:
            literal += char
            at += 1
    parts.append(literal)
    return [part for part in parts if part != ""]


def _expression(text: str, start: int) -> tuple[CodeType, int] | None:
    """The longest-needed expression from `start` to a brace that closes it; its end."""
    end = text.find("}", start)
    while end >= 0:
        try:
            ast.parse(text[start:end].strip(), mode="eval")
        except SyntaxError:
            end = text.find("}", end + 1)
            continue
        return compile_expression(text[start:end]), end + 1
    return None


class ChannelValues(Mapping[str, Any]):
    """The state of a graph that runs, read from its live channels key by key."""

    def __init__(self, channels: Mapping[str, Any], keys: list[str]) -> None:
        self._channels = channels
        self._keys = keys

    def __getitem__(self, key: str) -> Any:
        if key not in self._keys or key not in self._channels:
            raise KeyError(key)
        try:
            return self._channels[key].get()
        except Exception as exc:
            if type(exc).__name__ == "EmptyChannelError":
                raise KeyError(key) from None
            raise

    def __contains__(self, key: object) -> bool:
        try:
            self[key]  # type: ignore[index] # any object may be asked for
        except KeyError:
            return False
        return True

    def __iter__(self) -> Iterator[str]:
        return (key for key in self._keys if key in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class Names(Mapping[str, Any]):
    """
    Names of an expression: the state's keys (None where nothing was written yet), then `state`, `node`,
    `step`, and `more`, such as `update` after a node.
    """

    def __init__(
        self,
        state: Mapping[str, Any],
        keys: list[str],
        node: str | None,
        step: int | None,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        self._state = state
        self._keys = keys
        self._extra: dict[str, Any] = {"node": node, "step": step}
        if more is not None:
            self._extra.update(more)

    def __getitem__(self, name: str) -> Any:
        try:
            return self._state[name]
        except KeyError:
            if name in self._keys:
                return None
            if name == "state":
                return dict(self._state)
            return self._extra[name]

    def __iter__(self) -> Iterator[str]:
        yield from self._state
        yield from ("state", *self._extra)

    def __len__(self) -> int:
        return len(self._state) + len(self._extra) + 1
