// Values as a list of changes shows them: whole where they are small, else their beginning.

import type { Json } from "../../model/json.ts";

/** A copy of at most about `limit` characters of JSON; what is left out is told in its place. */
export function shorten(value: Json, limit: number): { value: Json; shortened: boolean } {
  let left = limit;
  let shortened = false;
  const cut = (each: Json): Json => {
    if (typeof each === "string") {
      const room = Math.max(left, 0);
      left -= each.length + 2;
      if (each.length <= room) return each;
      shortened = true;
      return `${beginning(each, room)}…`;
    }
    if (typeof each !== "object" || each === null) {
      left -= String(each).length;
      return each;
    }
    if (Array.isArray(each)) return list(each);
    const entries: [string, Json][] = [];
    for (const [key, item] of Object.entries(each)) {
      if (left <= 0) {
        shortened = true;
        entries.push(["…", `${Object.keys(each).length - entries.length} more`]);
        break;
      }
      left -= key.length + 4;
      entries.push([key, cut(item)]);
    }
    return Object.fromEntries(entries);
  };
  const list = (items: readonly Json[]): Json[] => {
    const kept: Json[] = [];
    for (const item of items) {
      if (left <= 0) {
        shortened = true;
        kept.push(`… ${items.length - kept.length} more`);
        break;
      }
      left -= 2;
      kept.push(cut(item));
    }
    return kept;
  };
  return { value: cut(value), shortened };
}

/** The first `length` characters, without half of one that takes two. */
export function beginning(text: string, length: number): string {
  const isHalf = /[\uD800-\uDBFF]/.test(text.charAt(length - 1));
  return text.slice(0, isHalf ? length - 1 : length);
}
