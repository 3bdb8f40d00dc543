// Says whether a value fits a JSON Schema, and if not, what is wrong in one line.

import { Validator } from "@cfworker/json-schema";
import { isObject, type Json } from "../json.ts";

/** Undefined for a value that fits, and where there is no schema that can be used. */
export function whyUnfit(schema: Json | undefined, value: Json): string | undefined {
  if (!isObject(schema)) return undefined;
  try {
    const { valid, errors } = new Validator(schema, "2020-12", false).validate(value);
    if (valid) return undefined;
    // The innermost is the cause; those around it say only that something inside is wrong.
    const [error] = [...errors].sort((a, b) => depth(b.instanceLocation) - depth(a.instanceLocation));
    if (!error) return "it does not match its schema.";
    const place = error.instanceLocation.replace(/^#\/?/, "");
    const why = inWords(error.error);
    return place === "" ? why : `${place}: ${why}`;
  } catch {
    // A schema that can't be read says nothing about the answer.
    return undefined;
  }
}

function depth(location: string): number {
  return location.split("/").length;
}

/** What the checker of schemas says, in words for who fills in a form. */
export function inWords(error: string): string {
  return error
    .replace(/^Instance type "(.+?)" is invalid\. Expected "(.+)"\.$/, 'Expected "$2", not "$1".')
    .replace(/^Instance does not have required property "(.+)"\.$/, 'The required property "$1" is missing.')
    .replace(/^Instance does not match any of (\[.*\])\.$/, "Expected one of $1.")
    .replace(/^Instance\b/, "The value");
}
