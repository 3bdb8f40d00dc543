// Runs random tests of `npm test` for longer than there, from another seed.
import path from "node:path";
import { moduleFile, node, root } from "./paths.mjs";
import { run, ScriptError, say } from "./run.mjs";
import { setup } from "./setup.mjs";

/**
 * Runs test files with the count and the seed of the command line; the time gives a seed where there is none. It is
 * printed, and each failure tells it.
 * @param {{command: string, count: number, what: string, variable: string, files: string[]}} test `count` of `what`
 *   by default, told to the files (below test/) in an environment variable
 */
export async function runLonger({ command, count: most, what, variable, files }) {
  const wholeNumber = (text) => {
    const number = Number(text);
    if (Number.isSafeInteger(number) && number > 0) return number;
    throw new ScriptError(`"${text}" is no count. Write: npm run ${command} -- <${what}> <seed>`);
  };
  const [count = most, seed = Date.now() % 1_000_000] = process.argv.slice(2).map(wholeNumber);
  await setup({ tests: true });
  const about = `${count.toLocaleString("en")} ${what}, seed ${seed}`;
  say(about);
  const start = performance.now();
  const { code } = await run(
    node,
    [moduleFile("mocha", "bin", "mocha.js"), ...files.map((file) => path.join(root, "test", file))],
    { env: { [variable]: String(count), LANGGRAPH_TEST_SEED: String(seed) } },
  );
  const minutes = ((performance.now() - start) / 60_000).toFixed(1);
  say(`${about}: ${code === 0 ? "all went well" : "FAILED, see above"}, in ${minutes} minutes`);
  process.exitCode = code;
}
