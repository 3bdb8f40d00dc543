/** Runs fixtures by bare.py and bare.ts, each language in a process of its own. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { python } from "../dap/languages.ts";
import { type Fixture, fixtures, type Language, type Outcome } from "../fixtures/fixtures.ts";

/** What a run came to, and every line that its nodes recorded, sorted. */
export interface Run extends Outcome {
  readonly trace: readonly unknown[];
}

/** The bare runs of all fixtures of a language that can be loaded, by name. */
export async function bareRuns(language: Language): Promise<ReadonlyMap<string, Run>> {
  const own = fixturesOf(language);
  // A node that ends its process needs one of its own.
  const ending = own.filter((fixture) => expected(fixture, language).exit !== undefined);
  const together = own.filter((fixture) => !ending.includes(fixture));
  const groups = [together, ...ending.map((fixture) => [fixture])];
  const lines = await Promise.all(groups.map((group) => run(language, group)));
  return new Map(lines.flat().map(({ fixture, ...outcome }) => [fixture, outcome]));
}

/** The final states of bare runs from each checkpoint of these fixtures' runs, by name and the checkpoint's step. */
export async function bareReplays(
  language: Language,
  group: readonly Fixture[],
): Promise<ReadonlyMap<string, Readonly<Record<string, unknown>>>> {
  const script = language === "python" ? ["bare.py", "--replay"] : ["replays.ts"];
  const lines = await printed<{ fixture: string; replays: Record<string, unknown> }>(language, script, group);
  return new Map(lines.map(({ fixture, replays }) => [fixture, replays]));
}

export function fixturesOf(language: Language): readonly Fixture[] {
  return fixtures.filter((fixture) => fixture.loads !== false && (fixture.only ?? language) === language);
}

/** What fixtures.json says the bare run comes to. */
export function expected(fixture: Fixture, language: Language): Outcome {
  const outcome = fixture.expectedIn?.[language] ?? fixture.expected;
  if (!outcome) throw new Error(`fixtures.json does not say what ${fixture.name} comes to in ${language}`);
  return outcome;
}

function run(language: Language, group: readonly Fixture[]): Promise<(Run & { fixture: string })[]> {
  return printed(language, [language === "python" ? "bare.py" : "bare.ts"], group);
}

/** The lines of JSON, one for each fixture, that a script of this folder prints. */
async function printed<Line>(
  language: Language,
  [script = "", ...options]: readonly string[],
  group: readonly Fixture[],
): Promise<Line[]> {
  const program = language === "python" ? python : process.execPath;
  const args = [join(import.meta.dirname, script), ...options, ...group.map(({ name }) => name)];
  const { stdout } = await promisify(execFile)(program, args, { maxBuffer: 64 << 20 }).catch(
    (error: unknown) => {
      // A node that ends the process may end it with any code.
      if (error instanceof Error && "stdout" in error && group.length === 1)
        return { stdout: String(error.stdout) };
      throw error;
    },
  );
  const lines = stdout.split("\n").filter((line) => line.startsWith('{"fixture":'));
  return lines.map((line) => JSON.parse(line));
}
