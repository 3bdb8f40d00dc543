// Checks an answer, and what goes along with it, before it is sent: against the schema that the graph's code gave.

import { isObject, type JsonObject } from "../model/json.ts";
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

/** A state update and nodes to go to, as `Command` takes them: one name may stand for a list. `problem` makes errors. */
export function alongWith(
  update: Json | undefined,
  goto: Json | undefined,
  problem: (why: string) => Error,
): { update?: JsonObject; goto?: string[] } {
  if (update !== undefined && !isObject(update))
    throw problem('"update" must be an object of the state\'s keys.');
  const nodes = typeof goto === "string" ? [goto] : (goto ?? []);
  if (!Array.isArray(nodes) || !nodes.every((name) => typeof name === "string"))
    throw problem('"goto" must be the name of a node, or a list of them.');
  return { ...(update && { update }), ...(nodes.length > 0 && { goto: nodes }) };
}
