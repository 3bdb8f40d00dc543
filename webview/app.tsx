// The panel as a whole: where the run stands, its questions, its graph.

import { type KeyboardEvent, type PointerEvent, useCallback } from "react";
import { GraphArea } from "./graph/area.tsx";
import { Header } from "./header.tsx";
import type { Send } from "./host.ts";
import { Failure, NoGraph } from "./notices.tsx";
import type { PartProps } from "./parts.ts";
import { Questions } from "./questions/index.tsx";
import { useStore } from "./store.ts";

export function App(props: PartProps) {
  const { store, host } = props;
  const kind = useStore(store, ({ picture }) => picture.status.kind);
  const interrupts = useStore(store, ({ picture }) => picture.interrupts);
  const drafts = useStore(store, ({ picture }) => picture.drafts);
  const split = useStore(store, ({ view }) => view.split);
  const hasGraph = useStore(store, ({ picture }) => picture.graphs.some(({ nodes }) => nodes.length > 0));
  const asks = interrupts.length > 0;
  const send = useCallback<Send>(
    (message) => {
      if (message.type === "draft") store.draft(message.key, message.value);
      host.send(message);
    },
    [store, host],
  );
  return (
    <main
      className={`panel panel-${kind}${asks ? " panel-asks" : ""}`}
      ref={(element) => element?.style.setProperty("--split", `${split}%`)}
    >
      <Header {...props} />
      <Failure {...props} />
      <div className="columns">
        {hasGraph ? <GraphArea {...props} /> : <NoGraph {...props} />}
        {asks && <Sash {...props} />}
        {asks && (
          <section className="questions" aria-label="Questions">
            <Questions
              interrupts={interrupts}
              drafts={drafts}
              send={send}
              request={host.request}
              enabled={kind !== "disconnected"}
            />
          </section>
        )}
      </div>
    </main>
  );
}

/** Between the graph and the questions, where they stand side by side; moved by pointer or arrow keys. */
function Sash({ store }: PartProps) {
  const split = useStore(store, ({ view }) => view.split);
  const set = (percent: number): void =>
    store.look({ split: Math.round(Math.min(80, Math.max(20, percent))) });
  const move = (event: PointerEvent<HTMLElement>): void => {
    const box = event.currentTarget.parentElement?.getBoundingClientRect();
    if (box && event.currentTarget.hasPointerCapture(event.pointerId)) {
      set(((event.clientX - box.left) / box.width) * 100);
    }
  };
  const press = (event: KeyboardEvent): void => {
    if (event.key === "ArrowLeft") set(split - 5);
    else if (event.key === "ArrowRight") set(split + 5);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a rule can't be moved
    <div
      className="sash"
      role="separator"
      aria-orientation="vertical"
      aria-label="Width of the graph"
      aria-valuenow={split}
      aria-valuemin={20}
      aria-valuemax={80}
      tabIndex={0}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={move}
      onKeyDown={press}
    />
  );
}
