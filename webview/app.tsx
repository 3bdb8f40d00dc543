// The panel as a whole: where the run stands, its questions, its graph.

import { GraphArea } from "./graph/area.tsx";
import { Header } from "./header.tsx";
import type { PartProps } from "./parts.ts";
import { Questions } from "./questions/index.tsx";
import { useStore } from "./store.ts";

export function App({ store, host }: PartProps) {
  const picture = useStore(store, (state) => state.picture);
  const { interrupts, drafts, status } = picture;
  return (
    <main className="panel" data-status={status.kind}>
      <Header store={store} host={host} />
      {interrupts.length > 0 && (
        <section className="questions" aria-label="Questions">
          <Questions
            interrupts={interrupts}
            drafts={drafts}
            send={host.send}
            request={host.request}
            enabled={status.kind !== "disconnected"}
          />
        </section>
      )}
      <GraphArea store={store} host={host} />
    </main>
  );
}
