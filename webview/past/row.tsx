// How rows of the timeline look: rails, step, nodes, what was written, how long it took, and marks.

import { type MouseEvent, memo, type ReactNode, useSyncExternalStore } from "react";
import type { PanelStep } from "../../src/protocol/webview.ts";
import { iconOf, stateWords, timeText } from "../graph/model.ts";
import type { LiveTexts } from "../live.ts";
import type { GraphRow, Lanes, NextRow, Row, StepRow } from "./rows.ts";

export const rowHeight = 24;
const lane = 12;
/** Branches beyond these are not drawn: the text is what counts. */
const mostLanes = 8;

export interface RowActions {
  /** With the pointer's place, where it is for a menu. */
  choose(row: Row): void;
  unfold(row: Row): void;
  menu(row: Row, at: { x: number; y: number }): void;
  enter(row: Row): void;
}

interface RowProps<Kind extends Row = Row> {
  readonly row: Kind;
  readonly live: LiveTexts;
  readonly actions: RowActions;
  readonly isSelected: boolean;
}

export const RowFace = memo(function RowFace(props: RowProps) {
  const { row, actions } = props;
  const click = (event: MouseEvent): void => {
    const target = event.target as HTMLElement;
    if (target.closest("[data-fold]")) actions.unfold(row);
    else if (target.closest("[data-more]")) menuAt(event);
    else actions.choose(row);
  };
  const menuAt = (event: MouseEvent): void => {
    event.preventDefault();
    actions.menu(row, { x: event.clientX, y: event.clientY });
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the tree around it hears the keys
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree around it hears the keys
    <div
      className={`step step-${row.kind} ${classOf(row)}${props.isSelected ? " step-selected" : ""}`}
      onClick={click}
      onDoubleClick={() => actions.enter(row)}
      onContextMenu={row.kind === "step" ? menuAt : undefined}
    >
      <RailLines row={row} />
      {content(props)}
    </div>
  );
});

function content({ row, live }: RowProps) {
  if (row.kind === "next") return <NextFace row={row} live={live} />;
  if (row.kind === "step") return <StepFace row={row} />;
  if (row.kind === "graph") return <GraphFace row={row} />;
  return <span className="step-quiet">{row.text}</span>;
}

function classOf(row: Row): string {
  if (row.kind !== "step") return "";
  return [row.isFuture && "step-future", row.isCursor && "step-cursor"].filter(Boolean).join(" ");
}

function NextFace({ row, live }: { readonly row: NextRow; readonly live: LiveTexts }) {
  const spoken = useSyncExternalStore(live.subscribe, live.all);
  const nodes = row.tasks.map(({ node }) => node);
  const said = spoken.find(({ graph, node }) => graph === "" && nodes.includes(node));
  return (
    <>
      <span className="step-number">
        <Heard>Step </Heard>
        {row.step}
      </span>
      <span className="step-fold codicon" aria-hidden="true" />
      <span className="step-nodes">
        {row.tasks.map((task) => (
          <span key={task.node} className={`step-task task-${task.state}`}>
            <span className={`codicon codicon-${iconOf("function", task)}`} aria-hidden="true" />
            {task.node}{" "}
          </span>
        ))}
      </span>
      <span className="step-keys">
        {said?.tokens ? (
          <bdi className="step-said">{said.tokens.slice(-200).replaceAll(/\s+/g, " ")}</bdi>
        ) : (
          [...new Set(row.tasks.map(({ state }) => stateWords[state]))].join(", ")
        )}
      </span>
    </>
  );
}

const marks = {
  waiting: { icon: "comment-unresolved", words: "waits for an answer" },
  failed: { icon: "error", words: "failed" },
  answered: { icon: "comment", words: "was answered" },
} as const;

function StepFace({ row }: { readonly row: StepRow }) {
  const { step } = row;
  const mark = step.mark && marks[step.mark];
  return (
    <>
      <span className="step-number">
        <Heard>Step </Heard>
        {step.step}
      </span>
      <span
        {...(row.isOpen !== undefined && { "data-fold": true })}
        className={`step-fold codicon ${foldIcon(row.isOpen)}`}
        aria-hidden="true"
      />
      <span className="step-nodes" title={nodesOf(step).join(", ")}>
        {nodesOf(step).join(", ") || <em>{sourceText(step)}</em>}
      </span>
      {step.name !== undefined && (
        <span className="step-name" title={step.note}>
          {step.name}
        </span>
      )}
      <span className="step-marks">
        {step.note !== undefined && <Mark icon="note" words={`Note: ${step.note}`} />}
        {mark && <Mark icon={mark.icon} words={mark.words} kind={step.mark} />}
        {step.edits > 0 && <Mark icon="edit" words={editsText(step.edits)} />}
        {step.forkedFrom !== undefined && <Mark icon="repo-forked" words="Copy of an earlier step" />}
        {row.isCursor && <Mark icon="debug-stackframe" words="The run stands here" kind="cursor" />}
        {row.isFuture && <Heard>after the step at which the run stands</Heard>}
        {row.isLive && !row.isCursor && <Mark icon="pinned" words="The newest step of the thread" />}
      </span>
      <span className="step-keys" title={step.written.join(", ")}>
        {step.written.length > 0 && <Heard>wrote </Heard>}
        {step.written.join(", ")}
      </span>
      <span className="step-time">{step.milliseconds === undefined ? "" : timeText(step.milliseconds)}</span>
      <span
        data-more
        className="step-more codicon codicon-ellipsis"
        title="More actions"
        aria-hidden="true"
      />
    </>
  );
}

function foldIcon(isOpen: boolean | undefined): string {
  return isOpen === undefined ? "" : `codicon-chevron-${isOpen ? "down" : "right"}`;
}

function Mark({
  icon,
  words,
  kind = "plain",
}: {
  readonly icon: string;
  readonly words: string;
  readonly kind?: string | undefined;
}) {
  return (
    <span className={`mark mark-${kind} codicon codicon-${icon}`} title={capital(words)}>
      <Heard>{words} </Heard>
    </span>
  );
}

function GraphFace({ row }: { readonly row: GraphRow }) {
  return (
    <>
      <span data-fold className={`step-fold codicon ${foldIcon(row.isOpen)}`} aria-hidden="true" />
      <span className="codicon codicon-type-hierarchy-sub" aria-hidden="true" />
      <span className="step-nodes">{row.name}</span>
      <span className="step-keys">{row.checkpoints === undefined ? "" : `${row.checkpoints} steps`}</span>
    </>
  );
}

/** What made a step at which no node ran. */
export function sourceText({ source }: PanelStep): string {
  return source === "loop" ? "start" : source;
}

/** Names of the nodes that ran; with how often, where one ran more than once. */
export function nodesOf({ tasks }: PanelStep): string[] {
  const counts = new Map<string, number>();
  for (const { node } of tasks) counts.set(node, (counts.get(node) ?? 0) + 1);
  return [...counts].map(([node, count]) => (count > 1 ? `${node} ×${count}` : node));
}

function editsText(edits: number): string {
  return edits === 1 ? "edited once" : `edited ${edits} times`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** For those who hear it. */
function Heard({ children }: { readonly children: ReactNode }) {
  return <span className="heard">{children}</span>;
}

// ------------------------------------------------------------------------------------------------ rails

function RailLines({ row }: { readonly row: Row }) {
  const own = ownLanes(row);
  const before = row.around.reduce((sum, { width }) => sum + laneCount(width), 0);
  const width = (before + laneCount(own.width)) * lane;
  const x = (rail: number): number => (before + Math.min(rail, mostLanes - 1) + 0.5) * lane;
  const middle = rowHeight / 2;
  const lines: string[] = [];
  let left = 0;
  for (const { rails, width: lanes } of row.around) {
    for (const rail of rails) {
      const at = (left + Math.min(rail, mostLanes - 1) + 0.5) * lane;
      lines.push(`M${at} 0V${rowHeight}`);
    }
    left += laneCount(lanes);
  }
  for (const rail of own.rails) lines.push(`M${x(rail)} 0V${rowHeight}`);
  if (row.kind === "step") {
    const { at, above, below, joins } = row.rail;
    if (above) lines.push(`M${x(at)} 0V${middle}`);
    if (below) lines.push(`M${x(at)} ${middle}V${rowHeight}`);
    for (const rail of joins) {
      lines.push(`M${x(rail)} 0C${x(rail)} ${middle} ${x(rail)} ${middle} ${x(at)} ${middle}`);
    }
  }
  return (
    <svg className="rails" width={width + 4} height={rowHeight} aria-hidden="true">
      <path d={lines.join("")} />
      {row.kind === "step" && (
        <circle
          className={row.isCursor ? "rail-cursor" : "rail-step"}
          cx={x(row.rail.at)}
          cy={middle}
          r={row.isCursor ? 5 : 3.5}
        />
      )}
    </svg>
  );
}

function laneCount(width: number): number {
  return Math.min(Math.max(width, 1), mostLanes);
}

function ownLanes(row: Row): Lanes {
  if (row.kind === "step") return { rails: row.rail.past, width: row.width };
  if (row.kind === "next") return { rails: row.past, width: row.width };
  return { rails: [], width: 1 };
}
