// The console's commands for the past, over both languages, and the custom requests that other editors have for it.

import assert from "node:assert/strict";
import type { DebugProtocol } from "@vscode/debugprotocol";
import type { HistoryBody } from "../../../src/protocol/dap.ts";
import type { Client, StoppedBody } from "../client.ts";
import { Bench, languages } from "../languages.ts";

for (const language of languages) {
  describe(`the past in the console in ${language.name}`, () => {
    const bench = Bench.in(language);
    const input = { topic: "bees", log: ["start"] };

    const type = (client: Client, expression: string): Promise<StoppedBody> =>
      client.go("evaluate", { expression, context: "repl" });
    const history = (client: Client, args: object = {}): Promise<HistoryBody> =>
      client.request<HistoryBody>("langgraph/history", args);
    const labels = async (client: Client, text: string): Promise<string[]> => {
      const body = await client.request<{ targets: { label: string }[] }>("completions", {
        text,
        column: text.length + 1,
      });
      return body.targets.map(({ label }) => label);
    };

    it("lists the steps, and goes to one of them and on from there as a branch", async () => {
      const client = await bench.client();
      const { program, line } = bench.fixture("linear");
      await client.breakpoints(program, [{ line: line("answer") }]);
      await client.launch(bench.launch("linear", { input, threadId: "past" }));
      const { checkpoints, more } = await history(client);
      assert.equal(more, false);
      assert.deepEqual(
        checkpoints.map(({ nodes, next, written, step }) => [nodes, next, written, step]),
        [
          [["think"], ["answer"], ["count", "log"], 2],
          [["fetch"], ["think"], ["topic", "count", "log"], 1],
          [[], ["fetch"], checkpoints[2]?.written, 0],
          [[], [], [], -1],
        ],
      );
      const listed = (await client.evaluate("/history")).result.split("\n");
      assert.match(listed[0] ?? "", /step 2: think; next answer$/);
      assert.ok(listed[0]?.startsWith(checkpoints[0]?.id ?? "?"));
      assert.equal((await client.evaluate("/history 2")).result.split("\n").length, 2);
      await assert.rejects(client.evaluate("/history two"), /\/history \[n\]/);

      const before = checkpoints[2]?.id ?? "";
      const moved = await type(client, `/fork ${before}`);
      assert.deepEqual([moved.reason, moved.description], ["goto", "Moved to before node fetch"]);
      assert.deepEqual((await client.state()).log, ["start"]);
      assert.equal((await client.go("next")).description, "Before node think");
      const there = await client.go("langgraph/fork", { checkpointId: checkpoints[0]?.id });
      assert.equal(there.description, "Moved to before node answer");
      assert.deepEqual((await client.state()).log, ["start", "fetch", "think"]);
      await assert.rejects(client.evaluate("/fork nothing"), /no checkpoint nothing.*\/history/);
      await assert.rejects(client.evaluate("/fork"), /\/history lists/);
      await assert.rejects(client.request("langgraph/fork", {}), /"checkpointId"/);
      await client.close();
    });

    it("goes back by a step, and to a node by its name", async () => {
      const client = await bench.client();
      const { program, line } = bench.fixture("linear");
      await client.breakpoints(program, [{ line: line("answer") }]);
      await client.launch(bench.launch("linear", { input }));
      assert.equal((await type(client, "/back")).description, "Back before node think");
      assert.equal((await type(client, "/goto answer")).description, "Jumped to before node answer");
      // A client that did not ask to leave the stop must hear that it was left; one that did knows it.
      const around = () =>
        (client.timeline as DebugProtocol.Event[])
          .map(({ event }) => event)
          .filter((event) => event === "continued" || event === "stopped");
      assert.deepEqual(around(), ["stopped", "continued", "stopped", "continued", "stopped"]);
      await client.go("stepBack", { threadId: 1 });
      assert.deepEqual(around().slice(5), ["stopped"]);
      await assert.rejects(client.evaluate("/goto nobody"), /No .* node "nobody".*fetch, think, answer/);
      await client.close();
    });

    it("goes to the nodes of a subgraph and of the graph around it", async () => {
      const client = await bench.client();
      const { program, line } = bench.fixture("subgraph");
      await client.breakpoints(program, [{ line: line("shout") }]);
      await client.launch(bench.launch("subgraph", { input: { text: "hello" } }));
      assert.deepEqual((await labels(client, "/goto ")).slice(0, 2), ["child:clean", "child:shout"]);
      assert.equal(
        (await type(client, "/goto child:clean")).description,
        "Jumped to before node child:clean",
      );
      assert.equal(
        (await type(client, "/goto child:shout child:clean")).description,
        "Jumped to before nodes child:clean, child:shout",
      );
      await assert.rejects(client.evaluate("/goto child:shout after"), /shout and after are nodes of two/);
      assert.equal((await type(client, "/goto after")).description, "Jumped to before node after");
      const command = { update: { log: ["by hand"] }, goto: "child" };
      const there = await type(client, `/command ${JSON.stringify(command)}`);
      assert.equal(there.description, "Jumped to before node child");
      assert.deepEqual((await client.state()).log, ["by hand"]);
      await client.close();
    });

    it("completes the commands, the ids of recent checkpoints and the names of nodes", async () => {
      const client = await bench.client();
      await client.launch(bench.launch("linear", { input, stopOnEntry: true }));
      await client.go("next");
      assert.deepEqual(await labels(client, "/re"), ["/resume", "/reduce", "/reload"]);
      const { checkpoints } = await history(client);
      const ids = checkpoints.filter(({ source }) => source !== "input").map(({ id }) => id);
      assert.deepEqual(await labels(client, "/fork "), ids);
      assert.deepEqual(await labels(client, `/fork ${ids[0]?.slice(0, -1)}`), ids.slice(0, 1));
      assert.deepEqual(await labels(client, "/goto a"), ["answer"]);
      await client.close();
    });

    it("changes the state, compares, names, and goes to other threads", async () => {
      const client = await bench.client();
      const { program, line } = bench.fixture("linear");
      await client.breakpoints(program, [{ line: line("think") }]);
      const words = { topic: "bees and wasps", log: ["start"] };
      await client.launch(bench.launch("linear", { input: words, threadId: "first" }));
      const say = async (text: string): Promise<string> => (await client.evaluate(text)).result;
      assert.deepEqual((await say("/diff")).split("\n"), [
        '~ topic: "bees and wasps" -> "BEES AND WASPS"',
        "+ count: 1",
        '+ log[1]: "fetch"',
      ]);
      assert.match(await say('/set {"count": 5, "log": ["x"]}'), /^Sets count and log at this checkpoint/);
      assert.match(await say('/reduce {"log": ["y"]}'), /^Adds to log/);
      assert.deepEqual((await client.state()).log, ["x", "y"]);
      assert.equal(await say("/undo"), "2 more can be taken back.");
      assert.equal(await say("/undo"), "");
      assert.deepEqual((await client.state()).log, ["start", "fetch"]);
      await assert.rejects(say("/undo"), /No answer was given/);
      await assert.rejects(say("/set [1]"), /no JSON object.*\/set/);
      await assert.rejects(say("/update think"), /JSON object is missing.*\/update/);
      await assert.rejects(say("/update nobody {}"), /No .* node "nobody"/);
      const [{ id: before } = { id: "" }] = (await history(client)).checkpoints;
      assert.match(await say("/name before thinking"), /named before thinking/);
      assert.deepEqual(await labels(client, "/update th"), ["think"]);
      assert.match(await say('/update think {"topic": "bees and ants"}'), /Then answer comes next\.$/);
      const differ = await say(`/diff ${before}`);
      assert.equal(differ, '~ topic: "BEES AND WASPS" -> "bees and ants"');
      assert.equal((await labels(client, `/diff ${before} `)).includes(before), true);
      assert.match(await say("/name-thread The first"), /named The first/);

      await client.go("restart", {});
      assert.match(await say("/threads the FIRST"), /^ {2}first {2}\S+: stopped at answer, .* {2}The first$/);
      assert.equal((await say("/threads")).split("\n").length, 2);
      assert.deepEqual(await labels(client, "/open fi"), ["first"]);
      assert.equal((await type(client, "/open first")).description, "Before node answer");
      await assert.rejects(say("/open nobody"), /no thread "nobody"/);
      await assert.rejects(say("/open"), /\/threads lists them/);
      await client.close();
    });
  });
}
