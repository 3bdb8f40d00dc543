// The threads of a checkpoint file over both languages: listed, named, copied, moved to, before anything is launched too.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ThreadsBody } from "../../../src/protocol/dap.ts";
import { ask, told } from "../custom.ts";
import { Bench, languages } from "../languages.ts";

const ids = ({ threads }: ThreadsBody): string[] => threads.map(({ id }) => id);

for (const language of languages) {
  describe(`the threads of a checkpoint file in ${language.name}`, () => {
    const bench = Bench.in(language);

    it("are listed, named, copied, exported, deleted and opened, each at its stop", async () => {
      const client = await bench.client();
      const { program, line } = bench.fixture("brittle");
      const file = join(bench.folder, "checkpoints.sqlite");
      await client.breakpoints(program, [{ line: line("join") }]);
      const stop = await client.launch(bench.launch("brittle", { input: { divisor: 3 }, threadId: "good" }));
      assert.equal(stop.description, "Before node join");

      // A second thread of the same graph, made by another session meanwhile.
      const other = await bench.client();
      await other.launch(bench.launch("brittle", { input: { divisor: 0 }, threadId: "bad" }));
      const list = await ask(other, "langgraph/threads", {});
      assert.equal(list.file, file);
      assert.deepEqual(
        list.threads.map(({ id, status, language: of, at }) => [id, status, of, at]),
        [
          ["bad", "failed", language.name === "Python" ? "python" : "javascript", ["divide"]],
          ["good", "stopped", language.name === "Python" ? "python" : "javascript", ["join"]],
        ],
      );
      await assert.rejects(
        ask(other, "langgraph/openThread", { threadId: "nobody" }),
        /no thread "nobody".*\/threads/,
      );
      await other.close();

      const opened = await client.go("langgraph/openThread", { threadId: "bad" });
      assert.deepEqual(told(opened), ["exception", "Error in node divide"]);
      assert.match(opened.text ?? "", /ZeroDivision|divide by 0|Division/);
      assert.equal((await ask(client, "langgraph/graph", {})).threadId, "bad");
      assert.equal((await client.state()).divisor, 0);
      await client.evaluate("divisor = 6");
      assert.equal((await client.go("continue")).description, "Before node join");
      assert.equal((await client.go("continue")).reason, "end");

      // The thread that was left stands where it stood, and goes on.
      const back = await client.go("langgraph/openThread", { threadId: "good" });
      assert.deepEqual(told(back), ["entry", "Before node join"]);
      assert.equal((await client.state()).divisor, 3);
      assert.equal((await client.go("continue")).reason, "end");
      const ended = await client.go("langgraph/openThread", { threadId: "bad" });
      assert.deepEqual(told(ended), ["input", "Waiting for input"]);
      assert.match(String((await client.state()).summary), /steady/);

      await ask(client, "langgraph/describeThread", { threadId: "good", name: "Good day", note: "keep" });
      await assert.rejects(ask(client, "langgraph/describeThread", { threadId: "good" }), /"name" or "note"/);
      const { threadId: copied } = await ask(client, "langgraph/copyThread", { threadId: "good" });
      const to = join(bench.folder, "good.json");
      await ask(client, "langgraph/exportThread", { threadId: "good", to });
      assert.equal(typeof JSON.parse(readFileSync(to, "utf8")), "object");
      const { deleted } = await ask(client, "langgraph/deleteThread", { threadId: "good" });
      assert.deepEqual(ids(await ask(client, "langgraph/threads", { filter: "good day" })), [copied]);
      assert.deepEqual(await ask(client, "langgraph/restoreThread", { deleted }), { threadId: "good" });
      const { threadId: imported } = await ask(client, "langgraph/importThread", { from: to });
      assert.deepEqual(
        ids(await ask(client, "langgraph/threads", { filter: "GOOD DAY" })).sort(),
        [copied, "good", imported].sort(),
      );
      assert.deepEqual(ids(await ask(client, "langgraph/threads", { start: 1, limit: 2 })).length, 2);
      assert.deepEqual(told(await client.go("langgraph/openThread", { threadId: imported })), [
        "input",
        "Waiting for input",
      ]);
      assert.equal((await client.state()).divisor, 3);
      await client.close();
    });

    it("are opened where they wait, and answered there", async () => {
      const client = await bench.client();
      await client.launch(bench.launch("review", { input: {}, threadId: "one" }));
      await client.go("restart", {});
      const { threadId } = await ask(client, "langgraph/graph", {});
      assert.notEqual(threadId, "one");
      const there = await client.go("langgraph/openThread", { threadId: "one" });
      assert.deepEqual(told(there), ["interrupt", "Waiting for input: Approve the draft?"]);
      const { interrupts } = await ask(client, "langgraph/interrupts", {});
      await client.go("langgraph/resume", { answers: { [interrupts[0]?.id ?? ""]: true } });
      const { threads } = await ask(client, "langgraph/threads", {});
      assert.deepEqual(
        threads.map(({ id, status, at }) => [id, status, at]),
        [
          ["one", "ended", []],
          [threadId, "waiting", ["review"]],
        ],
      );
      await client.close();
    });
  });
}

describe("the threads of a checkpoint file without a session", () => {
  const [python, typescript] = languages.map((language) => ({ language, bench: Bench.in(language) }));

  it("are listed and changed before launch, of both languages", async () => {
    assert.ok(python && typescript);
    const file = join(python.bench.folder, "checkpoints.sqlite");
    for (const { language, bench } of [python, typescript]) {
      const maker = await bench.client();
      await maker.launch(
        bench.launch("linear", {
          input: { topic: "bees", log: [] },
          threadId: language.name,
          checkpoints: file,
        }),
      );
      await maker.close();
    }
    const client = await python.bench.client();
    await assert.rejects(ask(client, "langgraph/threads", {}), /"file" must be the absolute path/);
    await assert.rejects(
      ask(client, "langgraph/threads", { file: "checkpoints.sqlite" }),
      /"file" must be an absolute path/,
    );
    await assert.rejects(ask(client, "langgraph/openThread", { threadId: "x" }), /Send "launch" first/);
    const list = await ask(client, "langgraph/threads", { file });
    assert.deepEqual(
      list.threads.map(({ id, language, status }) => [id, language, status]),
      [
        ["TypeScript", "javascript", "ended"],
        ["Python", "python", "ended"],
      ],
    );
    const other = join(python.bench.folder, "none.sqlite");
    assert.deepEqual(ids(await ask(client, "langgraph/threads", { file: other })), []);
    assert.equal(existsSync(other), false);
    await ask(client, "langgraph/describeThread", { file, threadId: "Python", name: "first" });
    assert.deepEqual(ids(await ask(client, "langgraph/threads", { file, filter: "first" })), ["Python"]);
    const { deleted } = await ask(client, "langgraph/deleteThread", { file, threadId: "TypeScript" });
    assert.equal(typeof deleted, "string");
    const kept = await ask(client, "langgraph/prune", { file, keep: 1, dryRun: true });
    assert.deepEqual([kept.checkpoints > 0, kept.deletedThreads], [true, 1]);
    assert.equal((await ask(client, "langgraph/threads", { file })).total, 1);
    // The session's own process takes over; the thread is gone on with there.
    const stop = await client.launch(
      python.bench.launch("linear", { threadId: "Python", checkpoints: file }),
    );
    assert.equal(stop.reason, "input");
    assert.deepEqual(ids(await ask(client, "langgraph/threads", {})), ["Python"]);
    await client.close();
  });
});
