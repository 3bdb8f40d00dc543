// Expressions of watch, hover, repl and clipboard, decided in the graph's own language by the runtime.

import type { DebugProtocol } from "@vscode/debugprotocol";
import type { EvaluateParams } from "../protocol/runtime.ts";
import type { Commands } from "./commands.ts";
import type { Debuggee } from "./debuggee.ts";
import { badArguments, noStateYet, notStopped } from "./errors.ts";
import type { Frames } from "./frames.ts";
import type { Frame } from "./shown.ts";
import type { Variables } from "./variables.ts";

type Body = DebugProtocol.EvaluateResponse["body"];

export class Evaluator {
  readonly #debuggee: Debuggee;
  readonly #frames: Frames;
  readonly #variables: Variables;
  readonly #commands: Commands;

  constructor(debuggee: Debuggee, frames: Frames, variables: Variables, commands: Commands) {
    this.#debuggee = debuggee;
    this.#frames = frames;
    this.#variables = variables;
    this.#commands = commands;
  }

  async evaluate(args: DebugProtocol.EvaluateArguments): Promise<Body> {
    if (typeof args.expression !== "string") throw badArguments("evaluate", "it needs an expression.");
    const expression = args.expression.trim();
    if ((args.context === "repl" || args.context === undefined) && expression.startsWith("/")) {
      return { result: await this.#commands.run(expression), variablesReference: 0 };
    }
    const frame = args.frameId === undefined ? await this.#frames.top() : this.#frames.resolve(args.frameId);
    const params = { expression, ...placeOf(frame) };
    const { root, ...value } = await this.#debuggee.runtime.request("evaluate", params);
    if (args.context === "clipboard") {
      const { json } = await this.#debuggee.runtime.request("json", { root, path: [] });
      return { result: json, type: value.type, variablesReference: 0 };
    }
    const key = `evaluate/${params.namespace}/${params.checkpointId ?? ""}/${expression}`;
    const {
      value: result,
      type,
      variablesReference,
      indexedVariables,
      namedVariables,
    } = this.#variables.toVariable(0, { ...value, key }, { kind: "values", root, path: [] });
    return {
      result,
      ...(type !== undefined && { type }),
      variablesReference,
      indexedVariables: indexedVariables ?? 0,
      namedVariables: namedVariables ?? 0,
      presentationHint: { attributes: ["readOnly"] },
    };
  }
}

/** Whose state an expression sees at a frame. */
function placeOf(frame: Frame | undefined): Omit<EvaluateParams, "expression"> {
  if (frame?.entry) {
    const { id, namespace } = frame.entry.checkpoint;
    const [node] = frame.entry.nodes;
    return { namespace, checkpointId: id, ...(node !== undefined && { node }) };
  }
  if (frame?.kind === "input" && !frame.graph) throw noStateYet();
  if (!frame?.graph) throw notStopped();
  return { namespace: frame.graph.namespace, ...(frame.task && { node: frame.task.name }) };
}
