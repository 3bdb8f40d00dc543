// The lines of a function's own `return` statements and `interrupt()` calls, read off its source text.
//
// A scanner, not a parser: it knows strings, templates, comments, regular expressions and brackets, which is enough
// to tell a function's own statements from those of the functions in it.

export interface Statements {
  /** Lines from 1, in the file. */
  returnLines: number[];
  interruptLines: number[];
  firstStatementLine: number | undefined;
}

type Token = { text: string; line: number };

/** `lines` are the function's, first and last included; `firstLine` is the number of the first. */
export function statementsOf(lines: readonly string[], firstLine: number): Statements {
  const tokens = tokenize(lines.join("\n"));
  const found: Statements = { returnLines: [], interruptLines: [], firstStatementLine: undefined };
  const start = bodyStart(tokens);
  // Nesting of functions inside this one: the depths of braces at which they began.
  const inner: number[] = [];
  let depth = 0;
  for (const [index, { text, line }] of tokens.entries()) {
    if (text === "interrupt" && /^[(<]$/.test(tokens[index + 1]?.text ?? "")) add(found.interruptLines, line);
    if (start === undefined || index < start) continue;
    if (text === "{") {
      if (index > start && beginsFunction(tokens, index)) inner.push(depth);
      depth += 1;
    } else if (text === "}") {
      depth -= 1;
      if (inner.at(-1) === depth) inner.pop();
      if (depth === 0) break;
    } else if (depth > 0) {
      found.firstStatementLine ??= line;
      const isName = tokens[index - 1]?.text === "." || tokens[index + 1]?.text === ":";
      if (text === "return" && inner.length === 0 && !isName) add(found.returnLines, line);
    }
  }
  const inFile = (line: number): number => line + firstLine;
  return {
    returnLines: found.returnLines.map(inFile),
    interruptLines: found.interruptLines.map(inFile),
    firstStatementLine: found.firstStatementLine === undefined ? undefined : inFile(found.firstStatementLine),
  };
}

const add = (lines: number[], line: number): void => {
  if (!lines.includes(line)) lines.push(line);
};

const opening = new Set(["(", "[", "{"]);
const closing = new Set([")", "]", "}"]);
/** A brace after one of these belongs to the type of what the function returns. */
const inType = new Set([":", "<", "|", "&", ","]);
const controls = new Set(["if", "for", "while", "switch", "catch", "with"]);

/** The brace that opens the function's body: the first one outside of parentheses that an arrow or `)` precedes. */
function bodyStart(tokens: readonly Token[]): number | undefined {
  let depth = 0;
  let sawParameters = false;
  for (const [index, { text }] of tokens.entries()) {
    if (text === "{" && depth === 0 && sawParameters && !inType.has(tokens[index - 1]?.text ?? ""))
      return index;
    if (text === "=>" && depth === 0) {
      // An arrow without braces gives its expression's value.
      return tokens[index + 1]?.text === "{" ? index + 1 : undefined;
    }
    if (opening.has(text)) depth += 1;
    if (!closing.has(text)) continue;
    // The call in which the function is written begins before it.
    depth = Math.max(0, depth - 1);
    if (text === ")" && depth === 0 && tokens[index + 1]?.text !== "=>") sawParameters = true;
  }
  return undefined;
}

/** A brace after `=>`, or after the parameters of `function` or of a method. */
function beginsFunction(tokens: readonly Token[], brace: number): boolean {
  const before = tokens[brace - 1]?.text;
  if (before === "=>") return true;
  if (before !== ")") return false;
  let depth = 0;
  for (let index = brace - 1; index >= 0; index -= 1) {
    const text = tokens[index]?.text ?? "";
    if (closing.has(text)) depth += 1;
    if (opening.has(text)) depth -= 1;
    if (depth > 0) continue;
    const name = tokens[index - 1]?.text ?? "";
    return !controls.has(name) && /^[\w$#]+$/.test(name);
  }
  return false;
}

const word = /[\p{ID_Continue}$#]+/uy;
/** After one of these a slash begins a regular expression, after anything else it divides. */
const beforeRegExp = /^(?:[([{,;:?=!&|+\-*%<>~^]|=>|return|typeof|case|in|of|await|yield|void|delete)$/;

function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  /** Depths at which the expression of a template began. */
  const templates: number[] = [];
  let depth = 0;
  let line = 0;
  let at = 0;
  const skipTo = (end: number): void => {
    const stop = end < 0 ? source.length : end;
    for (; at < stop; at += 1) if (source[at] === "\n") line += 1;
  };
  const template = (): void => {
    for (at += 1; at < source.length; at += 1) {
      if (source[at] === "\\") at += 1;
      else if (source[at] === "\n") line += 1;
      else if (source[at] === "`") break;
      else if (source.startsWith("${", at)) {
        templates.push(depth);
        at += 1;
        break;
      }
    }
    at += 1;
  };
  while (at < source.length) {
    const char = source[at] ?? "";
    if (source.startsWith("//", at)) skipTo(source.indexOf("\n", at));
    else if (source.startsWith("/*", at)) skipTo(source.indexOf("*/", at + 2) + 2 || -1);
    else if (char === '"' || char === "'") {
      tokens.push({ text: char, line });
      for (at += 1; at < source.length && source[at] !== char && source[at] !== "\n"; at += 1) {
        if (source[at] === "\\") at += 1;
      }
      at += 1;
    } else if (char === "`") {
      tokens.push({ text: char, line });
      template();
    } else if (char === "}" && templates.at(-1) === depth) {
      templates.pop();
      template();
    } else if (char === "/" && beforeRegExp.test(tokens.at(-1)?.text ?? ";")) {
      tokens.push({ text: char, line });
      skipTo(regExpEnd(source, at));
    } else if (/\s/.test(char)) {
      skipTo(at + 1);
    } else {
      word.lastIndex = at;
      const text = word.exec(source)?.[0] ?? (source.startsWith("=>", at) ? "=>" : char);
      if (text === "{") depth += 1;
      if (text === "}") depth -= 1;
      tokens.push({ text, line });
      at += text.length;
    }
  }
  return tokens;
}

function regExpEnd(source: string, start: number): number {
  let inClass = false;
  for (let at = start + 1; at < source.length && source[at] !== "\n"; at += 1) {
    if (source[at] === "\\") at += 1;
    else if (source[at] === "[") inClass = true;
    else if (source[at] === "]") inClass = false;
    else if (source[at] === "/" && !inClass) return at + 1;
  }
  return start + 1;
}
