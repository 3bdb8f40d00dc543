// What a person types at an interrupt or as input, and how they are asked for it. Knows nothing of VS Code.

import { whyUnfit } from "../model/questions/fit.ts";
import { askedIn } from "../model/questions/text.ts";
import type { WaitingInterrupt } from "../protocol/dap.ts";
import type { Json } from "../protocol/runtime.ts";

/** The question and what comes with it, in one line of at most about 300 characters. */
export function questionText(value: Json): string {
  const { text, details } = askedIn(value);
  if (details.length === 0) return show(text ?? value, 300);
  const rest = details.map(([name, detail]) => `${name}: ${show(detail, 120)}`);
  return shorten([...(text === undefined ? [] : [show(text, 200)]), ...rest].join(" · "), 300);
}

function show(value: Json, length: number): string {
  return shorten(
    (typeof value === "string" ? value : JSON.stringify(value)).replaceAll(/\s+/g, " ").trim(),
    length,
  );
}

function shorten(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}

/** A field of the input, as the adapter's scope Input shows it. */
export interface InputField {
  readonly name: string;
  /** As JSON Schema says it: `string`, `array of object`. */
  readonly type?: string;
  /** JSON, or "(required)" or "(not set)". */
  readonly value: string;
}

/** The fields in a few words, and JSON to begin with: with the fields that are required, if any. */
export function inputTemplate(fields: readonly InputField[]): {
  summary: string;
  example: string;
  start: string;
} {
  const summary = fields
    .map(({ name, type }) => (type === undefined ? name : `${name} (${type})`))
    .join(", ");
  const open = fields.filter(({ value }) => value.startsWith("("));
  const required = open.filter(({ value }) => value === "(required)");
  const json = (chosen: readonly InputField[]) =>
    chosen.length === 0
      ? ""
      : JSON.stringify(Object.fromEntries(chosen.map((field) => [field.name, blank(field)])));
  return { summary: shorten(summary, 300), example: json(open), start: json(required) };
}

function blank({ name, type = "" }: InputField): Json {
  if (name === "messages") return [{ role: "user", content: "" }];
  if (type.startsWith("array")) return [];
  if (/^(integer|number)/.test(type)) return 0;
  if (type.startsWith("boolean")) return false;
  if (type.startsWith("object")) return {};
  return type.startsWith("string") ? "" : null;
}

/** The answer that a text stands for: JSON where it is JSON, else the text itself. */
export function parseAnswer(text: string, interrupt: Pick<WaitingInterrupt, "responseSchema">): Json {
  const schema = interrupt.responseSchema;
  // "42" typed where a text is asked for is a text.
  if (typeof schema === "object" && schema !== null && !Array.isArray(schema) && schema.type === "string") {
    const quoted = /^\s*".*"\s*$/s.test(text) ? asJson(text) : undefined;
    return typeof quoted === "string" ? quoted : text;
  }
  return asJson(text) ?? text;
}

/** Why a text that is meant as JSON is none, or undefined. Plain text is never wrong. */
export function jsonMistake(text: string): string | undefined {
  if (!/^\s*[[{"]/.test(text)) return undefined;
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return `Not valid JSON: ${(error as Error).message}`;
  }
}

/** Why a text can't be the answer: it is broken JSON, or does not fit the schema of the answer. Else undefined. */
export function answerMistake(
  text: string,
  interrupt: Pick<WaitingInterrupt, "responseSchema">,
): string | undefined {
  const mistake = jsonMistake(text);
  if (mistake !== undefined) return mistake;
  const why = whyUnfit(interrupt.responseSchema, parseAnswer(text, interrupt));
  return why === undefined ? undefined : `Does not fit what is asked for: ${why}`;
}

function asJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
