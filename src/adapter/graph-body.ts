// The answer to `langgraph/graph`: the graphs, where the run stands in them, and the breakpoints of their nodes.

import type { GraphBody } from "../protocol/dap.ts";
import type { GraphPosition, SetBreakpointsParams } from "../protocol/runtime.ts";
import type { Debuggee } from "./debuggee.ts";

export function graphBody(debuggee: Debuggee | undefined, set: SetBreakpointsParams): GraphBody {
  return {
    name: debuggee?.name ?? "",
    ...(debuggee && { threadId: debuggee.threadId }),
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
