// Lays graphs out from top to bottom, in a worker: a large graph must not stop the panel.

import { Graph, layout } from "@dagrejs/dagre";
import type { Layout, LayoutGraph, LayoutRequest, LayoutResult, Point, Size } from "./types.ts";

addEventListener("message", ({ data }: MessageEvent<LayoutRequest>) => {
  const result: LayoutResult = { request: data.request, layouts: data.graphs.map(layOut) };
  postMessage(result);
});

function layOut({ id, nodes, edges }: LayoutGraph): Layout {
  const graph = new Graph({ multigraph: true });
  // The best rows cost much in large graphs, where they are hardly seen.
  const ranker = nodes.length > 100 ? "tight-tree" : "network-simplex";
  graph.setGraph({ rankdir: "TB", nodesep: 32, ranksep: 40, edgesep: 16, ranker });
  for (const { name, width, height } of nodes) graph.setNode(name, { width, height });
  edges.forEach(({ from, to, width, height }, index) => {
    graph.setEdge(from, to, { width, height, labelpos: "c" }, String(index));
  });
  layout(graph);
  const { width = 0, height = 0 } = graph.graph();
  return {
    id,
    width,
    height,
    nodes: nodes.map((node) => {
      const { x, y } = graph.node(node.name) as { x: number; y: number };
      return { ...node, x: x - node.width / 2, y: y - node.height / 2 };
    }),
    edges: edges.map(({ from, to }, index) => {
      if (from === to) return { from, to, ...loop(graph.node(from) as Point & Size) };
      const { points, x, y } = graph.edge(from, to, String(index)) as {
        points: { x: number; y: number }[];
        x?: number;
        y?: number;
      };
      const middle = points[Math.floor(points.length / 2)] ?? { x: 0, y: 0 };
      return { from, to, points, label: { x: x ?? middle.x, y: y ?? middle.y } };
    }),
  };
}

/** From a node to itself, around its right side. */
function loop({ x, y, width }: Point & Size): Pick<Layout["edges"][number], "points" | "label"> {
  const side = x + width / 2;
  const points = [
    { x: side, y: y - 8 },
    { x: side + 32, y: y - 20 },
    { x: side + 32, y: y + 20 },
    { x: side, y: y + 8 },
  ];
  return { points, label: { x: side + 32, y } };
}
