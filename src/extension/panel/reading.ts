// Answers what the panel reads of the thread's past, in pages that a message can carry. Knows nothing of VS Code.

import type { CheckpointArguments, CustomRequests, DiffBody } from "../../protocol/dap.ts";
import {
  type CheckpointPlace,
  longestJson,
  type PanelRequest,
  type PanelVariable,
  type PastResult,
  type ValuePath,
} from "../../protocol/webview.ts";
import { changePage } from "./change-page.ts";

/** What the page asks for without the user. */
export const readings = ["timeline", "checkpoint", "children", "json", "diff", "keyHistory"] as const;
export type Reading = Extract<PanelRequest, { type: (typeof readings)[number] }>;
type Asked<Type extends Reading["type"]> = Extract<Reading, { type: Type }>;

export function isReading<Request extends { type: string }>(
  asked: Request,
): asked is Extract<Request, { type: Reading["type"] }> {
  return (readings as readonly string[]).includes(asked.type);
}

/** Asks the debug adapter. */
export interface Adapter {
  /** Names the session. */
  readonly id: string;
  request<Name extends keyof CustomRequests>(
    name: Name,
    args: CustomRequests[Name]["arguments"],
  ): PromiseLike<CustomRequests[Name]["body"]>;
  /** Of the Debug Adapter Protocol itself. */
  ask(command: string, args?: object): PromiseLike<unknown>;
}

/** A variable as the adapter tells it. */
interface DapVariable {
  readonly name: string;
  readonly value: string;
  readonly type?: string;
  readonly variablesReference: number;
  readonly indexedVariables?: number;
  readonly namedVariables?: number;
  readonly evaluateName?: string;
}

export class PastReading {
  /** The last differences, which are told by page. */
  #diff: { readonly key: string; readonly body: DiffBody } | undefined;

  async answer(adapter: Adapter, asked: Reading): Promise<unknown> {
    switch (asked.type) {
      case "timeline": {
        const { namespace, before, limit } = asked;
        return adapter.request("langgraph/timeline", {
          namespace,
          limit,
          ...(before !== undefined && { before }),
        });
      }
      case "checkpoint":
        return checkpoint(adapter, asked);
      case "children":
        return children(adapter, asked);
      case "json": {
        const where = { ...valueArguments(asked.at, asked.path), most: longestJson };
        const { json, shortened = false } = await adapter.request("langgraph/value", where);
        return { json, shortened } satisfies PastResult<"json">;
      }
      case "diff":
        return this.#page(adapter, asked);
      case "keyHistory": {
        const { at, key, limit } = asked;
        return adapter.request("langgraph/keyHistory", {
          ...placeArguments(at),
          ...(key !== undefined && { key }),
          limit,
        });
      }
    }
  }

  async #page(adapter: Adapter, { from, to, key: only, start }: Asked<"diff">): Promise<PastResult<"diff">> {
    const key = JSON.stringify([adapter.id, from, to, only]);
    // The first page is of what is there now.
    if (start === 0 || this.#diff?.key !== key) {
      const body = await adapter.request("langgraph/diff", {
        from: placeArguments(from),
        to: placeArguments(to),
        ...(only !== undefined && { key: only }),
      });
      this.#diff = { key, body };
    }
    return changePage(this.#diff.body, start);
  }
}

export function placeArguments({ checkpointId, namespace, threadId }: CheckpointPlace): CheckpointArguments {
  return { checkpointId, namespace, ...(threadId !== undefined && { threadId }) };
}

export function valueArguments(at: CheckpointPlace, path: ValuePath) {
  return { ...placeArguments(at), path };
}

async function checkpoint(
  adapter: Adapter,
  { at, writes: reads }: Asked<"checkpoint">,
): Promise<PastResult<"checkpoint">> {
  const body = await adapter.request("langgraph/checkpoint", { ...placeArguments(at), writes: reads });
  const { step, source, createdAt, next, metadata } = body.checkpoint;
  const writes = body.writesReference;
  const writers = writes === 0 ? [] : await variables(adapter, { variablesReference: writes });
  const config = await sessionConfig(adapter);
  return {
    step,
    source,
    createdAt,
    next,
    graph: body.graph,
    tasks: body.tasks.map(({ id, node, status, error }) => ({
      id,
      node,
      status,
      ...(error && { error: `${error.type}: ${error.message}` }),
    })),
    metadata: JSON.stringify(metadata, undefined, 2).slice(0, longestJson),
    keys: body.namedVariables,
    state: body.variablesReference,
    writes,
    writers: writers.length,
    messageKeys: body.messageKeys,
    ...(config && { config }),
  };
}

/** The scope of the top frame; undefined while the graph runs. */
async function sessionConfig(adapter: Adapter): Promise<{ reference: number; count: number } | undefined> {
  try {
    const { threads } = (await adapter.ask("threads")) as { threads: { id: number }[] };
    const { stackFrames } = (await adapter.ask("stackTrace", { threadId: threads[0]?.id, levels: 1 })) as {
      stackFrames: { id: number }[];
    };
    const { scopes } = (await adapter.ask("scopes", { frameId: stackFrames[0]?.id })) as {
      scopes: { name: string; variablesReference: number }[];
    };
    const reference = scopes.find(({ name }) => name === "Config")?.variablesReference;
    if (reference === undefined) return undefined;
    return { reference, count: (await variables(adapter, { variablesReference: reference })).length };
  } catch {
    return undefined;
  }
}

async function children(
  adapter: Adapter,
  { reference, filter, start, count }: Asked<"children">,
): Promise<PanelVariable[]> {
  const found = await variables(adapter, {
    variablesReference: reference,
    start,
    count,
    ...(filter && { filter }),
  });
  return found.map((each) => ({
    name: each.name,
    value: each.value,
    type: each.type ?? "",
    reference: each.variablesReference,
    indexed: each.indexedVariables ?? 0,
    named: each.namedVariables ?? 0,
    ...(each.evaluateName !== undefined && { evaluateName: each.evaluateName }),
  }));
}

async function variables(adapter: Adapter, args: object): Promise<DapVariable[]> {
  const body = (await adapter.ask("variables", args)) as { variables: DapVariable[] };
  return body.variables;
}
