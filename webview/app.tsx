// The panel as a whole: where the run stands, its questions, its graph, its steps and the state after each.

import { useCallback } from "react";
import { GraphArea } from "./graph/area.tsx";
import { Header } from "./header.tsx";
import type { Send } from "./host.ts";
import { Failure, NoGraph } from "./notices.tsx";
import type { PartProps } from "./parts.ts";
import { Timeline } from "./past/timeline.tsx";
import { Questions } from "./questions/index.tsx";
import { Input, inputDraft } from "./questions/input.tsx";
import { Sash } from "./sash.tsx";
import { Details } from "./state/details.tsx";
import { useStore } from "./store.ts";
import { Tabs } from "./tabs.tsx";

export function App(props: PartProps) {
  const { store } = props;
  const kind = useStore(store, ({ picture }) => picture.status.kind);
  const waits = useStore(store, ({ picture }) => picture.interrupts.length > 0);
  const { split, rows, tab } = useStore(store, ({ view }) => view);
  const hasGraph = useStore(store, ({ picture }) => picture.graphs.some(({ nodes }) => nodes.length > 0));
  const takesInput = useStore(
    store,
    ({ picture: { thread, status } }) =>
      thread !== undefined && (status.kind === "input" || status.kind === "ended"),
  );
  const asks = waits || takesInput;
  const hasPast = useStore(store, ({ picture }) => picture.thread !== undefined) && hasGraph;
  const graph = hasGraph ? <GraphArea {...props} /> : <NoGraph {...props} />;
  const classes = [
    "panel",
    `panel-${kind}`,
    asks && "panel-asks",
    hasPast && `panel-past tab-${tab}`,
    (asks || hasPast) && "panel-two",
  ];
  return (
    <main
      className={classes.filter(Boolean).join(" ")}
      ref={(element) => {
        element?.style.setProperty("--split", `${split}%`);
        element?.style.setProperty("--rows", String(rows));
      }}
    >
      <Header {...props} />
      <Failure {...props} />
      <div className="columns">
        {hasPast && <Tabs {...props} />}
        {graph}
        {(asks || hasPast) && (
          <>
            <Sash
              name="Width of the graph"
              at={split}
              vertical
              move={(percent) => store.look({ split: percent })}
            />
            <div className="side">
              {waits && <Asked {...props} />}
              {takesInput && !waits && <AskedInput {...props} />}
              {hasPast && (
                <div className="sides">
                  <Timeline {...props} />
                  <Sash
                    name="Height of the timeline"
                    at={rows}
                    vertical={false}
                    move={(percent) => store.look({ rows: percent })}
                  />
                  <Details {...props} />
                </div>
              )}
            </div>
          </>
        )}
      </div>
    </main>
  );
}

function AskedInput({ store, host }: PartProps) {
  const waits = useStore(store, ({ picture }) => picture.status.kind === "input");
  const thread = useStore(store, ({ picture }) => picture.thread);
  const drafts = useStore(store, ({ picture }) => picture.drafts);
  const send = useSend(store, host);
  return (
    <section className="questions" aria-label="Input">
      <Input
        key={`${thread} ${waits}`}
        waits={waits}
        kept={drafts[inputDraft]}
        send={send}
        request={host.request}
      />
    </section>
  );
}

/** What is typed is kept in the panel, too. */
function useSend(store: PartProps["store"], host: PartProps["host"]): Send {
  return useCallback<Send>(
    (message) => {
      if (message.type === "draft") store.draft(message.key, message.value);
      host.send(message);
    },
    [store, host],
  );
}

function Asked({ store, host }: PartProps) {
  const kind = useStore(store, ({ picture }) => picture.status.kind);
  const interrupts = useStore(store, ({ picture }) => picture.interrupts);
  const drafts = useStore(store, ({ picture }) => picture.drafts);
  const send = useSend(store, host);
  return (
    <section className="questions" aria-label="Questions">
      <Questions
        interrupts={interrupts}
        drafts={drafts}
        send={send}
        request={host.request}
        enabled={kind !== "disconnected"}
      />
    </section>
  );
}
