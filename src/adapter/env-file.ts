// Reads `.env` files: NAME=value lines, with quotes, comments and `export`.

import { readFileSync } from "node:fs";
import { unreadableFile } from "./errors.ts";

/** `attribute` is the launch attribute that named the file, for the message. */
export function readEnvFile(attribute: string, path: string): Record<string, string> {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw unreadableFile(attribute, path, (error as NodeJS.ErrnoException).code ?? String(error));
  }
  return parseEnv(text.replace(/^\uFEFF/, ""));
}

const line =
  /^[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*=[ \t]*("(?:\\[\s\S]|[^"\\])*"|'[^']*'|`[^`]*`|[^\r\n#]*(?:#(?<=\S#)[^\r\n#]*)*)/gm;

export function parseEnv(text: string): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [, name, raw] of text.matchAll(line)) {
    if (name !== undefined && raw !== undefined) values[name] = unquote(raw.trim());
  }
  return values;
}

function unquote(raw: string): string {
  const quote = raw[0];
  if (raw.length < 2 || raw.at(-1) !== quote) return raw;
  if (quote === "'" || quote === "`") return raw.slice(1, -1);
  if (quote !== '"') return raw;
  return raw
    .slice(1, -1)
    .replace(/\\([\s\S])/g, (_, next: string) =>
      next === "n" ? "\n" : next === "r" ? "\r" : next === "t" ? "\t" : next,
    );
}
