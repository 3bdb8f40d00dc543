/** Which graphs and factories a Python file offers to debug. */
import assert from "node:assert/strict";
import { analyse, fixture, nodes } from "./fixture.ts";

describe("what a Python file offers to debug", () => {
  it("offers factories that need nothing or a config", async () => {
    const found = await fixture("python/factories.py");
    assert.deepEqual(found.candidates(), [
      "make_graph factory @make_graph",
      "make_async factory @make_async",
      "make_with_resources factory @make_with",
      "assistant compiled @assistant",
      "fallback compiled @fallback",
    ]);
    assert.deepEqual(nodes(found.graph("make_graph")), ["local: function local"]);
    assert.deepEqual(nodes(found.graph("make_async")), ["async: function step"]);
    assert.deepEqual(nodes(found.graph("make_with_resources")), ["resource: function step"]);
    assert.deepEqual(nodes(found.graph("assistant")), ["answer: function answer"]);
    assert.deepEqual(nodes(found.graph("fallback")), ["fallback: function step"]);
  });

  it("offers a factory instead of the builder that it compiles", async () => {
    const { candidates } = await analyse(
      "python/late.py",
      [
        "builder = StateGraph(dict).add_node('a', lambda s: s)",
        "async def make(config: RunnableConfig):",
        "    async with saver() as memory:",
        "        yield builder.compile(checkpointer=memory)",
      ].join("\n"),
    );
    assert.deepEqual(
      candidates.map((candidate) => `${candidate.variable} ${candidate.kind}`),
      ["make factory"],
    );
  });

  it("offers one of two factories that hand on one graph", async () => {
    const { candidates } = await analyse(
      "python/handing.py",
      [
        "async def setup(): return StateGraph(dict).add_node('a', lambda s: s).compile()",
        "def graph(): return asyncio.run(setup())",
      ].join("\n"),
    );
    assert.deepEqual(
      candidates.map((candidate) => `${candidate.variable} ${candidate.kind}`),
      ["graph factory"],
    );
  });

  it("takes a config by its name or its type", async () => {
    const { candidates } = await analyse(
      "python/configs.py",
      [
        "def build(): return StateGraph(dict).add_node('a', lambda s: s).compile()",
        "def named(config): return build()",
        "def typed(c: RunnableConfig | None): return build()",
        "def both(config, runtime: Runtime[dict]): return build()",
        "def many(config, runtime, store): return build()",
        "def other(model): return build()",
        "def literal(kind: 'Literal[\"x\"]'): return build()",
        "def rest(*args, model=None, **options): return build()",
      ].join("\n"),
    );
    const offered = candidates.map((candidate) => candidate.variable);
    assert.deepEqual(offered, ["build"]);
    const apart = await analyse(
      "python/apart.py",
      [
        "def make(name): return StateGraph(dict).add_node(name, lambda s: s).compile()",
        "def named(config): return make('a')",
        "def typed(c: RunnableConfig | None): return make('b')",
        "def both(config, runtime: Runtime[dict]): return make('c')",
        "def many(config, runtime, rt): return make('d')",
        "def other(model): return make('e')",
        "def rest(*args, model=None, **options): return make('f')",
      ].join("\n"),
    );
    assert.deepEqual(
      apart.candidates.map((candidate) => candidate.variable),
      ["named", "typed", "both", "rest"],
    );
  });

  it("offers one name of a graph, the usual one, and no private one", async () => {
    const found = await fixture("python/shared.py");
    assert.deepEqual(
      found.analysis.candidates.map((candidate) => candidate.variable),
      ["small", "workflow"],
    );
  });

  it("offers an imported graph where the file has none of its own", async () => {
    assert.deepEqual((await fixture("python/main.py")).candidates(), ["graph compiled @graph"]);
    const init = await fixture("python/package/__init__.py");
    assert.deepEqual(
      init.analysis.candidates.map(({ variable, at }) => [variable, at]),
      [["graph", { path: init.path, line: 3 }]],
    );
  });

  it("finds no graph where there is none", async () => {
    const found = await fixture("python/no_graph.py");
    assert.deepEqual(found.analysis.candidates, []);
    assert.deepEqual(found.analysis.graphs, []);
    assert.deepEqual(found.analysis.problems, []);
  });
});
