// What can go along with an answer: a change of the state, and nodes that come next instead.

import { isObject, type Json, type JsonObject } from "../../src/model/json.ts";

/** As typed. */
export interface MoreDraft {
  readonly update: string;
  readonly goto: string;
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
  readonly disabled: boolean;
  change(draft: MoreDraft): void;
}

export function More({ draft, disabled, change }: MoreProps) {
  return (
    <details>
      <summary>Along with the answer</summary>
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
