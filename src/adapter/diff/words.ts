// What differs between two texts, by word.

import { diffArrays } from "diff";
import type { Change } from "../../protocol/dap.ts";

type Part = NonNullable<Change["text"]>[number];

/** A text longer than this counts as changed as a whole. */
const longestText = 200_000;
/** More words than these removed and added, and two texts have little in common. */
const mostEdits = 3_000;

/** Scripts that put no spaces between words: each character stands for itself. */
const unspaced = String.raw`[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]`;
const token = new RegExp(String.raw`(?:(?!${unspaced})[\p{L}\p{M}\p{N}_])+|\s+|[^]`, "gu");
const hasWord = /[\p{L}\p{N}]/u;

/**
 * The parts of both texts in order: all but the added ones make `from`, all but the removed ones make `to`. Undefined
 * where the texts are too long, have no word in common, or can't be compared within `milliseconds`.
 */
export function wordsBetween(from: string, to: string, milliseconds: number): Part[] | undefined {
  if (from.length > longestText || to.length > longestText || milliseconds <= 0) return undefined;
  const tokens = (text: string): string[] => text.match(token) ?? [];
  const found = diffArrays(tokens(from), tokens(to), { maxEditLength: mostEdits, timeout: milliseconds });
  if (!found) return undefined;
  const parts = joined(
    found.map(({ value, added, removed }) => ({
      kind: added ? "added" : removed ? "removed" : "same",
      text: value.join(""),
    })),
  );
  return parts.some(({ kind, text }) => kind === "same" && hasWord.test(text)) ? parts : undefined;
}

/** A space that two changes have in common is part of the change: it tells nothing. */
function joined(found: readonly Part[]): Part[] {
  const parts: Part[] = [];
  let removed = "";
  let added = "";
  const close = (): void => {
    if (removed !== "") parts.push({ kind: "removed", text: removed });
    if (added !== "") parts.push({ kind: "added", text: added });
    removed = "";
    added = "";
  };
  found.forEach(({ kind, text }, index) => {
    if (kind === "removed") removed += text;
    else if (kind === "added") added += text;
    else if (removed !== "" && added !== "" && index + 1 < found.length && text.trim() === "") {
      removed += text;
      added += text;
    } else {
      close();
      parts.push({ kind, text });
    }
  });
  close();
  return parts;
}
