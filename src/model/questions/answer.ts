// What a person has filled in so far, and the exact JSON that it makes.

import { isObject, type Json, type JsonObject } from "../json.ts";
import { decisionsAnswer } from "./calls.ts";
import type { Call, Decision, Question, Way } from "./question.ts";

/** About one call; what was typed stays when another decision is chosen. */
export interface CallDraft {
  readonly decision?: Decision;
  readonly args?: Json;
  readonly message?: string;
}

/** What is filled in. All of it is JSON, so that it can be kept. */
export interface Draft {
  /** `form`: the calls, or the schema's form. */
  readonly way: Way | "form";
  /** As typed, for `text` and `editText`. */
  readonly text?: string;
  /** As typed. */
  readonly number?: string;
  readonly yes?: boolean;
  /** Number of the choice, from 0. */
  readonly choice?: number;
  /** Of the schema's form, or the edited object. */
  readonly value?: Json;
  /** As typed. */
  readonly json?: string;
  /** Edited text or object goes back under its key. */
  readonly keyed?: boolean;
  readonly calls?: readonly CallDraft[];
}

/** `missing` says what is still to do. */
export type Made = { readonly answer: Json } | { readonly missing: string };

/** An untouched form. */
export function emptyDraft(question: Question): Draft {
  if (question.kind === "calls") return { way: "form", calls: question.calls.map(() => ({})) };
  if (question.kind === "free") return { way: question.ways[0] ?? "text" };
  const value = defaultOf(question.schema, 0);
  return { way: "form", ...(value !== undefined && { value }) };
}

/** A draft that was kept; an untouched form for what is none, or fits the question no more. */
export function readDraft(question: Question, kept: Json | undefined): Draft {
  const empty = emptyDraft(question);
  if (!isObject(kept)) return empty;
  const { way, text, number, yes, choice, json, value, keyed, calls } = kept;
  const ways: readonly Json[] = question.kind === "free" ? question.ways : ["form", "text", "json"];
  if (!ways.includes(way ?? null)) return empty;
  return {
    way: way as Draft["way"],
    ...(typeof text === "string" && { text }),
    ...(typeof number === "string" && { number }),
    ...(typeof yes === "boolean" && { yes }),
    ...(typeof choice === "number" && { choice }),
    ...(typeof json === "string" && { json }),
    ...(value !== undefined && { value }),
    ...(keyed === true && { keyed }),
    ...(question.kind === "calls" && {
      calls: question.calls.map((call, index) => readCall(call, Array.isArray(calls) ? calls[index] : null)),
    }),
  };
}

function readCall({ decisions }: Call, kept: Json | undefined): CallDraft {
  if (!isObject(kept)) return {};
  const decision = decisions.find((each) => each === kept.decision);
  const { args, message } = kept;
  return {
    ...(decision !== undefined && { decision }),
    ...(args !== undefined && { args }),
    ...(typeof message === "string" && { message }),
  };
}

/** The exact JSON that is sent. */
export function answerOf(question: Question, draft: Draft): Made {
  if (draft.way === "json") return fromJson(draft.json);
  if (draft.way === "text")
    return draft.text === undefined ? missing("Type an answer.") : { answer: draft.text };
  if (draft.way === "yesNo")
    return draft.yes === undefined ? missing("Choose yes or no.") : { answer: draft.yes };
  if (draft.way === "number") return fromNumber(draft.number);
  if (question.kind === "calls") return fromCalls(question, draft.calls ?? []);
  if (question.kind === "schema")
    return draft.value === undefined ? missing("Fill in the form.") : { answer: draft.value };
  const { text, object, choices } = question;
  if (draft.way === "choice") {
    const choice = choices[draft.choice ?? -1];
    return choice ? { answer: choice.value } : missing("Choose one.");
  }
  if (draft.way === "editObject" && object)
    return keyed(draft, object.key, draft.value === undefined ? object.value : draft.value);
  if (draft.way === "editText" && text) return keyed(draft, text.key, draft.text ?? text.value);
  return missing("Choose how to answer.");
}

function keyed({ keyed: wanted }: Draft, key: string | undefined, value: Json): Made {
  return { answer: wanted === true && key !== undefined ? { [key]: value } : value };
}

function fromCalls(question: Extract<Question, { kind: "calls" }>, drafts: readonly CallDraft[]): Made {
  const decided = question.calls.map((call, index) => decidedOf(call, drafts[index]));
  const open = decided.find((each) => "missing" in each);
  if (open) return open;
  return {
    answer: decisionsAnswer(
      question,
      decided.flatMap((each) => ("missing" in each ? [] : [each])),
    ),
  };
}

function decidedOf(
  { name, args, decisions }: Call,
  draft: CallDraft = {},
): { decision: Decision; args: Json; message: string } | { missing: string } {
  const { decision, message = "" } = draft;
  if (decision === undefined || !decisions.includes(decision)) return missing(`Decide on ${name}.`);
  if ((decision === "respond" || decision === "response") && draft.message === undefined)
    return missing(`Write the reply for ${name}.`);
  return { decision, args: draft.args === undefined ? args : draft.args, message };
}

function fromNumber(typed: string | undefined): Made {
  const text = typed?.trim() ?? "";
  if (text === "") return missing("Type a number.");
  return /^-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) && Number.isFinite(Number(text))
    ? { answer: Number(text) }
    : missing(`"${text}" is not a number.`);
}

function fromJson(typed: string | undefined): Made {
  if (typed === undefined || typed.trim() === "") return missing("Type JSON.");
  try {
    return { answer: JSON.parse(typed) as Json };
  } catch (error) {
    return missing(`Not JSON: ${(error as Error).message}`);
  }
}

function missing(why: string): { missing: string } {
  return { missing: why };
}

// ---------------------------------------------------------------------------------------------- schemas

/** Deep enough for any form; schemas may go in circles. */
const deepest = 8;

/** What a schema says is there to begin with. */
function defaultOf(schema: Json | undefined, depth: number): Json | undefined {
  if (!isObject(schema) || depth > deepest) return undefined;
  if (schema.default !== undefined) return schema.default;
  if (schema.const !== undefined) return schema.const;
  const { properties } = schema;
  if (!isObject(properties)) return undefined;
  const values = Object.entries(properties).flatMap(([name, property]): [string, Json][] => {
    const value = defaultOf(property, depth + 1);
    return value === undefined ? [] : [[name, value]];
  });
  return values.length > 0 ? Object.fromEntries(values) : undefined;
}

/** A schema that a value itself suggests, so that what is edited keeps its type. */
export function schemaLike(value: Json): JsonObject {
  if (value === null) return {};
  if (Array.isArray(value)) {
    const items = value.map(schemaLike);
    const [first] = items;
    const alike = items.every((item) => JSON.stringify(item) === JSON.stringify(first));
    return { type: "array", items: alike && first ? first : {} };
  }
  if (typeof value === "object") {
    const properties = Object.fromEntries(
      Object.entries(value).map(([key, each]) => [key, schemaLike(each)]),
    );
    return { type: "object", properties };
  }
  return { type: typeof value };
}

/** Answers that a question allows, for a list to choose from. */
export function examples(question: Question): Json[] {
  if (question.kind === "calls") {
    const { calls } = question;
    const [first] = calls;
    // One decision for all, where all allow it.
    const common = (first?.decisions ?? []).filter((decision) =>
      calls.every((call) => call.decisions.includes(decision)),
    );
    return common.map((decision) =>
      decisionsAnswer(
        question,
        calls.map(({ args }) => ({ decision, args, message: "" })),
      ),
    );
  }
  if (question.kind === "schema") {
    const { schema } = question;
    const listed = schema.enum;
    if (Array.isArray(listed)) return listed;
    if (schema.type === "boolean") return [true, false];
    const value = blankOf(schema, 0);
    return value === undefined ? [] : [value];
  }
  if (question.ways[0] === "choice") return question.choices.map(({ value }) => value);
  if (question.ways[0] === "yesNo") return [true, false];
  if (question.ways[0] === "editText" && question.text) return [question.text.value];
  if (question.ways[0] === "editObject" && question.object) return [question.object.value];
  return [];
}

/** The least value of a schema: what is required, empty where no default is given. */
function blankOf(schema: Json | undefined, depth: number): Json | undefined {
  if (!isObject(schema) || depth > deepest) return undefined;
  const given = schema.default ?? schema.const;
  if (given !== undefined) return given;
  const listed = schema.enum;
  if (Array.isArray(listed)) return listed[0];
  const { type, properties, required } = schema;
  if (type === "string") return "";
  if (type === "integer" || type === "number") return 0;
  if (type === "boolean") return false;
  if (type === "array") return [];
  if (type !== "object" && !isObject(properties)) return undefined;
  const wanted = Array.isArray(required) ? required : [];
  const values = Object.entries(isObject(properties) ? properties : {}).flatMap(
    ([name, property]): [string, Json][] => {
      const value = wanted.includes(name) ? blankOf(property, depth + 1) : defaultOf(property, depth + 1);
      return value === undefined ? [] : [[name, value]];
    },
  );
  return Object.fromEntries(values);
}
