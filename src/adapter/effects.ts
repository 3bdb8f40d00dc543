// Says in plain sentences what a change of the state does, before it is made.

import type { GraphModel } from "../model/graph.ts";
import type { Json } from "../model/json.ts";
import type { GraphPosition, TaskStatus } from "../protocol/runtime.ts";
import { pathText, type Segment } from "./state-path.ts";

export interface Change {
  readonly values: { readonly [key: string]: Json } | null;
  readonly mode: "set" | "reduce" | "update";
  /** Of `set`: what leads from the only key to the value that is meant. */
  readonly below?: readonly Segment[] | undefined;
  /** With `update`: whose writers and edges run. */
  readonly asNode?: string | undefined;
  /** These come next instead of what is pending. */
  readonly goto?: readonly string[] | undefined;
  /** The cursor goes to a checkpoint of the past first. */
  readonly moves: boolean;
  /** `update_state` takes in what tasks of the superstep have written: LangGraph.js does, Python's doesn't. */
  readonly keepsFinished: boolean;
}

/** `graph`: where the change is made. `model`: the nodes and edges of that graph, where they are known. */
export function effectsOf(change: Change, graph: GraphPosition, model: GraphModel | undefined): string[] {
  const { mode, moves, goto, below = [] } = change;
  const effects = moves
    ? [`Makes a branch from step ${graph.checkpoint?.step ?? 0}; what ran after it stays in the history.`]
    : [];
  if (mode === "update") return [...effects, ...updating(change, graph, model)];
  const keys = Object.keys(change.values ?? {});
  const [key = ""] = keys;
  if (below.length > 0) effects.push(`Sets ${pathText([key, ...below])} at this checkpoint.`);
  else if (keys.length > 0)
    effects.push(
      mode === "set"
        ? `Sets ${listed(keys)} at this checkpoint, whatever the ${some(keys, "reducer")}.`
        : `Adds to ${listed(keys)} at this checkpoint, through the ${some(keys, "reducer")}.`,
    );
  if (goto)
    return [
      ...effects,
      `${listed(goto)} ${goto.length > 1 ? "come" : "comes"} next.`,
      ...discarding(change, graph),
    ];
  if (keys.length === 0) return [...effects, "Changes nothing."];
  // A checkpoint of the past is gone to with none of its tasks begun.
  const running = moves ? [] : named(graph, "running");
  if (running.length > 0) effects.push(`Ends ${listed(running)}, which must run again.`);
  const next = [
    ...new Set(graph.tasks.filter(({ status }) => moves || status !== "done").map(({ name }) => name)),
  ];
  if (next.length > 0) effects.push(`What comes next stays: ${listed(next)}.`);
  else if (graph.checkpoint?.source === "input") effects.push("The run begins from there, as before.");
  else effects.push("Nothing comes next, as before.");
  return effects;
}

function updating(change: Change, graph: GraphPosition, model?: GraphModel): string[] {
  const { values, asNode } = change;
  const keys = Object.keys(values ?? {});
  const as = asNode === undefined ? "" : ` as node ${asNode}`;
  const effects = [
    keys.length > 0
      ? `Writes ${listed(keys)}${as}, through the ${some(keys, "reducer")}.`
      : `Writes nothing${as}.`,
  ];
  return [...effects, ...discarding(change, graph), following(asNode, model)];
}

/** What becomes of the tasks that would come next, where others do. */
function discarding({ goto, moves, keepsFinished }: Change, graph: GraphPosition): string[] {
  const effects: string[] = [];
  const tell = (status: TaskStatus, sentence: (names: string, one: boolean) => string): void => {
    // A pending node that is chosen comes next as it would have.
    const chosen = status === "pending" || status === "cancelled" ? (goto ?? []) : [];
    const names = named(graph, status).filter((name) => !chosen.includes(name));
    if (names.length > 0) effects.push(sentence(listed(names), names.length === 1));
  };
  if (moves) {
    const tasks = [...new Set(graph.tasks.map(({ name }) => name))].filter((name) => !goto?.includes(name));
    if (tasks.length > 0) effects.push(`Does not run ${listed(tasks)}, which came next there.`);
  } else {
    tell("pending", (names) => `Discards ${names}, which would come next.`);
    tell("cancelled", (names) => `Discards ${names}, which would run again.`);
    tell("running", (names, one) => `Ends ${names}, which ${one ? "is" : "are"} running.`);
    tell(
      "waiting",
      (names, one) => `Discards the ${one ? "question" : "questions"} of ${names}, and what was answered.`,
    );
    tell(
      "done",
      (names, one) =>
        `${goto || keepsFinished ? "Keeps" : "Loses"} the ${one ? "result" : "results"} of ${names}, which ${one ? "has" : "have"} finished in this step.`,
    );
    tell("failed", (names) => `Forgets the error of ${names}, which will not run again.`);
    const inside = graph.tasks.filter(({ status, subgraph }) => subgraph && status !== "done");
    const names = [...new Set(inside.map(({ name }) => name))];
    if (names.length > 0) effects.push(`Discards what was done inside of ${listed(names)}.`);
  }
  return effects;
}

/** Which way it goes on from a node. */
function following(node: string | undefined, model: GraphModel | undefined): string {
  if (node === undefined || !model) return "LangGraph decides what comes next.";
  const edges = model.edges.filter(({ from }) => from === node);
  const fixed = edges.filter(({ conditional }) => !conditional);
  const choices = edges.filter(({ conditional }) => conditional);
  const targets = (some: typeof edges): string[] => [
    ...new Set(some.flatMap(({ to }) => (to === undefined ? [] : [to === "__end__" ? "the end" : to]))),
  ];
  if (choices.length > 0) {
    const ways = targets(choices);
    const open = choices.some(({ to }) => to === undefined);
    const which = ways.length > 0 && !open ? `: ${listed(ways, "or")}` : "";
    const also = targets(fixed);
    const then = also.length > 0 ? `, and ${listed(also)} comes next in any case` : "";
    return `The router of ${node} runs and decides what comes next${which}${then}.`;
  }
  const next = targets(fixed).filter((name) => name !== "the end");
  if (next.length > 0) return `Then ${listed(next)} ${next.length > 1 ? "come" : "comes"} next.`;
  return fixed.length > 0
    ? "Then nothing comes next: the run ends."
    : `No edge leaves ${node}: nothing comes next.`;
}

function named({ tasks }: GraphPosition, status: TaskStatus): string[] {
  return [...new Set(tasks.filter((task) => task.status === status).map(({ name }) => name))];
}

const some = (all: readonly unknown[], thing: string): string => (all.length > 1 ? `${thing}s` : thing);

/** `a`, `a and b`, `a, b and c`. */
function listed(names: readonly string[], word = "and"): string {
  return names.length > 1 ? `${names.slice(0, -1).join(", ")} ${word} ${names.at(-1)}` : (names[0] ?? "");
}
