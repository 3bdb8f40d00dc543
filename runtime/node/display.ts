// How a value looks in one line, and what its type is called.

import { types } from "node:util";

import { Unavailable } from "./checkpointer/live.ts";

const maxText = 300;
const maxItems = 5;

/** Class name, or the language's name of a primitive type. */
export function typeName(value: unknown): string {
  if (value === null) return "null";
  if (typeof value !== "object") return typeof value;
  if (types.isProxy(value)) return "Proxy";
  return className(value);
}

/** From the prototype, where a class puts its constructor; an own `constructor` is the user's data. */
function className(value: object): string {
  for (let at = Object.getPrototypeOf(value) as object | null; at !== null; at = Object.getPrototypeOf(at)) {
    const found = Object.getOwnPropertyDescriptor(at, "constructor")?.value as unknown;
    if (typeof found === "function" && found.name !== "") return found.name;
  }
  return "Object";
}

/** One line of some hundred characters at most. Runs no code of the value's; never throws. */
export function display(value: unknown): string {
  try {
    return shorten(show(value, 2));
  } catch (error) {
    return `<can't be shown: ${String(error)}>`;
  }
}

const shorten = (text: string): string => (text.length > maxText ? `${text.slice(0, maxText)}…` : text);

function show(value: unknown, depth: number): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value.length > maxText ? `${value.slice(0, maxText)}…` : value);
    case "bigint":
      return `${value}n`;
    case "function":
      return /^class\b/.test(source(value)) ? `class ${value.name}` : `ƒ ${value.name}()`;
    case "object":
      return value === null ? "null" : showObject(value, depth);
    default:
      return String(value);
  }
}

function source(value: object): string {
  // A prefix is enough, but there is no way to ask for one.
  return types.isProxy(value) ? "" : Function.prototype.toString.call(value);
}

function showObject(value: object, depth: number): string {
  if (types.isProxy(value)) return "Proxy";
  if (Unavailable.is(value)) return value.toString();
  if (types.isDate(value)) {
    return Number.isNaN(value.getTime()) ? "Invalid Date" : Date.prototype.toISOString.call(value);
  }
  if (types.isRegExp(value)) return RegExp.prototype.toString.call(value);
  if (types.isPromise(value)) return "Promise";
  if (value instanceof URL) return value.href;
  if (types.isNativeError(value)) return showError(value);
  const message = showMessage(value);
  if (message !== undefined) return message;
  const document = showDocument(value);
  if (document !== undefined) return document;
  if (types.isBoxedPrimitive(value)) return `${className(value)} {${show(value.valueOf(), 0)}}`;
  if (types.isArrayBufferView(value) || types.isAnyArrayBuffer(value)) return showBytes(value);
  if (Array.isArray(value)) {
    const items = depth > 0 ? value.slice(0, maxItems).map((item) => show(item, depth - 1)) : [];
    return `(${value.length}) [${listed(items, value.length)}]`;
  }
  if (types.isSet(value)) {
    const items = depth > 0 ? first(value.values()).map((item) => show(item, depth - 1)) : [];
    return `${className(value)}(${value.size}) {${listed(items, value.size)}}`;
  }
  if (types.isMap(value)) {
    const entries = depth > 0 ? first(value.entries()) : [];
    const items = entries.map(([key, item]) => `${show(key, 0)} => ${show(item, depth - 1)}`);
    return `${className(value)}(${value.size}) {${listed(items, value.size)}}`;
  }
  return showFields(value, depth);
}

function showFields(value: object, depth: number): string {
  const name = className(value);
  const prefix = name === "Object" ? "" : `${name} `;
  if (depth === 0) return `${prefix}{…}`;
  const keys = visibleKeys(value, maxItems + 1);
  const items = keys.slice(0, maxItems).map((key) => {
    const property = Object.getOwnPropertyDescriptor(value, key);
    const shown = property === undefined || "value" in property ? show(property?.value, depth - 1) : "(…)";
    return `${key}: ${shown}`;
  });
  return `${prefix}{${listed(items, keys.length)}}`;
}

const listed = (items: string[], count: number): string =>
  items.join(", ") + (count > items.length ? `${items.length > 0 ? ", " : ""}…` : "");

function first<Item>(items: Iterable<Item>): Item[] {
  const found: Item[] = [];
  for (const item of items) {
    found.push(item);
    if (found.length >= maxItems) break;
  }
  return found;
}

/** V8 takes half a second to list 500,000 names, so those of a huge object are listed once a stop. */
let listedNames = new WeakMap<object, string[]>();
const hugeCount = 10_000;

/** The graph runs on, and may change its objects. */
export function forgetNames(): void {
  listedNames = new WeakMap();
}

/**
 * Own enumerable names as the user sees them, at least `limit` of them where there are as many. What LangChain keeps
 * for itself is left out.
 */
export function visibleKeys(value: object, limit = Number.POSITIVE_INFINITY): string[] {
  const known = listedNames.get(value);
  if (known !== undefined) return known;
  const isLangChain = Object.hasOwn(value, "lc_serializable") || Object.hasOwn(value, "lc_kwargs");
  const keys: string[] = [];
  // for...in gives the names one by one, so that a page of a huge object needs no list of all its names.
  for (const key in value) {
    if (!Object.hasOwn(value, key)) break;
    if (isLangChain && (key.startsWith("lc_") || isUnset(value, key))) continue;
    keys.push(key);
    if (keys.length >= limit) break;
  }
  if (keys.length >= hugeCount) listedNames.set(value, keys);
  return keys;
}

function isUnset(value: object, key: string): boolean {
  const property = Object.getOwnPropertyDescriptor(value, key);
  return property !== undefined && "value" in property && property.value === undefined;
}

function showError(error: Error): string {
  const name = ownText(error, "name") ?? className(error);
  return `${name}: ${ownText(error, "message") ?? ""}`;
}

function ownText(value: object, key: string): string | undefined {
  const found = Object.getOwnPropertyDescriptor(value, key)?.value as unknown;
  return typeof found === "string" ? found : undefined;
}

function showBytes(value: NodeJS.ArrayBufferView | ArrayBufferLike): string {
  const name = className(value);
  if (!ArrayBuffer.isView(value)) return `${name}(${value.byteLength})`;
  if (value instanceof Uint8Array) {
    const hex = Buffer.from(value.buffer, value.byteOffset, Math.min(value.length, 16)).toString("hex");
    return `${name}(${value.length}) <${hex.replace(/..(?=.)/g, "$& ")}${value.length > 16 ? " …" : ""}>`;
  }
  if (value instanceof DataView) return `${name}(${value.byteLength})`;
  const items = value as unknown as ArrayLike<unknown>;
  const shown = Array.prototype.slice.call(items, 0, maxItems).map(String);
  return `${name}(${items.length}) [${listed(shown, items.length)}]`;
}

type MessageLike = { content?: unknown; tool_calls?: unknown[]; _getType?: () => unknown };

/** `ai: "text…" (2 tool calls)`; undefined for what is no LangChain message. */
function showMessage(value: object): string | undefined {
  const kind = messageType(value);
  if (kind === undefined) return undefined;
  const { content, tool_calls: calls } = value as MessageLike;
  const count = Array.isArray(calls) ? calls.length : 0;
  const suffix = count === 0 ? "" : ` (${count} tool call${count === 1 ? "" : "s"})`;
  return `${kind}: ${show(messageText(content), 0)}${suffix}`;
}

/** A message's text is a string, or a list of blocks of which some have text. */
function messageText(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content
    .map((block: { type?: unknown; text?: unknown }) =>
      typeof block === "string"
        ? block
        : typeof block?.text === "string"
          ? block.text
          : `[${String(block?.type)}]`,
    )
    .join("");
}

/** `human`, `ai`, `tool`...: told by the class, whichever copy of @langchain/core it is from. */
function messageType(value: object): string | undefined {
  const message = value as MessageLike;
  if (!("content" in value) || typeof message._getType !== "function") return undefined;
  const type = message._getType();
  return typeof type === "string" ? type : undefined;
}

function showDocument(value: object): string | undefined {
  if (className(value) !== "Document") return undefined;
  const text = ownText(value, "pageContent");
  return text === undefined ? undefined : `Document: ${show(text, 0)}`;
}
