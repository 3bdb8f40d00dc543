// Where the arrow keys lead in a drawing.

import type { PlacedNode } from "../layout/drawing.ts";

export type Direction = "ArrowUp" | "ArrowDown" | "ArrowLeft" | "ArrowRight";

export function isDirection(key: string): key is Direction {
  return key === "ArrowUp" || key === "ArrowDown" || key === "ArrowLeft" || key === "ArrowRight";
}

/** The nearest node in a direction, or undefined at the edge. */
export function neighbour(
  nodes: readonly PlacedNode[],
  from: PlacedNode,
  direction: Direction,
): PlacedNode | undefined {
  const vertical = direction === "ArrowUp" || direction === "ArrowDown";
  const sign = direction === "ArrowDown" || direction === "ArrowRight" ? 1 : -1;
  // An open subgraph is gone to by its name, which is at its top.
  const middle = ({ x, y, width }: PlacedNode) => ({ x: x + width / 2, y: y + 16 });
  const here = middle(from);
  let best: { node: PlacedNode; distance: number } | undefined;
  for (const node of nodes) {
    if (node === from) continue;
    const there = middle(node);
    const ahead = sign * (vertical ? there.y - here.y : there.x - here.x);
    const aside = Math.abs(vertical ? there.x - here.x : there.y - here.y);
    if (ahead < 4 || (!vertical && aside > ahead * 2)) continue;
    // Down and up lead from row to row, left and right along a row.
    const distance = vertical ? ahead * 2 + aside : ahead + aside * 2;
    if (!best || distance < best.distance) best = { node, distance };
  }
  return best?.node;
}
