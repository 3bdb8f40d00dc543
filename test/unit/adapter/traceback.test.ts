// What is shown of a traceback: the user's own frames and what they called, not what LangGraph did around them.

import assert from "node:assert/strict";
import { ownFrames, ownTraceback } from "../../../src/adapter/traceback.ts";

const folders = ["/project"];
const library = "/project/.venv/lib/python3.12/site-packages/langgraph/main.py";

describe("a traceback", () => {
  it("begins with the user's outermost frame", () => {
    const head = "Traceback (most recent call last):\n";
    const around = `  File "${library}", line 3, in astream
    async for _ in runner:
`;
    const own = `  File "/project/graph.py", line 8, in publish
    post(text)
    ~~~~^^^^^^
  File "${library}", line 9, in post
    raise ValueError("no printer")
ValueError: no printer
During task with name 'publish'`;
    assert.equal(ownTraceback(head + around + own, folders), head + own);
  });

  it("is cut in each of its chained errors, and whole where no frame is the user's", () => {
    const block = (frames: string, error: string): string =>
      `Traceback (most recent call last):\n${frames}${error}\n`;
    const outer = `  File "${library}", line 1, in a\n    a()\n`;
    const own = '  File "/project/graph.py", line 2, in b\n    b()\n';
    const between = "\nThe above exception was the direct cause of the following exception:\n\n";
    const text = (first: string): string =>
      `${block(first + own, "KeyError: 'x'")}${between}${block(outer, "ValueError: bad")}`;
    assert.equal(ownTraceback(text(outer), folders), text(""));
  });

  it("of Node ends with the user's outermost frame", () => {
    const own = `RangeError: no
    at post (/project/node_modules/printer/index.js:1:2)
    at RunnableCallable.publish (/project/graph.ts:35:9)`;
    const outer = `
    at AsyncLocalStorage.run (node:internal/async_local_storage/async_context_frame:65:14)
    at async runWithRetry (/project/node_modules/@langchain/langgraph/src/pregel/retry.ts:123:18)`;
    const cause = "\n  [cause]: Error: deeper\n    at x (/elsewhere/y.js:1:2)";
    assert.equal(ownTraceback(own + outer + cause, folders), own + cause);
    assert.equal(ownTraceback(`Error: no${outer}`, folders), `Error: no${outer}`);
  });

  it("has the frames from the innermost to the user's outermost one", () => {
    const frame = (path?: string) => ({ name: "f", line: 1, ...(path !== undefined && { path }) });
    const frames = [frame(library), frame("/project/a.py"), frame(), frame("/project/b.py"), frame(library)];
    assert.deepEqual(ownFrames(frames, folders), frames.slice(0, 4));
    assert.deepEqual(ownFrames([frame(library)], folders), [frame(library)]);
  });
});
