// A debugged run is the bare run: the same final state, each node run as often, with the same effects, for every
// fixture and example, in both languages, however it is stopped, stepped, killed and opened again. One that goes back
// ends as a bare run from there does.
//
// The bare run comes from bare.py and bare.ts, which know nothing of the debugger. What nodes did is read from the
// file that the fixtures write, never from the debugger. Choices are drawn from a seed, which a failure tells:
//
//     LANGGRAPH_TEST_SEED=5 npm test -- fidelity
import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { ServedAdapter } from "../dap/adapter.ts";
import { python } from "../dap/languages.ts";
import { fixtures as allFixtures, type Fixture, type Language } from "../fixtures/fixtures.ts";
import { warmPython } from "../fixtures/warm-python.ts";
import { Ahead } from "./ahead.ts";
import { bareReplays, bareRuns, expected, fixturesOf, type Run } from "./bare-runs.ts";
import { debuggedRun } from "./debugged-run.ts";
import { type RuntimeRun, RuntimeRuns } from "./runtime-runs.ts";
import { backAndForth, everywhere, Random, random, straight } from "./stepping.ts";

const seed = Number(process.env.LANGGRAPH_TEST_SEED ?? 1);
/**
 * By default some runs are made in turns, which go on with the seed: of every second graph, the run that is stepped at
 * random is killed on its way in one of the languages; each goes back in one; every fourth one is stepped by a client.
 * `npm run fuzz` makes all of them.
 */
const allTurns = process.env.LANGGRAPH_TEST_REQUESTS !== undefined;

/** Each kind of run of one fixture; what was not tried is undefined, what failed is an error. */
interface Runs {
  readonly straight: RuntimeRun | Error;
  readonly everywhere: RuntimeRun | Error;
  readonly random: RuntimeRun | Error | undefined;
  readonly killed: RuntimeRun | Error | undefined;
  readonly back: RuntimeRun | Error | undefined;
  /** The final states of runs from earlier checkpoints, by their step. */
  readonly forks: ReadonlyMap<number, unknown> | Error | undefined;
}

for (const language of ["python", "typescript"] satisfies Language[]) {
  describe(`fidelity in ${language}, seed ${seed}`, function () {
    this.timeout(120_000);
    const fixtures = fixturesOf(language);
    const jobs = fixtures.flatMap((fixture, index) => [
      { name: fixture.name, run: () => allRuns(fixture, language, seed + index, warm) },
      ...(isStepped(fixture, language)
        ? [
            {
              name: `${fixture.name} by a client`,
              run: () =>
                debuggedRun(fixture, language, { adapter, python: warm ?? python }, new Random(seed + index)),
            },
          ]
        : []),
    ]);
    const ahead = new Ahead<Runs | Run>(jobs.map(({ run }) => run));
    const job = (name: string): Promise<Runs | Run> =>
      ahead.get(jobs.findIndex((each) => each.name === name));
    let bare: ReadonlyMap<string, Run>;
    let replays: Awaited<ReturnType<typeof bareReplays>>;
    let adapter: ServedAdapter;
    let warm: string | undefined;

    function bareRun(name: string): Run {
      const run = bare.get(name);
      assert.ok(run, `the bare run of ${name} printed nothing`);
      return run;
    }

    before(async () => {
      adapter = await ServedAdapter.start();
      if (language === "python") warm = await warmPython(python);
      [bare, replays] = await Promise.all([
        bareRuns(language),
        bareReplays(
          language,
          fixtures.filter((fixture) => goesBack(fixture, language)),
        ),
      ]);
    });
    after(async () => {
      await ahead.idle();
      await adapter?.stop();
    });

    for (const fixture of fixtures) {
      const { name } = fixture;
      const get = async <Kind extends keyof Runs>(
        kind: Kind,
      ): Promise<Exclude<Runs[Kind], Error | undefined>> => {
        const run = ((await job(name)) as Runs)[kind];
        if (run instanceof Error) throw run;
        assert.ok(run);
        return run as Exclude<Runs[Kind], Error | undefined>;
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
        assertSame(await get("straight"), bareRun(name));
      });

      it(`${name}: the same when it stops before and after every node`, async () => {
        const stopped = await get("everywhere");
        assertSame(stopped, bareRun(name));
        const stood = new Set(stopped.stops.flat());
        const ran = Object.keys(bareRun(name).runs);
        assert.deepEqual(
          ran.filter((node) => !stood.has(node)),
          [],
          "nodes that ran without a stop before them",
        );
      });

      if (isSteppedAtRandom(fixture, language)) {
        it(`${name}: the same when it is stepped at random`, async () => {
          assertSame(await get("random"), bareRun(name));
        });
      }

      if (isKilled(fixture, language)) {
        it(`${name}: the same when it is killed at a stop and opened again`, async () => {
          const killed = await get("killed");
          assert.ok(killed.killed, "it stood nowhere");
          assertSame(killed, bareRun(name));
        });
      }

      if (goesBack(fixture, language)) {
        it(`${name}: the same final state when it goes back and on again`, async () => {
          assertSameState(await get("back"), bareRun(name));
        });

        it(`${name}: from its checkpoints the final state of a bare run from there`, async () => {
          const { state } = bareRun(name);
          const from = replays.get(name) ?? {};
          const last = from[Math.max(...Object.keys(from).map(Number))];
          // Values that LangGraph's own saver loses are in the debugger's file. LangGraph.js gives a DeltaChannel the
          // writes of a superstep that it runs again twice.
          const isKept = isDeepStrictEqual(last, state) && !(name === "delta" && language === "typescript");
          for (const [step, own] of await get("forks"))
            assertSameState({ state: own }, { state: isKept ? from[step] : state });
        });
      }

      if (isStepped(fixture, language)) {
        it(`${name}: the same when a client steps it at random`, async () => {
          assertSame((await job(`${name} by a client`)) as Run, bareRun(name));
        });
      }
    }
  });
}

function isStepped(fixture: Fixture, language: Language): boolean {
  const turn = (allFixtures.indexOf(fixture) + seed) % 8;
  return allTurns || turn === (language === "python" ? 0 : 4);
}

/** The language whose turn it is with this graph. */
function turnOf(fixture: Fixture): Language {
  return (allFixtures.indexOf(fixture) + seed) % 2 === 0 ? "typescript" : "python";
}

/** Fixtures that name their graph are about how it is loaded. */
function isKilled(fixture: Fixture, language: Language): boolean {
  const { once, name, graph, only } = fixture;
  const can = once === undefined && graph === undefined && name !== "exits";
  const isItsTurn = (allFixtures.indexOf(fixture) + seed) % 4 < 2;
  return can && (allTurns || (isItsTurn && (only ?? turnOf(fixture)) === language));
}

/**
 * Whether it goes back: where runs from a checkpoint end alike every time. How many steps remain is not told alike: LangGraph's replay counts
 * the checkpoint that it writes first.
 */
function goesBack(fixture: Fixture, language: Language): boolean {
  const { once, name, only } = fixture;
  const { error, exit } = expected(fixture, language);
  const can = !once && !error && exit === undefined && name !== "remaining_steps";
  return can && (allTurns || only !== undefined || turnOf(fixture) !== language);
}

/** Where it is killed on its way, it is stepped at random too. */
function isSteppedAtRandom(fixture: Fixture, language: Language): boolean {
  return fixture.once === undefined && (allTurns || !isKilled(fixture, language));
}

/** The runs that a runtime process is asked for, one after the other. */
async function allRuns(
  fixture: Fixture,
  language: Language,
  seed: number,
  python: string | undefined,
): Promise<Runs> {
  const runs = new RuntimeRuns(fixture, language, python);
  const numbers = new Random(seed);
  const tell = (error: unknown): Error => error as Error;
  try {
    const without = await runs.run(straight).catch(tell);
    const goes = goesBack(fixture, language);
    const forks = goes ? await runs.forks(2, numbers).catch(tell) : undefined;
    const back = goes ? await runs.run(backAndForth(numbers)).catch(tell) : undefined;
    const all = await runs.run(everywhere).catch(tell);
    const isRandom = isSteppedAtRandom(fixture, language);
    const stepped = isRandom ? await runs.run(random(numbers)).catch(tell) : undefined;
    const killed = isKilled(fixture, language) ? await killedRun(runs, numbers).catch(tell) : undefined;
    return { straight: without, everywhere: all, random: stepped, killed, back, forks };
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
  if (!bare.error && bare.exit === undefined) assertSameState(run, bare);
}

function assertSameState({ state }: Pick<Run, "state">, bare: Pick<Run, "state">): void {
  assert.deepEqual(likeBare(state, bare.state), bare.state);
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
