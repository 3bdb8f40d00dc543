// A test of what a thread did, in the language of its graph.

import type { GraphCandidate } from "../../model/graph.ts";
import type { CustomRequests } from "../../protocol/dap.ts";
import type { Debuggee } from "../debuggee.ts";
import { pytest } from "./python.ts";
import { sourceOf } from "./source.ts";
import { storyOf } from "./story.ts";
import { vitest } from "./vitest.ts";

/**
 * Of the run up to `checkpointId`, or to where the thread stands. `kindOf` tells what a variable holds, where that is
 * known.
 */
export async function testOf(
  debuggee: Debuggee,
  threadId: string,
  checkpointId: string | undefined,
  kindOf: (variable: string) => Promise<GraphCandidate["kind"] | undefined>,
): Promise<CustomRequests["langgraph/test"]["body"]> {
  const { plan, loaded = { origin: "", compiledInterrupts: [] } } = debuggee;
  const story = await storyOf(debuggee, threadId, checkpointId);
  const source = sourceOf(plan.load, debuggee.name, loaded, kindOf);
  return plan.language === "python"
    ? { language: "python", text: pytest(story, await source) }
    : { language: "typescript", text: vitest(story, await source) };
}
