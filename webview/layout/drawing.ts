// Puts laid-out graphs into each other: subgraphs that are open make room for themselves, and all else keeps its order.

import type { Layout, Point, Size } from "./types.ts";

/** Room above the nodes of an open subgraph, for its name and a gap. */
const headHeight = 44;
const padding = 16;

export interface PlacedNode extends Size, Point {
  readonly graph: string;
  readonly name: string;
  /** An open subgraph: its own nodes are placed within. */
  readonly isOpen: boolean;
}
export interface PlacedEdge {
  readonly graph: string;
  /** Which of the graph's edges. */
  readonly index: number;
  readonly points: readonly Point[];
  readonly label: Point;
}
export interface Drawing {
  /** Each subgraph before its own nodes. */
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
}

/** `opened`: the graph that a node shows, if it is an open subgraph. */
export function draw(
  layouts: ReadonlyMap<string, Layout>,
  opened: (graph: string, node: string) => string | undefined,
): Drawing {
  const nodes: PlacedNode[] = [];
  const edges: PlacedEdge[] = [];
  const place = (layout: Layout, at: Point): void => {
    const room = makeRoom(layout, layouts, opened);
    for (const node of layout.nodes) {
      const inside = insideOf(layout.id, node.name, layouts, opened);
      const size = inside
        ? { width: openSize(inside, layouts, opened).width, height: node.height + room.grown(node) }
        : node;
      const corner = room.node(node, size.width);
      const x = at.x + corner.x;
      const y = at.y + corner.y;
      const { width, height } = size;
      nodes.push({ graph: layout.id, name: node.name, x, y, width, height, isOpen: inside !== undefined });
      if (inside) place(inside, { x: x + padding, y: y + headHeight });
    }
    const closed = new Map(
      layout.nodes
        .filter(({ name }) => !insideOf(layout.id, name, layouts, opened))
        .map((node) => [node.name, { node, corner: room.node(node, node.width) }]),
    );
    layout.edges.forEach(({ from, to, points, label }, index) => {
      const move = (point: Point): Point => ({ x: at.x + room.x(point.x), y: at.y + room.y(point.y) });
      /** An end stays at its node, which a taller neighbour in its row does not stretch. */
      const attach = (point: Point, name: string): Point => {
        const own = closed.get(name);
        if (!own) return move(point);
        const { node, corner } = own;
        return { x: at.x + corner.x + point.x - node.x, y: at.y + corner.y + point.y - node.y };
      };
      const last = points.length - 1;
      const way = points.map((point, place) =>
        place === 0 ? attach(point, from) : place === last ? attach(point, to) : move(point),
      );
      edges.push({ graph: layout.id, index, points: way, label: move(label) });
    });
  };
  const root = layouts.get("");
  if (root) place(root, { x: 0, y: 0 });
  return { nodes, edges };
}

type Opened = Parameters<typeof draw>[1];

function insideOf(
  graph: string,
  node: string,
  layouts: ReadonlyMap<string, Layout>,
  opened: Opened,
): Layout | undefined {
  const id = opened(graph, node);
  return id === undefined ? undefined : layouts.get(id);
}

function openSize(inside: Layout, layouts: ReadonlyMap<string, Layout>, opened: Opened): Size {
  const { width, height } = makeRoom(inside, layouts, opened);
  return { width: width + 2 * padding, height: height + headHeight + padding };
}

/**
 * How a layout is pulled apart by its open subgraphs. What is below one moves down by what it has grown, what is
 * beside its middle moves aside by half of that: a mapping that keeps all order, for nodes and edges alike.
 */
function makeRoom(layout: Layout, layouts: ReadonlyMap<string, Layout>, opened: Opened) {
  /** By the lower end of each row of nodes: how much the tallest of its open subgraphs adds. */
  const rows = new Map<number, number>();
  const columns: { readonly middle: number; readonly extra: number }[] = [];
  for (const node of layout.nodes) {
    const inside = insideOf(layout.id, node.name, layouts, opened);
    if (!inside) continue;
    const size = openSize(inside, layouts, opened);
    const row = node.y + node.height;
    rows.set(row, Math.max(rows.get(row) ?? 0, size.height - node.height));
    columns.push({ middle: node.x + node.width / 2, extra: Math.max(0, size.width - node.width) });
  }
  const y = (value: number): number =>
    [...rows].reduce((sum, [row, extra]) => (value >= row - 1 ? sum + extra : sum), value);
  const x = (value: number): number =>
    columns.reduce((sum, { middle, extra }) => {
      if (Math.abs(value - middle) < 1) return sum + extra / 2;
      return value > middle ? sum + extra : sum;
    }, value);
  return {
    x,
    y,
    /** How much the row of a node has grown: all open subgraphs in it are as tall as the tallest. */
    grown: (node: Layout["nodes"][number]): number => rows.get(node.y + node.height) ?? 0,
    /** The upper left corner of a node that is now this wide: its middle moves as all does, its top stays. */
    node: (node: Layout["nodes"][number], width: number): Point => ({
      x: x(node.x + node.width / 2) - width / 2,
      y: y(node.y),
    }),
    width: columns.reduce((sum, { extra }) => sum + extra, layout.width),
    height: [...rows.values()].reduce((sum, extra) => sum + extra, layout.height),
  };
}

/** The way of an edge as an SVG path: a smooth line that begins and ends at its first and last point. */
export function pathOf(points: readonly Point[]): string {
  const [first, ...rest] = points;
  const last = rest.at(-1);
  if (!first || !last) return "";
  const at = ({ x, y }: Point): string => `${round(x)},${round(y)}`;
  const mix = (a: Point, b: Point, part: number): Point => ({
    x: a.x + (b.x - a.x) * part,
    y: a.y + (b.y - a.y) * part,
  });
  if (rest.length === 1) return `M${at(first)}L${at(last)}`;
  const bends = points.slice(1, -1);
  let path = `M${at(first)}`;
  bends.forEach((bend, index) => {
    const before = points[index] ?? first;
    const after = points[index + 2] ?? last;
    path += `L${at(mix(before, bend, 0.5))}Q${at(bend)} ${at(mix(bend, after, 0.5))}`;
  });
  return `${path}L${at(last)}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
