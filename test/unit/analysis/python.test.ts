/** What the static analysis finds in Python files: graphs, nodes, edges. */
import assert from "node:assert/strict";
import { createAnalyzer } from "../../../src/analysis/index.ts";
import { analyse, edges, fixture, fixturePath, grammars, nodes } from "./fixture.ts";

describe("Python analysis", () => {
  it("finds a builder's nodes, edges and routers", async () => {
    const found = await fixture("python/builder.py");
    assert.deepEqual(found.candidates(), ["graph compiled @graph"]);
    const graph = found.graph("graph");
    assert.equal(graph.builder, "builder");
    assert.deepEqual(nodes(graph), [
      "write: function write",
      "polish: function polish",
      "ask: function ask",
      "one_line: function one_line",
    ]);
    assert.deepEqual(edges(graph), [
      "__start__ -> write",
      "write -> polish",
      "polish ~> ask",
      "polish ~> one_line",
      "polish ~> __end__",
      "ask ~[True]> write",
      "ask ~[False]> __end__",
      "one_line ~> write",
      "one_line ~> __end__",
      "ask -> __end__",
    ]);
  });

  it("gives a function's lines", async () => {
    const found = await fixture("python/builder.py");
    const write = found.graph("graph").nodes[0]?.functions[0];
    assert.deepEqual(write && { ...write, path: undefined }, {
      path: undefined,
      name: "write",
      role: "node",
      line: found.line("write.decorator"),
      definitionLine: found.line("write.def"),
      firstStatementLine: found.line("write.first"),
      endLine: found.line("write.return.inside") + 1,
      returnLines: [found.line("write.return"), found.line("write.return.inside") - 1],
      returns: [
        { line: found.line("write.return"), endLine: found.line("write.return") },
        { line: found.line("write.return.inside") - 1, endLine: found.line("write.return.inside") + 1 },
      ],
      interruptLines: [],
      interrupts: [],
    });
    assert.ok(found.analysis.functions.some((other) => other.name === "loud"));
    assert.ok(found.analysis.functions.some((other) => other.name === "shorten"));
  });

  it("finds the function in everything that a node can be made of", async () => {
    const found = await fixture("python/node_kinds.py");
    const lambda = found.line("lambda");
    assert.deepEqual(nodes(found.graph("graph")), [
      `lambda: function line ${lambda}`,
      "partial: function greet",
      "object: function __call__",
      "Reviewer: function __call__",
      "method: function read",
      "static: function stamp",
      "runnable: function clean",
      "pipe: function to_state",
      "timed: function measured wrapper",
      "speak: function speak",
      "child graph: subgraph",
      "inline child: subgraph",
      "tools: tools tool search tool _book",
      "clean: function clean",
      "greeting: function greet",
    ]);
    const child = found.graph("child").key;
    const subgraphs = found.graph("graph").nodes.flatMap((node) => (node.subgraph ? [node.name] : []));
    assert.deepEqual(subgraphs, ["child graph", "inline child"]);
    assert.ok(
      found.graph("graph").nodes.every((node) => node.subgraph === undefined || node.subgraph === child),
    );
  });

  it("takes no function of another package for LangGraph's", async () => {
    const { graphs } = await analyse(
      "python/others.py",
      [
        "from langchain.agents import create_react_agent",
        "from celery import task",
        "from invoke.tasks import entrypoint",
        "agent = create_react_agent(model, tools, prompt)",
        "@entrypoint",
        "def main(): run()",
        "@task",
        "def run(): pass",
      ].join("\n"),
    );
    assert.deepEqual(graphs, []);
  });

  it("finds an entrypoint and the tasks that it calls", async () => {
    const found = await fixture("python/functional.py");
    assert.deepEqual(found.candidates(), ["essay entrypoint @essay.def"]);
    assert.deepEqual(nodes(found.graph("essay")), [
      "essay: entrypoint essay",
      "outline: task outline",
      "write section: task write_section",
    ]);
  });

  it("knows classes that extend LangGraph's, their bases' fields, and lists put together", async () => {
    const { graphs } = await analyse(
      "python/extended.py",
      [
        "from langgraph.graph import StateGraph",
        "from langgraph.prebuilt import ToolNode",
        "class Flow(StateGraph):",
        "    def extra(self): pass",
        "class Tools(ToolNode): pass",
        "class Names:",
        "    A = 'first'",
        "class More(Names): pass",
        "def one(text): return text",
        "def two(text): return text",
        "tools = [one] + [two]",
        "def three(text): return text",
        "tools += [each for each in [three]]",
        "graph = Flow(dict)",
        "graph.add_node(More.A, one)",
        "graph.add_node(More().A + '_too', two)",
        "graph.add_node('tools', Tools(tools))",
        "graph.add_edge(More.A, 'tools')",
        "graph.add_edge(More.A, 'tools')",
      ].join("\n"),
    );
    assert.deepEqual(graphs.map(nodes), [
      ["first: function one", "first_too: function two", "tools: tools tool one tool two tool three"],
    ]);
    assert.deepEqual(graphs.map(edges), [["first -> tools"]]);
  });

  it("finds graphs in methods that the file never calls", async () => {
    const found = await fixture("python/factories.py");
    const idle = found.analysis.graphs.find((graph) => graph.nodes.some((node) => node.name === "idle"));
    assert.deepEqual(idle && nodes(idle), ["idle: function idle"]);
  });

  it("reads where commands and routers go", async () => {
    const found = await fixture("python/commands.py");
    assert.deepEqual(edges(found.graph("graph")), [
      "triage ~> worker",
      "triage ~> finish",
      "review ~> worker",
      "review ~> finish",
      "jump ~> finish",
      "jump ~> __end__",
      "__start__ ~> triage",
      "__start__ ~> __end__",
      "review ~> worker",
      "review ~> finish",
      "worker ~> worker",
      "finish ~> ?",
      "triage ~[triage]> review",
      "triage ~[__end__]> __end__",
      "worker -> finish",
      "review -> finish",
    ]);
  });

  it("follows loops, sequences and helpers that add nodes", async () => {
    const found = await fixture("python/loops.py");
    const graph = found.graph("graph");
    assert.deepEqual(nodes(graph), [
      "first: function first",
      "second: function second",
      "worker_0: function worker",
      "worker_1: function worker",
      "worker_2: function worker",
      "a: function first",
      "b: function second",
      "last: function first",
      "after: function second",
      "plugin_{plugin}: function worker",
    ]);
    assert.deepEqual(
      graph.nodes.filter((node) => node.dynamicName).map((node) => node.name),
      ["plugin_{plugin}"],
    );
  });

  it("follows relative, absolute, renamed and starred imports", async () => {
    const found = await fixture("python/package/graph.py");
    const graph = found.graph("graph");
    assert.deepEqual(nodes(graph), [
      "plan: function plan",
      "write: function write",
      "answer: function answer",
      "everything: function everything",
      "tools: tools tool look_up",
      "sub: subgraph",
    ]);
    assert.deepEqual(
      graph.nodes.flatMap((node) => node.functions.map((run) => run.path)),
      ["nodes.py", "nodes.py", "inner/answering.py", "starred.py", "inner/tools.py"].map((name) =>
        fixturePath(`python/package/${name}`),
      ),
    );
    assert.deepEqual(nodes(found.graph("subgraph")), ["deep: function deep"]);
  });

  it("counts the dots of a relative import", async () => {
    const { graphs } = await analyse(
      "a/b/graph.py",
      [
        "from ..steps import step as upper",
        "from .steps import step as lower",
        "from . import steps",
        "from .. import steps as above",
        "graph = StateGraph(dict).add_node('1', upper).add_node('2', lower).add_node('3', steps.step).add_node('4', above.step)",
      ].join("\n"),
      { "a/steps.py": "def step(state): return 1\n", "a/b/steps.py": "\ndef step(state): return 2\n" },
    );
    assert.deepEqual(
      graphs[0]?.nodes.map((node) => [node.name, node.functions[0]?.line]),
      [
        ["1", 1],
        ["2", 2],
        ["3", 2],
        ["4", 1],
      ],
    );
  });

  it("looks for absolute imports in the given folders", async () => {
    const files = new Map([
      [fixturePath("far/lib/steps.py"), "def step(state): return state\n"],
      [
        fixturePath("app/graph.py"),
        "from langgraph.graph import StateGraph\nfrom steps import step\nb = StateGraph(dict)\nb.add_node(step)\ngraph = b.compile()\n",
      ],
    ]);
    const read = (path: string): string | undefined => files.get(path);
    const without = await createAnalyzer({ readFile: read, grammars }).analyzeFile(
      fixturePath("app/graph.py"),
    );
    assert.deepEqual(without.graphs.map(nodes), [["step: function"]]);
    const analyzer = createAnalyzer({ readFile: read, grammars, pythonRoots: [fixturePath("far/lib")] });
    const found = await analyzer.analyzeFile(fixturePath("app/graph.py"));
    assert.deepEqual(found.graphs.map(nodes), [["step: function step"]]);
  });

  it("sees through asyncio.run and cast", async () => {
    const { candidates } = await analyse(
      "python/awaited.py",
      [
        "import asyncio",
        "from typing import cast",
        "async def make(): return StateGraph(dict).add_node('a', lambda s: s).compile()",
        "graph = asyncio.run(make())",
        "other = cast(object, graph)",
      ].join("\n"),
    );
    assert.deepEqual(
      candidates.map((candidate) => `${candidate.variable} ${candidate.kind}`),
      ["graph compiled"],
    );
  });

  it("knows older ways to build", async () => {
    const { graphs } = await analyse(
      "python/older.py",
      [
        "import langgraph.graph as lg",
        "def call(state): return state",
        "def pick(state) -> str: return 'call'",
        "workflow = lg.MessageGraph()",
        "workflow.add_node('oracle', call)",
        "workflow.set_conditional_entry_point(pick, {'call': 'oracle'})",
        "workflow.set_finish_point('oracle')",
        "app: object = workflow.compile()",
      ].join("\n"),
    );
    const [graph] = graphs;
    assert.ok(graph);
    assert.equal(graph.variable, "app");
    assert.deepEqual(nodes(graph), ["oracle: function call"]);
    assert.deepEqual(edges(graph), ["__start__ ~[call]> oracle", "oracle -> __end__"]);
    const plain = await analyse(
      "python/oldest.py",
      "from langgraph.graph import Graph\ngraph = Graph()\ngraph.add_node('a', lambda s: s)\n",
    );
    assert.deepEqual(plain.graphs.map(nodes), [["a: function line 3"]]);
    const other = await analyse(
      "python/networks.py",
      "from networkx import Graph\ngraph = Graph()\ngraph.add_node('a', lambda s: s)\n",
    );
    assert.deepEqual(other.graphs, []);
  });

  it("knows the routers of LangGraph and routers that are objects", async () => {
    const { graphs } = await analyse(
      "python/routers.py",
      [
        "from langgraph.prebuilt import ToolNode, tools_condition",
        "class Router:",
        "    def __call__(self, state): return 'tools'",
        "def call(state): return state",
        "graph = StateGraph(dict)",
        "graph.add_node(call)",
        "graph.add_node(ToolNode([]))",
        "graph.add_conditional_edges('call', tools_condition)",
        "graph.add_conditional_edges('tools', Router())",
        "graph.add_conditional_edges(unknown, Router())",
        "graph.add_conditional_edges('call', Router(), unknown)",
      ].join("\n"),
    );
    assert.deepEqual(graphs.map(nodes), [["call: function call", "tools: tools"]]);
    assert.deepEqual(graphs.map(edges), [
      ["call ~> tools", "call ~> __end__", "tools ~> tools", "call ~> tools"],
    ]);
    assert.deepEqual(
      graphs[0]?.edges[2]?.routers.map((router) => router.name),
      ["__call__"],
    );
  });

  it("reads return types in every form", async () => {
    const { graphs } = await analyse(
      "python/types.py",
      [
        "from typing import Literal, TypeAlias",
        "Route: TypeAlias = Literal['x', 'y']",
        "type Newer = Literal['z']",
        "def alias(s) -> Route | list[Newer]: ...",
        "def quoted(s) -> \"Literal['x', 'y']\": ...",
        "def named(s) -> 'Route': ...",
        "def a(s) -> \"Command[Literal['b']]\": ...",
        "def b(s) -> list[Command[Literal['a']]] | None: ...",
        "graph = StateGraph(dict).add_node(a).add_node(b)",
        "graph.add_conditional_edges('a', alias)",
        "graph.add_conditional_edges('b', quoted)",
        "graph.add_conditional_edges('c', named)",
      ].join("\n"),
    );
    assert.deepEqual(graphs.map(edges), [
      ["a ~> b", "b ~> a", "a ~> x", "a ~> y", "a ~> z", "b ~> x", "b ~> y", "c ~> x", "c ~> y"],
    ]);
  });

  it("shows the targets that are known beside one that is not", async () => {
    const { graphs } = await analyse(
      "python/half.py",
      [
        "def pick(state):",
        "    if state['a']: return 'a'",
        "    return state['next']",
        "graph = StateGraph(dict).add_node('a', lambda s: s).add_conditional_edges('a', pick)",
      ].join("\n"),
    );
    assert.deepEqual(graphs.map(edges), [["a ~> a", "a ~> ?"]]);
  });
});
