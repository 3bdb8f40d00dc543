"""From a node to the functions in the user's files that it is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .protocol import GraphNode, NodeFunction, NodeKind


def node_kind(graph: Any, node: Any) -> NodeKind:
    return "function"


def node_functions(node: Any, folders: list[str]) -> list[NodeFunction]:
    return []


def router_functions(graph: Any, name: str, folders: list[str]) -> list[NodeFunction]:
    return []


def tasks_of_entrypoint(graph: Any, folders: list[str]) -> list[GraphNode]:
    return []
