// What only V8's own inspector knows of a function: where it was written, and the variables that it can see.

import { Session } from "node:inspector";
import { findSourceMap } from "node:module";
import { fileURLToPath } from "node:url";

export interface FunctionPlace {
  path: string;
  /** From 1. */
  line: number;
  endLine: number;
  /** Of the parameters or before, from 0. */
  column: number;
}

export interface Scope {
  /** Made by a call of a function around it, not by a module. */
  isClosure: boolean;
  names: string[];
  get(name: string): unknown;
}

type RemoteObject = {
  type: string;
  objectId?: string;
  value?: unknown;
  unserializableValue?: string;
  description?: string;
};
type Property = { name: string; value?: RemoteObject };
type Location = { scriptId: string; lineNumber: number; columnNumber: number };

/** Asks the inspector of this process. */
export class Introspection {
  readonly #session = new Session();
  readonly #urls = new Map<string, string>();

  constructor() {
    this.#session.connect();
    this.#session.on("Debugger.scriptParsed", ({ params }) => this.#urls.set(params.scriptId, params.url));
    this.#listScripts();
  }

  /**
   * Learns where scripts come from; takes some 0.1 ms for each script that is loaded. A debugger that stays enabled would
   * cost time whenever one loads.
   */
  #listScripts(): void {
    this.#post("Debugger.enable");
    this.#post("Debugger.disable");
  }

  /** Files of the scripts that are known. */
  files(): string[] {
    return [...new Set([...this.#urls.values()].map(fileOf).filter((file) => file !== undefined))];
  }

  /** Where the function's source is, by the source map where there is one. */
  placeOf(target: object): FunctionPlace | undefined {
    const location = this.#internal(target, "[[FunctionLocation]]")?.value as Location | undefined;
    if (location === undefined) return undefined;
    // Loaded since.
    if (!this.#urls.has(location.scriptId)) this.#listScripts();
    const url = this.#urls.get(location.scriptId);
    const path = url === undefined ? undefined : fileOf(url);
    if (url === undefined || path === undefined) return undefined;
    const text = Function.prototype.toString.call(target);
    // The location is that of the parameters' parenthesis, or of an arrow function's start.
    const isArrow = !/^(?:async\s+)?(?:function\b|\*|(?!async\b)[\w$]+\s*\(|\[)/.test(text);
    const before = isArrow ? "" : text.slice(0, text.indexOf("("));
    const [, ...more] = text.slice(before.length).split("\n");
    const lastLine = location.lineNumber + more.length;
    const lastColumn =
      more.length > 0
        ? (more.at(-1)?.length ?? 1) - 1
        : location.columnNumber + text.length - before.length - 1;
    const map = findSourceMap(url) ?? findSourceMap(path);
    if (map === undefined) {
      return { path, line: location.lineNumber + 1, endLine: lastLine + 1, column: location.columnNumber };
    }
    const start = map.findEntry(location.lineNumber, location.columnNumber);
    const end = map.findEntry(lastLine, lastColumn);
    if (!("originalSource" in start)) return undefined;
    const line = start.originalLine + 1;
    const sameFile = "originalSource" in end && end.originalSource === start.originalSource;
    const endLine = sameFile ? Math.max(line, end.originalLine + 1) : line;
    return {
      path: fileOf(start.originalSource) ?? start.originalSource,
      line,
      endLine,
      column: start.originalColumn,
    };
  }

  /** What `bind` was called on; undefined for other functions. */
  boundTarget(target: object): object | undefined {
    const found = this.#internal(target, "[[TargetFunction]]");
    return found?.objectId === undefined ? undefined : (this.#take(found) as object);
  }

  /** Names that the function's body can see, from the inside out, without the globals. */
  scopesOf(target: object): Scope[] {
    const list = this.#internal(target, "[[Scopes]]");
    if (list?.objectId === undefined) return [];
    const scopes = this.#properties(list.objectId).filter(
      ({ value }) => value?.objectId !== undefined && !value.description?.startsWith("Global"),
    );
    return scopes.map(({ value }) => {
      const variables = new Map(this.#properties(value?.objectId ?? "").map((one) => [one.name, one.value]));
      return {
        isClosure: value?.description?.startsWith("Closure") === true,
        names: [...variables.keys()],
        get: (name) => {
          const found = variables.get(name);
          return found === undefined ? undefined : this.#take(found);
        },
      };
    });
  }

  #internal(target: object, name: string): RemoteObject | undefined {
    const objectId = this.#give(target);
    if (objectId === undefined) return undefined;
    const { internalProperties } = this.#post("Runtime.getProperties", {
      objectId,
      ownProperties: true,
    }) as { internalProperties?: Property[] };
    return internalProperties?.find((property) => property.name === name)?.value;
  }

  #properties(objectId: string): Property[] {
    const { result } = this.#post("Runtime.getProperties", { objectId, ownProperties: true }) as {
      result: Property[];
    };
    return result;
  }

  /** A live object as the inspector's own. */
  #give(value: object): string | undefined {
    const exchange = globalThis as unknown as { [name: string]: unknown };
    const name = "__langgraphDebugger";
    Object.defineProperty(exchange, name, { value, configurable: true });
    try {
      const { result } = this.#post("Runtime.evaluate", { expression: name }) as { result: RemoteObject };
      return result.objectId;
    } finally {
      delete exchange[name];
    }
  }

  /** The inspector's object as a live one. */
  #take(remote: RemoteObject): unknown {
    if (remote.objectId === undefined) {
      const { unserializableValue: text } = remote;
      if (text === undefined) return remote.value;
      return text.endsWith("n") ? BigInt(text.slice(0, -1)) : Number(text);
    }
    const holder: { taken?: unknown } = {};
    const holderId = this.#give(holder);
    if (holderId === undefined) return undefined;
    this.#post("Runtime.callFunctionOn", {
      objectId: holderId,
      functionDeclaration: "function (value) { this.taken = value; }",
      arguments: [{ objectId: remote.objectId }],
    });
    return holder.taken;
  }

  /** In-process sessions answer before `post` returns. */
  #post(method: string, params: object = {}): unknown {
    let answer: unknown;
    let failure: Error | null = null;
    this.#session.post(method, params, (error: Error | null, result?: object) => {
      failure = error;
      answer = result;
    });
    if (failure !== null) throw failure as Error;
    return answer;
  }
}

function fileOf(url: string): string | undefined {
  if (url.startsWith("file:")) {
    try {
      return fileURLToPath(url.replace(/[?#].*$/, ""));
    } catch {
      return undefined;
    }
  }
  // CommonJS scripts have the file's name itself.
  return url.startsWith("/") || /^[A-Za-z]:[\\/]/.test(url) ? url : undefined;
}
