// How long each superstep took, as a strip in the order of time; the debugger's own share is told apart.

import { useMemo } from "react";
import type { PanelStep } from "../../src/protocol/webview.ts";
import { timeText } from "../graph/model.ts";
import type { PartProps } from "../parts.ts";
import { useStore } from "../store.ts";
import { compareBranches, placeOf } from "./actions.ts";
import { branchesOf, lineOf } from "./rails.ts";
import { nodesOf } from "./row.tsx";
import { useTimeline } from "./target.ts";

/** Of the newest steps on the branch at which the run stands: more could not be told apart. */
const mostBars = 60;
const height = 20;

export function Strip({ store, timelines }: PartProps) {
  const timeline = useTimeline(timelines, "");
  const chosen = useStore(store, ({ view }) => view.step);
  const bars = useMemo(() => {
    const line = lineOf(timeline?.steps ?? [], timeline?.cursor ?? timeline?.live);
    return (timeline?.steps ?? [])
      .filter(({ id, milliseconds }) => line.has(id) && milliseconds !== undefined)
      .slice(0, mostBars)
      .reverse();
  }, [timeline]);
  const branches = useMemo(() => branchesOf(timeline?.steps ?? []), [timeline]);
  const total = sum(bars, ({ milliseconds }) => milliseconds);
  const hasTimes = bars.length >= 2 && total > 0;
  if (!hasTimes && !branches) return null;
  const compare = branches && (
    <button
      type="button"
      className="link"
      title="What differs between the newest steps of the two newest branches"
      onClick={() => compareBranches(store, branches)}
    >
      Compare branches
    </button>
  );
  if (!hasTimes) return <div className="strip">{compare}</div>;
  const own = sum(bars, ({ debuggerMilliseconds }) => debuggerMilliseconds);
  return (
    <div className="strip">
      <div className="strip-bars" aria-hidden="true">
        {bars.map((step) => (
          // biome-ignore lint/a11y/noStaticElementInteractions: the same as a row of the timeline, which has the keyboard
          // biome-ignore lint/a11y/useKeyWithClickEvents: the same as a row of the timeline, which has the keyboard
          <div
            key={step.id}
            className={`strip-bar${chosen?.checkpointId === step.id ? " strip-chosen" : ""}`}
            title={titleOf(step)}
            style={{ flexGrow: (step.milliseconds ?? 0) / total }}
            onClick={() => store.look({ step: placeOf(step), base: undefined })}
          >
            <Tasks step={step} />
            <div
              className="strip-own"
              style={{ width: `${(100 * (step.debuggerMilliseconds ?? 0)) / (step.milliseconds || 1)}%` }}
            />
          </div>
        ))}
      </div>
      <span className="strip-text">
        {timeText(total)}
        {own > 0 && `, of it ${timeText(own)} for the debugger`}
      </span>
      {compare}
    </div>
  );
}

/** The tasks that ran side by side, one below the other. */
function Tasks({ step }: { readonly step: PanelStep }) {
  const tasks = step.tasks.slice(0, 4);
  const share = (task: (typeof tasks)[number]): number =>
    Math.min(1, (task.milliseconds ?? step.milliseconds ?? 0) / (step.milliseconds || 1));
  return tasks.map((task) => (
    <div
      key={task.id}
      className="strip-task"
      style={{ height: height / tasks.length - 1, width: `${100 * share(task)}%` }}
    />
  ));
}

function titleOf(step: PanelStep): string {
  const own = step.debuggerMilliseconds;
  return [
    `Step ${step.step}, ${nodesOf(step).join(", ") || step.source}: ${timeText(step.milliseconds ?? 0)}`,
    ...step.tasks.flatMap(({ node, milliseconds }) =>
      milliseconds === undefined || step.tasks.length < 2 ? [] : [`${node}: ${timeText(milliseconds)}`],
    ),
    ...(own === undefined ? [] : [`The debugger's own share: ${timeText(own)}`]),
  ].join("\n");
}

function sum(steps: readonly PanelStep[], of: (step: PanelStep) => number | undefined): number {
  return steps.reduce((all, step) => all + (of(step) ?? 0), 0);
}
