// What an expression says of a place in the state: `messages[0].content`, and the assignment to one.

/** A step from a value to one inside it: an attribute or a key by its name, an item by its index (-1 is the last). */
export type Segment = string | number;

export interface Assignment {
  /** From the name on the left down. */
  readonly target: readonly [string, ...Segment[]];
  /** What the place shall hold, as an expression. */
  readonly expression: string;
}

const name = /[\p{ID_Start}_$][\p{ID_Continue}$]*/uy;
const member = /\s*\.\s*([\p{ID_Start}_$][\p{ID_Continue}$]*)/uy;
const item = /\s*\[\s*(?:(-?\d+)|("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'))\s*\]/y;
/** `=` and `+=`, but no comparison and no arrow. */
const equals = /\s*(\*\*|\/\/|\?\?|\|\||&&|[-+*/%])?=(?![=>])\s*/y;

/** A path alone; undefined for any other expression. */
export function pathIn(text: string): [string, ...Segment[]] | undefined {
  const found = startOf(text);
  return found && text.slice(found.end).trim() === "" ? found.path : undefined;
}

/** A path in words: `messages[0].content`. */
export function pathText([first, ...rest]: readonly [string, ...Segment[]]): string {
  return first + rest.map((each) => (typeof each === "number" ? `[${each}]` : `.${each}`)).join("");
}

/** `path = expression` or `path += expression`; undefined for anything else. */
export function assignmentIn(text: string): Assignment | undefined {
  const found = startOf(text);
  if (!found) return undefined;
  equals.lastIndex = found.end;
  const match = equals.exec(text);
  if (!match) return undefined;
  const right = text
    .slice(equals.lastIndex)
    .replace(/\s*;\s*$/, "")
    .trim();
  if (right === "") return undefined;
  const [, operator] = match;
  const left = text.slice(0, found.end).trim();
  return {
    target: found.path,
    expression: operator === undefined ? right : `${left} ${operator} (${right})`,
  };
}

function startOf(text: string): { path: [string, ...Segment[]]; end: number } | undefined {
  let end = text.length - text.trimStart().length;
  const read = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = end;
    const match = pattern.exec(text);
    if (!match) return undefined;
    end = pattern.lastIndex;
    return match;
  };
  const [first] = read(name) ?? [];
  if (first === undefined) return undefined;
  const path: [string, ...Segment[]] = [first];
  for (;;) {
    const attribute = read(member);
    const inside = attribute ? undefined : read(item);
    if (attribute?.[1] !== undefined) path.push(attribute[1]);
    else if (inside?.[1] !== undefined) path.push(Number(inside[1]));
    else if (inside?.[2] !== undefined) path.push(unquoted(inside[2]));
    else return { path, end };
  }
}

function unquoted(literal: string): string {
  return literal.slice(1, -1).replaceAll(/\\(.)/g, (_, character: string) => escapes[character] ?? character);
}

const escapes: { [character: string]: string } = { n: "\n", t: "\t", r: "\r" };
