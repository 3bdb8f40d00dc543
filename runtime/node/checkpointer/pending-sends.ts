// Checkpoints from before version 4 of LangGraph's format, read as the later ones are.

import type { Checkpoint } from "@langchain/langgraph-checkpoint";

/** The channel in which a step finds what the step before sent. */
export const TASKS = "__pregel_tasks";

/** Before version 4, what a step sent was kept with the step's checkpoint and not in a channel. */
export function addPendingSends(checkpoint: Checkpoint, sends: unknown[]): void {
  checkpoint.channel_values[TASKS] = sends;
  const versions = Object.values(checkpoint.channel_versions);
  const greatest = versions.reduce<number | string | undefined>(
    (most, version) => (most === undefined || compareVersions(version, most) > 0 ? version : most),
    undefined,
  );
  checkpoint.channel_versions[TASKS] = greatest ?? 1;
}

function compareVersions(left: number | string, right: number | string): number {
  if (typeof left === "number" && typeof right === "number") return left - right;
  return String(left).localeCompare(String(right));
}
