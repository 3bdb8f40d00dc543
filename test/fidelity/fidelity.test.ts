// A debugged run is the bare run: the same final state, each node run as often, with the same effects, for every
// fixture and example, in both languages, however it is stopped, stepped, killed and opened again.
//
// The bare run comes from bare.py and bare.ts, which know nothing of the debugger. What nodes did is read from the
// file that the fixtures write, never from the debugger. Choices are drawn from a seed, which a failure tells:
//
//     LANGGRAPH_TEST_SEED=5 npm test -- fidelity
import assert from "node:assert/strict";
import type { Fixture, Language } from "../fixtures/fixtures.ts";
import { Ahead } from "./ahead.ts";
import { bareRuns, expected, fixturesOf, type Run } from "./bare-runs.ts";
import { Adapter, debuggedRun } from "./debugged-run.ts";
import { type RuntimeRun, RuntimeRuns } from "./runtime-runs.ts";
import { everywhere, Random, random, straight } from "./stepping.ts";

const seed = Number(process.env.LANGGRAPH_TEST_SEED ?? 1);

/** Each kind of run of one fixture; what was not tried is undefined, what failed is an error. */
interface Runs {
  readonly straight: RuntimeRun | Error;
  readonly everywhere: RuntimeRun | Error;
  readonly random: RuntimeRun | Error;
  readonly killed: RuntimeRun | Error | undefined;
}

for (const language of ["python", "typescript"] satisfies Language[]) {
  describe(`fidelity in ${language}, seed ${seed}`, function () {
    this.timeout(120_000);
    const fixtures = fixturesOf(language);
    const ahead = new Ahead<Runs | Run>(
      fixtures.flatMap((fixture, index) => [
        () => allRuns(fixture, language, seed + index),
        () => debuggedRun(fixture, language, adapter, new Random(seed + index)),
      ]),
    );
    let bare: ReadonlyMap<string, Run>;
    let adapter: Adapter;

    function bareRun(name: string): Run {
      const run = bare.get(name);
      assert.ok(run, `the bare run of ${name} printed nothing`);
      return run;
    }

    before(async () => {
      [bare, adapter] = await Promise.all([bareRuns(language), Adapter.start()]);
    });
    after(async () => {
      await ahead.idle();
      adapter?.stop();
    });

    for (const [index, fixture] of fixtures.entries()) {
      const { name } = fixture;
      const run = async (kind: keyof Runs): Promise<RuntimeRun> => {
        const run = ((await ahead.get(2 * index)) as Runs)[kind];
        if (run instanceof Error) throw run;
        assert.ok(run);
        return run;
      };

      it(`${name}: the bare run is as fixtures.json says`, () => {
        const run = bareRun(name);
        const { state, error, exit, runs } = expected(fixture, language);
        assert.deepEqual(run.runs, runs);
        if (state !== undefined) assert.deepEqual(run.state, state);
        assert.equal(run.error?.type, error?.type);
        if (error?.message) assert.equal(run.error?.message, error.message);
        assert.equal(run.exit, exit);
      });

      it(`${name}: the same without a stop`, async () => {
        assertSame(await run("straight"), bareRun(name));
      });

      it(`${name}: the same when it stops before and after every node`, async () => {
        const stopped = await run("everywhere");
        assertSame(stopped, bareRun(name));
        const stood = new Set(stopped.stops.flat());
        const ran = Object.keys(bareRun(name).runs);
        assert.deepEqual(
          ran.filter((node) => !stood.has(node)),
          [],
          "nodes that ran without a stop before them",
        );
      });

      it(`${name}: the same when it is stepped at random`, async () => {
        assertSame(await run("random"), bareRun(name));
      });

      if (isKilled(fixture)) {
        it(`${name}: the same when it is killed at a stop and opened again`, async () => {
          const killed = await run("killed");
          assert.ok(killed.killed, "it stood nowhere");
          assertSame(killed, bareRun(name));
        });
      }

      it(`${name}: the same when a client steps it at random`, async () => {
        assertSame((await ahead.get(2 * index + 1)) as Run, bareRun(name));
      });
    }
  });
}

function isKilled({ once, name }: Fixture): boolean {
  return once === undefined && name !== "exits";
}

/** The runs that a runtime process is asked for, one after the other. */
async function allRuns(fixture: Fixture, language: Language, seed: number): Promise<Runs> {
  const runs = new RuntimeRuns(fixture, language);
  const numbers = new Random(seed);
  const tell = (error: unknown): Error => error as Error;
  try {
    const without = await runs.run(straight).catch(tell);
    const all = await runs.run(everywhere).catch(tell);
    const stepped = await runs.run(random(numbers)).catch(tell);
    const killed = isKilled(fixture) ? await killedRun(runs, numbers).catch(tell) : undefined;
    return { straight: without, everywhere: all, random: stepped, killed };
  } finally {
    await runs.close();
  }
}

/** Killed at one of the first stops. Where it does not stand as often, at the first. */
async function killedRun(runs: RuntimeRuns, numbers: Random): Promise<RuntimeRun> {
  const run = await runs.run(random(numbers), numbers.below(6));
  return run.killed ? run : runs.run(random(numbers), 0);
}

function assertSame(run: Run, bare: Run): void {
  assert.deepEqual(run.runs, bare.runs, "how often each node ran");
  assert.deepEqual(sorted(run.trace), sorted(bare.trace), "what the nodes saw and did");
  assert.equal(run.error?.type, bare.error?.type);
  assert.equal(run.exit, bare.exit);
  if (!bare.error && bare.exit === undefined) assert.deepEqual(likeBare(run.state, bare.state), bare.state);
}

function sorted(trace: readonly unknown[]): string[] {
  return trace.map((line) => JSON.stringify(line)).sort();
}

/**
 * The debugger's JSON of a state in the form of bare.py and bare.ts. They write a message short, and a value that
 * JSON has no word for as an object of one key such as `{date: ...}`: of these the fixtures' own nodes tell.
 */
function likeBare(shown: unknown, bare: unknown, inMessage = false): unknown {
  if (isSpecial(bare)) return bare;
  if (Array.isArray(shown) && Array.isArray(bare))
    return shown.map((item, index) => likeBare(item, bare[index], inMessage));
  if (!isObject(shown)) return shown;
  // A functional graph's result is its only channel.
  if (!isObject(bare)) return "__end__" in shown ? shown.__end__ : shown;
  if ("__end__" in shown && !("__end__" in bare)) return likeBare(shown.__end__, bare);
  const special = Object.keys(bare).filter((key) => isSpecial(bare[key]));
  const short = inMessage || ("type" in bare && "content" in bare);
  const keys = short ? Object.keys(bare) : [...new Set([...Object.keys(shown), ...special])];
  return Object.fromEntries(keys.map((key) => [key, likeBare(shown[key], bare[key], short)]));
}

const specialKeys = ["object", "number", "bigint", "bytes", "date", "map", "set"];

function isSpecial(value: unknown): boolean {
  const keys = isObject(value) ? Object.keys(value) : [];
  return keys.length === 1 && specialKeys.includes(keys[0] ?? "");
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
