// Which checkpoint the panel shows: the step that is selected, else the one at which the run stands.

import { useSyncExternalStore } from "react";
import type { CheckpointPlace, PanelStep } from "../../src/protocol/webview.ts";
import type { PartProps } from "../parts.ts";
import { useStore } from "../store.ts";
import { sourceText } from "./row.tsx";
import type { Timeline, Timelines } from "./timelines.ts";

export interface Target {
  readonly place: CheckpointPlace;
  /** Absent while it is not loaded. */
  readonly step: PanelStep | undefined;
  /** The run stands here: what is set here is set in place. */
  readonly isCursor: boolean;
  /** It was chosen, and does not follow the run. */
  readonly isChosen: boolean;
}

export function useTimeline(timelines: Timelines, namespace: string): Timeline | undefined {
  useSyncExternalStore(timelines.subscribe, timelines.version);
  return timelines.get(namespace);
}

/** Undefined where the thread has no checkpoint yet. */
export function useTarget({ store, timelines }: Pick<PartProps, "store" | "timelines">): Target | undefined {
  const chosen = useStore(store, ({ view }) => view.step);
  const inside = useStore(store, ({ view }) => view.inside);
  const at = useStore(store, ({ picture }) => picture.past.at);
  const standing = at.find(({ namespace }) => namespace === inside) ?? at.at(-1);
  const namespace = chosen?.namespace ?? standing?.namespace ?? "";
  const timeline = useTimeline(timelines, namespace);
  const root = useTimeline(timelines, "");
  const shown = timeline && (timeline.cursor ?? timeline.live) !== undefined ? timeline : root;
  const checkpointId = chosen?.checkpointId ?? shown?.cursor ?? shown?.live;
  if (checkpointId === undefined) return undefined;
  const own = chosen ? timeline : shown;
  return {
    place: chosen ?? { checkpointId, namespace: shown?.namespace ?? "" },
    step: own?.steps.find(({ id }) => id === checkpointId),
    isCursor: own?.cursor === checkpointId,
    isChosen: chosen !== undefined,
  };
}

/** "step 3, classify": how a step is called. */
export function stepText(step: PanelStep | undefined): string {
  if (!step) return "an older step";
  const nodes = [...new Set(step.tasks.map(({ node }) => node))].join(", ");
  return `step ${step.step}, ${nodes || sourceText(step)}`;
}
