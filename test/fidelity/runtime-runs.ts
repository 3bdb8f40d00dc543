/** Runs a fixture in a runtime process, several times in one, and tells of each run what bareRuns tells. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { needsAnswers, ThreadNumbers, threadsOf, waitingInterrupts } from "../../src/adapter/stop.ts";
import type { Json, LoadParams, Position, StoppedEvent } from "../../src/protocol/runtime.ts";
import { type Fixture, fileOf, type Language } from "../fixtures/fixtures.ts";
import { ConnectionLost, Driver, Refused } from "../runtime/driver.ts";
import { type Runtime, runtimes } from "../runtime/runtimes.ts";
import { Answers } from "./answers.ts";
import type { Run } from "./bare-runs.ts";
import { type Choice, graphsOf, type Random, standsAt, straight, type Way } from "./stepping.ts";
import { Trace } from "./trace.ts";

export interface RuntimeRun extends Run {
  /** What each stop stood at. */
  readonly stops: readonly (readonly string[])[];
  /** It was killed at one of them, and opened again. */
  readonly killed: boolean;
}

export class RuntimeRuns {
  readonly #fixture: Fixture;
  readonly #language: Language;
  readonly #runtime: Runtime;
  readonly #folder = mkdtempSync(join(tmpdir(), "fidelity-"));
  readonly #trace = new Trace(this.#folder);
  #driver: Driver | undefined;
  #threads = 0;
  /** The answers of the last run, given and left. */
  #answers: Answers;

  /** `python`: the interpreter to start, where it is another than the examples'. */
  constructor(fixture: Fixture, language: Language, python?: string) {
    this.#fixture = fixture;
    this.#answers = new Answers(fixture);
    this.#language = language;
    const runtime = runtimes.find((each) => (each.language === "python") === (language === "python"));
    if (!runtime) throw new Error(`There is no runtime for ${language}`);
    const [program = "", ...args] = runtime.command;
    this.#runtime = { ...runtime, command: [python ?? program, ...args] };
  }

  /**
   * One run from the input to the end, on a thread of its own. With `killAt` the process is killed at the first stop
   * from that one on (counted from 0) where all that was run is on disk, and the thread is opened in another process.
   */
  async run(way: Way, killAt = Number.POSITIVE_INFINITY): Promise<RuntimeRun> {
    this.#trace.clear();
    const threadId = `thread-${++this.#threads}`;
    const answers = new Answers(this.#fixture);
    this.#answers = answers;
    const stops: string[][] = [];
    let killed = false;
    let outcome: Pick<Run, "state" | "error" | "exit"> = {};
    let driver = await this.#loaded(way, threadId);
    try {
      let stop = await this.#go(driver, way.first, { input: this.#fixture.input as Json });
      for (;;) {
        const { error } = stop.position;
        if (error) outcome = { error: { type: error.type, message: error.message } };
        else if (stop.reason === "end") outcome = { state: await driver.state() };
        if (error || stop.reason === "end") break;
        stops.push(standsAt(stop));
        if (!killed && stops.length > killAt && isAllOnDisk(stop.position, this.#fixture)) {
          killed = true;
          await this.end();
          driver = await this.#loaded(way, threadId);
          stop = await this.#open(driver, stop);
        }
        stop = await this.#next(driver, way, stop);
      }
    } catch (error) {
      if (!(error instanceof ConnectionLost)) throw error;
      outcome = { exit: (await driver.exit) ?? 1 };
      this.#driver = undefined;
    }
    if (this.#fixture.once !== undefined) await this.#shutDown();
    return { ...outcome, ...this.#trace.read(), stops, killed };
  }

  /**
   * Goes back to up to `count` checkpoints of the thread of the last run, and from each to the end: the final states
   * by the checkpoint's step.
   */
  async forks(count: number, numbers: Random): Promise<Map<number, unknown>> {
    const driver = await this.#loaded(straight, `thread-${this.#threads}`);
    const { threadId } = driver;
    const { entries } = await driver.request("history", { threadId, namespace: "", limit: 100 });
    const left = entries.filter(({ checkpoint: { step, next } }) => step >= 0 && next.length > 0);
    const states = new Map<number, unknown>();
    while (left.length > 0 && states.size < count) {
      const [{ checkpoint } = { checkpoint: undefined }] = left.splice(numbers.below(left.length), 1);
      if (!checkpoint) break;
      const to = { kind: "checkpoint", namespace: "", checkpointId: checkpoint.id } as const;
      let stop = standingAt(await driver.request("move", { threadId, to }));
      assert.deepEqual(standsAt(stop).sort(), [...checkpoint.next].sort());
      this.#answers.takeBack(checkpoint.step);
      while (stop.reason !== "end") {
        if (stop.position.error) throw new Error(stop.position.error.traceback);
        stop = await this.#next(driver, straight, stop);
      }
      states.set(checkpoint.step, await driver.state());
    }
    return states;
  }

  /** What comes after this stop: an answer where one is asked for, else as the way says. */
  async #next(driver: Driver, way: Way, stop: StoppedEvent): Promise<StoppedEvent> {
    const choice = way.at(stop);
    const { threadId } = driver;
    if (choice.kind === "back") {
      const to = { kind: "back", namespace: "" } as const;
      const position = await driver.request("move", { threadId, to }).catch((error: unknown) => {
        if (error instanceof Refused && error.data.code === "atStart") return stop.position;
        throw error;
      });
      if (position === stop.position) return stop;
      this.#answers.takeBack(position.root.checkpoint?.step ?? 0);
      return standingAt(position);
    }
    const step = stop.position.root.checkpoint?.step;
    const asked = stop.reason === "interrupt" ? waitingInterrupts(stop.position) : [];
    const resume = asked.length > 0 ? { resume: this.#answers.for(asked, step) } : {};
    return this.#go(driver, choice, resume);
  }

  async #shutDown(): Promise<void> {
    const driver = this.#driver;
    this.#driver = undefined;
    await driver?.close();
  }

  /** Ends the process, as a crash would. The next run starts another. */
  async end(): Promise<void> {
    const driver = this.#driver;
    this.#driver = undefined;
    await driver?.kill();
  }

  async close(): Promise<void> {
    await this.end();
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }

  async #loaded(way: Way, threadId: string): Promise<Driver> {
    const { graph = "graph", config, context } = this.#fixture;
    this.#driver ??= await Driver.load(this.#runtime, fileOf(this.#fixture, this.#language), {
      graph,
      ...(config && { config: config as NonNullable<LoadParams["config"]> }),
      ...(context && { context: context as NonNullable<LoadParams["context"]> }),
      checkpoints: join(this.#folder, "checkpoints.sqlite"),
      env: { LANGGRAPH_TRACE_FILE: this.#trace.file },
    });
    this.#driver.threadId = threadId;
    await this.#driver.breakpoints(...way.breakpoints);
    return this.#driver;
  }

  /** The next stop. */
  async #go(
    driver: Driver,
    choice: Exclude<Choice, { kind: "back" }>,
    params: { input?: Json; resume?: { [id: string]: Json } },
  ): Promise<StoppedEvent> {
    if (choice.kind === "go") return driver.run(params, choice.step);
    await driver.begin(params);
    const stopped = driver.event("stopped");
    // It may have stopped before.
    await Promise.race([driver.request("pause", {}), stopped]);
    return stopped;
  }

  async #open(driver: Driver, at: StoppedEvent): Promise<StoppedEvent> {
    const position = await driver.request("open", { threadId: driver.threadId });
    if (!position) throw new Error("The killed run's thread is not in the file");
    const opened = standingAt(position);
    const pending = (stop: StoppedEvent) =>
      standsAt(stop)
        .filter((name) => !name.startsWith("after "))
        .sort();
    if (`${pending(opened)}` !== `${pending(at)}`)
      throw new Error(`Killed at ${pending(at)}, opened at ${pending(opened)}`);
    return opened;
  }
}

/** A stop that no run made. */
function standingAt(position: Position): StoppedEvent {
  const waits = needsAnswers(threadsOf(position, "", new ThreadNumbers()));
  return { reason: waits ? "interrupt" : "entry", hitBreakpointIds: [], position };
}

/**
 * Whether nothing has to be run again when the process is killed here. Something has where a node computes: beside the
 * stop, or around it, with a graph that it runs by itself.
 */
function isAllOnDisk(position: Position, fixture: Fixture): boolean {
  const graphs = graphsOf(position.root);
  if (graphs.some(({ tasks }) => tasks.some(({ status }) => status === "running"))) return false;
  return fixture.rest === undefined || (graphs.length === 1 && position.root.tasks.length === 1);
}
