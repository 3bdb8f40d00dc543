// Recognises what an interrupt asks by the shape of its payload, whichever language and library wrote it.

import { isObject, type Json, type JsonObject } from "../json.ts";
import { callsIn } from "./calls.ts";
import type { Choice, Question, Way } from "./question.ts";
import { askedIn } from "./text.ts";

/** Never throws: what is not recognised is a free question, answered with text or JSON. */
export function recognise(value: Json, responseSchema?: Json): Question {
  const calls = callsIn(value);
  if (calls) return calls;
  if (isObject(responseSchema) && Object.keys(responseSchema).length > 0)
    return { kind: "schema", schema: responseSchema };
  return free(value);
}

/** Every question can be answered in these ways. */
const always: readonly Way[] = ["text", "yesNo", "number", "json"];
const choiceKeys = ["options", "choices", "allowed", "allowed_values", "allowedValues", "enum", "values"];
/** A text that is worth an editor. */
const longText = 60;

function free(value: Json): Question {
  const { text: question, key, details } = askedIn(value);
  const choices = details.flatMap(([name, detail]) => (choiceKeys.includes(name) ? choicesIn(detail) : []));
  const rest = choices.length > 0 ? details.filter(([name]) => !choiceKeys.includes(name)) : details;
  const yesNo = asksYesNo(question);
  const task = key === "task" || key?.startsWith("instruction") === true || (asksToEdit(question) && !yesNo);
  const text = textIn(rest, task);
  const object = objectIn(value, rest, question === undefined);
  const likely: Way[] = [];
  if (choices.length > 0) likely.push("choice");
  if (task && text) likely.push("editText");
  if (object && (question === undefined || (task && !text))) likely.push("editObject");
  if (likely.length === 0 && yesNo) likely.push("yesNo");
  if (likely.length === 0 && asksNumber(question)) likely.push("number");
  if (likely.length === 0) likely.push("text");
  const more: Way[] = [
    ...(text ? (["editText"] as const) : []),
    ...(object ? (["editObject"] as const) : []),
  ];
  return {
    kind: "free",
    ways: [...new Set([...likely, ...more, ...always])],
    choices,
    ...(text && { text }),
    ...(object && { object }),
  };
}

function choicesIn(value: Json): Choice[] {
  if (isObject(value))
    return Object.entries(value).map(([name, label]) => ({ label: show(label), value: name }));
  if (!Array.isArray(value)) return [];
  const choices = value.map((item): Choice | undefined => {
    if (typeof item !== "object" || item === null) return { label: show(item), value: item };
    if (Array.isArray(item)) return undefined;
    const { value: own, id, label, name, title } = item;
    const given = own ?? id ?? name;
    return given === undefined ? undefined : { label: show(label ?? title ?? name ?? given), value: given };
  });
  return choices.every((choice) => choice !== undefined) ? choices : [];
}

/** The longest text, where there is a long one or the question is about any. */
function textIn(
  details: readonly (readonly [string, Json])[],
  any: boolean,
): { key: string; value: string } | undefined {
  let best: { key: string; value: string } | undefined;
  for (const [key, value] of details) {
    if (typeof value !== "string") continue;
    if (!any && value.length < longText && !value.includes("\n")) continue;
    if (!best || value.length > best.value.length) best = { key, value };
  }
  return best;
}

/** The first object; the payload itself where it holds no question. */
function objectIn(
  value: Json,
  details: readonly (readonly [string, Json])[],
  whole: boolean,
): { key?: string; value: JsonObject } | undefined {
  if (whole && isObject(value)) return Object.keys(value).length > 0 ? { value } : undefined;
  for (const [key, detail] of details) {
    if (isObject(detail) && Object.keys(detail).length > 0) return { key, value: detail };
  }
  return undefined;
}

function asksToEdit(question: string | undefined): boolean {
  return /\b(edit|revise|correct|rewrite|amend)\b/i.test(question ?? "");
}

function asksYesNo(question: string | undefined): boolean {
  const first =
    /^[\s#*_]*(approve|confirm|allow|accept|proceed|continue|do|does|did|is|are|was|has|have|should|shall|can|could|may|might|would|will|ok|okay)\b/i;
  const sentences = (question ?? "").split(/(?<=[.!?])\s+|\n+/);
  return sentences.some((sentence) => first.test(sentence) && sentence.includes("?"));
}

function asksNumber(question: string | undefined): boolean {
  return /\b(how (many|much|old)|what (number|age|amount|quantity)|which number)\b/i.test(question ?? "");
}

function show(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
