// Where a checkpoint is: thread, namespace and id, as LangGraph's configs carry them.

import type { RunnableConfig } from "@langchain/core/runnables";

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
