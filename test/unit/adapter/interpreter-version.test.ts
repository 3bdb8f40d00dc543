// Interpreters that are too old to start are told by their version.

import assert from "node:assert/strict";
import { isNewEnough, tooOld } from "../../../src/adapter/interpreter-version.ts";

describe("the version of an interpreter", () => {
  it("is told where it is too old, with what to do", () => {
    assert.match(
      tooOld("javascript", "v20.11.1\n")?.message ?? "",
      /Node 20\.11\.1 is too old, 22\.13 .*"node"/,
    );
    assert.match(tooOld("javascript", "v22.12.0")?.message ?? "", /too old/);
    assert.match(
      tooOld("python", "Python 3.9.18\n")?.message ?? "",
      /Python 3\.9\.18 is too old, 3\.10 .*"python"/,
    );
  });

  it("is no reason where it is new enough or unknown", () => {
    for (const text of ["v22.13.0", "v24.21.0", ""]) assert.equal(tooOld("javascript", text), undefined);
    for (const text of ["Python 3.10.0", "Python 3.14.0rc1", "something else"])
      assert.equal(tooOld("python", text), undefined);
  });

  it("is new enough only where it is known", () => {
    for (const [text, fits] of [
      ["v22.13.0", true],
      ["v24.21.0\n", true],
      ["v22.12.0", false],
      ["v20.20.2", false],
      ["", false],
      ["something else", false],
    ] as const)
      assert.equal(isNewEnough("javascript", text), fits, text);
  });
});
