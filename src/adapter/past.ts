// The steps of a thread as a list: for the console, completions and `langgraph/history`.

import type { HistoryArguments, HistoryBody, PastStep } from "../protocol/dap.ts";
import type { Debuggee } from "./debuggee.ts";

const defaultLimit = 20;
const greatestLimit = 1_000;

export class Past {
  readonly #debuggee: Debuggee;

  constructor(debuggee: Debuggee) {
    this.#debuggee = debuggee;
  }

  /** Newest first; the root graph's steps of this session's thread where nothing else is asked for. */
  async steps({ threadId, namespace, before, limit }: HistoryArguments): Promise<HistoryBody> {
    const { entries, more } = await this.#debuggee.runtime.request("history", {
      threadId: threadId ?? this.#debuggee.threadId,
      namespace: namespace ?? "",
      ...(before !== undefined && { before }),
      limit: Math.min(limit ?? defaultLimit, greatestLimit),
    });
    const checkpoints = entries.map(({ checkpoint, nodes, written, graph }): PastStep => {
      const { metadata: _, ...about } = checkpoint;
      return { ...about, graph, nodes, written };
    });
    return { checkpoints, more };
  }

  /** The last steps of the graphs at the stop, innermost graph first, at most `limit` of each. */
  async around(limit: number): Promise<PastStep[]> {
    const stop = this.#debuggee.requireStop();
    const thread = stop.threads.find(({ id }) => id === stop.focus);
    const graphs = (thread?.levels ?? []).map(({ graph }) => graph).filter(({ checkpoint }) => checkpoint);
    const found: PastStep[] = [];
    for (const { namespace } of graphs.reverse()) {
      const { checkpoints } = await this.steps({ namespace, limit: limit + 1 });
      // A turn's input is no step; the step that takes it in is.
      found.push(...checkpoints.filter(({ source }) => source !== "input").slice(0, limit));
    }
    return found;
  }

  /** `around` as text, a line for each step. */
  async list(limit: number): Promise<string> {
    const { position } = this.#debuggee.requireStop();
    const steps = position ? await this.around(limit) : [];
    if (steps.length === 0) return "No step has been taken yet.";
    return steps
      .map(({ id, graph, step, nodes, source, next }) => {
        const what = nodes.length > 0 ? [...new Set(nodes)].join(", ") : source === "loop" ? "input" : source;
        const where = graph === "" ? "" : `${graph} `;
        const then = next.length > 0 ? `next ${[...new Set(next)].join(", ")}` : "nothing next";
        return `${id}  ${where}step ${step}: ${what}; ${then}`;
      })
      .join("\n");
  }
}
