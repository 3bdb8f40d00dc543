// `npm run crash [-- <kills> <seed>]`: kills the runtimes at random moments, 1,000 times by default, and looks what is left.
import { runLonger } from "./lib/longer.mjs";
import { main } from "./lib/run.mjs";

await main(() =>
  runLonger({
    command: "crash",
    count: 1_000,
    what: "kills",
    variable: "LANGGRAPH_TEST_KILLS",
    files: ["runtime/crash.test.ts"],
  }),
);
