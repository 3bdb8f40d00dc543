/**
 * Killed at random moments, of runs, edits, forks and changes to the file: what was reported is in the file, every thread
 * opens, and every run comes to its right end.
 *
 *     npm test -- runtime           50 kills, from the seed below
 *     npm run crash -- 1000 7       1,000 kills of seed 7; tells how far it is; a failure tells the round in which it
 *                                   was found, and where the file is
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as later } from "node:timers/promises";
import type { StepMode } from "../../src/protocol/runtime.ts";
import { Random } from "../fidelity/stepping.ts";
import { ConnectionLost, Driver } from "./driver.ts";
import { type Runtime, runtimes } from "./runtimes.ts";

const kills = Number(process.env.LANGGRAPH_TEST_KILLS ?? 50);
const seed = Number(process.env.LANGGRAPH_TEST_SEED ?? 1);
/** Of these threads in the file one is worked on in each round. */
const mostThreads = 6;
const limit = 6;
/** A run is edited so often that it takes more steps than LangGraph.js allows by default. */
const config = { recursion_limit: 10_000 };
const over: StepMode = { kind: "over", namespace: "" };

/** What is known of a thread from what the runtime has said. */
interface Known {
  /** Checkpoints that must be there. */
  readonly reported: Set<string>;
  /** Where it stood at the last report; undefined after something that may have moved it was begun. */
  at: string | undefined;
}

describe(`killed at random, seed ${seed}`, function () {
  this.timeout(60_000 + kills * 5_000);
  let folder: string;
  /** Something is to be looked at in it. */
  let isKept = false;
  const drivers = new Set<Driver>();
  /** Both languages at once: most of a round is a process that starts. */
  let running: ReadonlyMap<Runtime, Promise<void>>;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "langgraph-crash-"));
    running = new Map(runtimes.map((runtime) => [runtime, rounds(runtime)]));
    // A failure is told by the language's own test.
    for (const each of running.values()) each.catch(() => undefined);
  });
  after(async () => {
    for (const driver of drivers) await driver.kill();
    if (!isKept) rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  });

  for (const runtime of runtimes) {
    it(`${runtime.language}: loses nothing that was reported, and comes to the right end`, () =>
      running.get(runtime));
  }

  /** Kills, and then every thread to its end. */
  async function rounds(runtime: Runtime): Promise<void> {
    const numbers = new Random(seed);
    const file = join(folder, `${runtime.language}.sqlite`);
    const threads = new Map<string, Known>();
    const last = Math.ceil(kills / runtimes.length);
    const start = performance.now();
    for (let round = 1; round <= last + 1; round++) {
      const driver = await Driver.load(runtime, "loop", { checkpoints: file, config });
      drivers.add(driver);
      try {
        await verify(driver, file, threads);
        if (round > last) {
          const { threads: all } = await driver.request("threads", { file });
          assert.ok(all.length > 1 || last < 10, `only ${all.length} threads`);
          for (const { id } of all) await finish(driver, id);
          return;
        }
        for (let things = numbers.below(4); things > 0; things--) await work(driver, file, threads, numbers);
        // At any moment: what is being done then is cut off.
        const killed = later(numbers.below(20)).then(() => driver.process.kill("SIGKILL"));
        await workOn(driver, file, threads, numbers).catch((error: unknown) => {
          if (!(error instanceof ConnectionLost)) throw error;
        });
        await killed;
        await driver.exit;
      } catch (error) {
        isKept = true;
        const told = `round ${round}, ${file}: ${(error as Error).message}`;
        // The other language may go on for long.
        console.log(`    ${runtime.language}: ${told}`);
        throw new Error(told, { cause: error });
      } finally {
        await driver.kill();
        drivers.delete(driver);
      }
      if (round % 25 === 0) {
        const seconds = ((performance.now() - start) / 1_000).toFixed();
        console.log(`    ${runtime.language}: ${round} of ${last} kills, ${seconds} s`);
      }
    }
  }
});

/** What was reported is there and read by LangGraph, and each thread stands where it stood or further on. */
async function verify(driver: Driver, file: string, threads: Map<string, Known>): Promise<void> {
  for (const [threadId, { reported, at }] of threads) {
    const { entries } = await driver.request("timeline", { file, threadId, namespace: "", limit: 1_000 });
    const ids = new Set(entries.map(({ id }) => id));
    const lost = [...reported].filter((id) => !ids.has(id));
    assert.deepEqual(lost, [], `checkpoints of ${threadId} that are lost`);
    driver.threadId = threadId;
    const position = await driver.request("open", { threadId });
    assert.ok(position, `${threadId} does not open`);
    const read = (await driver.stateHistory("work")) as string[];
    assert.deepEqual(new Set(read), ids, `what LangGraph reads of ${threadId}`);
    const stands = position.root.checkpoint?.id ?? "";
    if (at !== undefined) assert.ok(stands >= at, `${threadId} stands at ${stands}, before ${at}`);
  }
}

/** One thing after another, until the process is killed. */
async function workOn(...args: Parameters<typeof work>): Promise<never> {
  for (;;) await work(...args);
}

/** A new thread, or a change to one that is there, and some steps on. */
async function work(
  driver: Driver,
  file: string,
  threads: Map<string, Known>,
  numbers: Random,
): Promise<void> {
  const known = [...threads.keys()];
  const isNew = known.length < mostThreads && numbers.below(3) === 0;
  driver.threadId =
    isNew || known.length === 0 ? `thread-${known.length + 1}` : (numbers.oneOf(known) as string);
  const thread = threads.get(driver.threadId);
  if (thread) await change(driver, file, thread, numbers);
  else await stand(driver, threads, { input: { count: 0, limit } });
  for (let steps = numbers.below(4); steps > 0; steps--) {
    if (!(await stand(driver, threads))) break;
  }
}

/** A step on; what is reported at the stop is known from then on. False at the end. */
async function stand(
  driver: Driver,
  threads: Map<string, Known>,
  params: Parameters<Driver["run"]>[0] = {},
): Promise<boolean> {
  const thread = threads.get(driver.threadId);
  const { reason, position } = await driver.run(params, over);
  const why = `stopped for ${reason}: ${position.error?.message}`;
  assert.ok(reason === "step" || reason === "entry" || reason === "end", why);
  const { id = "" } = position.root.checkpoint ?? {};
  const known = thread ?? { reported: new Set(), at: undefined };
  known.reported.add(id);
  known.at = id;
  threads.set(driver.threadId, known);
  return reason !== "end";
}

/** Something other than a step. */
async function change(driver: Driver, file: string, thread: Known, numbers: Random): Promise<void> {
  const { threadId } = driver;
  const standing = await driver.request("open", { threadId });
  assert.ok(standing);
  // A run that is over goes on with another turn.
  if (standing.root.tasks.length === 0) {
    await driver.run({ input: { count: 0, limit } }, over);
    return;
  }
  // What is counted when `finish` comes next is the final count.
  if (standing.root.tasks[0]?.name !== "work") return;
  const { entries } = await driver.request("timeline", { file, threadId, namespace: "", limit: 1_000 });
  const edit = () =>
    driver.request("edit", {
      threadId,
      namespace: "",
      path: ["count"],
      expression: `${numbers.below(limit)}`,
    });
  switch (numbers.below(7)) {
    case 0:
      await edit();
      return;
    case 1:
      await edit();
      await driver.request("undoEdit", { threadId, namespace: "" });
      return;
    case 2: {
      // Only where work comes next: LangGraph has no run to go on with after the end.
      const past = entries.filter(
        ({ source, step, tasks }) =>
          source === "loop" && step >= 0 && step < limit && tasks[0]?.node !== "finish",
      );
      const to = numbers.oneOf(past);
      if (!to) return;
      thread.at = undefined;
      await driver.move({ kind: "checkpoint", namespace: "", checkpointId: to.id });
      return;
    }
    case 3:
      thread.at = undefined;
      await driver.request("update", { threadId, namespace: "", values: { count: 1 }, asNode: "work" });
      return;
    case 4: {
      // Either what it keeps is known, or all.
      thread.reported.clear();
      await driver.request("prune", { file, threadIds: [threadId], keep: 2, dryRun: false });
      return;
    }
    case 5: {
      const copy = await driver.request("copyThread", { file, threadId });
      const { deleted } = await driver.request("deleteThread", { file, threadId: copy.threadId });
      if (numbers.below(2) === 0) await driver.request("restoreThread", { file, deleted });
      else await driver.request("prune", { file, dryRun: false });
      return;
    }
    default: {
      const [entry] = entries;
      const about = { name: `at ${entry?.step}`, note: null };
      await driver.request("annotate", {
        file,
        threadId,
        namespace: "",
        checkpointId: entry?.id ?? "",
        ...about,
      });
    }
  }
}

async function finish(driver: Driver, threadId: string): Promise<void> {
  driver.threadId = threadId;
  const standing = await driver.request("open", { threadId });
  assert.ok(standing, `${threadId} does not open`);
  const { reason } =
    standing.root.tasks.length > 0 ? await driver.run() : await driver.run({ input: { count: 0 } });
  assert.equal(reason, "end", threadId);
  const { count, log } = (await driver.state()) as { count: number; log: string[] };
  assert.equal(count, limit, threadId);
  assert.equal(log.at(-1), "finish", threadId);
}
