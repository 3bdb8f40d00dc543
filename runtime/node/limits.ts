// How many supersteps the next run of a thread may take, where it goes on from a checkpoint of an earlier one.

import type { RunParams } from "../../src/protocol/runtime.ts";
import type { Run } from "./run.ts";
import type { Saving } from "./saving.ts";

/** The last step of each graph (`Loop.stop`) by namespace; of others, LangGraph counts anew. */
export type Stops = ReadonlyMap<string, number>;

const none: Stops = new Map();

/** Each graph may take the steps that the bare run would have left, whatever a debugger did in between. */
export class Limits {
  /** Of a thread that was moved or edited since it ran. */
  #after: { threadId: string; stops: Stops } | undefined;

  /** A run from there begins as a bare run from that checkpoint does. */
  moved(threadId: string): void {
    this.#after = { threadId, stops: none };
  }

  /** To be called before the run that stands on the thread is ended. */
  edited(threadId: string, run: Run | undefined): void {
    if (this.#after?.threadId === threadId) return;
    this.#after = run?.threadId === threadId ? { threadId, stops: stopsOf(run) } : undefined;
  }

  /** Those of a run that begins now. `limit` is the recursion limit, `before` the run before it. */
  next(params: RunParams, before: Run | undefined, saving: Saving, limit: number): Stops {
    const { threadId, input, resume } = params;
    const after = this.#after;
    this.#after = undefined;
    // At an interrupt LangGraph itself starts to count anew.
    if (input !== undefined || resume !== undefined) return none;
    if (after?.threadId === threadId) return after.stops;
    if (before?.threadId === threadId) return stopsOf(before);
    const started = saving
      .summaries(threadId, { ns: "" })
      .find(({ source }) => source === "input" || source === "fork");
    if (started?.step == null) return none;
    // A run from a checkpoint begins with the step after it, one from an input with the input's own.
    const first = started.source === "input" ? started.step : started.step + 1;
    return new Map([["", first + limit + 1]]);
  }
}

/** Of a run that ended by itself nothing is left to count. */
function stopsOf(run: Run): Stops {
  if (run.over && !run.cancelled) return none;
  return new Map(run.graphs.all.map((live) => [live.namespace, live.loop.stop]));
}
