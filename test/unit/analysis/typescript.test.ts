/** What the static analysis finds in TypeScript and JavaScript files: graphs, nodes, edges, candidates. */
import assert from "node:assert/strict";
import { basename } from "node:path";
import { analyse, edges, fixture, nodes } from "./fixture.ts";

describe("TypeScript analysis", () => {
  it("finds a builder's nodes, edges and routers", async () => {
    const found = await fixture("typescript/builder.ts");
    assert.deepEqual(found.candidates(), ["graph compiled @graph"]);
    const graph = found.graph("graph");
    assert.equal(graph.builder, "builder");
    assert.deepEqual(nodes(graph), [
      "write: function write",
      "polish: function polish",
      "ask: function askHuman",
      "short: function short",
      `inline: function line ${found.line("inline.added")}`,
      "first: function write",
      "second: function write",
    ]);
    assert.deepEqual(edges(graph), [
      "__start__ -> write",
      "write -> polish",
      "polish ~> ask",
      "polish ~> __end__",
      "ask ~[short]> short",
      "ask ~[__end__]> __end__",
      "short ~> inline",
      "short ~> __end__",
    ]);
  });

  it("finds the function in everything that a node can be made of", async () => {
    const found = await fixture("typescript/node-kinds.ts");
    assert.deepEqual(nodes(found.graph("graph")), [
      `arrow: function line ${found.line("arrow")}`,
      "expression: function named",
      "method: function read",
      "field: function field",
      "static: function stamp",
      "object: function invoke",
      "runnable: function clean",
      "options: function clean",
      "pipe: function clean measured",
      `timed: function measured line ${found.line("timed.wrapper")}`,
      `speak: function line ${found.line("speak.def")}`,
      "child: subgraph",
      "inline child: subgraph",
      `tools: tools tool line ${found.line("search.def")} tool func`,
    ]);
    const child = found.graph("child").key;
    assert.deepEqual(
      found.graph("graph").nodes.flatMap((node) => node.subgraph ?? []),
      [child, child],
    );
  });

  it("finds entrypoints and the tasks that they call", async () => {
    const found = await fixture("typescript/functional.ts");
    assert.deepEqual(found.candidates(), ["essay entrypoint @essay.def", "named entrypoint @named"]);
    assert.deepEqual(nodes(found.graph("essay")), [
      `essay: entrypoint line ${found.line("essay.def")}`,
      `outline: task line ${found.line("outline.def")}`,
      "write section: task section",
    ]);
    assert.deepEqual(nodes(found.graph("named")), ["named: entrypoint section"]);
  });

  it("offers exported graphs and factories that need nothing or a config", async () => {
    const found = await fixture("typescript/factories.ts");
    assert.deepEqual(found.candidates(), [
      "makeGraph factory @makeGraph",
      "makeAsync factory @makeAsync",
      "assistant compiled @assistant",
      "default builder @default",
    ]);
    assert.deepEqual(nodes(found.graph("makeGraph")), ["local: function local"]);
    assert.deepEqual(nodes(found.graph("makeAsync")), ["async: function step"]);
    assert.deepEqual(nodes(found.graph("assistant")), [
      "answer: function answer",
      `late: function line ${found.line("late.added")}`,
    ]);
  });

  it("knows functions before their line, as JavaScript does", async () => {
    const { graphs } = await analyse(
      "hoisted.ts",
      [
        "export const graph = new StateGraph(S).addNode('a', a).addNode('b', inner()).compile();",
        "function a() { return {}; }",
        "function inner() { return b; function b() { return {}; } }",
      ].join("\n"),
    );
    assert.deepEqual(graphs.map(nodes), [["a: function a", "b: function b"]]);
  });

  it("sees through promises and folds", async () => {
    const { candidates, graphs } = await analyse(
      "folded.ts",
      [
        "const steps = { a: () => 1, b: () => 2 };",
        "const builder = Object.entries(steps).reduce((g, [name, step]) => g.addNode(name, step), new StateGraph(S));",
        "export const graph = await Promise.resolve(builder.compile());",
      ].join("\n"),
    );
    assert.deepEqual(
      candidates.map((candidate) => `${candidate.variable} ${candidate.kind}`),
      ["graph compiled"],
    );
    assert.deepEqual(graphs.map(nodes), [["a: function a", "b: function b"]]);
  });

  it("knows entry and finish points, and pipes behind a subgraph", async () => {
    const { graphs } = await analyse(
      "points.ts",
      [
        "const small = new StateGraph(S).addNode('in', () => 1).compile();",
        "const last = (state) => state;",
        "export const graph = new StateGraph(S)",
        "  .addNode('a', small.pipe(last))",
        "  .setEntryPoint('a')",
        "  .setConditionalEntryPoint((state) => state.next, ['a'])",
        "  .setFinishPoint('a')",
        "  .compile();",
      ].join("\n"),
    );
    const graph = graphs.find((other) => other.variable === "graph");
    assert.deepEqual(graph && nodes(graph), ["a: function last"]);
    assert.deepEqual(graph && edges(graph), ["__start__ -> a", "__start__ ~> a", "a -> __end__"]);
  });

  it("gives nodes of a list that is written elsewhere the line of the call", async () => {
    const { graphs } = await analyse(
      "sequence.ts",
      [
        "const steps = [",
        "  ['a', () => 1],",
        "  ['b', () => 2],",
        "];",
        "export const graph = new StateGraph(S)",
        "  .addSequence(steps)",
        "  .addSequence({ c: () => 3, d: () => 4 })",
        "  .compile();",
      ].join("\n"),
    );
    assert.deepEqual(
      graphs[0]?.nodes.map((node) => [node.name, node.addedAt?.line, node.addedAt?.endLine]),
      [
        ["a", 6, 6],
        ["b", 6, 6],
        ["c", 7, 7],
        ["d", 7, 7],
      ],
    );
    assert.deepEqual(graphs.map(edges), [["a -> b", "c -> d"]]);
  });

  it("offers one name of a factory", async () => {
    const { candidates } = await analyse(
      "one.ts",
      "export function make() { return new StateGraph(S).addNode('a', () => 1).compile(); }\nexport default make;\n",
    );
    assert.deepEqual(
      candidates.map((candidate) => candidate.variable),
      ["make"],
    );
  });

  it("reads where commands and routers go", async () => {
    const found = await fixture("typescript/commands.ts");
    assert.deepEqual(edges(found.graph("graph")), [
      "triage ~> worker",
      "triage ~> finish",
      "__start__ ~> triage",
      "__start__ ~> __end__",
      "worker ~> worker",
      "finish ~> ?",
      "triage ~[triage]> worker",
      "triage ~[__end__]> __end__",
      "worker -> triage",
      "finish -> triage",
    ]);
  });

  it("follows loops, sequences and helpers that add nodes", async () => {
    const found = await fixture("typescript/collections.ts");
    assert.deepEqual(nodes(found.graph("app")), [
      "first: function first",
      "one: function first",
      "two: function second",
      "worker_a: function second",
      "worker_b: function second",
      "plugin_{name}: function second",
      "x: function first",
      "y: function second",
    ]);
    assert.deepEqual(edges(found.graph("app")), ["x -> y", "__start__ ~> first"]);
  });

  it("follows named, renamed, default, namespace and dynamic imports, from .js to .ts", async () => {
    const found = await fixture("typescript/package/graph.ts");
    const graph = found.graph("graph");
    assert.deepEqual(
      graph.nodes.map((node) => [node.name, ...node.functions.map((run) => basename(run.path))]),
      [
        ["plan", "nodes.ts"],
        ["write", "nodes.ts"],
        ["answer", "answering.ts"],
        ["default", "answering.ts"],
        ["later", "later.ts"],
        ["sub"],
      ],
    );
    assert.deepEqual(nodes(found.graph("subgraph")), ["deep: function deep"]);
  });

  it("offers what a file passes on with export *", async () => {
    const found = await fixture("typescript/package/index.ts");
    assert.deepEqual(
      found.analysis.candidates.map((candidate) => candidate.variable),
      ["graph"],
    );
  });

  it("finds a .ts, .tsx or index file for an import", async () => {
    for (const [specifier, file] of [
      ["./steps", "steps.ts"],
      ["./steps", "steps.tsx"],
      ["./steps", "steps/index.ts"],
      ["./steps.js", "steps.tsx"],
      ["./steps.mjs", "steps.mts"],
      ["@/lib/steps", "src/lib/steps.ts"],
    ] as const) {
      const { graphs } = await analyse(
        "web/src/app/graph.ts",
        `import { step } from "${specifier}";\nexport const graph = new StateGraph(S).addNode("a", step).compile();\n`,
        {
          [specifier.startsWith("@") ? `web/${file}` : `web/src/app/${file}`]:
            "export function step() { return {}; }\n",
        },
      );
      assert.deepEqual(graphs.map(nodes), [["a: function step"]], `${specifier} -> ${file}`);
    }
  });

  it("reads CommonJS", async () => {
    const found = await fixture("typescript/commonjs.cjs");
    assert.deepEqual(
      found.analysis.candidates.map(({ variable, kind }) => `${variable} ${kind}`),
      ["graph compiled", "makeGraph factory"],
    );
    assert.deepEqual(nodes(found.graph("graph")), ["ask: function ask", "helper: function helper"]);
    const { candidates } = await analyse(
      "one.js",
      "module.exports = new StateGraph(S).addNode('a', () => 1).compile();",
    );
    assert.deepEqual(
      candidates.map((candidate) => candidate.variable),
      ["default"],
    );
    const named = await analyse("two.js", "exports.app = new StateGraph(S).addNode('a', () => 1).compile();");
    assert.deepEqual(
      named.candidates.map((candidate) => candidate.variable),
      ["app"],
    );
  });

  it("says that a graph must be exported", async () => {
    const found = await fixture("typescript/private.ts");
    assert.deepEqual(found.analysis.candidates, []);
    assert.deepEqual(found.analysis.problems, [
      {
        message: 'The graph graph is not exported: add "export" so that it can be debugged.',
        at: { path: found.path, line: found.line("graph") },
      },
    ]);
  });

  it("reads files with JSX", async () => {
    const found = await fixture("typescript/view.tsx");
    assert.deepEqual(nodes(found.graph("graph")), ["render: function render"]);
    found.expect({ "render.def": "before render", "render.return": "after render" });
  });

  it("reads enums, constants, class fields and default exports", async () => {
    const { candidates, graphs } = await analyse(
      "mixed.ts",
      [
        'enum Nodes { A = "first" }',
        'const names = { b: "second" } as const;',
        "class Agent {",
        "  private graph = new StateGraph(S);",
        "  constructor(private llm: Model) {",
        "    this.graph.addNode(Nodes.A, this.run).addNode(names.b, async () => this.llm);",
        "  }",
        "  run = async (state: S) => { return {}; };",
        "  compile() { return this.graph.compile(); }",
        "}",
        "const agent = new Agent(model);",
        "export default agent.compile();",
      ].join("\n"),
    );
    assert.deepEqual(candidates, [
      { variable: "default", kind: "compiled", at: { path: candidates[0]?.at.path, line: 12 } },
    ]);
    const graph = graphs.find((other) => other.variable === "default");
    assert.deepEqual(graph && nodes(graph), ["first: function run", "second: function line 6"]);
  });
});
