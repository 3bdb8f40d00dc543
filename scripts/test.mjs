// `npm test [-- <suite name>...]`: sets up, builds, checks, and runs every test suite (or only those named).
// Its last line is the total: "N passed, N failed".
import { rmSync } from "node:fs";
import path from "node:path";
import { runChecks } from "./lib/checks.mjs";
import { ensureChromium } from "./lib/chromium.mjs";
import { node, root, venvPython } from "./lib/paths.mjs";
import { main, must, ScriptError, say } from "./lib/run.mjs";
import { setup } from "./lib/setup.mjs";
import { compileCache, findSuites, rounds, runSuite } from "./lib/suites.mjs";
import { ensureWebVscode } from "./lib/web-vscode.mjs";

const total = { passed: 0, failed: 0 };

function add(counts) {
  total.passed += counts.passed;
  total.failed += counts.failed;
}

async function runInTurn(suites, options) {
  for (const suite of suites) add(await runSuite(suite, options));
}

async function fetchForE2e() {
  await ensureWebVscode();
  await ensureChromium();
}

await main(async () => {
  const wanted = process.argv.slice(2);
  const suites = findSuites().filter(
    (suite) => wanted.length === 0 || wanted.some((name) => suite.name.startsWith(name)),
  );
  if (suites.length === 0) {
    const names = findSuites().map((suite) => suite.name);
    throw new ScriptError(`No test suite is called ${wanted.join(" or ")}. There are: ${names.join(", ")}.`);
  }
  await setup({ tests: true });
  // Fetched while other things run that don't need it.
  const fetched = suites.some((suite) => suite.name.startsWith("e2e")) ? fetchForE2e() : undefined;
  fetched?.catch(() => undefined);
  say("Building (dist/)");
  await must("The build", node, [path.join(root, "esbuild.mjs")]);
  // For the many processes to come, also where Python is told to keep no bytecode.
  const runtime = path.join(root, "dist", "runtime", "python");
  await must("Compiling the Python runtime", venvPython, ["-m", "compileall", "-q", runtime]);
  if (wanted.length === 0) {
    say("Checking");
    add(await runChecks());
    say("");
  }
  rmSync(compileCache, { recursive: true, force: true });
  for (const rows of rounds(suites)) {
    if (rows.flat().some((suite) => /^(e2e|webview)/.test(suite.name))) await fetched;
    await Promise.all(rows.map((row) => runInTurn(row, { quiet: rows.length > 1 })));
  }
});
if (process.exitCode === 1 && total.failed === 0) total.failed = 1;
if (total.failed > 0) process.exitCode = 1;
say(`${total.passed} passed, ${total.failed} failed`);
