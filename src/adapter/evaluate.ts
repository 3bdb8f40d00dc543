// Expressions of watch, hover, repl and clipboard, decided in the graph's own language by the runtime.

import type { DebugProtocol } from "@vscode/debugprotocol";
import type { EvaluateParams } from "../protocol/runtime.ts";
import type { Reply } from "./base-session.ts";
import type { Commands } from "./commands.ts";
import type { Debuggee } from "./debuggee.ts";
import type { Edited, Editing } from "./editing.ts";
import { badArguments, noStateYet, notStopped } from "./errors.ts";
import type { Frames } from "./frames.ts";
import type { Frame } from "./shown.ts";
import type { Variables } from "./variables.ts";

type SetBody = DebugProtocol.SetExpressionResponse["body"];
type Body = DebugProtocol.EvaluateResponse["body"];

export class Evaluator {
  readonly #debuggee: Debuggee;
  readonly #frames: Frames;
  readonly #variables: Variables;
  readonly #commands: Commands;
  readonly #editing: Editing;

  constructor(
    debuggee: Debuggee,
    frames: Frames,
    variables: Variables,
    commands: Commands,
    editing: Editing,
  ) {
    this.#debuggee = debuggee;
    this.#frames = frames;
    this.#variables = variables;
    this.#commands = commands;
    this.#editing = editing;
  }

  async evaluate(args: DebugProtocol.EvaluateArguments, reply: Reply): Promise<Body> {
    if (typeof args.expression !== "string") throw badArguments("evaluate", "it needs an expression.");
    const expression = args.expression.trim();
    if ((args.context === "repl" || args.context === undefined) && expression.startsWith("/")) {
      return { result: await this.#commands.run(expression, reply), variablesReference: 0 };
    }
    const frame = await this.#frame(args.frameId);
    if (args.context === "repl" || args.context === undefined) {
      const edited = await this.#editing.assign(frame, expression, reply);
      if (edited) {
        const {
          value: result,
          variablesReference = 0,
          ...shown
        } = this.#variables.edited(0, withKey(edited));
        return { ...shown, result, variablesReference };
      }
    }
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
      presentationHint: this.#editing.canSet(frame, expression) ? {} : { attributes: ["readOnly"] },
    };
  }

  /** Sets what a watch expression stands for. */
  async set(args: DebugProtocol.SetExpressionArguments, reply: Reply): Promise<SetBody> {
    if (typeof args.expression !== "string" || typeof args.value !== "string") {
      throw badArguments("setExpression", "it needs an expression and a value.");
    }
    const frame = await this.#frame(args.frameId);
    return this.#variables.edited(
      0,
      withKey(await this.#editing.setExpression(frame, args.expression, args.value, reply)),
    );
  }

  #frame(id: number | undefined): Promise<Frame | undefined> | Frame {
    return id === undefined ? this.#frames.top() : this.#frames.resolve(id);
  }
}

/** A reference of its own, by where the value is in the state. */
function withKey({ value, content }: Edited): Edited {
  const { root, path } = content;
  const namespace = root.kind === "state" ? root.namespace : "";
  return { value: { ...value, key: `edited/${namespace}/${path.join("/")}` }, content };
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
