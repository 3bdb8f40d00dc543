// The checkpointer that every run is saved with, and whose thread is whose.

import { createFileSaver, type FileSaver } from "./checkpointer/index.ts";
import { RuntimeError } from "./errors.ts";
import { savingError } from "./file/errors.ts";
import type { LangGraphModule, Saver } from "./langgraph.ts";

/** With the types of LangGraph that the runtime reads checkpoints with. */
export type Saving = Omit<FileSaver, keyof Saver | "looking"> & Saver & { readonly looking: Saving };

/** Puts the checkpoints of this program's graphs into one file. `path` is absolute. Throws RuntimeError. */
export function openSaving(
  langgraph: LangGraphModule,
  path: string,
  onError: (text: string) => void,
): Saving {
  try {
    const base = langgraph.BaseCheckpointSaver as Parameters<typeof createFileSaver>[0];
    return createFileSaver(base, { path, onError: (error) => onError(error.message) }) as unknown as Saving;
  } catch (error) {
    throw savingError(error);
  }
}

/** Throws when the thread was made by another graph: its channels would mean something else. */
export function checkThread(saving: Saving, threadId: string, graph: string): void {
  const thread = saving.threads().find(({ id }) => id === threadId);
  if (thread?.graph == null || thread.graph === graph) return;
  throw new RuntimeError(
    "otherGraph",
    `Thread ${threadId} belongs to the graph ${thread.graph}, not to ${graph}. Choose another thread id.`,
  );
}
