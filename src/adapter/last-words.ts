// Finds, in what a dying interpreter wrote to stderr, the words that say what went wrong and where.

import { fileURLToPath } from "node:url";

/** Longest answer, in characters. */
const limit = 500;
/** Lines of an error's message that are kept. */
const messageLines = 3;

/**
 * One line such as `TypeError: no key is set (/project/main.mjs:2)`. Text that holds no error of Node or Python gives its
 * last lines; an empty one gives "".
 */
export function lastWords(stderr: string): string {
  const lines = stderr.split(/\r?\n/).map((line) => line.trimEnd());
  return (fromNode(lines) ?? fromPython(lines) ?? lastLines(lines)).slice(0, limit);
}

interface Words {
  readonly message: readonly string[];
  /** `file:line`. */
  readonly place: string | undefined;
}

function join({ message, place }: Words): string {
  const text = message.slice(0, messageLines).join(" / ");
  return place === undefined || text.includes(place) ? text : `${text} (${place})`;
}

// ---------------------------------------------------------------------------------------------- Node

const footer = /^Node\.js v\d/;
/** `    at load (file:///project/main.mjs:2:9)`, `    at /project/main.ts:4:1`. */
const nodeFrame = /^\s+at (?:.*\()?([^()]+?):(\d+)(?::\d+)?\)?(?: \{)?$/;
/** The file and line that Node shows the source of, above the error. */
const nodeHeader = /^(\S.*):(\d+)$/;

/** What Node prints of an error that nobody caught: place and source line, error, frames, and its own version. */
function fromNode(lines: readonly string[]): string | undefined {
  const end = lines.findLastIndex((line) => footer.test(line));
  if (end === -1) return undefined;
  const caret = lines.slice(0, end).findLastIndex((line) => /^\s*[\^~]+$/.test(line));
  const rest = lines.slice(caret + 1, end);
  const message = firstBlock(rest, (line) => /^\s+at |^\(Use `/.test(line));
  if (message.length === 0) return undefined;
  const header = lines.slice(0, Math.max(caret, 0)).findLast((line) => nodeHeader.test(line));
  const shown = [header, ...rest.filter((line) => nodeFrame.test(line))];
  const place = shown
    .map((line) => nodeHeader.exec(line ?? "") ?? nodeFrame.exec(line ?? ""))
    .find((found) => found?.[1] !== undefined && !found[1].startsWith("node:"));
  return join({ message, place: place ? `${asPath(place[1] ?? "")}:${place[2]}` : undefined });
}

/** Lines from the first that is not empty up to the next empty one or to one that `ends` says. */
function firstBlock(lines: readonly string[], ends: (line: string) => boolean): string[] {
  const start = lines.findIndex((line) => line !== "");
  if (start === -1) return [];
  const length = lines.slice(start).findIndex((line) => line === "" || ends(line));
  return lines.slice(start, length === -1 ? undefined : start + length);
}

function asPath(file: string): string {
  if (!file.startsWith("file:")) return file;
  try {
    return fileURLToPath(file);
  } catch {
    return file;
  }
}

// ---------------------------------------------------------------------------------------------- Python

const pythonFrame = /^\s+File "(.+)", line (\d+)/;

/** What Python prints of an error that nobody caught: the frames, each indented, and then the error. */
function fromPython(lines: readonly string[]): string | undefined {
  // The frames of an exception group have a margin.
  const plain = lines.map((line) => line.replace(/^ {2,}[|+] ?(?!-)/, ""));
  const firstOfGroup = plain.findIndex((line) => /^ +\+-\+-/.test(line));
  const told = firstOfGroup === -1 ? plain : plain.slice(0, firstOfGroup);
  const frame = told.findLastIndex((line) => pythonFrame.test(line));
  if (frame === -1) return undefined;
  const error = told.findIndex((line, index) => index > frame && /^\S/.test(line));
  if (error === -1) return undefined;
  const message = firstBlock(told.slice(error), () => false);
  const [, file, line] = pythonFrame.exec(told[frame] ?? "") ?? [];
  return join({ message, place: `${file}:${line}` });
}

function lastLines(lines: readonly string[]): string {
  return lines
    .filter((line) => line !== "")
    .slice(-3)
    .join(" / ");
}
