// What each node has done in a session, from the adapter's events and stops. Knows nothing of VS Code.

import type { GraphBody, TaskBody } from "../../protocol/dap.ts";
import type { PanelTask } from "../../protocol/webview.ts";

/** The superstep that a graph is at, and the one before, with the nodes that ran in them. */
interface Supersteps {
  readonly step: number;
  readonly nodes: Set<string>;
  readonly before?: Omit<Supersteps, "before">;
}

export class Tasks {
  readonly #nodes = new Map<string, PanelTask>();
  /** By namespace: graphs that run side by side are at steps of their own. */
  readonly #supersteps = new Map<string, Supersteps>();
  /** Ids of the tasks that compute, by node: parallel tasks of one node count as one that runs. */
  readonly #computing = new Map<string, Set<string>>();

  list(): PanelTask[] {
    return [...this.#nodes.values()];
  }

  clear(): void {
    this.#nodes.clear();
    this.#computing.clear();
    this.#supersteps.clear();
  }

  apply({ event, id, graph, node, namespace, step, duration, error }: TaskBody): void {
    const key = `${graph}\n${node}`;
    const before = this.#nodes.get(key);
    const computing = this.#computing.get(key) ?? new Set();
    this.#computing.set(key, computing);
    if (event === "start") computing.add(id);
    else if (event !== "retry") computing.delete(id);
    const runs = (before?.runs ?? 0) + (event === "start" || event === "cached" ? 1 : 0);
    const took = duration ?? (event === "start" ? undefined : before?.duration);
    this.#ran(namespace, step, node);
    this.#nodes.set(key, {
      graph,
      node,
      state: computing.size > 0 ? "running" : stateAfter[event],
      runs,
      step,
      ...this.#after(before, namespace, step),
      ...(took !== undefined && { duration: took }),
      ...(error && event === "error" && { message: `${error.type}: ${error.message}` }),
    });
  }

  /** The run stands at these tasks; all that were elsewhere have ended, or never came to be. */
  stand(tasks: GraphBody["tasks"]): void {
    this.#computing.clear();
    for (const [key, task] of this.#nodes) {
      if (task.state === "pending" || task.state === "waiting") this.#forgetOrEnd(key, task);
      else if (task.state === "running") this.#nodes.set(key, { ...task, state: "done" });
    }
    // Of several tasks of one node, the one that needs the user counts most.
    const ordered = [...tasks].sort((a, b) => weights[a.status] - weights[b.status]);
    for (const { graph, node, namespace, status, step } of ordered) {
      const key = `${graph}\n${node}`;
      const before = this.#nodes.get(key);
      this.#nodes.set(key, {
        ...before,
        graph,
        node,
        state: status === "cancelled" ? "pending" : status,
        ...(step !== undefined && { step, ...this.#after(before, namespace, step) }),
      });
    }
  }

  /** The run goes on: what stood comes next, and says so itself when it begins. */
  goOn(): void {
    for (const [key, task] of this.#nodes) {
      if (task.state === "waiting") this.#nodes.set(key, { ...task, state: "pending" });
    }
  }

  #ran(namespace: string, step: number, node: string): void {
    const known = this.#supersteps.get(namespace);
    if (known?.step === step) known.nodes.add(node);
    else {
      const before = known && { before: { step: known.step, nodes: known.nodes } };
      this.#supersteps.set(namespace, { step, nodes: new Set([node]), ...before });
    }
  }

  /** The nodes from which the run comes to a node now, with those from which it came to it earlier. */
  #after(before: PanelTask | undefined, namespace: string, step: number): Pick<PanelTask, "after"> {
    const known = this.#supersteps.get(namespace);
    const last = known?.step === step ? known.before : known;
    const nodes = last?.step === step - 1 ? last.nodes : [];
    const after = [...new Set([...(before?.after ?? []), ...nodes])];
    return after.length > 0 ? { after } : {};
  }

  #forgetOrEnd(key: string, task: PanelTask): void {
    if (task.duration === undefined) this.#nodes.delete(key);
    else this.#nodes.set(key, { ...task, state: "done" });
  }
}

const stateAfter = {
  start: "running",
  end: "done",
  error: "failed",
  cached: "cached",
  retry: "running",
} as const;
const weights = { done: 0, pending: 1, cancelled: 1, running: 2, failed: 3, waiting: 4 };
