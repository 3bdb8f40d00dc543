// Changing the state by request, over both languages: in place, through reducers, as a node, on a branch; and back.

import assert from "node:assert/strict";
import type { Client } from "../client.ts";
import { ask, told } from "../custom.ts";
import { Bench, type Language, languages } from "../languages.ts";

for (const language of languages) {
  describe(`changing the state by request in ${language.name}`, () => {
    const bench = Bench.in(language);
    const { quote } = language;

    it("sets keys, adds through reducers, takes both back, and says before what it does", async () => {
      const client = await bench.client();
      const trace = bench.trace();
      const { program, line } = bench.fixture("linear");
      await client.breakpoints(program, [{ line: line("think") }]);
      const input = { topic: "bees", log: ["start"] };
      await client.launch(bench.launch("linear", { input, env: trace.env }));
      const before = await client.state();
      const set = { values: { count: 7, log: ["new"] }, mode: "set" as const };
      const dry = await ask(client, "langgraph/updateState", { ...set, dryRun: true });
      assert.deepEqual(dry.effects, [
        "Sets count and log at this checkpoint, whatever the reducers.",
        "What comes next stays: think.",
      ]);
      assert.deepEqual(await client.state(), before);

      const stop = await client.go("langgraph/updateState", set);
      assert.deepEqual(told(stop), ["breakpoint", "Before node think"]);
      assert.deepEqual(await client.state(), { ...before, count: 7, log: ["new"] });
      await client.go("langgraph/updateState", { values: { log: ["more"] }, mode: "reduce" });
      assert.deepEqual((await client.state()).log, ["new", "more"]);
      await client.evaluate(`topic = ${quote("wasps")}`);

      // All or nothing: the second of these is refused.
      const bad = { values: { count: 1, nobody: 2 } };
      await assert.rejects(
        ask(client, "langgraph/updateState", bad),
        /no key "nobody".* topic, count, done, log/,
      );
      await assert.rejects(
        ask(client, "langgraph/updateState", { values: null }),
        /"values" must be an object/,
      );
      const other = { values: {}, namespace: "other:1" };
      await assert.rejects(ask(client, "langgraph/updateState", other), /namespace "other:1"/);
      assert.equal((await client.state()).count, 7);

      // What was changed by one request is taken back by one.
      client.markNow();
      assert.deepEqual(await ask(client, "langgraph/undoEdit", {}), { left: 3 });
      assert.deepEqual(told(await client.event("stopped")), ["breakpoint", "Before node think"]);
      assert.equal((await client.state()).topic, "BEES");
      assert.deepEqual(await ask(client, "langgraph/undoEdit", {}), { left: 2 });
      assert.deepEqual(await ask(client, "langgraph/undoEdit", {}), { left: 0 });
      assert.deepEqual(await client.state(), before);
      await assert.rejects(ask(client, "langgraph/undoEdit", {}));

      await client.go("langgraph/updateState", { values: { count: 41 } });
      assert.equal((await client.go("continue")).reason, "end");
      assert.equal((await client.state()).count, 42);
      assert.deepEqual(trace.runs(), { fetch: 1, think: 1, answer: 1 });
      await client.close();
    });

    it("refuses what the schema does not take, and leaves all as it was", async () => {
      const client = await bench.client();
      const input = { customer: { name: "Ada", age: 36 } };
      await client.launch(bench.launch("typed_state", { input, stopOnEntry: true }));
      const before = await client.state();
      const values = { tags: ["new"], customer: { name: "Ada", age: -1 } };
      await assert.rejects(ask(client, "langgraph/updateState", { values }), /age/);
      assert.deepEqual(await client.state(), before);
      await client.close();
    });

    it("keeps what waits and what has finished, unless it acts as a node, which says what is lost", async () => {
      const client = await bench.client();
      const trace = bench.trace();
      const stop = await client.launch(bench.launch("parallel_interrupts", { input: {}, env: trace.env }));
      assert.match(stop.description, /^Waiting for input: .* \(and 1 more\)$/);
      await client.go("langgraph/updateState", { values: { result: "none yet" } });
      assert.equal((await ask(client, "langgraph/interrupts", {})).interrupts.length, 2);
      const as = { values: { votes: ["chair: yes"] }, asNode: "robot" };
      const { effects } = await ask(client, "langgraph/updateState", { ...as, dryRun: true });
      const [writes, waits, done] = effects;
      assert.equal(writes, "Writes votes as node robot, through the reducer.");
      assert.match(
        waits ?? "",
        /^Discards the questions of (legal and budget|budget and legal), and what was/,
      );
      // What LangGraph does itself: Python's `update_state` drops it, LangGraph.js's takes it in.
      const keeps = language.name === "TypeScript";
      assert.equal(
        done,
        `${keeps ? "Keeps" : "Loses"} the result of robot, which has finished in this step.`,
      );
      await assert.rejects(
        ask(client, "langgraph/updateState", { ...as, asNode: "nobody" }),
        /"nobody".*legal, budget/,
      );
      await assert.rejects(
        ask(client, "langgraph/updateState", { ...as, mode: "set" }),
        /"mode" can't be "set"/,
      );
      await client.go("langgraph/updateState", { ...as, asNode: "count" });
      assert.deepEqual((await ask(client, "langgraph/interrupts", {})).interrupts, []);
      assert.deepEqual((await client.state()).votes, [...(keeps ? ["robot: yes"] : []), "chair: yes"]);
      assert.equal(trace.runs().count, undefined);
      await client.close();
    });

    it("makes a branch from a checkpoint of the past, which is compared with the other", async () => {
      const client = await bench.client();
      const trace = bench.trace();
      const input = { topic: "bees", log: ["start"] };
      await client.launch(bench.launch("linear", { input, env: trace.env }));
      const { entries, live } = await ask(client, "langgraph/timeline", {});
      const fetched = entries.find(({ tasks }) => tasks[0]?.node === "fetch")?.id ?? "";
      const set = { values: { count: 100 }, checkpointId: fetched };
      assert.deepEqual((await ask(client, "langgraph/updateState", { ...set, dryRun: true })).effects, [
        "Makes a branch from step 1; what ran after it stays in the history.",
        "Sets count at this checkpoint, whatever the reducer.",
        "What comes next stays: think.",
      ]);
      await assert.rejects(
        ask(client, "langgraph/updateState", { ...set, values: { nobody: 1 } }),
        /no key "nobody"/,
      );
      await assert.rejects(
        ask(client, "langgraph/updateState", { ...set, checkpointId: "x" }),
        /no checkpoint x/,
      );
      assert.equal((await ask(client, "langgraph/timeline", {})).cursor, live);
      assert.deepEqual(told(await client.go("langgraph/updateState", set)), [
        "goto",
        "Moved to before node think",
      ]);
      assert.equal((await client.state()).count, 100);
      assert.equal((await client.go("continue")).reason, "end");
      const now = await ask(client, "langgraph/timeline", {});
      assert.equal(now.total, entries.length + 3);
      const { changes } = await ask(client, "langgraph/diff", {
        from: { checkpointId: live ?? "" },
        to: { checkpointId: now.live ?? "" },
      });
      assert.deepEqual(changes, [{ key: "count", path: [], change: "changed", from: 2, to: 101 }]);
      assert.deepEqual(trace.runs(), { fetch: 1, think: 2, answer: 2 });

      // As a node, from the past.
      const as = { values: { count: 5, log: ["by hand"] }, asNode: "think", checkpointId: fetched };
      const stop = await client.go("langgraph/updateState", as);
      assert.deepEqual(told(stop), ["goto", "Updated as think, now before node answer"]);
      assert.deepEqual((await client.state()).log, ["start", "fetch", "by hand"]);
      const last = await client.go("langgraph/updateState", { values: null, asNode: "answer" });
      assert.equal(last.description, "Updated as answer, now: The run has ended");

      // Nodes of one's choice come next, with an update; what came next there does not.
      const jump = { values: { log: ["jump"] }, mode: "reduce" as const, goto: ["fetch", "answer"] };
      const there = { ...jump, checkpointId: fetched };
      await assert.rejects(ask(client, "langgraph/updateState", { ...there, goto: ["nobody"] }), /"nobody"/);
      await assert.rejects(
        ask(client, "langgraph/updateState", { values: {}, asNode: "think", goto: ["fetch"] }),
        /"goto" can't be together with "asNode"/,
      );
      assert.deepEqual((await ask(client, "langgraph/updateState", { ...there, dryRun: true })).effects, [
        "Makes a branch from step 1; what ran after it stays in the history.",
        "Adds to log at this checkpoint, through the reducer.",
        "fetch and answer come next.",
        "Does not run think, which came next there.",
      ]);
      const jumped = await client.go("langgraph/updateState", there);
      assert.equal(jumped.reason, "goto");
      assert.match(jumped.description ?? "", /^Jumped to before nodes (fetch, answer|answer, fetch)$/);
      const { fetch = 0, think = 0, answer = 0 } = trace.runs();
      await client.go("next", { threadId: 1 });
      const both = [...((await client.state()).log as string[])].sort();
      assert.deepEqual(both, ["answer", "fetch", "fetch", "jump", "start"]);
      assert.equal((await client.go("continue")).reason, "end");
      assert.deepEqual(trace.runs(), { fetch: fetch + 1, think: think + 1, answer: answer + 2 });
      await client.close();
    });

    it("works inside a subgraph, at the stop and from its past", async () => {
      const client = await bench.client();
      const { program, line } = bench.fixture("subgraph");
      await client.breakpoints(program, [{ line: line("shout") }]);
      await client.launch(bench.launch("subgraph", { input: { text: "hello" } }));
      const { tasks } = await ask(client, "langgraph/graph", {});
      const namespace = tasks.find(({ node }) => node === "shout")?.namespace ?? "";
      const { entries } = await ask(client, "langgraph/timeline", { namespace });
      await client.go("langgraph/updateState", { values: { scratch: "bye" }, namespace });
      assert.equal((await client.evaluate("scratch")).result, quote("bye"));
      client.markNow();
      await ask(client, "langgraph/undoEdit", {});
      await client.event("stopped");
      assert.equal((await client.evaluate("scratch")).result, quote("hello"));
      await setsOneValue(client, language);
      const as = { values: { scratch: "as clean" }, asNode: "clean", namespace };
      const there = await client.go("langgraph/updateState", as);
      assert.equal(there.description, "Updated as clean, now before node child:shout");
      assert.equal((await client.evaluate("scratch")).result, quote("as clean"));
      assert.equal((await client.go("continue")).reason, "end");
      assert.equal((await client.state()).text, "AS CLEAN!");

      // The subgraph has ended; before its first node it is gone back to, and the root's run with it.
      const first = entries.find(({ step }) => step === 0)?.id ?? "";
      const change = { values: { text: " good evening " }, namespace, checkpointId: first };
      assert.equal(
        (await client.go("langgraph/updateState", change)).description,
        "Moved to before node child:clean",
      );
      assert.equal((await client.go("continue")).description, "Before node child:shout");
      assert.equal((await client.evaluate("scratch")).result, quote("good evening"));
      assert.equal((await client.go("continue")).reason, "end");
      assert.equal((await client.state()).text, "GOOD EVENING!");
      const skip = { values: { scratch: "jumped" }, goto: ["shout"], namespace, checkpointId: first };
      assert.equal(
        (await client.go("langgraph/updateState", skip)).description,
        "Jumped to before node child:shout",
      );
      assert.equal((await client.go("continue")).reason, "end");
      assert.equal((await client.state()).text, "JUMPED!");
      await client.close();
    });
  });
}

/** Of the graph around the one at the stop. In Python a value stands beside it that JSON has no word for. */
async function setsOneValue(client: Client, { name }: Language): Promise<void> {
  const around = async () => (await client.frames())[1]?.id ?? 0;
  const [value, before, after] =
    name === "Python"
      ? ['[__import__("datetime").date(2026, 1, 2), "a"]', "[datetime.date(2026, 1, 2), 'a']", "'b'"]
      : ['["day", "a"]', '(2) ["day", "a"]', '"b"'];
  await client.request("setExpression", { frameId: await around(), expression: "log", value });
  const set = { path: ["log", 1], value: "b", namespace: "" };
  assert.deepEqual((await ask(client, "langgraph/setValue", { ...set, dryRun: true })).effects, [
    "Sets log[1] at this checkpoint.",
    "What comes next stays: child.",
  ]);
  assert.equal((await client.evaluate("log", "repl", await around())).result, before);
  const stop = await client.go("langgraph/setValue", set);
  assert.equal(stop.description, "Before node child:shout");
  const now = before?.replace(/.a.\]$/, `${after}]`);
  assert.equal((await client.evaluate("log", "repl", await around())).result, now);
  await assert.rejects(ask(client, "langgraph/setValue", { ...set, path: ["log", 7] }), /"7"/);
  await assert.rejects(ask(client, "langgraph/setValue", { ...set, path: [] }), /"path" must be/);
}
