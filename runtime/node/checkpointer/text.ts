// The JSON text of a value: LangGraph's JsonPlus format, plus records for what that loses.
//
// Records are objects {"lc": 2, "type": ...}. JsonPlus's own are `undefined`, `delta_snapshot` and
// `constructor` (Set, Map, RegExp); ours are `number`, `bigint`, `symbol`, `date`, `url`, `bytes`, `error`,
// `object` (a plain object with a key `lc` of its own) and `live`.

import { bytesName, bytesOf, errorFields, kindOf } from "./kinds.ts";
import { type LiveValues, type Marker, Unavailable } from "./live.ts";
import { fieldsOf, isDeltaSnapshot, messageName } from "./messages.ts";

/** Thrown where a value meets itself, and caught where it was met first: all of that object is kept live. */
class Cycle {
  readonly target: object;
  constructor(target: object) {
    this.target = target;
  }
}

const UNDEFINED = record("undefined");

function record(type: string, rest = ""): string {
  return `{"lc":2,"type":"${type}"${rest}}`;
}

function constructed(name: string, args: string): string {
  return record("constructor", `,"id":["${name}"],"method":null,"args":[${args}],"kwargs":{}`);
}

/** Writes values of one thread as text. */
export class TextWriter {
  readonly #live: LiveValues;
  readonly #threadId: string;
  readonly #path: object[] = [];
  #inInstance = false;

  constructor(live: LiveValues, threadId: string) {
    this.#live = live;
    this.#threadId = threadId;
  }

  /** Never throws: what cannot be written becomes a marker, and the value itself is kept. */
  text(value: unknown): string {
    switch (typeof value) {
      case "string":
        return JSON.stringify(value);
      case "number":
        if (Number.isFinite(value) && !Object.is(value, -0)) return String(value);
        return record("number", `,"value":"${Object.is(value, -0) ? "-0" : String(value)}"`);
      case "boolean":
        return value ? "true" : "false";
      case "undefined":
        return UNDEFINED;
      case "bigint":
        return record("bigint", `,"value":"${value}"`);
      case "symbol": {
        const key = Symbol.keyFor(value);
        return key === undefined ? this.#liveText(value) : record("symbol", `,"key":${JSON.stringify(key)}`);
      }
      case "function":
        return this.#liveText(value);
      default:
        return value === null ? "null" : this.within(value as object, () => this.content(value as object));
    }
  }

  /**
   * Runs `write` on the way into `value`. When it fails, or meets `value` again, the result is a marker of
   * all of `value`.
   */
  within(value: object, write: () => string): string;
  within<T>(value: object, write: () => string | T): string | T;
  within<T>(value: object, write: () => string | T): string | T {
    const path = this.#path;
    if (path.includes(value)) throw new Cycle(value);
    const depth = path.length;
    const inInstance = this.#inInstance;
    path.push(value);
    try {
      return write();
    } catch (error) {
      const isMine = error instanceof Cycle ? error.target === value : !isStackOverflow(error);
      if (!isMine && depth > 0) throw error;
      return this.#liveText(value);
    } finally {
      path.length = depth;
      this.#inInstance = inInstance;
    }
  }

  /** The text of an object that `within` is in. */
  content(value: object): string {
    switch (kindOf(value)) {
      case "plain":
        return this.#plain(value);
      case "array": {
        let text = "[";
        for (const item of value as unknown[]) text += `${text.length > 1 ? "," : ""}${this.text(item)}`;
        return `${text}]`;
      }
      case "message":
        return this.#message(value);
      case "date": {
        const time = (value as Date).getTime();
        return record("date", `,"value":${Number.isNaN(time) ? "null" : time}`);
      }
      case "bytes": {
        const base64 = Buffer.from(bytesOf(value)).toString("base64");
        return record("bytes", `,"of":"${bytesName(value)}","base64":"${base64}"`);
      }
      case "set":
        return constructed("Set", this.text([...(value as Set<unknown>)]));
      case "map":
        return constructed("Map", this.text([...(value as Map<unknown, unknown>)]));
      case "regexp": {
        const { source, flags } = value as RegExp;
        return constructed("RegExp", `${JSON.stringify(source)},"${flags}"`);
      }
      case "error": {
        const name = (Object.getPrototypeOf(value) as Error).name;
        return record("error", `,"of":"${name}","fields":${this.#plain(errorFields(value as Error))}`);
      }
      case "url":
        return record("url", `,"value":${JSON.stringify((value as URL).href)}`);
      case "instance":
        return this.#instance(value);
    }
  }

  #plain(value: object): string {
    const keys = Object.keys(value);
    const fields = value as Record<string, unknown>;
    if (keys.includes("lc")) {
      return record("object", `,"entries":${this.text(keys.map((key) => [key, fields[key]]))}`);
    }
    let text = "{";
    for (const key of keys) {
      text += `${text.length > 1 ? "," : ""}${JSON.stringify(key)}:${this.text(fields[key])}`;
    }
    return `${text}}`;
  }

  #message(value: object): string {
    const fields = fieldsOf(value);
    let kwargs = "";
    for (const key of Object.keys(fields)) {
      // As LangChain's toJSON: what the message has now, not what it was made with.
      const field = key in value ? (value as Record<string, unknown>)[key] : fields[key];
      if (field === undefined) continue;
      kwargs += `${kwargs === "" ? "" : ","}${JSON.stringify(key)}:${this.text(field)}`;
    }
    const id = `["langchain_core","messages","${messageName(value)}"]`;
    return `{"lc":1,"type":"constructor","id":${id},"kwargs":{${kwargs}}}`;
  }

  #instance(value: object): string {
    if (isDeltaSnapshot(value)) return record("delta_snapshot", `,"value":${this.text(value.value)}`);
    const plain = langGraphData(value);
    return plain === undefined ? this.#liveText(value) : this.text(plain);
  }

  #liveText(value: object | symbol): string {
    return record("live", `,"live":${JSON.stringify(this.marker(value))}`);
  }

  /** Keeps `value` in this process and returns what the file holds of it. */
  marker(value: object | symbol): Marker {
    const known = Unavailable.is(value);
    const marker = known ? Unavailable.markerOf(value) : this.#live.keep(this.#threadId, value);
    if (typeof value !== "object" || this.#inInstance) return marker;
    // One level of instances: a client, a connection or a pool holds half of the process.
    this.#inInstance = true;
    try {
      const text = this.#plain(dataOf(value));
      return text === "{}" ? marker : { ...marker, value: text };
    } catch {
      return marker;
    } finally {
      this.#inInstance = false;
    }
  }
}

/** A stack that is exhausted needs room first: it unwinds to the outermost value. */
function isStackOverflow(error: unknown): boolean {
  return error instanceof RangeError && error.message.includes("call stack");
}

/** LangGraph's own Send, Command and Overwrite as the plain data that it takes for the thing itself. */
export function langGraphData(value: object): object | undefined {
  if (!("lg_name" in value && "toJSON" in value && typeof value.toJSON === "function")) return undefined;
  const json = value.toJSON() as Record<string, unknown>;
  if (value.lg_name !== "Send") return json;
  // As JsonPlus does; other versions have no timeout.
  const { node, args, timeout } = json;
  return timeout === undefined ? { node, args } : { node, args, timeout };
}

/** The data in an instance: what LangGraph's own savers would store of it. */
function dataOf(value: object): object {
  if ("toJSON" in value && typeof value.toJSON === "function") {
    const json: unknown = value.toJSON();
    return typeof json === "object" && json !== null ? json : { value: json };
  }
  return value instanceof Error ? errorFields(value) : value;
}
