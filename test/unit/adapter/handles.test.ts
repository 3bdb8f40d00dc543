// Variable references: the same for the same variable at every stop, and never usable for another.

import assert from "node:assert/strict";
import { HandleTree } from "../../../src/adapter/handles.ts";

describe("handles", () => {
  const step = (content: string, name: string): string => `${content}.${name}`;

  it("give the same number to the same name below the same parent", () => {
    const tree = new HandleTree<string>();
    const state = tree.get(0, "State", "first");
    const child = tree.get(state, "", "falsy names count");
    assert.notEqual(state, 0);
    tree.nextStop();
    assert.throws(() => tree.resolve(state, "variable"), /earlier stop/);
    assert.equal(tree.get(0, "State", "second"), state);
    assert.equal(tree.get(state, "", "again"), child);
    assert.equal(tree.resolve(child, "variable"), "again");
  });

  it("find a variable that was open before, once what is around it is known again", () => {
    const tree = new HandleTree<string>();
    const state = tree.get(0, "State", "old");
    const list = tree.get(state, "list", "old.list");
    const item = tree.get(list, "0", "old.list.0");
    tree.nextStop();
    assert.throws(() => tree.find(item, "variable", step), /earlier stop/);
    tree.get(0, "State", "new");
    assert.equal(tree.find(item, "variable", step), "new.list.0");
    assert.throws(() => tree.find(999, "variable", step), /earlier stop/);
  });

  it("let go what was given out first, once there are too many", () => {
    const tree = new HandleTree<string>(1_000);
    const first = tree.get(0, "first", "first");
    assert.equal(first, 1_000);
    const child = tree.get(first, "child", "child");
    const last = tree.get(0, "last", "last");
    tree.makeRoom();
    assert.equal(tree.resolve(child, "variable"), "child");
    for (let index = 0; index < 100_000; index++) tree.get(last, String(index), "item");
    tree.makeRoom();
    assert.throws(() => tree.resolve(first, "variable"), /earlier stop/);
    assert.throws(() => tree.resolve(child, "variable"), /earlier stop/);
    assert.notEqual(tree.get(0, "first", "again"), first);
  });
});
