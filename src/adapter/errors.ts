// Every error that a client of the adapter can be answered with: whose fault it is, what it says, what to do next.

import type { DebugProtocol } from "@vscode/debugprotocol";
import type { RuntimeErrorData } from "../protocol/runtime.ts";
import { lastWords } from "./last-words.ts";

/**
 * `user`: something the user asked for or configured; they can mend it. `graph`: their code did it. `ours`: a defect of
 * the debugger or something unforeseen; goes to the log as well.
 */
export type Blame = "user" | "graph" | "ours";

export class DebugError extends Error {
  readonly id: number;
  readonly blame: Blame;
  /** What the runtime says about it, when it comes from there. */
  readonly data: RuntimeErrorData | undefined;
  readonly showUser: boolean;

  constructor(
    id: number,
    blame: Blame,
    message: string,
    more: { data?: RuntimeErrorData; quiet?: boolean } = {},
  ) {
    super(message);
    this.id = id;
    this.blame = blame;
    this.data = more.data;
    this.showUser = blame !== "ours" && more.quiet !== true;
  }

  /** A graph that must be chosen comes with the choice, as a JSON list: the client asks the user. */
  toMessage(): DebugProtocol.Message {
    const candidates = this.data?.code === "ambiguousGraph" ? this.data.candidates : undefined;
    return {
      id: this.id,
      format: this.message,
      showUser: this.showUser && candidates === undefined,
      sendTelemetry: false,
      ...(candidates && { variables: { candidates: JSON.stringify(candidates) } }),
    };
  }
}

/** Any thrown value as a DebugError. */
export function asDebugError(thrown: unknown): DebugError {
  if (thrown instanceof DebugError) return thrown;
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return new DebugError(1, "ours", `The debugger failed: ${text}`);
}

// ---------------------------------------------------------------------------------------------- requests

export const unknownRequest = (command: string): DebugError =>
  new DebugError(100, "ours", `The LangGraph debugger doesn't know the request "${command}".`);

export const badArguments = (command: string, why: string): DebugError =>
  new DebugError(101, "user", `${command}: ${why}`, { quiet: true });

export const notLaunched = (): DebugError =>
  new DebugError(102, "user", 'No graph is being debugged. Send "launch" first.', { quiet: true });

export const alreadyLaunched = (): DebugError =>
  new DebugError(
    103,
    "user",
    "This session already debugs a graph. Start another session for another graph.",
  );

export const notStopped = (): DebugError =>
  new DebugError(104, "user", "The run is not stopped. Pause it, or wait for its next stop.", {
    quiet: true,
  });

export const staleReference = (what: string): DebugError =>
  new DebugError(105, "user", `This ${what} is from an earlier stop. Ask again for the current one.`, {
    quiet: true,
  });

export const sessionEnded = (): DebugError =>
  new DebugError(106, "user", "The debug session has ended.", { quiet: true });

export const attachUnsupported = (): DebugError =>
  new DebugError(107, "user", 'A graph is started by the debugger: use "request": "launch".');

// ---------------------------------------------------------------------------------------------- launch

export const badAttribute = (name: string, expected: string): DebugError =>
  new DebugError(200, "user", `Launch attribute "${name}" must be ${expected}.`);

export const noProgram = (): DebugError =>
  new DebugError(
    201,
    "user",
    'Nothing to debug: set "program" to a file that holds a graph, or "graph" to "file.py:variable" or a name in langgraph.json.',
  );

export const programNotFound = (path: string): DebugError =>
  new DebugError(
    202,
    "user",
    `There is no file ${path}. Mend "program" or "graph" in the launch configuration.`,
  );

export const unknownLanguage = (path: string): DebugError =>
  new DebugError(
    203,
    "user",
    `${path} is neither Python nor JavaScript/TypeScript: a graph is debugged in a .py, .ts, .tsx, .mts, .js or .mjs file.`,
  );

export const unreadableFile = (attribute: string, path: string, why: string): DebugError =>
  new DebugError(204, "user", `"${attribute}": ${path} can't be read (${why}).`);

export const badJson = (what: string, why: string): DebugError =>
  new DebugError(205, "user", `${what} is not JSON: ${why}`);

/** The message names the file and says what to change. */
export const badLanggraphJson = (message: string): DebugError => new DebugError(217, "user", message);

export const unknownGraphName = (name: string, configured: string, names: string[]): DebugError =>
  new DebugError(
    206,
    "user",
    `${configured} has no graph "${name}". It has ${names.length ? names.join(", ") : "none"}. ` +
      'Set "graph" to one of them, or to "file:variable".',
  );

export const bothInputs = (): DebugError =>
  new DebugError(207, "user", 'Both "input" and "inputFile" are set. Remove one of them.');

export const noInterpreter = (language: "Python" | "Node", attribute: string, tried: string[]): DebugError =>
  new DebugError(
    208,
    "user",
    `No ${language} was found (tried ${tried.join(", ")}). Install it, or set "${attribute}" in the launch configuration.`,
  );

export const interpreterNotFound = (attribute: string, command: string): DebugError =>
  new DebugError(
    209,
    "user",
    `"${command}" can't be started: no such program. Mend "${attribute}" in the launch configuration.`,
  );

export const cwdNotFound = (cwd: string): DebugError =>
  new DebugError(210, "user", `There is no folder ${cwd}. Mend "cwd" in the launch configuration.`);

function itSaid(stderr: string): string {
  const words = lastWords(stderr);
  return words === "" ? "" : ` It said: ${words}`;
}

export const runtimeDidNotStart = (command: string, code: number | string, stderr: string): DebugError =>
  new DebugError(211, "user", `${command} ended (${code}) before it could load the graph.${itSaid(stderr)}`);

/** `how` is unknown when the terminal was closed. */
export const endedInTerminal = (command: string, how: string | undefined): DebugError =>
  new DebugError(
    218,
    "user",
    how === undefined
      ? `The terminal was closed before ${command} could load the graph. Start the session again.`
      : `${command} ended (${how}) before it could load the graph. Its terminal says why.`,
  );

export const runtimeSilent = (command: string, seconds: number): DebugError =>
  new DebugError(
    212,
    "user",
    `${command} did not connect within ${seconds} s. Is it the right interpreter? Loopback connections must be allowed.`,
  );

export const endedWhileLoading = (how: string, stderr: string): DebugError =>
  new DebugError(
    215,
    "graph",
    `The process ended (${how}) while it imported the graph's module. Does the module call exit() when it is imported? ` +
      `Put what only a script shall do under the check for "__main__".${itSaid(stderr)}`,
  );

export const interpreterTooOld = (language: "Python" | "Node", version: string, oldest: string): DebugError =>
  new DebugError(
    216,
    "user",
    `${language} ${version} is too old, ${oldest} is the oldest that can run a graph under the debugger. Set ` +
      `"${language.toLowerCase()}" in the launch configuration to a newer one.`,
  );

export const otherProtocol = (theirs: number, ours: number): DebugError =>
  new DebugError(
    213,
    "ours",
    `The runtime speaks protocol ${theirs}, the adapter ${ours}: parts of two installations are mixed. Install the debugger again.`,
  );

export const noTerminal = (why: string): DebugError =>
  new DebugError(
    214,
    "user",
    `The editor opened no terminal (${why}). Set "console": "internalConsole" in the launch configuration.`,
  );

// ---------------------------------------------------------------------------------------------- running

export const needsAnswer = (question: string, id: string): DebugError =>
  new DebugError(
    300,
    "user",
    `The run waits for an answer to: ${question}. Type /resume <json> in the Debug Console, set "answer" in the ` +
      `Interrupts scope, or send langgraph/resume with {"answers": {"${id}": ...}}.`,
  );

export const unknownInterrupt = (which: string, waiting: string[]): DebugError =>
  new DebugError(
    301,
    "user",
    waiting.length
      ? `No interrupt "${which}" waits. Waiting: ${waiting.join(", ")}.`
      : `No interrupt "${which}" waits: the run needs no answer now. Use continue.`,
  );

/** `why`: what the schema says. */
export const unfitAnswer = (node: string, why: string): DebugError =>
  new DebugError(320, "user", `This answer does not fit what ${node} asks for, and was not sent: ${why}`);

export const answeredAlready = (node: string): DebugError =>
  new DebugError(
    321,
    "user",
    `${node} has this answer already, and now asks for another. Look at what it asks.`,
  );

export const noAnswerToUndo = (): DebugError =>
  new DebugError(
    322,
    "user",
    "No answer was given in this session that could be undone. Step Back goes back by a step.",
  );

export const ambiguousAnswer = (waiting: string[]): DebugError =>
  new DebugError(
    302,
    "user",
    `${waiting.length} interrupts wait: say which one, as in /resume ${waiting[0]} <json>. Waiting: ${waiting.join(", ")}.`,
  );

export const missingInput = (fields: string[]): DebugError =>
  new DebugError(
    303,
    "user",
    `The graph needs an input: ${fields.join(", ")}. Set ${fields.length === 1 ? "it" : "them"} in the Input scope, or ` +
      `type /input {...} in the Debug Console.`,
  );

export const badFieldValue = (field: string, expected: string): DebugError =>
  new DebugError(304, "user", `Input field "${field}" takes ${expected}. Type it as JSON.`);

export const inputWhileRunning = (): DebugError =>
  new DebugError(
    305,
    "user",
    "The run is under way: an input can be given when it has ended, or before it starts.",
  );

export const noStateYet = (): DebugError =>
  new DebugError(309, "user", "There is no state yet: the run waits for its input. Type /input {...}.", {
    quiet: true,
  });

export const readOnly = (name: string): DebugError =>
  new DebugError(
    306,
    "user",
    `${name} can't be changed here. Values of the State, input fields and answers can.`,
  );

/** The new code can't be loaded; the old stop is as it was. */
export const notReloaded = ({ message, data, blame }: DebugError): DebugError =>
  new DebugError(
    319,
    blame,
    `The new code can't be loaded: ${message} The session stays where it is, with the code as it was. Mend the code and /reload.`,
    { ...(data && { data }) },
  );

export const wentOnMeanwhile = (): DebugError =>
  new DebugError(317, "user", "The run went on while the code was read. It still runs the code as it was.");

export const alreadyReloading = (): DebugError =>
  new DebugError(318, "user", "The code is being read anew already.", { quiet: true });

export const pastIsReadOnly = (): DebugError =>
  new DebugError(
    315,
    "user",
    "This is the state after a step already taken. Go back there first (Step Back, or /fork with its checkpoint's id), then change it.",
  );

export const notAssignable = (expression: string): DebugError =>
  new DebugError(
    316,
    "user",
    `${expression} can't be set: only a key of the state can, and what is below one.`,
  );

export const noSuchVariable = (name: string): DebugError =>
  new DebugError(307, "user", `There is no variable "${name}" here.`, { quiet: true });

export const cannotGoOn = (why: string): DebugError => new DebugError(310, "user", why);

export const nothingToGoBackTo = (): DebugError =>
  new DebugError(311, "user", "There is no step to go back to: the run waits for its input.");

export const cannotRestartFrame = (): DebugError =>
  new DebugError(312, "user", "Only a node can run again. Choose its frame, or that of a step taken.");

export const unknownCheckpoint = (id: string): DebugError =>
  new DebugError(313, "user", `This thread has no checkpoint ${id}. /history lists those of the last steps.`);

export const unknownNode = (name: string, nodes: string[]): DebugError =>
  new DebugError(314, "user", `No graph here has a node "${name}". There are ${nodes.join(", ")}.`);

export const nodesOfTwoGraphs = (one: string, other: string): DebugError =>
  new DebugError(326, "user", `${one} and ${other} are nodes of two graphs; name nodes of one.`);

export const unknownKey = (key: string, keys: readonly string[]): DebugError =>
  new DebugError(323, "user", `The state has no key "${key}". It has ${keys.join(", ")}.`);

export const unknownThread = (id: string, file: string): DebugError =>
  new DebugError(324, "user", `There is no thread "${id}" in ${file}. /threads lists those that are there.`);

export const noStepBefore = (): DebugError =>
  new DebugError(325, "user", "There is no step before this one that could be compared with it.", {
    quiet: true,
  });

export const cannotBeTested = (why: string): DebugError =>
  new DebugError(326, "user", `No test can be made of this run: ${why}.`);

export const noException = (): DebugError =>
  new DebugError(308, "user", "The run is not stopped at an error.", { quiet: true });

// ---------------------------------------------------------------------------------------------- console

export const unknownCommand = (name: string, known: string[]): DebugError =>
  new DebugError(400, "user", `There is no command ${name}. There are ${known.join(", ")}.`, { quiet: true });

export const commandUsage = (usage: string, why: string): DebugError =>
  new DebugError(401, "user", `${why} Use it as ${usage}.`, { quiet: true });

// ---------------------------------------------------------------------------------------------- runtime

const blameOf: { [code in RuntimeErrorData["code"]]: Blame } = {
  importError: "graph",
  noGraph: "user",
  ambiguousGraph: "user",
  notAGraph: "user",
  langgraphMissing: "user",
  langgraphTooOld: "user",
  languageTooOld: "user",
  invalidInput: "user",
  invalidEdit: "user",
  atStart: "user",
  unknownNode: "user",
  unknownCheckpoint: "user",
  unknownInterrupt: "user",
  needsAnswer: "user",
  running: "user",
  notRunning: "user",
  checkpointFile: "user",
  otherGraph: "user",
  unknownThread: "user",
  threadInUse: "user",
  badImport: "user",
  evaluation: "user",
  staleValue: "user",
  internal: "ours",
};
const quietCodes = new Set<RuntimeErrorData["code"]>(["evaluation", "staleValue", "running", "notRunning"]);

/** An error response of the runtime; its message already says what to do next. */
export function fromRuntime(message: string, data: RuntimeErrorData): DebugError {
  return new DebugError(500, blameOf[data.code] ?? "ours", message, {
    data,
    quiet: quietCodes.has(data.code),
  });
}

export const runtimeGone = (): DebugError =>
  new DebugError(501, "user", "The process that ran the graph has ended, and the session with it.", {
    quiet: true,
  });
