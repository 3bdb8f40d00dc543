// Ids of data breakpoints, which clients keep from session to session, and why one can not be.

import assert from "node:assert/strict";
import { dataIdOf, dataKeyOf, whyNoData } from "../../../src/adapter/data-breakpoints.ts";

describe("a data breakpoint", () => {
  it("has an id that says all", () => {
    for (const key of [
      { graph: "", key: "draft" },
      { graph: "a/b#c", key: 'with "quotes"' },
    ]) {
      assert.deepEqual(dataKeyOf(dataIdOf(key)), key);
    }
    for (const stranger of ["", "draft", "[]", '["draft"]', '["", 1]', "{}"]) {
      assert.equal(dataKeyOf(stranger), undefined, stranger);
    }
  });

  it("says why it can not be", () => {
    const models = [
      { id: "", nodes: [], edges: [] },
      { id: "child", nodes: [], edges: [] },
    ];
    assert.equal(whyNoData({ graph: "", key: "draft" }, models, ["draft"]), undefined);
    const none = whyNoData({ graph: "", key: "darft" }, models, ["draft"]);
    assert.deepEqual(none, {
      reason: "failed",
      message: 'The state of the graph has no key "darft". It has draft.',
    });
    // The keys of a subgraph are known when it has run.
    assert.equal(whyNoData({ graph: "child", key: "text" }, models, undefined), undefined);
    assert.equal(whyNoData({ graph: "later", key: "text" }, models, undefined)?.reason, "pending");
  });
});
