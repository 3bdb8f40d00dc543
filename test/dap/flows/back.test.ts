// Going back and elsewhere over both languages: nothing runs until the user goes on, and then a branch is made.

import assert from "node:assert/strict";
import type { DebugProtocol } from "@vscode/debugprotocol";
import type { Client, StoppedBody } from "../client.ts";
import { Bench, languages } from "../languages.ts";

for (const language of languages) {
  describe(`going back in ${language.name}`, () => {
    const bench = Bench.in(language);
    const input = { topic: "bees", log: ["start"] };

    const told = ({ reason, description }: StoppedBody): string[] => [reason, description];
    const names = async (client: Client): Promise<string[]> =>
      (await client.frames()).map(({ name }) => name);
    const targets = async (
      client: Client,
      path: string,
      line: number,
    ): Promise<DebugProtocol.GotoTarget[]> => {
      const body = await client.request<DebugProtocol.GotoTargetsResponse["body"]>("gotoTargets", {
        source: { path },
        line,
      });
      return body.targets;
    };

    it("steps back to the start, runs nothing, and goes on from there", async () => {
      const client = await bench.client();
      const trace = bench.trace();
      const { program, line } = bench.fixture("linear");
      await client.breakpoints(program, [{ line: line("answer") }]);
      await client.launch(bench.launch("linear", { input, env: trace.env }));
      const back = await client.go("stepBack", { threadId: 1 });
      assert.deepEqual(told(back), ["step", "Back before node think"]);
      assert.deepEqual((await client.state()).log, ["start", "fetch"]);
      assert.deepEqual(await names(client), ["think", "graph", "Steps taken", "fetch", "input"]);
      assert.deepEqual(told(await client.go("stepBack", { threadId: 1 })), [
        "step",
        "Back before node fetch",
      ]);
      await assert.rejects(client.request("stepBack", { threadId: 1 }), /start|no step/);
      assert.deepEqual(trace.runs(), { fetch: 1, think: 1 });
      assert.equal((await client.go("next")).description, "Before node think");
      assert.equal((await client.go("continue")).description, "Before node answer");
      assert.deepEqual(trace.runs(), { fetch: 2, think: 2 });
      assert.equal((await client.go("continue")).reason, "end");
      assert.deepEqual((await client.state()).log, ["start", "fetch", "think", "answer"]);
      await client.close();
    });

    it("steps back from the end", async () => {
      const client = await bench.client();
      await client.launch(bench.launch("linear", { input }));
      const back = await client.go("stepBack", { threadId: 1 });
      assert.deepEqual(told(back), ["step", "Back before node answer"]);
      assert.equal((await client.go("continue")).reason, "end");
      await client.close();
    });

    it("takes requests one after another, also when they come all at once", async () => {
      const client = await bench.client();
      const trace = bench.trace();
      await client.launch(bench.launch("linear", { input, env: trace.env }));
      client.markNow();
      await Promise.all([
        client.request("stepBack", { threadId: 1 }),
        client.request("stepBack", { threadId: 1 }),
        client.request("continue", { threadId: 1 }),
      ]);
      await client.event("stopped", ({ reason }) => reason === "end");
      assert.deepEqual(trace.runs(), { fetch: 1, think: 2, answer: 2 });
      await client.close();
    });

    it("goes back to the last breakpoint that was met, else to the start", async () => {
      const client = await bench.client();
      const { program, line } = bench.fixture("loop");
      const [work] = await client.breakpoints(program, [
        { line: line("work"), condition: "count == 1" },
        { line: line("again.add"), logMessage: "passed" },
      ]);
      const met = await client.launch(bench.launch("loop", { input: { count: 0, limit: 4 } }));
      assert.equal(met.description, "Before node work");
      assert.equal((await client.go("continue")).reason, "end");
      const back = await client.go("reverseContinue", { threadId: 1 });
      assert.deepEqual(told(back), ["breakpoint", "Back before node work"]);
      assert.deepEqual(back.hitBreakpointIds, [work?.id]);
      assert.equal((await client.evaluate("count", "watch")).result, "1");
      const start = await client.go("reverseContinue", { threadId: 1 });
      assert.deepEqual(told(start), ["entry", "Back before node work"]);
      assert.equal((await client.evaluate("count", "watch")).result, "0");
      await client.close();
    });

    it("goes back to where it stopped after a node, with what that wrote", async () => {
      const client = await bench.client();
      const { program, line } = bench.fixture("linear");
      const [fetch] = await client.breakpoints(program, [{ line: line("fetch.return") }]);
      await client.launch(bench.launch("linear", { input }));
      await client.go("continue");
      const back = await client.go("reverseContinue", { threadId: 1 });
      assert.deepEqual(told(back), ["breakpoint", "Back after node fetch"]);
      assert.deepEqual(back.hitBreakpointIds, [fetch?.id]);
      const [top] = await client.frames();
      assert.deepEqual([top?.name, top?.line], ["fetch", line("fetch.return")]);
      assert.deepEqual(
        (await client.scope("Writes")).map(({ name }) => name),
        ["fetch"],
      );
      assert.equal((await client.go("next")).description, "Before node answer");
      await client.close();
    });

    it("runs a step again from its frame in the call stack", async () => {
      const client = await bench.client();
      const trace = bench.trace();
      const { program, line } = bench.fixture("linear");
      await client.breakpoints(program, [{ line: line("answer") }]);
      await client.launch(bench.launch("linear", { input, env: trace.env }));
      const frames = await client.frames();
      assert.deepEqual(
        frames.map(({ name, canRestart }) => [name, canRestart]),
        [
          ["answer", true],
          ["graph", false],
          ["Steps taken", false],
          ["think", true],
          ["fetch", true],
          ["input", false],
        ],
      );
      const again = await client.go("restartFrame", { frameId: frames[4]?.id });
      assert.deepEqual(told(again), ["restart", "Again before node fetch"]);
      assert.deepEqual((await client.state()).log, ["start"]);
      await client.go("continue");
      assert.deepEqual(trace.runs(), { fetch: 2, think: 2 });
      const graph = (await client.frames())[1];
      await assert.rejects(client.request("restartFrame", { frameId: graph?.id }), /Only a node/);
      await client.close();
    });

    it("begins a node anew that waits for an answer", async () => {
      const client = await bench.client();
      await client.launch(bench.launch("review", { input: {} }));
      const [top] = await client.frames();
      const again = await client.go("restartFrame", { frameId: top?.id });
      assert.deepEqual(told(again), ["restart", "Again before node review"]);
      assert.equal((await client.go("continue")).description, "Waiting for input: Approve the draft?");
      await client.close();
    });

    it("jumps to a node that is chosen by its line", async () => {
      const client = await bench.client();
      const trace = bench.trace();
      const { program, line } = bench.fixture("linear");
      await client.launch(bench.launch("linear", { input, stopOnEntry: true, env: trace.env }));
      const stop = await client.go("next");
      const found = await targets(client, program, line("answer.return"));
      assert.deepEqual(
        found.map(({ label }) => label),
        ["answer", "think", "fetch"],
      );
      const [named, ...others] = await targets(client, program, line("answer"));
      assert.deepEqual([named?.label, others], ["answer", []]);
      assert.deepEqual(await targets(client, bench.fixture("loop").program, 1), []);
      const there = await client.go("goto", { threadId: stop.threadId, targetId: found[0]?.id });
      assert.deepEqual(told(there), ["goto", "Jumped to before node answer"]);
      await assert.rejects(
        client.request("goto", { threadId: there.threadId, targetId: found[0]?.id }),
        /earlier stop/,
      );
      assert.equal((await client.go("continue")).reason, "end");
      assert.deepEqual(trace.runs(), { fetch: 1, answer: 1 });
      await client.close();
    });

    it("goes back inside a subgraph, and out of it", async () => {
      const client = await bench.client();
      const trace = bench.trace();
      const { program, line } = bench.fixture("subgraph");
      await client.breakpoints(program, [{ line: line("shout") }]);
      const launch = bench.launch("subgraph", { input: { text: "hello" }, env: trace.env });
      const stop = await client.launch(launch);
      assert.equal(stop.description, "Before node child:shout");
      const found = await targets(client, program, line("clean") + 1);
      assert.ok(found.some(({ label }) => label === "child:shout"));
      assert.ok(found.some(({ label }) => label === "after"));
      const back = await client.go("stepBack", { threadId: stop.threadId });
      assert.equal(back.description, "Back before node child:clean");
      const out = await client.go("stepBack", { threadId: back.threadId });
      assert.equal(out.description, "Back before node child");
      const runs = trace.runs();
      assert.equal((await client.go("continue")).description, "Before node child:shout");
      assert.equal(trace.runs().clean, (runs.clean ?? 0) + 1);
      assert.equal((await client.go("continue")).reason, "end");
      await client.close();
    });

    it("goes back to a breakpoint in a subgraph that has ended", async () => {
      const client = await bench.client();
      const { program, line } = bench.fixture("nested");
      const set = await client.breakpoints(program, [{ line: line("dig") }, { line: line("lower_start") }]);
      await client.launch(bench.launch("nested", { input: { depth: 0 } }));
      await client.go("continue");
      assert.equal((await client.go("continue")).reason, "end");
      const bottom = await client.go("reverseContinue", { threadId: 1 });
      assert.equal(bottom.description, "Back before node upper:lower:bottom:dig");
      assert.deepEqual(bottom.hitBreakpointIds, [set[0]?.id]);
      const lower = await client.go("reverseContinue", { threadId: bottom.threadId });
      assert.equal(lower.description, "Back before node upper:lower:lower_start");
      assert.deepEqual(lower.hitBreakpointIds, [set[1]?.id]);
      const start = await client.go("reverseContinue", { threadId: lower.threadId });
      assert.deepEqual(told(start), ["entry", "Back before node upper"]);
      assert.equal((await client.go("continue")).description, "Before node upper:lower:lower_start");
      assert.equal((await client.go("continue")).description, "Before node upper:lower:bottom:dig");
      assert.equal((await client.go("continue")).reason, "end");
      await client.close();
    });

    it("no more asks for an answer where nothing waits for one", async () => {
      const client = await bench.client();
      await client.launch(bench.launch("review", { input: {} }));
      await client.event("langgraph/interrupts", ({ interrupts }) => interrupts.length === 1);
      assert.equal((await client.go("stepBack", { threadId: 1 })).description, "Back before node review");
      await client.event("langgraph/interrupts", ({ interrupts }) => interrupts.length === 0);
      await client.close();
    });

    it("goes back to before a node from a graph in it that keeps no checkpoints", async () => {
      const client = await bench.client();
      const names = [{ name: "child:second" }];
      await client.request("setFunctionBreakpoints", { breakpoints: names });
      const stop = await client.launch(bench.launch("subgraph_no_checkpointer", { input: { value: 1 } }));
      assert.equal(stop.description, "Before node child:second");
      const back = await client.go("stepBack", { threadId: stop.threadId });
      assert.equal(back.description, "Back before node child");
      assert.equal(
        (await client.go("stepBack", { threadId: back.threadId })).description,
        "Back before node before",
      );
      assert.equal((await client.go("continue")).description, "Before node child:second");
      await client.close();
    });

    it("opens a thread where it was left after going back", async () => {
      const client = await bench.client();
      await client.launch(bench.launch("linear", { input, threadId: "back" }));
      await client.go("stepBack", { threadId: 1 });
      await client.close();
      const again = await bench.client();
      const stop = await again.launch(bench.launch("linear", { threadId: "back" }));
      assert.deepEqual(told(stop), ["entry", "Before node answer"]);
      await again.close();
    });

    it("says what to do where there is no step to go back to", async () => {
      const client = await bench.client();
      await client.launch(bench.launch("linear"));
      await assert.rejects(client.request("stepBack", { threadId: 1 }), /waits for its input/);
      await assert.rejects(client.request("reverseContinue", { threadId: 1 }), /waits for its input/);
      await client.close();
    });
  });
}
