// What tests of both languages are written with.

import type { Json } from "../../model/json.ts";
import type { Expected, Message } from "./expected.ts";
import type { Source } from "./source.ts";
import type { Story } from "./story.ts";

export interface Needs {
  /** Of the runs in it: none stops; the graph's own breakpoints stop some, from where they go on; some stay at a stop. */
  readonly stops: "none" | "own" | "limited";
  readonly edits: boolean;
  /** Messages are made in it. */
  readonly messages: boolean;
  readonly errors: boolean;
}

export function needsOf({ acts }: Story, { hasBreakpoints }: Source): Needs {
  const turns = acts.filter((act) => act.kind === "turn");
  const changes = acts.filter((act) => act.kind === "edit" || act.kind === "update");
  return {
    stops: turns.some(({ stops }) => stops > 0) ? "limited" : hasBreakpoints ? "own" : "none",
    edits: acts.some(({ kind }) => kind === "edit"),
    messages: changes.some(({ values }) => values.some((each) => "messages" in each)),
    errors: turns.some(({ error }) => error),
  };
}

/** Those values that JSON has a word for. */
export const plainOf = (values: readonly Expected[]): { [key: string]: Json } =>
  Object.fromEntries(values.flatMap((each) => ("value" in each ? [[each.key, each.value]] : [])));

/** Who said what: the ids of messages are new each time. */
export const saidOf = (messages: readonly Message[]): Json[] =>
  messages.map(({ type, content }) => [type, content]);

/** The beginning of an error's message that is the same wherever it is read: as it was kept, some characters are escaped. */
export const startOf = (message: string): string => /^[^\\\n\r]{0,200}/.exec(message)?.[0].trimEnd() ?? "";

export const inOneLine = (text: string): string => text.replaceAll(/\s+/g, " ");
