// Looks at any checkpoint of any thread of the file, whatever the run does meanwhile.

import type { Json } from "../model/json.ts";
import type {
  CheckpointArguments,
  CheckpointBody,
  CustomRequests,
  DiffArguments,
  DiffBody,
  TimelineArguments,
  TimelineBody,
  ValueArguments,
  ValueBody,
} from "../protocol/dap.ts";
import type { CheckpointRef, KeyHistoryResult, ValueRoot } from "../protocol/runtime.ts";
import type { Debuggee } from "./debuggee.ts";
import { Difference } from "./diff/values.ts";
import { unknownCheckpoint } from "./errors.ts";
import { graphAt } from "./stop.ts";
import { jsonAt } from "./value-path.ts";

/** Characters of JSON that are compared at once: what keeps adapter and runtime for some seconds at most. */
const mostCompared = 32_000_000;
const defaultPage = 100;
const greatestPage = 1_000;
/** Checkpoints that are looked at for who wrote each key last. */
const defaultReach = 1_000;
const greatestReach = 10_000;

type KeyHistoryArguments = CustomRequests["langgraph/keyHistory"]["arguments"];
type LookArguments = CustomRequests["langgraph/checkpoint"]["arguments"];
type AnnotateArguments = CustomRequests["langgraph/annotate"]["arguments"];

export class Checkpoints {
  readonly #debuggee: Debuggee;

  constructor(debuggee: Debuggee) {
    this.#debuggee = debuggee;
  }

  async timeline({ threadId, namespace = "", before, limit }: TimelineArguments): Promise<TimelineBody> {
    const { runtime, stop } = this.#debuggee;
    const thread = threadId ?? this.#debuggee.threadId;
    const page = await runtime.request("timeline", {
      file: this.#debuggee.file,
      threadId: thread,
      namespace,
      ...(before !== undefined && { before }),
      limit: Math.min(limit ?? defaultPage, greatestPage),
    });
    const position = stop?.position?.threadId === thread ? stop.position : undefined;
    const cursor = graphAt(position, namespace)?.checkpoint?.id;
    return { ...page, ...(cursor !== undefined && { cursor }) };
  }

  /** With references that stay good while the run goes on. */
  async look({ writes: reads = true, ...args }: LookArguments): Promise<CheckpointBody> {
    const { runtime, pastVariables } = this.#debuggee;
    const at = this.ref(args);
    const { checkpoint, graph, tasks, messageKeys = [] } = await runtime.request("look", at);
    if (!checkpoint) throw unknownCheckpoint(at.checkpointId);
    pastVariables.makeRoom();
    const tree = async (kind: "state" | "writes"): Promise<{ reference: number; children: number }> => {
      const root = { kind, ...at };
      const { values } = await runtime.request("values", { root, path: [] });
      const name = `${at.threadId}\n${at.namespace}\n${at.checkpointId}\n${kind}`;
      const children = values.length;
      return {
        reference: children > 0 ? pastVariables.get(0, name, { kind: "values", root, path: [] }) : 0,
        children,
      };
    };
    const [state, writes] = [await tree("state"), reads ? await tree("writes") : { reference: 0 }];
    return {
      checkpoint,
      graph,
      tasks: tasks.map(({ id, name, status, error }) => ({
        id,
        node: name,
        status,
        ...(error && { error: { type: error.type, message: error.message } }),
      })),
      variablesReference: state.reference,
      namedVariables: state.children,
      writesReference: writes.reference,
      messageKeys,
    };
  }

  async value({ path, most, ...args }: ValueArguments): Promise<ValueBody> {
    return jsonAt(this.#debuggee.runtime, this.#state(args), path, most);
  }

  /** Only what differs is read, key by key, and of that no more than can be compared at once. */
  async diff({ from, to, key: only }: DiffArguments): Promise<DiffBody> {
    const { runtime } = this.#debuggee;
    const { keys } = await runtime.request("changedKeys", { from: this.ref(from), to: this.ref(to) });
    let room = mostCompared;
    /** Undefined where it is too large. */
    const read = async (args: CheckpointArguments, key: string): Promise<Json | undefined> => {
      const root = this.#state(args);
      const most = Math.floor(room);
      if (most < 1) return undefined;
      const { json, shortened } = await runtime.request("json", { root, path: [key], compact: true, most });
      // One that is too large leaves room for others, and less each time, so that there is an end.
      room = shortened ? room / 2 : room - json.length;
      return shortened ? undefined : (JSON.parse(json) as Json);
    };
    const difference = new Difference();
    const tooLarge: DiffBody["tooLarge"] = [];
    for (const { key, change } of keys) {
      if (difference.full) break;
      if (only !== undefined && key !== only) continue;
      const before = change === "added" ? undefined : await read(from, key);
      const left = change === "added" || before !== undefined;
      const after = left && change !== "removed" ? await read(to, key) : undefined;
      const right = change === "removed" || after !== undefined;
      if (left && right) difference.compare(key, before, after);
      else tooLarge.push({ key, change });
    }
    return { ...difference.toBody(), ...(tooLarge.length > 0 && { tooLarge }) };
  }

  keyHistory({ key, limit, ...args }: KeyHistoryArguments): Promise<KeyHistoryResult> {
    const [usual, greatest] = key === undefined ? [defaultReach, greatestReach] : [defaultPage, greatestPage];
    return this.#debuggee.runtime.request("keyHistory", {
      file: this.#debuggee.file,
      ...this.ref(args),
      ...(key !== undefined && { key }),
      limit: Math.min(limit ?? usual, greatest),
    });
  }

  /** Names a checkpoint and puts a note to it, or takes them away. */
  async annotate({ name, note, ...args }: AnnotateArguments): Promise<void> {
    await this.#debuggee.runtime.request("annotate", {
      file: this.#debuggee.file,
      ...this.ref(args),
      ...(name !== undefined && { name }),
      ...(note !== undefined && { note }),
    });
  }

  /** With this session's thread and its root graph where nothing else is said. */
  ref({ threadId, namespace, checkpointId }: CheckpointArguments): CheckpointRef {
    return { threadId: threadId ?? this.#debuggee.threadId, namespace: namespace ?? "", checkpointId };
  }

  #state(args: CheckpointArguments): ValueRoot {
    return { kind: "state", ...this.ref(args) };
  }
}
