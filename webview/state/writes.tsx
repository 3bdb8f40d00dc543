// What each task of the superstep wrote, and what LangGraph keeps with the checkpoint.

import { useMemo } from "react";
import { timeText } from "../graph/model.ts";
import type { CheckpointProps } from "./parts.ts";
import { Tree } from "./tree.ts";
import { TreeView } from "./tree-view.tsx";

export function Writes({ ask, store, target, checkpoint }: CheckpointProps) {
  const { step } = target;
  const tree = useMemo(
    () => new Tree(ask, "writes", { reference: checkpoint.writes, count: checkpoint.writers }),
    [ask, checkpoint],
  );
  const config = useMemo(
    () => checkpoint.config && new Tree(ask, "config", checkpoint.config),
    [ask, checkpoint],
  );
  const about = [
    `Id ${target.place.checkpointId}`,
    `source ${checkpoint.source}`,
    new Date(checkpoint.createdAt).toLocaleString(),
  ];
  return (
    <div className="pane">
      <details className="pane-top metadata">
        <summary>{about.join(", ")}</summary>
        <pre className="body-text">{checkpoint.metadata}</pre>
      </details>
      {step?.milliseconds !== undefined && step.tasks.length > 0 && (
        <p className="pane-top quiet">
          {step.tasks
            .map(
              ({ node, milliseconds }) =>
                `${node} ${milliseconds === undefined ? "" : timeText(milliseconds)}`,
            )
            .join(", ")}
        </p>
      )}
      {config && (
        <details className="pane-top metadata">
          <summary>Config of the session</summary>
          <div className="config">
            <TreeView store={store} tree={config} label="Config of the session" />
          </div>
        </details>
      )}
      {checkpoint.writes === 0 ? (
        <p className="hint">No task wrote this step: it is an {checkpoint.source}.</p>
      ) : (
        <TreeView store={store} tree={tree} label="Writes by task" />
      )}
    </div>
  );
}
