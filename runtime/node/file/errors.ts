// Errors of the checkpoint file as the protocol has them.

import { CheckpointFileError, UnknownCheckpointError } from "../checkpointer/errors.ts";
import { RuntimeError } from "../errors.ts";

/** Errors of the file with the protocol's codes; others as they are. */
export function savingError(error: unknown): unknown {
  if (error instanceof CheckpointFileError) {
    const code = error.code === "otherLanguage" ? "otherGraph" : "checkpointFile";
    return new RuntimeError(code, error.message, { cause: error });
  }
  if (error instanceof UnknownCheckpointError) return new RuntimeError("unknownThread", error.message);
  return error;
}
