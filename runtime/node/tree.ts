// The children of a value: paged, by keys that stay the same between stops.

import { types } from "node:util";
import type { Value } from "../../src/protocol/runtime.ts";
import { kindOf } from "./checkpointer/kinds.ts";
import { display, typeName, visibleKeys } from "./display.ts";

interface Child {
  name: string;
  key: string;
  /** Absent for a getter: it is not run. */
  value?: unknown;
  /** From the parent's expression to this child's. */
  access?: string;
}

export interface Page {
  filter?: "indexed" | "named" | undefined;
  start?: number | undefined;
  count?: number | undefined;
}

/** How many children there are of each kind. */
function countChildren(value: unknown): { indexed: number; named: number } {
  if (typeof value === "function") return { indexed: 0, named: visibleKeys(value).length };
  if (typeof value !== "object" || value === null || isLeaf(value)) return { indexed: 0, named: 0 };
  if (Array.isArray(value)) return { indexed: value.length, named: 0 };
  if (types.isTypedArray(value)) return { indexed: value.length, named: 0 };
  if (types.isSet(value)) return { indexed: value.size, named: 0 };
  if (types.isMap(value)) return { indexed: 0, named: value.size };
  return { indexed: 0, named: fieldNames(value).length };
}

const isLeaf = (value: object): boolean =>
  types.isProxy(value) ||
  types.isDate(value) ||
  types.isRegExp(value) ||
  types.isPromise(value) ||
  types.isAnyArrayBuffer(value) ||
  types.isBoxedPrimitive(value) ||
  value instanceof URL;

const errorFields = ["message", "stack", "cause"];

function fieldNames(value: object): string[] {
  const names = visibleKeys(value);
  if (!types.isNativeError(value)) return names;
  return [...errorFields.filter((name) => Object.hasOwn(value, name) && !names.includes(name)), ...names];
}

function* childrenOf(value: unknown): Generator<Child> {
  if (typeof value !== "object" && typeof value !== "function") return;
  if (value === null || (typeof value === "object" && isLeaf(value))) return;
  if (Array.isArray(value) || types.isTypedArray(value)) {
    yield* items(value as ArrayLike<unknown>, 0, value.length);
  } else if (types.isSet(value)) {
    let index = 0;
    for (const item of Set.prototype.values.call(value)) {
      yield { name: String(index), key: String(index), value: item };
      index += 1;
    }
  } else if (types.isMap(value)) {
    let index = 0;
    for (const [key, item] of Map.prototype.entries.call(value)) {
      const isPlain = typeof key === "string" || typeof key === "number";
      const text = isPlain ? JSON.stringify(key) : `#${index}`;
      yield { name: display(key), key: text, value: item, ...(isPlain ? { access: `.get(${text})` } : {}) };
      index += 1;
    }
  } else {
    for (const name of fieldNames(value)) yield field(value, name);
  }
}

function* items(value: ArrayLike<unknown>, start: number, end: number): Generator<Child> {
  for (let index = start; index < end; index += 1) {
    yield { name: String(index), key: String(index), value: value[index], access: `[${index}]` };
  }
}

function field(value: object, name: string): Child {
  const property = Object.getOwnPropertyDescriptor(value, name);
  const isGetter = property !== undefined && !("value" in property);
  return { name, key: name, access: memberAccess(name), ...(isGetter ? {} : { value: property?.value }) };
}

const identifier = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

const isIdentifier = (name: string): boolean => identifier.test(name);

/** What gives a key of the state in an expression. */
export const rootExpression = (name: string): string =>
  isIdentifier(name) ? name : `state[${JSON.stringify(name)}]`;

const memberAccess = (name: string): string =>
  isIdentifier(name) ? `.${name}` : `[${JSON.stringify(name)}]`;

/** One page of a value's children, each as it is shown. `expression` is the parent's. */
export function pageOf(value: unknown, page: Page, expression: string | undefined): Value[] {
  const counts = countChildren(value);
  // A value has children of one kind only.
  if (page.filter === "indexed" && counts.indexed === 0) return [];
  if (page.filter === "named" && counts.named === 0) return [];
  const start = page.start ?? 0;
  const end = page.count === undefined ? Number.POSITIVE_INFINITY : start + page.count;
  const isList = Array.isArray(value) || types.isTypedArray(value);
  const children = isList
    ? items(value as ArrayLike<unknown>, start, Math.min(end, counts.indexed))
    : slice(childrenOf(value), start, end);
  return Array.from(children, (child) => {
    const own =
      expression === undefined || child.access === undefined ? undefined : expression + child.access;
    return shown(child, own);
  });
}

function* slice<Item>(all: Iterable<Item>, start: number, end: number): Generator<Item> {
  let index = 0;
  for (const item of all) {
    if (index >= end) return;
    if (index >= start) yield item;
    index += 1;
  }
}

function shown(child: Child, expression: string | undefined): Value {
  if (!("value" in child)) {
    return { name: child.name, key: child.key, value: "(getter)", type: "getter", indexed: 0, named: 0 };
  }
  return shownValue(child.name, child.key, child.value, expression);
}

/** One value as it is shown under a name. Never throws. */
export function shownValue(name: string, key: string, value: unknown, expression?: string): Value {
  const evaluateName = expression === undefined ? {} : { evaluateName: expression };
  try {
    return {
      name,
      key,
      value: display(value),
      type: typeName(value),
      ...countChildren(value),
      ...evaluateName,
      ...(isStorable(value) ? {} : { unserialisable: true }),
    };
  } catch (error) {
    return {
      name,
      key,
      value: `<can't be shown: ${String(error)}>`,
      type: typeof value,
      indexed: 0,
      named: 0,
    };
  }
}

/** False for what lives only in the process that made it, and for what the file has instead of such a value. */
function isStorable(value: unknown): boolean {
  if (typeof value === "function" || typeof value === "symbol") return false;
  if (typeof value !== "object" || value === null) return true;
  return !types.isProxy(value) && kindOf(value) !== "instance";
}

/** The value at the end of a path of keys, with the expression that leads to it. Undefined: there is none. */
export function follow(
  value: unknown,
  path: readonly string[],
  expression?: string,
): { value: unknown; expression: string | undefined } | undefined {
  let at = value;
  let name = expression;
  for (const key of path) {
    const child = childAt(at, key);
    if (child === undefined || !("value" in child)) return undefined;
    name = name === undefined || child.access === undefined ? undefined : name + child.access;
    at = child.value;
  }
  return { value: at, expression: name };
}

function childAt(value: unknown, key: string): Child | undefined {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return undefined;
  if (Array.isArray(value) || types.isTypedArray(value)) {
    const list = value as ArrayLike<unknown>;
    const index = Number(key);
    return Number.isInteger(index) && index >= 0 && index < list.length
      ? items(list, index, index + 1).next().value
      : undefined;
  }
  if (types.isSet(value) || types.isMap(value)) {
    for (const child of childrenOf(value)) if (child.key === key) return child;
    return undefined;
  }
  if (types.isProxy(value)) return undefined;
  return Object.hasOwn(value, key) ? field(value, key) : undefined;
}
