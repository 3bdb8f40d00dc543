"""Imports the user's module and finds the graph in it; nothing of the graph runs."""

from __future__ import annotations

import asyncio
import importlib
import importlib.util
import inspect
import os
import re
import sys
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from . import errors

if TYPE_CHECKING:
    from .protocol import LoadParams

PREFERRED = ("graph", "app", "agent", "workflow")
"""Names that win where a module holds several graphs."""

_FACTORY_NAME = re.compile(r"^(make|create|build|get|compile)_?(the_)?(graph|agent|app|workflow)$")


@dataclass
class Loaded:
    """A graph of the user's and where it came from."""

    graph: Any
    name: str
    origin: str
    module: ModuleType
    folder: str


def check_versions() -> str:
    """The version of langgraph; fails where it can't be debugged."""
    try:
        from importlib.metadata import version

        import langgraph.pregel
    except ModuleNotFoundError as exc:
        if exc.name and exc.name.partition(".")[0] == "langgraph":
            raise errors.langgraph_missing() from None
        raise errors.import_error(exc, "langgraph") from None
    except Exception as exc:
        raise errors.import_error(exc, "langgraph") from None
    found = version("langgraph")
    # 0.6 brought `durability` and interrupts with an id of their own; the rest is asked where it is used.
    if "durability" not in inspect.signature(langgraph.pregel.Pregel.astream).parameters:
        raise errors.langgraph_too_old(found)
    return found


def load(params: LoadParams, loop: asyncio.AbstractEventLoop, stack: AsyncExitStack) -> Loaded:
    """
    Imports the module that `params` names and gives the compiled graph in it. Runs on the main thread, with
    `loop` not running. Context managers that factories return are entered on `stack`.
    """
    source, variable = _split(params)
    module = _import(source, params["searchPaths"])
    what = source if isinstance(source, str) else source.name
    name, value = _choose(module, variable, what)
    graph = _resolve(name, value, params.get("config") or {}, loop, stack)
    own_name = getattr(graph, "name", None)
    shown = own_name if own_name and own_name != "LangGraph" else name
    file = getattr(module, "__file__", None)
    folder = str(Path(file).parent) if file else str(Path.cwd())
    return Loaded(graph, shown, f"{what}:{name}", module, folder)


def _split(params: LoadParams) -> tuple[Path | str, str | None]:
    """The file (a Path) or the module (its name), and the variable."""
    program = params.get("program")
    graph = params.get("graph")
    if graph and ":" in graph:
        before, _, variable = graph.rpartition(":")
        if "/" in before or "\\" in before or before.endswith(".py"):
            return Path(before), variable
        return before, variable
    if not program:
        raise errors.RuntimeFailure(
            "noGraph", "Neither a file nor a graph is named: set `program` or `graph` in launch.json."
        )
    return Path(program), graph or None


def _import(source: Path | str, search_paths: list[str]) -> ModuleType:
    first = str(source.parent) if isinstance(source, Path) else str(Path.cwd())
    sys.path[:0] = [*(path for path in search_paths if path != first), first]
    if isinstance(source, str):
        try:
            return importlib.import_module(source)
        except (KeyboardInterrupt, Exception) as exc:
            raise errors.import_error(exc, source) from None
        except SystemExit as exc:
            raise errors.import_error(exc, source) from None
    if not source.is_file():
        raise errors.RuntimeFailure(
            "noGraph", f"There is no file {source}. Correct `program` in launch.json."
        )
    sys.argv[:] = [str(source)]
    name = module_name(source)
    spec = importlib.util.spec_from_file_location(name, source)
    if spec is None or spec.loader is None:
        raise errors.RuntimeFailure(
            "noGraph", f"{source} is not a Python file. Correct `program` in launch.json."
        )
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except ImportError as exc:
        if "no known parent package" in str(exc) and (source.parent / "__init__.py").exists():
            del sys.modules[name]
            return _import_from_package(source)
        raise errors.import_error(exc, source.name) from None
    except BaseException as exc:
        raise errors.import_error(exc, source.name) from None
    return module


def module_name(file: Path) -> str:
    """The name that langgraph-cli gives the module of a file: pickled and message types depend on it."""
    try:
        path = "./" + file.relative_to(Path.cwd()).as_posix()
    except ValueError:
        path = file.as_posix()
    return path.replace("/", "__").replace(".py", "").replace(" ", "_").lstrip(".")


def _import_from_package(file: Path) -> ModuleType:
    """A file with relative imports is imported as the part of its package that it is."""
    parts = [file.stem]
    folder = file.parent
    while (folder / "__init__.py").exists():
        parts.insert(0, folder.name)
        folder = folder.parent
    sys.path.insert(0, str(folder))
    try:
        return importlib.import_module(".".join(parts))
    except BaseException as exc:
        raise errors.import_error(exc, file.name) from None


# ------------------------------------------------------------------------------------------------ choosing


def _choose(module: ModuleType, variable: str | None, what: str) -> tuple[str, Any]:
    found = candidates(module)
    if variable is not None:
        value: Any = module
        for part in variable.split("."):
            if not hasattr(value, part):
                raise errors.unknown_variable(variable, what, list(found))
            value = getattr(value, part)
        return variable, value
    if not found:
        raise errors.no_graph(what)
    if len(found) > 1:
        for name in PREFERRED:
            if name in found:
                return name, found[name]
        raise errors.ambiguous_graph(what, list(found))
    return next(iter(found.items()))


def candidates(module: ModuleType) -> dict[str, Any]:
    """
    Graphs that the module's variables hold, by name: compiled ones and builders; where there is none,
    functions that look like factories. One object under two names counts once, and a builder not beside its
    compiled graph.
    """
    found: dict[str, Any] = {}
    for name, value in vars(module).items():
        if name.startswith("__"):
            continue
        if is_graph(value) or is_builder(value):
            same = next((known for known, other in found.items() if other is value), None)
            if same is None:
                found[name] = value
            elif name in PREFERRED and same not in PREFERRED:
                del found[same]
                found[name] = value
    builders = {id(getattr(value, "builder", None)) for value in found.values() if is_graph(value)}
    found = {name: value for name, value in found.items() if id(value) not in builders}
    if found:
        inner = _nested(list(found.values()))
        return {name: value for name, value in found.items() if id(value) not in inner} or found
    return {
        name: value
        for name, value in vars(module).items()
        if inspect.isroutine(value)
        and value.__module__ == module.__name__
        and _looks_like_factory(name, value)
    }


def _nested(graphs: list[Any]) -> set[int]:
    """Ids of those graphs that are nodes of another."""
    inner: set[int] = set()
    for graph in graphs:
        for node in getattr(graph, "nodes", {}).values():
            inner.update(id(sub) for sub in getattr(node, "subgraphs", None) or ())
    return inner


def _looks_like_factory(name: str, function: Callable[..., Any]) -> bool:
    returns = str(getattr(function, "__annotations__", {}).get("return", ""))
    if "StateGraph" in returns or "Pregel" in returns or "CompiledGraph" in returns:
        return True
    return name in PREFERRED or _FACTORY_NAME.match(name) is not None


def is_graph(value: Any) -> bool:
    from langgraph.pregel import Pregel

    return isinstance(value, Pregel)


def is_builder(value: Any) -> bool:
    from langgraph.graph import StateGraph

    return isinstance(value, StateGraph)


# ------------------------------------------------------------------------------------------------ factories


def _resolve(
    name: str, value: Any, config: dict[str, Any], loop: asyncio.AbstractEventLoop, stack: AsyncExitStack
) -> Any:
    """Makes a compiled graph of what the variable holds."""
    found = value
    try:
        for _ in range(8):
            if is_graph(found):
                return found
            if is_builder(found):
                found = found.compile()
            elif inspect.isawaitable(found):
                found = loop.run_until_complete(_awaited(found))
            elif hasattr(found, "__aenter__"):
                found = loop.run_until_complete(stack.enter_async_context(found))
            elif hasattr(found, "__enter__"):
                found = stack.enter_context(found)
            elif inspect.isasyncgen(found):
                found = loop.run_until_complete(_first_of(found, stack))
            elif inspect.isgenerator(found):
                stack.callback(found.close)
                found = next(found)
            elif hasattr(found, "bound") and is_graph(found.bound):
                found = found.bound
            elif callable(found) and not isinstance(found, type):
                found = _call(found, config)
            else:
                break
    except errors.RuntimeFailure:
        raise
    except BaseException as exc:
        raise errors.import_error(exc, name) from None
    raise errors.not_a_graph(name, found, "" if found is value else f" (given by {name})")


async def _awaited(value: Any) -> Any:
    return await value


async def _first_of(generator: Any, stack: AsyncExitStack) -> Any:
    stack.push_async_callback(generator.aclose)
    return await anext(generator)


def _call(factory: Callable[..., Any], config: dict[str, Any]) -> Any:
    """Calls a factory with the config where it takes one argument (or one called `config`)."""
    try:
        parameters = list(inspect.signature(factory).parameters.values())
    except (TypeError, ValueError):
        return factory()
    required = [
        p for p in parameters if p.default is p.empty and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
    ]
    named = next((p for p in parameters if p.name == "config" and p.kind is not p.POSITIONAL_ONLY), None)
    run_config = {**config, "configurable": dict(config.get("configurable") or {})}
    if named is not None:
        return factory(config=run_config)
    if len(required) == 1:
        if required[0].kind is inspect.Parameter.KEYWORD_ONLY:
            return factory(**{required[0].name: run_config})
        return factory(run_config)
    return factory()


def user_sources(folders: list[str]) -> list[str]:
    """Files of the user's that are loaded: modules inside `folders`, installed packages left out."""
    roots = [os.path.join(os.path.abspath(folder), "") for folder in folders]  # noqa: PTH100, PTH118
    found = []
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        if not isinstance(file, str) or not file.endswith(".py"):
            continue
        path = os.path.abspath(file)  # noqa: PTH100
        if is_user_file(path, roots):
            found.append(path)
    return sorted(set(found))


def is_user_file(path: str, roots: list[str]) -> bool:
    """
    Whether `path` lies in one of the folders (each with its separator at the end) and in no package folder.
    """
    if not any(path.startswith(root) for root in roots):
        return False
    return "site-packages" not in path and "dist-packages" not in path and not path.startswith(_OWN)


_OWN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "")  # noqa: PTH100, PTH118, PTH120
