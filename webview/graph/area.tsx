// The canvas: the graph from top to bottom, to be moved, zoomed and walked through by mouse and keyboard.

import { ReactFlow, ReactFlowProvider, useReactFlow, ViewportPortal } from "@xyflow/react";
import { type KeyboardEvent, useMemo, useRef } from "react";
import type { Picture } from "../../src/protocol/webview.ts";
import type { PlacedNode } from "../layout/drawing.ts";
import type { PartProps } from "../parts.ts";
import { useStore, type View } from "../store.ts";
import { Edges } from "./edges.tsx";
import { isTerminal, keyOf, takenEdges, unknownName } from "./model.ts";
import { isDirection, neighbour } from "./navigation.ts";
import { Actions, GraphNode, Live, type NodeActions, Pill } from "./node.tsx";
import { useDrawing } from "./use-drawing.ts";
import { type Flow, fitting, goTo, useFit, useKeptPlace, useReveal } from "./viewport.ts";

const nodeTypes = { node: GraphNode, pill: Pill };
const zoomLimits = { minZoom: 0.1, maxZoom: 2 };

export function GraphArea(props: PartProps) {
  const graphs = useStore(props.store, ({ picture }) => picture.graphs);
  if (graphs.every(({ nodes }) => nodes.length === 0)) return null;
  return (
    <section className="graph" aria-label="Graph">
      <ReactFlowProvider>
        <Live value={props.live}>
          <Canvas {...props} />
        </Live>
      </ReactFlowProvider>
    </section>
  );
}

function Canvas({ store, host }: PartProps) {
  const graphs = useStore(store, ({ picture }) => picture.graphs);
  const tasks = useStore(store, ({ picture }) => picture.tasks);
  const breakpoints = useStore(store, ({ picture }) => picture.breakpoints);
  const ended = useStore(store, ({ picture }) => picture.status.kind === "ended");
  const open = useStore(store, ({ view }) => view.open);
  const selected = useStore(store, ({ view }) => view.selected);
  const drawing = useDrawing(graphs, open);
  const flow = useReactFlow();
  const area = useRef<HTMLDivElement>(null);
  const walkable = useMemo(() => drawing.nodes.filter(({ name }) => !isPill(name)), [drawing]);
  const current = walkable.find(isAt(selected)) ?? walkable[0];

  const walk = useRef({ walkable, current });
  walk.current = { walkable, current };
  const actions = useMemo<NodeActions>(() => {
    const own: Omit<NodeActions, "press"> = {
      open: (graph, node) => host.send({ type: "openNode", graph, node }),
      toggle: (graph, node, when) => host.send({ type: "toggleBreakpoint", graph, node, when }),
      select: (graph, node) => store.look({ selected: { graph, node } }),
      unfold: (graph, node) => unfold(store, graph, node),
    };
    const press = (event: KeyboardEvent): void => {
      const { walkable: all, current: at } = walk.current;
      if (!at || event.altKey || event.ctrlKey || event.metaKey) return;
      if (isDirection(event.key)) goTo(neighbour(all, at, event.key), flow, area.current);
      else if (event.key === "Home") goTo(all[0], flow, area.current);
      else if (event.key === "End") goTo(all.at(-1), flow, area.current);
      else if (event.key === "Enter") own.open(at.graph, at.name);
      else if (event.key === " ") own.toggle(at.graph, at.name, event.shiftKey ? "after" : "before");
      else if (event.key.toLowerCase() === "e") own.unfold(at.graph, at.name);
      else if (event.key === "+") zoom(flow.zoomIn, flow, store);
      else if (event.key === "-") zoom(flow.zoomOut, flow, store);
      else return;
      event.preventDefault();
    };
    return { ...own, press };
  }, [host, store, flow]);

  const nodes = useMemo(
    () => toNodes(drawing.nodes, { graphs, tasks, breakpoints }, current),
    [drawing, graphs, tasks, breakpoints, current],
  );
  const taken = useMemo(() => takenEdges({ graphs, tasks, ended }), [graphs, tasks, ended]);

  useKeptPlace(drawing.nodes, flow);
  useFit(store, area, flow, drawing.nodes);
  useReveal(tasks, drawing.nodes, area, flow);

  const subgraphs = graphs.map(({ id }) => id).filter((id) => id !== "");
  const allOpen = subgraphs.length > 0 && subgraphs.every((id) => open.includes(id));
  return (
    <>
      <div className="canvas" ref={area}>
        <Actions value={actions}>
          <ReactFlow
            nodes={nodes}
            nodeTypes={nodeTypes}
            {...zoomLimits}
            defaultViewport={store.state.view.viewport ?? { x: 16, y: 16, zoom: 1 }}
            nodesDraggable={false}
            nodesConnectable={false}
            nodesFocusable={false}
            elementsSelectable={false}
            disableKeyboardA11y
            zoomOnDoubleClick={false}
            panOnScroll
            zoomActivationKeyCode={["Control", "Meta"]}
            deleteKeyCode={null}
            selectionKeyCode={null}
            proOptions={{ hideAttribution: true }}
            onMoveEnd={(event, viewport) => {
              if (event !== null) store.look({ viewport });
            }}
          >
            <ViewportPortal>
              <Edges edges={drawing.edges} graphs={graphs} taken={taken} />
            </ViewportPortal>
          </ReactFlow>
        </Actions>
      </div>
      <div className="tools" role="toolbar" aria-label="View of the graph">
        <Tool
          icon="screen-full"
          name="Fit the graph"
          act={() => {
            store.look({ viewport: undefined });
            void flow.fitView(fitting);
          }}
        />
        <Tool icon="zoom-in" name="Zoom in" act={() => zoom(flow.zoomIn, flow, store)} />
        <Tool icon="zoom-out" name="Zoom out" act={() => zoom(flow.zoomOut, flow, store)} />
        {subgraphs.length > 0 && (
          <Tool
            icon={allOpen ? "collapse-all" : "expand-all"}
            name={allOpen ? "Close all subgraphs" : "Open all subgraphs"}
            act={() => store.look({ open: allOpen ? [] : subgraphs })}
          />
        )}
      </div>
    </>
  );
}

function Tool({ icon, name, act }: { icon: string; name: string; act: () => void }) {
  return (
    <button type="button" className="tool" title={name} aria-label={name} onClick={act}>
      <span className={`codicon codicon-${icon}`} aria-hidden="true" />
    </button>
  );
}

function zoom(by: Flow["zoomIn"], flow: Flow, store: PartProps["store"]): void {
  void by().then(() => store.look({ viewport: flow.getViewport() }));
}

function isPill(name: string): boolean {
  return isTerminal(name) || name.startsWith(unknownName);
}

function isAt(selected: View["selected"]): (node: PlacedNode) => boolean {
  return ({ graph, name }) => graph === selected?.graph && name === selected.node;
}

function unfold(store: PartProps["store"], graph: string, name: string): void {
  const { picture, view } = store.state;
  const found = picture.graphs.find(({ id }) => id === graph)?.nodes.find((node) => node.name === name);
  const id = found?.subgraph;
  if (id === undefined) return;
  const open = view.open.includes(id) ? view.open.filter((other) => other !== id) : [...view.open, id];
  store.look({ open, selected: { graph, node: name } });
}

/** Nodes as the canvas takes them; those that are as before are the same objects, so that they are not drawn anew. */
function toNodes(
  placed: readonly PlacedNode[],
  { graphs, tasks, breakpoints }: Pick<Picture, "graphs" | "tasks" | "breakpoints">,
  current: PlacedNode | undefined,
) {
  const known = new Map(
    graphs.flatMap(({ id, nodes }) => nodes.map((node) => [keyOf(id, node.name), node] as const)),
  );
  const taskOf = new Map(tasks.map((task) => [keyOf(task.graph, task.node), task]));
  const breakpointOf = new Map(
    breakpoints.map((each) => [`${keyOf(each.graph, each.node)}\n${each.when}`, each]),
  );
  return placed.map(({ graph, name, x, y, width, height, isOpen }) => {
    const key = keyOf(graph, name);
    const node = known.get(key);
    return {
      id: key,
      type: node ? "node" : "pill",
      position: { x, y },
      width,
      height,
      zIndex: isOpen ? 0 : 2,
      data: node
        ? {
            graph,
            node,
            task: taskOf.get(key),
            before: breakpointOf.get(`${key}\nbefore`),
            after: breakpointOf.get(`${key}\nafter`),
            isOpen,
            isSelected: current?.graph === graph && current.name === name,
          }
        : { name },
    };
  });
}
