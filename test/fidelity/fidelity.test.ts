// A debugged run is the bare run: the same final state, each node run as often, with the same effects, for every
// fixture and example, in both languages, whether the debugger stops nowhere or before every node.
//
// The bare run comes from bare.py and bare.ts, which know nothing of the debugger. What nodes did is read from the
// file that the fixtures write, never from the debugger.
import assert from "node:assert/strict";
import type { Language } from "../fixtures/fixtures.ts";
import { Ahead } from "./ahead.ts";
import { bareRuns, expected, fixturesOf, type Run } from "./bare-runs.ts";
import { Adapter, debuggedRun } from "./debugged-run.ts";

for (const language of ["python", "typescript"] satisfies Language[]) {
  describe(`fidelity in ${language}`, function () {
    this.timeout(120_000);
    const fixtures = fixturesOf(language);
    const debugged = new Ahead(
      fixtures.flatMap((fixture) => [
        () => debuggedRun(fixture, language, false, adapter),
        () => debuggedRun(fixture, language, true, adapter),
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
      await debugged.idle();
      adapter?.stop();
    });

    for (const [index, fixture] of fixtures.entries()) {
      const { name } = fixture;

      it(`${name}: the bare run is as fixtures.json says`, () => {
        const run = bareRun(name);
        const { state, error, exit, runs } = expected(fixture, language);
        assert.deepEqual(run.runs, runs);
        if (state !== undefined) assert.deepEqual(run.state, state);
        assert.equal(run.error?.type, error?.type);
        if (error?.message) assert.equal(run.error?.message, error.message);
        assert.equal(run.exit, exit);
      });

      it(`${name}: the same under the debugger`, async () => {
        assertSame(await debugged.get(2 * index), bareRun(name));
      });

      it(`${name}: the same when it stops before every node`, async () => {
        const run = await debugged.get(2 * index + 1);
        assertSame(run, bareRun(name));
        const missed = Object.keys(bareRun(name).runs).filter((node) => !run.stoppedAt.has(node));
        assert.deepEqual(missed, [], "nodes that ran without a stop before them");
      });
    }
  });
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
