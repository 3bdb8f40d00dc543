// What the console takes for an assignment to the state, and what not.

import assert from "node:assert/strict";
import { assignmentIn, pathIn } from "../../../src/adapter/state-path.ts";

describe("a path into the state", () => {
  it("is a name, its attributes and its items", () => {
    assert.deepEqual(pathIn("draft"), ["draft"]);
    assert.deepEqual(pathIn(" messages[0].content "), ["messages", 0, "content"]);
    assert.deepEqual(pathIn("messages[-1]"), ["messages", -1]);
    assert.deepEqual(pathIn(`state["a key"]['it\\'s']`), ["state", "a key", "it's"]);
    for (const other of [
      "",
      "draft + 1",
      "len(draft)",
      "messages[0:2]",
      "messages[i]",
      "3",
      "draft ==",
      "a.b()",
    ]) {
      assert.equal(pathIn(other), undefined, other);
    }
  });
});

describe("an assignment to the state", () => {
  it("is a path, an equals sign and an expression", () => {
    assert.deepEqual(assignmentIn('draft = "a = b"'), { target: ["draft"], expression: '"a = b"' });
    assert.deepEqual(assignmentIn("log[0].text=[1];"), { target: ["log", 0, "text"], expression: "[1]" });
    assert.deepEqual(assignmentIn("count += 1"), { target: ["count"], expression: "count + (1)" });
    assert.deepEqual(assignmentIn("draft ??= 'x'"), { target: ["draft"], expression: "draft ?? ('x')" });
  });

  it("is no comparison, no arrow, no other statement", () => {
    for (const other of [
      "draft == 1",
      "draft === 1",
      "count <= 1",
      "count >= 1",
      "count != 1",
      "count !== 1",
      "count => count",
      "count",
      "count =",
      "(count := 1)",
      "f(x=1)",
      "const a = 1",
    ]) {
      assert.equal(assignmentIn(other), undefined, other);
    }
  });
});
