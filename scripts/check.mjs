// `npm run check`: formatting, lint, types, layers and generated files, in both languages.
import { runChecks } from "./lib/checks.mjs";
import { main, say } from "./lib/run.mjs";
import { setup } from "./lib/setup.mjs";

await main(async () => {
  await setup({ tests: true });
  say("Checking");
  const { failed } = await runChecks();
  if (failed > 0) process.exitCode = 1;
});
