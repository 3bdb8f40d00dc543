// Interrupts and inputs over both languages: what is asked, the ways to answer, and runs that wait for their input.

import assert from "node:assert/strict";
import type { DebugProtocol } from "@vscode/debugprotocol";
import type { InterruptsBody } from "../../../src/protocol/dap.ts";
import { type Client, RequestFailed } from "../client.ts";
import { Bench, languages } from "../languages.ts";

for (const language of languages) {
  describe(`interrupts in ${language.name}`, () => {
    const bench = Bench.in(language);
    const { quote } = language;

    const waiting = async (client: Client): Promise<InterruptsBody["interrupts"]> =>
      (await client.request<InterruptsBody>("langgraph/interrupts", {})).interrupts;

    it("stops where the graph asks, says what it asks, and takes the answer", async () => {
      const client = await bench.client();
      const { line, program } = bench.fixture("review");
      const stop = await client.launch(bench.launch("review", { input: {} }));
      assert.deepEqual(
        [stop.reason, stop.description],
        ["interrupt", "Waiting for input: Approve the draft?"],
      );
      assert.equal((await client.frames(stop.threadId))[0]?.line, line("ask"));
      const [asked] = await waiting(client);
      assert.ok(asked);
      assert.deepEqual(
        [asked.node, asked.index, asked.value, asked.earlier, asked.source],
        [
          "review",
          0,
          { question: "Approve the draft?", draft: "Dear Ada" },
          [],
          { path: program, line: line("ask") },
        ],
      );
      assert.deepEqual(
        (await client.event("langgraph/interrupts")).interrupts.map(({ id }) => id),
        [asked.id],
      );
      await assert.rejects(client.request("continue", { threadId: 1 }), /Approve the draft\?.*\/resume/);
      await assert.rejects(
        client.request("langgraph/resume", { answers: { nobody: 1 } }),
        /No interrupt "nobody"/,
      );
      const end = await client.go("langgraph/resume", { answers: { [asked.id]: "yes" } });
      assert.equal(end.reason, "end");
      assert.equal(client.events("continued").length, 1);
      assert.deepEqual(client.events<InterruptsBody>("langgraph/interrupts").at(-1), { interrupts: [] });
      assert.deepEqual(await client.state(), { draft: "Dear Ada", approved: true, sent: "Dear Ada" });
      await client.close();
    });

    it("takes an answer from the Interrupts scope, and from the console", async () => {
      const client = await bench.client();
      const stop = await client.launch(bench.launch("two_interrupts", { input: {} }));
      assert.equal(stop.description, "Waiting for input: What is your name?");
      const [asked] = await client.scope("Interrupts");
      const parts = await client.variables(asked?.variablesReference ?? 0);
      assert.deepEqual(
        parts.map(({ name }) => name),
        ["value", "answer", "id", "index", "node"],
      );
      const reference = asked?.variablesReference;
      await assert.rejects(
        client.request("setVariable", { variablesReference: reference, name: "id", value: "1" }),
        RequestFailed,
      );
      await client.request("setVariable", { variablesReference: reference, name: "answer", value: "Ada" });
      assert.equal((await waiting(client))[0]?.answer, "Ada");
      const next = await client.go("continue");
      assert.equal(next.description, "Waiting for input: How old is Ada?");
      assert.deepEqual(
        (await waiting(client)).map(({ index, earlier }) => [index, earlier]),
        [[1, ["Ada"]]],
      );
      await assert.rejects(client.evaluate("/resume"), /answer is missing/);
      await assert.rejects(client.evaluate('/resume {"age": '), /not JSON/);
      assert.equal(
        (await client.go("evaluate", { expression: "/resume 36", context: "repl" })).reason,
        "end",
      );
      assert.deepEqual(await client.state(), { name: "Ada", age: 36, text: "Ada is 36" });
      await client.close();
    });

    it("answers interrupts that wait at the same time one by one", async () => {
      const client = await bench.client();
      const stop = await client.launch(bench.launch("parallel_interrupts", { input: {} }));
      assert.match(stop.description, /^Waiting for input: .*\(and 1 more\)$/);
      // Each language has an order of its own.
      const names = (await client.threads()).map(({ name }) => name);
      assert.deepEqual(names.sort(), ["budget", "legal", "robot"]);
      await assert.rejects(client.evaluate("/resume yes"), /2 interrupts wait/);
      const one = await client.go("evaluate", { expression: "/resume legal yes", context: "repl" });
      assert.equal(one.description, "Waiting for input: Can we pay for it?");
      const end = await client.go("evaluate", { expression: '/resume "no"', context: "repl" });
      assert.equal(end.reason, "end");
      const { votes } = (await client.state()) as { votes: string[] };
      assert.deepEqual([...votes].sort(), ["budget: no", "legal: yes", "robot: yes"]);
      await client.close();
    });

    it("gives the answers of the launch configuration without asking, by node or in order", async () => {
      for (const resume of [["Ada", 36], { ask: ["Ada", 36] }]) {
        const client = await bench.client();
        const end = await client.launch(bench.launch("two_interrupts", { input: {}, resume }));
        assert.equal(end.reason, "end");
        assert.deepEqual(await client.state(), { name: "Ada", age: 36, text: "Ada is 36" });
        await client.close();
      }
    });

    it("takes false, zero, nothing and the empty text for answers", async () => {
      const client = await bench.client();
      await client.launch(bench.launch("falsy_answers", { input: { answers: [] } }));
      for (const answer of ["false", "0", '""', "null"]) {
        await client.go("evaluate", { expression: `/resume ${answer}`, context: "repl" });
      }
      assert.deepEqual(await client.state(), { answers: [false, 0, "", null] });
      await client.close();
    });

    it("leads from a warning about an interrupt to its line", async () => {
      const client = await bench.client();
      const { program, line } = bench.fixture("odd_payload");
      await client.launch(bench.launch("odd_payload", { input: {} }));
      const [warning, ...more] = client
        .events<DebugProtocol.OutputEvent["body"]>("output")
        .filter(({ output }) => output.includes("can't be written as JSON"));
      assert.deepEqual(more, []);
      assert.deepEqual(
        [warning?.category, warning?.source?.path, warning?.line],
        ["stderr", program, line("ask.interrupt")],
      );
      await client.evaluate("/resume yes");
      await client.close();
    });

    it("stops at an interrupt of a subgraph, in the subgraph", async () => {
      const client = await bench.client();
      const stop = await client.launch(bench.launch("subgraph_interrupt", { input: {} }));
      assert.equal(stop.reason, "interrupt");
      assert.match((await client.threads())[0]?.name ?? "", /:confirm$/);
      assert.equal((await waiting(client)).length, 1);
      assert.equal(
        (await client.go("evaluate", { expression: "/resume true", context: "repl" })).reason,
        "end",
      );
      await client.close();
    });

    it("stops at interrupts without debugging too", async () => {
      const client = await bench.client();
      const { program, line } = bench.fixture("review");
      await client.breakpoints(program, [{ line: line("write") }]);
      const stop = await client.launch(bench.launch("review", { input: {}, noDebug: true }));
      assert.equal(stop.reason, "interrupt");
      client.markNow();
      await client.evaluate("/resume yes");
      assert.deepEqual(await client.event("exited"), { exitCode: 0 });
      await client.close();
    });

    it("waits for its input, takes it field by field, and runs", async () => {
      const client = await bench.client();
      const { program, line } = bench.fixture("linear");
      await client.breakpoints(program, [{ line: line("answer") }]);
      const stop = await client.launch(bench.launch("linear"));
      assert.deepEqual(
        [stop.reason, stop.description, stop.hitBreakpointIds],
        ["input", "Waiting for input", []],
      );
      const [frame] = await client.frames(stop.threadId);
      assert.equal(frame?.source?.path, program);
      const [scope] = await client.scopes(frame?.id ?? 0);
      assert.equal(scope?.name, "Input");
      const fields = await client.variables(scope?.variablesReference ?? 0);
      assert.deepEqual(
        fields.map(({ name }) => name),
        ["topic", "count", "done", "log"],
      );
      const set = (name: string, value: string): Promise<unknown> =>
        client.request("setVariable", { variablesReference: scope?.variablesReference, name, value });
      await set("topic", "bees");
      await set("log", '["start"]');
      const next = await client.go("continue");
      assert.equal(next.description, "Before node answer");
      assert.equal((await client.variable("State", "topic")).value, quote("BEES"));
      await client.close();
    });

    it("takes its input whole, and another one at the end on the same thread", async () => {
      const client = await bench.client();
      await client.launch(bench.launch("linear"));
      await assert.rejects(client.evaluate("/input {"), /not JSON/);
      const first = await client.go("langgraph/input", { input: { topic: "bees", log: ["one"] } });
      assert.equal(first.reason, "end");
      const second = await client.go("evaluate", {
        expression: '/input {"topic": "ants", "log": ["two"]}',
        context: "repl",
      });
      assert.equal(second.reason, "end");
      assert.deepEqual(await client.state(), {
        topic: "ANTS",
        count: 2,
        done: true,
        log: ["one", "fetch", "think", "answer", "two", "fetch", "think", "answer"],
      });
      await client.close();
    });
  });
}
