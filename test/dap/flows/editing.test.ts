// Changing the state where the run stands, over both languages: the same stop, and the run goes on with the new value.

import assert from "node:assert/strict";
import type { DebugProtocol } from "@vscode/debugprotocol";
import { type Client, RequestFailed } from "../client.ts";
import { Bench, languages } from "../languages.ts";

type Set = DebugProtocol.SetVariableResponse["body"];

for (const language of languages) {
  describe(`changing the state in ${language.name}`, () => {
    const bench = Bench.in(language);
    const { quote } = language;
    const input = { topic: "bees", log: ["start"] };

    const stateReference = async (client: Client, frame = 0): Promise<number> => {
      const frameId = (await client.frames())[frame]?.id ?? 0;
      return (await client.scopes(frameId)).find(({ name }) => name === "State")?.variablesReference ?? 0;
    };

    it("sets a variable at any depth; the same stop stays, and the run uses the value", async () => {
      const client = await bench.client();
      const trace = bench.trace();
      const { program, line } = bench.fixture("linear");
      await client.breakpoints(program, [{ line: line("think") }]);
      const stop = await client.launch(bench.launch("linear", { input, env: trace.env }));
      const frames = await client.frames();
      const before = await client.variable("Checkpoint", "id");
      const state = await stateReference(client);
      const count = await client.variable("State", "count");
      assert.deepEqual(count.presentationHint?.attributes ?? [], []);
      client.markNow();
      const set = await client.request<Set>("setVariable", {
        variablesReference: state,
        name: "count",
        value: "20 + 1",
      });
      assert.equal(set.value, "21");
      assert.deepEqual(await client.event("invalidated"), { areas: ["variables"] });
      const log = (await client.variable("State", "log")).variablesReference;
      const [, second] = await client.variables(log);
      const item = await client.request<Set>("setVariable", {
        variablesReference: log,
        name: second?.name,
        value: quote("found"),
      });
      assert.equal(item.value, quote("found"));
      // What the client was given before the edit is still good.
      assert.equal((await client.scopes(frames[0]?.id ?? 0)).length, 3);
      assert.equal((await client.variable("Checkpoint", "id")).value, before.value);
      assert.equal((await client.threads())[0]?.id, stop.threadId);
      assert.equal((await client.go("continue")).reason, "end");
      assert.deepEqual(await client.state(), {
        topic: "BEES",
        count: 22,
        done: true,
        log: ["start", "found", "think", "answer"],
      });
      assert.deepEqual(trace.runs(), { fetch: 1, think: 1, answer: 1 });
      await client.close();
    });

    it("takes assignments in the console, and no comparison for one", async () => {
      const client = await bench.client();
      await client.launch(bench.launch("linear", { input, stopOnEntry: true }));
      assert.equal((await client.evaluate(`topic = ${quote("wasps")}`)).result, quote("wasps"));
      assert.equal((await client.evaluate(`log[0] = ${quote("begin")}`)).result, quote("begin"));
      assert.equal((await client.evaluate(`topic += ${quote(" and bees")}`)).result, quote("wasps and bees"));
      assert.match((await client.evaluate(`topic == ${quote("x")}`)).result, /^false$/i);
      await assert.rejects(client.evaluate(`nobody[0] = 1`), RequestFailed);
      // A watch reads; it changes nothing.
      await assert.rejects(client.evaluate(`topic = ${quote("x")}`, "watch"), RequestFailed);
      const log = (await client.evaluate("log", "watch")).variablesReference;
      assert.deepEqual(
        (await client.variables(log)).map(({ value }) => value),
        [quote("begin")],
      );
      assert.equal((await client.go("continue")).reason, "end");
      assert.equal((await client.state()).topic, "WASPS AND BEES");
      await client.close();
    });

    it("sets what a watch expression stands for", async () => {
      const client = await bench.client();
      await client.launch(bench.launch("linear", { input, stopOnEntry: true }));
      const frameId = (await client.frames())[0]?.id;
      const set = await client.request<Set>("setExpression", {
        expression: "log[0]",
        value: quote("set"),
        frameId,
      });
      assert.equal(set.value, quote("set"));
      assert.deepEqual((await client.state()).log, ["set"]);
      await assert.rejects(
        client.request("setExpression", { expression: "1 + 1", value: "3", frameId }),
        /only a key of the state/,
      );
      await client.close();
    });

    it("refuses what does not fit, and what has passed, with a word on what to do", async () => {
      const client = await bench.client();
      const { program, line } = bench.fixture("linear");
      await client.breakpoints(program, [{ line: line("answer") }]);
      await client.launch(bench.launch("linear", { input }));
      const history = (await client.frames()).findIndex(({ name }) => name === "fetch");
      const past = await stateReference(client, history);
      const [variable] = await client.variables(past);
      assert.deepEqual(variable?.presentationHint?.attributes, ["readOnly"]);
      await assert.rejects(
        client.request("setVariable", { variablesReference: past, name: "count", value: "1" }),
        /Go back there first/,
      );
      const frameId = (await client.frames())[history]?.id;
      await assert.rejects(client.evaluate("count = 1", "repl", frameId), /Go back there first/);
      const state = await stateReference(client);
      await assert.rejects(
        client.request("setVariable", { variablesReference: state, name: "count", value: "1 +" }),
        RequestFailed,
      );
      assert.equal((await client.variable("State", "count")).value, "2");
      await client.close();
    });

    it("refuses a value that the schema of the state does not take", async () => {
      const client = await bench.client();
      const launch = bench.launch("typed_state", {
        input: { customer: { name: "Ada", age: 36 } },
        stopOnEntry: true,
      });
      await client.launch(launch);
      await assert.rejects(client.evaluate('customer["age"] = -1'), /age/);
      assert.equal((await client.evaluate('customer["age"]')).result, "36");
      await client.close();
    });

    it("changes the state before a node that raised, which then runs with it", async () => {
      const client = await bench.client();
      const trace = bench.trace();
      const launch = bench.launch("brittle", { input: { divisor: 0 }, env: trace.env });
      assert.equal((await client.launch(launch)).reason, "exception");
      await client.evaluate("divisor = 6");
      assert.equal((await client.go("continue")).reason, "end");
      assert.equal((await client.state()).summary, "2, steady");
      assert.deepEqual(trace.runs(), { steady: 1, divide: 2, join: 1 });
      await client.close();
    });

    it("changes the state inside a subgraph", async () => {
      const client = await bench.client();
      const { program, line } = bench.fixture("subgraph");
      await client.breakpoints(program, [{ line: line("shout") }]);
      await client.launch(bench.launch("subgraph", { input: { text: "hello" } }));
      await client.evaluate(`scratch = ${quote("bye")}`);
      assert.equal((await client.evaluate("scratch")).result, quote("bye"));
      assert.equal((await client.go("continue")).reason, "end");
      assert.match(String((await client.state()).text), /BYE/);
      await client.close();
    });
  });
}
