// The answer to `langgraph/graph`: the graphs, where the run stands in them, and the breakpoints of their nodes.

import { isObject, type Json } from "../model/json.ts";
import type { GraphBody } from "../protocol/dap.ts";
import type { GraphPosition, LoadResult, SetBreakpointsParams } from "../protocol/runtime.ts";
import type { Debuggee } from "./debuggee.ts";

export function graphBody(debuggee: Debuggee | undefined, set: SetBreakpointsParams): GraphBody {
  return {
    name: debuggee?.name ?? "",
    ...(debuggee && { threadId: debuggee.threadId }),
    inputSchema: debuggee?.loaded ? inputSchema(debuggee.loaded) : {},
    graphs: debuggee?.graphs.toBody() ?? [],
    tasks: debuggee ? standing(debuggee) : [],
    breakpoints: set.breakpoints.map(({ id, graph, node, when, condition, hitCondition, logMessage }) => ({
      id,
      graph,
      node,
      when,
      conditional: (condition ?? hitCondition ?? logMessage) !== undefined,
    })),
  };
}

/** Where the graph could give none, the state's keys stand in for it. */
function inputSchema({ inputSchema: schema, stateKeys }: LoadResult): Json {
  const isKnown = isObject(schema) && Object.keys(schema).length > 0;
  const keys = stateKeys.filter((key) => !key.startsWith("__"));
  if (isKnown || keys.length === 0) return schema;
  return { type: "object", properties: Object.fromEntries(keys.map((key) => [key, {}])) };
}

function standing({ stop }: Debuggee): GraphBody["tasks"] {
  const position = stop?.position;
  if (!position) return [];
  const { finished, root } = position;
  const tasks: GraphBody["tasks"] = (finished?.tasks ?? []).map(({ name }) => ({
    graph: finished?.graph ?? "",
    node: name,
    namespace: finished?.namespace ?? "",
    status: "done",
  }));
  const walk = ({ graph, namespace, checkpoint, tasks: own }: GraphPosition): void => {
    for (const { name, status, subgraph } of own) {
      const step = checkpoint && { step: checkpoint.step + 1 };
      tasks.push({ graph, node: name, namespace, status, ...step });
      if (subgraph) walk(subgraph);
    }
  };
  walk(root);
  return tasks;
}
