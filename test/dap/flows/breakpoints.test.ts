// Breakpoints beyond those on a line, over both languages: on keys of the state, on errors, many, hit all at once.

import assert from "node:assert/strict";
import type { DebugProtocol } from "@vscode/debugprotocol";
import { Gate } from "../../fixtures/gate.ts";
import type { Client } from "../client.ts";
import { Bench, languages } from "../languages.ts";

type Info = DebugProtocol.DataBreakpointInfoResponse["body"];

for (const language of languages) {
  describe(`breakpoints in ${language.name}`, () => {
    const bench = Bench.in(language);
    const input = { topic: "bees", log: ["start"] };

    const setData = async (
      client: Client,
      breakpoints: DebugProtocol.DataBreakpoint[],
    ): Promise<DebugProtocol.Breakpoint[]> => {
      const body = await client.request<DebugProtocol.SetDataBreakpointsResponse["body"]>(
        "setDataBreakpoints",
        { breakpoints },
      );
      return body.breakpoints;
    };

    it("offers the key of the state that a variable or an expression is of, and says where there is none", async () => {
      const client = await bench.client();
      await client.launch(bench.launch("linear", { input, stopOnEntry: true }));
      const frameId = (await client.frames())[0]?.id ?? 0;
      const info = (args: object): Promise<Info> => client.request<Info>("dataBreakpointInfo", args);
      const [state, checkpoint] = await client.scopes(frameId);
      const { dataId } = await info({ variablesReference: state?.variablesReference, name: "log" });
      assert.equal(typeof dataId, "string");
      const log = (await client.variable("State", "log")).variablesReference;
      const [first] = await client.variables(log);
      const inside = await info({ variablesReference: log, name: first?.name });
      assert.deepEqual([inside.dataId, inside.description, inside.accessTypes], [dataId, "log", ["write"]]);
      assert.equal((await info({ name: "log[0]", frameId })).dataId, dataId);
      assert.equal((await info({ name: "state.log" })).dataId, dataId);
      for (const none of [
        { name: "len(log)", frameId },
        { name: "nobody", frameId },
        { variablesReference: checkpoint?.variablesReference, name: "id" },
      ]) {
        const { dataId: other, description } = await info(none);
        assert.equal(other, null);
        assert.match(description, /Only a key of the state/);
      }
      await client.close();
    });

    it("stops where a key of the state has changed, and says from what to what, and by whom", async () => {
      const client = await bench.client();
      const key = JSON.stringify(["", "count"]);
      const [count, nothing, stranger] = await setData(client, [
        { dataId: key },
        { dataId: JSON.stringify(["", "nothing"]) },
        { dataId: "of another debugger" },
      ]);
      assert.equal(count?.verified, false);
      const stop = await client.launch(bench.launch("linear", { input }));
      assert.deepEqual([stop.reason, stop.hitBreakpointIds], ["data breakpoint", [count?.id]]);
      assert.match(stop.text ?? "", /count.*1.*fetch/s);
      const told = client
        .events<{ breakpoint: DebugProtocol.Breakpoint }>("breakpoint")
        .map(({ breakpoint }) => breakpoint);
      assert.equal(told.find(({ id }) => id === count?.id)?.verified, true);
      assert.match(told.find(({ id }) => id === nothing?.id)?.message ?? "", /no key "nothing".*count/);
      assert.equal(stranger?.verified, false);
      const second = await client.go("continue");
      assert.match(second.text ?? "", /count.*1.*2.*think/s);
      assert.equal((await client.go("continue")).reason, "end");
      const back = await client.go("reverseContinue", { threadId: 1 });
      assert.deepEqual([back.reason, back.hitBreakpointIds], ["data breakpoint", [count?.id]]);
      assert.match(back.text ?? "", /count.*1.*2.*think/s);
      await client.close();
    });

    it("asks a data breakpoint's condition with the old and the new value", async () => {
      const client = await bench.client();
      await setData(client, [{ dataId: JSON.stringify(["", "count"]), condition: "new > 1" }]);
      const stop = await client.launch(bench.launch("linear", { input }));
      assert.equal(stop.reason, "data breakpoint");
      assert.equal((await client.evaluate("count", "watch")).result, "2");
      await client.close();
    });

    it("stops at a change in a subgraph", async () => {
      const client = await bench.client();
      await setData(client, [{ dataId: JSON.stringify(["child", "text"]) }]);
      const stop = await client.launch(bench.launch("subgraph", { input: { text: "hello" } }));
      assert.equal(stop.reason, "data breakpoint");
      assert.match((await client.threads())[0]?.name ?? "", /^child:/);
      await client.close();
    });

    it("asks the conditions of exception filters", async () => {
      const client = await bench.client();
      const filter = client.capabilities.exceptionBreakpointFilters?.find((each) => each.filter === "raised");
      assert.equal(filter?.supportsCondition, true);
      await client.request("setExceptionBreakpoints", {
        filters: [],
        filterOptions: [{ filterId: "raised", condition: 'node == "begin"' }],
      });
      await client.run(bench.launch("raises", { input: { log: [] } }));
      assert.deepEqual(await client.event("exited"), { exitCode: 1 });
      assert.deepEqual(client.events("stopped"), []);
      await client.close();

      const other = await bench.client();
      await other.request("setExceptionBreakpoints", {
        filters: [],
        filterOptions: [
          {
            filterId: "raised",
            condition:
              language.name === "Python" ? 'node == "divide" and log' : 'node === "divide" && log.length > 0',
          },
        ],
      });
      assert.equal((await other.launch(bench.launch("raises", { input: { log: [] } }))).reason, "exception");
      await other.close();
    });

    it("tells of all breakpoints that a stop is at, whose ids stay when they are set again and after a restart", async () => {
      const client = await bench.client();
      const { program, line } = bench.fixture("linear");
      const lines = [{ line: line("think") }, { line: line("fetch.return") }];
      const first = await client.breakpoints(program, lines);
      const again = await client.breakpoints(program, [{ line: line("answer") }, ...lines]);
      assert.deepEqual(
        again.slice(1).map(({ id }) => id),
        first.map(({ id }) => id),
      );
      const functions = await client.request<{ breakpoints: DebugProtocol.Breakpoint[] }>(
        "setFunctionBreakpoints",
        { breakpoints: [{ name: "think" }] },
      );
      const data = await setData(client, [{ dataId: JSON.stringify(["", "count"]) }]);
      const all = [...first, ...functions.breakpoints, ...data].map(({ id }) => id ?? 0).sort();
      const stop = await client.launch(bench.launch("linear", { input }));
      assert.deepEqual(stop.hitBreakpointIds?.toSorted(), all);
      assert.equal(stop.reason, "breakpoint");
      const restarted = await client.go("restart", {});
      assert.deepEqual(restarted.hitBreakpointIds?.toSorted(), all);
      await client.close();
    });

    it("means before or after a node by the line and the mode", async () => {
      const client = await bench.client();
      const { program, line } = bench.fixture("linear");
      const stop = await client.launch(bench.launch("linear", { input, stopOnEntry: true }));
      const fetch = language.name === "Python" ? line("fetch") : line("fetch.inside") - 2;
      const set = await client.breakpoints(program, [
        { line: fetch + 1 },
        { line: line("fetch.return") },
        { line: line("think"), mode: "after" },
        { line: line("think.reset"), mode: "before" },
        { line: line("answer.add") },
        { line: line("answer.return"), mode: "before" },
        { line: 1 },
      ]);
      assert.deepEqual(
        set.map(({ verified }) => verified),
        [true, true, true, true, true, true, false],
      );
      const moved = (index: number): [number | undefined, boolean] => [
        set[index]?.line,
        /Moved/.test(set[index]?.message ?? ""),
      ];
      assert.deepEqual(moved(0), [fetch + 1, false]);
      assert.deepEqual(moved(3), [line("think"), true]);
      assert.ok((set[6]?.message ?? "").length > 0);
      // The run stands before the first node already.
      assert.equal(stop.description, "Before node fetch");
      const met = [];
      for (let index = 0; index < 2; index++) {
        const { description, hitBreakpointIds } = await client.go("continue");
        met.push([description, hitBreakpointIds?.map((id) => set.findIndex((each) => each.id === id))]);
      }
      assert.deepEqual(met, [
        ["After node fetch", [1, 3]],
        ["After node think", [2, 4, 5]],
      ]);
      assert.equal((await client.go("continue")).reason, "end");
      await client.close();
    });

    it("stops after the node whose router has the line", async () => {
      const client = await bench.client();
      const { program, line } = bench.fixture("loop");
      const [router] = await client.breakpoints(program, [{ line: line("again") + 1 }]);
      const stop = await client.launch(bench.launch("loop", { input: { count: 0, limit: 1 } }));
      assert.deepEqual([stop.description, stop.hitBreakpointIds], ["After node work", [router?.id]]);
      await client.close();
    });

    it("stops at the function of every kind of node, and shows its line", async () => {
      const client = await bench.client();
      const { program, line } = bench.fixture("node_kinds");
      const helpers = bench.fixture("helpers");
      const here = [
        "plain",
        "inline",
        "partial",
        "callable",
        "method",
        "static",
        "decorated",
        "runnable",
        "sequence",
        "closure",
        "asynchronous",
      ];
      const marks = new Map(here.map((name) => [name, { path: program, line: line(name) }]));
      marks.set("imported", { path: helpers.program, line: helpers.line("imported") });
      const set = await client.breakpoints(
        program,
        here.map((name) => ({ line: line(name) })),
      );
      const [imported] = await client.breakpoints(helpers.program, [{ line: helpers.line("imported") }]);
      const ids = new Map([...here, "imported"].map((name, index) => [name, [...set, imported][index]?.id]));
      let stop = await client.launch(bench.launch("node_kinds", { input: { log: [] } }));
      const met: string[] = [];
      while (stop.reason === "breakpoint") {
        const [top] = await client.frames(stop.threadId);
        const name = top?.name ?? "";
        met.push(name);
        assert.deepEqual([name, stop.hitBreakpointIds], [name, [ids.get(name)]]);
        assert.deepEqual({ path: top?.source?.path, line: top?.line }, marks.get(name), name);
        stop = await client.go("continue");
      }
      assert.deepEqual(met.toSorted(), [...marks.keys()].toSorted());
      await client.close();
    });

    it("stops in a function that is defined inside a factory", async () => {
      const client = await bench.client();
      const { program, line } = bench.fixture("factories");
      const [mark] = await client.breakpoints(program, [{ line: line("shout") }]);
      const stop = await client.launch(bench.launch("factories", { graph: "make", input: { text: "hi" } }));
      assert.deepEqual([stop.description, stop.hitBreakpointIds], ["Before node shout", [mark?.id]]);
      await client.close();
    });

    it("takes a breakpoint that is set, and one that is taken away, while a node runs", async () => {
      await using gate = await Gate.shut();
      const client = await bench.client();
      const { program, line } = bench.fixture("slow");
      const sleeping = client.event(
        "langgraph/task",
        ({ event, node }) => event === "start" && node === "sleep",
      );
      await client.run(bench.launch("slow", { input: { sleep_gate: gate.port } }));
      await sleeping;
      const [compute] = await client.breakpoints(program, [{ line: line("compute") }]);
      gate.open();
      const stop = await client.event("stopped");
      assert.deepEqual([stop.description, stop.hitBreakpointIds], ["Before node compute", [compute?.id]]);
      await client.close();

      await using nextGate = await Gate.shut();
      const other = await bench.client();
      await other.breakpoints(program, [{ line: line("compute") }]);
      const started = other.event(
        "langgraph/task",
        ({ event, node }) => event === "start" && node === "sleep",
      );
      await other.run(bench.launch("slow", { input: { sleep_gate: nextGate.port } }));
      await started;
      await other.breakpoints(program, []);
      nextGate.open();
      assert.equal((await other.event("stopped")).reason, "end");
      await other.close();
    });

    it("binds a breakpoint in a file that loads later, and stops there the first time", async () => {
      const client = await bench.client();
      const trace = bench.trace();
      const part = bench.fixture("late_part");
      const [first] = await client.breakpoints(part.program, [{ line: part.line("first") }]);
      const stop = await client.launch(bench.launch("late", { input: { text: "here" }, env: trace.env }));
      assert.deepEqual([stop.reason, stop.hitBreakpointIds], ["breakpoint", [first?.id]]);
      assert.deepEqual(trace.runs(), { call: 1 });
      const told = client
        .events<{ breakpoint: DebugProtocol.Breakpoint }>("breakpoint")
        .filter(({ breakpoint }) => breakpoint.id === first?.id);
      assert.deepEqual(
        told.map(({ breakpoint }) => breakpoint.verified),
        [false, true],
      );
      assert.ok(
        client
          .events<DebugProtocol.LoadedSourceEvent["body"]>("loadedSource")
          .some(({ reason, source }) => reason === "new" && source.path === part.program),
      );
      assert.equal((await client.go("continue")).reason, "end");
      assert.deepEqual(trace.runs(), { call: 1, first: 1, second: 1 });
      await client.close();
    });

    it("answers for five hundred breakpoints in a file", async () => {
      const client = await bench.client();
      const { program, line } = bench.fixture("linear");
      const lines = Array.from({ length: 500 }, (_, index) => index + 1);
      await client.breakpoints(program, [{ line: line("think") }]);
      const set = await client.breakpoints(
        program,
        lines.map((number) => ({ line: number, condition: `step == ${number}` })),
      );
      assert.equal(set.length, 500);
      await client.close();
    });
  });
}
