// Has the graphs laid out in the worker, and draws them with the subgraphs that are open.

import { useEffect, useMemo, useState } from "react";
import type { PanelGraph } from "../../src/protocol/webview.ts";
import { LayoutClient } from "../layout/client.ts";
import { type Drawing, draw } from "../layout/drawing.ts";
import type { Layout } from "../layout/types.ts";
import { keyOf, toLayout } from "./model.ts";

let client: LayoutClient | undefined;

/** The last drawing stays until the next is ready. */
export function useDrawing(graphs: readonly PanelGraph[], open: readonly string[]): Drawing {
  const [layouts, setLayouts] = useState<ReadonlyMap<string, Layout>>(new Map());
  useEffect(() => {
    let isCurrent = true;
    client ??= new LayoutClient(document.getElementById("root")?.dataset.layout ?? "");
    void client.layOut(toLayout(graphs, measure())).then((laidOut) => {
      if (isCurrent) setLayouts(new Map(laidOut.map((layout) => [layout.id, layout])));
    });
    return () => {
      isCurrent = false;
    };
  }, [graphs]);
  return useMemo(() => {
    const inside = new Map(
      graphs.flatMap(({ id, nodes }) => nodes.map((node) => [keyOf(id, node.name), node.subgraph] as const)),
    );
    return draw(layouts, (graph, node) => {
      const id = inside.get(keyOf(graph, node));
      return id !== undefined && open.includes(id) ? id : undefined;
    });
  }, [layouts, graphs, open]);
}

/** Gives the width of texts in the panel's font. */
function measure(): (text: string) => number {
  const context = document.createElement("canvas").getContext("2d");
  const { fontSize, fontFamily } = getComputedStyle(document.body);
  if (context) context.font = `${fontSize} ${fontFamily}`;
  return (text) => Math.ceil(context?.measureText(text).width ?? text.length * 8);
}
