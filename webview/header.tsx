// One sentence that says where the run stands, in the words of the debugger, and what it is about.

import type { PanelStatus } from "../src/protocol/webview.ts";
import type { PartProps } from "./parts.ts";
import { useStore } from "./store.ts";

const icons: { readonly [Kind in PanelStatus["kind"]]: string } = {
  empty: "circle-large-outline",
  loading: "loading",
  running: "loading",
  stopped: "debug-pause",
  waiting: "comment-unresolved",
  input: "comment-unresolved",
  ended: "pass",
  failed: "error",
  disconnected: "debug-disconnect",
};

export function Header({ store }: PartProps) {
  const status = useStore(store, ({ picture }) => picture.status);
  const title = useStore(store, ({ picture }) => picture.title);
  const thread = useStore(store, ({ picture }) => picture.thread);
  const waiting = useStore(store, ({ picture }) => picture.interrupts.length);
  const { kind, text, step } = status;
  const isBusy = kind === "running" || kind === "loading";
  return (
    <header className={`header header-${kind}`}>
      <div className="header-main">
        <span className={`header-icon codicon codicon-${icons[kind]}`} aria-hidden="true" />
        <h1 className="header-text" title={text}>
          {text}
        </h1>
      </div>
      {/* Stops are announced; each node that runs is not. */}
      <span className="heard" role="status">
        {kind === "running" ? "Running" : text}
      </span>
      {waiting > 1 && <span className="header-count">{waiting} questions</span>}
      <span className="header-about">
        {title !== "" && <span className="header-title">{title}</span>}
        {thread !== undefined && (
          <span className="header-thread" title={`Thread ${thread}`}>
            thread {thread.length > 8 ? `${thread.slice(0, 8)}…` : thread}
          </span>
        )}
        {step !== undefined && <span className="header-step">step {step}</span>}
      </span>
      {isBusy && <span className="header-progress" aria-hidden="true" />}
    </header>
  );
}
