/**
 * Random requests, good and bad, and a session that takes them: each is answered once, none hangs, the adapter lives.
 *
 * All is drawn from one seed. References, threads, frames and other ids in the requests are mostly such as the adapter
 * gave out in this session; some are stale, some were never given out, and those must be refused.
 */
import assert from "node:assert/strict";
import type { DebugProtocol } from "@vscode/debugprotocol";
import fc from "fast-check";
import {
  checkpointId,
  expression,
  frameId,
  type Kind,
  line,
  name,
  never,
  type Pick,
  seen,
  source,
  threadId,
  value,
  variablesReference,
  written,
} from "./arbitraries.ts";
import type { Client } from "./client.ts";
import { RequestFailed } from "./client.ts";
import { pastRequests } from "./past-requests.ts";

export interface RandomRequest {
  readonly command: string;
  readonly args: unknown;
  /** Sent without waiting for the answers of those before it. */
  readonly atOnce: boolean;
}

const atOnce = fc.nat(2).map((number) => number === 0);

const requests: { readonly [command: string]: { weight: number; args: fc.Arbitrary<unknown> } } = {
  threads: { weight: 4, args: fc.constant({}) },
  stackTrace: {
    weight: 8,
    args: fc.record(
      { threadId, startFrame: fc.nat(40), levels: fc.nat(30) },
      { requiredKeys: ["threadId", "levels"] },
    ),
  },
  scopes: { weight: 8, args: fc.record({ frameId }) },
  variables: {
    weight: 8,
    args: fc.record(
      {
        variablesReference,
        start: fc.nat(20),
        count: fc.nat(20),
        filter: fc.constantFrom("indexed", "named"),
      },
      { requiredKeys: ["variablesReference"] },
    ),
  },
  setVariable: { weight: 2, args: fc.record({ variablesReference, name, value }) },
  setExpression: {
    weight: 2,
    args: fc.record({ expression, value, frameId }, { requiredKeys: ["expression", "value"] }),
  },
  evaluate: {
    weight: 6,
    args: fc.record(
      { expression, frameId, context: fc.constantFrom("watch", "hover", "repl", "clipboard") },
      { requiredKeys: ["expression"] },
    ),
  },
  completions: {
    weight: 3,
    args: fc.record({ text: written, column: fc.integer({ min: -3, max: 30 }) }),
  },
  setBreakpoints: {
    weight: 3,
    args: fc.record({
      source,
      breakpoints: fc.array(
        fc.record(
          { line, condition: written, mode: fc.constantFrom("after", "before") },
          { requiredKeys: ["line"] },
        ),
        { maxLength: 4 },
      ),
    }),
  },
  setFunctionBreakpoints: {
    weight: 2,
    args: fc.record({
      breakpoints: fc.array(fc.record({ name: fc.constantFrom("work", "*", "nobody", "a:b", "") }), {
        maxLength: 3,
      }),
    }),
  },
  setExceptionBreakpoints: {
    weight: 2,
    args: fc.record({ filters: fc.array(fc.constantFrom("raised", "retried", "compiled", "nothing")) }),
  },
  dataBreakpointInfo: {
    weight: 2,
    args: fc.record({ variablesReference, name, frameId }, { requiredKeys: ["name"] }),
  },
  setDataBreakpoints: {
    weight: 2,
    args: fc.record({
      breakpoints: fc.array(fc.record({ dataId: seen("dataId", fc.string()) }), { maxLength: 3 }),
    }),
  },
  breakpointLocations: {
    weight: 2,
    args: fc.record({ source, line, endLine: line }, { requiredKeys: ["source", "line"] }),
  },
  exceptionInfo: { weight: 2, args: fc.record({ threadId }) },
  loadedSources: { weight: 2, args: fc.constant({}) },
  modules: { weight: 1, args: fc.constant({}) },
  next: { weight: 5, args: fc.record({ threadId }) },
  stepIn: {
    weight: 5,
    args: fc.record({ threadId, targetId: seen("task") }, { requiredKeys: ["threadId"] }),
  },
  stepInTargets: { weight: 3, args: fc.record({ frameId }) },
  stepOut: { weight: 2, args: fc.record({ threadId }) },
  stepBack: { weight: 3, args: fc.record({ threadId }) },
  reverseContinue: { weight: 1, args: fc.record({ threadId }) },
  restartFrame: { weight: 2, args: fc.record({ frameId }) },
  gotoTargets: { weight: 2, args: fc.record({ source, line }) },
  goto: { weight: 2, args: fc.record({ threadId, targetId: seen("place") }) },
  pause: { weight: 3, args: fc.record({ threadId }) },
  "langgraph/graph": { weight: 1, args: fc.constant({}) },
  "langgraph/interrupts": { weight: 2, args: fc.constant({}) },
  "langgraph/history": {
    weight: 3,
    args: fc.record({ before: checkpointId, limit: fc.integer({ min: -1, max: 30 }) }, { requiredKeys: [] }),
  },
  ...pastRequests,
  "langgraph/fork": { weight: 2, args: fc.record({ checkpointId }) },
  "langgraph/undo": { weight: 1, args: fc.constant({}) },
  "langgraph/resume": {
    weight: 2,
    args: fc.oneof(
      fc.record({ answers: fc.dictionary(fc.string(), fc.jsonValue()) }),
      fc.record({ answer: seen("interrupt", fc.string()) }),
    ),
  },
  "langgraph/input": {
    weight: 3,
    args: fc.record({ input: fc.constantFrom<unknown>("INPUT", {}, 5, null) }),
  },
};

const wellFormed = fc.oneof(
  ...Object.entries(requests).map(([command, { weight, args }]) => ({
    weight,
    arbitrary: fc.record({ command: fc.constant(command), args, atOnce }),
  })),
);
const malformed = fc.record({
  command: fc.oneof(
    fc.constantFrom(...Object.keys(requests), "launch", "initialize", "constructor", "attach"),
    fc.string(),
  ),
  args: fc.anything({ withNullPrototype: false, withBigInt: false }),
  atOnce,
});

/** `count` requests that this seed brings forth again. */
export function randomRequests(seed: number, count: number): RandomRequest[] {
  const request = fc.oneof({ weight: 12, arbitrary: wellFormed }, { weight: 1, arbitrary: malformed });
  return fc.sample(request, { seed, numRuns: count });
}

/** What lets the run go on, or moves it: another stop follows. */
const goers = new Set([
  ...["continue", "next", "stepIn", "stepOut", "stepBack", "reverseContinue", "restartFrame", "goto"],
  ...["langgraph/input", "langgraph/resume", "langgraph/fork", "langgraph/undo", "langgraph/reload"],
  ...["langgraph/undoEdit", "langgraph/openThread"],
]);

function goes({ command, args }: RandomRequest): boolean {
  if (command !== "langgraph/updateState" && command !== "langgraph/setValue") return goers.has(command);
  return (args as { dryRun?: unknown }).dryRun !== true;
}

/** What a client asks for at a stop. */
const look: readonly RandomRequest[] = [
  { command: "threads", args: {} },
  { command: "langgraph/threads", args: {} },
  { command: "langgraph/timeline", args: {} },
  { command: "langgraph/interrupts", args: {} },
  { command: "gotoTargets", args: { source: { path: "PROGRAM" }, line: 1 } },
  { command: "stackTrace", args: { threadId: { pick: "thread", number: 1 }, levels: 20 } },
  { command: "scopes", args: { frameId: { pick: "frame", number: 1 } } },
  { command: "variables", args: { variablesReference: { pick: "reference", number: 1 } } },
].map((request) => ({ ...request, atOnce: false }));

/** What gets the run on where a step does not. */
const afterStop: { readonly [reason: string]: RandomRequest } = {
  end: { command: "langgraph/input", args: { input: "INPUT" }, atOnce: false },
  interrupt: {
    command: "langgraph/resume",
    args: { answer: { pick: "interrupt", number: 1 } },
    atOnce: false,
  },
};

/** Ids that responses of a session gave out. */
class Ids {
  readonly #known = new Map<Kind, unknown[]>();
  readonly #ofThisStop = new Map<Kind, unknown[]>();

  /** An id of this kind: mostly one of this stop, sometimes an older one. */
  of({ pick, number }: Pick): unknown {
    const known = (number % 6 > 0 && this.#ofThisStop.get(pick)) || this.#known.get(pick) || [];
    return known[number === 1 ? 0 : number % known.length] ?? (pick === "thread" ? 1 : never);
  }

  /** What was given out before is old. */
  nextStop(): void {
    this.#ofThisStop.clear();
  }

  take(command: string, body: unknown): void {
    if (typeof body !== "object" || body === null) return;
    for (const [key, content] of Object.entries(body)) {
      const kind = kindOf(command, key);
      if (kind && Array.isArray(content)) for (const { id } of content) this.#add(kind, id);
      this.#walk(command, content);
    }
    if ("dataId" in body && body.dataId !== null) this.#add("dataId", body.dataId);
  }

  /** References, names and checkpoints, wherever they are. */
  #walk(command: string, content: unknown): void {
    if (Array.isArray(content)) for (const item of content) this.#walk(command, item);
    if (typeof content !== "object" || content === null) return;
    for (const [key, item] of Object.entries(content)) {
      if (key === "variablesReference" && typeof item === "number" && item > 0) this.#add("reference", item);
      else if (key === "name" && command === "variables") this.#add("name", item);
      else if (key === "evaluateName") this.#add("expression", item);
      else if (key === "checkpointId") this.#add("checkpoint", item);
      else if (typeof item === "object") this.#walk(command, item);
    }
  }

  #add(kind: Kind, id: unknown): void {
    for (const ids of [this.#known, this.#ofThisStop]) {
      const known = ids.get(kind) ?? [];
      ids.set(kind, [...known.filter((each) => each !== id), id].slice(-300));
    }
  }
}

function kindOf(command: string, key: string): Kind | undefined {
  if (key === "threads") return command === "threads" ? "thread" : "ofFile";
  if (key === "stackFrames") return "frame";
  if (key === "targets" && command === "gotoTargets") return "place";
  if (key === "targets" && command === "stepInTargets") return "task";
  if (key === "checkpoints" || key === "entries") return "checkpoint";
  return key === "interrupts" ? "interrupt" : undefined;
}

export interface Target {
  readonly program: string;
  readonly input: unknown;
}

/**
 * Sends requests to a session that stands at a stop, until they are sent or the session has ended by one of them.
 * Resolves to how many were sent. Throws when a rule is broken, or when there is no answer within `seconds`.
 */
export async function send(
  client: Client,
  list: readonly RandomRequest[],
  target: Target,
  seconds = 60,
): Promise<number> {
  const ids = new Ids();
  const open = new Map<number, string>();
  const wrong: string[] = [];
  let sent = 0;
  /** Resolves to whether it succeeded. */
  const one = ({ command, args }: RandomRequest): Promise<boolean> => {
    const seq = 1_000 + ++sent;
    const filled = fill(args, ids, target);
    open.set(seq, `${command} ${JSON.stringify(filled)}`);
    const answer = client.sendRaw<unknown>(seq, { seq, type: "request", command, arguments: filled });
    return answer
      .then(
        (body) => {
          ids.take(command, body);
          if (leansOn(command, filled)) wrong.push(`accepted: ${open.get(seq)}`);
          return true;
        },
        (error: unknown) => {
          // The adapter is gone: no request may bring that about.
          if (!(error instanceof RequestFailed) || isDefect(error)) wrong.push(`${open.get(seq)}: ${error}`);
          return false;
        },
      )
      .finally(() => open.delete(seq));
  };
  const answers: Promise<unknown>[] = [];
  const isOver = (): boolean => client.events("terminated").length > 0;
  /** Sends it, and waits for the answer and for the stop that it leads to. */
  const oneByOne = async (request: RandomRequest): Promise<void> => {
    if (isOver()) return;
    client.markNow();
    const succeeded = await within(seconds, one(request), open);
    if (!succeeded || !goes(request)) return;
    const stop = Promise.race([client.event("stopped"), client.event("terminated")]);
    await within(seconds, stop, new Map([[0, `the stop after ${request.command}`]]));
  };
  let looked = 0;
  for (const request of list) {
    const stops = client.events<DebugProtocol.StoppedEvent["body"]>("stopped");
    if (stops.length > looked) {
      looked = stops.length;
      ids.nextStop();
      for (const each of look) await oneByOne(each);
      const goOn = afterStop[stops.at(-1)?.reason ?? ""];
      // Mostly: a step at the end ends the session.
      if (goOn && looked % 5 > 0) await oneByOne(goOn);
    }
    if (isOver()) break;
    if (request.atOnce) answers.push(one(request));
    else await oneByOne(request);
  }
  await within(seconds, Promise.all(answers), open);
  // Not by a comparison: each may tell the adapter's whole log.
  assert.ok(wrong.length === 0, `${wrong.length} wrong answers, the first:\n${wrong[0]}`);
  return sent;
}

/** Nobody but the debugger is to blame: something unforeseen in the adapter or in a runtime. */
function isDefect({ message }: RequestFailed): boolean {
  return /^The debugger(?:'s runtime)? failed/.test(message);
}

/** The request stands or falls with an id that was never given out. */
function leansOn(command: string, args: unknown): boolean {
  if (typeof args !== "object" || args === null) return false;
  const { threadId, frameId, variablesReference, targetId } = args as Record<string, unknown>;
  if (command === "scopes" || command === "restartFrame" || command === "stepInTargets")
    return frameId === never;
  if (command === "variables" || command === "setVariable") return variablesReference === never;
  if (command === "goto") return targetId === never;
  return command === "stackTrace" && threadId === never;
}

function fill(args: unknown, ids: Ids, target: Target): unknown {
  if (args === "PROGRAM") return target.program;
  if (args === "INPUT") return target.input;
  if (typeof args !== "object" || args === null) return args;
  if ("pick" in args) return ids.of(args as Pick);
  if ("answer" in args) return { answers: { [String(fill(args.answer, ids, target))]: "yes" } };
  if (Array.isArray(args)) return args.map((item) => fill(item, ids, target));
  return Object.fromEntries(Object.entries(args).map(([key, item]) => [key, fill(item, ids, target)]));
}

async function within<Result>(
  seconds: number,
  promise: Promise<Result>,
  open: ReadonlyMap<number, string>,
): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const fail = (): void =>
      reject(new Error(`No answer within ${seconds} s:\n${[...open.values()].join("\n")}`));
    timer = setTimeout(fail, seconds * 1000);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
