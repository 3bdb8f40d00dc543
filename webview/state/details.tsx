// What is known of one step: its state, what changed, what was written, why the run went on as it did.

import { useState } from "react";
import type { CheckpointPlace } from "../../src/protocol/webview.ts";
import type { PartProps } from "../parts.ts";
import { stepText, useTarget } from "../past/target.ts";
import { panes, useStore } from "../store.ts";
import { TabList } from "../tabs.tsx";
import { Changes } from "./changes.tsx";
import { Live, useHasLive } from "./live-view.tsx";
import type { DetailProps } from "./parts.ts";
import { State } from "./state.tsx";
import { UpdateForm } from "./update.tsx";
import { useCheckpoint } from "./use-checkpoint.ts";
import { Why } from "./why.tsx";
import { Writes } from "./writes.tsx";

const names = { state: "State", changes: "Changes", writes: "Writes", why: "Why", live: "Live" } as const;

export function Details(props: PartProps) {
  const { store } = props;
  const wanted = useStore(store, ({ view }) => view.pane);
  const kind = useStore(store, ({ picture }) => picture.status.kind);
  const hasLive = useHasLive(props);
  const target = useTarget(props);
  const pane = wanted === "live" && !hasLive ? "state" : wanted;
  const shown = panes.filter((each) => each !== "live" || hasLive);
  const [changing, setChanging] = useState(false);
  const enabled = kind !== "disconnected" && kind !== "loading";
  return (
    <section className="details" id="part-state" aria-label="State">
      <div className="details-top">
        <TabList
          label="Of the step"
          tabs={shown.map((id) => ({ id, name: names[id] }))}
          current={pane}
          choose={(id) => store.look({ pane: id })}
        />
        {target && (
          <About {...props} target={target} enabled={enabled} change={() => setChanging(!changing)} />
        )}
      </div>
      {target && changing && enabled ? (
        <UpdateForm
          key={keyOf(target.place)}
          {...props}
          target={target}
          enabled={enabled}
          close={() => setChanging(false)}
        />
      ) : pane === "live" ? (
        <Live {...props} />
      ) : target ? (
        <Pane {...props} target={target} enabled={enabled} pane={pane} />
      ) : (
        <p className="hint">
          {kind === "disconnected"
            ? "The session is over."
            : "The state is shown here as soon as the thread has one."}
        </p>
      )}
    </section>
  );
}

function Pane({ pane, ...props }: DetailProps & { readonly pane: "state" | "changes" | "writes" | "why" }) {
  const read = useCheckpoint(props, pane === "writes");
  const isOver = useStore(props.store, ({ picture }) => picture.status.kind === "disconnected");
  if (pane === "changes") return <Changes {...props} />;
  if (read.problem !== undefined) {
    return (
      <p className="hint problem" role="alert">
        {read.problem}
      </p>
    );
  }
  if (!read.checkpoint || (pane === "writes" && !read.writes)) {
    return <p className="hint">{isOver ? "The session is over." : "Loading…"}</p>;
  }
  const own = { ...props, checkpoint: read.checkpoint };
  if (pane === "state") return <State {...own} />;
  return pane === "writes" ? <Writes {...own} /> : <Why {...own} />;
}

/** Which step it is, and what can be done with it. */
function About({ store, host, target, enabled, change }: DetailProps & { change(): void }) {
  const at = useStore(store, ({ picture }) => picture.past.at);
  const [problem, setProblem] = useState<string>();
  const { place, step, isChosen, isCursor } = target;
  return (
    <div className="details-about">
      <span className="details-step" title={step?.createdAt}>
        {isChosen ? "After" : isCursor ? "Now: after" : "Newest: after"} {stepText(step)}
        {step?.name !== undefined && <span className="step-name">{step.name}</span>}
      </span>
      {!isChosen && at.length > 1 && (
        <select
          aria-label="Graph"
          value={place.namespace}
          onChange={(event) => store.look({ inside: event.target.value })}
        >
          {at.map(({ namespace, graph }) => (
            <option key={namespace} value={namespace}>
              {graph === "" ? "the graph" : graph.replaceAll("/", ":")}
            </option>
          ))}
        </select>
      )}
      {isChosen && (
        <button
          type="button"
          className="link"
          onClick={() => store.look({ step: undefined, base: undefined })}
        >
          Follow the run
        </button>
      )}
      {isChosen && !isCursor && enabled && (
        <button
          type="button"
          className="link"
          onClick={() =>
            host.request({ type: "fork", at: place }).then(
              () => store.look({ step: undefined }),
              (error: Error) => setProblem(error.message),
            )
          }
        >
          Go there
        </button>
      )}
      {isCursor && enabled && (step?.edits ?? 0) > 0 && (
        <button
          type="button"
          className="link"
          onClick={() =>
            host
              .request({ type: "undoEdit", namespace: place.namespace })
              .catch((error: Error) => setProblem(error.message))
          }
        >
          Undo edit
        </button>
      )}
      {enabled && (
        <button type="button" className="link" onClick={change}>
          Update…
        </button>
      )}
      {problem !== undefined && (
        <span className="problem" role="alert">
          {problem}
        </span>
      )}
    </div>
  );
}

function keyOf({ threadId = "", namespace, checkpointId }: CheckpointPlace): string {
  return `${threadId} ${namespace} ${checkpointId}`;
}
