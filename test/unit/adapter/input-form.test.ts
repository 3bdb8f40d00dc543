// The form of a run that waits for its input, made from JSON Schemas as pydantic and zod write them.

import assert from "node:assert/strict";
import { InputForm } from "../../../src/adapter/input-form.ts";

describe("the input form", () => {
  const schema = {
    $defs: {
      Customer: { type: "object", properties: { name: { type: "string" } }, description: "Who asks." },
      Status: { enum: ["new", "closed"], type: "string" },
    },
    type: "object",
    properties: {
      customer: { $ref: "#/$defs/Customer" },
      status: { $ref: "#/$defs/Status", default: "new" },
      tags: { type: "array", items: { type: "string" }, default: [] },
      count: { anyOf: [{ type: "integer" }, { type: "null" }], default: null },
      note: { type: "string" },
    },
    required: ["customer", "note"],
  };

  it("lists the fields with types, defaults and what is required", () => {
    const form = new InputForm(schema);
    assert.deepEqual(
      form.fields.map(({ name, type, required, default: initial }) => [name, type, required, initial]),
      [
        ["customer", "object", true, undefined],
        ["status", '"new" | "closed"', false, "new"],
        ["tags", "array of string", false, []],
        ["count", "integer | null", false, null],
        ["note", "string", true, undefined],
      ],
    );
    assert.equal(form.fields[0]?.description, "Who asks.");
  });

  it("tells what is missing, and leaves defaults to the graph", () => {
    const form = new InputForm(schema);
    form.set("note", "hello");
    assert.throws(() => form.input(), /needs an input: customer\./);
    form.set("customer", '{"name": "Ada"}');
    assert.deepEqual(form.input(), { note: "hello", customer: { name: "Ada" } });
  });

  it("takes JSON, and plain text where text fits", () => {
    const form = new InputForm(schema);
    assert.equal(form.set("note", "36"), "36");
    assert.equal(form.set("note", '"quoted"'), "quoted");
    assert.equal(form.set("status", "closed"), "closed");
    assert.equal(form.set("count", "null"), null);
    assert.throws(() => form.set("tags", "one"), /takes array of string/);
    assert.throws(() => form.set("count", "many"), /takes integer/);
    assert.throws(() => form.set("nothing", "1"), /no variable/);
  });

  it("falls back to the state's keys, and to one field for an input that is no object", () => {
    const keys = new InputForm({}, ["topic", "__root__"]);
    assert.deepEqual(
      keys.fields.map(({ name, type }) => [name, type]),
      [["topic", "any"]],
    );
    assert.equal(keys.set("topic", "bees"), "bees");
    const list = new InputForm({ type: "array", items: { type: "string" } }, ["topic"]);
    assert.deepEqual(
      list.fields.map(({ name, type }) => [name, type]),
      [["input", "array of string"]],
    );
    list.set("input", '["a"]');
    assert.deepEqual(list.input(), ["a"]);
  });
});
