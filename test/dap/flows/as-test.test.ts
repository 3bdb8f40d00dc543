// Runs as tests, over both languages: they pass when they are run, and fail when the run would go another way.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { LaunchAttributes } from "../../../src/protocol/dap.ts";
import { type Client, nodePath } from "../client.ts";
import { ask } from "../custom.ts";
import { Bench, languages, python } from "../languages.ts";

/** One process imports all of them, and LangGraph once. */
const alone = ["--no-isolate", "--maxWorkers=1"];
const packages = fileURLToPath(new URL("../../../node_modules", import.meta.url));

for (const language of languages) {
  describe(`a run as a test in ${language.name}`, () => {
    const bench = Bench.in(language);
    const isPython = language.name === "Python";
    /** The workspace folder of all runs. */
    let folder = "";
    /** The tests that were made of them, and those that were then changed, by their file's name. */
    const made: string[] = [];
    const changed: string[] = [];

    before(() => {
      folder = mkdtempSync(join(tmpdir(), "langgraph-debug-tests-"));
      symlinkSync(packages, join(folder, "node_modules"), "junction");
      writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    });
    after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }));

    async function launch(name: string, more: LaunchAttributes & { breakpoint?: string }): Promise<Client> {
      for (const fixture of [name, "record"]) {
        const { program } = bench.fixture(fixture);
        copyFileSync(program, join(folder, basename(program)));
      }
      const client = await bench.client();
      const program = join(folder, basename(bench.fixture(name).program));
      const { breakpoint, ...attributes } = more;
      if (breakpoint) await client.breakpoints(program, [{ line: bench.fixture(name).line(breakpoint) }]);
      await client.launch(bench.launch(name, { program, workspaceFolders: [folder], ...attributes }));
      return client;
    }

    /** Keeps the test of what the client's thread did; and one in which `wrong` stands for `right`, which has to fail. */
    async function keep(
      client: Client,
      name: string,
      right = "",
      wrong = "",
      checkpointId?: string,
    ): Promise<string> {
      const answer = await ask(client, "langgraph/test", checkpointId === undefined ? {} : { checkpointId });
      assert.equal(answer.language, isPython ? "python" : "typescript");
      const file = (of: string): string => (isPython ? `test_${of}.py` : `${of}.test.ts`);
      made.push(file(name));
      writeFileSync(join(folder, file(name)), answer.text);
      if (right !== "") {
        assert.ok(answer.text.includes(right), answer.text);
        changed.push(file(`${name}_changed`));
        writeFileSync(join(folder, file(`${name}_changed`)), answer.text.replace(right, wrong));
      }
      return answer.text;
    }

    it("repeats answers, and what was edited beside a question", async () => {
      const client = await launch("review", { input: {}, threadId: "told" });
      await assert.rejects(ask(client, "langgraph/test", { threadId: "nobody" }), /no thread nobody/);
      assert.match(await keep(client, "waiting"), /waits for an answer to review/);
      await client.go("langgraph/updateState", { values: { draft: "Dear Bob" } });
      const { interrupts } = await ask(client, "langgraph/interrupts", {});
      await client.go("langgraph/resume", { answers: { [interrupts[0]?.id ?? ""]: "yes" } });
      await keep(client, "answered", '["yes"]', '["no"]');
      await client.go("langgraph/input", { input: {} });
      const [again] = (await ask(client, "langgraph/interrupts", {})).interrupts;
      const update = { draft: "Dear Eve" };
      await client.go("langgraph/resume", { answers: { [again?.id ?? ""]: "yes" }, update });
      await assert.rejects(ask(client, "langgraph/test", {}), /answers to step \d came with an update/);
      await client.close();
    });

    it("repeats edits, updates as a node and jumps, and stops where the run stands", async () => {
      const input = { topic: "bees", log: ["start"] };
      const client = await launch("linear", { input, breakpoint: "answer" });
      await keep(client, "stopped", '["answer"]', '["think"]');
      await client.go("langgraph/updateState", { values: { log: ["more"] }, mode: "reduce" });
      await client.go("langgraph/updateState", { values: { count: 41 }, asNode: "fetch" });
      await client.go("next", { threadId: 1 });
      await keep(client, "updated", ": 41", ": 40");
      await client.go("langgraph/updateState", { values: { log: ["jump"] }, goto: ["fetch"] });
      await keep(client, "jumped", '"jump"', '"jumped"');
      assert.equal((await client.go("continue")).reason, "breakpoint");
      assert.equal((await client.go("continue")).reason, "end");
      await keep(client, "ended");
      const { entries } = await ask(client, "langgraph/timeline", {});
      const fetched = entries.find(({ tasks }) => tasks.some(({ node }) => node === "fetch"));
      assert.ok(fetched);
      assert.match(await keep(client, "up_to", "", "", fetched.id), /"think"/);
      await assert.rejects(ask(client, "langgraph/test", { checkpointId: "none" }), /no checkpoint none/);
      await client.close();
    });

    it("expects an error, and goes on from it as the run did", async () => {
      const client = await launch("brittle", { input: { divisor: 0 } });
      await keep(client, "failed", "divide by 0", "divide by 1");
      await client.go("langgraph/updateState", { values: { divisor: 4 } });
      await assert.rejects(
        ask(client, "langgraph/test", {}),
        /where divide has failed, its state was changed/,
      );
      assert.equal((await client.go("continue")).reason, "end");
      await keep(client, "mended", ": 4", ": 3");
      await client.close();
    });

    it("makes the graph of a factory with the config", async () => {
      const config = { configurable: { suffix: "?" } };
      const client = await launch("factories", { graph: "make_with_config", input: { text: "hi" }, config });
      await keep(client, "factory", "HI?", "HI!");
      await client.close();
      if (isPython) return;
      const promised = await launch("factories", { graph: "promised", input: { text: "hi" } });
      await keep(promised, "promised", "HI!", "HI?");
      await promised.close();
    });

    it("tells who said what, tells turns apart, and says why a run can't be told", async () => {
      const say = (content: string) => ({ messages: [{ role: "user", content }] });
      const client = await launch("messages", { input: say("hello") });
      await client.go("langgraph/updateState", { values: say("again"), mode: "reduce" });
      await client.go("langgraph/input", { input: say("bye") });
      const text = await keep(client, "messages", '"again"', '"once more"');
      assert.equal(text.match(/await turn\(/g)?.length, 2);
      assert.match(text, /\[\["human", "bye"\]\]|\["human", "bye"\]/);
      await client.close();
      const odd = await launch("odd_values", { input: {} });
      await assert.rejects(ask(odd, "langgraph/test", {}), /huge in its state can't be kept/);
      await odd.close();
      const inside = await launch("subgraph", {
        input: { text: "hi" },
        breakpoint: "shout",
      });
      await inside.evaluate(`scratch = ${language.quote("ho")}`);
      assert.equal((await inside.go("continue")).reason, "end");
      await assert.rejects(
        ask(inside, "langgraph/test", {}),
        /the subgraph child was changed by hand in step 2/,
      );
      await inside.close();
    });

    it("has made tests that pass, and fail when they are changed", function () {
      // All of them, in one process.
      this.timeout(120_000);
      const command = isPython
        ? [python, "-m", "pytest", "-q", "-rA", "--tb=line", "-p", "no:cacheprovider"]
        : [
            nodePath,
            join(packages, "vitest", "vitest.mjs"),
            "run",
            "--no-color",
            "--reporter=verbose",
            ...alone,
          ];
      const [program = "", ...args] = command;
      const { stdout, stderr } = spawnSync(program, args, { cwd: folder, encoding: "utf8" });
      const output = `${stdout}${stderr}`;
      const passes = (file: string): boolean =>
        output.split("\n").some((line) => line.includes(` ${file}`) && /^(PASSED|\s*✓) /.test(line));
      assert.deepEqual(
        made.filter((file) => !passes(file)),
        [],
        output,
      );
      assert.deepEqual(changed.filter(passes), [], output);
    });
  });
}
