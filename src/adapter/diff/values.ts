// What differs between two values of a state's key: structural for objects and lists, by word for texts.

import { isObject, type Json } from "../../model/json.ts";
import type { Change, DiffBody } from "../../protocol/dap.ts";
import { align, idOf } from "./lists.ts";
import { beginning, shorten } from "./shorten.ts";
import { wordsBetween } from "./words.ts";

/** Changes that are told at most. */
const most = 1_000;
/** Characters of a value that are told at most; and where all changes together have more than `room`. */
const valueLimit = 20_000;
const room = 4_000_000;
const crampedLimit = 200;
/** What all comparisons of texts may take. */
const textMilliseconds = 500;

type Path = readonly (string | number)[];

/** Collects what differs, key by key. */
export class Difference {
  readonly #changes: Change[] = [];
  #more = false;
  #room = room;
  #milliseconds = textMilliseconds;
  /** Of the key that is compared. */
  #key = "";
  /** How the items are called that the path goes through, innermost last. */
  readonly #items: string[] = [];

  /** No more is told: what is compared from now on is of no use. */
  get full(): boolean {
    return this.#more;
  }

  /** Of this key of two states; undefined where a state has no such key. */
  compare(key: string, from: Json | undefined, to: Json | undefined): void {
    this.#key = key;
    if (from === undefined && to === undefined) return;
    if (from === undefined) this.#add({ path: [], change: "added", to: to as Json });
    else if (to === undefined) this.#add({ path: [], change: "removed", from });
    else this.#values([], from, to);
  }

  toBody(): DiffBody {
    return { changes: this.#changes, more: this.#more };
  }

  #values(path: Path, from: Json, to: Json): void {
    if (this.#more) return;
    if (isObject(from) && isObject(to)) this.#objects(path, from, to);
    else if (Array.isArray(from) && Array.isArray(to)) this.#lists(path, from, to);
    else if (from !== to) this.#add({ path, change: "changed", from, to });
  }

  #objects(path: Path, from: { [key: string]: Json }, to: { [key: string]: Json }): void {
    for (const [name, value] of Object.entries(to)) {
      if (this.#more) return;
      const was = Object.hasOwn(from, name) ? from[name] : undefined;
      if (was === undefined) this.#add({ path: [...path, name], change: "added", to: value });
      else this.#values([...path, name], was, value);
    }
    for (const [name, value] of Object.entries(from)) {
      if (!Object.hasOwn(to, name)) this.#add({ path: [...path, name], change: "removed", from: value });
    }
  }

  #lists(path: Path, from: readonly Json[], to: readonly Json[]): void {
    const { pairs, removed, added } = align(from, to);
    const steps = [
      ...removed.map((at) => ({ at, tell: () => this.#item(path, "removed", at, from[at] as Json) })),
      ...added.map((at) => ({ at, tell: () => this.#item(path, "added", at, to[at] as Json) })),
      ...pairs.map((pair) => ({
        at: pair.to,
        tell: () => {
          const item = to[pair.to] as Json;
          this.#called(item, () => {
            const at = [...path, pair.to];
            if (pair.moved) this.#add({ path: at, change: "moved", from: pair.from, to: pair.to });
            this.#values(at, from[pair.from] as Json, item);
          });
        },
      })),
    ].sort((one, other) => one.at - other.at);
    for (const { tell } of steps) {
      if (this.#more) return;
      tell();
    }
  }

  #item(path: Path, change: "added" | "removed", index: number, value: Json): void {
    this.#called(value, () =>
      this.#add({
        path: [...path, index],
        change,
        ...(change === "added" ? { to: value } : { from: value }),
      }),
    );
  }

  /** Whatever `tell` tells is about this item, if it has a name. */
  #called(item: Json, tell: () => void): void {
    const name = nameOf(item);
    if (name !== undefined) this.#items.push(name);
    tell();
    if (name !== undefined) this.#items.pop();
  }

  #add({ from, to, ...change }: Omit<Change, "key" | "path"> & { path: Path }): void {
    if (this.#changes.length === most) {
      this.#more = true;
      return;
    }
    const limit = this.#room > 0 ? valueLimit : crampedLimit;
    const shown = [from, to].map((value) => (value === undefined ? undefined : shorten(value, limit)));
    const [before, after] = shown;
    const item = this.#items.at(-1);
    const told: Change = {
      key: this.#key,
      ...change,
      path: [...change.path],
      ...(before && { from: before.value }),
      ...(after && { to: after.value }),
      ...(shown.some((each) => each?.shortened) && { shortened: true }),
      ...(item !== undefined && { item }),
    };
    if (typeof from === "string" && typeof to === "string" && this.#room > 0) {
      const start = performance.now();
      const text = wordsBetween(from, to, this.#milliseconds);
      this.#milliseconds -= performance.now() - start;
      if (text) told.text = text;
      this.#room -= from.length + to.length;
    }
    for (const each of [before, after]) if (each) this.#room -= JSON.stringify(each.value).length;
    this.#changes.push(told);
  }
}

/** `ai: "Dear Ada, the…"` for a message, its id for another item; undefined for one without an id. */
function nameOf(item: Json): string | undefined {
  const id = idOf(item);
  if (id === undefined || !isObject(item)) return undefined;
  const { type, content } = item;
  if (typeof type !== "string" || content === undefined) return String(item.id);
  const text = typeof content === "string" ? content : JSON.stringify(content);
  const line = text.replaceAll(/\s+/g, " ");
  return `${type}: "${line.length > 60 ? `${beginning(line, 59)}…` : line}"`;
}
