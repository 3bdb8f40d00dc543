// Where a checkpoint is: thread, namespace and id, as LangGraph's configs carry them; and where a write of it is.

import type { RunnableConfig } from "@langchain/core/runnables";

/** What LangGraph writes under these names replaces what was there (its WRITES_IDX_MAP). */
export const SPECIAL_INDEX: ReadonlyMap<string, number> = new Map([
  ["__error__", -1],
  ["__scheduled__", -2],
  ["__interrupt__", -3],
  ["__resume__", -4],
]);

export interface Key {
  readonly threadId: string;
  readonly ns: string;
  readonly id: string | undefined;
}

/** Thread id, namespace and checkpoint id of a config. Throws when there is no thread id. */
export function keyOf(config: RunnableConfig): Key {
  const { thread_id, checkpoint_ns, checkpoint_id, thread_ts } = config.configurable ?? {};
  if (thread_id === undefined || thread_id === null || thread_id === "") {
    throw new Error('The config has no "thread_id". Pass one: { configurable: { thread_id: "my-thread" } }.');
  }
  return {
    threadId: String(thread_id),
    ns: checkpoint_ns ?? "",
    id: checkpoint_id || thread_ts || undefined,
  };
}

export function configOf(threadId: string, ns: string, id: string): RunnableConfig {
  return { configurable: { thread_id: threadId, checkpoint_ns: ns, checkpoint_id: id } };
}
