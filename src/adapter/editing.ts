// Changes values of the state where the run stands: from the Variables view, a watch, or an assignment in the console.

import type { DebugProtocol } from "@vscode/debugprotocol";
import type { EditResult, Value, ValueRoot } from "../protocol/runtime.ts";
import type { Reply } from "./base-session.ts";
import type { Client } from "./client.ts";
import type { Debuggee } from "./debuggee.ts";
import { noStateYet, notAssignable, pastIsReadOnly } from "./errors.ts";
import type { Content, Frame } from "./shown.ts";
import { assignmentIn, pathIn, type Segment } from "./state-path.ts";
import { graphAt } from "./stop.ts";
import type { Stops } from "./stops.ts";
import { childKey } from "./value-path.ts";

/** A value of the state: the graph's namespace, and the keys that lead to it. */
export interface Place {
  readonly namespace: string;
  readonly path: readonly string[];
}

/** A value that was set, and how its children are found. */
export interface Edited {
  readonly value: Value;
  readonly content: Content & { kind: "values" };
}

export class Editing {
  readonly #debuggee: Debuggee;
  readonly #client: Client;
  readonly #stops: Stops;

  constructor(debuggee: Debuggee, client: Client, stops: Stops) {
    this.#debuggee = debuggee;
    this.#client = client;
    this.#stops = stops;
  }

  /** True for what is inside the State scope of a live frame. */
  isEditable(content: Content): content is Content & { kind: "values"; root: { kind: "state" } } {
    return content.kind === "values" && content.root.kind === "state" && !content.root.checkpointId;
  }

  /** Sets the child `name` of what a variable reference stands for. `isEditable` must hold. */
  async setChild(
    { root, path }: Content & { kind: "values"; root: { kind: "state" } },
    name: string,
    expression: string,
    reply: Reply,
  ): Promise<Edited> {
    const key = path.length === 0 ? name : await childKey(this.#debuggee.runtime, root, path, name);
    return this.#set({ namespace: root.namespace, path: [...path, key] }, expression, reply);
  }

  /** Sets what an expression of a frame stands for, which must be a key of the state or something below it. */
  async setExpression(frame: Frame | undefined, text: string, value: string, reply: Reply): Promise<Edited> {
    const path = pathIn(text);
    const place = path && (await this.#place(frame, path));
    if (!place) throw notAssignable(text);
    return this.#set(place, value, reply);
  }

  /** Undefined for what is no assignment to the state. */
  async assign(frame: Frame | undefined, text: string, reply: Reply): Promise<Edited | undefined> {
    const assignment = assignmentIn(text);
    const place = assignment && (await this.#place(frame, assignment.target));
    return place && this.#set(place, assignment.expression, reply);
  }

  /** True where `setExpression` would take the expression. */
  canSet(frame: Frame | undefined, text: string): boolean {
    const path = pathIn(text);
    return (
      path !== undefined && frame?.graph !== undefined && keysOf(path, frame.graph.stateKeys) !== undefined
    );
  }

  /** Where in the state a path leads; undefined where its first name is no key. */
  async #place(frame: Frame | undefined, path: readonly [string, ...Segment[]]): Promise<Place | undefined> {
    if (frame?.kind === "input" && !frame.graph) throw noStateYet();
    const past = frame?.entry?.checkpoint;
    const graph = frame?.graph ?? graphAt(this.#debuggee.stop?.position, past?.namespace ?? "");
    const keys = graph && keysOf(path, graph.stateKeys);
    if (!graph || !keys) return undefined;
    if (past) throw pastIsReadOnly();
    const [key, ...rest] = keys;
    const root: ValueRoot = { kind: "state", namespace: graph.namespace };
    const found = [key];
    for (const segment of rest) found.push(await childKey(this.#debuggee.runtime, root, found, segment));
    return { namespace: graph.namespace, path: found };
  }

  #set({ namespace, path }: Place, expression: string, reply: Reply): Promise<Edited> {
    return this.#stops.alone(async () => {
      const { runtime, threadId } = this.#debuggee;
      const { position } = this.#debuggee.requireStop();
      const node = graphAt(position, namespace)?.tasks[0]?.name;
      const result: EditResult = await runtime.request("edit", {
        threadId: position?.threadId ?? threadId,
        namespace,
        path: [...path],
        expression,
        ...(node !== undefined && { node }),
      });
      const checkpoint = graphAt(result.position, namespace)?.checkpoint?.id;
      this.#debuggee.edits.note(namespace, checkpoint, 1);
      this.#stops.replace(result.position);
      if (this.#client.supportsInvalidated) {
        const areas: DebugProtocol.InvalidatedAreas[] = ["variables"];
        reply.after(() => this.#client.send("invalidated", { areas }));
      }
      const root: ValueRoot = { kind: "state", namespace };
      return { value: result.value, content: { kind: "values", root, path } };
    });
  }
}

/** The path from a key of the state; `state.key` and `state["key"]` mean the same as `key`. */
export function keysOf(
  path: readonly [string, ...Segment[]],
  stateKeys: readonly string[],
): [string, ...Segment[]] | undefined {
  const [first, second, ...rest] = path;
  if (stateKeys.includes(first)) return [...path];
  return first === "state" && typeof second === "string" && stateKeys.includes(second)
    ? [second, ...rest]
    : undefined;
}
