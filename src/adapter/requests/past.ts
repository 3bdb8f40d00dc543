// Custom requests about what is in the checkpoint file: the timeline, any checkpoint, its values, what differs.

import type { CheckpointArguments } from "../../protocol/dap.ts";
import { checkArguments, count, flag, index, isRecord, nonEmpty, optional, orNull, text } from "../checks.ts";
import { badArguments } from "../errors.ts";
import type { Program } from "../program.ts";
import { checkpoint, json, place, type Table } from "./table.ts";

type Names = "timeline" | "checkpoint" | "value" | "diff" | "keyHistory" | "annotate";

const segments = json<(string | number)[]>(
  "a list of keys and indexes, from a key of the state down",
  (value) => Array.isArray(value) && value.every((each) => text.holds(each) || index.holds(each)),
);
const which = json<CheckpointArguments>("an object with a checkpointId", isRecord);
const name = optional(orNull(text));

/** `program` throws where no graph is debugged. */
export function pastRequests(program: () => Program): Table<`langgraph/${Names}`> {
  const at = (argument: string, raw: CheckpointArguments): CheckpointArguments =>
    checkArguments<CheckpointArguments>(`langgraph/diff, "${argument}"`, { ...raw }, checkpoint);
  return {
    "langgraph/timeline": {
      checks: { ...place, before: optional(nonEmpty), limit: optional(count) },
      answer: (args) => program().checkpoints.timeline(args),
    },
    "langgraph/checkpoint": {
      checks: { ...checkpoint, writes: optional(flag) },
      answer: (args) => program().checkpoints.look(args),
    },
    "langgraph/value": {
      checks: { ...checkpoint, path: segments, most: optional(count) },
      answer: (args) => program().checkpoints.value(args),
    },
    "langgraph/diff": {
      checks: { from: which, to: which, key: optional(nonEmpty) },
      answer: ({ from, to, key }) =>
        program().checkpoints.diff({
          from: at("from", from),
          to: at("to", to),
          ...(key !== undefined && { key }),
        }),
    },
    "langgraph/keyHistory": {
      checks: { ...checkpoint, key: optional(nonEmpty), limit: optional(count) },
      answer: (args) => program().checkpoints.keyHistory(args),
    },
    "langgraph/annotate": {
      checks: { ...checkpoint, name, note: name },
      answer: (args) => {
        if (args.name === undefined && args.note === undefined)
          throw badArguments(
            "langgraph/annotate",
            '"name" or "note" must be given: text, or null to take it away.',
          );
        return program().checkpoints.annotate(args);
      },
    },
  };
}
