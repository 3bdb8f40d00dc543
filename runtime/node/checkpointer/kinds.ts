// Which of the ways to store a value applies to an object: by its prototype, never by calling it.

import { messageName } from "./messages.ts";

export type Kind =
  | "array"
  | "bytes"
  | "date"
  | "error"
  | "instance"
  | "map"
  | "message"
  | "plain"
  | "regexp"
  | "set"
  | "url";

type Constructor = new (...args: never) => object;

const ERRORS: readonly Constructor[] = [
  Error,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
];
export const ERROR_OF_NAME: ReadonlyMap<string, new (message?: string) => Error> = new Map(
  ERRORS.map((Class) => [Class.name, Class as unknown as new (message?: string) => Error]),
);

type BytesConstructor = new (data: ArrayBuffer) => object;
const BYTES: readonly BytesConstructor[] = [
  BigInt64Array,
  BigUint64Array,
  DataView,
  Float32Array,
  Float64Array,
  Int16Array,
  Int32Array,
  Int8Array,
  Uint16Array,
  Uint32Array,
  Uint8Array,
  Uint8ClampedArray,
];
export const BYTES_OF_NAME: ReadonlyMap<string, BytesConstructor> = new Map(
  BYTES.map((Class) => [Class.name, Class]),
);

const KIND_OF_PROTOTYPE: ReadonlyMap<object, Kind> = new Map<object, Kind>([
  [Date.prototype, "date"],
  [Map.prototype, "map"],
  [RegExp.prototype, "regexp"],
  [Set.prototype, "set"],
  [URL.prototype, "url"],
  [ArrayBuffer.prototype, "bytes"],
  [Buffer.prototype, "bytes"],
  ...BYTES.map((Class) => [Class.prototype, "bytes"] as const),
  ...ERRORS.map((Class) => [Class.prototype, "error"] as const),
]);

export function kindOf(value: object): Kind {
  const prototype: object | null = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return "plain";
  if (prototype === Array.prototype) return "array";
  const kind = KIND_OF_PROTOTYPE.get(prototype);
  // `Object.create(Date.prototype)` and the like have the prototype but not the insides.
  if (kind !== undefined) return isGenuine(value, kind) ? kind : "instance";
  if (messageName(value) !== undefined) return "message";
  // A plain object or array of another realm (node:vm).
  if (Array.isArray(value) && Object.getPrototypeOf(Object.getPrototypeOf(prototype)) === null)
    return "array";
  if (Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, "isPrototypeOf")) return "plain";
  return "instance";
}

function isGenuine(value: object, kind: Kind): boolean {
  const tag = Object.prototype.toString.call(value).slice(8, -1);
  if (kind === "date") return tag === "Date";
  if (kind === "error") return tag === "Error";
  if (kind === "regexp") return tag === "RegExp";
  if (kind === "bytes") return ArrayBuffer.isView(value) || value instanceof ArrayBuffer;
  try {
    if (kind === "map") return (value as Map<unknown, unknown>).size >= 0;
    if (kind === "set") return (value as Set<unknown>).size >= 0;
    return (value as URL).href.length > 0;
  } catch {
    return false;
  }
}

/** A view of the bytes of a typed array, DataView or ArrayBuffer. */
export function bytesOf(value: object): Uint8Array {
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return new Uint8Array(value as ArrayBuffer);
}

/** The class name under which bytes are stored. */
export function bytesName(value: object): string {
  return (Object.getPrototypeOf(value) as { constructor: { name: string } }).constructor.name;
}

/** What an error is made of: the parts that are not enumerable, then its own fields. */
export function errorFields(error: Error): Record<string, unknown> {
  const fields: Record<string, unknown> = { name: error.name, message: error.message, stack: error.stack };
  if (Object.hasOwn(error, "cause")) fields.cause = error.cause;
  return Object.assign(fields, error);
}
