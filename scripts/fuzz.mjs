// `npm run fuzz [-- <requests> <seed>]`: the random tests of `npm test`, longer and from another seed.
//
// Sends this many random requests to sessions in both languages (100,000 by default), then steps, kills and opens again
// every fixture graph as the seed falls. Without a seed the time gives one. It is printed, and told by each failure.
import path from "node:path";
import { moduleFile, node, root } from "./lib/paths.mjs";
import { main, run, ScriptError, say } from "./lib/run.mjs";
import { setup } from "./lib/setup.mjs";

await main(async () => {
  const [requests = 100_000, seed = Date.now() % 1_000_000] = process.argv.slice(2).map(wholeNumber);
  await setup({ tests: true });
  say(`${requests} random requests, seed ${seed}`);
  const files = ["dap/random.test.ts", "fidelity/fidelity.test.ts"];
  const { code } = await run(
    node,
    [moduleFile("mocha", "bin", "mocha.js"), ...files.map((file) => path.join(root, "test", file))],
    { env: { LANGGRAPH_TEST_REQUESTS: String(requests), LANGGRAPH_TEST_SEED: String(seed) } },
  );
  process.exitCode = code;
});

function wholeNumber(text) {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1) {
    throw new ScriptError(`"${text}" is no count. Write: npm run fuzz -- <requests> <seed>`);
  }
  return number;
}
