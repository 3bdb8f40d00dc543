// Checks the arguments of `launch` against the types that LaunchAttributes promises.

import type { Answers, LaunchAttributes } from "../protocol/dap.ts";
import type { Json } from "../protocol/runtime.ts";
import { badAttribute } from "./errors.ts";

type Check = { expected: string; holds: (value: unknown) => boolean };

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const text: Check = { expected: "text", holds: (value) => typeof value === "string" };
const nonEmpty: Check = {
  expected: "text that is not empty",
  holds: (value) => typeof value === "string" && value.trim() !== "",
};
const flag: Check = { expected: "true or false", holds: (value) => typeof value === "boolean" };
const texts: Check = {
  expected: "a list of texts",
  holds: (value) => Array.isArray(value) && value.every((item) => typeof item === "string"),
};
const record: Check = { expected: "an object", holds: isRecord };

const checks: { [Name in keyof LaunchAttributes]-?: Check } = {
  program: nonEmpty,
  graph: nonEmpty,
  input: { expected: "a JSON value", holds: () => true },
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
  env: {
    expected: "an object of texts (null takes a variable away)",
    holds: (value) =>
      isRecord(value) && Object.values(value).every((item) => item === null || typeof item === "string"),
  },
  envFile: text,
  checkpoints: nonEmpty,
  console: {
    expected: '"internalConsole" or "integratedTerminal"',
    holds: (value) => value === "internalConsole" || value === "integratedTerminal",
  },
  resume: {
    expected: "a list of answers in order, or an object of answers by node",
    holds: (value) => Array.isArray(value) || isRecord(value),
  },
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
