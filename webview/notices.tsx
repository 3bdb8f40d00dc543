// What the panel says where there is no graph to show, and when a run has failed.

import type { PartProps } from "./parts.ts";
import { useStore } from "./store.ts";

/** In place of the graph: how to start, or that it is on its way. */
export function NoGraph({ store, host }: PartProps) {
  const kind = useStore(store, ({ picture }) => picture.status.kind);
  if (kind === "loading" || kind === "running") {
    return (
      <section className="notice" aria-label="Graph">
        <p>The graph appears as soon as it is loaded.</p>
      </section>
    );
  }
  return (
    <section className="notice" aria-label="How to start">
      <span className="notice-icon codicon codicon-type-hierarchy-sub" aria-hidden="true" />
      <p>
        Open a file that holds a LangGraph graph and press <kbd>F5</kbd>. The graph is drawn here, with what
        runs, what waits and your breakpoints.
      </p>
      <button type="button" className="button" onClick={() => host.send({ type: "start" })}>
        Debug Graph
      </button>
    </section>
  );
}

export function Failure({ store, host }: PartProps) {
  const status = useStore(store, ({ picture }) => picture.status);
  const { error, kind } = status;
  if (!error) return null;
  const place = error.node === undefined ? undefined : (error.graph ? `${error.graph}/` : "") + error.node;
  return (
    <section className="failure" role="alert" aria-label="Error">
      <p className="failure-text">
        {place !== undefined && !error.message.startsWith(`${place}: `) && <strong>{place}: </strong>}
        {error.message}
      </p>
      {kind === "failed" && (
        <p className="failure-actions">
          {error.hasSource && (
            <button
              type="button"
              className="button button-second"
              onClick={() => host.send({ type: "openError" })}
            >
              Go to the line
            </button>
          )}
          <button
            type="button"
            className="button button-second"
            onClick={() => store.look({ tab: "state", pane: "state", step: undefined, base: undefined })}
          >
            Edit the state
          </button>
          {error.node !== undefined && (
            <button type="button" className="button" onClick={() => host.send({ type: "continue" })}>
              Run this node again
            </button>
          )}
        </p>
      )}
    </section>
  );
}
