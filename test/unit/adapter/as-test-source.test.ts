// Where a made test finds its graph, with the paths of every system.

import assert from "node:assert/strict";
import { posix, win32 } from "node:path";
import { pytest } from "../../../src/adapter/as-test/python.ts";
import { type Source, sourceOf } from "../../../src/adapter/as-test/source.ts";
import type { Story } from "../../../src/adapter/as-test/story.ts";
import { vitest } from "../../../src/adapter/as-test/vitest.ts";

const story: Story = {
  threadId: "1",
  acts: [],
  waiting: [],
  next: [],
  isWithin: false,
  state: [],
  functional: false,
};

describe("where a made test finds the graph", () => {
  const of = (program: string, folder: string, paths: typeof posix): Promise<Source> =>
    sourceOf(
      { program, searchPaths: [], workspaceFolders: [folder], checkpoints: "" },
      "graph",
      { origin: `${program}:graph`, compiledInterrupts: [] },
      async () => "compiled",
      paths,
    );

  for (const [program, folder, paths, folders, module] of [
    ["/work/app/agents/mail.py", "/work/app", posix, ["agents"], "./agents/mail.py"],
    ["C:\\work\\app\\agents\\mail.py", "C:\\work\\app", win32, ["agents"], "./agents/mail.py"],
    ["c:\\Work\\app\\mail.py", "C:\\work\\app", win32, ["."], "./mail.py"],
    ["D:\\shared\\mail.py", "C:\\work\\app", win32, ["D:/shared"], "D:/shared/mail.py"],
    ["/else/mail.py", "/work/app", posix, ["/else"], "/else/mail.py"],
  ] as const) {
    it(`of ${program} in ${folder}`, async () => {
      const source = await of(program, folder, paths);
      assert.equal(source.variable, "graph");
      const text = pytest(story, source);
      assert.ok(text.includes(`sys.path[:0] = ${JSON.stringify(folders)}`), text);
      assert.match(text, /^from mail import graph {2}# noqa: E402$/m);
      assert.ok(vitest(story, source).includes(`import { graph } from ${JSON.stringify(module)};`));
    });
  }
});
