// `npm run versions [-- <name>...]`: the contract tests of the runtimes with each supported version of LangGraph.
//
// Installs each once into a folder of .tools/versions, then runs the tests and prints a line for it: how many passed,
// which failed, which were left out and why. A name, or the beginning of one, chooses: `python`, `javascript-1.0`.
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { contract, nameOf, versions } from "./lib/langgraph-versions.mjs";
import { moduleFile, node, root, toolsDir } from "./lib/paths.mjs";
import { main, must, run, ScriptError, say } from "./lib/run.mjs";
import { setup } from "./lib/setup.mjs";
import { installed } from "./lib/version-folders.mjs";

/**
 * Runs the contract tests with one version.
 * @returns {Promise<{passed: number, failed: string[], leftOut: string[]}>} what failed and was left out, in words
 */
async function test(version) {
  const { language, leftOut = {} } = version;
  const where = await installed(version);
  const titleOf = (title) => `${language}: ${title}`;
  const reports = path.join(toolsDir, "test-reports");
  const report = path.join(reports, `${nameOf(version)}.json`);
  mkdirSync(reports, { recursive: true });
  rmSync(report, { force: true });
  const { output } = await run(
    node,
    [
      moduleFile("mocha", "bin", "mocha.js"),
      ...["--parallel", "--timeout", "60000", "--no-config", "--exit"],
      ...["--require", path.join(root, "scripts", "lib", "leave-out.mjs")],
      ...["--reporter", "json", "--reporter-option", `output=${report}`],
      ...contract.map((file) => path.join(root, "test", "runtime", file)),
    ],
    {
      quiet: true,
      env: {
        ...where,
        LANGGRAPH_TEST_BUNDLES: "1",
        LANGGRAPH_TEST_RUNTIME: language,
        LANGGRAPH_TEST_LEFT_OUT: JSON.stringify(Object.keys(leftOut).map(titleOf)),
      },
    },
  );
  const told = readReport(report, output);
  const pending = new Set(told.pending.map(({ fullTitle }) => fullTitle));
  return {
    passed: told.stats.passes,
    failed: [
      ...told.failures.map(({ fullTitle, err }) => `${fullTitle}\n${indented(err.stack ?? err.message)}`),
      ...Object.keys(leftOut)
        .filter((title) => !pending.has(titleOf(title)))
        .map((title) => `${titleOf(title)}\n    No test has this title: it can't be left out.`),
    ],
    leftOut: Object.entries(leftOut).map(([title, why]) => `${title}: ${why}`),
  };
}

/** Of mocha; throws with what it said where it did not get to its end. */
function readReport(file, output) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    throw new ScriptError(`The tests did not run:\n${output.trim()}`);
  }
}

const indented = (text) => text.replaceAll(/^/gm, "    ");

await main(async () => {
  const wanted = process.argv.slice(2);
  const chosen = versions.filter(
    (version) => wanted.length === 0 || wanted.some((name) => nameOf(version).startsWith(name)),
  );
  if (chosen.length === 0) {
    throw new ScriptError(
      `No version is called ${wanted.join(" or ")}. There are: ${versions.map(nameOf).join(", ")}.`,
    );
  }
  await setup({ tests: true });
  say("Building (dist/)");
  await must("The build", node, [path.join(root, "esbuild.mjs")]);
  for (const version of chosen) {
    const { passed, failed, leftOut } = await test(version);
    const counts = `${passed} passed, ${failed.length} failed, ${leftOut.length} left out`;
    say(`${nameOf(version)} (${version.why}): ${counts}`);
    for (const each of failed) say(`  failed: ${each}`);
    for (const each of leftOut) say(`  left out: ${each}`);
    if (failed.length > 0) process.exitCode = 1;
  }
});
