// Values of watched keys from before a superstep, to tell what the superstep has changed.

import { isDeepStrictEqual, types } from "node:util";
import { display } from "./display.ts";
import type { Task } from "./langgraph.ts";
import type { LiveGraph } from "./live.ts";

/** A key that the nodes of a superstep wrote, and whose value is another one now. */
export interface Change {
  readonly key: string;
  readonly old: unknown;
  readonly new: unknown;
  /** The tasks that wrote it. */
  readonly writers: readonly Task[];
}

/** What was before the superstep that each graph is in. */
export class Watching {
  readonly #before = new WeakMap<LiveGraph, Map<string, unknown>>();

  /** A superstep of the graph begins. A node may change a value in place, so that copies are kept. */
  begin(live: LiveGraph, keys: readonly string[]): void {
    if (keys.length === 0) this.#before.delete(live);
    else this.#before.set(live, new Map(keys.map((key) => [key, copyOf(liveValue(live, key), new Map())])));
  }

  /** Undefined: it was not written, or its value is equal to what it was, or it was not watched in time. */
  changeOf(live: LiveGraph, key: string, finished: readonly Task[]): Change | undefined {
    const before = this.#before.get(live);
    if (before === undefined || !before.has(key)) return undefined;
    const writers = finished.filter(({ writes }) => writes.some(([channel]) => channel === key));
    if (writers.length === 0) return undefined;
    const change = { key, old: before.get(key), new: liveValue(live, key), writers };
    return isDeepStrictEqual(change.old, change.new) ? undefined : change;
  }
}

/** `draft: "old" → "new", written by write_draft`. */
export function describe({ key, old, new: now, writers }: Change): string {
  const names = [...new Set(writers.map(({ name }) => String(name)))].join(", ");
  return `${key}: ${shown(old)} → ${shown(now)}, written by ${names}`;
}

const newName = "__new";
/** Text, which is left alone, or the word where no class follows to be made. */
const newForm = /(["'`])(?:\\.|(?!\1)[^\\])*\1|(?<![.\w$])new(?![\w$])(?!\s*(?!(?:in|instanceof)\b)[\w$(])/g;

/** A condition with `new` as a name: the language keeps the word for itself. */
export const withNewAsName = (condition: string): string =>
  condition.replace(newForm, (found) => (found === "new" ? newName : found));

/** Names of a data breakpoint's condition. */
export const valuesOf = (change: Change): { readonly [name: string]: unknown } => ({
  old: change.old,
  [newName]: change.new,
});

const maxShown = 100;

function shown(value: unknown): string {
  if (value === undefined) return "(no value)";
  const text = display(value);
  return text.length > maxShown ? `${text.slice(0, maxShown)}…` : text;
}

function liveValue(live: LiveGraph, key: string): unknown {
  const channel = live.loop.channels[key];
  return channel?.isAvailable() ? channel.get() : undefined;
}

/** Of data, and of the fields of objects. What only its own class can copy stays the same object. */
function copyOf(value: unknown, copies: Map<object, unknown>): unknown {
  if (typeof value !== "object" || value === null || isOpaque(value)) return value;
  const known = copies.get(value);
  if (known !== undefined) return known;
  const inner = (item: unknown): unknown => copyOf(item, copies);
  const keep = <Copy>(copy: Copy): Copy => {
    copies.set(value, copy);
    return copy;
  };
  if (types.isMap(value)) {
    const map = keep(new Map());
    for (const [key, item] of value) map.set(inner(key), inner(item));
    return map;
  }
  if (types.isSet(value)) {
    const set = keep(new Set());
    for (const item of value) set.add(inner(item));
    return set;
  }
  if (Array.isArray(value) && Object.getPrototypeOf(value) === Array.prototype) {
    const list = keep(new Array(value.length) as unknown[]);
    for (const [index, item] of value.entries()) list[index] = inner(item);
    return list;
  }
  if (types.isDate(value) || ArrayBuffer.isView(value)) return keep(structuredClone(value));
  const copy = keep(Object.create(Object.getPrototypeOf(value) as object | null) as object);
  for (const [key, property] of Object.entries(Object.getOwnPropertyDescriptors(value))) {
    const own = "value" in property ? { ...property, value: inner(property.value) } : property;
    Object.defineProperty(copy, key, own);
  }
  return copy;
}

const isOpaque = (value: object): boolean =>
  types.isProxy(value) ||
  types.isPromise(value) ||
  types.isNativeError(value) ||
  types.isRegExp(value) ||
  types.isAnyArrayBuffer(value) ||
  types.isWeakMap(value) ||
  types.isWeakSet(value) ||
  value instanceof URL;
