/** What the analyzer keeps, reads again and survives: unsaved text, changed imports, broken source, large files. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { breakpointAt, createAnalyzer, graphModels } from "../../../src/analysis/index.ts";
import { analyse, analyzer, fixture, fixturePath, grammars, nodes, readFile } from "./fixture.ts";

const GRAPH = `from langgraph.graph import StateGraph
from .steps import step
builder = StateGraph(dict)
builder.add_node("a", step)
graph = builder.compile()
`;

describe("analyzer", () => {
  it("gives the same answer until a text changes", async () => {
    const files = new Map([
      [fixturePath("app/graph.py"), GRAPH],
      [fixturePath("app/steps.py"), "def step(state): return state\n"],
    ]);
    const own = createAnalyzer({ readFile: (path) => files.get(path), grammars });
    const path = fixturePath("app/graph.py");
    const first = await own.analyzeFile(path);
    assert.equal(await own.analyzeFile(path), first);
    assert.equal(first.graphs[0]?.nodes[0]?.functions[0]?.line, 1);

    files.set(fixturePath("app/steps.py"), "\n\ndef step(state): return state\n");
    const second = await own.analyzeFile(path);
    assert.equal(second.graphs[0]?.nodes[0]?.functions[0]?.line, 3);

    files.delete(fixturePath("app/steps.py"));
    assert.deepEqual((await own.analyzeFile(path)).graphs.map(nodes), [["a: function"]]);

    files.set(fixturePath("app/steps/__init__.py"), "def step(state): return state\n");
    assert.deepEqual((await own.analyzeFile(path)).graphs.map(nodes), [["a: function step"]]);
  });

  it("analyses the text of an editor instead of the file", async () => {
    const path = fixturePath("python/no_graph.py");
    const found = await analyzer.analyzeFile(
      path,
      'graph = StateGraph(dict).add_node("a", lambda s: s).compile()\n',
    );
    assert.deepEqual(found.graphs.map(nodes), [["a: function line 1"]]);
    assert.deepEqual((await analyzer.analyzeFile(path)).graphs, []);
  });

  it("says what it cannot read", async () => {
    const missing = await analyzer.analyzeFile(fixturePath("missing.py"));
    assert.match(missing.problems[0]?.message ?? "", /cannot be read/);
    const other = await analyzer.analyzeFile(fixturePath("notes.txt"), "StateGraph()");
    assert.equal(other.problems[0]?.message, "Only Python, TypeScript and JavaScript files hold graphs.");
    assert.equal(other.language, undefined);
  });

  it("rejects when a grammar is missing, and only for the files that need it", async () => {
    const partial = createAnalyzer({
      readFile,
      grammars: { ...grammars, tsx: fixturePath("missing.wasm") },
    });
    await assert.rejects(partial.analyzeFile(fixturePath("typescript/view.tsx")), /missing\.wasm/);
    assert.equal((await partial.analyzeFile(fixturePath("typescript/builder.ts"))).candidates.length, 1);
  });

  it("counts lines and characters outside ASCII and with CRLF as an editor does", async () => {
    const text = GRAPH.replace(
      "from .steps import step",
      'def step(state):\n    text = "日本語 🎉 é"\n    return text',
    ).replaceAll("\n", "\r\n");
    const found = await analyse("crlf.py", `\uFEFF${text}`);
    assert.deepEqual(found.problems, []);
    const step = found.graphs[0]?.nodes[0]?.functions[0];
    assert.deepEqual([step?.name, step?.line, step?.endLine, step?.returnLines], ["step", 2, 4, [4]]);
    assert.equal(found.graphs[0]?.nodes[0]?.addedAt?.line, 6);
    assert.equal(found.candidates[0]?.at.line, 7);
  });

  it("reports what can be found around a syntax error", async () => {
    const python = readFile(fixturePath("python/builder.py")) ?? "";
    const broken = python
      .replace("return text[:10]  # @helper.return", "return text[:10")
      .replace('builder.add_node("write", write)', 'builder.add_node("write", write');
    const found = await analyse("python/broken.py", broken);
    assert.match(found.problems[0]?.message ?? "", /syntax error/);
    assert.ok(found.functions.some((other) => other.name === "polish"));
    const typing = await analyse("python/typing.py", `${python}\nbuilder.add_node("new", `);
    assert.equal(typing.graphs[0]?.nodes.length, 4);
    const script = readFile(fixturePath("typescript/builder.ts")) ?? "";
    const half = await analyse("typescript/half.ts", `${script}\nfunction next(state: State) {\n  return {`);
    assert.equal(half.graphs[0]?.nodes.length, 7);
  });

  it("survives modules that import each other and themselves", async () => {
    const found = await analyse(
      "a.py",
      "from b import y\nfrom a import *\nfrom c import z\nx = y\ngraph = x\n",
      {
        "b.py": "from a import x\ny = x\n",
        "c.py": "from c import z\nimport a\nw = a.graph\n",
      },
    );
    assert.deepEqual([found.graphs, found.problems], [[], []]);
    const script = await analyse("a.ts", 'export * from "./b";\nexport { q } from "./b";\n', {
      "b.ts": 'export * from "./a";\nexport { q } from "./a";\n',
    });
    assert.deepEqual([script.candidates, script.problems], [[], []]);
  });

  it("survives functions that call themselves and classes that extend themselves", async () => {
    const found = await analyse(
      "loop.py",
      [
        "class A(A):",
        "    def build(self): return StateGraph(dict).add_node('a', self.build()).compile()",
        "def f(x): return f(f(x))",
        "graph = f(A().build())",
        "xs = []",
        "xs.append(xs)",
        "for x in xs: xs.append(x)",
        "other = StateGraph(dict).add_node('tools', ToolNode(xs)).compile()",
      ].join("\n"),
    );
    assert.ok(found.graphs.length > 0);
  });

  it("says so when a file would take too long", async () => {
    const found = await analyse(
      "endless.py",
      [
        "graph = StateGraph(dict).add_node('a', lambda s: s).compile()",
        "for i in range(50):",
        "    for j in range(50):",
        "        for k in range(50):",
        "            x = f(i, j, k)",
      ].join("\n"),
    );
    assert.equal(found.problems[0]?.message, "This file is too large to be analysed completely.");
    assert.equal(found.candidates.length, 1);
  });

  it("says so when a file is nested too deeply", async () => {
    const deep = await analyse("deep.py", `x = ${"[".repeat(20_000)}${"]".repeat(20_000)}\n`);
    assert.deepEqual(deep.graphs, []);
    assert.match(deep.problems[0]?.message ?? "", /nested too deeply|syntax error/);
    const long = `new StateGraph(S)${Array.from({ length: 500 }, (_, n) => `.addNode("n${n}", step)`).join("\n")}`;
    const chain = await analyse("chain.ts", `export const graph = ${long};\n`);
    assert.equal(chain.graphs[0]?.nodes.length, 500);
  });

  it("gives models for the graph and each of its subgraphs", async () => {
    const found = await fixture("python/shared.py");
    const models = graphModels(found.analysis.graphs, found.graph("workflow").key);
    assert.deepEqual(
      models.map((model) => [model.id, model.nodes.map((node) => [node.name, node.subgraph])]),
      [
        [
          "",
          [
            ["one", undefined],
            ["two", undefined],
            ["left", "left"],
            ["right", "right"],
          ],
        ],
        ["left", [["only", undefined]]],
        ["right", [["only", undefined]]],
      ],
    );
    assert.deepEqual(graphModels(found.analysis.graphs, "unknown"), []);
  });

  it("names a router among the functions of the node it decides after", async () => {
    const found = await fixture("python/builder.py");
    const [root] = graphModels(found.analysis.graphs, found.graph("graph").key);
    const polish = root?.nodes.find((node) => node.name === "polish");
    assert.deepEqual(
      polish?.functions.map((run) => [run.role, run.name]),
      [
        ["node", "polish"],
        ["router", "route"],
      ],
    );
  });
});

describe("analysis of broken source", () => {
  const names = [
    "python/builder.py",
    "python/node_kinds.py",
    "python/agents.py",
    "python/factories.py",
    "python/loops.py",
    "typescript/builder.ts",
    "typescript/node-kinds.ts",
    "typescript/agents.ts",
    "typescript/functional.ts",
    "typescript/view.tsx",
  ];
  const pieces = [
    "(",
    ")",
    "{",
    "}",
    "[",
    "]",
    ":",
    "=>",
    '"',
    "'",
    "`",
    "\n",
    "    ",
    "def ",
    "class ",
    "*",
    "...",
    ",",
    "add_node",
    "\u0000",
    "é",
    "🎉",
  ];
  const edit = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    remove: fc.nat(40),
    insert: fc.oneof(fc.constantFrom(...pieces), fc.constant("")),
  });

  it("never fails, and its answers lie in the file", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...names),
        fc.array(edit, { maxLength: 6 }),
        fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
        async (name, edits, cut) => {
          let text = readFile(fixturePath(name)) ?? "";
          for (const { at, remove, insert } of edits) {
            const start = Math.floor(at * text.length);
            text = text.slice(0, start) + insert + text.slice(start + remove);
          }
          if (cut !== null) text = text.slice(0, Math.floor(cut * text.length));
          const lines = text.split("\n").length;
          const found = await analyzer.analyzeFile(fixturePath(name), text);
          for (const run of found.functions) {
            assert.ok(run.line >= 1 && run.line <= run.endLine && run.endLine <= lines);
            assert.ok(run.line <= run.definitionLine && run.definitionLine <= run.endLine);
          }
          for (let line = 1; line <= lines; line++) {
            const answer = breakpointAt([found], found.path, line);
            if (answer.verified) assert.ok(answer.line >= 1 && answer.line <= lines);
            else assert.notEqual(answer.reason, "");
          }
        },
      ),
      { numRuns: 150, seed: 7 },
    );
  });
});
