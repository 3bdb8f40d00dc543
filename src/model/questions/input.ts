// The input that a graph is run with, as a question: a form for its schema, else JSON.

import { isObject, type Json, type JsonObject } from "../json.ts";
import type { Question } from "./question.ts";

/** `schema`: JSON Schema of the graph's input, `{}` where nothing is known of it. */
export function inputQuestion(schema: Json): Question {
  const isKnown =
    isObject(schema) && isObject(schema.properties) && Object.keys(schema.properties).length > 0;
  if (!isKnown) return { kind: "free", ways: ["json", "text"], choices: [] };
  const properties = Object.entries(schema.properties as JsonObject).map(([name, property]) => [
    name,
    isMessages(name, property, schema) ? messages(property) : property,
  ]);
  return { kind: "schema", schema: { ...schema, properties: Object.fromEntries(properties) } };
}

/** Both languages take messages as people write them. */
function messages(property: Json): JsonObject {
  const title = isObject(property) && typeof property.title === "string" ? { title: property.title } : {};
  return {
    ...title,
    type: "array",
    items: {
      type: "object",
      title: "Message",
      properties: {
        role: { type: "string", enum: ["user", "assistant", "system"], default: "user" },
        content: { type: "string" },
      },
      required: ["role", "content"],
    },
  };
}

/** A list whose items may be LangChain's messages; by its name where its schema says nothing. */
function isMessages(name: string, property: Json, root: JsonObject): boolean {
  if (!isObject(property)) return false;
  const { items, type } = property;
  if (type === undefined && Object.keys(property).every((key) => key === "title")) return name === "messages";
  if (!isObject(items)) return type === "array" && items === undefined && name === "messages";
  const kinds = [items.oneOf, items.anyOf].flatMap((each) => (Array.isArray(each) ? each : []));
  return [items, ...kinds].some((each) => /Message$/.test(titleOf(each, root)));
}

function titleOf(schema: Json, root: JsonObject): string {
  if (!isObject(schema)) return "";
  if (typeof schema.title === "string") return schema.title;
  const name = typeof schema.$ref === "string" ? (schema.$ref.split("/").at(-1) ?? "") : "";
  const found = isObject(root.$defs) ? root.$defs[name] : undefined;
  return isObject(found) && typeof found.title === "string" ? found.title : name;
}
