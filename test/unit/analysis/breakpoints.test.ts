/** What a breakpoint on each kind of line means, from the static analysis alone. */
import assert from "node:assert/strict";
import { breakpointAt, breakpointLocations } from "../../../src/analysis/index.ts";
import { analyse, fixture, fixturePath } from "./fixture.ts";

const elsewhere = (name: string, call: string): string =>
  `unverified: ${name} is not the function of a node, a tool or a router. Set the breakpoint in a node's function or on its ${call} line.`;
const outside = (call: string): string =>
  `unverified: This line belongs to no node. Set the breakpoint in a node's function or on its ${call} line.`;
const script =
  "unverified: This part runs only when the file is started as a script; the debugger imports the file.";

describe("breakpoints before launch", () => {
  it("tells before from after in a Python node's function", async () => {
    (await fixture("python/builder.py")).expect({
      "write.decorator": "before write",
      "write.def": "before write",
      "write.docstring": "before write, moved to write.def",
      "write.first": "before write",
      "write.inner": "before write, moved to write.def",
      "write.middle": "before write, moved to write.def",
      "write.return": "after write",
      "polish.def": "before polish",
      "polish.signature": "before polish, moved to polish.def",
      "polish.return": "after polish",
      "one_line.return": "after one_line",
    });
  });

  it("takes every line of a return statement for the return", async () => {
    const found = await fixture("python/builder.py");
    const inside = found.line("write.return.inside");
    assert.equal(found.breakpoint("write.return.inside"), `after write, moved to line ${inside - 1}`);
  });

  it("tells before from after in a TypeScript node's function", async () => {
    const found = await fixture("typescript/builder.ts");
    found.expect({
      "write.def": "before write, first, second",
      "write.first": "before write, first, second",
      "write.inner": "before write, first, second, moved to write.def",
      "write.return": "after write, first, second",
      "polish.return": "after polish",
      "short.def": "before short",
      "short.inside": "before short, moved to short.def",
      "inline.added": "before inline",
      "inline.first": "before inline",
      "inline.return": "after inline",
    });
    assert.match(found.breakpoint("polish.signature"), /^before polish, moved to line \d+$/);
  });

  it("stops before a node on its add_node line, every line of the call", async () => {
    (await fixture("python/builder.py")).expect({
      "write.added": "before write",
      "polish.added": "before polish",
      "polish.added.inside": "before polish",
      chained: "before ask, one_line",
    });
    (await fixture("typescript/builder.ts")).expect({
      "write.added": "before write",
      "polish.added": "before polish",
      "polish.added.inside": "before polish",
      "object.added": "before ask",
      "ask.added": "before ask",
      "short.added": "before short",
      "first.added": "before first",
    });
    (await fixture("python/node_kinds.py")).expect({
      lambda: "before lambda",
      partial: "before partial",
      "greet.def": "before partial, greeting",
      "reviewer.call": "before object, Reviewer",
      child: "before child graph",
      "child_step.def": "before step",
      sequence: "before clean, greeting",
      tools: "before tools",
    });
  });

  it("shows an interrupt as one, wherever it is", async () => {
    (await fixture("python/builder.py")).expect({
      "ask.def": "before ask",
      "ask.interrupt": "interrupt ask",
      "ask.interrupt.inside": "interrupt ask, moved to ask.interrupt",
    });
    (await fixture("typescript/builder.ts")).expect({
      "ask.interrupt": "interrupt ask",
      "ask.interrupt.inside": "interrupt ask, moved to ask.interrupt",
    });
    (await fixture("typescript/commonjs.cjs")).expect({
      "ask.def": "before ask, ask",
      "ask.interrupt": "interrupt ask, ask",
    });
    (await fixture("python/agents.py")).expect({ "pay.interrupt": "interrupt tools" });
    (await fixture("python/functional.py")).expect({ "essay.interrupt": "interrupt essay" });
    (await fixture("typescript/functional.ts")).expect({ "essay.interrupt": "interrupt essay" });
    const helper = await analyse(
      "helper.py",
      "from langgraph.types import interrupt as ask\ndef helper():\n  return ask('?')\n",
    );
    assert.deepEqual(breakpointAt([helper], helper.path, 3), {
      verified: true,
      when: "interrupt",
      line: 3,
      targets: [],
      message: "The run always stops at this interrupt.",
    });
  });

  it("takes no other function called interrupt for LangGraph's", async () => {
    const other = await analyse("signals.py", "from signals import interrupt\ndef stop():\n  interrupt()\n");
    assert.equal(breakpointAt([other], other.path, 3).verified, false);
    const script = await analyse(
      "signals.ts",
      'import { interrupt } from "signals";\nfunction stop() {\n  interrupt();\n}\n',
    );
    assert.equal(breakpointAt([script], script.path, 3).verified, false);
  });

  it("stops after the node whose edges a router decides", async () => {
    (await fixture("python/builder.py")).expect({
      "route.edges": "router polish",
      "route.def": "router polish",
      "route.inside": "router polish",
      "again.edges": "router ask",
      "again.def": "router ask",
      "lambda.edges": "router one_line",
    });
    (await fixture("typescript/builder.ts")).expect({
      "route.edges": "router polish",
      "route.inside": "router polish",
      "short.edges": "router short",
    });
    (await fixture("python/commands.py")).expect({
      "entry.edges": "router __start__",
      "fan_out.def": "router review, worker",
      "dynamic.edges": "router finish",
    });
    (await fixture("typescript/commands.ts")).expect({ "object.edges": "router triage" });
  });

  it("stops before the tool node that holds a tool", async () => {
    (await fixture("python/agents.py")).expect({
      "weather.decorator": "tool tools, tools",
      "weather.def": "tool tools, tools",
      "weather.first": "tool tools, tools",
      "weather.return": "tool tools, tools, moved to weather.def",
      "pay.def": "tool tools",
      "trim.def": "before trim.before_model",
      "audit.def": "before Audit.after_model",
      "log_call.def": "before model",
      "choose_model.def": "before agent",
      agent: "before model",
    });
    (await fixture("python/node_kinds.py")).expect({
      "search.return": "tool tools",
      "book.def": "tool tools",
    });
    (await fixture("typescript/node-kinds.ts")).expect({
      "search.def": "tool tools",
      "search.return": "tool tools",
      "book.def": "tool tools",
    });
    (await fixture("typescript/agents.ts")).expect({
      "pay.interrupt": "interrupt tools",
      "audit.before": "before Audit.before_model",
      "audit.after": "before Audit.after_model",
      agent: "before model_request",
    });
  });

  it("knows the tools that a node calls by hand", async () => {
    (await fixture("python/by_hand.py")).expect({
      "add.def": "tool tool_node",
      "divide.def": "tool tool_node",
      "tool_node.def": "before tool_node",
      "unused.def": elsewhere("unused", "add_node(...)"),
    });
    (await fixture("typescript/by-hand.ts")).expect({
      "add.def": "tool call",
      "search.def": "tool call",
      "call.def": "before call",
    });
  });

  it("names both agents when two hold a tool", async () => {
    const found = await fixture("python/agents.py");
    const answer = breakpointAt([found.analysis], found.path, found.line("weather.def"));
    assert.ok(answer.verified);
    assert.deepEqual(
      answer.targets.map((target) => `${target.variable}/${target.node}`),
      ["agent/tools", "reacting/tools"],
    );
    assert.equal(answer.message, "Stops before node tools, which calls this tool.");
  });

  it("knows tasks and entrypoints", async () => {
    (await fixture("python/functional.py")).expect({
      "essay.decorator": "before essay",
      "essay.def": "before essay",
      "outline.def": "before outline",
      "outline.return": "after outline",
      "section.def": "before write section",
      "unused.def": elsewhere("unused", "add_node(...)"),
    });
    (await fixture("typescript/functional.ts")).expect({
      "essay.def": "before essay",
      "outline.return": "after outline",
      "section.return": "after write section, named",
    });
  });

  it("stops after the node anywhere in its function when the mode says so", async () => {
    const found = await fixture("python/builder.py");
    assert.equal(found.breakpoint("write.def", "after"), "after write");
    assert.equal(found.breakpoint("write.middle", "after"), "after write");
    assert.equal(found.breakpoint("ask.interrupt", "after"), "after ask");
    assert.equal(found.breakpoint("write.added", "after"), "after write");
  });

  it("returns every node and graph that uses a function", async () => {
    const found = await fixture("python/shared.py");
    const answer = breakpointAt([found.analysis], found.path, found.line("step.def"));
    assert.ok(answer.verified);
    assert.deepEqual(
      answer.targets.map((target) => `${target.variable}/${target.node}`),
      ["small/only", "workflow/one", "workflow/two"],
    );
  });

  it("belongs to the innermost node where one graph is built inside another's node", async () => {
    const { path, ...analysis } = await analyse(
      "python/inside.py",
      [
        "from langgraph.graph import StateGraph",
        "def outer(state):",
        "    def inner(state):",
        "        return state",
        "    small = StateGraph(dict)",
        "    small.add_node('inner', inner)",
        "    return small.compile().invoke(state)",
        "graph = StateGraph(dict).add_node('outer', outer).compile()",
      ].join("\n"),
    );
    const at = (line: number): string => {
      const answer = breakpointAt([{ path, ...analysis }], path, line);
      return answer.verified ? `${answer.when} ${answer.targets.map((target) => target.node)}` : "";
    };
    assert.deepEqual([2, 3, 4, 6, 7].map(at), [
      "before outer",
      "before inner",
      "after inner",
      "before inner",
      "after outer",
    ]);
  });

  it("says why a line is no place for a breakpoint", async () => {
    (await fixture("python/builder.py")).expect({
      "helper.return": elsewhere("shorten", "add_node(...)"),
      graph: outside("add_node(...)"),
      entry: outside("add_node(...)"),
      script,
    });
    (await fixture("typescript/builder.ts")).expect({
      "helper.return": elsewhere("shorten", "addNode(...)"),
      graph: outside("addNode(...)"),
      script,
    });
    (await fixture("python/no_graph.py")).expect({
      "helper.def":
        "unverified: No graph was found that uses this file. A breakpoint belongs in a node's function or on its add_node(...) line.",
    });
  });

  it("verifies lines of a file whose functions another file's graph runs", async () => {
    (await fixture("python/package/nodes.py", "python/package/graph.py")).expect({
      "plan.def": "before plan",
      "plan.return": "after plan",
      "write.def": "before write",
      "deep.def": "before deep",
      "helper.return": elsewhere("helper", "add_node(...)"),
    });
    (await fixture("typescript/package/nodes.ts", "typescript/package/graph.ts")).expect({
      "plan.def": "before plan",
      "plan.return": "after plan",
      "write.def": "before write",
    });
  });

  it("takes Windows paths as Windows does", async () => {
    const found = await fixture("python/shared.py");
    const path = "C:\\work\\Shared.py";
    const moved = JSON.parse(
      JSON.stringify(found.analysis).replaceAll(JSON.stringify(found.path).slice(1, -1), "c:/work/shared.py"),
    );
    const answer = breakpointAt([moved], path, found.line("step.def"));
    assert.equal(answer.verified, true);
    const exact = (name: string): boolean =>
      breakpointAt([found.analysis], fixturePath(name), found.line("step.def")).verified;
    assert.deepEqual(
      [exact("python/shared.py"), exact("python/SHARED.py")],
      [true, process.platform === "win32"],
    );
  });

  it("lists the lines that keep a breakpoint", async () => {
    const found = await fixture("python/builder.py");
    const lines = breakpointLocations(
      [found.analysis],
      found.path,
      found.line("write.decorator"),
      found.line("write.return"),
    );
    assert.deepEqual(lines, [
      found.line("write.decorator"),
      found.line("write.def"),
      found.line("write.first"),
      found.line("write.return"),
    ]);
    assert.deepEqual(breakpointLocations([found.analysis], found.path, found.line("helper.return")), []);
    assert.ok(breakpointLocations([found.analysis], found.path, 1, 1_000_000_000).length > 20);
  });
});
