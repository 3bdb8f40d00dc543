// Changes one value of a stored state in place: the same checkpoint, the same pending tasks.

import type { EditParams, Json, Value } from "../../src/protocol/runtime.ts";
import { kindOf } from "./checkpointer/kinds.ts";
import { configOf, snapshotAt } from "./checkpoints.ts";
import { display, typeName } from "./display.ts";
import { errorInfo, notBegun, RuntimeError } from "./errors.ts";
import { evaluate, type Names } from "./expression.ts";
import { type GraphIndex, graphAt, stateKeysOf } from "./graphs.ts";
import { kept } from "./keeping.ts";
import type { Checkpoint, Graph } from "./langgraph.ts";
import { asMessages, asWritten, takesMessages } from "./messages.ts";
import type { Saving } from "./saving.ts";
import { problemWith } from "./schema.ts";
import { stateIn, withUnset } from "./state.ts";
import { follow, rootExpression, shownValue } from "./tree.ts";

/** Where an edit is made. */
export interface EditPlace {
  readonly index: GraphIndex;
  readonly saving: Saving;
  readonly threadId: string;
  /** Names of the module that defines a node, below the state's. */
  moduleNames(graphId: string, node: string | undefined, expression: string): Names;
}

/** An edit that was found to be possible. */
export interface Edit {
  /** The value as it will be. */
  readonly value: Value;
  /** Writes it; it is on disk when this resolves. No run may go on meanwhile. */
  commit(): Promise<void>;
}

const invalid = (message: string): RuntimeError => new RuntimeError("invalidEdit", message);

/** Throws RuntimeError when the value can't be changed so; nothing is changed yet. */
export async function prepareEdit(place: EditPlace, params: EditParams): Promise<Edit> {
  const { saving, threadId } = place;
  const { namespace, path } = params;
  const [key, ...rest] = path;
  const at = graphAt(place.index, namespace);
  const tuple = await saving.getTuple(configOf({ threadId, namespace }));
  if (tuple === undefined && namespace === "") {
    throw notBegun(threadId);
  }
  if (at === undefined || tuple === undefined) {
    throw invalid("This graph keeps no checkpoints of its own, so its state can't be changed.");
  }
  const { graph } = at;
  if (key === undefined || !stateKeysOf(graph).includes(key)) {
    throw invalid(`${key ?? "This"} is no key of the state. It has: ${stateKeysOf(graph).join(", ")}.`);
  }
  checkChannel(graph, key);
  const { checkpoint } = tuple;
  const given = jsonIn(params.expression);
  const plain = given === undefined ? await evaluated(place, params, at, checkpoint.id) : given.json;
  const unstorable = findUnstorable(plain);
  if (unstorable !== undefined) {
    throw invalid(`${unstorable} can't be stored in a checkpoint. Use plain data or messages.`);
  }
  const stored = checkpoint.channel_values[key];
  const isReduced = params.mode === "reduce";
  const old = given === undefined || isReduced ? undefined : follow(stored, rest);
  const changed = old && given ? kept(old.value, given.json, withField) : plain;
  if (isReduced && rest.length > 0) {
    throw invalid(`Only a whole key has a reducer. Add to ${key}, or set ${path.join(".")}.`);
  }
  const part = isReduced
    ? takesMessages(graph.channels[key])
      ? await asWritten(saving.serde, stored, changed)
      : changed
    : await asMessages(saving.serde, follow(stored, rest)?.value, changed);
  const value = isReduced ? reduced(graph, key, stored, part) : replaced(stored, rest, part, key);
  if (!isReduced) checkHolds(graph, key, value);
  const problem = await problemWith(graph, key, value);
  if (problem !== undefined) throw invalid(`The value does not fit the schema of the state: ${problem}`);
  const found = follow(value, rest, rootExpression(key));
  const name = path.at(-1) ?? key;
  return {
    value: shownValue(name, name, isReduced ? value : part, found?.expression),
    commit: async () => {
      await saving.replace(tuple.config as never, edited(saving, checkpoint, key, value) as never);
      await saving.flush();
    },
  };
}

function edited(saving: Saving, checkpoint: Checkpoint, key: string, value: unknown): Checkpoint {
  const newest = Math.max(0, ...Object.values(checkpoint.channel_versions).map(Number));
  return {
    ...checkpoint,
    channel_values: { ...checkpoint.channel_values, [key]: value },
    channel_versions: { ...checkpoint.channel_versions, [key]: saving.getNextVersion(newest) },
  };
}

function checkChannel(graph: Graph, key: string): void {
  const kind = graph.channels[key]?.lc_graph_name;
  if (kind === "DeltaChannel") {
    throw invalid(`${key} is a DeltaChannel: it is made again from what was written, and can't be changed.`);
  }
  if (kind === "UntrackedValue") {
    throw invalid(`${key} is an UntrackedValue: it is in no checkpoint, and can't be changed.`);
  }
}

/** A channel may keep more than the value that nodes see. */
function checkHolds(graph: Graph, key: string, value: unknown): void {
  const channel = graph.channels[key]?.fromCheckpoint(value);
  if (channel?.isAvailable() && Object.is(channel.get(), value)) return;
  const kind = channel?.lc_graph_name ?? "channel of its own";
  throw invalid(`${key} is a ${kind}, which can't take ${display(value)} as its value.`);
}

/** What the key holds when a node writes `added` to it. */
function reduced(graph: Graph, key: string, stored: unknown, added: unknown): unknown {
  const channel = graph.channels[key]?.fromCheckpoint(stored);
  try {
    channel?.update([added]);
    return channel?.checkpoint();
  } catch (error) {
    const { type, message } = errorInfo(error);
    throw invalid(`The reducer of ${key} can't take this value: ${type}: ${message}`);
  }
}

/** Undefined where it is none. */
function jsonIn(expression: string): { json: Json } | undefined {
  try {
    return { json: JSON.parse(expression) as Json };
  } catch {
    return undefined;
  }
}

/** An expression with the names of a watch. Its values are read from the file: none is a run's own. */
async function evaluated(
  place: EditPlace,
  { expression, namespace, node }: EditParams,
  { id, graph }: { id: string; graph: Graph },
  checkpointId: string,
): Promise<unknown> {
  const { saving, threadId } = place;
  const { values, metadata } = await snapshotAt(graph, saving, { threadId, namespace, checkpointId });
  const state = stateIn(graph, values);
  const own = { state, node, step: Number(metadata?.step ?? -1) + 1 };
  try {
    const names = [withUnset(graph, state), own, ...place.moduleNames(id, node, expression)];
    return await evaluate(expression, names);
  } catch (error) {
    const info = errorInfo(error);
    const isText = info.type === "ReferenceError" || info.type === "SyntaxError";
    const hint = isText ? ` Write text in quotes: ${JSON.stringify(expression)}` : "";
    throw new RuntimeError("evaluation", `${info.type}: ${info.message}.${hint}`, { info, cause: error });
  }
}

/** What is no plain data, in words. */
function findUnstorable(value: unknown, around: readonly unknown[] = []): string | undefined {
  if (typeof value === "function") return `A function (${display(value)})`;
  if (typeof value === "symbol") return `A symbol (${String(value)})`;
  if (typeof value !== "object" || value === null) return undefined;
  if (around.includes(value)) return "A value that contains itself";
  const inside = [...around, value];
  const first = (items: Iterable<unknown>): string | undefined => {
    for (const item of items) {
      const found = findUnstorable(item, inside);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  switch (kindOf(value)) {
    case "instance":
      return `An object of the class ${typeName(value)}`;
    case "array":
      return first(value as unknown[]);
    case "set":
      return first(value as Set<unknown>);
    case "map":
      return first([...(value as Map<unknown, unknown>)].flat());
    case "plain":
      return first(Object.values(value));
    default:
      return undefined;
  }
}

/** A copy of `value` in which the part at the end of the path is another one. What is not on the path is shared. */
function replaced(value: unknown, path: readonly string[], part: unknown, name: string): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return part;
  const child = follow(value, [key]);
  if (typeof value !== "object" || value === null || child === undefined) {
    throw invalid(`${name} has no ${key} any more. Expand it again from the current stop.`);
  }
  const changed = replaced(child.value, rest, part, `${name}.${key}`);
  switch (kindOf(value)) {
    case "array":
      return (value as unknown[]).with(Number(key), changed);
    case "set":
      return new Set([...(value as Set<unknown>)].with(Number(key), changed));
    case "map":
      return withEntry(value as Map<unknown, unknown>, key, changed);
    case "plain":
      return { ...value, [key]: changed };
    case "message":
      return withField(value, key, changed);
    case "bytes":
      return withNumber(value as Numbers, Number(key), changed, name);
    default:
      throw invalid(`${name} is ${typeName(value)}, whose parts can't be changed. Change it as a whole.`);
  }
}

function withEntry(map: Map<unknown, unknown>, key: string, changed: unknown): Map<unknown, unknown> {
  const isEntry = (each: unknown, index: number): boolean =>
    typeof each === "string" || typeof each === "number" ? JSON.stringify(each) === key : key === `#${index}`;
  return new Map([...map].map(([each, value], index) => [each, isEntry(each, index) ? changed : value]));
}

type Message = { lc_kwargs: object };

/** LangChain makes a message again from its `lc_kwargs`. */
function withField(message: object, key: string, changed: unknown): object {
  const copy = Object.create(
    Object.getPrototypeOf(message) as object,
    Object.getOwnPropertyDescriptors(message),
  ) as Message;
  Object.defineProperty(copy, key, { value: changed, enumerable: true, writable: true, configurable: true });
  Object.defineProperty(copy, "lc_kwargs", {
    ...Object.getOwnPropertyDescriptor(message, "lc_kwargs"),
    value: { ...(message as Message).lc_kwargs, [key]: changed },
  });
  return copy;
}

type Numbers = { slice(): Numbers; [index: number]: unknown };

function withNumber(numbers: Numbers, index: number, changed: unknown, name: string): Numbers {
  const copy = numbers.slice();
  try {
    copy[index] = changed;
  } catch {
    throw invalid(`${name} takes only numbers.`);
  }
  if (!Object.is(copy[index], changed)) throw invalid(`${name} can't hold ${display(changed)}.`);
  return copy;
}
