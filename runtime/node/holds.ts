// The graphs and tasks that stand still: each waits for a promise until the run goes on or is cancelled.

import type { LiveGraph } from "./live.ts";

interface Hold {
  release(): void;
  cancel(): void;
}

export class Holds {
  readonly #all = new Set<Hold>();

  get isEmpty(): boolean {
    return this.#all.size === 0;
  }

  /** Resolves when it is released, rejects with an AbortError when it is cancelled. */
  async wait(live: LiveGraph): Promise<void> {
    const since = performance.now();
    try {
      await new Promise<void>((resolve, reject) => {
        const hold: Hold = { release: resolve, cancel: () => reject(abortError()) };
        this.#all.add(hold);
      });
    } finally {
      // Neither this graph's own superstep nor the tasks around it took that time.
      const time = performance.now() - since;
      for (let at: LiveGraph | undefined = live; at !== undefined; at = at.parent) {
        at.superstepHeldFor += time;
        const around = at.parent?.tasks.get(at.parentTask ?? "");
        if (around !== undefined) around.heldFor += time;
      }
    }
  }

  release(): void {
    for (const hold of this.#take()) hold.release();
  }

  cancel(): void {
    for (const hold of this.#take()) hold.cancel();
  }

  #take(): Hold[] {
    const all = [...this.#all];
    this.#all.clear();
    return all;
  }
}

/** As LangGraph's own: the task counts as cancelled, not as failed. */
export function abortError(): Error {
  const error = new Error("Aborted by the debugger");
  error.name = "AbortError";
  return error;
}
