// What the panel asks of the layout worker, and what it gets. Lengths are in pixels.

export interface Size {
  readonly width: number;
  readonly height: number;
}
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A graph to be laid out by itself: its subgraphs are nodes, and closed. */
export interface LayoutGraph {
  readonly id: string;
  readonly nodes: readonly (Size & { readonly name: string })[];
  /** With the size of the label, for which room is left. */
  readonly edges: readonly (Size & { readonly from: string; readonly to: string })[];
}

export interface LayoutRequest {
  readonly request: number;
  readonly graphs: readonly LayoutGraph[];
}

/** Places of nodes are their upper left corners; a graph's begin at 0, 0. */
export interface Layout extends Size {
  readonly id: string;
  readonly nodes: readonly (Size & Point & { readonly name: string })[];
  /** In the order of the request: the way of each edge, and the middle of its label. */
  readonly edges: readonly {
    readonly from: string;
    readonly to: string;
    readonly points: readonly Point[];
    readonly label: Point;
  }[];
}

export interface LayoutResult {
  readonly request: number;
  readonly layouts: readonly Layout[];
}
