// What a table of custom requests is made of: the checks of each one's arguments, and what answers it.

import type { CustomRequests } from "../../protocol/dap.ts";
import type { Handlers, Reply } from "../base-session.ts";
import { type Check, type Checks, checkArguments, nonEmpty, optional, text } from "../checks.ts";

type Name = keyof CustomRequests;
type Arguments<Each extends Name> = CustomRequests[Each]["arguments"];
type Body<Each extends Name> =
  CustomRequests[Each]["body"] extends Record<string, never>
    ? // biome-ignore lint/suspicious/noConfusingVoidType: a request without a body returns nothing
      void
    : CustomRequests[Each]["body"];

interface Served<Each extends Name> {
  readonly checks: Checks<Arguments<Each>>;
  answer(args: Arguments<Each>, reply: Reply): Body<Each> | Promise<Body<Each>>;
}

/** Some of the custom requests. */
export type Table<Names extends Name = Name> = { readonly [Each in Names]: Served<Each> };

export const nothing: Checks<Record<string, never>> = {};

/** Any value that JSON can say. */
export const json = <Value>(expected: string, holds: (value: unknown) => boolean): Check<Value> => ({
  expected,
  holds: (value): value is Value => holds(value),
});

/** A graph's namespace on a thread, `""` for the root. */
export const place = { threadId: optional(nonEmpty), namespace: optional(text) };
export const checkpoint = { ...place, checkpointId: nonEmpty };

/** The handlers of a table: each is given only arguments that are as they must be. */
export function handlersOf(table: Partial<Table>): Handlers {
  return Object.fromEntries(
    Object.entries(table as { [name: string]: Served<Name> }).map(([name, { checks, answer }]) => [
      name,
      (raw: Record<string, unknown>, reply: Reply) =>
        answer(checkArguments<Arguments<Name>>(name, raw, checks as never), reply),
    ]),
  );
}
