// What the built-in lists, dictionaries and iteration helpers of both languages do.

import {
  type Arguments,
  type CallSite,
  constant,
  dictionary,
  given,
  isNothing,
  itemsOf,
  type Machine,
  textOf,
  UNKNOWN,
  type Value,
} from "./values.ts";

const MAX_RANGE = 50;

export function plus(left: Value, right: Value): Value {
  if (left.kind === "list" || right.kind === "list") {
    return { kind: "list", items: [...itemsOf(left), ...itemsOf(right)] };
  }
  const texts = [left, right].map((value) => (value.kind === "template" ? value.text : textOf(value)));
  if (texts[0] === undefined && texts[1] === undefined) return UNKNOWN;
  const text = texts.map((part) => part ?? "{…}").join("");
  return text.includes("{") ? { kind: "template", text } : constant(text);
}

function list(items: readonly Value[]): Value {
  return { kind: "list", items: [...items] };
}

/** Built-in functions; undefined where the name is none of them. */
export function callBuiltin(
  name: string,
  args: Arguments,
  each: (iterable: Value) => readonly Value[] | undefined,
): Value | undefined {
  const [first] = args.positional;
  switch (name) {
    case "range": {
      const [from, to] = args.positional.map((value) =>
        value.kind === "constant" ? Number(value.value) : Number.NaN,
      );
      const start = to === undefined ? 0 : from;
      const end = to === undefined ? from : to;
      if (start === undefined || end === undefined || !(end - start <= MAX_RANGE)) return UNKNOWN;
      return list(Array.from({ length: Math.max(0, end - start) }, (_, index) => constant(start + index)));
    }
    case "len": {
      const items = first && each(first);
      return items ? constant(items.length) : UNKNOWN;
    }
    case "enumerate": {
      const items = first && each(first);
      return items ? list(items.map((item, index) => list([constant(index), item]))) : UNKNOWN;
    }
    case "zip": {
      const lists = args.positional.map((value) => each(value));
      const length = Math.min(...lists.map((items) => items?.length ?? 0));
      return list(
        Array.from({ length }, (_, index) => list(lists.map((items) => items?.[index] ?? UNKNOWN))),
      );
    }
    case "list":
    case "tuple":
    case "set":
    case "sorted":
    case "reversed": {
      const items = first && each(first);
      return items ? list(items) : UNKNOWN;
    }
    case "dict":
      return dictionary([...(first?.kind === "dictionary" ? first.entries : []), ...args.named]);
    case "Map":
      return first ? fromEntries(first) : UNKNOWN;
    case "str":
    case "String":
      return first;
    default:
      return undefined;
  }
}

/** Methods of lists and dictionaries, and callbacks of any collection; undefined where it is none of them. */
export function callCollection(
  machine: Machine,
  target: Value,
  name: string,
  args: Arguments,
  site: CallSite,
): Value | undefined {
  const [first] = args.positional;
  if (target.kind === "dictionary") {
    if (name === "items") return entriesOf(target);
    if (name === "values") return list([...target.entries.values()]);
    if (name === "keys") return list([...target.entries.keys()].map(constant));
    if (name === "get") return target.entries.get(textOf(first) ?? "") ?? UNKNOWN;
    if (name === "update" && first?.kind === "dictionary") {
      for (const [key, value] of first.entries) target.entries.set(key, value);
      return UNKNOWN;
    }
    return undefined;
  }
  if (target.kind === "list") {
    switch (name) {
      case "append":
      case "push":
        target.items.push(...args.positional);
        return UNKNOWN;
      case "extend":
        target.items.push(...itemsOf(first));
        return UNKNOWN;
      case "insert":
      case "unshift":
        target.items.unshift(...args.positional.slice(name === "insert" ? 1 : 0));
        return UNKNOWN;
      case "concat":
        return list([...target.items, ...args.positional.flatMap((value) => itemsOf(value))]);
      case "copy":
      case "slice":
      case "filter":
      case "reverse":
        return list(target.items);
      default:
        break;
    }
  }
  if (name === "reduce" && target.kind === "list" && first?.kind === "function") {
    let result = args.positional[1] ?? UNKNOWN;
    for (const item of target.items) {
      result = machine.call(first, given(result, item), site);
    }
    return result;
  }
  if (/^(map|flatMap|forEach|then)$/.test(name) && first?.kind === "function") {
    const items = target.kind === "list" ? target.items : [UNKNOWN];
    const results = items.map((item, index) => machine.call(first, given(item, constant(index)), site));
    if (name === "then") return results[0] ?? UNKNOWN;
    const flat = name === "flatMap" ? results.flatMap((value) => itemsOf(value)) : results;
    return name === "forEach" || flat.every(isNothing) ? UNKNOWN : list(flat);
  }
  return undefined;
}

/** `Object.entries` and its like. */
export function callObject(name: string, value: Value | undefined): Value | undefined {
  if (name === "fromEntries" && value) return fromEntries(value);
  if (value?.kind !== "dictionary") return undefined;
  if (name === "entries") return entriesOf(value);
  if (name === "values") return list([...value.entries.values()]);
  if (name === "keys") return list([...value.entries.keys()].map(constant));
  return name === "freeze" || name === "assign" ? value : undefined;
}

function entriesOf(value: Extract<Value, { kind: "dictionary" }>): Value {
  return list([...value.entries].map(([key, item]) => list([constant(key), item])));
}

function fromEntries(value: Value): Value {
  const result = dictionary();
  for (const [index, item] of itemsOf(value).entries()) {
    const [key, entry] = itemsOf(item);
    if (entry) result.entries.set(textOf(key) ?? `{${index}}`, entry);
  }
  return result.entries.size > 0 ? result : UNKNOWN;
}
