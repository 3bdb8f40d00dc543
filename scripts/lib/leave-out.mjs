// Mocha hook of `npm run versions`: leaves out the tests that LANGGRAPH_TEST_LEFT_OUT names by their titles.
const leftOut = new Set(JSON.parse(process.env.LANGGRAPH_TEST_LEFT_OUT ?? "[]"));

export const mochaHooks = {
  beforeEach() {
    if (leftOut.has(this.currentTest.fullTitle())) this.skip();
  },
};
