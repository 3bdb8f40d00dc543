// A run as a test, over both languages: it passes when it is run, and fails when the run would go another way.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { nodePath } from "../client.ts";
import { ask } from "../custom.ts";
import { Bench, languages, python } from "../languages.ts";

const vitest = fileURLToPath(new URL("../../../node_modules/vitest/vitest.mjs", import.meta.url));

for (const language of languages) {
  describe(`a run as a test in ${language.name}`, () => {
    const bench = Bench.in(language);
    const isPython = language.name === "Python";

    /** Whether it passes, and what was said. */
    function run(folder: string, text: string): { passes: boolean; output: string } {
      const file = join(folder, isPython ? "test_run.py" : "run.test.ts");
      writeFileSync(file, text);
      const command = isPython
        ? [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", file]
        : [nodePath, vitest, "run", "--root", folder, "--no-color"];
      const [program = "", ...args] = command;
      const { status, stdout, stderr } = spawnSync(program, args, { cwd: folder, encoding: "utf8" });
      return { passes: status === 0, output: `${stdout}${stderr}` };
    }

    it("passes with the answers that were given, and fails with others", async () => {
      const client = await bench.client();
      const { program } = bench.copy("review");
      const folder = dirname(program);
      await client.launch(
        bench.launch("review", { program, input: {}, workspaceFolders: [folder], threadId: "told" }),
      );
      await assert.rejects(ask(client, "langgraph/test", { threadId: "nobody" }), /no thread nobody/);
      const waiting = await ask(client, "langgraph/test", {});
      assert.match(waiting.text, /waits for an answer to review/);
      const { interrupts } = await ask(client, "langgraph/interrupts", {});
      await client.go("langgraph/resume", { answers: { [interrupts[0]?.id ?? ""]: "yes" } });
      const { language: of, text } = await ask(client, "langgraph/test", {});
      assert.equal(of, isPython ? "python" : "typescript");
      for (const [what, passes] of [
        [text, true],
        [text.replace('["yes"]', '["no"]'), false],
      ] as const) {
        const { passes: did, output } = run(folder, what);
        assert.equal(did, passes, `${output}\n${what}`);
      }
      await client.go("langgraph/updateState", { values: { sent: "by hand" } });
      await assert.rejects(ask(client, "langgraph/test", {}), /changed by hand at step 3/);
      await client.close();
    });

    it("tells who said what, tells turns apart, and leaves out what JSON can't say", async () => {
      const client = await bench.client();
      const say = (content: string) => ({ messages: [{ role: "user", content }] });
      await client.launch(bench.launch("messages", { input: say("hello") }));
      await client.go("langgraph/input", { input: say("bye") });
      const { text } = await ask(client, "langgraph/test", {});
      assert.equal(text.match(/await turn\(/g)?.length, 2);
      assert.match(text, /\[\["human", "bye"\]\]/);
      await client.close();
      const other = await bench.client();
      await other.launch(bench.launch("odd_values", { input: {} }));
      const odd = await ask(other, "langgraph/test", {});
      assert.match(odd.text, /is left out: it (is|holds) an? \w+\./);
      await other.close();
    });
  });
}
