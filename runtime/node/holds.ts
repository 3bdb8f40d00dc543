// The graphs and tasks that stand still: each waits for a promise until the run goes on or is cancelled.

import type { LiveGraph } from "./live.ts";

interface Hold {
  release(): void;
  cancel(): void;
}

export class Holds {
  readonly #all = new Set<Hold>();
  #isCancelled = false;

  get isEmpty(): boolean {
    return this.#all.size === 0;
  }

  /** Resolves when it is released, rejects with an AbortError when it is cancelled. */
  async wait(live: LiveGraph): Promise<void> {
    const since = performance.now();
    try {
      await new Promise<void>((resolve, reject) => {
        const hold: Hold = { release: resolve, cancel: () => reject(abortError()) };
        // What comes to its hold after the run was cancelled is released by nobody.
        if (this.#isCancelled) hold.cancel();
        else this.#all.add(hold);
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

  /** For good: what waits, and what would wait later. */
  cancel(): void {
    this.#isCancelled = true;
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
