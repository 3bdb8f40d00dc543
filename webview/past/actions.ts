// What can be done with a step of the timeline, by menu, keyboard or a button of the state.

import type { CheckpointPlace, PanelStep } from "../../src/protocol/webview.ts";
import type { MenuItem } from "../menu.tsx";
import type { PartProps } from "../parts.ts";

/** The newest step of one branch, and of an older one. */
export type Branches = readonly [newer: PanelStep, older: PanelStep];

export interface StepActions {
  /** The cursor goes there. */
  go(place: CheckpointPlace): void;
  /** The run goes on from there. */
  run(place: CheckpointPlace): void;
  asTest(place: CheckpointPlace): void;
  /** The next step that is chosen is what this one is compared with. */
  compare(place: CheckpointPlace): void;
  annotate(step: PanelStep, what: "name" | "note"): void;
  undoEdit(namespace: string): void;
}

export function stepActions(
  { host, store }: Pick<PartProps, "host" | "store">,
  compare: StepActions["compare"],
  tell: (problem: string | undefined) => void,
): StepActions {
  const ask = (question: Parameters<typeof host.request>[0], then?: () => void): void => {
    tell(undefined);
    host.request(question).then(then, (error: Error) => tell(error.message));
  };
  return {
    // Where the run stands from then on is what is to be seen.
    go: (at) => ask({ type: "fork", at }, () => store.look({ step: undefined })),
    run: (at) => ask({ type: "fork", at, runs: true }, () => store.look({ step: undefined })),
    asTest: (at) => ask({ type: "asTest", at }),
    compare,
    annotate: (step, what) => ask({ type: "annotate", at: placeOf(step), what, now: step[what] ?? "" }),
    undoEdit: (namespace) => ask({ type: "undoEdit", namespace }),
  };
}

/** Shows what differs between the newest steps of two branches. */
export function compareBranches(store: PartProps["store"], [newer, older]: Branches): void {
  store.look({ step: placeOf(newer), base: placeOf(older), pane: "changes", tab: "state" });
}

export function placeOf({ id, namespace }: PanelStep): CheckpointPlace {
  return { checkpointId: id, namespace };
}

export function menuOf(
  step: PanelStep,
  isCursor: boolean,
  actions: StepActions,
  { host, store }: Pick<PartProps, "host" | "store">,
  /** The newest ends of the branches that part here. */
  branches?: Branches,
): MenuItem[] {
  const node = step.tasks[0]?.node;
  const graph = graphOf(step.namespace);
  const known = store.state.picture.graphs
    .find(({ id }) => id === graph)
    ?.nodes.some(({ name, source }) => name === node && source !== undefined);
  return [
    ...(isCursor
      ? []
      : [
          { name: "Go There", act: () => actions.go(placeOf(step)) },
          { name: "Fork and Run from Here", act: () => actions.run(placeOf(step)) },
        ]),
    ...(isCursor && step.edits > 0
      ? [{ name: "Undo the Last Edit", act: () => actions.undoEdit(step.namespace) }]
      : []),
    { name: "Compare with…", apart: true, act: () => actions.compare(placeOf(step)) },
    ...(branches ? [{ name: "Compare the Branches", act: () => compareBranches(store, branches) }] : []),
    { name: "Name…", apart: true, act: () => actions.annotate(step, "name") },
    { name: "Note…", act: () => actions.annotate(step, "note") },
    ...(known && node !== undefined
      ? [
          {
            name: `Go to the Code of ${node}`,
            apart: true,
            act: () => host.send({ type: "openNode", graph, node }),
          },
        ]
      : []),
    ...(step.namespace === "" && step.source !== "input"
      ? [{ name: "Copy as Test", apart: true, act: () => actions.asTest(placeOf(step)) }]
      : []),
    { name: "Copy Id", act: () => host.send({ type: "copyText", text: step.id }) },
  ];
}

/** Id of the graph that runs in a namespace: `research:1f0…|inner:2ab…` is `research/inner`. */
export function graphOf(namespace: string): string {
  return namespace
    .split("|")
    .map((part) => part.split(":")[0] ?? "")
    .join("/");
}
