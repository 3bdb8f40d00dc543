// `node scripts/check-layers.mjs [folder]`: fails when a source imports what its layer may not, or in a cycle.
import { checkLayers } from "./lib/layers.mjs";
import { root } from "./lib/paths.mjs";
import { main, say } from "./lib/run.mjs";

await main(async () => {
  const problems = await checkLayers(process.argv[2] ?? root);
  for (const problem of problems) say(problem);
  if (problems.length > 0) process.exitCode = 1;
});
