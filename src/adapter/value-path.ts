// Finds values by what a user sees of them: names and indexes, which the runtime's own keys stand behind.

import type { Json, JsonResult, Value, ValueRoot } from "../protocol/runtime.ts";
import { DebugError, noSuchVariable } from "./errors.ts";
import type { Runtime } from "./runtime.ts";
import type { Segment } from "./state-path.ts";

/** Children that are asked for at once: there may be many. */
const pageSize = 1_000;

/** The runtime's key of a child, by the name that the user sees or by its index (-1 is the last). */
export async function childKey(
  runtime: Runtime,
  root: ValueRoot,
  path: readonly string[],
  which: Segment,
): Promise<string> {
  const list = async (page: object): Promise<Value[]> =>
    (await runtime.request("values", { root, path: [...path], ...page })).values;
  const index = typeof which === "number" ? which : Number(/^\[?(\d+)\]?$/.exec(which)?.[1] ?? Number.NaN);
  if (index >= 0) {
    const [item] = await list({ filter: "indexed", start: index, count: 1 });
    if (item) return item.key;
  } else if (index < 0) {
    const last = (await list({ filter: "indexed" })).at(index);
    if (last) return last.key;
  }
  for (let start = 0; ; start += pageSize) {
    const page = await list({ filter: "named", start, count: pageSize });
    const named = page.find(({ name }) => name === String(which));
    if (named) return named.key;
    if (page.length < pageSize) throw noSuchVariable(String(which));
  }
}

/**
 * A value as JSON text with two spaces of indent, `shortened` where it has more than `most` characters. The way may
 * lead on into what only the JSON of a value has.
 */
export async function jsonAt(
  runtime: Runtime,
  root: ValueRoot,
  segments: readonly Segment[],
  most = Number.POSITIVE_INFINITY,
): Promise<JsonResult> {
  const limit = Number.isFinite(most) ? { most } : {};
  const path: string[] = [];
  for (const [depth, segment] of segments.entries()) {
    try {
      path.push(depth === 0 ? String(segment) : await childKey(runtime, root, path, segment));
    } catch (error) {
      if (!(error instanceof DebugError) || error.data) throw error;
      const { json: whole } = await runtime.request("json", { root, path });
      const json = JSON.stringify(inside(JSON.parse(whole) as Json, segments.slice(depth)), undefined, 2);
      return json.length > most ? { json: json.slice(0, most), shortened: true } : { json };
    }
  }
  return runtime.request("json", { root, path, ...limit });
}

function inside(value: Json, segments: readonly Segment[]): Json {
  let at: Json = value;
  for (const segment of segments) {
    const found: Json | undefined =
      typeof at === "object" && at !== null && Object.hasOwn(at, segment)
        ? (at as { [key: Segment]: Json })[segment]
        : undefined;
    if (found === undefined) throw noSuchVariable(String(segment));
    at = found;
  }
  return at;
}
