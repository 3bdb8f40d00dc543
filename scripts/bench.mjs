// `npm run bench [-- <name>...]`: runs the measurements in test/bench, each figure with its goal beside it.
//
// A measurement is a file of test/bench: .mjs and .ts are run by the project's Node, .py by the examples' Python.
// It prints what it likes and, for each figure, one line of JSON on stdout:
//   {"name": "next, stop to stop, p95", "value": 6.2, "unit": "ms", "goal": "<= 8", "reached": true}
// Without a goal (absent, null or "") the figure is there for comparison only.
import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { node, root, venvPython } from "./lib/paths.mjs";
import { childEnv, main, must, ScriptError, say } from "./lib/run.mjs";
import { setup } from "./lib/setup.mjs";

const benchDir = path.join(root, "test", "bench");

await main(async () => {
  const wanted = process.argv.slice(2);
  const files = (existsSync(benchDir) ? readdirSync(benchDir) : []).filter(
    (file) =>
      /\.(mjs|ts|py)$/.test(file) && (wanted.length === 0 || wanted.some((name) => file.startsWith(name))),
  );
  if (files.length === 0) throw new ScriptError(`No measurement to run in ${benchDir}.`);
  await setup({ tests: true });
  say("Building (dist/)");
  await must("The build", node, [path.join(root, "esbuild.mjs"), "--production"]);
  for (const file of files) {
    say(`\n== ${file}`);
    if (!(await measure(path.join(benchDir, file)))) process.exitCode = 1;
  }
});

/** Runs one file, shows its figures as they come; false when it failed. */
async function measure(file) {
  const command = file.endsWith(".py") ? venvPython : node;
  const child = spawn(command, [file], {
    cwd: root,
    env: childEnv({ PYTHONUTF8: "1" }),
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise((resolve) => child.once("close", resolve));
  for await (const line of createInterface({ input: child.stdout })) say(toRow(line) ?? line);
  return (await ended) === 0;
}

/** The row shown for a figure's line, or undefined when the line is none. */
function toRow(line) {
  if (!line.startsWith("{")) return undefined;
  let entry;
  try {
    entry = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof entry.name !== "string" || typeof entry.value !== "number") return undefined;
  const { name, value, unit = "", goal, reached } = entry;
  const figure = Number(value.toPrecision(3)).toLocaleString("en", { maximumFractionDigits: 3 });
  const verdict = goal ? `goal ${goal} ${unit}: ${reached ? "reached" : "NOT reached"}` : "";
  return `  ${name.padEnd(58)} ${`${figure} ${unit}`.padStart(14)}   ${verdict}`.trimEnd();
}
