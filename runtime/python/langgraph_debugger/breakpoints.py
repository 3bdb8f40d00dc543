"""Which breakpoints match a node and whether they hit: conditions, hit counts, log points."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import CodeType
from typing import TYPE_CHECKING, Any

from .evaluate import compile_expression, evaluate_code, split_message

if TYPE_CHECKING:
    from .live import When
    from .protocol import DataBreakpoint, ExceptionFilter, NodeBreakpoint

_HIT = re.compile(r"^\s*(==|>=|<=|>|<|%)?\s*(\d+)\s*$")

Log = Callable[[str, int], None]
"""Takes a log point's message and the breakpoint's id."""


@dataclass
class Outcome:
    """What the breakpoints say to a superstep."""

    hits: list[int] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def add(self, other: Outcome) -> None:
        self.hits.extend(hit for hit in other.hits if hit not in self.hits)
        self.problems.extend(other.problems)


class Breakpoint:
    """One of the adapter's breakpoints, made ready to be asked often."""

    def __init__(self, spec: NodeBreakpoint | DataBreakpoint) -> None:
        self.spec = spec
        self.id = int(spec["id"])
        self.hits = 0
        self._condition, self._problem = _compiled(spec.get("condition"))
        self._hit_condition = _hit_condition(spec.get("hitCondition"))
        message = spec.get("logMessage")
        self._message = split_message(str(message)) if message else None

    def reached(self, names: Mapping[str, Any], outcome: Outcome, log: Log) -> None:
        """Counts and decides; a problem with the condition is a hit that says why."""
        node = names["node"]
        if self._problem is not None:
            self._fail(outcome, node, self._problem)
            return
        if self._condition is not None:
            try:
                if not evaluate_code(self._condition, names):
                    return
            except Exception as exc:
                self._fail(outcome, node, f"{type(exc).__name__}: {exc}")
                return
        self.hits += 1
        if self._hit_condition is not None and not self._hit_condition(self.hits):
            return
        if self._message is None:
            outcome.hits.append(self.id)
        else:
            log("".join(_part(part, names) for part in self._message), self.id)

    def _where(self, node: str) -> str:
        key = self.spec.get("key")
        return f"at {node}" if key is None else f"on {key}"

    def _fail(self, outcome: Outcome, node: str, why: str) -> None:
        outcome.hits.append(self.id)
        condition = self.spec.get("condition")
        outcome.problems.append(
            f"The condition of the breakpoint {self._where(node)} can't be decided: {condition} -> {why}"
        )


class ExceptionFilters:
    """At which errors the user wants to stop."""

    def __init__(self, specs: list[ExceptionFilter]) -> None:
        self._conditions = {spec["filter"]: _compiled(spec.get("condition")) for spec in specs}

    def stops(self, kind: str, names: Mapping[str, Any]) -> bool:
        """At an error of this kind; a condition that can't be decided counts as true."""
        if kind not in self._conditions:
            return False
        condition, problem = self._conditions[kind]
        if condition is None or problem is not None:
            return True
        try:
            return bool(evaluate_code(condition, names))
        except Exception:
            return True


class Breakpoints:
    """All breakpoints of a session."""

    def __init__(
        self,
        specs: list[NodeBreakpoint],
        data: list[DataBreakpoint],
        before: Breakpoints | None = None,
    ) -> None:
        known = [] if before is None else [*before._all, *before._data]

        def made(spec: NodeBreakpoint | DataBreakpoint) -> Breakpoint:
            same = next((each for each in known if each.spec == spec), None)
            return same if same is not None else Breakpoint(spec)

        self._all: list[Breakpoint] = [made(spec) for spec in specs]
        self._data: list[Breakpoint] = [made(spec) for spec in data]
        self._cache: dict[tuple[str, str, str], tuple[Breakpoint, ...]] = {}
        self._watched: dict[str, list[str]] = {}
        for spec in data:
            keys = self._watched.setdefault(spec["graph"], [])
            if spec["key"] not in keys:
                keys.append(spec["key"])

    def watched(self, graph: str) -> list[str]:
        """The keys of that graph's state that have data breakpoints."""
        return self._watched.get(graph, [])

    def of_key(self, graph: str, key: str) -> list[Breakpoint]:
        """The data breakpoints on a key."""
        return [each for each in self._data if (each.spec["graph"], each.spec.get("key")) == (graph, key)]

    def of(self, when: When, graph: str, node: str) -> tuple[Breakpoint, ...]:
        """Those at `node` of the graph with the id `graph`."""
        key = (when, graph, node)
        found = self._cache.get(key)
        if found is None:
            found = tuple(
                each
                for each in self._all
                if each.spec.get("when") == when
                and each.spec["graph"] in ("*", graph)
                and each.spec.get("node") in ("*", node)
            )
            self._cache[key] = found
        return found

    def forget_hits(self) -> None:
        """A new run counts from the start."""
        for each in (*self._all, *self._data):
            each.hits = 0


def _compiled(text: str | None) -> tuple[CodeType | None, str | None]:
    if text is None or not text.strip():
        return None, None
    try:
        return compile_expression(text), None
    except SyntaxError as exc:
        return None, f"SyntaxError: {exc.msg}"


def _hit_condition(text: str | None) -> Callable[[int], bool] | None:
    match = _HIT.match(text) if text else None
    if match is None:
        return None
    number = int(match[2])
    return {
        "==": lambda hits: hits == number,
        ">=": lambda hits: hits >= number,
        "<=": lambda hits: hits <= number,
        ">": lambda hits: hits > number,
        "<": lambda hits: hits < number,
        "%": lambda hits: number > 0 and hits % number == 0,
    }[match[1] or "=="]


def _part(part: str | CodeType, names: Mapping[str, Any]) -> str:
    if isinstance(part, str):
        return part
    try:
        return str(evaluate_code(part, names))
    except Exception as exc:
        return f"<{type(exc).__name__}: {exc}>"
