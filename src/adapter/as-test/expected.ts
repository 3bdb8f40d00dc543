// What a test can say of the final state: values that JSON has a word for, messages, and what it must leave out.

import { isObject, type Json } from "../../model/json.ts";
import type { Language, Value, ValueRoot } from "../../protocol/runtime.ts";
import type { Runtime } from "../runtime.ts";

/** A key of the state: its value, or why a test can't tell it. Of messages, who said what: their ids are new each time. */
export type Expected =
  | { readonly key: string; readonly value: Json }
  | { readonly key: string; readonly messages: readonly { readonly type: string; readonly content: Json }[] }
  | { readonly key: string; readonly leftOut: string };

/** Types that are in the JSON of a value what they are in the graph's language. */
const plain: { readonly [language in Language]: ReadonlySet<string> } = {
  python: new Set(["str", "int", "float", "bool", "NoneType", "list", "dict"]),
  javascript: new Set(["string", "number", "boolean", "null", "Array", "Object"]),
};
/** Values inside one key that are looked at; a larger one makes no test that anybody would read. */
const mostValues = 2_000;

export async function expectedOf(runtime: Runtime, language: Language, root: ValueRoot): Promise<Expected[]> {
  const { values } = await runtime.request("values", { root, path: [] });
  const expected: Expected[] = [];
  for (const value of values) expected.push(await new Key(runtime, language, root).expected(value));
  return expected;
}

class Key {
  readonly #runtime: Runtime;
  readonly #language: Language;
  readonly #root: ValueRoot;
  #seen = 0;

  constructor(runtime: Runtime, language: Language, root: ValueRoot) {
    this.#runtime = runtime;
    this.#language = language;
    this.#root = root;
  }

  async expected(value: Value): Promise<Expected> {
    const { name: key, type } = value;
    if (value.indexed + value.named > mostValues) return { key, leftOut: "it is too large" };
    const { json } = await this.#runtime.request("json", { root: this.#root, path: [value.key] });
    const whole = JSON.parse(json) as Json;
    const messages = await this.#messages(value, whole);
    if (messages) return { key, messages };
    const odd = await this.#oddType([value.key], value, whole);
    if (odd === undefined) return { key, value: whole };
    return {
      key,
      leftOut:
        this.#seen > mostValues
          ? "it is too large"
          : `${odd === type ? "it is" : "it holds"} ${article(odd)}`,
    };
  }

  /** The type of the first value inside that JSON can't say. */
  async #oddType(path: readonly string[], value: Value, json: Json): Promise<string | undefined> {
    const { type, indexed, named } = value;
    if (++this.#seen > mostValues || !plain[this.#language].has(type) || !isAs(type, json)) return type;
    if (indexed + named === 0) return undefined;
    const { values } = await this.#runtime.request("values", { root: this.#root, path: [...path] });
    const items = Array.isArray(json) ? json : isObject(json) ? json : undefined;
    for (const child of values) {
      const inside: Json | undefined = Array.isArray(items)
        ? items[Number(/\d+/.exec(child.name)?.[0])]
        : items?.[child.name];
      // A key that is no text has another name in JSON.
      if (inside === undefined) return type;
      const odd = await this.#oddType([...path, child.key], child, inside);
      if (odd !== undefined) return odd;
    }
    return undefined;
  }

  async #messages(
    { key, indexed, named }: Value,
    json: Json,
  ): Promise<{ type: string; content: Json }[] | undefined> {
    if (!Array.isArray(json) || json.length === 0 || named > 0 || indexed !== json.length) return undefined;
    const { values } = await this.#runtime.request("values", { root: this.#root, path: [key] });
    if (!values.every(({ type }) => /Message(Chunk)?$/.test(type))) return undefined;
    const messages = json.flatMap((item) =>
      isObject(item) && typeof item.type === "string" && item.content !== undefined
        ? [{ type: item.type, content: item.content }]
        : [],
    );
    return messages.length === json.length ? messages : undefined;
  }
}

/** Large whole numbers and NaN are text in JSON. */
function isAs(type: string, json: Json): boolean {
  return !/^(int|float|number)$/.test(type) || typeof json === "number";
}

const article = (type: string): string => `${/^[aeiou]/i.test(type) ? "an" : "a"} ${type}`;
