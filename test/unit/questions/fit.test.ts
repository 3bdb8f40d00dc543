// What is said of an answer that does not fit its schema, in words for who answers.
import assert from "node:assert/strict";
import type { Json } from "../../../src/model/json.ts";
import { whyUnfit } from "../../../src/model/questions/fit.ts";

const order = {
  type: "object",
  properties: { size: { enum: ["small", "large"] }, count: { type: "integer" } },
  required: ["size"],
};

describe("why a value does not fit its schema", () => {
  for (const [schema, value, why] of [
    [order, { size: "small", count: 2 }, undefined],
    [order, {}, 'The required property "size" is missing.'],
    [order, { size: "huge" }, 'size: Expected one of ["small","large"].'],
    [order, { size: "small", count: "2" }, 'count: Expected "integer", not "string".'],
    [{ type: "string" }, null, 'Expected "string", not "null".'],
    [true, 1, undefined],
  ] as readonly (readonly [Json, Json, string | undefined])[]) {
    it(`${JSON.stringify(value)}: ${why ?? "it fits"}`, () => assert.equal(whyUnfit(schema, value), why));
  }
});
