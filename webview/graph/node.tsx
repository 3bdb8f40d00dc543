// How nodes look: one that can be gone to, an open subgraph, and the pills at the ends of a graph.

import type { NodeProps } from "@xyflow/react";
import { createContext, type KeyboardEvent, memo, useContext, useSyncExternalStore } from "react";
import type { PanelBreakpoint, PanelNode, PanelTask } from "../../src/protocol/webview.ts";
import type { LiveTexts } from "../live.ts";
import { iconOf, isTerminal, stateWords, timeText } from "./model.ts";

export interface NodeData extends Record<string, unknown> {
  readonly graph: string;
  readonly node: PanelNode;
  readonly task: PanelTask | undefined;
  readonly before: PanelBreakpoint | undefined;
  readonly after: PanelBreakpoint | undefined;
  readonly isOpen: boolean;
  /** It is the one that the Tab key leads to. */
  readonly isSelected: boolean;
}

export interface NodeActions {
  open(graph: string, node: string): void;
  toggle(graph: string, node: string, when: "before" | "after"): void;
  unfold(graph: string, node: string): void;
  select(graph: string, node: string): void;
  /** A key on the node that has the focus. */
  press(event: KeyboardEvent): void;
}
/** What nodes say while they run. */
export const Live = createContext<LiveTexts | undefined>(undefined);
export const Actions = createContext<NodeActions | undefined>(undefined);

/** Id of the element of a node, to give it the focus. */
export function elementId(graph: string, node: string): string {
  return `node ${graph}/${node}`.replaceAll(" ", "_");
}

export const GraphNode = memo(function GraphNode({ data }: NodeProps & { data: NodeData }) {
  const { graph, node, task, before, after, isOpen, isSelected } = data;
  const actions = useContext(Actions);
  const name = node.name;
  const state = task?.state ?? "none";
  const isSubgraph = node.subgraph !== undefined;
  const icon = iconOf(node.kind, task);
  const menu = { webviewSection: "node", graph, node: name, preventDefaultContextMenuItems: true };
  const measured = measures(task);
  return (
    <div className={`node node-${state}${isOpen ? " node-open" : ""}`}>
      {/* biome-ignore lint/a11y/useSemanticElements: a button may hold no dots that are clicked on their own */}
      <div
        id={elementId(graph, name)}
        className="node-face"
        role="button"
        tabIndex={isSelected ? 0 : -1}
        aria-label={describe(data)}
        aria-expanded={isSubgraph ? isOpen : undefined}
        aria-keyshortcuts={isSubgraph ? "Enter Space Shift+Space E" : "Enter Space Shift+Space"}
        title={titleOf(data)}
        data-vscode-context={JSON.stringify(menu)}
        onFocus={() => actions?.select(graph, name)}
        onClick={() => actions?.open(graph, name)}
        onKeyDown={(event) => actions?.press(event)}
      >
        {isSubgraph && (
          <Clickable
            className={`node-fold codicon codicon-chevron-${isOpen ? "down" : "right"}`}
            title={isOpen ? "Close the subgraph (E)" : "Open the subgraph (E)"}
            act={() => actions?.unfold(graph, name)}
          />
        )}
        <span className={`node-icon codicon codicon-${icon}`} aria-hidden="true" />
        <span className="node-name">{name}</span>
        {node.asks && state !== "waiting" && (
          <span
            className="node-asks codicon codicon-comment"
            title="Calls interrupt(): it may ask a person"
            aria-hidden="true"
          />
        )}
        {measured.length > 0 && <span className="node-time"> {measured.join(" ")}</span>}
      </div>
      {state === "running" && <Said graph={graph} node={name} />}
      <Dot side="before" breakpoint={before} act={() => actions?.toggle(graph, name, "before")} />
      <Dot side="after" breakpoint={after} act={() => actions?.toggle(graph, name, "after")} />
    </div>
  );
});

/** The last words of a node that runs. */
function Said({ graph, node }: { graph: string; node: string }) {
  const live = useContext(Live);
  const said = useSyncExternalStore(
    (listener) => live?.subscribe(listener) ?? (() => {}),
    () => live?.of(graph, node),
  );
  const text = said?.tokens || said?.custom.at(-1)?.text;
  if (!text) return null;
  return (
    <span className="node-said" aria-hidden="true">
      <bdi>{text.slice(-80).replaceAll(/\s+/g, " ")}</bdi>
    </span>
  );
}

/** For the mouse only: the keyboard has keys for the same on the node itself. */
function Clickable({ className, title, act }: { className: string; title: string; act: () => void }) {
  return (
    <span
      className={className}
      title={title}
      aria-hidden="true"
      onClick={(event) => {
        event.stopPropagation();
        act();
      }}
    />
  );
}

function Dot({
  side,
  breakpoint,
  act,
}: {
  side: "before" | "after";
  breakpoint: PanelBreakpoint | undefined;
  act: () => void;
}) {
  const set = breakpoint !== undefined;
  const kind = set ? `dot-set${breakpoint.enabled ? "" : " dot-off"}` : "dot-none";
  const icon = breakpoint?.conditional ? "debug-breakpoint-conditional" : "debug-breakpoint";
  const key = side === "before" ? "Space" : "Shift+Space";
  return (
    <Clickable
      className={`dot dot-${side} ${kind} codicon codicon-${icon}`}
      title={`${set ? "Remove" : "Set"} the breakpoint ${side} the node (${key})`}
      act={act}
    />
  );
}

/** One sentence for those who hear it. */
function describe({ node, task, before, after }: NodeData): string {
  const parts = [
    // What is seen comes first, as it is seen: that is how a node is called by those who speak to their machine.
    [node.name, ...measures(task)].join(" "),
    node.subgraph !== undefined && "subgraph",
    task && stateWords[task.state],
    (task?.runs ?? 0) > 1 && `ran ${task?.runs} times`,
    node.asks && "may ask a person",
    breakpointWords("before", before),
    breakpointWords("after", after),
    node.source === undefined && "no source",
  ];
  return parts.filter(Boolean).join(", ");
}

/** "2×", "1.2 s": how often it ran, and for how long the last time. */
function measures(task: PanelTask | undefined): string[] {
  const { runs = 0, duration } = task ?? {};
  return [...(runs > 1 ? [`${runs}×`] : []), ...(duration === undefined ? [] : [timeText(duration)])];
}

function breakpointWords(side: string, breakpoint: PanelBreakpoint | undefined): string | undefined {
  if (!breakpoint) return undefined;
  const off = breakpoint.enabled ? "" : "disabled ";
  return `${off}${breakpoint.conditional ? "conditional " : ""}breakpoint ${side}`;
}

function titleOf({ node, task }: NodeData): string {
  const parts = [
    [node.name, task && stateWords[task.state]].filter(Boolean).join(": "),
    task?.message,
    node.source === undefined ? "No source in the workspace" : `Go to ${node.source}`,
  ];
  return parts.filter(Boolean).join("\n");
}

export const Pill = memo(function Pill({ data }: NodeProps & { data: { name: string } }) {
  const { name } = data;
  return isTerminal(name) ? (
    <div className="pill">{name}</div>
  ) : (
    <div className="pill" title="The target is known when the router returns">
      …
    </div>
  );
});
