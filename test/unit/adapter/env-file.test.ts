// `.env` files as people write them.

import assert from "node:assert/strict";
import { parseEnv } from "../../../src/adapter/env-file.ts";

describe("env files", () => {
  it("are read with quotes, comments, export and empty values", () => {
    const text = [
      "# a comment",
      "PLAIN=one two   # tail",
      "export EXPORTED = yes",
      "URL=https://example.com/#anchor",
      "SINGLE='keeps $HOME and \\n # all'",
      'DOUBLE="two\\nlines and \\"quotes\\""',
      "EMPTY=",
      "not a line",
      'LONG="first',
      'second"',
      "LAST=end",
    ].join("\r\n");
    assert.deepEqual(parseEnv(text), {
      PLAIN: "one two",
      EXPORTED: "yes",
      URL: "https://example.com/#anchor",
      SINGLE: "keeps $HOME and \\n # all",
      DOUBLE: 'two\nlines and "quotes"',
      EMPTY: "",
      LONG: "first\r\nsecond",
      LAST: "end",
    });
  });
});
