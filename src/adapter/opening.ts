// Where a thread stands that is opened: why it stands there, as a stop tells it.

import type { ErrorInfo, GraphPosition, Position } from "../protocol/runtime.ts";
import { needsAnswers, ThreadNumbers, threadsOf, waitingInterrupts } from "./stop.ts";
import type { Standing } from "./stops.ts";

/** `interrupt` where only answers get it on, `exception` where a node has failed, else `entry`. */
export function standingAt(position: Position): Standing {
  const waits =
    needsAnswers(threadsOf(position, "", new ThreadNumbers())) && waitingInterrupts(position).length > 0;
  if (waits) return { reason: "interrupt", position };
  const error = errorIn(position.root);
  return error ? { reason: "exception", position: { ...position, error } } : { reason: "entry", position };
}

/** Of the innermost task that has failed. */
function errorIn({ tasks, namespace }: GraphPosition): ErrorInfo | undefined {
  for (const { name, status, error, subgraph } of tasks) {
    const inside = subgraph && errorIn(subgraph);
    if (inside) return inside;
    if (status === "failed" && error) return { node: name, namespace, ...error };
  }
  return undefined;
}
