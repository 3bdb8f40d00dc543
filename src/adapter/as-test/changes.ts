// What was changed by hand at a checkpoint, as a test can change it again.

import type { KeyWriting } from "../../protocol/runtime.ts";
import type { Debuggee } from "../debuggee.ts";
import { cannotBeTested } from "../errors.ts";
import { type Branches, mostCheckpoints, type Step } from "./branch.ts";
import { type Expected, expectedOf, type Told } from "./expected.ts";

export type Change =
  /** Values in place: what comes next stays. */
  | { readonly kind: "edit"; readonly values: readonly Told[] }
  /** LangGraph's `update_state`. */
  | { readonly kind: "update"; readonly values: readonly Told[]; readonly asNode: string }
  /** Other nodes come next. `asNode` has no edge that would lead anywhere else. */
  | { readonly kind: "goto"; readonly nodes: readonly string[]; readonly asNode: string };

export class Changes {
  readonly #debuggee: Debuggee;
  readonly #branches: Branches;

  constructor(debuggee: Debuggee, branches: Branches) {
    this.#debuggee = debuggee;
    this.#branches = branches;
  }

  /** What made a checkpoint whose source is `update`. */
  async update({ entry, origin }: Step): Promise<Change> {
    const root = {
      kind: "writes",
      namespace: origin.namespace,
      checkpointId: origin.id,
      threadId: this.#branches.threadId,
    } as const;
    const { runtime, plan } = this.#debuggee;
    const { values: tasks } = await runtime.request("values", { root, path: [] });
    const [task] = tasks;
    const asNode = task?.name ?? entry.tasks[0]?.node;
    if (asNode === undefined || tasks.length > 1 || asNode.startsWith("__"))
      throw cannotBeTested(`what its state was updated with at step ${entry.step} is not known`);
    const path = task ? [task.key] : undefined;
    const values = path ? await expectedOf(runtime, plan.language, root, path) : [];
    return { kind: "update", values: values.map((each) => told(each, entry.step)), asNode };
  }

  /** What was edited in place there. */
  async edit({ entry }: Step): Promise<Change> {
    const { namespace, id: checkpointId, step } = entry;
    const { threadId } = this.#branches;
    const { runtime, plan } = this.#debuggee;
    const place = { threadId, namespace, checkpointId };
    const writings = await this.#writings(entry, 1);
    const keys = new Set(writings.filter(({ nodes }) => nodes.length === 0).map(({ key }) => key));
    const state = await expectedOf(runtime, plan.language, { kind: "state", ...place });
    const values = state.filter(({ key }) => keys.has(key)).map((each) => told(each, step));
    return { kind: "edit", values };
  }

  /** The jump that made a copy. */
  async goto({ entry }: Step): Promise<Change> {
    const { tasks, checkpoint } = await this.#branches.look(entry);
    if (checkpoint?.metadata.forked_writes !== undefined)
      throw cannotBeTested(
        `at step ${entry.step} it was sent to other nodes while some of the superstep had finished`,
      );
    const asNode = this.#deadEnd();
    if (asNode === undefined)
      throw cannotBeTested(
        `at step ${entry.step} it was sent to other nodes, which a test can repeat only in a graph with a node ` +
          "that ends it",
      );
    return { kind: "goto", nodes: tasks.map(({ name }) => name), asNode };
  }

  /** The keys whose values are other ones at a checkpoint than where they were last written. */
  async inPlace({ entry }: Step): Promise<ReadonlySet<string>> {
    const { threadId } = this.#branches;
    const { namespace, id } = entry;
    const to = { threadId, namespace, checkpointId: id };
    const writings = await this.#writings(entry, mostCheckpoints);
    const found = new Set<string>();
    for (const checkpointId of new Set(writings.map((each) => each.checkpointId))) {
      if (checkpointId === id) continue;
      const params = { from: { ...to, checkpointId }, to };
      const { keys } = await this.#debuggee.runtime.request("changedKeys", params);
      const written = writings.filter((each) => each.checkpointId === checkpointId);
      for (const { key } of keys) if (written.some((each) => each.key === key)) found.add(key);
    }
    return found;
  }

  async #writings({ namespace, id: checkpointId }: Step["entry"], limit: number): Promise<KeyWriting[]> {
    const { runtime, file } = this.#debuggee;
    const place = { threadId: this.#branches.threadId, namespace, checkpointId };
    return (await runtime.request("keyHistory", { file, ...place, limit })).writings;
  }

  /** A node of the root graph whose edges lead to the end only: an update as that node triggers no other. */
  #deadEnd(): string | undefined {
    const root = this.#debuggee.loaded?.graphs.find(({ id }) => id === "");
    return root?.nodes.find(({ name }) =>
      root.edges.every(({ from, to, conditional }) => from !== name || (to === "__end__" && !conditional)),
    )?.name;
  }
}

function told(value: Expected, step: number): Told {
  if (!("leftOut" in value)) return value;
  throw cannotBeTested(
    `at step ${step} ${value.key} was changed by hand to a value that a test can't write: ${value.leftOut}`,
  );
}
