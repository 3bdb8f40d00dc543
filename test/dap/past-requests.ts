// Random requests about a thread's past, its state and the threads of the checkpoint file.

import fc from "fast-check";
import { checkpointId, name, seen } from "./arbitraries.ts";

const checkpoint = fc.record({ checkpointId });
/** Mostly the session's own. */
const elsewhere = fc.constantFrom({}, {}, {}, { threadId: "nobody" }, { namespace: "no:where" });
const within = (args: fc.Arbitrary<object>): fc.Arbitrary<object> =>
  fc.tuple(args, elsewhere).map(([own, place]) => ({ ...own, ...place }));
/** Of the checkpoint file, as `langgraph/threads` tells. */
const thread = seen("ofFile", fc.string());
const words = fc.option(fc.string());

export const pastRequests: { readonly [command: string]: { weight: number; args: fc.Arbitrary<unknown> } } = {
  "langgraph/timeline": {
    weight: 3,
    args: within(
      fc.record({ before: checkpointId, limit: fc.integer({ min: -1, max: 30 }) }, { requiredKeys: [] }),
    ),
  },
  "langgraph/checkpoint": { weight: 3, args: within(checkpoint) },
  "langgraph/value": {
    weight: 2,
    args: fc.record({ checkpointId, path: fc.array(fc.oneof(name, fc.nat(3)), { maxLength: 3 }) }),
  },
  "langgraph/diff": { weight: 2, args: fc.record({ from: checkpoint, to: checkpoint }) },
  "langgraph/keyHistory": {
    weight: 2,
    args: fc.record(
      { checkpointId, key: name, limit: fc.integer({ min: 0, max: 30 }) },
      { requiredKeys: ["checkpointId"] },
    ),
  },
  "langgraph/annotate": {
    weight: 1,
    args: fc.record({ checkpointId, name: words, note: words }, { requiredKeys: ["checkpointId"] }),
  },
  "langgraph/updateState": {
    weight: 3,
    args: fc.record(
      {
        values: fc.oneof(
          fc.constantFrom<unknown>({ count: 1 }, { log: ["a"] }, {}, null),
          fc.dictionary(fc.string(), fc.jsonValue()),
        ),
        mode: fc.constantFrom("set", "reduce", "other"),
        asNode: fc.constantFrom("work", "finish", "nobody", ""),
        checkpointId,
        dryRun: fc.boolean(),
      },
      { requiredKeys: ["values"] },
    ),
  },
  "langgraph/setValue": {
    weight: 2,
    args: fc.record(
      {
        path: fc.constantFrom<unknown>(["count"], ["log", 0], ["log", -1, "none"], [], ["nobody", 1], [0]),
        value: fc.oneof(fc.constantFrom<unknown>(1, "a", null), fc.jsonValue()),
        checkpointId,
        dryRun: fc.boolean(),
      },
      { requiredKeys: ["path", "value"] },
    ),
  },
  "langgraph/undoEdit": {
    weight: 2,
    args: fc.constantFrom({}, { namespace: "" }, { namespace: "no:where" }),
  },
  "langgraph/threads": {
    weight: 2,
    args: fc.record(
      { filter: fc.string(), start: fc.integer({ min: -1, max: 3 }), limit: fc.nat(3) },
      { requiredKeys: [] },
    ),
  },
  "langgraph/openThread": { weight: 1, args: fc.record({ threadId: thread }) },
  "langgraph/describeThread": { weight: 1, args: fc.record({ threadId: thread, name: words }) },
  "langgraph/copyThread": { weight: 1, args: fc.record({ threadId: thread }) },
  "langgraph/deleteThread": { weight: 1, args: fc.record({ threadId: thread }) },
  "langgraph/restoreThread": { weight: 1, args: fc.record({ deleted: fc.string() }) },
  "langgraph/prune": {
    weight: 1,
    args: fc.record({ keep: fc.constantFrom(0, 20), dryRun: fc.boolean() }, { requiredKeys: ["dryRun"] }),
  },
  "langgraph/test": { weight: 1, args: fc.constant({}) },
};
