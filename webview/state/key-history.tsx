// The values that a key of the state has had on this branch, newest first, each with who wrote it.

import { useEffect, useState } from "react";
import type { CheckpointPlace, PanelWriting } from "../../src/protocol/webview.ts";
import { parsed } from "./body.tsx";
import type { DetailProps } from "./parts.ts";

export function KeyHistory({
  ask,
  store,
  target,
  name,
  close,
}: DetailProps & { readonly name: string; close(): void }) {
  const { checkpointId, namespace } = target.place;
  const [read, setRead] = useState<{ readonly writings: readonly PanelWriting[]; readonly more: boolean }>();
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    let left = false;
    ask({ type: "keyHistory", at: { checkpointId, namespace }, key: name, limit: 100 }).then(
      (result) => left || setRead(result),
      (error: Error) => left || setProblem(error.message),
    );
    return () => {
      left = true;
    };
  }, [ask, checkpointId, namespace, name]);
  const compare = (writing: PanelWriting, base: PanelWriting): void =>
    store.look({
      step: { checkpointId: writing.checkpointId, namespace },
      base: { checkpointId: base.checkpointId, namespace },
      pane: "changes",
    });
  return (
    <div className="pane">
      <div className="pane-top">
        <button type="button" className="link" onClick={close}>
          ← State
        </button>
        <strong>History of {name}</strong>
      </div>
      {problem !== undefined && (
        <p className="hint problem" role="alert">
          {problem}
        </p>
      )}
      {!read && problem === undefined && <p className="hint">Loading…</p>}
      {read?.writings.length === 0 && <p className="hint">Nothing has written {name} on this branch.</p>}
      <ul className="list">
        {read?.writings.map((writing, index) => {
          const before = read.writings[index + 1];
          return (
            <li key={writing.checkpointId}>
              <details>
                <summary>
                  Step {writing.step}, {writing.nodes.join(", ") || writing.source}
                </summary>
                <Value ask={ask} at={{ checkpointId: writing.checkpointId, namespace }} name={name} />
              </details>
              <button
                type="button"
                className="link"
                onClick={() =>
                  store.look({ step: { checkpointId: writing.checkpointId, namespace }, base: undefined })
                }
              >
                Look at it
              </button>
              {before && (
                <button type="button" className="link" onClick={() => compare(writing, before)}>
                  Compare with the one before
                </button>
              )}
            </li>
          );
        })}
      </ul>
      {read?.more && <p className="hint">Older writings are not shown.</p>}
    </div>
  );
}

/** Read when it is opened. */
function Value({
  ask,
  at,
  name,
}: { readonly name: string; readonly at: CheckpointPlace } & Pick<DetailProps, "ask">) {
  const [read, setRead] = useState<string>();
  const [element, setElement] = useState<HTMLElement | null>(null);
  const { checkpointId, namespace } = at;
  useEffect(() => {
    const details = element?.closest("details");
    if (!details || read !== undefined) return;
    const load = (): void => {
      if (!details.open) return;
      ask({ type: "json", at: { checkpointId, namespace }, path: [name] }).then(
        ({ json, shortened }) => {
          const value = parsed(json);
          const text = typeof value === "string" ? value : json;
          setRead(shortened ? `${text}…` : text);
        },
        (error: Error) => setRead(error.message),
      );
    };
    details.addEventListener("toggle", load);
    return () => details.removeEventListener("toggle", load);
  }, [element, read, ask, checkpointId, namespace, name]);
  return (
    <pre className="body-text" ref={setElement}>
      {read ?? "Loading…"}
    </pre>
  );
}
