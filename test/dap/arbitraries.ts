// What random requests are made of: ids that the session gave out, expressions, names, places in the source.

import fc from "fast-check";

/** Kinds of ids that responses give out. */
export type Kind =
  | ("thread" | "frame" | "reference" | "name" | "expression")
  | ("place" | "task" | "dataId" | "checkpoint" | "interrupt" | "ofFile");

/** Stands for an id of this kind that the session has seen; number 1 for the first of this stop. */
export interface Pick {
  readonly pick: Kind;
  readonly number: number;
}

/** No adapter gives this out; a request that leans on it must fail. */
export const never = 987_654_321;

export const seen = (kind: Kind, other: fc.Arbitrary<unknown> = fc.oneof(fc.constant(never), fc.integer())) =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constant({ pick: kind, number: 1 }) },
    { weight: 4, arbitrary: fc.record({ pick: fc.constant(kind), number: fc.nat() }) },
    { weight: 1, arbitrary: other },
  );

export const threadId = seen("thread");
export const frameId = seen("frame");
export const variablesReference = seen("reference");
export const checkpointId = seen("checkpoint", fc.string());
export const written = fc.oneof(
  fc.constantFrom("count", "state", "log[0]", "count +", "", "log", "count = 1", "log = ['a']", "nobody"),
  fc.constantFrom("/state", "/next", "/help", "/resume 1", "/input {}", "/nothing", "/history 3", "/diff"),
  fc.constantFrom("/threads", "/set {}", "/reduce {}", "/update work null", "/name a", "/open nobody"),
  fc.string(),
);
export const expression = seen("expression", written);
export const name = seen("name", fc.string());
export const value = fc.oneof(fc.constantFrom("1", "[]", '"text"', "{", "count + 1", "null"), fc.string());
export const source = fc.constantFrom(
  { path: "PROGRAM" },
  { path: "/nowhere/else.py" },
  { name: "no path" },
  {},
);
export const line = fc.integer({ min: -2, max: 60 });
