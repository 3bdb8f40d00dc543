// A checkpoint of the past: where the run stood there, and which keys of the state differ between two of them.

import { isDeepStrictEqual } from "node:util";
import type {
  ChangedKeysParams,
  ChangedKeysResult,
  CheckpointRef,
  LookParams,
  LookResult,
} from "../../src/protocol/runtime.ts";
import { configOf, snapshotAt } from "./checkpoints.ts";
import { RuntimeError } from "./errors.ts";
import { type GraphIndex, graphAt, stateKeysOf } from "./graphs.ts";
import { toJson } from "./json.ts";
import { type Graph, resumeChannel } from "./langgraph.ts";
import { takesMessages } from "./messages.ts";
import { positionOf } from "./position.ts";
import type { Saving } from "./saving.ts";
import { stateIn } from "./state.ts";

/** Throws RuntimeError when the graph is not known. */
function graphOf(index: GraphIndex, { namespace }: CheckpointRef): { graph: Graph; id: string } {
  const at = graphAt(index, namespace);
  if (at !== undefined) return at;
  throw new RuntimeError(
    "unknownCheckpoint",
    "The graph of this checkpoint is not known before it runs. Run the thread on first.",
  );
}

const unknown = ({ checkpointId, threadId }: CheckpointRef): RuntimeError =>
  new RuntimeError(
    "unknownCheckpoint",
    `There is no checkpoint ${checkpointId} in this graph of the thread ${threadId}.`,
  );

export async function look(index: GraphIndex, saving: Saving, params: LookParams): Promise<LookResult> {
  const at = { ...graphOf(index, params), namespace: params.namespace };
  // An empty id would be read as the newest.
  const tuple = params.checkpointId === "" ? undefined : await saving.getTuple(configOf(params));
  if (tuple === undefined) throw unknown(params);
  const position = await positionOf(saving, params.threadId, at, tuple);
  const given = tuple.checkpoint.channel_values.__start__;
  const isInput = tuple.metadata?.source === "input" && given !== undefined;
  const { channels } = at.graph;
  const messageKeys = position.stateKeys.filter((key) => takesMessages(channels[key]));
  // What a Command gave is written under the id of no task.
  const commanded = tuple.pendingWrites?.some(
    ([task, channel]) => /^[0-]+$/.test(task) && channel !== resumeChannel,
  );
  return {
    ...position,
    ...(isInput && { input: toJson(given) }),
    ...(commanded && { commanded }),
    ...(messageKeys.length > 0 && { messageKeys }),
  };
}

export async function changedKeys(
  index: GraphIndex,
  saving: Saving,
  { from, to }: ChangedKeysParams,
): Promise<ChangedKeysResult> {
  const [before, after] = [await stateAt(index, saving, from), await stateAt(index, saving, to)];
  const keys: ChangedKeysResult["keys"] = [];
  for (const key of new Set([...before.keys, ...after.keys])) {
    const [old, now] = [before.values.get(key), after.values.get(key)];
    if (old === undefined && now === undefined) continue;
    if (old === undefined) keys.push({ key, change: "added" });
    else if (now === undefined) keys.push({ key, change: "removed" });
    else if (old.print === undefined || old.print !== now.print) {
      if (!isDeepStrictEqual(await old.read(), await now.read())) keys.push({ key, change: "changed" });
    }
  }
  return { keys };
}

interface Stored {
  /** Equal prints are equal values; undefined where it is not stored by itself. */
  readonly print: string | undefined;
  read(): Promise<unknown>;
}

/** Values are read only where they may differ: a state may be large. */
async function stateAt(
  index: GraphIndex,
  saving: Saving,
  ref: CheckpointRef,
): Promise<{ keys: string[]; values: Map<string, Stored> }> {
  const { graph } = graphOf(index, ref);
  const keys = stateKeysOf(graph);
  const prints = ref.checkpointId === "" ? undefined : saving.prints(configOf(ref) as never);
  if (prints === undefined) throw unknown(ref);
  let state: Promise<{ [key: string]: unknown }> | undefined;
  const read = (key: string) => async (): Promise<unknown> => {
    state ??= snapshotAt(graph, saving, ref).then(({ values }) => stateIn(graph, values));
    return (await state)[key];
  };
  const values = new Map<string, Stored>();
  for (const key of keys) {
    const isMadeAgain = graph.channels[key]?.lc_graph_name === "DeltaChannel";
    if (isMadeAgain) {
      const value = read(key);
      if ((await value()) !== undefined) values.set(key, { print: undefined, read: value });
    } else if (prints.has(key)) {
      values.set(key, { print: prints.get(key), read: read(key) });
    }
  }
  return { keys, values };
}
