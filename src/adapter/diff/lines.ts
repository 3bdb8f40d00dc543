// Changes as lines of text, for the console.

import type { Json } from "../../model/json.ts";
import type { Change, DiffBody } from "../../protocol/dap.ts";
import { pathText } from "../state-path.ts";
import { shorten } from "./shorten.ts";

/** Characters of a value in a line. */
const valueLimit = 120;
/** Of a text's part that both have, this much is shown at each end. */
const around = 30;

/** A line for each change: `+` added, `-` removed, `~` changed, `>` moved. */
export function linesOf({ changes, more, tooLarge = [] }: DiffBody): string {
  if (changes.length + tooLarge.length === 0) return "Nothing differs.";
  const large = tooLarge.map(({ key, change }) => `${signs[change]} ${key}: too large to be compared here`);
  const lines = [...changes.map(line), ...large];
  return [...lines, ...(more ? ["… and more."] : [])].join("\n");
}

const signs = { added: "+", removed: "-", changed: "~" } as const;

function line(change: Change): string {
  const { key, path, from = null, to = null, item } = change;
  const place = pathText([key, ...path]);
  const what = item === undefined || change.change === "added" ? place : `${place} (${item})`;
  switch (change.change) {
    case "added":
      return `+ ${what}: ${short(to)}`;
    case "removed":
      return `- ${what}: ${short(from)}`;
    case "moved":
      return `> ${what}: from ${from} to ${to}`;
    case "changed":
      return change.text ? `~ ${what}: ${words(change.text)}` : `~ ${what}: ${short(from)} -> ${short(to)}`;
  }
}

const short = (value: Json): string => JSON.stringify(shorten(value, valueLimit).value);

/** `Dear [-Ada-]{+Bob+}, …`, as `wdiff` writes it. */
function words(parts: NonNullable<Change["text"]>): string {
  return parts
    .map(({ kind, text }, index) => {
      const plain = text.replaceAll("\n", "\\n");
      if (kind === "removed") return `[-${plain}-]`;
      if (kind === "added") return `{+${plain}+}`;
      if (plain.length <= 2 * around + 1) return plain;
      const [first, last] = [index === 0, index === parts.length - 1];
      return `${first ? "" : plain.slice(0, around)}…${last ? "" : plain.slice(-around)}`;
    })
    .join("");
}
