// How long supersteps and their tasks took, and the debugger's own share: noted with the checkpoint that each made.

import { display } from "./display.ts";
import { configText, type Graph, isHidden, isPush, type Loop, type Task } from "./langgraph.ts";

const textLength = 200;
/** Of tasks and supersteps whose end nobody sees. */
const kept = 1000;

/** One graph while it runs, as far as it is timed. */
interface Timed {
  readonly loop: Loop;
  readonly namespace: string;
  readonly tasks: ReadonlyMap<
    string,
    { readonly milliseconds: number | undefined; readonly cached: boolean }
  >;
  /** Milliseconds of `performance.now()`; 0: no superstep was begun in this run. */
  readonly superstepStartedAt: number;
  readonly superstepHeldFor: number;
}

type Router = [name: string, returned: string];

/** Of all runs of this process. */
class Timings {
  /** What the debugger itself took since the process began, in milliseconds. */
  #spent = 0;
  readonly #before = new WeakMap<Timed, number>();
  /** By namespace and id of the checkpoint before. */
  readonly #closed = new Map<string, object>();
  readonly #routed = new Map<string, Router[]>();

  /** The debugger has worked since then; `since` is of `performance.now()`. */
  spend(since: number): void {
    this.#spent += performance.now() - since;
  }

  /** All tasks of a superstep are done; its checkpoint is about to be made. */
  close(live: Timed, tasks: readonly Task[]): void {
    const { loop } = live;
    const visible = tasks.filter((task) => !isHidden(task));
    if (loop.checkpointer === undefined || visible.length === 0) return;
    const timed: { [task: string]: object } = {};
    for (const { id, name, writes } of visible) {
      const { milliseconds: ms, cached = false } = live.tasks.get(id) ?? {};
      const routers = this.#routed.get(id);
      this.#routed.delete(id);
      timed[id] = {
        node: String(name),
        ...(ms === undefined ? {} : { ms: rounded(ms) }),
        ...(routers === undefined ? {} : { routers }),
        // LangGraph.js puts no writes of what it has from the cache.
        ...(cached ? { wrote: writes.map(([channel]) => channel) } : {}),
      };
    }
    const isTimed = live.superstepStartedAt > 0;
    const ms = Math.max(0, performance.now() - live.superstepStartedAt - live.superstepHeldFor);
    // Graphs beside this one may have been looked after at the same time.
    const own = Math.min(ms, this.#spent - (this.#before.get(live) ?? this.#spent));
    const timing = isTimed ? { ms: rounded(ms), own: rounded(own), tasks: timed } : { tasks: timed };
    keep(this.#closed, keyOf(live.namespace, loop.checkpoint.id), timing);
  }

  /** The tasks of a superstep are about to start. */
  begin(live: Timed): void {
    this.#before.set(live, this.#spent);
  }

  /** Of the checkpoint that is put after `parent`, as JSON; null: nobody has timed it. */
  take(namespace: string, parent: string | undefined): string | null {
    const key = keyOf(namespace, parent ?? "");
    const timing = this.#closed.get(key);
    if (timing === undefined) return null;
    this.#closed.delete(key);
    return JSON.stringify(timing);
  }

  /** Listens to what the graph's conditional edges return. */
  watchRouters(graph: Graph): void {
    const { branches = {} } = (graph.builder ?? {}) as Builder;
    for (const ofNode of Object.values(branches)) {
      for (const [name, { path }] of Object.entries(ofNode)) {
        if (typeof path?.invoke !== "function") continue;
        // Another branch has it too, or it is frozen: what it returns is not told then.
        if (Object.hasOwn(path, "invoke") || !Object.isExtensible(path)) continue;
        // LangGraph calls nearly all of them "condition"; older versions wrap the function once more.
        const own = path.func?.name || path.bound?.func?.name || name;
        const invoke = path.invoke.bind(path);
        path.invoke = async (input, config) => {
          const returned = await invoke(input, config);
          const since = performance.now();
          this.#route(configText(config, "__pregel_task_id"), own, returned);
          this.spend(since);
          return returned;
        };
      }
    }
  }

  #route(task: string | undefined, name: string, returned: unknown): void {
    if (task === undefined) return;
    const text = typeof returned === "string" ? returned : display(returned);
    const router: Router = [name, text.slice(0, textLength)];
    const known = this.#routed.get(task);
    if (known === undefined) keep(this.#routed, task, [router]);
    else known.push(router);
  }
}

type Builder = {
  branches?: {
    [node: string]: {
      [name: string]: {
        path?: {
          func?: { name?: string };
          bound?: { func?: { name?: string } };
          invoke(input: unknown, config?: Task["config"]): Promise<unknown>;
        };
      };
    };
  };
};

const keyOf = (namespace: string, parent: string): string => `${parent} ${namespace}`;
const rounded = (ms: number): number => Math.round(ms * 1000) / 1000;

function keep<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.set(key, value);
  const [oldest] = map.size > kept ? map.keys() : [];
  if (oldest !== undefined) map.delete(oldest);
}

export const timings = new Timings();

/** As Python's LangGraph calls the place of a task that an edge led to. */
export function pathOf(task: { name: string; path?: unknown[] } | undefined): string {
  return task === undefined || isPush(task.path) ? "" : `~__pregel_pull, ${task.name}`;
}
