// What an interpreter that dies says of it, found in its real output: the error and its place, not the last lines.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { venvPython } from "../../../scripts/lib/paths.mjs";
import { lastWords } from "../../../src/adapter/last-words.ts";

const node = process.execPath;

describe("the last words of an interpreter", () => {
  let folder: string;

  before(() => {
    folder = realpathSync.native(mkdtempSync(join(tmpdir(), "last-words-")));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** Runs a program that fails, and gives what it printed. */
  const stderrOf = (name: string, program: string): string => {
    const file = join(folder, name);
    writeFileSync(file, program);
    const { stderr, status } = spawnSync(name.endsWith(".py") ? venvPython : node, [file], {
      encoding: "utf8",
      env: { ...process.env, NO_COLOR: "1" },
    });
    assert.notEqual(status, 0);
    return stderr;
  };

  for (const [what, name, program, words] of [
    ["a syntax error", "syntax.mjs", "const a = ;\n", /^SyntaxError: Unexpected token ';' \(FILE:1\)$/],
    [
      "a missing package",
      "missing.mjs",
      '\nimport "nowhere-package";\n',
      /^Error \[ERR_MODULE_NOT_FOUND\]: Cannot find package 'nowhere-package' imported from FILE$/,
    ],
    [
      "an error while it is imported",
      "throws.mjs",
      'function load() {\n  throw new TypeError("no key is set");\n}\nload();\n',
      /^TypeError: no key is set \(FILE:2\)$/,
    ],
    [
      "an error with a cause and a message of two lines",
      "cause.mjs",
      'throw new Error("first\\nsecond", { cause: new RangeError("other") });\n',
      /^Error: first \/ second \(FILE:1\)$/,
    ],
    [
      "a rejection nobody handles",
      "rejects.mjs",
      'Promise.reject(new RangeError("far"));\n',
      /^RangeError: far \(FILE:1\)$/,
    ],
    ["something thrown that is no error", "text.mjs", 'throw "a text";\n', /^a text$/],
    [
      "TypeScript that Node can't strip",
      "enum.ts",
      "enum A { B }\n",
      /^SyntaxError \[ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX\]: TypeScript enum is not supported in strip-only mode \(FILE:1\)$/,
    ],
    ["a syntax error", "syntax.py", "def f(:\n  pass\n", /^SyntaxError: invalid syntax \(FILE:1\)$/],
    [
      "a missing module",
      "missing.py",
      "\nimport nowhere_package\n",
      /^ModuleNotFoundError: No module named 'nowhere_package' \(FILE:2\)$/,
    ],
    [
      "an error while it is imported",
      "throws.py",
      "def load():\n    raise KeyError('no key is set')\n\nload()\n",
      /^KeyError: 'no key is set' \(FILE:2\)$/,
    ],
    [
      "an error with a cause",
      "chain.py",
      "try:\n    1 / 0\nexcept Exception as e:\n    raise ValueError('no\\nnumber') from e\n",
      /^ValueError: no \/ number \(FILE:4\)$/,
    ],
    ["its exit with a message", "exit.py", "raise SystemExit('set KEY first')\n", /^set KEY first$/],
  ] as const) {
    it(`tell of ${what} in ${name}`, () => {
      const said = lastWords(stderrOf(name, program));
      assert.match(said.replaceAll(join(folder, name), "FILE"), words);
    });
  }

  it("tell of a group of exceptions, which Python 3.11 and newer print with a margin", () => {
    const printed = `  + Exception Group Traceback (most recent call last):
  |   File "/project/group.py", line 1, in <module>
  |     raise ExceptionGroup("none worked", [ValueError("a"), KeyError("b")])
  | ExceptionGroup: none worked (2 sub-exceptions)
  +-+---------------- 1 ----------------
    | ValueError: a
    +---------------- 2 ----------------
    | KeyError: 'b'
    +------------------------------------
`;
    assert.equal(lastWords(printed), "ExceptionGroup: none worked (2 sub-exceptions) (/project/group.py:1)");
  });

  it("are the last lines where there is no error among them", () => {
    assert.equal(lastWords("node: bad option: --no-such-option\n\n"), "node: bad option: --no-such-option");
    assert.equal(lastWords("a\nb\r\nc\n\nd"), "b / c / d");
    assert.equal(lastWords(" \n"), "");
  });
});
