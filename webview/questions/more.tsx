// What can go along with answers: a change of the state, and nodes that come next instead.

import { useState } from "react";
import { isObject, type Json, type JsonObject } from "../../src/model/json.ts";
import type { Send } from "../host.ts";

/** As typed. */
export interface MoreDraft {
  readonly update: string;
  readonly goto: string;
}

const nothing: MoreDraft = { update: "", goto: "" };

/**
 * What is typed for these questions, kept as their drafts are; `change` without a draft forgets it. What is typed here
 * counts more than what is `kept`, which may come late.
 */
export function useMore(
  key: string,
  kept: Json | undefined,
  send: Send,
): readonly [more: MoreDraft, change: (more?: MoreDraft) => void] {
  const [own, setOwn] = useState<{ readonly key: string; readonly more: MoreDraft }>();
  const change = (more: MoreDraft = nothing): void => {
    setOwn({ key, more });
    send({ type: "draft", key, ...(isFilled(more) && { value: { ...more } }) });
  };
  return [own?.key === key ? own.more : readMore(kept), change];
}

function isFilled({ update, goto }: MoreDraft): boolean {
  return update !== "" || goto !== "";
}

/** Empty for what is none. */
function readMore(kept: Json | undefined): MoreDraft {
  const { update, goto } = isObject(kept) ? kept : {};
  return {
    update: typeof update === "string" ? update : "",
    goto: typeof goto === "string" ? goto : "",
  };
}

export interface AlongWith {
  readonly update?: JsonObject;
  readonly goto?: string[];
}

/** What goes along, or in one line why it can't. */
export function alongWith({ update, goto }: MoreDraft): AlongWith | string {
  const nodes = goto
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  const jump = nodes.length > 0 ? { goto: nodes } : {};
  if (update.trim() === "") return jump;
  try {
    const value = JSON.parse(update) as Json;
    return isObject(value)
      ? { update: value, ...jump }
      : "The state update must be a JSON object of the state's keys.";
  } catch (error) {
    return `The state update is not JSON: ${(error as Error).message}`;
  }
}

export interface MoreProps {
  readonly draft: MoreDraft;
  /** It goes along with whichever of several is answered next, or with all. */
  readonly several: boolean;
  readonly disabled: boolean;
  change(draft: MoreDraft): void;
}

export function More({ draft, several, disabled, change }: MoreProps) {
  const [open, setOpen] = useState(false);
  return (
    <details open={open || isFilled(draft)} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{several ? "Along with the answers sent" : "Along with the answer"}</summary>
      <label className="stacked">
        State update (JSON object)
        <textarea
          className="code"
          spellCheck={false}
          rows={2}
          value={draft.update}
          disabled={disabled}
          onChange={(event) => change({ ...draft, update: event.target.value })}
        />
      </label>
      <label className="stacked">
        Nodes to go to (names, with commas between)
        <input
          type="text"
          value={draft.goto}
          disabled={disabled}
          onChange={(event) => change({ ...draft, goto: event.target.value })}
        />
      </label>
    </details>
  );
}
