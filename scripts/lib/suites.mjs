// Finds the test suites and runs each in a process of its own: mocha, pytest and vitest files below test/.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import path from "node:path";
import { moduleFile, node, root, toolsDir, venvPython } from "./paths.mjs";
import { run, say } from "./run.mjs";

const testDir = path.join(root, "test");
/** Folders of test/ that hold no tests of their own. */
const notSuites = ["bench", "fixtures", "golden", "node_modules"];

/** Tests that watch the clock: not more than one file at once, while other files run side by side. */
const oneByOne = /[\\/](?:behind|process)\.test\.ts$/;

/** Files that take much longer than others: begun first, so that none of them runs on alone at the end. */
const longest = /[\\/](?:crash|fidelity|panel|random|stepping)\.test\.ts$/;

/** Code that Node has compiled, for the many processes of a run of tests. Each run begins without. */
export const compileCache = path.join(toolsDir, "compile-cache");

/**
 * All suites: one for each folder of test/ and each kind of test file in it.
 * @returns {{name: string, kind: 'mocha' | 'mocha, one by one' | 'pytest' | 'vitest', files: string[]}[]}
 */
export function findSuites() {
  const folders = readdirSync(testDir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !notSuites.includes(entry.name))
    .map((entry) => entry.name)
    .sort((a, b) => Number(a === "e2e") - Number(b === "e2e") || a.localeCompare(b));
  return folders.flatMap((folder) => {
    const files = listFiles(path.join(testDir, folder));
    const suite = (kind, matches) => {
      const own = files.filter(matches);
      return own.length > 0 ? [{ name: `${folder} (${kind})`, kind, files: own }] : [];
    };
    // Written for vitest, by LangGraph.
    const isVitest = (file) =>
      isTest(file) && readFileSync(file, "utf8").includes("langgraph-checkpoint-validation");
    return [
      ...suite("mocha", (file) => isTest(file) && !isVitest(file) && !oneByOne.test(file)),
      ...suite("mocha, one by one", (file) => isTest(file) && !isVitest(file) && oneByOne.test(file)),
      ...suite("vitest", isVitest),
      ...suite("pytest", (file) => /^test_.*\.py$/.test(path.basename(file))),
    ];
  });
}

/**
 * The suites in the order in which they run: rounds, one after the other; the rows of a round run side by side, and the
 * suites of a row in turn. What keeps every processor busy by itself is a round of its own.
 * @returns {ReturnType<typeof findSuites>[][]}
 */
export function rounds(suites) {
  // Pages and windows are drawn faster or slower with what else the machine does.
  const isDrawn = ({ name }) => /^(?:e2e|webview)/.test(name);
  const sideBySide = suites.filter((suite) => suite.kind === "mocha" && !isDrawn(suite));
  const rest = suites.filter((suite) => suite.kind !== "mocha");
  const watches = ({ kind }) => kind === "mocha, one by one";
  const rows = [rest.filter(watches), rest.filter((suite) => !watches(suite))];
  return [
    rows.filter((row) => row.length > 0),
    // One suite: the end of none of them leaves a processor without work.
    ...(sideBySide.length > 0 ? [[[joined(sideBySide)]]] : []),
    ...suites.filter(isDrawn).map((suite) => [[suite]]),
  ];
}

function joined(suites) {
  const names = suites.map(({ name }) => name.replace(" (mocha)", ""));
  return {
    name: `${names.join(", ")} (mocha)`,
    kind: suites[0].kind,
    files: suites.flatMap(({ files }) => files),
  };
}

function isTest(file) {
  return file.endsWith(".test.ts");
}

function listFiles(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name);
    if (!entry.isDirectory()) return [file];
    return entry.name.startsWith(".") || notSuites.includes(entry.name) ? [] : listFiles(file);
  });
}

/**
 * Runs one suite. A suite that ends without having run a test counts as one failure.
 * @param {{quiet?: boolean}} [options] quiet shows its output when it has ended: others run beside it
 * @returns {Promise<{passed: number, failed: number, skipped: number}>}
 */
export async function runSuite(suite, { quiet = false } = {}) {
  const reports = path.join(toolsDir, "test-reports");
  mkdirSync(reports, { recursive: true });
  const report = path.join(reports, `${suite.name.replaceAll(/\W+/g, "-")}${process.pid}`);
  const { command, args, env, read } = runners[suite.kind](suite, report);
  const started = performance.now();
  if (!quiet) say(`== ${suite.name}`);
  const { code, output } = await run(command, args, { env, quiet });
  if (quiet) say(`== ${suite.name}\n${output}`);
  const counts = existsSync(report)
    ? read(readFileSync(report, "utf8"))
    : { passed: 0, failed: 0, skipped: 0 };
  rmSync(report, { force: true });
  if (counts.failed === 0 && (code !== 0 || counts.passed === 0)) {
    say(code === 0 ? "No test ran." : `The suite ended with exit code ${code}.`);
    counts.failed = 1;
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : "";
  say(`${suite.name}: ${counts.passed} passed, ${counts.failed} failed${skipped} (${seconds} s)\n`);
  return counts;
}

const mocha = (jobs) => (suite, report) => ({
  command: node,
  args: [
    moduleFile("mocha", "bin", "mocha.js"),
    ...jobs,
    // A busy machine is no failure.
    ...["--timeout", "60000"],
    ...["--reporter", path.join(root, "scripts", "lib", "mocha-reporter.cjs")],
    ...suite.files.toSorted((a, b) => Number(longest.test(b)) - Number(longest.test(a))),
  ],
  env: {
    MOCHA_COUNTS: report,
    LANGGRAPH_TEST_BUNDLES: "1",
    // VS Code brings its own Node.
    ...(!suite.name.startsWith("e2e") && { NODE_COMPILE_CACHE: compileCache }),
  },
  read: JSON.parse,
});

const runners = {
  // A test is mostly the work of other processes, and its waiting for them: one file more than there are processors. A
  // window of VS Code keeps more than one busy.
  mocha: (suite, report) => {
    const processors = availableParallelism();
    const jobs = suite.name.startsWith("e2e") ? Math.max(2, processors >> 1) : processors + 1;
    return mocha(["--parallel", "--jobs", `${jobs}`])(suite, report);
  },
  "mocha, one by one": mocha([]),
  vitest: ({ files }, report) => ({
    command: node,
    args: [
      moduleFile("vitest", "vitest.mjs"),
      ...["run", "--globals", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`],
      ...files,
    ],
    env: {},
    read: (text) => {
      const counts = JSON.parse(text);
      return {
        passed: counts.numPassedTests,
        failed: counts.numFailedTests,
        skipped: counts.numPendingTests,
      };
    },
  }),
  pytest: ({ files }, report) => ({
    command: venvPython,
    args: ["-m", "pytest", "-q", `--junitxml=${report}`, ...files],
    env: { PYTHONUTF8: "1", PYTHONDONTWRITEBYTECODE: "1" },
    read: (xml) => {
      const suite = /<testsuite [^>]*>/.exec(xml)?.[0] ?? "";
      const count = (name) => Number(new RegExp(` ${name}="(\\d+)"`).exec(suite)?.[1] ?? 0);
      const failed = count("failures") + count("errors");
      const skipped = count("skipped");
      return { passed: count("tests") - failed - skipped, failed, skipped };
    },
  }),
};
