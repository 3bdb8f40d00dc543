// What a test can say of a state: values that JSON has a word for, messages, and what it must leave out.

import { isObject, type Json } from "../../model/json.ts";
import type { Language, Value, ValueRoot } from "../../protocol/runtime.ts";
import type { Runtime } from "../runtime.ts";

/** A key of the state and its value. */
export type Told =
  | { readonly key: string; readonly value: Json }
  | { readonly key: string; readonly messages: readonly Message[] };

/** Who said what; `parts` is what else it is made of. Of a list of messages, not of one. */
export interface Message {
  readonly type: string;
  readonly content: Json;
  readonly parts: { readonly [name: string]: Json };
}

/** The same, or why a test can't tell it; `isLost` where LangGraph's own checkpointer in memory can't keep it either. */
export type Expected = Told | { readonly key: string; readonly leftOut: string; readonly isLost: boolean };

/** What a message is made of beside its type and content; what else a class has is not given to it. */
const messageParts = ["id", "name", "tool_calls", "tool_call_id", "additional_kwargs", "response_metadata"];

/** Types that are in the JSON of a value what they are in the graph's language. */
const plain: { readonly [language in Language]: ReadonlySet<string> } = {
  python: new Set(["str", "int", "float", "bool", "NoneType", "list", "dict"]),
  javascript: new Set(["string", "number", "boolean", "null", "Array", "Object"]),
};
/** Values inside one key that are looked at; a larger one makes no test that anybody would read. */
const mostValues = 2_000;

/** Of all keys that are below `path`. */
export async function expectedOf(
  runtime: Runtime,
  language: Language,
  root: ValueRoot,
  path: readonly string[] = [],
): Promise<Expected[]> {
  const { values } = await runtime.request("values", { root, path: [...path] });
  const expected: Expected[] = [];
  for (const value of values) expected.push(await new Key(runtime, language, root, path).expected(value));
  return expected;
}

class Key {
  readonly #runtime: Runtime;
  readonly #language: Language;
  readonly #root: ValueRoot;
  readonly #path: readonly string[];
  #seen = 0;
  #isLost = false;

  constructor(runtime: Runtime, language: Language, root: ValueRoot, path: readonly string[]) {
    this.#runtime = runtime;
    this.#language = language;
    this.#root = root;
    this.#path = path;
  }

  async expected(value: Value): Promise<Expected> {
    const { name: key, type } = value;
    if (value.indexed + value.named > mostValues) return { key, leftOut: "it is too large", isLost: false };
    const { json } = await this.#runtime.request("json", {
      root: this.#root,
      path: [...this.#path, value.key],
    });
    const whole = JSON.parse(json) as Json;
    const messages = await this.#messages(value, whole);
    if (messages) return { key, messages };
    const odd = await this.#oddType([...this.#path, value.key], value, whole);
    if (odd === undefined) return { key, value: whole };
    return {
      key,
      isLost: this.#isLost,
      leftOut:
        this.#seen > mostValues
          ? "it is too large"
          : `${odd === type ? "it is" : "it holds"} ${article(odd)}`,
    };
  }

  /** The type of the first value inside that JSON can't say. */
  async #oddType(path: readonly string[], value: Value, json: Json): Promise<string | undefined> {
    const { type, indexed, named } = value;
    this.#isLost ||= isLost(value, json);
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

  async #messages({ key, indexed, named }: Value, json: Json): Promise<Message[] | undefined> {
    if (!Array.isArray(json) || json.length === 0 || named > 0 || indexed !== json.length) return undefined;
    const { values } = await this.#runtime.request("values", {
      root: this.#root,
      path: [...this.#path, key],
    });
    if (!values.every(({ type }) => /Message(Chunk)?$/.test(type))) return undefined;
    const messages = json.flatMap((item) =>
      isObject(item) && typeof item.type === "string" && item.content !== undefined
        ? [{ type: item.type, content: item.content, parts: partsOf(item) }]
        : [],
    );
    return messages.length === json.length ? messages : undefined;
  }
}

function isLost({ type, unserialisable }: Value, json: Json): boolean {
  const isHuge = type === "int" && typeof json === "string" && Math.abs(Number(json)) >= 2 ** 63;
  return unserialisable === true || type === "bigint" || isHuge;
}

function partsOf(message: { readonly [name: string]: Json }): { [name: string]: Json } {
  const isEmpty = (value: Json): boolean =>
    value === null || (typeof value === "object" && Object.keys(value).length === 0);
  return Object.fromEntries(
    messageParts.flatMap((name) => {
      const value = message[name];
      return value === undefined || isEmpty(value) ? [] : [[name, value]];
    }),
  );
}

/** Large whole numbers and NaN are text in JSON. */
function isAs(type: string, json: Json): boolean {
  return !/^(int|float|number)$/.test(type) || typeof json === "number";
}

const article = (type: string): string => `${/^[aeiou]/i.test(type) ? "an" : "a"} ${type}`;
