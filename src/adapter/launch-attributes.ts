// Checks the arguments of `launch` against the types that LaunchAttributes promises.

import type { Answers, LaunchAttributes } from "../protocol/dap.ts";
import type { Json } from "../protocol/runtime.ts";
import { type Check, flag, isRecord, nonEmpty, oneOf, text, texts } from "./checks.ts";
import { badAttribute } from "./errors.ts";

const record: Check = { expected: "an object", holds: isRecord };
const that = (expected: string, holds: (value: unknown) => boolean): Check => ({
  expected,
  holds: (value): value is unknown => holds(value),
});

const checks: { [Name in keyof LaunchAttributes]-?: Check } = {
  program: nonEmpty,
  graph: nonEmpty,
  input: that("a JSON value", () => true),
  inputFile: nonEmpty,
  threadId: nonEmpty,
  config: record,
  context: record,
  stopOnEntry: flag,
  stopOnEnd: flag,
  python: nonEmpty,
  pythonArgs: texts,
  node: nonEmpty,
  nodeArgs: texts,
  cwd: nonEmpty,
  env: that(
    "an object of texts (null takes a variable away)",
    (value) =>
      isRecord(value) && Object.values(value).every((item) => item === null || typeof item === "string"),
  ),
  envFile: text,
  checkpoints: nonEmpty,
  console: oneOf("internalConsole", "integratedTerminal"),
  resume: that(
    "a list of answers in order, or an object of answers by node",
    (value) => Array.isArray(value) || isRecord(value),
  ),
  noDebug: flag,
  workspaceFolders: texts,
};

/** The attributes that this adapter knows, each of its right type; clients add others of their own. */
export function checkAttributes(raw: Record<string, unknown>): LaunchAttributes {
  const attributes: Record<string, unknown> = {};
  for (const [name, check] of Object.entries(checks)) {
    const value = raw[name];
    if (value === undefined || value === null || (name === "envFile" && value === "")) continue;
    if (!check.holds(value)) throw badAttribute(name, check.expected);
    attributes[name] = value;
  }
  return attributes as LaunchAttributes;
}

/** Hands out the answers that the launch configuration gives, each once. */
export class PresetAnswers {
  readonly #inOrder: Json[];
  readonly #byNode: Map<string, Json[]>;

  constructor(answers: Answers | undefined) {
    this.#inOrder = Array.isArray(answers) ? [...answers] : [];
    this.#byNode = new Map(
      // A list under a node's name answers the node's interrupts one after another.
      Object.entries(Array.isArray(answers) || !answers ? {} : answers).map(([node, value]) => [
        node,
        Array.isArray(value) ? [...value] : [value],
      ]),
    );
  }

  /** Undefined: nothing is left for this node. */
  take(node: string): { value: Json } | undefined {
    const queue = this.#byNode.get(node) ?? this.#inOrder;
    const value = queue.shift();
    return value === undefined ? undefined : { value };
  }
}
