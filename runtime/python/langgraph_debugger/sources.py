"""From a node to the functions in the user's files that it is made of."""

from __future__ import annotations

import ast
import functools
import os
import types
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from .discover import is_pregel, is_tool_node, reachable
from .loader import is_user_file

if TYPE_CHECKING:
    from .protocol import GraphNode, NodeFunction, NodeKind

Role = Literal["node", "tool", "router"]
_Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


def node_kind(graph: Any, node: Any) -> NodeKind:
    """What a node runs."""
    subgraphs = [each for each in getattr(node, "subgraphs", None) or () if is_pregel(each)]
    if subgraphs and any(value is subgraphs[0] for value in _direct(node.bound)):
        return "subgraph"
    if any(is_tool_node(value) for value in _direct(node.bound)):
        return "tools"
    return "entrypoint" if getattr(graph, "builder", None) is None else "function"


def _direct(bound: Any) -> list[Any]:
    """What a node runs itself: not what its functions hold in closures."""
    steps = getattr(bound, "steps", None)
    return [bound, *(steps if isinstance(steps, (list, tuple)) else ())]


def node_functions(node: Any, folders: list[str]) -> list[NodeFunction]:
    """The function that is the node, then those of the tools that it can call."""
    return _functions(getattr(node, "bound", None), "node", folders)


def router_functions(graph: Any, name: str, folders: list[str]) -> list[NodeFunction]:
    """The functions that decide the edges which leave a node."""
    builder = getattr(graph, "builder", None)
    found: list[NodeFunction] = []
    for branch in (getattr(builder, "branches", None) or {}).get(name, {}).values():
        own = (each for each in _functions(branch.path, "router", folders) if each["role"] == "router")
        found.extend(each for each in own if each not in found)
    return found


def tasks_of_entrypoint(graph: Any, folders: list[str]) -> list[GraphNode]:
    """`@task` functions that an entrypoint calls by name; others are met at run time only."""
    if getattr(graph, "builder", None) is not None:
        return []
    nodes: list[GraphNode] = []
    waiting = [node.bound for node in graph.nodes.values()]
    seen: set[int] = set()
    while waiting:
        for function in reachable(waiting.pop(), into_globals=False):
            if not isinstance(function, types.FunctionType) or id(function) in seen:
                continue
            seen.add(id(function))
            for task in _called_tasks(function):
                name = str(getattr(task, "name", None) or getattr(task.func, "__name__", "task"))
                if all(node["name"] != name for node in nodes):
                    nodes.append(
                        {"name": name, "kind": "task", "functions": _functions(task.func, "node", folders)}
                    )
                    waiting.append(task.func)
    return nodes


def _called_tasks(function: types.FunctionType) -> list[Any]:
    names = [*function.__code__.co_names, *function.__code__.co_freevars]
    cells = dict(zip(function.__code__.co_freevars, function.__closure__ or (), strict=False))
    found = []
    for name in names:
        try:
            value = cells[name].cell_contents if name in cells else function.__globals__.get(name)
        except ValueError:
            continue
        if type(value).__name__ == "_TaskFunction" and hasattr(value, "func"):
            found.append(value)
    return found


def _functions(start: Any, role: Role, folders: list[str]) -> list[NodeFunction]:
    roots = [os.path.join(os.path.abspath(folder), "") for folder in folders]  # noqa: PTH100, PTH118
    found: list[NodeFunction] = []
    has_node = False
    tools = _tool_functions(start)
    for value in reachable(start, into_globals=False):
        if not isinstance(value, types.FunctionType):
            continue
        path = os.path.abspath(value.__code__.co_filename)  # noqa: PTH100
        if not is_user_file(path, roots) or _wraps_users_own(value, roots):
            continue
        own: Role = "tool" if id(value) in tools else role
        if own != "tool":
            if has_node:
                continue
            has_node = True
        described = describe_function(value.__code__, path, own)
        if described not in found:
            found.append(described)
    return found


def _wraps_users_own(function: types.FunctionType, roots: list[str]) -> bool:
    """Whether a decorator made the function of one of the user's, which is then what they look for."""
    inner = getattr(function, "__wrapped__", None)
    while inner is not None and not isinstance(inner, types.FunctionType):
        inner = getattr(inner, "__wrapped__", None) or getattr(inner, "func", None)
    return inner is not None and is_user_file(os.path.abspath(inner.__code__.co_filename), roots)  # noqa: PTH100


def without_tools_of_others(nodes: list[GraphNode]) -> None:
    """A tool belongs to the tool node; the node of the model that knows of it does not run it."""
    held = [each for node in nodes if node["kind"] == "tools" for each in node["functions"]]
    for node in nodes:
        if node["kind"] != "tools":
            node["functions"] = [
                each for each in node["functions"] if each["role"] != "tool" or each not in held
            ]


def _tool_functions(start: Any) -> set[int]:
    """Ids of the functions of tools."""
    found: set[int] = set()
    for value in reachable(start, into_globals=False):
        if is_tool_node(value):
            for tool in value.tools_by_name.values():
                found |= {id(each) for each in reachable(tool, into_globals=False)}
    return found


def describe_function(code: types.CodeType, path: str, role: Role) -> NodeFunction:
    """A function's lines, from its source where that can be read, else from its code object."""
    first = code.co_firstlineno
    lines = [line for _, _, line in code.co_lines() if line is not None] or [first]
    described: NodeFunction = {
        "path": path,
        "line": first,
        "endLine": max(lines),
        "role": role,
        "definitionLine": first,
        "returnLines": [],
        "interruptLines": [],
    }
    if code.co_name != "<lambda>":
        described["name"] = code.co_name
    node = _definition(path, code)
    if node is None:
        return described
    described["definitionLine"] = node.lineno
    described["endLine"] = node.end_lineno or max(lines)
    body = node.body if isinstance(node.body, list) else [node.body]
    first_statement = body[1] if len(body) > 1 and _is_docstring(body[0]) else body[0]
    decorators = getattr(first_statement, "decorator_list", None)
    described["firstStatementLine"] = decorators[0].lineno if decorators else first_statement.lineno
    visitor = _Lines()
    for statement in body:
        visitor.visit(statement)
    described["returnLines"] = sorted(visitor.returns)
    described["interruptLines"] = sorted(visitor.interrupts)
    return described


def _is_docstring(statement: ast.AST) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


class _Lines(ast.NodeVisitor):
    """Returns and interrupts of a function itself, not of those defined in it."""

    def __init__(self) -> None:
        self.returns: set[int] = set()
        self.interrupts: set[int] = set()

    def visit_Return(self, node: ast.Return) -> None:
        self.returns.add(node.lineno)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        called = node.func
        name = called.id if isinstance(called, ast.Name) else getattr(called, "attr", None)
        if name == "interrupt":
            self.interrupts.add(node.lineno)
        self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        pass

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        pass

    def visit_Lambda(self, node: ast.Lambda) -> None:
        pass

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        pass


def _definition(path: str, code: types.CodeType) -> _Function | None:
    """
    The function's node in its file: the one that starts, with its decorators, where the code object does.
    """
    found: _Function | None = None
    for node in _functions_of_file(path):
        decorators = getattr(node, "decorator_list", None) or []
        start = min([node.lineno, *(each.lineno for each in decorators)])
        name = getattr(node, "name", "<lambda>")
        if name == code.co_name and code.co_firstlineno in (start, node.lineno):
            found = node
            break
    return found


@functools.lru_cache(maxsize=64)
def _functions_of_file(path: str) -> tuple[_Function, ...]:
    try:
        tree = ast.parse(Path(path).read_bytes(), path)
    except (OSError, SyntaxError, ValueError):
        return ()
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
    return tuple(node for node in ast.walk(tree) if isinstance(node, kinds))
