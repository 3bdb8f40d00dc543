// Custom requests about the run: its graphs, what waits for an answer, how it goes on, where it goes back to.

import type { GraphCandidate } from "../../model/graph.ts";
import type { GraphBody, ReloadBody } from "../../protocol/dap.ts";
import { alongWith } from "../answer-check.ts";
import { testOf } from "../as-test/index.ts";
import type { Reply } from "../base-session.ts";
import { count, isRecord, nonEmpty, optional } from "../checks.ts";
import { badArguments } from "../errors.ts";
import type { Program } from "../program.ts";
import { checkpoint, json, nothing, place, type Table } from "./table.ts";

/** What the session does for these requests. */
export interface RunContext {
  /** Throws where no graph is debugged. */
  program(): Program;
  graph(): GraphBody;
  reload(reply: Reply): Promise<ReloadBody>;
  /** What a variable of the program holds, as its source tells. */
  graphKind(variable: string): Promise<GraphCandidate["kind"] | undefined>;
}

type Names = "graph" | "interrupts" | "resume" | "input" | "undo" | "history" | "fork" | "reload" | "test";

export function runRequests({ program, graph, reload, graphKind }: RunContext): Table<`langgraph/${Names}`> {
  return {
    "langgraph/graph": { checks: nothing, answer: graph },
    "langgraph/interrupts": {
      checks: nothing,
      answer: async () => ({ interrupts: await program().stops.interrupts() }),
    },
    "langgraph/resume": {
      checks: {
        answers: json("an object of answers by interrupt id", isRecord),
        update: optional(json("an object of the state's keys", isRecord)),
        goto: optional(json("the name of a node, or a list of them", () => true)),
      },
      answer: ({ answers, update, goto }) => {
        const more = alongWith(update, goto, (why) => badArguments("langgraph/resume", why));
        return program().control.resume(answers, more);
      },
    },
    "langgraph/input": {
      checks: { input: json("a JSON value", (value) => value !== undefined) },
      answer: ({ input }) => program().control.input(input),
    },
    "langgraph/undo": { checks: nothing, answer: (_, reply) => program().travel.undo(reply) },
    "langgraph/history": {
      checks: { ...place, before: optional(nonEmpty), limit: optional(count) },
      answer: (args) => program().past.steps(args),
    },
    "langgraph/fork": {
      checks: { checkpointId: checkpoint.checkpointId, namespace: place.namespace },
      answer: ({ checkpointId, namespace }, reply) => program().travel.fork(checkpointId, namespace, reply),
    },
    "langgraph/test": {
      checks: { threadId: place.threadId, checkpointId: optional(nonEmpty) },
      answer: async ({ threadId, checkpointId }) => {
        const { debuggee } = program();
        return testOf(debuggee, threadId ?? debuggee.threadId, checkpointId, graphKind);
      },
    },
    "langgraph/reload": { checks: nothing, answer: (_, reply) => reload(reply) },
  };
}
