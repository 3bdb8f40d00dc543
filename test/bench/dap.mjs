// Measures a debug session as a client sees it, in both languages, with the built adapter where there is one.
// Prints one JSON line for each figure: {name, value, unit, goal, reached}.

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Client, nodePath } from "../dap/client.ts";
import { fixture, languages, python } from "../dap/languages.ts";

const built = fileURLToPath(new URL("../../dist/adapter.js", import.meta.url));
const adapter = existsSync(built) ? { adapter: built } : {};
const examples = fileURLToPath(new URL("../../examples/", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "bench-"));
let files = 0;

function report(name, value, unit, goal, reached) {
  console.log(JSON.stringify({ name, value: Number(value.toFixed(3)), unit, goal, reached }));
}

function percentile(values, part) {
  return [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))];
}

const checkpoints = () => join(folder, `${++files}.sqlite`);

/** Milliseconds from the start of the interpreter to the end of the import. */
function bareImport(language, program) {
  const [command, args] =
    language.name === "Python"
      ? [python, ["-c", `import runpy; runpy.run_path(${JSON.stringify(program)}, run_name="program")`]]
      : [
          nodePath,
          [
            "--import",
            "tsx",
            "--input-type=module",
            "-e",
            `await import(${JSON.stringify(pathToFileURL(program).href)})`,
          ],
        ];
  const began = performance.now();
  const { status, stderr } = spawnSync(command, args, { cwd: dirname(program), encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return performance.now() - began;
}

/** From the start of the adapter to the stop before the first node. */
async function firstStop(language, program) {
  const began = performance.now();
  const client = await Client.start(adapter);
  await client.launch({
    program,
    input: {},
    stopOnEntry: true,
    checkpoints: checkpoints(),
    ...language.attributes,
  });
  const took = performance.now() - began;
  await client.close();
  return took;
}

async function start(language) {
  const name = language.name === "Python" ? "python/email_assistant.py" : "typescript/email-assistant.ts";
  const program = join(examples, name);
  const bare = [];
  const debugged = [];
  // In turns, so that whatever else the machine does falls on both.
  for (let round = 0; round < 5; round++) {
    bare.push(bareImport(language, program));
    debugged.push(await firstStop(language, program));
  }
  const [import_, stop] = [percentile(bare, 0.5), percentile(debugged, 0.5)];
  report(`${language.name}: bare import of the graph`, import_, "ms");
  const goal = 1.3 * import_ + 250;
  report(
    `${language.name}: F5 to the first stop at entry`,
    stop,
    "ms",
    `<= ${goal.toFixed(0)}`,
    stop <= goal,
  );
}

async function steps(language) {
  const client = await Client.start(adapter);
  const limit = 1_000;
  await client.launch({
    program: fixture(language, "loop").program,
    input: { count: 0, limit },
    config: { recursion_limit: limit + 10 },
    stopOnEntry: true,
    checkpoints: checkpoints(),
    ...language.attributes,
  });
  const times = [];
  for (let step = 0; step < limit - 1; step++) {
    client.markNow();
    const began = performance.now();
    const stopped = client.event("stopped");
    void client.request("next", { threadId: 1 });
    await stopped;
    if (step >= 20) times.push(performance.now() - began);
  }
  await client.close();
  report(`${language.name}: next, stop to stop, 1,000 supersteps, median`, percentile(times, 0.5), "ms");
  const p95 = percentile(times, 0.95);
  report(`${language.name}: next, stop to stop, 1,000 supersteps, p95`, p95, "ms", "<= 8", p95 <= 8);
}

/** A state of about 100 MB: the first page of the list in it, and of the state itself. */
async function variables(language) {
  const client = await Client.start(adapter);
  const { program, line } = fixture(language, "large");
  await client.breakpoints(program, [{ line: line("count_all") }]);
  await client.launch({
    program,
    input: { count: 500_000 },
    checkpoints: checkpoints(),
    ...language.attributes,
  });
  const times = [];
  for (let round = 0; round < 40; round++) {
    const [frame] = await client.frames(1, { startFrame: 0, levels: 1 });
    const [scope] = await client.scopes(frame.id);
    let began = performance.now();
    const state = await client.variables(scope.variablesReference);
    times.push(performance.now() - began);
    const items = state.find(({ name }) => name === "items");
    began = performance.now();
    await client.variables(items.variablesReference, { filter: "indexed", start: 0, count: 100 });
    times.push(performance.now() - began);
  }
  client.kill();
  await client.exited;
  const p95 = percentile(times, 0.95);
  report(`${language.name}: first page of variables, 100 MB state, p95`, p95, "ms", "<= 50", p95 <= 50);
}

try {
  for (const language of languages) {
    await start(language);
    await steps(language);
    await variables(language);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
