"""The graphs that are known: the root, the graphs in its nodes, and those that are found while it runs."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .discover import graphs_in_node
from .live import compiled_interrupts
from .sources import node_functions, node_kind, router_functions, tasks_of_entrypoint, without_tools_of_others

if TYPE_CHECKING:
    from .protocol import GraphEdge, GraphModel, GraphNode, LoadResult_compiledInterrupts

START = "__start__"
END = "__end__"


@dataclass
class KnownGraph:
    """A graph object under its id: the path of node names from the root."""

    id: str
    graph: Any
    children: dict[str, list[KnownGraph]] = field(default_factory=dict)

    @property
    def state_keys(self) -> list[str]:
        """Keys of the graph's state in schema order."""
        return state_keys(self.graph)


def state_keys(graph: Any) -> list[str]:
    channels = graph.stream_channels_asis if hasattr(graph, "stream_channels_asis") else graph.stream_channels
    return [channels] if isinstance(channels, str) else list(channels)


class KnownGraphs:
    """Finds graphs by their place, and describes them all. Any thread may call it."""

    def __init__(self, root: Any, roots: list[str]) -> None:
        self._folders = roots
        self._lock = threading.RLock()
        self.root = KnownGraph("", root)
        self._explore(self.root, {id(root)})

    def _explore(self, known: KnownGraph, path: set[int]) -> None:
        for name, node in known.graph.nodes.items():
            for graph in graphs_in_node(node):
                if id(graph) not in path:
                    self._add(known, name, graph, path)

    def _add(self, parent: KnownGraph, node: str, graph: Any, path: set[int]) -> KnownGraph:
        siblings = parent.children.setdefault(node, [])
        base = f"{parent.id}/{node}" if parent.id else node
        child = KnownGraph(base if not siblings else f"{base}#{len(siblings) + 1}", graph)
        siblings.append(child)
        self._explore(child, path | {id(graph)})
        return child

    def child(self, parent: KnownGraph, node: str, graph: Any) -> tuple[KnownGraph, bool]:
        """
        The graph that `node` of `parent` runs now, and whether it was unknown before. A graph that is built
        anew each time the node runs is the same graph when it has the same nodes.
        """
        with self._lock:
            siblings = parent.children.get(node, [])
            for known in siblings:
                if known.graph is graph:
                    return known, False
            for known in siblings:
                if list(known.graph.nodes) == list(graph.nodes):
                    known.graph = graph
                    return known, False
            return self._add(parent, node, graph, {id(graph)}), True

    def __iter__(self) -> Iterator[KnownGraph]:
        with self._lock:
            waiting = [self.root]
            found = []
            while waiting:
                known = waiting.pop(0)
                found.append(known)
                waiting.extend(child for children in known.children.values() for child in children)
        return iter(found)

    def by_id(self, graph_id: str) -> KnownGraph | None:
        return next((known for known in self if known.id == graph_id), None)

    def models(self) -> list[GraphModel]:
        """All graphs as the protocol tells them."""
        return [self._model(known) for known in self]

    def compiled_interrupts(self) -> list[LoadResult_compiledInterrupts]:
        found: list[LoadResult_compiledInterrupts] = []
        for known in self:
            before = compiled_interrupts(known.graph, "before")
            after = compiled_interrupts(known.graph, "after")
            if before or after:
                found.append({"graph": known.id, "before": before, "after": after})
        return found

    def _model(self, known: KnownGraph) -> GraphModel:
        graph = known.graph
        nodes: list[GraphNode] = []
        for name, node in graph.nodes.items():
            if name == START:
                continue
            entry: GraphNode = {
                "name": name,
                "kind": node_kind(graph, node),
                "functions": [
                    *node_functions(node, self._folders),
                    *router_functions(graph, name, self._folders),
                ],
            }
            children = known.children.get(name)
            if children:
                entry["subgraph"] = children[0].id
            nodes.append(entry)
        without_tools_of_others(nodes)
        nodes.extend(tasks_of_entrypoint(graph, self._folders))
        return {"id": known.id, "nodes": nodes, "edges": _edges(graph)}


def _edges(graph: Any) -> list[GraphEdge]:
    """From the builder; a graph without one (the functional API) goes in a line."""
    builder = getattr(graph, "builder", None)
    if builder is None:
        names = [name for name in graph.nodes if name != START]
        line = [START, *names, END]
        return [{"from": a, "to": b, "conditional": False} for a, b in itertools.pairwise(line)]
    edges: list[GraphEdge] = []
    for start, end in sorted(builder.edges):
        edges.append({"from": start, "to": end, "conditional": False})
    for starts, end in sorted(builder.waiting_edges):
        edges.extend({"from": start, "to": end, "conditional": False} for start in starts)
    for start, branches in builder.branches.items():
        for branch in branches.values():
            if branch.ends is None:
                edges.append({"from": start, "conditional": True})
                continue
            for label, end in branch.ends.items():
                edge: GraphEdge = {"from": start, "to": end, "conditional": True}
                if str(label) != end:
                    edge["label"] = str(label)
                edges.append(edge)
    for name, spec in builder.nodes.items():
        for end in getattr(spec, "ends", None) or ():
            edges.append({"from": name, "to": end, "conditional": True})
    return edges
