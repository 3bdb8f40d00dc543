// Checkpoint files in folders of their own, and checkpoints to put into them.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { RunnableConfig } from "@langchain/core/runnables";
import {
  BaseCheckpointSaver,
  type Checkpoint,
  emptyCheckpoint,
  uuid6,
} from "@langchain/langgraph-checkpoint";
import {
  createFileSaver,
  type FileSaver,
  type FileSaverOptions,
} from "../../../runtime/node/checkpointer/index.ts";

export type Values = Record<string, unknown>;

/** A folder of its own for a test's file, and the savers on it; `dispose` closes and removes them. */
export class Place {
  readonly folder: string = mkdtempSync(join(tmpdir(), "checkpoints-"));
  readonly path: string = join(this.folder, ".langgraph-debug", "checkpoints.sqlite");
  readonly #savers: FileSaver[] = [];

  open(options: Omit<FileSaverOptions, "path"> = {}): FileSaver {
    const saver = createFileSaver(BaseCheckpointSaver, { path: this.path, ...options });
    this.#savers.push(saver);
    return saver;
  }

  close(): void {
    for (const saver of this.#savers.splice(0)) {
      try {
        saver.close();
      } catch {
        // Closed, or broken, by the test.
      }
    }
  }

  dispose(): void {
    this.close();
    rmSync(dirname(this.path), { recursive: true, force: true });
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export function checkpointOf(channel_values: Values, step = 0): Checkpoint {
  const versions = Object.fromEntries(Object.keys(channel_values).map((name) => [name, step + 1]));
  return { ...emptyCheckpoint(), id: uuid6(step), channel_values, channel_versions: versions };
}

/** Puts values as the next checkpoint after `config`; returns its config. */
export function put(
  saver: BaseCheckpointSaver,
  config: RunnableConfig,
  values: Values,
  step = 0,
  metadata: Values = {},
): Promise<RunnableConfig> {
  return saver.put(
    config,
    checkpointOf(values, step),
    { source: "loop", step, parents: {}, ...metadata },
    {},
  );
}

export function thread(thread_id: string, checkpoint_ns = ""): RunnableConfig {
  return { configurable: { thread_id, checkpoint_ns } };
}

/** The values of the checkpoint that `config` names. */
export async function valuesAt(saver: BaseCheckpointSaver, config: RunnableConfig): Promise<Values> {
  const tuple = await saver.getTuple(config);
  if (tuple === undefined) throw new Error("There is no such checkpoint.");
  return tuple.checkpoint.channel_values;
}
