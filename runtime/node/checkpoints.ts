// Checkpoints of the file, found by thread and namespace, and as LangGraph itself reads them.

import { type CheckpointTuple, configText, type Graph, type Saver, type Snapshot } from "./langgraph.ts";

export interface Place {
  threadId: string;
  namespace: string;
  /** The newest one when it is absent. */
  checkpointId?: string | undefined;
}

export const configOf = (place: Place): { configurable: { [key: string]: string } } => ({
  configurable: {
    thread_id: place.threadId,
    checkpoint_ns: place.namespace,
    ...(place.checkpointId === undefined ? {} : { checkpoint_id: place.checkpointId }),
  },
});

/** With the tasks that come after it: all of them, the done ones too, when the place names the checkpoint. */
export async function snapshotAt(graph: Graph, saver: Saver, place: Place): Promise<Snapshot> {
  const { configurable } = configOf(place);
  return graph.getState({ configurable: { ...configurable, __pregel_checkpointer: saver } });
}

export function parentId(tuple: CheckpointTuple | undefined): string | undefined {
  return configText(tuple?.parentConfig, "checkpoint_id");
}
