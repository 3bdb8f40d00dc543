// How a run ended: why, and where it left the thread.

import type { GraphPosition } from "../../src/protocol/runtime.ts";
import type { StopRequest } from "./deciding.ts";
import type { Exceptions } from "./exceptions.ts";
import type { GraphIndex } from "./graphs.ts";
import type { LiveGraphs } from "./live.ts";
import { interruptsOf, livePosition, storedPosition } from "./position.ts";
import type { Report } from "./report.ts";
import type { Saving } from "./saving.ts";

export interface Ending extends StopRequest {
  /** Where the thread rests, where the graphs that ran do not know it. */
  rest?: GraphPosition | undefined;
}

interface EndedRun {
  threadId: string;
  index: GraphIndex;
  graphs: LiveGraphs;
  noDebug: boolean;
}

interface RunParts {
  saving: Saving;
  exceptions: Exceptions;
  report: Report;
}

/** `failure`: what the stream was rejected with. All that the run did is on disk. */
export async function endingOf(
  run: EndedRun,
  { saving, exceptions, report }: RunParts,
  failure: { error: unknown } | undefined,
): Promise<Ending> {
  const { root, all } = run.graphs;
  const readRest = (): Promise<GraphPosition | undefined> => storedPosition(run.index, saving, run.threadId);
  if (failure !== undefined) {
    const isShown = run.noDebug || exceptions.endsWith(failure.error, root);
    const reason = isShown ? "exception" : "end";
    const error = report.errorInfo(failure.error);
    // At the recursion limit LangGraph does not come to the tasks that would be next.
    const isOutOfSteps = all.some(({ loop }) => loop.status === "out_of_steps");
    return { reason, error, rest: isOutOfSteps ? await readRest() : undefined };
  }
  if (root === undefined || root.loop.status === "done") return { reason: "end" };
  if (interruptsOf(livePosition(run.graphs, root, true)).length > 0) return { reason: "interrupt" };
  const stopped = all.findLast((live) => live.loop.status.startsWith("interrupt_"));
  if (stopped === undefined) return { reason: "end" };
  // LangGraph left its loops before they knew the tasks that come next.
  const rest = await readRest();
  const isBefore = stopped.loop.status === "interrupt_before";
  const next = rest === undefined ? [] : leaves(rest);
  const done = Object.values(stopped.loop.tasks).map(({ name }) => String(name));
  const where = isBefore ? `before ${next.join(", ")}` : `after ${done.join(", ")}`;
  const text = `The graph's own compile() asks for a stop ${where}.`;
  return { reason: "breakpoint", text, rest };
}

/** Names of the nodes that come next, the innermost ones. */
const leaves = (position: GraphPosition): string[] =>
  position.tasks
    .filter(({ status }) => status !== "done")
    .flatMap((task) => (task.subgraph === undefined ? [task.name] : leaves(task.subgraph)));
