// Tokens of the chat models that the user's own code streams.
//
// A callback handler in the run's config would hear them too, but then every runnable of every node makes a callback
// manager, which costs as much as LangGraph's superstep itself. So each model gets the handler when it is called.

import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import type { TokenEvent } from "../../src/protocol/runtime.ts";

type Callbacks = Handler[] | { handlers: Handler[]; addHandler(handler: Handler, inherit: boolean): void };
type Model = { callbacks?: Callbacks };
type Method = (this: Model, ...args: unknown[]) => unknown;
type Metadata = { langgraph_node?: string; langgraph_checkpoint_ns?: string };

/** A LangChain callback handler, as a plain object: the base class is the user's own. */
type Handler = { name: string; [member: string]: unknown };

const modelFile = /@langchain[\\/]core[\\/]dist[\\/]language_models[\\/](?:chat_models|llms)\.c?js$/;
const handlerName = "langgraph_debugger_tokens";

/**
 * Tells the tokens of all models whose base class is in one of these files: those of @langchain/core that the
 * program has loaded.
 */
export async function watchModels(
  loadedFiles: readonly string[],
  tell: (token: TokenEvent) => void,
): Promise<void> {
  const handler = tokenHandler(tell);
  for (const file of loadedFiles.filter((path) => modelFile.test(path))) {
    const isCommonJs = file.endsWith(".cjs");
    const load = (): unknown => (isCommonJs ? createRequire(file)(file) : import(pathToFileURL(file).href));
    const module = (await load()) as { [name: string]: { prototype?: object } | undefined };
    for (const name of ["BaseChatModel", "BaseLLM"]) {
      const prototype = module[name]?.prototype as { [name: string]: unknown } | undefined;
      if (prototype !== undefined) patch(prototype, handler);
    }
  }
}

function patch(prototype: { [name: string]: unknown }, handler: Handler): void {
  for (const name of ["invoke", "generate", "_streamIterator"]) {
    if (!Object.hasOwn(prototype, name)) continue;
    const method = prototype[name] as Method;
    prototype[name] = function (this: Model, ...args: unknown[]): unknown {
      attach(this, handler);
      return method.apply(this, args);
    };
  }
}

function attach(model: Model, handler: Handler): void {
  const { callbacks } = model;
  if (callbacks === undefined || callbacks === null) model.callbacks = [handler];
  else if (Array.isArray(callbacks)) {
    if (!callbacks.includes(handler)) model.callbacks = [...callbacks, handler];
  } else if (!callbacks.handlers.includes(handler)) callbacks.addHandler(handler, false);
}

/** Listens to models only. An ordinary handler makes no model stream that would not stream by itself. */
function tokenHandler(tell: (token: TokenEvent) => void): Handler {
  const places = new Map<string, Omit<TokenEvent, "text">>();
  const start = (
    _model: unknown,
    _prompts: unknown,
    runId: string,
    _parentRunId?: string,
    _extra?: unknown,
    _tags?: string[],
    metadata?: Metadata,
  ): void => {
    const node = metadata?.langgraph_node;
    if (node === undefined) return;
    // The namespace of the task; that of its graph is one part shorter.
    const namespace = (metadata?.langgraph_checkpoint_ns ?? "").split("|").slice(0, -1).join("|");
    places.set(runId, { namespace, node });
  };
  const forget = (_result: unknown, runId: string): void => {
    places.delete(runId);
  };
  return {
    name: handlerName,
    awaitHandlers: true,
    ignoreChain: true,
    ignoreAgent: true,
    ignoreRetriever: true,
    ignoreCustomEvent: true,
    handleLLMStart: start,
    handleChatModelStart: start,
    handleLLMNewToken: (text: string, _index: unknown, runId: string) => {
      const place = places.get(runId);
      if (place !== undefined && text !== "") tell({ ...place, text });
    },
    handleLLMEnd: forget,
    handleLLMError: forget,
  };
}
