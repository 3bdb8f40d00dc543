// Checks of what a client sends: each value against what it is expected to be, in words for the user.

import { badArguments } from "./errors.ts";

/** What a value must be. `expected` follows "must be". */
export interface Check<Value = unknown> {
  readonly expected: string;
  readonly holds: (value: unknown) => value is Value;
}
/** May be left out; null counts as left out, where the check does not hold for it. */
export interface Optional<Value> extends Check<Value> {
  readonly optional: true;
}

/** One check for each property. */
export type Checks<Arguments> = {
  readonly [Name in keyof Arguments]-?: object extends Pick<Arguments, Name>
    ? Optional<Exclude<Arguments[Name], undefined>>
    : Check<Arguments[Name]>;
};

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === "string";
const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every(isText);

export const text: Check<string> = { expected: "text", holds: isText };
export const nonEmpty: Check<string> = {
  expected: "text that is not empty",
  holds: (value): value is string => isText(value) && value.trim() !== "",
};
export const flag: Check<boolean> = {
  expected: "true or false",
  holds: (value): value is boolean => typeof value === "boolean",
};
export const texts: Check<string[]> = { expected: "a list of texts", holds: isTexts };
/** How many of something. */
export const count: Check<number> = {
  expected: "a whole number above 0",
  holds: (value): value is number => Number.isSafeInteger(value) && (value as number) > 0,
};
/** Where in a list, from 0. */
export const index: Check<number> = {
  expected: "a whole number, 0 or more",
  holds: (value): value is number => Number.isSafeInteger(value) && (value as number) >= 0,
};

export const optional = <Value>(check: Check<Value>): Optional<Value> => ({ ...check, optional: true });

export const orNull = <Value>({ expected, holds }: Check<Value>): Check<Value | null> => ({
  expected: `${expected}, or null`,
  holds: (value): value is Value | null => value === null || holds(value),
});

export function oneOf<const Value extends string>(...values: readonly Value[]): Check<Value> {
  return {
    expected: values.map((value) => `"${value}"`).join(" or "),
    holds: (value): value is Value => (values as readonly unknown[]).includes(value),
  };
}

/** The arguments of a request that `checks` knows, each as it must be. Throws `badArguments`. */
export function checkArguments<Arguments>(
  command: string,
  raw: Readonly<Record<string, unknown>>,
  checks: Checks<Arguments>,
): Arguments {
  const found: Record<string, unknown> = {};
  for (const [name, check] of Object.entries<Check & { optional?: true }>(checks)) {
    const value = Object.hasOwn(raw, name) ? raw[name] : undefined;
    const isGiven = value !== undefined && (value !== null || check.holds(null));
    if (!isGiven && check.optional) continue;
    if (!check.holds(value)) throw badArguments(command, `"${name}" must be ${check.expected}.`);
    found[name] = value;
  }
  return found as Arguments;
}
