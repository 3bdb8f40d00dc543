// Where the canvas stands: what is brought into sight, and what stays where it is.

import type { useReactFlow } from "@xyflow/react";
import { type RefObject, useEffect, useRef } from "react";
import type { PanelTask } from "../../src/protocol/webview.ts";
import type { PlacedNode } from "../layout/drawing.ts";
import type { Store } from "../store.ts";
import { keyOf } from "./model.ts";
import { elementId } from "./node.tsx";

export type Flow = ReturnType<typeof useReactFlow>;

export const fitting = { padding: 0.08, maxZoom: 1, minZoom: 0.1 };
/** A graph that fits only if it is smaller than this is shown in part. */
const readableZoom = 0.5;

/** Puts the focus on a node, and moves the canvas if it is out of sight. */
export function goTo(node: PlacedNode | undefined, flow: Flow, area: HTMLElement | null): void {
  if (!node || !area) return;
  reveal(node, flow, area);
  document.getElementById(elementId(node.graph, node.name))?.focus({ preventScroll: true });
}

function reveal({ x, y, width }: PlacedNode, flow: Flow, area: HTMLElement): void {
  const { x: left, y: top, zoom: scale } = flow.getViewport();
  const at = { x: x * scale + left, y: y * scale + top };
  const inSight =
    at.x >= 0 &&
    at.y >= 0 &&
    at.x + width * scale <= area.clientWidth &&
    at.y + 32 * scale <= area.clientHeight;
  if (!inSight) void flow.setCenter(x + width / 2, y + 16, { zoom: scale });
}

/** When subgraphs open or close, the node that has the keyboard stays where it is on the screen. */
export function useKeptPlace(nodes: readonly PlacedNode[], flow: Flow): void {
  const before = useRef<readonly PlacedNode[]>([]);
  useEffect(() => {
    const changed = nodes.find((node) => {
      const old = before.current.find((other) => other.graph === node.graph && other.name === node.name);
      return old !== undefined && old.isOpen !== node.isOpen;
    });
    if (changed) {
      const old = before.current.find(
        (other) => other.graph === changed.graph && other.name === changed.name,
      );
      const { x, y, zoom: scale } = flow.getViewport();
      if (old) {
        const moved = { x: x + (old.x - changed.x) * scale, y: y + (old.y - changed.y) * scale };
        void flow.setViewport({ ...moved, zoom: scale });
      }
    }
    before.current = nodes;
  }, [nodes, flow]);
}

/** Until the user moves the canvas, the whole graph is in sight, or, of a large one, where the run stands. */
export function useFit(
  store: Store,
  area: RefObject<HTMLDivElement | null>,
  flow: Flow,
  nodes: readonly PlacedNode[],
): void {
  const drawn = useRef(nodes);
  drawn.current = nodes;
  const isDrawn = nodes.length > 0;
  const first = nodes[0] && keyOf(nodes[0].graph, nodes[0].name);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another graph is fitted anew, though nothing of it is read
  useEffect(() => {
    const element = area.current;
    if (!isDrawn || !element) return;
    const fit = (): void => {
      const { picture, view } = store.state;
      if (view.viewport !== undefined || view.open.length > 0) return;
      const { clientWidth, clientHeight } = element;
      const width = Math.max(...drawn.current.map((node) => node.x + node.width));
      const height = Math.max(...drawn.current.map((node) => node.y + node.height));
      const whole = Math.min(clientWidth / width, clientHeight / height);
      const key = keyOfStanding(picture.tasks);
      const at = drawn.current.find(({ graph, name }) => keyOf(graph, name) === key) ?? drawn.current[0];
      // The canvas itself knows of its new size only later.
      const center = (x: number, y: number, zoom: number): void =>
        void flow.setViewport({ x: clientWidth / 2 - x * zoom, y: clientHeight / 2 - y * zoom, zoom });
      if (whole >= readableZoom || !at)
        center(width / 2, height / 2, Math.min(fitting.maxZoom, whole * (1 - fitting.padding)));
      else center(at.x + at.width / 2, at.y + at.height / 2, readableZoom);
    };
    const observer = new ResizeObserver(fit);
    observer.observe(element);
    return () => observer.disconnect();
  }, [store, area, flow, isDrawn, first]);
}

/** The node where the run stands. */
function keyOfStanding(tasks: readonly PanelTask[]): string | undefined {
  const at = tasks.find(({ state }) => state === "waiting" || state === "failed" || state === "pending");
  return at && keyOf(at.graph, at.node);
}

/** What the run comes to is brought into sight. */
export function useReveal(
  tasks: readonly PanelTask[],
  nodes: readonly PlacedNode[],
  area: RefObject<HTMLDivElement | null>,
  flow: Flow,
): void {
  const key = keyOfStanding(tasks);
  const drawn = useRef(nodes);
  drawn.current = nodes;
  useEffect(() => {
    const node = drawn.current.find(({ graph, name }) => keyOf(graph, name) === key);
    if (node && area.current) reveal(node, flow, area.current);
  }, [key, area, flow]);
}
