// What is changed in LangGraph's runner of a graph's tasks, so that the graph can be held and left.

import type { RunLoopParams } from "./langgraph.ts";

type Runner = RunLoopParams["runner"];

export function patchRunner(runner: Runner, noDebug: boolean): void {
  endWithoutTasks(runner);
  if (noDebug) return;
  // A held graph must not run into the author's time limits.
  const tick = runner.tick.bind(runner);
  runner.tick = (options) => tick({ ...options, timeout: undefined });
}

/**
 * Where all tasks of a superstep came from the cache, LangGraph listens for the end of the run with a promise that nobody
 * looks at: its rejection would end the process when the run is cancelled later.
 */
function endWithoutTasks(runner: Runner): void {
  const execute = runner._executeTasksWithRetry?.bind(runner);
  if (execute === undefined) return;
  runner._executeTasksWithRetry = (tasks, options) =>
    execute(tasks, tasks.length > 0 ? options : { ...options, signals: undefined });
}
