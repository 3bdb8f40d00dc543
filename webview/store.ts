// What the panel shows and how: the picture that the extension sends, and the user's own view of it.

import { useSyncExternalStore } from "react";
import {
  type CheckpointPlace,
  emptyPicture,
  type Json,
  type Picture,
  readPicture,
} from "../src/protocol/webview.ts";

/** Parts of the panel that a narrow one shows one at a time. */
export const tabs = ["graph", "timeline", "state"] as const;
/** What is shown of a step. */
export const panes = ["state", "changes", "writes", "why", "live"] as const;

/** What the user has chosen; survives a reload of the window. */
export interface View {
  /** Ids of subgraphs that are open. */
  readonly open: readonly string[];
  /** `graph` and `node` of the node that has the keyboard. */
  readonly selected: { readonly graph: string; readonly node: string } | undefined;
  /** Where the canvas stands: absent until the user has moved it. */
  readonly viewport: { readonly x: number; readonly y: number; readonly zoom: number } | undefined;
  /** Width of the graph's column in percent. */
  readonly split: number;
  /** Height of the timeline in percent of what it shares with the state. */
  readonly rows: number;
  readonly tab: (typeof tabs)[number];
  readonly pane: (typeof panes)[number];
  /** The step that is looked at; absent: the one at which the run stands. */
  readonly step: CheckpointPlace | undefined;
  /** With which the step is compared; absent: the one before. */
  readonly base: CheckpointPlace | undefined;
  /** Namespace of the graph whose state is shown at a stop inside subgraphs; absent: the innermost. */
  readonly inside: string | undefined;
  /** Keys of rows of the timeline that were opened, or of those that are open at first: closed. */
  readonly unfolded: readonly string[];
  /** Paths in the state that are open. */
  readonly expanded: readonly string[];
}

export interface PanelState {
  readonly picture: Picture;
  readonly view: View;
}

const firstView: View = {
  open: [],
  selected: undefined,
  viewport: undefined,
  split: 50,
  rows: 45,
  tab: "graph",
  pane: "state",
  step: undefined,
  base: undefined,
  inside: undefined,
  unfolded: [],
  expanded: [],
};

/** One state with listeners, written by the messages of the extension and by what the user does. */
export class Store {
  #state: PanelState;
  readonly #listeners = new Set<() => void>();
  readonly #keep: (state: PanelState) => void;

  constructor(kept: unknown, keep: (state: PanelState) => void) {
    this.#state = readKept(kept);
    this.#keep = keep;
  }

  get state(): PanelState {
    return this.#state;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  update(picture: Partial<{ [Part in keyof Picture]: Picture[Part] | undefined }>): void {
    const changed = Object.entries(picture).filter(([, part]) => part !== undefined);
    const next = { ...this.#state.picture, ...Object.fromEntries(changed) };
    const { picture: before, view } = this.#state;
    const { split, rows, tab, pane } = view;
    const steps =
      before.thread === next.thread ? {} : { step: undefined, base: undefined, inside: undefined };
    this.#set({
      picture: next,
      view: isOther(before, next) ? { ...firstView, split, rows, tab, pane } : { ...view, ...steps },
    });
  }

  /** What is typed is part of the picture at once, so that it is there after a reload. Without a value it is forgotten. */
  draft(key: string, value: Json | undefined): void {
    const { [key]: _, ...others } = this.#state.picture.drafts;
    this.update({ drafts: value === undefined ? others : { ...others, [key]: value } });
  }

  look(view: Partial<View>): void {
    this.#set({ ...this.#state, view: { ...this.#state.view, ...view } });
  }

  #set(state: PanelState): void {
    this.#state = state;
    this.#keep(state);
    for (const listener of this.#listeners) listener();
  }
}

/** A part of the state; the component is drawn anew only when that part is another. */
export function useStore<Part>(store: Store, choose: (state: PanelState) => Part): Part {
  return useSyncExternalStore(store.subscribe, () => choose(store.state));
}

/** Another graph is shown, for which the user's view of the one before has no meaning. */
function isOther(before: Picture, next: Picture): boolean {
  const names = ({ graphs }: Picture): string[] => graphs[0]?.nodes.map(({ name }) => name) ?? [];
  const known = names(before);
  return known.length > 0 && next.graphs.length > 0 && !names(next).some((name) => known.includes(name));
}

/** The picture before a reload is shown greyed until the extension sends another. */
function readKept(kept: unknown): PanelState {
  if (typeof kept !== "object" || kept === null) return { picture: emptyPicture, view: firstView };
  const { picture, view } = kept as { picture?: unknown; view?: unknown };
  const last = readPicture(picture) ?? emptyPicture;
  const { status } = last;
  const over = status.kind !== "empty" && status.kind !== "disconnected";
  return {
    picture: over
      ? { ...last, status: { ...status, kind: "disconnected", text: `Not connected. Last: ${status.text}` } }
      : last,
    view: readView(view),
  };
}

function readView(value: unknown): View {
  if (typeof value !== "object" || value === null) return firstView;
  const kept = value as Partial<Record<keyof View, unknown>>;
  const fields = <Part>(from: unknown, type: string, ...names: (keyof Part & string)[]): Part | undefined =>
    typeof from === "object" &&
    from !== null &&
    names.every((name) => typeof (from as Record<string, unknown>)[name] === type)
      ? (from as Part)
      : undefined;
  const texts = (from: unknown): string[] =>
    Array.isArray(from) ? from.filter((each) => typeof each === "string") : [];
  const percent = (from: unknown, first: number): number => (typeof from === "number" ? from : first);
  const place = (from: unknown) => fields<CheckpointPlace>(from, "string", "checkpointId", "namespace");
  return {
    open: texts(kept.open),
    selected: fields<NonNullable<View["selected"]>>(kept.selected, "string", "graph", "node"),
    viewport: fields<NonNullable<View["viewport"]>>(kept.viewport, "number", "x", "y", "zoom"),
    split: percent(kept.split, firstView.split),
    rows: percent(kept.rows, firstView.rows),
    tab: tabs.find((tab) => tab === kept.tab) ?? firstView.tab,
    pane: panes.find((pane) => pane === kept.pane) ?? firstView.pane,
    step: place(kept.step),
    base: place(kept.base),
    inside: typeof kept.inside === "string" ? kept.inside : undefined,
    unfolded: texts(kept.unfolded),
    expanded: texts(kept.expanded),
  };
}
