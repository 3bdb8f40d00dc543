// Custom requests that change the state of a thread.

import { flag, isRecord, nonEmpty, oneOf, optional } from "../checks.ts";
import type { Program } from "../program.ts";
import { json, place, type Table } from "./table.ts";

/** `program` throws where no graph is debugged. */
export function changeRequests(
  program: () => Program,
): Table<"langgraph/updateState" | "langgraph/setValue" | "langgraph/undoEdit"> {
  return {
    "langgraph/updateState": {
      checks: {
        values: json("an object of the state's keys, or null", (value) => value === null || isRecord(value)),
        mode: optional(oneOf("set", "reduce")),
        asNode: optional(nonEmpty),
        goto: optional(json("a list of names of nodes", isNames)),
        namespace: place.namespace,
        checkpointId: optional(nonEmpty),
        dryRun: optional(flag),
      },
      answer: (args, reply) => program().changing.update(args, reply),
    },
    "langgraph/setValue": {
      checks: {
        path: json("a key of the state and what leads from it to a value: names and indexes", isPath),
        value: json("a JSON value", (value) => value !== undefined),
        namespace: place.namespace,
        checkpointId: optional(nonEmpty),
        dryRun: optional(flag),
      },
      answer: (args, reply) => program().changing.set(args, reply),
    },
    "langgraph/undoEdit": {
      checks: { namespace: place.namespace },
      answer: ({ namespace }, reply) => program().changing.undo(namespace, reply),
    },
  };
}

const isNames = (value: unknown): boolean =>
  Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === "string" && each !== "");

const isPath = (value: unknown): boolean =>
  Array.isArray(value) &&
  typeof value[0] === "string" &&
  value.every((each) => typeof each === "string" || Number.isSafeInteger(each));
