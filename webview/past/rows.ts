// The timeline's rows from top to bottom: what comes next, the steps, and the steps of subgraphs below those that ran them.

import type { PanelStep, PanelTask, Picture } from "../../src/protocol/webview.ts";
import { futureOf, type Rail } from "./rails.ts";
import type { Timeline, Timelines } from "./timelines.ts";

interface Common {
  readonly key: string;
  readonly depth: number;
  /** Rails of the rows around that go by, outermost first: for each depth which of how many. */
  readonly around: readonly Lanes[];
}
export interface Lanes {
  readonly rails: readonly number[];
  readonly width: number;
}

/** What comes next, or runs, above the step that the run stands at. */
export interface NextRow extends Common {
  readonly kind: "next";
  readonly step: number | undefined;
  readonly tasks: readonly PanelTask[];
  readonly width: number;
  readonly past: readonly number[];
}
export interface StepRow extends Common {
  readonly kind: "step";
  readonly step: PanelStep;
  readonly rail: Rail;
  readonly width: number;
  readonly isCursor: boolean;
  readonly isLive: boolean;
  readonly isFuture: boolean;
  /** Absent: no subgraph ran in it. */
  readonly isOpen: boolean | undefined;
}
/** One of several subgraphs of a step, or one that runs now. */
export interface GraphRow extends Common {
  readonly kind: "graph";
  readonly namespace: string;
  readonly name: string;
  readonly checkpoints: number | undefined;
  readonly isOpen: boolean;
}
/** Older steps can be loaded, are on their way, or could not be read. */
export interface MoreRow extends Common {
  readonly kind: "more";
  readonly namespace: string;
  readonly text: string;
}
export type Row = NextRow | StepRow | GraphRow | MoreRow;

export interface RowsOf {
  readonly timelines: Pick<Timelines, "get">;
  readonly picture: Pick<Picture, "tasks" | "status" | "past">;
  /** Keys of rows whose subgraphs are open (of those that run: closed). */
  readonly unfolded: readonly string[];
}

/** Namespaces whose steps are shown, so that they are to be read. */
export function shownNamespaces(rows: readonly Row[]): string[] {
  const shown = new Set([""]);
  for (const row of rows) {
    if (row.kind === "graph" && row.isOpen) shown.add(row.namespace);
    if (row.kind === "step" && row.isOpen) {
      const [only, second] = subgraphsOf(row.step);
      if (only && !second) shown.add(only.namespace);
    }
  }
  return [...shown];
}

export function toRows(of: RowsOf): Row[] {
  const root = of.timelines.get("");
  return root ? timelineRows(root, of, 0, []) : [];
}

/** Names a step of all namespaces. */
export function keyOfStep({ namespace, id }: Pick<PanelStep, "namespace" | "id">): string {
  return `${namespace} ${id}`;
}

function timelineRows(timeline: Timeline, of: RowsOf, depth: number, around: readonly Lanes[]): Row[] {
  const { namespace, steps, rails, width, cursor, live } = timeline;
  const future = futureAt(steps, cursor);
  const rows: Row[] = [];
  const next = depth === 0 ? nextRow(of.picture, width) : undefined;
  const at = cursor ?? live;
  steps.forEach((step, index) => {
    const rail = rails[index];
    if (!rail) return;
    if (next && step.id === at) {
      rows.push({ ...next, past: above(rail) });
      rows.push(...standingRows(of, { rails: above(rail), width }));
    }
    const own = subgraphsOf(step);
    const key = keyOfStep(step);
    const isOpen = own.length === 0 ? undefined : of.unfolded.includes(key);
    rows.push({
      kind: "step",
      key,
      depth,
      around,
      step,
      rail,
      width,
      isCursor: step.id === cursor,
      isLive: step.id === live,
      isFuture: future.has(step.id),
      isOpen,
    });
    if (!isOpen) return;
    const lanes: Lanes = { rails: [...rail.past, ...(rail.below ? [rail.at] : [])], width };
    const inside = [...around, lanes];
    for (const { namespace: below, node, checkpoints } of own) {
      if (own.length === 1) rows.push(...nested(below, of, depth + 1, inside));
      else {
        const name = `${node} ${own.filter((each) => each.node === node).findIndex((each) => each.namespace === below) + 1}`;
        rows.push(...graphRows({ namespace: below, name, checkpoints }, of, depth + 1, inside, false));
      }
    }
  });
  if (steps.length === 0 && next) rows.push(next);
  const left = moreText(timeline);
  if (left !== undefined) {
    rows.push({ kind: "more", key: `${namespace} more`, depth, around, namespace, text: left });
  }
  return rows;
}

/** Going back to a step makes a copy of it, after which nothing has come yet. */
function futureAt(steps: readonly PanelStep[], cursor: string | undefined): Set<string> {
  const origin = steps.find(({ id }) => id === cursor)?.forkedFrom;
  const future = futureOf(steps, cursor);
  if (future.size === 0 && origin !== undefined) for (const id of futureOf(steps, origin)) future.add(id);
  return future;
}

function above({ past, joins, above: led, at }: Rail): number[] {
  return [...past, ...joins, ...(led ? [at] : [])];
}

function moreText({ steps, more, total, isRead, problem }: Timeline): string | undefined {
  if (problem !== undefined) return problem;
  if (!isRead) return "Loading…";
  return more ? `Loading ${(total - steps.length).toLocaleString("en")} older steps…` : undefined;
}

const nextStates: readonly PanelTask["state"][] = ["pending", "running", "waiting", "failed"];

function nextRow({ tasks, status }: RowsOf["picture"], width: number): NextRow | undefined {
  const next = tasks.filter(({ graph, state }) => graph === "" && nextStates.includes(state));
  if (next.length === 0 || status.kind === "ended") return undefined;
  const step = next.find((task) => task.step !== undefined)?.step;
  return { kind: "next", key: "next", depth: 0, around: [], step, tasks: next, width, past: [] };
}

/** The steps of subgraphs in which the run stands; they are open until the user closes them. */
function standingRows(of: RowsOf, lanes: Lanes): Row[] {
  return of.picture.past.at
    .filter(({ namespace }) => namespace !== "")
    .flatMap(({ namespace, graph }) =>
      graphRows(
        { namespace, name: graph.replaceAll("/", ":"), checkpoints: undefined },
        of,
        namespace.split("|").length,
        [lanes],
        true,
      ),
    );
}

function graphRows(
  { namespace, name, checkpoints }: Pick<GraphRow, "namespace" | "name" | "checkpoints">,
  of: RowsOf,
  depth: number,
  around: readonly Lanes[],
  openFirst: boolean,
): Row[] {
  const key = `graph ${namespace}`;
  const isOpen = of.unfolded.includes(key) !== openFirst;
  const row: GraphRow = { kind: "graph", key, depth, around, namespace, name, checkpoints, isOpen };
  return isOpen ? [row, ...nested(namespace, of, depth + 1, around)] : [row];
}

function nested(namespace: string, of: RowsOf, depth: number, around: readonly Lanes[]): Row[] {
  const timeline = of.timelines.get(namespace);
  if (timeline) return timelineRows(timeline, of, depth, around);
  return [{ kind: "more", key: `${namespace} more`, depth, around, namespace, text: "Loading…" }];
}

function subgraphsOf({ tasks }: PanelStep): { node: string; namespace: string; checkpoints: number }[] {
  return tasks.flatMap(({ node, subgraph }) => (subgraph ? [{ node, ...subgraph }] : []));
}
