/**
 * A research team: one planner, three researchers at once (each a subgraph), one editor.
 *
 * Try it: click left of the line number at one of the lines that a "CLICK" comment points to, then press F5.
 * The Call Stack shows one thread for each researcher; "Step Into" enters the subgraph of one of them.
 */
import {
  END,
  type GraphNode,
  ReducedValue,
  Send,
  START,
  StateGraph,
  StateSchema,
} from "@langchain/langgraph";
import { z } from "zod";

const sources: Record<string, string[]> = {
  history: ["The first debugger, DDT, ran on the TX-0 in 1961.", "It was named after an insecticide."],
  today: ["Most editors speak one debug protocol.", "A breakpoint costs nothing until it is hit."],
  future: ["Agents have state worth looking at.", "Time travel needs a checkpoint at every step."],
};

/** The state of one researcher. Only `findings` is shared with the team. */
const ResearcherState = new StateSchema({
  topic: z.string(),
  angle: z.string(),
  notes: z.array(z.string()).default([]),
  findings: z.array(z.string()).default([]),
});

// CLICK on the next line: hit once by each of the three researchers, inside the subgraph.
const lookUp: GraphNode<typeof ResearcherState> = ({ angle }) => {
  return { notes: sources[angle] ?? [`Nothing is known about ${angle}.`] };
};

const summarize: GraphNode<typeof ResearcherState> = ({ angle, notes }) => {
  const title = angle.charAt(0).toUpperCase() + angle.slice(1);
  return { findings: [`${title}: ${notes.join(" ")}`] };
};

const researcher = new StateGraph({
  state: ResearcherState,
  output: new StateSchema({ findings: z.array(z.string()) }),
})
  .addNode("look_up", lookUp)
  .addNode("summarize", summarize)
  .addEdge(START, "look_up")
  .addEdge("look_up", "summarize")
  .addEdge("summarize", END)
  .compile();

const TeamState = new StateSchema({
  topic: z.string().default("Debuggers"),
  angles: z.array(z.string()).default([]),
  // Three researchers write this key in the same step: the reducer joins their lists.
  findings: new ReducedValue(z.array(z.string()).default([]), { reducer: (all, more) => [...all, ...more] }),
  report: z.string().default(""),
  revision: z.number().default(0),
});

// CLICK on the next line for the first stop.
const plan: GraphNode<typeof TeamState> = () => {
  return { angles: Object.keys(sources) };
};

/** One task for each angle, each with an input of its own (see the Input scope). */
const assign = ({ topic, angles }: typeof TeamState.State) => {
  return angles.map((angle) => new Send("researcher", { topic, angle }));
};

// CLICK on the next line: all findings are in, in the order of the angles.
const write: GraphNode<typeof TeamState> = ({ topic, findings, revision }) => {
  const lines = [`# ${topic}`, ...findings.map((finding) => `- ${finding}`)];
  return { report: lines.slice(0, 2 + revision).join("\n"), revision: revision + 1 };
};

// A conditional breakpoint is of use here: right-click in the gutter, `revision === 2`.
/** Have the editor write again until the report holds every finding. */
const check = ({ report, findings }: typeof TeamState.State) => {
  return report.split("\n- ").length - 1 === findings.length ? END : "write";
};

export const graph = new StateGraph(TeamState)
  .addNode("plan", plan)
  .addNode("researcher", researcher)
  .addNode("write", write)
  .addEdge(START, "plan")
  .addConditionalEdges("plan", assign, ["researcher"])
  .addEdge("researcher", "write")
  .addConditionalEdges("write", check, ["write", END])
  .compile();

// Run without the debugger: npx tsx research-team.ts
if (process.argv[1] === import.meta.filename) {
  const result = await graph.invoke({ topic: "Debuggers" });
  console.log(result.report);
}
