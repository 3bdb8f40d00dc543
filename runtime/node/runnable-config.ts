// The RunnableConfig of launch.json as LangGraph.js takes it.

import type { LoadParams } from "../../src/protocol/runtime.ts";
import type { Config } from "./langgraph.ts";

/** Names as in Python's RunnableConfig are taken too. */
export function runnableConfig(config: LoadParams["config"]): Config {
  const { recursion_limit, max_concurrency, run_name, run_id, ...rest } = (config ?? {}) as {
    [key: string]: unknown;
  };
  const named = {
    recursionLimit: recursion_limit,
    maxConcurrency: max_concurrency,
    runName: run_name,
    runId: run_id,
    ...rest,
  };
  return Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined)) as Config;
}
