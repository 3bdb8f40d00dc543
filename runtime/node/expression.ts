// JavaScript expressions over the state of a graph, for conditions, log points, watches and the console.

/** Names of an expression: the first that has the name gives the value; after them come the globals. */
export type Names = readonly { readonly [name: string]: unknown }[];

type Compiled = (scope: object) => unknown;
const compiled = new Map<string, Compiled>();

/** Evaluates in sloppy mode. Throws what the expression throws, and a SyntaxError when it is none. */
export function evaluate(expression: string, names: Names): unknown {
  let run = compiled.get(expression);
  if (run === undefined) {
    // The names change with each call, so that they can't be parameters. Line breaks end a trailing comment.
    run = new Function("scope", `with (scope) { return (\n${expression}\n); }`) as Compiled;
    if (compiled.size > 500) compiled.clear();
    compiled.set(expression, run);
  }
  return run(scopeOf(names));
}

function scopeOf(names: Names): object {
  const holder = (key: string | symbol): object | undefined =>
    typeof key === "string" ? names.find((part) => Object.hasOwn(part, key)) : undefined;
  return new Proxy(Object.create(null) as object, {
    has: (_, key) => holder(key) !== undefined,
    get: (_, key) => (holder(key) as { [key: string | symbol]: unknown } | undefined)?.[key],
    set: (_, key) => {
      throw new TypeError(`${String(key)} can't be assigned to here.`);
    },
  });
}

/** Fills the `{expression}` parts of a message. A part that fails shows its error. */
export function interpolate(message: string, names: Names, show: (value: unknown) => string): string {
  let text = "";
  let at = 0;
  for (;;) {
    const open = message.indexOf("{", at);
    const close = open < 0 ? -1 : closing(message, open);
    if (close < 0) return text + message.slice(at);
    text += message.slice(at, open);
    try {
      const value = evaluate(message.slice(open + 1, close), names);
      text += typeof value === "string" ? value : show(value);
    } catch (error) {
      text += `{${String(error)}}`;
    }
    at = close + 1;
  }
}

function closing(message: string, open: number): number {
  let depth = 0;
  for (let index = open; index < message.length; index += 1) {
    if (message[index] === "{") depth += 1;
    if (message[index] === "}") depth -= 1;
    if (depth === 0) return index;
  }
  return -1;
}
