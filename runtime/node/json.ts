// Any value of the user's as JSON, for events and for the clipboard.

import type { Json } from "../../src/protocol/runtime.ts";

const maxDepth = 100;

/**
 * Never throws. What JSON can't say becomes text (functions, symbols, BigInt, NaN, a circle) or the nearest thing
 * that JSON has (Map: object or pairs, Set: list, bytes: base64).
 */
export function toJson(value: unknown): Json {
  return convert(value, [], "", { left: Number.POSITIVE_INFINITY });
}

/** How many characters of JSON are still wanted: what comes after them is not read. */
interface Room {
  left: number;
}

/** With two spaces of indent, or none. */
export const jsonText = (value: unknown, compact = false): string =>
  JSON.stringify(toJson(value), null, compact ? 0 : 2);

/** The first `most` characters of `jsonText`, and whether there are more. Reads no more than that takes. */
export function jsonBeginning(
  value: unknown,
  compact: boolean,
  most: number,
): { text: string; shortened: boolean } {
  const room: Room = { left: most };
  const text = JSON.stringify(convert(value, [], "", room), null, compact ? 0 : 2);
  return { text: text.slice(0, most), shortened: text.length > most || room.left < 0 };
}

function convert(value: unknown, around: readonly unknown[], key: string, room: Room): Json {
  room.left--;
  switch (typeof value) {
    case "string": {
      const text = value.length > room.left ? value.slice(0, Math.max(room.left, 0) + 1) : value;
      room.left -= text.length;
      return text;
    }
    case "boolean":
      return value;
    case "number":
      return Number.isFinite(value) ? value : String(value);
    case "undefined":
      return null;
    case "bigint":
      return value.toString();
    case "symbol":
      return value.toString();
    case "function":
      return `[Function ${value.name || "anonymous"}]`;
    default:
  }
  if (value === null) return null;
  const object = value as object;
  if (around.includes(object)) return "[Circular]";
  if (around.length > maxDepth) return "[Too deep]";
  try {
    return convertObject(object, [...around, object], key, room);
  } catch (error) {
    return `[Can't be shown: ${String(error)}]`;
  }
}

function convertObject(value: object, around: readonly unknown[], key: string, room: Room): Json {
  const inner = (item: unknown, name = ""): Json => convert(item, around, name, room);
  if (Array.isArray(value)) return list(value, inner, room);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "Invalid Date" : value.toISOString();
  if (value instanceof RegExp || value instanceof URL) return String(value);
  if (value instanceof Set) return list(value, inner, room);
  if (value instanceof Map) {
    const entries = [...value];
    if (entries.every(([name]) => typeof name === "string")) {
      return Object.fromEntries(entries.map(([name, item]) => [String(name), inner(item)]));
    }
    return entries.map(([name, item]) => [inner(name), inner(item)]);
  }
  if (ArrayBuffer.isView(value)) {
    if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
    return list(value as unknown as Iterable<unknown>, inner, room);
  }
  if (value instanceof Error) return { name: value.name, message: value.message };
  const message = messageJson(value);
  if (message !== undefined) return convert(message, around, key, room);
  const { toJSON } = value as { toJSON?: unknown };
  if (typeof toJSON === "function") return inner(toJSON.call(value, key));
  const entries: [string, Json][] = [];
  for (const [name, item] of Object.entries(value)) {
    if (room.left < 0) break;
    if (typeof item !== "function" && item !== undefined) entries.push([name, inner(item, name)]);
  }
  return Object.fromEntries(entries);
}

function list(items: Iterable<unknown>, inner: (item: unknown) => Json, room: Room): Json[] {
  const found: Json[] = [];
  for (const item of items) {
    if (room.left < 0) break;
    found.push(inner(item));
  }
  return found;
}

/** A LangChain message as people write one, without the constructor's wrapping. */
function messageJson(value: object): object | undefined {
  const message = value as {
    lc_serializable?: unknown;
    getType?: unknown;
    _getType?: () => string;
    content?: unknown;
    id?: unknown;
    name?: unknown;
    tool_calls?: unknown[];
    tool_call_id?: unknown;
    additional_kwargs?: object;
    response_metadata?: object;
  };
  if (typeof message._getType !== "function" || !("content" in value)) return undefined;
  const isEmpty = (part: object | undefined): boolean => part === undefined || Object.keys(part).length === 0;
  return {
    type: message._getType(),
    content: message.content,
    ...(message.id === undefined ? {} : { id: message.id }),
    ...(message.name === undefined ? {} : { name: message.name }),
    ...(message.tool_calls?.length ? { tool_calls: message.tool_calls } : {}),
    ...(message.tool_call_id === undefined ? {} : { tool_call_id: message.tool_call_id }),
    ...(isEmpty(message.additional_kwargs) ? {} : { additional_kwargs: message.additional_kwargs }),
    ...(isEmpty(message.response_metadata) ? {} : { response_metadata: message.response_metadata }),
  };
}
