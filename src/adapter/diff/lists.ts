// Which item of one list is which of another: by id where all have one, else by what they hold, else by position.

import { diffArrays } from "diff";
import { isObject, type Json } from "../../model/json.ts";

/** An item of both lists, by its indexes. `moved`: it stands elsewhere among the items that both lists have. */
export interface Pair {
  readonly from: number;
  readonly to: number;
  readonly moved?: true;
}
export interface Alignment {
  readonly pairs: readonly Pair[];
  /** Indexes of the first list. */
  readonly removed: readonly number[];
  /** Indexes of the second list. */
  readonly added: readonly number[];
}

/** More items than these removed and added, and lists without ids are compared by position. */
const mostEdits = 2_000;
/** So are lists with more items than these where they differ. */
const mostItems = 200_000;

/** A message's id, or another object's; undefined for what has none. */
export function idOf(item: Json | undefined): string | undefined {
  if (!isObject(item)) return undefined;
  const { id } = item;
  return (typeof id === "string" && id !== "") || typeof id === "number" ? `${typeof id} ${id}` : undefined;
}

/** Items that are equal at both ends of the lists are left out. */
export function align(from: readonly Json[], to: readonly Json[]): Alignment {
  let start = 0;
  const shorter = Math.min(from.length, to.length);
  while (start < shorter && isSame(from[start] as Json, to[start] as Json)) start++;
  let end = 0;
  while (end < shorter - start && isSame(from.at(-1 - end) as Json, to.at(-1 - end) as Json)) end++;
  const before = from.slice(start, from.length - end);
  const after = to.slice(start, to.length - end);
  const [ids, idsAfter] = [before.map(idOf), after.map(idOf)];
  const { pairs, removed, added } =
    isUnique(ids) && isUnique(idsAfter) ? byId(ids, idsAfter) : byContent(before, after);
  return {
    pairs: pairs.map((pair) => ({ ...pair, from: pair.from + start, to: pair.to + start })),
    removed: removed.map((index) => index + start),
    added: added.map((index) => index + start),
  };
}

/** Each is there, and once. */
function isUnique(ids: readonly (string | undefined)[]): boolean {
  return ids.every((id) => id !== undefined) && new Set(ids).size === ids.length;
}

function byId(from: readonly (string | undefined)[], to: readonly (string | undefined)[]): Alignment {
  const before = new Map(from.map((id, index) => [id, index]));
  const known = new Set(to);
  const pairs = to.flatMap((id, index) => {
    const was = before.get(id);
    return was === undefined ? [] : [{ from: was, to: index }];
  });
  const inOrder = longestRising(pairs.map((pair) => pair.from));
  return {
    pairs: pairs.map((pair, index) => (inOrder.has(index) ? pair : { ...pair, moved: true })),
    removed: from.flatMap((id, index) => (known.has(id) ? [] : [index])),
    added: to.flatMap((id, index) => (before.has(id) ? [] : [index])),
  };
}

/** What was taken out and what was put in at the same place is compared one by one. */
function byContent(from: readonly Json[], to: readonly Json[]): Alignment {
  const names = new Map<string, number>();
  const name = (item: Json): number => {
    const text = JSON.stringify(item);
    const known = names.get(text) ?? names.size;
    names.set(text, known);
    return known;
  };
  const isLong = from.length + to.length > mostItems;
  const found = (isLong
    ? undefined
    : diffArrays(from.map(name), to.map(name), { maxEditLength: mostEdits })) ?? [
    { count: from.length, removed: true, added: false },
    { count: to.length, removed: false, added: true },
  ];
  const pairs: Pair[] = [];
  const removed: number[] = [];
  const added: number[] = [];
  let [left, right] = [0, 0];
  let out: number[] = [];
  let put: number[] = [];
  const close = (): void => {
    const both = Math.min(out.length, put.length);
    for (let index = 0; index < both; index++)
      pairs.push({ from: out[index] as number, to: put[index] as number });
    removed.push(...out.slice(both));
    added.push(...put.slice(both));
    out = [];
    put = [];
  };
  for (const part of found) {
    if (!part.removed && !part.added) {
      close();
      left += part.count;
      right += part.count;
    }
    for (let index = 0; part.removed && index < part.count; index++) out.push(left++);
    for (let index = 0; part.added && index < part.count; index++) put.push(right++);
  }
  close();
  return { pairs, removed, added };
}

/** Positions of the longest rising row of numbers among these. */
function longestRising(numbers: readonly number[]): Set<number> {
  /** Of rows of each length, the position of the lowest number that ends one. */
  const ends: number[] = [];
  const previous: number[] = [];
  numbers.forEach((number, index) => {
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((numbers[ends[middle] as number] as number) < number) low = middle + 1;
      else high = middle;
    }
    previous[index] = low > 0 ? (ends[low - 1] as number) : -1;
    ends[low] = index;
  });
  const row = new Set<number>();
  for (let index = ends.at(-1) ?? -1; index !== -1; index = previous[index] as number) row.add(index);
  return row;
}

function isSame(one: Json, other: Json): boolean {
  if (one === other) return true;
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return false;
  if (Array.isArray(one) || Array.isArray(other)) {
    if (!Array.isArray(one) || !Array.isArray(other) || one.length !== other.length) return false;
    return one.every((item, index) => isSame(item, other[index] as Json));
  }
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => Object.hasOwn(other, key) && isSame(one[key] as Json, other[key] as Json))
  );
}
