// Values of the checkpoint file as they lie there: plain data of both languages is read, the rest only compared.

import type { Database } from "../checkpointer/database.ts";
import { LIST, MAP, PART, type Parsed, parse } from "../checkpointer/entries.ts";
import { fetchBlob } from "../checkpointer/pruning.ts";
import { unpack } from "./msgpack.ts";

/** One key of map data. */
export interface Item {
  readonly key: string;
  /** Equal for equal values that were stored in the same way. */
  readonly print: string;
  /** Its plain data; undefined where it is of another kind. */
  value(): unknown;
}

/** The keys of map data, in their order. */
export function items(database: Database, num: number, data: Uint8Array): Item[] {
  return parse(data).flatMap((entry) => {
    const { key, hash } = entry;
    if (key !== undefined) return [{ key, print: printOf(entry), value: () => plain(database, num, entry) }];
    const stored = entry.tag === PART && hash !== undefined ? fetchBlob(database, num, hash) : undefined;
    return stored === undefined ? [] : items(database, num, stored.data);
  });
}

/** The plain data of one entry; undefined where it is of another kind. */
export function plainOf(database: Database, num: number, data: Uint8Array): unknown {
  const [entry] = parse(data);
  return entry === undefined ? undefined : plain(database, num, entry);
}

function printOf({ tag, hash, type, data }: Parsed): string {
  return hash === undefined ? `${tag} ${type} ${data.toString("latin1")}` : hash.toString("latin1");
}

function plain(database: Database, num: number, entry: Parsed): unknown {
  const { hash } = entry;
  const stored = hash === undefined ? entry : fetchBlob(database, num, hash);
  if (stored === undefined) return undefined;
  const { type, data } = stored;
  switch (type) {
    case "json":
      return JSON.parse(Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("utf8"));
    case "msgpack":
      return unpacked(data);
    case LIST:
      return list(database, num, data);
    case MAP:
      return Object.fromEntries(items(database, num, data).map(({ key, value }) => [key, value()]));
    default:
      return undefined;
  }
}

function unpacked(data: Uint8Array): unknown {
  try {
    return unpack(data);
  } catch {
    return undefined;
  }
}

function list(database: Database, num: number, data: Uint8Array): unknown[] {
  return parse(data).flatMap((entry) => {
    const value = plain(database, num, entry);
    return entry.tag === PART && Array.isArray(value) ? value : [value];
  });
}
