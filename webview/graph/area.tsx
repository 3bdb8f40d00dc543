// The place of the graph.

import type { PartProps } from "../parts.ts";
import { useStore } from "../store.ts";

export function GraphArea({ store }: PartProps) {
  const graphs = useStore(store, (state) => state.picture.graphs);
  return <section className="graph" aria-label="Graph" data-graphs={graphs.length} />;
}
