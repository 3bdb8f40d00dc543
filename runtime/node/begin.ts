// Whether a run can go on from where its thread stands: refused with what to do instead.

import type { Position, RunParams } from "../../src/protocol/runtime.ts";
import { configOf, snapshotAt } from "./checkpoints.ts";
import { notBegun, RuntimeError } from "./errors.ts";
import type { Graph } from "./langgraph.ts";
import { interruptsOf } from "./position.ts";
import type { Saving } from "./saving.ts";

/** Throws RuntimeError. `position`: where the thread stands; null: it has not begun. */
export async function checkPosition(
  graph: Graph,
  saving: Saving,
  position: Position | null,
  params: RunParams,
): Promise<void> {
  const { threadId, resume, update, goto } = params;
  if (position === null) {
    if (goto !== undefined || update !== undefined) return;
    throw notBegun(threadId);
  }
  const waiting = interruptsOf(position.root);
  const ids = [...new Set(waiting.map(({ id }) => id))];
  for (const id of Object.keys(resume ?? {})) {
    if (ids.includes(id)) continue;
    const known = ids.length === 0 ? "No interrupt waits." : `These wait: ${ids.join(", ")}.`;
    throw new RuntimeError("unknownInterrupt", `No interrupt with id ${id} waits for an answer. ${known}`);
  }
  if (resume !== undefined || update !== undefined || goto !== undefined) return;
  const pending = position.root.tasks.some((task) => task.status !== "done" && task.status !== "waiting");
  if (ids.length > 0 && !pending) {
    const asked = waiting.map(({ node, id }) => `${node} (${id})`).join(", ");
    throw new RuntimeError("needsAnswer", `The run waits for an answer: ${asked}. Give one with /resume.`);
  }
  if (position.root.tasks.length === 0 && !(await isAtInput(graph, saving, threadId))) {
    throw new RuntimeError("invalidInput", `Thread ${threadId} has ended. Give it a new input.`);
  }
}

/** Only LangGraph's own task comes next, which takes the input. */
async function isAtInput(graph: Graph, saving: Saving, threadId: string): Promise<boolean> {
  const place = { threadId, namespace: "" };
  const tuple = await saving.getTuple(configOf(place));
  if (tuple === undefined) return false;
  const named = { ...place, checkpointId: tuple.checkpoint.id };
  return (await snapshotAt(graph, saving, named)).tasks.length > 0;
}
