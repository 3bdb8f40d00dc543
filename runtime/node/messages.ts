// Messages as people write them: what stands in a place of messages is one of LangChain's, not a plain object.

import { isDeepStrictEqual } from "node:util";
import { fieldsOf, messageName } from "./checkpointer/messages.ts";
import { toJson } from "./json.ts";

interface Serde {
  loadsTyped(type: string, data: Uint8Array | string): unknown;
}
type Fields = { readonly [name: string]: unknown };

const kinds: { readonly [kind: string]: string } = {
  human: "HumanMessage",
  user: "HumanMessage",
  ai: "AIMessage",
  assistant: "AIMessage",
  system: "SystemMessage",
  developer: "SystemMessage",
  tool: "ToolMessage",
};

/** Whether the reducer of a channel is LangGraph's own for messages: by id, with RemoveMessage. */
export function takesMessages(channel: unknown): boolean {
  const { operator } = (channel ?? {}) as { operator?: { name?: unknown } };
  return operator?.name === "messagesStateReducer" || operator?.name === "addMessages";
}

/**
 * `value`, in which plain objects that say what a message says are messages where `old` is one or a list with some; one
 * that says what an old one of the same id says is that object. `serde` makes them of the user's own classes.
 */
export async function asMessages(serde: Serde, old: unknown, value: unknown): Promise<unknown> {
  if (isMessage(old)) return asMessage(serde, [old], value);
  if (!Array.isArray(old) || !Array.isArray(value) || !old.some(isMessage)) return value;
  const known = old.filter(isMessage);
  return Promise.all(value.map((each: unknown) => asMessage(serde, known, each)));
}

/** What is written to such a channel; of a message whose id is known, what `value` doesn't say stays. */
export async function asWritten(serde: Serde, old: unknown, value: unknown): Promise<unknown> {
  const known = Array.isArray(old) ? old.filter(isMessage) : [];
  if (!Array.isArray(value)) return asMessage(serde, known, value);
  return Promise.all(value.map((each: unknown) => asMessage(serde, known, each)));
}

function isMessage(value: unknown): value is object {
  return typeof value === "object" && value !== null && messageName(value) !== undefined;
}

async function asMessage(serde: Serde, known: readonly object[], value: unknown): Promise<unknown> {
  if (typeof value !== "object" || value === null || isMessage(value)) return value;
  const { type, role, ...kwargs } = value as Fields;
  const name = kinds[String(type ?? role)];
  if (name === undefined || !("content" in kwargs)) return value;
  const before = known.find((each) => "id" in each && each.id !== undefined && each.id === kwargs.id);
  if (before !== undefined && isDeepStrictEqual(toJson(before), value)) return before;
  const rest = before !== undefined && messageName(before) === name ? fieldsOf(before) : {};
  const all = { ...rest, ...kwargs };
  const stored = { lc: 1, type: "constructor", id: ["langchain_core", "messages", name], kwargs: all };
  return serde.loadsTyped("json", Buffer.from(JSON.stringify(stored), "utf8"));
}
