/**
 * Two nodes that take turns until a number is reached; `finish` tells the processor time that a superstep took.
 *
 *     node counter.ts none <supersteps>      runs it without the debugger, and prints its figures as JSON
 */
import { Annotation, START, StateGraph } from "@langchain/langgraph";

/** Supersteps before the clock starts. */
const warmUp = 20;
let began = process.cpuUsage();

const State = Annotation.Root({
  number: Annotation<number>,
  limit: Annotation<number>,
  cpu: Annotation<number>,
});

export const graph = new StateGraph(State)
  .addNode("a", ({ number }) => {
    if (number === warmUp) began = process.cpuUsage();
    return { number: number + 1 };
  })
  .addNode("b", ({ number }) => ({ number: number + 1 }))
  .addNode("finish", ({ limit }) => {
    const { user, system } = process.cpuUsage(began);
    // Milliseconds a superstep, of all threads.
    return { cpu: (user + system) / 1000 / (limit - warmUp) };
  })
  .addEdge(START, "a")
  .addEdge("a", "b")
  .addConditionalEdges("b", ({ number, limit }) => (number < limit ? "a" : "finish"), ["a", "finish"])
  .compile();

if (import.meta.main) {
  const steps = Number(process.argv[3]);
  const started = performance.now();
  const result = await graph.invoke({ number: 0, limit: steps }, { recursionLimit: steps + 10 });
  console.log(JSON.stringify({ wall: (performance.now() - started) / steps, cpu: result.cpu }));
}
