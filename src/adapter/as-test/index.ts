// A test of what a thread did, in the language of its graph.

import type { GraphCandidate } from "../../model/graph.ts";
import type { CustomRequests } from "../../protocol/dap.ts";
import type { Debuggee } from "../debuggee.ts";
import { pytest } from "./python.ts";
import { sourceOf } from "./source.ts";
import { storyOf } from "./story.ts";
import { vitest } from "./vitest.ts";

/**
 * Of the run up to `checkpointId`, or to where the thread stands. `kind`: what the graph's variable holds, where that is
 * known.
 */
export async function testOf(
  debuggee: Debuggee,
  threadId: string,
  checkpointId: string | undefined,
  kind: GraphCandidate["kind"] | undefined,
): Promise<CustomRequests["langgraph/test"]["body"]> {
  const story = await storyOf(debuggee, threadId, checkpointId);
  const source = sourceOf(debuggee.plan, debuggee.name, debuggee.loaded?.origin ?? "", kind);
  return debuggee.plan.language === "python"
    ? { language: "python", text: pytest(story, source) }
    : { language: "typescript", text: vitest(story, source) };
}
