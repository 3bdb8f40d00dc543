// Has interrupt() of the program's LangGraph tell what each call asks, also where the call has its answer already.

import * as nodeModule from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const key = "langgraph-debugger.asks";
const beginning = /^((?:export )?function interrupt\((\w+)[^)]*\) \{)/m;

let asked: { readonly value: unknown } | undefined;

/** Takes what the call that is being made asks; undefined where it can't be known. */
export function takePayload(): { readonly value: unknown } | undefined {
  const taken = asked;
  asked = undefined;
  return taken;
}

/**
 * Called before anything of LangGraph, which lies in `folder`, is loaded; the result is called after that. Its function
 * is given one more expression at its beginning, on the same line. Node can't do that before 22.15.
 */
export function hearPayloads(folder: string): () => void {
  const files = ["interrupt.js", "interrupt.cjs"].map(
    (file) => pathToFileURL(join(folder, "dist", file)).href,
  );
  (globalThis as { [name: symbol]: unknown })[Symbol.for(key)] = (value: unknown): void => {
    asked = { value };
  };
  const hooks = nodeModule.registerHooks?.({
    load(url, context, next) {
      const loaded = next(url, context);
      if (!files.includes(url.replace(/\?.*$/, "")) || loaded.source == null) return loaded;
      const source =
        loaded.source instanceof Object ? new TextDecoder().decode(loaded.source) : loaded.source;
      return { ...loaded, source: source.replace(beginning, `$1 globalThis[Symbol.for("${key}")]?.($2);`) };
    },
  });
  return () => hooks?.deregister();
}
