"""What is remembered of threads between their runs, and what the next run of one begins with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from .errors import RuntimeFailure
from .limits import cut_off_at
from .run import CutOff, Run

if TYPE_CHECKING:
    from .graphs import KnownGraphs
    from .position import Threads
    from .protocol import Position, RunParams


class Beginning(NamedTuple):
    """Of a run."""

    graph_input: Any
    """What the graph is called with."""
    skip: set[str]
    """Tasks at which the user is already: they are not asked again."""
    cut_off: CutOff | None


class Resuming:
    """One for all threads of a session."""

    def __init__(self, graphs: KnownGraphs, threads: Threads, saver: Any, config: dict[str, Any]) -> None:
        self._graphs = graphs
        self._threads = threads
        self._saver = saver
        self._config = config
        self._answers: dict[str, Any] = {}
        """Given while the run that asks was held."""
        self._held: dict[str, set[str]] = {}
        """By thread: tasks at which the cancelled run stood."""
        self._stop_of_root: dict[str, int] = {}
        """By thread: at which step the cancelled run would have met its recursion limit."""
        self._rested: set[str] = set()
        """Threads whose last run ended by itself."""
        self._moved: set[str] = set()
        """Threads whose cursor was moved since their last run."""

    def started(self, thread_id: str) -> None:
        self._rested.discard(thread_id)
        self._moved.discard(thread_id)

    def rested(self, thread_id: str) -> None:
        """The run has come to its end by itself."""
        self._rested.add(thread_id)

    def cancelled(self, run: Run) -> None:
        """The run is about to be cancelled; the caller holds its lock."""
        if run.root is not None:
            self._stop_of_root[run.thread_id] = run.root.loop.stop
        self._held[run.thread_id] = {id_ for gate in run.gates() for id_ in gate.waiting}

    def moved(self, thread_id: str, anew: bool) -> None:
        """The thread stands elsewhere. `anew`: at a copy, from which its next run counts its steps anew."""
        self.forget(thread_id)
        self._answers = {}
        (self._moved.add if anew else self._moved.discard)(thread_id)

    def forget(self, thread_id: str) -> None:
        """What its last run has left."""
        self._stop_of_root.pop(thread_id, None)
        self._held.pop(thread_id, None)
        self._rested.discard(thread_id)
        self._moved.discard(thread_id)

    def answer(self, answers: dict[str, Any]) -> None:
        """Keeps answers for when the run that asks rests."""
        self._answers.update(answers)

    def has_answer(self, tasks: Iterable[Any]) -> bool:
        """Whether a question of one of these tasks has been answered already."""
        return bool(self._answers.keys() & {each["id"] for task in tasks for each in task["interrupts"]})

    def begin(self, params: RunParams) -> Beginning:
        """What the run that is asked for begins with."""
        from langgraph.types import Command

        if "input" in params:
            if params["input"] is None:
                raise RuntimeFailure(
                    "invalidInput", "The input is null; give a JSON object with the graph's input."
                )
            return Beginning(params["input"], set(), None)
        thread_id = params["threadId"]
        found = self._threads.position(thread_id)
        if found is None:
            raise RuntimeFailure(
                "unknownThread", f"There is no thread {thread_id} yet: give an input to start it."
            )
        position = found[0]
        command = self._command(params, position)
        skip = {task["id"] for task in all_tasks(position["root"])} | self._held.pop(thread_id, set())
        cut_off = None
        if thread_id not in self._rested:
            cut_off = cut_off_at(
                self._graphs.root.graph,
                self._saver,
                self._config,
                position,
                stop=self._stop_of_root.pop(thread_id, None),
                moved=thread_id in self._moved,
            )
        return Beginning(Command(**command) if command else None, skip, cut_off)

    def _command(self, params: RunParams, position: Position) -> dict[str, Any]:
        """The fields of the Command to go on with; none where nothing is to be told."""
        tasks = list(all_tasks(position["root"]))
        waiting = {each["id"] for task in tasks for each in task["interrupts"]}
        resume = {**{k: v for k, v in self._answers.items() if k in waiting}, **(params.get("resume") or {})}
        unknown = sorted(set(resume) - waiting)
        if unknown:
            known = ", ".join(sorted(waiting)) or "none"
            raise RuntimeFailure(
                "unknownInterrupt",
                f"No interrupt with the id {unknown[0]} waits for an answer. Waiting: {known}.",
            )
        self._answers = {}
        command: dict[str, Any] = {}
        if resume:
            command["resume"] = resume
        if params.get("update"):
            command["update"] = params["update"]
        if params.get("goto"):
            command["goto"] = params["goto"]
        own = position["root"]["tasks"]
        if not command:
            if not own:
                raise RuntimeFailure(
                    "invalidInput", "The run on this thread is over: give an input for a new turn."
                )
            if waiting and all(task["status"] in ("waiting", "done") for task in own):
                raise RuntimeFailure(
                    "needsAnswer", f"The graph waits for an answer to the interrupt {sorted(waiting)[0]}."
                )
        return command


def all_tasks(position: Any) -> Iterator[Any]:
    """The tasks of a graph's position and of the graphs in them."""
    for task in position["tasks"]:
        yield task
        if "subgraph" in task:
            yield from all_tasks(task["subgraph"])
