// What a person types at an interrupt or as input, and how they are asked for it. Knows nothing of VS Code.

import type { WaitingInterrupt } from "../protocol/dap.ts";
import type { Json } from "../protocol/runtime.ts";

/** Keys under which graphs commonly put the question itself. */
const questionKeys = ["question", "message", "prompt", "title", "text", "description", "query", "task"];

/** The question and what comes with it, in one line of at most about 300 characters. */
export function questionText(value: Json): string {
  const asked = Array.isArray(value) && value.length === 1 ? (value[0] ?? null) : value;
  if (typeof asked !== "object" || asked === null || Array.isArray(asked)) return show(asked, 300);
  const key = questionKeys.find((name) => typeof asked[name] === "string" && asked[name] !== "");
  const rest = Object.entries(asked).filter(([name]) => name !== key);
  const details = rest.map(([name, detail]) => `${name}: ${show(detail, 120)}`).join(" · ");
  const question = key === undefined ? "" : show(asked[key] ?? null, 200);
  return shorten([question, details].filter((part) => part !== "").join(" · "), 300);
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

function asJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
