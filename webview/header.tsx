// One sentence that says where the run stands, in the words of the debugger, and what it is about.

import type { PanelStatus } from "../src/protocol/webview.ts";
import type { PartProps } from "./parts.ts";
import { placeOf } from "./past/actions.ts";
import { useTimeline } from "./past/target.ts";
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

export function Header({ store, timelines }: PartProps) {
  const status = useStore(store, ({ picture }) => picture.status);
  const title = useStore(store, ({ picture }) => picture.title);
  const thread = useStore(store, ({ picture }) => picture.thread);
  const waiting = useStore(store, ({ picture }) => picture.interrupts.length);
  const { kind, text, step } = status;
  const name = useStore(store, ({ picture }) => picture.threadName);
  const { branches = 0 } = useTimeline(timelines, "") ?? {};
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
          <span
            className="header-thread"
            title={name === "" ? `Thread ${thread}` : `Thread ${name}, ${thread}`}
          >
            {name || `thread ${thread.length > 8 ? `${thread.slice(0, 8)}…` : thread}`}
          </span>
        )}
        {step !== undefined && <span className="header-step">step {step}</span>}
        {branches > 1 && (
          <button
            type="button"
            className="link header-branches"
            title="Show in the timeline where they part"
            onClick={() =>
              void timelines
                .parting("")
                .then((step) =>
                  store.look({ tab: "timeline", ...(step && { step: placeOf(step), base: undefined }) }),
                )
            }
          >
            <span className="codicon codicon-git-branch" aria-hidden="true" />
            {branches} branches
          </button>
        )}
      </span>
      {isBusy && <span className="header-progress" aria-hidden="true" />}
    </header>
  );
}
