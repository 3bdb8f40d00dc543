// The input that a run waits for: the fields of the graph's input schema, filled in one by one.

import type { Json } from "../protocol/runtime.ts";
import { badFieldValue, missingInput, noSuchVariable } from "./errors.ts";

export interface InputField {
  readonly name: string;
  /** As JSON Schema says it: `string`, `array of string`, `"a" | "b"`. */
  readonly type: string;
  readonly description: string | undefined;
  readonly required: boolean;
  readonly default: Json | undefined;
  readonly schema: Schema;
}

type Schema = { [key: string]: Json };

/** Name of the only field where the schema has none: the input as a whole. */
const whole = "input";

export class InputForm {
  readonly fields: readonly InputField[];
  readonly #whole: boolean;
  readonly #root: Schema;
  readonly #values = new Map<string, Json>();

  /** `stateKeys` stand in for the fields where the graph could give no schema. */
  constructor(schema: Json, stateKeys: readonly string[] = []) {
    this.#root = isObject(schema) ? schema : {};
    const top = resolveReference(this.#root, this.#root);
    const known = isObject(top.properties) ? Object.entries(top.properties) : [];
    const keys = stateKeys.filter((key) => !key.startsWith("__"));
    const properties = Object.keys(top).length === 0 ? keys.map((key): [string, Json] => [key, {}]) : known;
    this.#whole = properties.length === 0;
    const required = Array.isArray(top.required) ? top.required : [];
    this.fields = this.#whole
      ? [this.#field(whole, top, false)]
      : properties.map(([name, property]) =>
          this.#field(name, isObject(property) ? property : {}, required.includes(name)),
        );
  }

  value(name: string): Json | undefined {
    return this.#values.get(name);
  }

  /** Takes what a user typed: JSON, or plain text for a field that holds text. */
  set(name: string, text: string): Json {
    const field = this.fields.find((candidate) => candidate.name === name);
    if (!field) throw noSuchVariable(name);
    let value: Json;
    try {
      value = JSON.parse(text) as Json;
      if (typeof value !== "string" && accepts(field.type, "string") && !accepts(field.type, typeName(value)))
        value = text;
    } catch {
      if (!accepts(field.type, "string")) throw badFieldValue(name, field.type);
      value = text;
    }
    if (!accepts(field.type, typeName(value))) throw badFieldValue(name, field.type);
    this.#values.set(name, value);
    return value;
  }

  /** The values of another form, as far as this one has such fields. */
  takeFrom(other: InputForm): void {
    for (const { name } of this.fields) {
      const value = other.#values.get(name);
      if (value !== undefined) this.#values.set(name, value);
    }
  }

  /** The input to run with. Fields left at their default are left to the graph. */
  input(): Json {
    const missing = this.fields.filter((field) => field.required && !this.#values.has(field.name));
    if (missing.length > 0) throw missingInput(missing.map((field) => field.name));
    if (this.#whole) {
      const value = this.#values.get(whole);
      if (value === undefined) throw missingInput([whole]);
      return value;
    }
    return Object.fromEntries(this.#values);
  }

  #field(name: string, schema: Schema, required: boolean): InputField {
    const resolved = resolveReference(schema, this.#root);
    return {
      name,
      type: typeOf(schema, this.#root),
      description: typeof resolved.description === "string" ? resolved.description : undefined,
      required,
      default: schema.default ?? resolved.default,
      schema: resolved,
    };
  }
}

function resolveReference(schema: Schema, root: Schema, depth = 0): Schema {
  const reference = schema.$ref;
  if (typeof reference !== "string" || !reference.startsWith("#/") || depth > 8) return schema;
  let target: Json | undefined = root;
  for (const part of reference.slice(2).split("/")) {
    target = isObject(target) ? target[part.replaceAll("~1", "/").replaceAll("~0", "~")] : undefined;
  }
  return isObject(target) ? resolveReference(target, root, depth + 1) : schema;
}

function typeOf(schema: Schema, root: Schema, depth = 0): string {
  const here = resolveReference(schema, root);
  if (depth > 3) return "any";
  if (Array.isArray(here.enum)) return here.enum.map((item) => JSON.stringify(item)).join(" | ");
  if (here.const !== undefined) return JSON.stringify(here.const);
  const union = here.anyOf ?? here.oneOf;
  if (Array.isArray(union)) {
    const parts = union.map((part) => (isObject(part) ? typeOf(part, root, depth + 1) : "any"));
    return [...new Set(parts)].join(" | ");
  }
  if (Array.isArray(here.type)) return here.type.join(" | ");
  if (here.type === "array" && isObject(here.items)) return `array of ${typeOf(here.items, root, depth + 1)}`;
  return typeof here.type === "string" ? here.type : "any";
}

/** Only what is certainly wrong is refused; the graph's own validation decides the rest. */
function accepts(type: string, name: string): boolean {
  return type.split(" | ").some((part) => {
    if (part === "any" || part === name || (part === "number" && name === "integer")) return true;
    if (part.startsWith("array")) return name === "array";
    return (
      /^["\d-]|^(true|false)$/.test(part) &&
      (name === typeName(JSON.parse(part) as Json) || name === "string")
    );
  });
}

function typeName(value: Json): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return Number.isInteger(value) ? "integer" : typeof value;
}

function isObject(value: Json | undefined): value is { [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
