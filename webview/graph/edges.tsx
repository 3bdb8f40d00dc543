// All edges of the drawing as one picture below the nodes.

import { memo } from "react";
import type { PanelGraph } from "../../src/protocol/webview.ts";
import { type PlacedEdge, pathOf } from "../layout/drawing.ts";

export interface EdgesProps {
  readonly edges: readonly PlacedEdge[];
  readonly graphs: readonly PanelGraph[];
  readonly taken: ReadonlySet<string>;
}

export const Edges = memo(function Edges({ edges, graphs, taken }: EdgesProps) {
  const byId = new Map(graphs.map((graph) => [graph.id, graph]));
  return (
    <svg className="edges" aria-hidden="true">
      <defs>
        {["plain", "taken"].map((kind) => (
          <marker
            key={kind}
            id={`arrow-${kind}`}
            className={`arrow arrow-${kind}`}
            viewBox="0 0 8 8"
            refX="7"
            refY="4"
            markerWidth="8"
            markerHeight="8"
            markerUnits="userSpaceOnUse"
            orient="auto"
          >
            <path d="M0,0L8,4L0,8z" />
          </marker>
        ))}
      </defs>
      {edges.map(({ graph, index, points, label }) => {
        const edge = byId.get(graph)?.edges[index];
        if (!edge) return null;
        const kind = taken.has(`${graph}\n${index}`) ? "taken" : "plain";
        return (
          <g
            key={`${graph}\n${index}`}
            className={`edge edge-${kind}${edge.conditional ? " edge-dashed" : ""}`}
          >
            <path d={pathOf(points)} markerEnd={`url(#arrow-${kind})`} />
            {edge.label !== undefined && (
              <text x={label.x} y={label.y} textAnchor="middle" dominantBaseline="central">
                {edge.label}
              </text>
            )}
          </g>
        );
      })}
    </svg>
  );
});
