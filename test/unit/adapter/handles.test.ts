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
});
