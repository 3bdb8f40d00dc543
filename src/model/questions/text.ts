// The words of a question: its text, one line of it, and what comes with it in the payload.

import { isObject, type Json } from "../json.ts";

/** Keys under which graphs put the question itself. */
const questionKeys = [
  "question",
  "message",
  "prompt",
  "title",
  "text",
  "description",
  "query",
  "task",
  "instruction",
  "instructions",
];
const lineLength = 120;

export interface Asked {
  /** The question as it is written; may be Markdown. Absent where the payload has none. */
  readonly text?: string;
  /** The key that it stands under; absent where the payload is the question. */
  readonly key?: string;
  /** The rest of the payload. */
  readonly details: readonly (readonly [string, Json])[];
}

/** Takes the question out of its payload. A list of one is its item. */
export function askedIn(value: Json): Asked {
  if (typeof value === "string") return { text: value, details: [] };
  const payload = Array.isArray(value) && value.length === 1 ? value[0] : value;
  if (!isObject(payload)) return { details: [] };
  const key = questionKeys.find((name) => {
    const text = payload[name];
    return typeof text === "string" && text.trim() !== "";
  });
  const details = Object.entries(payload).filter(([name]) => name !== key);
  const text = key === undefined ? undefined : payload[key];
  return typeof text === "string" && key !== undefined ? { text, key, details } : { details };
}

/** What an interrupt asks in one line of at most 120 characters, without the marks of a Markdown heading. */
export function questionLine(value: Json): string {
  const calls = callNames(value);
  const { text } = askedIn(value);
  if (calls.length > 0 && text === undefined) return oneLine(`Review ${calls.join(", ")}`);
  return oneLine(text ?? JSON.stringify(value) ?? "");
}

function oneLine(text: string): string {
  const line = text
    .split(/\r?\n/)
    .map((each) => each.replace(/^\s*#{1,6}\s+/, "").replace(/\s+#+\s*$/, ""))
    .find((each) => each.trim() !== "" && !/^\s*#+\s*$/.test(each));
  const shown = (line ?? "").trim();
  return shown.length > lineLength ? `${shown.slice(0, lineLength - 1)}…` : shown;
}

/** Names of the calls that wait for a decision. */
function callNames(value: Json): string[] {
  const items = Array.isArray(value) ? value : [value];
  return items.flatMap((item) => {
    if (!isObject(item)) return [];
    const one = item.action_request ?? item.actionRequest;
    const many = item.action_requests ?? item.actionRequests;
    const calls = Array.isArray(many) ? many : [one ?? null];
    return calls.flatMap((call) => {
      const name = isObject(call) ? (call.name ?? call.action) : undefined;
      return typeof name === "string" ? [name] : [];
    });
  });
}
