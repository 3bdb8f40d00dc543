// One flow over both languages: launch, stop in the gutter, look, step, answer, end.

import assert from "node:assert/strict";
import { Gate } from "../../fixtures/gate.ts";
import { RequestFailed } from "../client.ts";
import { Bench, languages } from "../languages.ts";

for (const language of languages) {
  describe(`a run in ${language.name}`, () => {
    const bench = Bench.in(language);
    const { quote } = language;
    const input = { topic: "bees", log: ["start"] };

    it("stops at a breakpoint, shows the state, goes on, and ends", async () => {
      const client = await bench.client();
      const { program, line } = bench.fixture("linear");
      const [breakpoint] = await client.breakpoints(program, [{ line: line("think") }]);
      assert.equal(breakpoint?.verified, true);
      // A node of the same name in another file is another node.
      const other = bench.copy("linear");
      await client.breakpoints(other.program, [{ line: other.line("fetch") }]);
      const stopped = await client.launch(bench.launch("linear", { input }));
      assert.deepEqual(
        { reason: stopped.reason, description: stopped.description, hit: stopped.hitBreakpointIds },
        { reason: "breakpoint", description: "Before node think", hit: [breakpoint?.id] },
      );
      assert.equal(stopped.allThreadsStopped, true);
      const [another] = await client.breakpoints(other.program, [{ line: other.line("fetch") }]);
      assert.deepEqual(
        [another?.verified, another?.message],
        [false, "The graph that runs has a node fetch too, of another file."],
      );
      assert.deepEqual(await client.threads(), [{ id: stopped.threadId, name: "think" }]);

      const frames = await client.frames(stopped.threadId);
      assert.deepEqual(
        frames.map(({ name, presentationHint }) => [name, presentationHint ?? "normal"]),
        [
          ["think", "normal"],
          ["graph", "normal"],
          ["Steps taken", "label"],
          ["fetch", "subtle"],
          ["input", "subtle"],
        ],
      );
      assert.equal(frames[0]?.source?.path, program);
      assert.equal(frames[0]?.line, line("think"));
      assert.equal(frames[3]?.line, line("fetch"));
      assert.deepEqual(
        (await client.scopes(frames[0]?.id ?? 0)).map(({ name }) => name),
        ["State", "Checkpoint", "Config"],
      );
      assert.equal((await client.variable("State", "topic")).value, quote("BEES"));
      const log = await client.variables((await client.variable("State", "log")).variablesReference);
      assert.deepEqual(
        log.map(({ value }) => value),
        [quote("start"), quote("fetch")],
      );
      assert.equal((await client.variable("Checkpoint", "step")).value, "1");

      const end = await client.go("continue");
      assert.equal(end.reason, "end");
      assert.deepEqual(await client.state(), {
        topic: "BEES",
        count: 2,
        done: true,
        log: ["start", "fetch", "think", "answer"],
      });
      await client.request("continue", { threadId: end.threadId });
      assert.deepEqual(await client.event("exited"), { exitCode: 0 });
      await client.event("terminated");
      await client.close();
    });

    it("shows each step taken with its own state and writes", async () => {
      const client = await bench.client();
      const { program, line } = bench.fixture("linear");
      await client.breakpoints(program, [{ line: line("answer") }]);
      await client.launch(bench.launch("linear", { input }));
      const names = (await client.frames()).map(({ name }) => name);
      assert.deepEqual(names, ["answer", "graph", "Steps taken", "think", "fetch", "input"]);
      const fetch = names.indexOf("fetch");
      const state = await client.scope("State", 1, fetch);
      assert.equal(state.find(({ name }) => name === "count")?.value, "1");
      const writes = await client.scope("Writes", 1, fetch);
      assert.deepEqual(
        writes.map(({ name }) => name),
        ["fetch"],
      );
      const frame = (await client.frames())[fetch];
      assert.equal((await client.evaluate("count", "watch", frame?.id)).result, "1");
      assert.equal((await client.evaluate("count", "watch")).result, "2");
      await client.close();
    });

    it("loads the call stack by page", async () => {
      const client = await bench.client();
      await client.launch(bench.launch("linear", { input, stopOnEntry: true }));
      await client.go("next");
      const [top, ...none] = await client.frames(1, { startFrame: 0, levels: 1 });
      assert.equal(top?.name, "think");
      assert.deepEqual(none, []);
      const rest = await client.frames(1, { startFrame: 1, levels: 2 });
      assert.deepEqual(
        rest.map(({ name }) => name),
        ["graph", "Steps taken"],
      );
      await client.close();
    });

    it("stops on entry and steps to the end, superstep by superstep", async () => {
      const client = await bench.client();
      const entry = await client.launch(bench.launch("linear", { input, stopOnEntry: true }));
      assert.deepEqual([entry.reason, entry.description], ["entry", "Before node fetch"]);
      const steps = [];
      for (let index = 0; index < 3; index++) {
        const { reason, description } = await client.go("next");
        steps.push([reason, description]);
      }
      assert.deepEqual(steps, [
        ["step", "Before node think"],
        ["step", "Before node answer"],
        ["end", "The run has ended"],
      ]);
      await client.close();
    });

    it("keeps the reference of a variable from stop to stop, and refuses it while the run goes on", async () => {
      const client = await bench.client();
      await client.launch(bench.launch("linear", { input, stopOnEntry: true }));
      const reference = async (): Promise<number> =>
        (await client.variable("State", "log")).variablesReference;
      const before = await reference();
      await client.go("next");
      // The client asks for what it had open, before it asks for the scopes: stale until its scope is known again.
      await assert.rejects(client.variables(before), RequestFailed);
      assert.equal(await reference(), before);
      assert.deepEqual(
        (await client.variables(before)).map(({ value }) => value),
        [quote("start"), quote("fetch")],
      );
      await client.close();
    });

    it("stops in a loop each time", async () => {
      const client = await bench.client();
      const { program, line } = bench.fixture("loop");
      await client.breakpoints(program, [{ line: line("work") }]);
      await client.launch(bench.launch("loop", { input: { count: 0, limit: 3 } }));
      const counts = [];
      for (;;) {
        counts.push((await client.evaluate("count", "hover")).result);
        if ((await client.go("continue")).reason !== "breakpoint") break;
      }
      assert.deepEqual(counts, ["0", "1", "2"]);
      await client.close();
    });

    it("decides conditions, hit counts and log messages while it runs", async () => {
      const client = await bench.client();
      const { program, line } = bench.fixture("loop");
      await client.breakpoints(program, [{ line: line("work"), condition: "count == 2" }]);
      const launch = bench.launch("loop", { input: { count: 0, limit: 4 } });
      await client.launch(launch);
      assert.equal((await client.evaluate("count", "watch")).result, "2");
      await client.breakpoints(program, [
        { line: line("work"), logMessage: "count is {count}" },
        { line: line("finish") },
      ]);
      const finish = await client.go("continue");
      assert.equal(finish.description, "Before node finish");
      assert.match(client.output("console"), /^count is 3$/m);
      assert.doesNotMatch(client.output("console"), /^count is 0$/m);
      await client.breakpoints(program, [{ line: line("work"), hitCondition: ">= 3" }]);
      const again = client
        .request("langgraph/input", { input: { count: 0, limit: 4 } })
        .catch((error: Error) => error);
      assert.match(String(await again), /under way/);
      await client.close();
    });

    it("changes breakpoints while it runs, takes them away, and tells why one is not bound", async () => {
      const client = await bench.client();
      const { program, line } = bench.fixture("linear");
      const marks = await client.breakpoints(program, [
        { line: 1 },
        { line: line("fetch.inside") },
        { line: line("think.add") },
        { line: line("answer.return") },
      ]);
      assert.deepEqual(
        marks.map(({ verified }) => verified),
        [false, true, true, true],
      );
      assert.match(marks[0]?.message ?? "", /\w/);
      assert.match(marks[1]?.message ?? "", /Moved/);
      const stop = await client.launch(bench.launch("linear", { input }));
      assert.equal(stop.description, "Before node fetch");
      assert.equal((await client.go("continue")).description, "Before node think");
      const after = await client.go("continue");
      assert.equal(after.description, "After node answer");
      const [top] = await client.frames(after.threadId);
      assert.deepEqual([top?.name, top?.line], ["answer", line("answer.return")]);
      assert.deepEqual(
        (await client.scopes(top?.id ?? 0)).map(({ name }) => name),
        ["State", "Writes", "Checkpoint", "Config"],
      );
      assert.equal((await client.go("continue")).reason, "end");
      await client.close();
    });

    it("stops after the node whose edges a router decides", async () => {
      const client = await bench.client();
      const { program, line } = bench.fixture("loop");
      const [mark] = await client.breakpoints(program, [{ line: line("again.add") }]);
      assert.equal(mark?.verified, true);
      const stop = await client.launch(bench.launch("loop", { input: { count: 0, limit: 1 } }));
      assert.deepEqual([stop.description, stop.hitBreakpointIds], ["After node work", [mark?.id]]);
      assert.equal((await client.variable("State", "count")).value, "1");
      await client.close();
    });

    it("takes the names of nodes as function breakpoints", async () => {
      const client = await bench.client();
      const { breakpoints } = await client.request<{ breakpoints: { id: number }[] }>(
        "setFunctionBreakpoints",
        {
          breakpoints: [{ name: "child:shout" }, { name: "nobody" }],
        },
      );
      const stop = await client.launch(bench.launch("subgraph", { input: { text: "hello" } }));
      assert.deepEqual(
        [stop.reason, stop.description, stop.hitBreakpointIds],
        ["function breakpoint", "Before node child:shout", [breakpoints[0]?.id]],
      );
      const told = client
        .events<{ breakpoint: { id: number; verified: boolean } }>("breakpoint")
        .map(({ breakpoint }) => breakpoint);
      assert.equal(told.findLast(({ id }) => id === breakpoints[0]?.id)?.verified, true);
      assert.equal(told.findLast(({ id }) => id === breakpoints[1]?.id)?.verified, false);
      await client.close();
    });

    it("stops inside a subgraph, with the graphs around it, and steps out of it", async () => {
      const client = await bench.client();
      const { program, line } = bench.fixture("subgraph");
      await client.breakpoints(program, [{ line: line("clean") }]);
      const stop = await client.launch(bench.launch("subgraph", { input: { text: "hello" } }));
      assert.equal(stop.description, "Before node child:clean");
      assert.deepEqual(
        (await client.threads()).map(({ name }) => name),
        ["child:clean"],
      );
      const frames = await client.frames(stop.threadId);
      assert.deepEqual(
        frames.slice(0, 3).map(({ name, line: at }) => [name, at]),
        [
          ["clean", line("clean")],
          ["child", line("child.add")],
          ["graph", line("graph")],
        ],
      );
      assert.equal((await client.evaluate("text", "watch", frames[0]?.id)).result, quote(" hello "));
      assert.equal((await client.go("next")).description, "Before node child:shout");
      assert.equal((await client.go("stepOut")).description, "Before node after");
      await client.close();
    });

    it("steps over a subgraph or into it", async () => {
      const client = await bench.client();
      await client.launch(bench.launch("subgraph", { input: { text: "hello" }, stopOnEntry: true }));
      assert.equal((await client.go("next")).description, "Before node child");
      assert.equal((await client.go("stepIn")).description, "Before node child:clean");
      await client.close();
      const other = await bench.client();
      await other.launch(bench.launch("subgraph", { input: { text: "hello" }, stopOnEntry: true }));
      await other.go("next");
      assert.equal((await other.go("next")).description, "Before node after");
      await other.close();
    });

    it("shows each task of a fan-out as a thread", async () => {
      const client = await bench.client();
      const { program, line } = bench.fixture("send");
      await client.breakpoints(program, [{ line: line("measure") }]);
      const stop = await client.launch(bench.launch("send", { input: { words: ["pear", "fig", "banana"] } }));
      assert.equal(stop.description, "Before node measure");
      const threads = await client.threads();
      assert.deepEqual(
        threads.map(({ name }) => name),
        ["measure", "measure #2", "measure #3"],
      );
      const words = [];
      for (const { id } of threads) {
        words.push((await client.scope("Input", id)).find(({ name }) => name === "word")?.value);
      }
      assert.deepEqual(words, [quote("banana"), quote("fig"), quote("pear")]);
      const next = await client.go("next");
      assert.equal(next.description, "Before node sum");
      assert.equal((await client.threads()).length, 1);
      await client.close();
    });

    it("pauses before the next superstep and says what it waits for", async () => {
      await using gate = await Gate.shut();
      const client = await bench.client();
      await client.run(bench.launch("slow", { input: { sleep_gate: gate.port } }));
      await client.event("langgraph/task", ({ event, node }) => event === "start" && node === "sleep");
      client.markNow();
      await client.request("pause", { threadId: 1 });
      gate.open();
      const stop = await client.event("stopped");
      assert.deepEqual([stop.reason, stop.description], ["pause", "Before node compute"]);
      assert.match(client.output("console"), /sleep/);
      await client.close();
    });

    it("completes commands, state keys and node names, and lists sources, graphs and places for breakpoints", async () => {
      const client = await bench.client();
      const { program, line } = bench.fixture("linear");
      await client.launch(bench.launch("linear", { input, stopOnEntry: true }));
      const labels = async (text: string): Promise<string[]> => {
        const body = await client.request<{ targets: { label: string }[] }>("completions", {
          text,
          column: text.length + 1,
        });
        return body.targets.map(({ label }) => label);
      };
      assert.deepEqual(await labels("/re"), ["/resume", "/reduce", "/reload"]);
      assert.deepEqual(await labels("x + to"), ["topic"]);
      assert.deepEqual(await labels("/goto th"), ["think"]);
      const { sources } = await client.request<{ sources: { path: string }[] }>("loadedSources");
      assert.ok(sources.some(({ path }) => path === program));
      const { breakpoints } = await client.request<{ breakpoints: { line: number }[] }>(
        "breakpointLocations",
        {
          source: { path: program },
          line: line("think"),
          endLine: line("think.reset"),
        },
      );
      assert.ok(breakpoints.some((place) => place.line === line("think")));
      assert.ok(!breakpoints.some((place) => place.line === line("think.reset") - 1));
      const { graphs } = await client.request<{
        graphs: { id: string; nodes: { name: string; source?: { line: number } }[] }[];
      }>("langgraph/graph", {});
      assert.deepEqual(
        graphs[0]?.nodes.map(({ name }) => name),
        ["fetch", "think", "answer"],
      );
      assert.equal(graphs[0]?.nodes[1]?.source?.line, line("think"));
      await client.close();
    });

    it("gives a value as JSON to the clipboard", async () => {
      const client = await bench.client();
      await client.launch(bench.launch("linear", { input, stopOnEntry: true }));
      assert.deepEqual(JSON.parse((await client.evaluate("log", "clipboard")).result), ["start"]);
      assert.deepEqual(JSON.parse((await client.evaluate("/state")).result), await client.state());
      assert.equal((await client.evaluate("/next")).result, "fetch");
      assert.match((await client.evaluate("/help")).result, /\/resume/);
      await assert.rejects(client.evaluate("/nothing"), /no command \/nothing/);
      await assert.rejects(client.evaluate("nobody_knows_this"), RequestFailed);
      await client.close();
    });
  });
}
