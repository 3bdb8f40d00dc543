// Static graphs as the models that the running graph gives too: one for the root and one for each subgraph.

import type { GraphModel, NodeFunction } from "../model/graph.ts";
import type { StaticGraph, StaticNode, StaticNodeFunction } from "./result.ts";

/** Subgraphs below this depth are left out: a graph may hold itself. */
const MAX_DEPTH = 8;

/**
 * The graph with `key` and its subgraphs, each with the path of nodes that leads to it; none for an unknown key.
 * A router is among the functions of the node that its edges leave.
 */
export function graphModels(graphs: readonly StaticGraph[], key: string): readonly GraphModel[] {
  const byKey = new Map(graphs.map((graph) => [graph.key, graph]));
  const models: GraphModel[] = [];
  const visit = (graph: StaticGraph, id: string, depth: number): void => {
    const inner = (name: string): string => (id === "" ? name : `${id}/${name}`);
    models.push({
      id,
      nodes: graph.nodes.map(({ dynamicName: _, subgraph, functions, ...node }) => ({
        ...node,
        functions: [...functions, ...routersOf(graph, node.name)].map(nodeFunction),
        ...(subgraph !== undefined && byKey.has(subgraph) ? { subgraph: inner(node.name) } : {}),
      })),
      edges: graph.edges.map(({ routers: _, ...edge }) => edge),
    });
    if (depth >= MAX_DEPTH) return;
    for (const node of graph.nodes) {
      const subgraph = node.subgraph === undefined ? undefined : byKey.get(node.subgraph);
      if (subgraph) visit(subgraph, inner(node.name), depth + 1);
    }
  };
  const root = byKey.get(key);
  if (root) visit(root, "", 0);
  return models;
}

function routersOf(graph: StaticGraph, node: StaticNode["name"]): readonly StaticNodeFunction[] {
  const routers = graph.edges.filter((edge) => edge.from === node).flatMap((edge) => edge.routers);
  return [...new Map(routers.map((router) => [`${router.path}:${router.line}`, router])).values()];
}

function nodeFunction({ returns: _, interrupts: __, ...rest }: StaticNodeFunction): NodeFunction {
  return rest;
}
