// Checks an answer against the schema that the graph's code gave for it, before it is sent.

import { whyUnfit } from "../model/questions/fit.ts";
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
