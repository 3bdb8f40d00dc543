// JSON values as Python and TypeScript write them.

import { isObject, type Json } from "../../model/json.ts";

interface Words {
  readonly true: string;
  readonly false: string;
  readonly null: string;
  /** How a key of an object is written. */
  key(name: string): string;
  readonly indent: string;
}

const pythonWords: Words = {
  true: "True",
  false: "False",
  null: "None",
  key: (name) => JSON.stringify(name),
  indent: "    ",
};
const typescriptWords: Words = {
  true: "true",
  false: "false",
  null: "null",
  key: (name) => (/^[A-Za-z_$][\w$]*$/.test(name) && name !== "__proto__" ? name : JSON.stringify(name)),
  indent: "  ",
};

/** A literal that begins in a line which is indented by `depth` steps. */
export const python = (value: Json, depth = 0): string => literal(value, pythonWords, depth);
export const typescript = (value: Json, depth = 0): string => literal(value, typescriptWords, depth);

/** Longest line that a list or an object stays in. */
const width = 80;

function literal(value: Json, words: Words, depth: number): string {
  if (value === null) return words.null;
  if (typeof value === "boolean") return value ? words.true : words.false;
  if (typeof value === "string")
    return JSON.stringify(value).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
  if (typeof value === "number") return JSON.stringify(value);
  const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
  const parts = (inner: number): string[] =>
    Array.isArray(value)
      ? value.map((item) => literal(item, words, inner))
      : Object.entries(isObject(value) ? value : {}).map(
          ([name, item]) => `${words.key(name)}: ${literal(item, words, inner)}`,
        );
  const line = `${open}${padded(parts(depth).join(", "), words, open)}${close}`;
  if (line.length + depth * words.indent.length <= width && !line.includes("\n")) return line;
  const indent = words.indent.repeat(depth + 1);
  return [
    open,
    ...parts(depth + 1).map((part) => `${indent}${part},`),
    `${words.indent.repeat(depth)}${close}`,
  ].join("\n");
}

/** TypeScript's objects have spaces inside. */
const padded = (text: string, words: Words, open: string): string =>
  words === typescriptWords && open === "{" && text !== "" ? ` ${text} ` : text;
