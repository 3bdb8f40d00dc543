// What differs between two steps, by key and path; words of texts are marked by signs as well as by colour.

import { useEffect, useState } from "react";
import type { CheckpointPlace, PanelChange, PanelStep, PastResult } from "../../src/protocol/webview.ts";
import { placeOf } from "../past/actions.ts";
import { lineOf } from "../past/rails.ts";
import { stepText, useTimeline } from "../past/target.ts";
import { useStore } from "../store.ts";
import type { DetailProps } from "./parts.ts";
import { patience } from "./use-checkpoint.ts";

type Read = PastResult<"diff">;

/** So many other branches are offered. */
const mostBranches = 10;

export function Changes({ ask, store, host, timelines, target, enabled }: DetailProps) {
  const chosen = useStore(store, ({ view }) => view.base);
  const version = useStore(store, ({ picture }) => (target.isCursor ? picture.past.version : 0));
  const isOver = useStore(store, ({ picture }) => picture.status.kind === "disconnected");
  const [read, setRead] = useState<Read>();
  /** Keys that are compared by themselves, being too large to be so with the others. */
  const [alone, setAlone] = useState<{ readonly [key: string]: Read | "asked" }>({});
  const [problem, setProblem] = useState<string>();
  const { place, step } = target;
  const base = chosen ?? parentOf(step);
  const bases = otherBases(place, useTimeline(timelines, place.namespace)?.steps ?? [], chosen);
  const { checkpointId, namespace } = place;
  // biome-ignore lint/correctness/useExhaustiveDependencies: an edit is read anew, though its number is not used
  useEffect(() => {
    if (!base || !enabled) return;
    let left = false;
    setProblem(undefined);
    setAlone({});
    const timer = setTimeout(() => setRead(undefined), patience);
    ask({ type: "diff", from: base, to: { checkpointId, namespace }, start: 0 })
      .then(
        (result) => left || setRead(result),
        (error: Error) => left || setProblem(error.message),
      )
      .finally(() => clearTimeout(timer));
    return () => {
      left = true;
      clearTimeout(timer);
    };
  }, [
    ask,
    checkpointId,
    namespace,
    base?.checkpointId,
    base?.namespace,
    base?.threadId,
    version,
    step?.edits,
    enabled,
  ]);
  if (!read && isOver) return <p className="hint">The session is over.</p>;
  if (!base) {
    return (
      <p className="hint">
        {step ? "This is the first step: nothing came before it." : "The step before is not loaded."}
      </p>
    );
  }
  const more = (): void => {
    ask({ type: "diff", from: base, to: place, start: read?.changes.length ?? 0 }).then(
      (next) => setRead({ ...next, changes: [...(read?.changes ?? []), ...next.changes] }),
      (error: Error) => setProblem(error.message),
    );
  };
  const compare = (key: string): void => {
    const before = alone[key];
    const start = before && before !== "asked" ? before.changes.length : 0;
    setAlone((all) => ({ ...all, [key]: before ?? "asked" }));
    ask({ type: "diff", from: base, to: place, key, start }).then(
      (next) =>
        setAlone((all) => {
          const known = all[key];
          const first = known && known !== "asked" ? known.changes : [];
          return { ...all, [key]: { ...next, changes: [...first, ...next.changes] } };
        }),
      (error: Error) => setProblem(error.message),
    );
  };
  const open = (path: PanelChange["path"]): void => {
    host
      .request({ type: "openDiff", from: base, to: place, path })
      .catch((error: Error) => setProblem(error.message));
  };
  return (
    <div className="pane">
      <div className="pane-top">
        <label className="against">
          Against{" "}
          <select
            value={chosen ? JSON.stringify(chosen) : ""}
            onChange={({ target: { value } }) =>
              store.look({ base: value === "" ? undefined : (JSON.parse(value) as CheckpointPlace) })
            }
          >
            <option value="">the step before</option>
            {bases.map(({ at, text }) => (
              <option key={JSON.stringify(at)} value={JSON.stringify(at)}>
                {text}
              </option>
            ))}
          </select>
        </label>
        {read && <span role="status">{countText(read)}</span>}
        {!chosen && bases[0] && (
          <button
            type="button"
            className="link"
            title={`With ${bases[0].text}`}
            onClick={() => store.look({ step: place, base: bases[0]?.at })}
          >
            Compare with the other branch
          </button>
        )}
        {chosen && chosen.threadId === undefined && (
          <button type="button" className="link" onClick={() => store.look({ step: chosen, base: place })}>
            Swap
          </button>
        )}
        {problem !== undefined && (
          <span className="problem" role="alert">
            {problem}
          </span>
        )}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it is scrolled by keys */}
      <section className="scroll" aria-label="Changes" tabIndex={0}>
        {!read && problem === undefined && <p className="hint">Loading…</p>}
        <ul className="changes">
          {read?.changes.map((change) => (
            <OneChange
              key={JSON.stringify([change.key, change.path, change.change])}
              change={change}
              open={open}
            />
          ))}
        </ul>
        {read?.more && (
          <button type="button" className="link" onClick={more}>
            More changes
          </button>
        )}
        {read?.tooLarge.map((large) => (
          <Large
            key={large.key}
            large={large}
            read={alone[large.key]}
            compare={() => compare(large.key)}
            open={open}
          />
        ))}
        {read && !read.more && read.limited && <p className="hint">There are more changes than are shown.</p>}
      </section>
    </div>
  );
}

/** A key whose values are too large to be compared with the others. */
function Large({
  large: { key, change },
  read,
  compare,
  open,
}: {
  readonly large: Read["tooLarge"][number];
  readonly read: Read | "asked" | undefined;
  compare(): void;
  open(path: PanelChange["path"]): void;
}) {
  const found = read === "asked" ? undefined : read;
  const isTooLarge = found?.tooLarge.length === 1;
  return (
    <section className="large" aria-label={key}>
      <div className="change-top">
        <span className="change-sign" aria-hidden="true">
          {signs[change]}
        </span>
        <strong>{key}</strong>
        <span className="quiet">
          {isTooLarge
            ? `${change}; its values are too large to be compared. Look at its parts in the State of both steps.`
            : `${change}; its values are too large to be compared with the others.`}
        </span>
        {read === undefined && (
          <button type="button" className="link" onClick={compare}>
            Compare this key
          </button>
        )}
        {read === "asked" && <span className="quiet">Comparing…</span>}
      </div>
      {found && found.changes.length > 0 && (
        <ul className="changes">
          {found.changes.map((each) => (
            <OneChange key={JSON.stringify([each.path, each.change])} change={each} open={open} />
          ))}
        </ul>
      )}
      {found?.more && (
        <button type="button" className="link" onClick={compare}>
          More changes of {key}
        </button>
      )}
    </section>
  );
}

const signs = { added: "+", removed: "−", changed: "~", moved: "↕" } as const;

function OneChange({
  change,
  open,
}: {
  readonly change: PanelChange;
  open(path: PanelChange["path"]): void;
}) {
  const { key, path, change: kind, from, to, text, item, shortened } = change;
  const full = [key, ...path];
  return (
    <li className={`change change-${kind}`}>
      <div className="change-top">
        <span className="change-sign" aria-hidden="true">
          {signs[kind]}
        </span>
        <strong>{pathText(key, path)}</strong>
        {item !== undefined && <span className="quiet">{item}</span>}
        <span className="quiet">{kind}</span>
        <button type="button" className="link" onClick={() => open(full)}>
          Open in the diff editor
        </button>
      </div>
      {text ? (
        <Words parts={text} />
      ) : (
        <>
          {from !== undefined && kind !== "moved" && <Side sign="−" kind="removed" json={from} />}
          {to !== undefined && <Side sign="+" kind="added" json={to} />}
        </>
      )}
      {shortened && <p className="quiet">Shortened: the diff editor shows all of it.</p>}
    </li>
  );
}

function Side({ sign, kind, json }: { readonly sign: string; readonly kind: string; readonly json: string }) {
  return (
    <pre className={`side-${kind}`}>
      <span aria-hidden="true">{sign} </span>
      <span className="heard">{kind}: </span>
      {json}
    </pre>
  );
}

/** Long parts that are the same are folded to their ends. */
function Words({ parts }: { readonly parts: NonNullable<PanelChange["text"]> }) {
  return (
    <pre className="words">
      {parts.map(({ kind, text }, index) => {
        const key = `${index} ${kind}`;
        if (kind === "added") return <ins key={key}>{text}</ins>;
        if (kind === "removed") return <del key={key}>{text}</del>;
        return (
          <span key={key}>{text.length > 400 ? `${text.slice(0, 160)} … ${text.slice(-160)}` : text}</span>
        );
      })}
    </pre>
  );
}

/** The ends of other branches, and what was chosen. */
function otherBases(
  { namespace, checkpointId }: CheckpointPlace,
  steps: readonly PanelStep[],
  chosen: CheckpointPlace | undefined,
): { readonly at: CheckpointPlace; readonly text: string }[] {
  const parents = new Set(steps.map(({ parentId }) => parentId));
  const own = lineOf(steps, checkpointId);
  const ends = steps
    .filter(({ id }) => !parents.has(id) && !own.has(id))
    .slice(0, mostBranches)
    .map((step) => ({ at: placeOf(step), text: `the branch that ends with ${stepText(step)}` }));
  if (!chosen || ends.some(({ at }) => at.checkpointId === chosen.checkpointId)) return ends;
  const step = steps.find(({ id }) => id === chosen.checkpointId && chosen.namespace === namespace);
  return [{ at: chosen, text: otherText(chosen, step) }, ...ends];
}

function parentOf(step: PanelStep | undefined): CheckpointPlace | undefined {
  return step?.parentId === undefined
    ? undefined
    : { checkpointId: step.parentId, namespace: step.namespace };
}

function otherText({ threadId }: CheckpointPlace, step: PanelStep | undefined): string {
  return threadId === undefined ? stepText(step) : `thread ${threadId}`;
}

function countText({ changes, more, limited, tooLarge }: Read): string {
  const large = tooLarge.length === 0 ? "" : `${tooLarge.length} too large to compare`;
  if (changes.length === 0) return large === "" ? "No change" : large;
  const count =
    changes.length === 1 && !more
      ? "1 change"
      : `${changes.length}${more || limited ? " or more" : ""} changes`;
  return large === "" ? count : `${count}, ${large}`;
}

/** `messages[2].content` */
export function pathText(key: string, path: PanelChange["path"]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === "number") return `${text}[${part}]`;
    return /^[\p{ID_Start}_$][\p{ID_Continue}$]*$/u.test(part)
      ? `${text}.${part}`
      : `${text}[${JSON.stringify(part)}]`;
  }, key);
}
