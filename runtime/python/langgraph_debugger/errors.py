"""Errors that go to the adapter: one factory each, and what is told of an exception of the user's."""

from __future__ import annotations

import linecache
import os
import sys
import traceback
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .protocol import ErrorInfo, ErrorInfo_frames, RuntimeErrorCode

_OWN_FOLDER = str(Path(__file__).resolve().parent)


class RuntimeFailure(Exception):
    """A request that can't be done; `code` is one of the protocol's, the message says what to do next."""

    def __init__(
        self,
        code: RuntimeErrorCode,
        message: str,
        error: ErrorInfo | None = None,
        candidates: list[str] | None = None,
    ) -> None:
        super().__init__(message)
        self.code: RuntimeErrorCode = code
        self.error = error
        self.candidates = candidates


def pip_install(package: str) -> str:
    """The command that installs `package` for the interpreter that runs this."""
    executable = f'"{sys.executable}"' if " " in sys.executable else sys.executable
    return f'{executable} -m pip install --upgrade "{package}"'


def langgraph_missing() -> RuntimeFailure:
    return RuntimeFailure(
        "langgraphMissing",
        "The package langgraph is not installed for this Python. Install it with: "
        f"{pip_install('langgraph')} - or choose another interpreter (`python` in launch.json).",
    )


def langgraph_too_old(version: str) -> RuntimeFailure:
    return RuntimeFailure(
        "langgraphTooOld",
        f"langgraph {version} is too old, 0.6.0 is the oldest that can be debugged. Update it with: "
        f"{pip_install('langgraph>=0.6')}",
    )


def language_too_old() -> RuntimeFailure:
    version = ".".join(map(str, sys.version_info[:3]))
    return RuntimeFailure(
        "languageTooOld",
        f"Python {version} ({sys.executable}) is too old, 3.10 is the oldest that can be debugged. "
        "Choose another interpreter (`python` in launch.json).",
    )


def import_error(exc: BaseException, what: str) -> RuntimeFailure:
    info = error_info(exc)
    where = next(
        (f"{f['path']}:{int(f['line'])}" for f in info["frames"] if "path" in f and "line" in f), what
    )
    text = f"{what} can't be loaded: {info['type']}: {info['message']} ({where})"
    if isinstance(exc, ModuleNotFoundError) and exc.name:
        package = exc.name.partition(".")[0]
        text += (
            f". Install the package that has it, as a rule with: {pip_install(package)} - or choose another "
            "interpreter (`python` in launch.json)."
        )
    return RuntimeFailure("importError", text, error=info)


def no_graph(what: str) -> RuntimeFailure:
    return RuntimeFailure(
        "noGraph",
        f"There is no graph in {what}. Assign a compiled graph, a StateGraph or a function that returns one "
        "to a variable of the module, or name the variable with `graph` in launch.json.",
    )


def ambiguous_graph(what: str, candidates: list[str]) -> RuntimeFailure:
    return RuntimeFailure(
        "ambiguousGraph",
        f"{what} holds several graphs: {', '.join(candidates)}. Choose one with `graph` in launch.json.",
        candidates=candidates,
    )


def not_a_graph(name: str, value: object, why: str = "") -> RuntimeFailure:
    return RuntimeFailure(
        "notAGraph",
        f"{name} is a {type(value).__name__}, not a graph{why}. `graph` in launch.json must name a compiled "
        "graph, a StateGraph, an @entrypoint or a function that returns one.",
    )


def unknown_variable(name: str, what: str, available: list[str]) -> RuntimeFailure:
    known = f" Graphs there: {', '.join(available)}." if available else ""
    return RuntimeFailure("noGraph", f"{what} has no variable {name}.{known}", candidates=available)


def error_info(exc: BaseException, node: str | None = None, namespace: str | None = None) -> ErrorInfo:
    """What is told of `exc`: its frames innermost first, those of this package left out."""
    frames: list[ErrorInfo_frames] = []
    if isinstance(exc, SyntaxError) and exc.filename and not exc.filename.startswith("<"):
        frames.append({"name": "<module>", "path": _absolute(exc.filename), "line": exc.lineno or 1})
        if exc.offset:
            frames[0]["column"] = exc.offset
    for frame in reversed(traceback.extract_tb(_without_own(exc.__traceback__))):
        if frame.filename.startswith((_OWN_FOLDER, "<frozen importlib")):
            continue
        entry: ErrorInfo_frames = {"name": frame.name}
        if not frame.filename.startswith("<"):
            entry["path"] = _absolute(frame.filename)
        if frame.lineno is not None:
            entry["line"] = frame.lineno
        column = getattr(frame, "colno", None)
        if column is not None:
            entry["column"] = column + 1
        frames.append(entry)
    info: ErrorInfo = {
        "type": type(exc).__name__,
        "message": _message(exc),
        "traceback": _format(exc),
        "frames": frames,
    }
    if node is not None:
        info["node"] = node
    if namespace is not None:
        info["namespace"] = namespace
    return info


def _message(exc: BaseException) -> str:
    try:
        return str(exc)
    except Exception as failure:
        return f"<str() of it raised {type(failure).__name__}>"


def _format(exc: BaseException) -> str:
    linecache.checkcache()
    try:
        parts = traceback.TracebackException(
            type(exc), exc, _without_own(exc.__traceback__), compact=True
        ).format()
        return "".join(parts)
    except Exception:
        return f"{type(exc).__name__}: {_message(exc)}\n"


def _without_own(tb: TracebackType | None) -> TracebackType | None:
    """Cuts this package's frames off the outer end."""
    while tb is not None and tb.tb_next is not None and _is_own(tb.tb_frame.f_code.co_filename):
        tb = tb.tb_next
    return tb


def _is_own(filename: str) -> bool:
    return filename.startswith((_OWN_FOLDER, "<frozen importlib", "<frozen runpy"))


def _absolute(filename: str) -> str:
    return os.path.abspath(filename)  # noqa: PTH100 - resolve() would follow links, the editor's paths don't


def failure_data(failure: RuntimeFailure) -> dict[str, Any]:
    """`data` of the JSON-RPC error."""
    data: dict[str, Any] = {"code": failure.code}
    if failure.error is not None:
        data["error"] = failure.error
    if failure.candidates is not None:
        data["candidates"] = failure.candidates
    return data
