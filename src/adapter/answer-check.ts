// Checks an answer against the schema that the graph's code gave for it, before it is sent.

import { Validator } from "@cfworker/json-schema";
import { isObject } from "../model/json.ts";
import type { InterruptInfo, Json } from "../protocol/runtime.ts";
import { badJson, unfitAnswer } from "./errors.ts";

/** Throws for an answer that the interrupt's schema doesn't allow, and says what is wrong. */
export function checkAnswer({ node, responseSchema }: InterruptInfo, answer: Json): void {
  const why = whyUnfit(responseSchema, answer);
  if (why !== undefined) throw unfitAnswer(node, why);
}

/**
 * What a typed line stands for: JSON where it is JSON, else the text itself, since an answer is most often a word. Where
 * only the text fits the schema, it is the text: "42" may be asked for as text.
 */
export function answerFrom(text: string, { responseSchema }: Pick<InterruptInfo, "responseSchema">): Json {
  let parsed: Json;
  try {
    parsed = JSON.parse(text) as Json;
  } catch (error) {
    // Broken JSON is a slip, not an answer.
    if (/^\s*[[{"]/.test(text)) throw badJson("The answer", (error as Error).message);
    return text.trim();
  }
  const onlyText =
    whyUnfit(responseSchema, parsed) !== undefined && whyUnfit(responseSchema, text.trim()) === undefined;
  return onlyText ? text.trim() : parsed;
}

/** Undefined for a value that fits, and where there is no schema that can be used. */
function whyUnfit(schema: Json | undefined, value: Json): string | undefined {
  if (!isObject(schema)) return undefined;
  try {
    const { valid, errors } = new Validator(schema, "2020-12", false).validate(value);
    if (valid) return undefined;
    // The innermost is the cause; those around it say only that something inside is wrong.
    const [error] = [...errors].sort((a, b) => depth(b.instanceLocation) - depth(a.instanceLocation));
    if (!error) return "it does not match its schema.";
    const place = error.instanceLocation.replace(/^#\/?/, "");
    return place === "" ? error.error : `${place}: ${error.error}`;
  } catch {
    // A schema that can't be read says nothing about the answer.
    return undefined;
  }
}

function depth(location: string): number {
  return location.split("/").length;
}
