// Calls of `interrupt()`: where each task made them and what it had written by then, and what is wrong with them.

import { AsyncLocalStorage } from "node:async_hooks";
import { framesOf } from "./errors.ts";
import { toJson } from "./json.ts";
import { scratchpadOf, type Task } from "./langgraph.ts";
import { takePayload } from "./payloads.ts";

export interface Place {
  path: string;
  line: number;
}

interface Call {
  /** The user's nearest line on the stack. */
  readonly place: Place | undefined;
  /** The user's own calls that lead to it, innermost first. */
  readonly way: string;
  /** What it asks, shortened; undefined where that can't be known. */
  readonly payload: string | undefined;
}

/** One run of a task: its calls of `interrupt()` by index, and what it wrote before each. */
interface Attempt {
  readonly node: string;
  readonly graph: string;
  readonly previous: Attempt | undefined;
  readonly calls: Call[];
  readonly written: string[][];
  /** Where it left. */
  waiting?: Place | undefined;
}

const rules = "LangGraph's rules of interrupts";
const kept = 1000;
const keptTexts = 50;
const keptLength = 200;
const stackDepth = 60;

/** Of all tasks of this process. Tasks keep their ids when they go on after an answer. */
class Calls {
  readonly #attempts = new Map<string, Attempt>();
  readonly #running = new AsyncLocalStorage<Attempt>();
  readonly #told = new Set<string>();
  #own: (path: string) => string | undefined = () => undefined;
  #warn: (text: string, place: Place | undefined) => void = () => undefined;

  /** `own` gives the path of a file of the user's as the user opened it; what is wrong is told to `warn`. */
  begin(
    own: (path: string) => string | undefined,
    warn: (text: string, place: Place | undefined) => void,
  ): void {
    this.#own = own;
    this.#warn = warn;
    this.#listenToStdout();
  }

  /** Where the task that waits made its call, as far as this process has seen it. */
  place(taskId: string): Place | undefined {
    return this.#attempts.get(taskId)?.waiting;
  }

  /** How often the task's call with this index was made in this run, with this time. */
  tries(taskId: string, index: number): number | undefined {
    const made = this.#attempts.get(taskId)?.calls ?? [];
    const call = made[index];
    return call && made.slice(0, index + 1).filter(({ way }) => way === call.way).length;
  }

  // ------------------------------------------------------------------------------------------ what a task does

  /** Runs the task's code. */
  watch<Result>(task: Task, graph: string, body: () => Result): Result {
    const scratchpad = scratchpadOf(task);
    if (scratchpad === undefined) return body();
    const previous = this.#attempts.get(task.id);
    const attempt: Attempt = {
      node: String(task.name),
      graph,
      previous: previous && { ...previous, previous: undefined },
      calls: [],
      written: [[]],
    };
    this.#attempts.delete(task.id);
    this.#attempts.set(task.id, attempt);
    const [oldest] = this.#attempts.keys();
    if (this.#attempts.size > kept && oldest !== undefined) this.#attempts.delete(oldest);
    let count = scratchpad.interruptCounter;
    const called = (index: number): void => this.#called(attempt, index, scratchpad.resume.length);
    Object.defineProperty(scratchpad, "interruptCounter", {
      configurable: true,
      enumerable: true,
      get: () => count,
      set: (next: number) => {
        count = next;
        called(next);
      },
    });
    return this.#running.run(attempt, body);
  }

  /** The task writes to the custom stream. */
  wroteCustom(task: Task, value: unknown): void {
    const attempt = this.#attempts.get(task.id);
    if (attempt !== undefined) note(attempt, textOf(value));
  }

  /** A task has ended without asking. */
  ended(task: Task): void {
    const attempt = this.#attempts.get(task.id);
    this.#attempts.delete(task.id);
    const answers = scratchpadOf(task)?.resume.length ?? 0;
    if (attempt === undefined || attempt.calls.length >= answers) return;
    this.#tell(
      attempt,
      "order",
      attempt.previous?.waiting,
      `called interrupt() ${attempt.calls.length} times in this run, but has ${answers} answers: the last ones were for calls that it did not make again.`,
      "don't change the order of interrupt calls in a node",
    );
  }

  /** The text of the warning, which names the line. It is told. */
  swallowed(task: Task, what: string): string {
    const attempt = this.#attempts.get(task.id);
    const place = attempt?.calls.at(-1)?.place;
    const text = `${String(task.name)}${at(place)} ${what} ${rules}: don't wrap interrupt in a bare try/except.`;
    if (attempt === undefined || this.#isFirst(attempt, "swallowed", place)) this.#warn(text, place);
    return text;
  }

  /** A task has left by `interrupt()`. */
  asked(task: Task, error: unknown): void {
    const attempt = this.#attempts.get(task.id);
    const { interrupts, stack } = error as { interrupts?: { value?: unknown }[]; stack?: string };
    if (attempt === undefined || attempt.calls.length === 0 || !Array.isArray(interrupts)) return;
    // Tools that ask at the same time have made several calls; one of them has ended the task.
    attempt.waiting = placeOf(this.#frames(stack)[0]) ?? attempt.calls.at(-1)?.place;
    for (const { value } of interrupts) {
      const found = unserialisable(value, "value");
      if (found === undefined) continue;
      this.#tell(
        attempt,
        "payload",
        attempt.waiting,
        `asks with a payload that can't be written as JSON: ${found}. Who answers in another process does not get it.`,
        "pass simple JSON-serialisable values",
      );
    }
  }

  #called(attempt: Attempt, index: number, answers: number): void {
    const asked = takePayload();
    const way = this.#frames(stackHere());
    const place = placeOf(way[0]);
    const payload = asked && textOf(asked.value);
    while (attempt.calls.length <= index) {
      attempt.calls.push({ place, way: wayOf(way), payload });
      attempt.written.push([]);
    }
    const { previous } = attempt;
    if (previous === undefined || index >= previous.calls.length) return;
    const before = previous.written[index] ?? [];
    const repeated = attempt.written[index]?.find((text) => before.includes(text));
    if (repeated !== undefined) {
      this.#tell(
        attempt,
        "repeats",
        place,
        `runs again from its start after each answer, and has written ${JSON.stringify(repeated)} again before its interrupt(). What it does there happens every time.`,
        "side effects before interrupt must be idempotent",
      );
    }
    const then = previous.calls[index];
    const isOther =
      then?.place?.path !== place?.path ||
      then?.place?.line !== place?.line ||
      (then?.payload !== undefined && payload !== undefined && then.payload !== payload);
    if (index < answers && isOther) {
      this.#tell(
        attempt,
        "order",
        place,
        `gives the answer number ${index + 1} to another question than the one that was answered: then ${then?.payload ?? "one"}${at(then?.place)}, now ${payload ?? "this"}.`,
        "don't change the order of interrupt calls in a node",
      );
    }
  }

  /** The user's own frames, innermost first. */
  #frames(stack: string | undefined): (Place & { column: number | undefined })[] {
    return framesOf(stack ?? "").flatMap(({ path, line, column }) => {
      const own = path === undefined || path.startsWith("node:") ? undefined : this.#own(path);
      return own === undefined || line === undefined ? [] : [{ path: own, line, column }];
    });
  }

  /** The stream stays the user's own; what is written is looked at in passing. */
  #listenToStdout(): void {
    const write = process.stdout.write;
    const running = this.#running;
    process.stdout.write = function (this: typeof process.stdout, ...args: Parameters<typeof write>) {
      const attempt = running.getStore();
      const [chunk] = args as unknown[];
      if (attempt !== undefined && typeof chunk === "string") note(attempt, chunk);
      return write.apply(this, args);
    } as typeof write;
  }

  // ------------------------------------------------------------------------------------------ telling

  #isFirst({ graph, node }: Attempt, kind: string, place: Place | undefined): boolean {
    const key = JSON.stringify([kind, graph, node, place]);
    if (this.#told.has(key)) return false;
    this.#told.add(key);
    return true;
  }

  #tell(attempt: Attempt, kind: string, place: Place | undefined, text: string, rule: string): void {
    if (this.#isFirst(attempt, kind, place))
      this.#warn(`${attempt.node}${at(place)} ${text} ${rules}: ${rule}.`, place);
  }
}

/** Of this process. */
export const calls = new Calls();

/** A function that awaits tells another column than one that still calls: of the calls around only the lines count. */
const wayOf = ([call, ...around]: readonly (Place & { column: number | undefined })[]): string =>
  JSON.stringify([call, ...around.map(placeOf)]);

const placeOf = (place: Place | undefined): Place | undefined =>
  place && { path: place.path, line: place.line };

const at = (place: Place | undefined): string =>
  place === undefined ? "" : ` (${place.path}:${place.line})`;

function note({ written }: Attempt, text: string): void {
  const own = written.at(-1);
  if (own !== undefined && own.length < keptTexts && text.trim() !== "")
    own.push(text.trim().slice(0, keptLength));
}

function textOf(value: unknown): string {
  const text = JSON.stringify(toJson(value)) ?? "";
  return text.length <= keptLength ? text : `${text.slice(0, keptLength)}…`;
}

function stackHere(): string | undefined {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = stackDepth;
  const { stack } = new Error();
  Error.stackTraceLimit = stackTraceLimit;
  return stack;
}

/** What of a payload JSON and LangGraph's own serialiser have no word for, and where it is. */
function unserialisable(value: unknown, path: string, around: readonly object[] = []): string | undefined {
  if (typeof value === "function") return `${path} is a function`;
  if (typeof value === "symbol" || typeof value === "bigint") return `${path} is a ${typeof value}`;
  if (typeof value === "number" && !Number.isFinite(value)) return `${path} is ${value}`;
  if (typeof value !== "object" || value === null) return undefined;
  if (around.includes(value)) return `${path} holds itself`;
  const inner = [...around, value];
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      const found = unserialisable(item, `${path}[${index}]`, inner);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  // Messages, dates and the like know how to be written.
  if (typeof (value as { toJSON?: unknown }).toJSON === "function") return undefined;
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null)
    return `${path} is a ${prototype.constructor.name}`;
  for (const [key, item] of Object.entries(value)) {
    const found = unserialisable(item, `${path}.${key}`, inner);
    if (found !== undefined) return found;
  }
  return undefined;
}
