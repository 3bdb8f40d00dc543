/** Contract of both runtimes: finding and describing graphs, and what is said when there is none. */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { GraphModel, NodeFunction } from "../../src/model/graph.ts";
import { marks } from "../fixtures/marks.ts";
import { Driver, Refused, refused } from "./driver.ts";
import { runtimes } from "./runtimes.ts";

const functionOf = (graphs: readonly GraphModel[], node: string, graph = ""): NodeFunction | undefined =>
  graphs
    .find((each) => each.id === graph)
    ?.nodes.find((each) => each.name === node)
    ?.functions.at(0);

for (const runtime of runtimes) {
  describe(`${runtime.language}: load`, () => {
    let driver: Driver | undefined;
    afterEach(async () => {
      await driver?.kill();
      driver = undefined;
    });
    const file = (name: string) => join(runtime.graphs, `${name}${runtime.extension}`);

    it("describes the graph, its nodes and where their functions stand", async () => {
      driver = await Driver.load(runtime, "linear");
      const { graphs, stateKeys, name, sources, warnings } = driver.loaded;
      assert.equal(name, "graph");
      assert.deepEqual(stateKeys, ["topic", "count", "done", "log"]);
      assert.deepEqual(warnings, []);
      assert.ok(sources.includes(file("linear")));
      const at = marks(file("linear"));
      const think = functionOf(graphs, "think");
      assert.equal(think?.path, file("linear"));
      assert.equal(think?.definitionLine, at.get("think"));
      assert.deepEqual(think?.returnLines, [at.get("think.reset"), at.get("think.return")]);
      const edges = graphs[0]?.edges.map((edge) => `${edge.from}>${edge.to}`) ?? [];
      assert.ok(edges.includes("__start__>fetch") && edges.includes("fetch>think"));
      const { properties } = driver.loaded.inputSchema as {
        properties: { [key: string]: { type?: string } };
      };
      assert.equal(properties.topic?.type, "string");
    });

    it("finds the lines of interrupts", async () => {
      driver = await Driver.load(runtime, "review");
      const asks = functionOf(driver.loaded.graphs, "review")?.interruptLines;
      assert.deepEqual(asks, [marks(file("review")).get("review.ask") ?? marks(file("review")).get("ask")]);
    });

    it("finds the functions of every kind of node", async () => {
      driver = await Driver.load(runtime, "node_kinds");
      const at = marks(file("node_kinds"));
      const nodes = driver.loaded.graphs[0]?.nodes ?? [];
      const known = nodes.filter((node) => at.has(node.name));
      assert.ok(known.length >= 8);
      for (const node of known) {
        const found = node.functions[0];
        const lines = [found?.line, found?.definitionLine];
        assert.ok(lines.includes(at.get(node.name)), `${node.name}: ${JSON.stringify(found)}`);
      }
      assert.match(functionOf(driver.loaded.graphs, "imported")?.path ?? "", /helpers\.(py|ts)$/);
    });

    it("finds the tools of a tool node, and the router of a branch", async () => {
      driver = await Driver.load(runtime, "tool_agent");
      const tools = driver.loaded.graphs[0]?.nodes.find((node) => node.name === "tools");
      assert.equal(tools?.kind, "tools");
      assert.deepEqual(
        tools?.functions.map(({ role }) => role),
        ["tool", "tool"],
      );
      await driver.kill();
      driver = await Driver.load(runtime, "branching");
      const start = driver.loaded.graphs[0]?.nodes.find((node) => node.name === "start");
      assert.deepEqual(
        start?.functions.map(({ role }) => role),
        ["node", "router"],
      );
    });

    it("finds subgraphs, one object in two nodes twice", async () => {
      driver = await Driver.load(runtime, "shared_subgraph");
      assert.deepEqual(
        driver.loaded.graphs.map(({ id }) => id),
        ["", "first", "second"],
      );
      const first = driver.loaded.graphs[0]?.nodes.find((node) => node.name === "first");
      assert.deepEqual([first?.kind, first?.subgraph], ["subgraph", "first"]);
      await driver.breakpoints({ when: "before", graph: "second", node: "double" });
      const stopped = await driver.run({ input: { value: 3 } });
      assert.equal(stopped.position.root.tasks[0]?.name, "second");
    });

    for (const [fixture, variable] of [
      ["not_compiled", "graph"],
      ["factories", "make"],
      ["factories", "make_async"],
      ["functional_plain", "graph"],
      ["prebuilt_agent", "graph"],
    ] as const) {
      it(`loads ${fixture}:${variable}`, async () => {
        driver = await Driver.load(runtime, fixture, { graph: variable });
        assert.ok((driver.loaded.graphs[0]?.nodes.length ?? 0) > 0);
      });
    }

    it("takes the graph by file and variable", async () => {
      driver = await Driver.load(runtime, "several", { graph: `${file("several")}:quiet` });
      assert.equal(driver.loaded.name, "quiet");
      assert.match(driver.loaded.origin, /several\.(py|ts):quiet$/);
    });

    it("says what a graph's own checkpointer is replaced by", async () => {
      driver = await Driver.load(runtime, "own_saver");
      assert.match(driver.loaded.replacedCheckpointer ?? "", /^(InMemory|Memory)Saver$/);
    });

    it("lists the graphs to choose from", async () => {
      await assert.rejects(Driver.load(runtime, "several"), (error) => {
        assert.ok(error instanceof Refused);
        assert.equal(error.data.code, "ambiguousGraph");
        assert.deepEqual(error.data.candidates?.toSorted(), ["loud", "quiet"]);
        return true;
      });
    });

    it("says that there is no graph, and that a variable is none", async () => {
      await assert.rejects(Driver.load(runtime, "no_graph"), refused("noGraph"));
      await assert.rejects(Driver.load(runtime, "linear", { graph: "nothing" }), refused("noGraph"));
    });

    it("gives the user's traceback when the import raises", async () => {
      await assert.rejects(Driver.load(runtime, "import_raises"), (error) => {
        assert.ok(error instanceof Refused);
        assert.equal(error.data.code, "importError");
        assert.match(error.message, /GRAPH/);
        const path = file("import_raises");
        const [frame] = error.data.error?.frames ?? [];
        assert.deepEqual([frame?.path, frame?.line], [path, marks(path).get("raise")]);
        return true;
      });
    });
  });
}
