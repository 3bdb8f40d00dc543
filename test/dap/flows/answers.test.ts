// Answers over both languages: to several interrupts at once, with a state update and a jump, undone, refused, scripted.

import assert from "node:assert/strict";
import type { DebugProtocol } from "@vscode/debugprotocol";
import type { InterruptsBody } from "../../../src/protocol/dap.ts";
import type { Client } from "../client.ts";
import { Bench, languages } from "../languages.ts";

for (const language of languages) {
  describe(`answers in ${language.name}`, () => {
    const bench = Bench.in(language);

    const waiting = async (client: Client): Promise<InterruptsBody["interrupts"]> =>
      (await client.request<InterruptsBody>("langgraph/interrupts", {})).interrupts;
    const only = async (client: Client): Promise<InterruptsBody["interrupts"][number]> => {
      const [first, ...more] = await waiting(client);
      assert.ok(first && more.length === 0);
      return first;
    };
    const say = (client: Client, expression: string) =>
      client.go("evaluate", { expression, context: "repl" });
    const completions = async (client: Client, text: string): Promise<string[]> => {
      const { targets } = await client.request<DebugProtocol.CompletionsResponse["body"]>("completions", {
        text,
        column: text.length + 1,
      });
      return targets.map(({ label }) => label);
    };
    const votes = async (client: Client): Promise<string[]> => {
      const state = (await client.state()) as { votes: string[] };
      return [...state.votes].sort();
    };

    it("gives each of several interrupts its own answer, all at once", async () => {
      const client = await bench.client();
      await client.launch(bench.launch("parallel_interrupts", { input: {} }));
      const answers = Object.fromEntries((await waiting(client)).map(({ id, node }) => [id, `${node}!`]));
      assert.equal((await client.go("langgraph/resume", { answers })).reason, "end");
      assert.deepEqual(await votes(client), ["budget: budget!", "legal: legal!", "robot: yes"]);
      await client.close();
    });

    it("answers several interrupts with one line of the console, and with an update and a jump", async () => {
      const client = await bench.client();
      const trace = bench.trace();
      const attributes = bench.launch("parallel_interrupts", { input: {}, env: trace.env });
      await client.launch(attributes);
      const both = { legal: true, budget: true };
      const offered = await completions(client, "/resume ");
      assert.deepEqual(offered.slice(0, 2).sort(), ["budget", "legal"]);
      assert.deepEqual(JSON.parse(offered[2] ?? ""), both);
      await assert.rejects(client.evaluate('/resume {"legal": "a", "nobody": "b"}'), /2 interrupts wait/);
      assert.equal((await say(client, '/resume {"legal": "a", "budget": {"b": 1}}')).reason, "end");
      const object = language.name === "Python" ? "{'b': 1}" : "[object Object]";
      assert.deepEqual(await votes(client), [`budget: ${object}`, "legal: a", "robot: yes"]);
      await client.close();

      const other = await bench.client();
      await other.launch({ ...attributes, threadId: "other" });
      assert.equal(trace.runs().count, 1);
      const [offer = ""] = await completions(other, "/command ");
      assert.deepEqual(JSON.parse(offer), { resume: both, update: {}, goto: [] });
      const refused = (line: string, why: RegExp): Promise<void> =>
        assert.rejects(other.evaluate(`/command ${line}`), why);
      await refused("{", /The command is not JSON/);
      await refused('{"update": {}}', /no answer, no update and no node/);
      await refused('{"resume": 1, "update": []}', /"update" must be an object/);
      await refused('{"resume": 1, "goto": [1]}', /"goto" must be the name of a node/);
      await refused('{"resume": 1, "then": 1}', /has no "then"/);
      const command = { resume: { legal: "c", budget: "d" }, update: { votes: ["mine"] }, goto: "count" };
      assert.equal((await say(other, `/command ${JSON.stringify(command)}`)).reason, "end");
      // Next to those that were answered, and after them.
      assert.equal(trace.runs().count, 3);
      const all = await votes(other);
      for (const vote of ["budget: d", "legal: c", "mine"]) assert.ok(all.includes(vote), all.join());
      await other.close();
    });

    it("answers one interrupt of several Send tasks now and the other later, by id and index", async () => {
      const client = await bench.client();
      await client.launch(bench.launch("send_interrupts", { input: { names: ["a", "b"] } }));
      const asked = await waiting(client);
      const of = (value: string) => asked.find((each) => each.value === value);
      const [a, b] = [of("Do A?"), of("Do B?")];
      assert.ok(a && b);
      const rest = await client.go("langgraph/resume", { answers: { [`${b.id}#0`]: "later" } });
      assert.equal(rest.reason, "interrupt");
      assert.deepEqual(
        (await waiting(client)).map(({ id }) => id),
        [a.id],
      );
      await assert.rejects(
        client.request("langgraph/resume", { answers: { [b.id]: "again" } }),
        /No interrupt .* waits/,
      );
      assert.equal((await client.go("langgraph/resume", { answers: { [a.id]: "now" } })).reason, "end");
      const state = (await client.state()) as { done: string[] };
      assert.deepEqual([...state.done].sort(), ["A: now", "B: later"]);
      await client.close();
    });

    it("sends answers set in the Interrupts scopes together when the run goes on", async () => {
      const client = await bench.client();
      await client.launch(bench.launch("parallel_interrupts", { input: {} }));
      for (const { id, name } of await client.threads()) {
        if (name === "robot") continue;
        const [frame] = await client.frames(id);
        const scopes = await client.scopes(frame?.id ?? 0);
        const scope = scopes.find((each) => each.name === "Interrupts");
        const [asked] = await client.variables(scope?.variablesReference ?? 0);
        await client.request("setVariable", {
          variablesReference: asked?.variablesReference,
          name: "answer",
          value: `"${name} says so"`,
        });
      }
      assert.equal((await client.go("continue")).reason, "end");
      assert.deepEqual(await votes(client), ["budget: budget says so", "legal: legal says so", "robot: yes"]);
      await client.close();
    });

    it("refuses an answer meant for a question that has been answered since", async () => {
      const client = await bench.client();
      await client.launch(bench.launch("two_interrupts", { input: {} }));
      const { id } = await only(client);
      await client.go("langgraph/resume", { answers: { [`${id}#0`]: "Ada" } });
      await assert.rejects(
        client.request("langgraph/resume", { answers: { [`${id}#0`]: "Bob" } }),
        /ask has this answer already|No interrupt .* waits/,
      );
      // One language gives the next question of a task another id, the other only another index.
      const next = await only(client);
      assert.equal(next.index, 1);
      const end = await client.go("langgraph/resume", { answers: { [`${next.id}#1`]: 36 } });
      assert.equal(end.reason, "end");
      assert.equal(((await client.state()) as { name: string }).name, "Ada");
      await client.close();
    });

    it("counts the tries of a node that asks again, and tells the answers before", async () => {
      const client = await bench.client();
      await client.launch(bench.launch("validation_loop", { input: {} }));
      assert.equal((await only(client)).tries, 1);
      await say(client, "/resume -1");
      const again = await only(client);
      assert.deepEqual([again.tries, again.earlier], [2, [-1]]);
      await say(client, '/resume "old"');
      const third = await only(client);
      assert.deepEqual([third.tries, third.earlier], [3, [-1, "old"]]);
      assert.match(client.output("console"), /ask_age asks again \(try 3\); it was answered "old" before/);
      const [asked] = await client.scope("Interrupts");
      const parts = await client.variables(asked?.variablesReference ?? 0);
      assert.deepEqual(
        parts.map(({ name, value }) => [name, name === "value" || name === "id" ? "" : value]),
        [
          ["value", ""],
          ["answer", "(none yet)"],
          ["id", ""],
          ["index", "2"],
          ["node", "ask_age"],
          ["tries", "3"],
          ["earlier", '[-1,"old"]'],
        ],
      );
      assert.equal((await say(client, "/resume 36")).reason, "end");
      await client.close();
    });

    it("counts the tries of each question that a helper function asks", async () => {
      const client = await bench.client();
      await client.launch(bench.launch("asked_in_helper", { input: {} }));
      const seen: unknown[] = [];
      for (const answer of ["", "Ada", "", "Rome"]) {
        const { tries, value, index } = await only(client);
        seen.push([index, tries, value]);
        await say(client, `/resume ${JSON.stringify(answer)}`);
      }
      assert.deepEqual(seen, [
        [0, 1, "What is your name?"],
        [1, 2, "That is no answer. What is your name?"],
        [2, 1, "Where do you live?"],
        [3, 2, "That is no answer. Where do you live?"],
      ]);
      assert.deepEqual(await client.state(), { text: "Ada of Rome" });
      await client.close();
    });

    it("refuses what does not fit the schema of the answer, by each way, and sends nothing", async () => {
      const client = await bench.client();
      const trace = bench.trace();
      await client.launch(bench.launch("form_interrupt", { input: {}, env: trace.env }));
      const { id, responseSchema } = await only(client);
      assert.ok(responseSchema);
      const wrong = { size: "huge", count: 2 };
      await assert.rejects(client.request("langgraph/resume", { answers: { [id]: wrong } }), /size: /);
      await assert.rejects(client.evaluate(`/resume ${JSON.stringify(wrong)}`), /was not sent: size: /);
      await assert.rejects(client.evaluate('/resume {"count": 2}'), /required/);
      const [asked] = await client.scope("Interrupts");
      const set = (value: string) =>
        client.request("setVariable", {
          variablesReference: asked?.variablesReference,
          name: "answer",
          value,
        });
      await assert.rejects(set('{"size": "small", "count": 0}'), /count: /);
      assert.deepEqual(trace.runs(), { ask: 1 });
      await set('{"size": "small", "count": 2}');
      assert.equal((await client.go("continue")).reason, "end");
      assert.equal(((await client.state()) as { text: string }).text, "2 small");
      await client.close();
    });

    it("answers, updates the state and jumps with one command", async () => {
      const client = await bench.client();
      const trace = bench.trace();
      await client.launch(bench.launch("review", { input: {}, env: trace.env }));
      const { id } = await only(client);
      const end = await client.go("langgraph/resume", {
        answers: { [id]: "yes" },
        update: { draft: "Dear Bob" },
      });
      assert.equal(end.reason, "end");
      assert.deepEqual(await client.state(), { draft: "Dear Bob", approved: true, sent: "Dear Bob" });
      await client.close();
      const other = await bench.client();
      await other.launch(bench.launch("review", { input: {}, env: trace.env }));
      const asked = await only(other);
      // Both launches have written once; now the node runs again, and what follows it asks again.
      assert.equal(trace.runs().write, 2);
      const again = await other.go("langgraph/resume", { answers: { [asked.id]: "no" }, goto: ["write"] });
      assert.deepEqual([again.reason, trace.runs().write], ["interrupt", 3]);
      await other.close();
    });

    it("brings any answer through as it is", async () => {
      const client = await bench.client();
      await client.launch(bench.launch("falsy_answers", { input: { answers: [] } }));
      const given = [[], {}, "é\n".repeat(524_288), { nested: [null, false, 0, "", "1"] }];
      for (const answer of given) {
        const { id, index } = await only(client);
        await client.go("langgraph/resume", { answers: { [`${id}#${index}`]: answer } });
      }
      assert.deepEqual(await client.state(), { answers: given });
      await client.close();
    });

    it("undoes an answer, and takes another on a branch", async () => {
      const client = await bench.client();
      const trace = bench.trace();
      await client.launch(bench.launch("review", { input: {}, env: trace.env }));
      await assert.rejects(client.evaluate("/undo"), /No answer was given/);
      assert.equal((await say(client, "/resume no")).reason, "end");
      const back = await say(client, "/undo");
      assert.equal(back.description, "Answer undone: Before node review".replace(": B", " b"));
      assert.deepEqual(trace.runs(), { write: 1, review: 2, send: 1 });
      const asks = await client.go("continue");
      assert.equal(asks.description, "Waiting for input: Approve the draft?");
      assert.equal((await say(client, "/resume yes")).reason, "end");
      assert.deepEqual(await client.state(), { draft: "Dear Ada", approved: true, sent: "Dear Ada" });
      const again = await client.go("langgraph/undo", {});
      assert.match(again.description, /before node review/);
      await assert.rejects(client.evaluate("/undo"), /No answer was given/);
      await client.close();
    });

    it("undoes one of two answers while the other question waits", async () => {
      const client = await bench.client();
      await client.launch(bench.launch("parallel_interrupts", { input: {} }));
      await say(client, "/resume legal no");
      await say(client, "/undo");
      const both = await client.go("continue");
      assert.match(both.description, /and 1 more/);
      await say(client, "/resume legal yes");
      assert.equal((await say(client, "/resume yes")).reason, "end");
      assert.deepEqual(await votes(client), ["budget: yes", "legal: yes", "robot: yes"]);
      await client.close();
    });

    it("steps back to before an answer, too", async () => {
      const client = await bench.client();
      const { program, line } = bench.fixture("review");
      await client.breakpoints(program, [{ line: line("send") }]);
      await client.launch(bench.launch("review", { input: {} }));
      assert.equal((await say(client, "/resume no")).description, "Before node send");
      const back = await client.go("stepBack", { threadId: 1 });
      assert.equal(back.description, "Back before node review");
      assert.equal((await client.go("continue")).reason, "interrupt");
      await say(client, "/resume yes");
      assert.equal((await client.go("continue")).reason, "end");
      assert.equal(((await client.state()) as { sent: string }).sent, "Dear Ada");
      await client.close();
    });

    it("reports the breakpoint on the line that asks as hit", async () => {
      const client = await bench.client();
      const { program, line } = bench.fixture("two_interrupts");
      const [first, second] = await client.breakpoints(program, [
        { line: line("ask.first") },
        { line: line("ask.second") },
      ]);
      const stop = await client.launch(bench.launch("two_interrupts", { input: {} }));
      assert.deepEqual([stop.reason, stop.hitBreakpointIds], ["interrupt", [first?.id]]);
      const next = await say(client, "/resume Ada");
      assert.deepEqual([next.reason, next.hitBreakpointIds], ["interrupt", [second?.id]]);
      await client.close();
    });

    it("asks when an answer of the launch configuration does not fit, and says why", async () => {
      const client = await bench.client();
      const resume = { ask: [{ size: "huge" }, { size: "large", count: 1 }] };
      const stop = await client.launch(bench.launch("form_interrupt", { input: {}, resume }));
      assert.equal(stop.reason, "interrupt");
      assert.match(client.output("stderr"), /resume: This answer does not fit.*size/);
      assert.equal((await say(client, '/resume {"size": "small", "count": 3}')).reason, "end");
      await client.close();
    });

    it("repeats a run of several questions by node, without hands", async () => {
      const client = await bench.client();
      const resume = { legal: "scripted", budget: [false] };
      const end = await client.launch(bench.launch("parallel_interrupts", { input: {}, resume }));
      assert.equal(end.reason, "end");
      const no = language.name === "Python" ? "False" : "false";
      assert.deepEqual(await votes(client), [`budget: ${no}`, "legal: scripted", "robot: yes"]);
      await client.close();
    });
  });
}
