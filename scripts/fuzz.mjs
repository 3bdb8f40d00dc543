// `npm run fuzz [-- <requests> <seed>]`: the random tests of `npm test`, longer and from another seed.
//
// Sends this many random requests to sessions in both languages (100,000 by default), then steps, kills and opens again
// every fixture graph as the seed falls.
import { runLonger } from "./lib/longer.mjs";
import { main } from "./lib/run.mjs";

await main(() =>
  runLonger({
    command: "fuzz",
    count: 100_000,
    what: "requests",
    variable: "LANGGRAPH_TEST_REQUESTS",
    files: ["dap/random.test.ts", "fidelity/fidelity.test.ts"],
  }),
);
