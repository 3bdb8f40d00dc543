// Tokens of chat models that the user's own code streams.

import type { TokenEvent } from "../../src/protocol/runtime.ts";

type Metadata = { langgraph_node?: string; langgraph_checkpoint_ns?: string };

/** A LangChain callback handler, as a plain object: the base class is the user's own. */
export interface TokenHandler {
  [name: string]: unknown;
}

/** Listens to models only. An ordinary handler makes no model stream that would not stream by itself. */
export function tokenHandler(tell: (token: TokenEvent) => void): TokenHandler {
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
    // The namespace of the task; that of its graph is one part shorter.
    const namespace = (metadata?.langgraph_checkpoint_ns ?? "").split("|").slice(0, -1).join("|");
    places.set(runId, { namespace, ...(node === undefined ? {} : { node }) });
  };
  const forget = (_result: unknown, runId: string): void => {
    places.delete(runId);
  };
  return {
    name: "langgraph_debugger_tokens",
    awaitHandlers: true,
    ignoreChain: true,
    ignoreAgent: true,
    ignoreRetriever: true,
    ignoreCustomEvent: true,
    ignoreTool: true,
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
