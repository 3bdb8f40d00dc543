// Puts JSON in the place of a value, in which the objects that it has stay objects: a message a message.

import { isDeepStrictEqual } from "node:util";
import type { Json } from "../../src/protocol/runtime.ts";
import { kindOf } from "./checkpointer/kinds.ts";
import { toJson } from "./json.ts";

type Fields = { [key: string]: Json };
const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Sets a field of a message; returns a copy. */
export type WithField = (message: object, key: string, value: unknown) => object;

/**
 * What `changed`, of JSON, means where `old` is: what reads as before is the object that it was, a message whose fields
 * read otherwise is a copy with these set, and what was not there is plain data.
 */
export function kept(old: unknown, changed: Json, withField: WithField): unknown {
  return keptFrom(old, toJson(old), changed, withField);
}

function keptFrom(old: unknown, told: Json, changed: Json, withField: WithField): unknown {
  if (typeof old !== "object" || old === null) return changed;
  if (isDeepStrictEqual(told, changed)) return old;
  const inner = (value: unknown, was: Json | undefined, now: Json): unknown =>
    was === undefined ? now : keptFrom(value, was, now, withField);
  const kind = kindOf(old);
  if (Array.isArray(changed) && Array.isArray(told) && (kind === "array" || kind === "set")) {
    const items = keptItems([...(old as Iterable<unknown>)], told, changed, withField);
    return kind === "array" ? items : new Set(items);
  }
  if (!isFields(changed) || !isFields(told)) return changed;
  const names = Object.keys(changed);
  switch (kind) {
    case "plain":
      return Object.fromEntries(
        names.map((name) => [name, inner((old as Fields)[name], ownOf(told, name), changed[name] as Json)]),
      );
    case "map":
      return new Map(
        names.map((name) => [
          name,
          inner((old as Map<string, unknown>).get(name), ownOf(told, name), changed[name] as Json),
        ]),
      );
    case "message":
      // One of another type is another message.
      if (changed.type !== told.type) return changed;
      if (!isDeepStrictEqual(names.toSorted(), Object.keys(told).toSorted())) return changed;
      return names
        .filter((name) => !isDeepStrictEqual(told[name], changed[name]))
        .reduce(
          (message, name) =>
            withField(message, name, inner((old as Fields)[name], told[name], changed[name] as Json)),
          old,
        );
    default:
      return changed;
  }
}

function ownOf(fields: Fields, name: string): Json | undefined {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

/** Each item by its counterpart: the equal one, that of the same id, the one in its place, or what is left. */
function keptItems(
  old: readonly unknown[],
  told: readonly Json[],
  changed: readonly Json[],
  withField: WithField,
): unknown[] {
  const free = new Set(old.keys());
  const counterparts = new Map<number, number>();
  const match = (find: (value: Json, index: number) => number | undefined): void => {
    for (const [index, value] of changed.entries()) {
      const found = counterparts.has(index) ? undefined : find(value, index);
      if (found === undefined || !free.delete(found)) continue;
      counterparts.set(index, found);
    }
  };
  match((value, index) => (isDeepStrictEqual(told[index], value) ? index : undefined));
  const byText = new Map<string, number[]>();
  for (const index of [...free].reverse()) {
    const text = JSON.stringify(told[index]);
    byText.set(text, [...(byText.get(text) ?? []), index]);
  }
  match((value) => byText.get(JSON.stringify(value))?.pop());
  const byId = new Map([...free].map((index) => [idOf(told[index]), index]));
  match((value) => (idOf(value) === undefined ? undefined : byId.get(idOf(value))));
  if (old.length === changed.length) {
    match((_, index) => index);
    match(() => free.values().next().value);
  }
  return changed.map((value, index) => {
    const at = counterparts.get(index);
    return at === undefined ? value : keptFrom(old[at], told[at] as Json, value, withField);
  });
}

function idOf(value: Json | undefined): string | undefined {
  const id = isFields(value) ? value.id : undefined;
  return typeof id === "string" ? id : undefined;
}
