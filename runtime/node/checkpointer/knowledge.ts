// What the saver is told, and what it tells, beyond LangGraph's contract.

import type { Checkpoint, CheckpointMetadata } from "@langchain/langgraph-checkpoint";

/** What a checkpoint was before an edit in place; `edited` is when, in milliseconds since 1970. */
export interface Edited {
  readonly edited: number;
  readonly checkpoint: Checkpoint;
  readonly metadata: CheckpointMetadata;
}

/** What the run that puts knows beside what LangGraph says. */
export interface Knowledge {
  /** `writes.path` of a task. */
  pathOf(task: string): string;
  /** `checkpoints.timing` of the checkpoint that is put after `parent`. */
  timingOf(ns: string, parent: string | undefined): string | null;
  /** The saver has worked since then, by `performance.now()`. */
  spent(since: number): void;
}

export const nothingKnown: Knowledge = { pathOf: () => "", timingOf: () => null, spent: () => undefined };
