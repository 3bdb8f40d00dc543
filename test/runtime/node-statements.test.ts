// The scanner that finds a function's own return statements and interrupts.

import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { statementsOf } from "../../runtime/node/statements.ts";

/** Lines are counted from 10, so that no number is right by accident. */
const scan = (source: string): ReturnType<typeof statementsOf> => statementsOf(source.split("\n"), 10);

describe("the statements of a function", () => {
  it("are told by their lines, whatever stands in strings, comments and regular expressions", () => {
    const found = scan(`const node = (state) => {
  // return
  const pattern = /}return[/]"/;
  const text = \`\${state ? "return }" : \`{\`} return
\`;
  if (pattern.test(text)) return 1;
  return interrupt({ text });
};`);
    assert.deepEqual(found, { returnLines: [15, 16], interruptLines: [16], firstStatementLine: 12 });
  });

  it("are not those of functions inside", () => {
    const found = scan(`function node(state) {
  const inner = () => { return 1; };
  const object = { method() { return 2; }, get: function () { return 3; } };
  for (const item of state) {
    return item;
  }
  while (inner()) { return object; }
}`);
    assert.deepEqual(found.returnLines, [14, 16]);
  });

  it("are found past types and destructured parameters", () => {
    const found = scan(`async method({ a, b }: { a: number; b?: string } = {}): Promise<{ c: string }> {
  return interrupt<unknown, string>("?");
}`);
    assert.deepEqual(found, { returnLines: [11], interruptLines: [11], firstStatementLine: 11 });
  });

  it("are none in an arrow function without a body, but for its interrupt", () => {
    const found = scan(`.addNode("ask", () => ({ text: interrupt("return?") }))`);
    assert.deepEqual(found, { returnLines: [], interruptLines: [10], firstStatementLine: undefined });
  });
});
