// A fixture that has run up to where a test of its thread begins, and what such tests ask of the thread.
import assert from "node:assert/strict";
import type { GraphPosition, HistoryEntry, NodeBreakpoint } from "../../src/protocol/runtime.ts";
import type { Driver, DriverOptions } from "./driver.ts";
import { Drivers } from "./drivers.ts";
import { fixture, type Runtime } from "./runtimes.ts";

export const before = (node: string, graph = ""): Omit<NodeBreakpoint, "id"> => ({
  when: "before",
  graph,
  node,
});

export const id = (position: GraphPosition): string => position.checkpoint?.id ?? "";

export class Standing {
  readonly #drivers: Drivers;
  #driver: Driver | undefined;

  /** Make one within `describe`. */
  constructor(runtime: Runtime) {
    this.#drivers = Drivers.in(runtime);
  }

  /** Of the fixture that was started last. */
  get driver(): Driver {
    assert.ok(this.#driver, "no fixture was started");
    return this.#driver;
  }

  /** Loads a fixture: with options of its own in a process of its own. */
  async load(name: string, options?: DriverOptions): Promise<void> {
    this.#driver = await (options ? this.#drivers.own(name, options) : this.#drivers.share(name));
  }

  /** Starts a fixture and stops before a node. */
  async stopBefore(name: string, node: string, graph = "", options?: DriverOptions): Promise<GraphPosition> {
    await this.load(name, options);
    await this.driver.breakpoints(before(node, graph));
    const { position } = await this.driver.run({ input: fixture(name).input });
    await this.driver.breakpoints();
    return position.root;
  }

  async runToEnd(name: string, options?: DriverOptions): Promise<void> {
    await this.load(name, options);
    assert.equal((await this.driver.run({ input: fixture(name).input })).reason, "end");
  }

  /** How often each node was started since `since` events. */
  started(since = 0): Record<string, number> {
    const found: Record<string, number> = {};
    for (const event of this.driver.events.slice(since)) {
      if (event.name === "task" && event.params.event === "start") {
        found[event.params.node] = (found[event.params.node] ?? 0) + 1;
      }
    }
    return found;
  }

  async history(namespace = "", from?: string): Promise<HistoryEntry[]> {
    const params = { threadId: this.driver.threadId, namespace, limit: 100 };
    const asked = from === undefined ? params : { ...params, before: from };
    return (await this.driver.request("history", asked)).entries;
  }

  /** Id of the checkpoint after which `node` comes. */
  async checkpointBefore(node: string, namespace = "", nth = 0): Promise<string> {
    const entries = (await this.history(namespace)).reverse();
    const found = entries.filter(({ checkpoint }) => checkpoint.next.includes(node))[nth]?.checkpoint.id;
    assert.ok(found, `no checkpoint before ${node}`);
    return found;
  }
}
