/** What the analysis finds in the fixtures is what LangGraph itself builds of them. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { fixture, fixturePath } from "./fixture.ts";

const root = join(import.meta.dirname, "..", "..", "..");
const python =
  process.platform === "win32"
    ? join(root, "examples/python/.venv/Scripts/python.exe")
    : join(root, "examples/python/.venv/bin/python");

/** Prints the nodes of every graph of the modules that are named. */
const LIST = `
import importlib, json, sys, warnings
warnings.simplefilter("ignore")
sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1])
from langgraph.pregel import Pregel
found = {}
for name in sys.argv[2:]:
    module = importlib.import_module(name)
    found[name] = {
        key: sorted(str(getattr(node, "value", node)) for node in value.nodes if node != "__start__")
        for key, value in vars(module).items()
        if isinstance(value, Pregel)
    }
print(json.dumps(found))
`;

type Nodes = Record<string, string[]>;

/** Nodes that are found, by variable. Tasks are no nodes of a running graph. */
async function found(name: string): Promise<Nodes> {
  const { analysis } = await fixture(name);
  const graphs = analysis.graphs.filter(
    ({ at, variable }) => at.path === fixturePath(name) && variable !== undefined,
  );
  return Object.fromEntries(
    graphs.map(({ variable, nodes }) => [
      variable,
      nodes.filter(({ kind }) => kind !== "task").map((node) => node.name),
    ]),
  );
}

function agree(real: Nodes, analysed: Nodes, where: string): void {
  for (const [variable, names] of Object.entries(analysed)) {
    const expected = real[variable];
    if (expected) assert.deepEqual([...names].sort(), [...expected].sort(), `${where}: ${variable}`);
  }
  assert.ok(
    Object.keys(analysed).some((variable) => real[variable]),
    `${where}: no graph to compare`,
  );
}

describe("analysis and LangGraph agree", () => {
  it("on the nodes of Python graphs", async function () {
    this.timeout(60_000);
    const modules = [
      "builder",
      "node_kinds",
      "agents",
      "functional",
      "factories",
      "commands",
      "shared",
      "by_hand",
    ];
    const { stdout } = await promisify(execFile)(python, [
      "-c",
      LIST,
      fixturePath("python"),
      ...modules,
      "package.graph",
    ]);
    const real = JSON.parse(stdout) as Record<string, Nodes>;
    for (const module of [...modules, "package.graph"]) {
      agree(real[module] ?? {}, await found(`python/${module.replace(".", "/")}.py`), module);
    }
  });

  it("on the nodes of TypeScript graphs", async function () {
    this.timeout(60_000);
    for (const name of [
      "builder",
      "node-kinds",
      "agents",
      "functional",
      "factories",
      "commands",
      "collections",
      "by-hand",
    ]) {
      const module = (await import(pathToFileURL(fixturePath(`typescript/${name}.ts`)).href)) as Record<
        string,
        unknown
      >;
      const real: Nodes = {};
      for (const [variable, value] of Object.entries(module)) {
        const { graph } = value as { graph?: object };
        const { nodes } = (graph ?? value) as { nodes?: Record<string, object> };
        if (nodes) real[variable] = Object.keys(nodes).filter((node) => node !== "__start__");
      }
      const analysed = await found(`typescript/${name}.ts`);
      // The names of these are made of the environment's.
      const fixed = (names: string[]): string[] => names.filter((node) => !node.startsWith("plugin_"));
      const both = [real, analysed].map((graphs) =>
        Object.fromEntries(Object.entries(graphs).map(([variable, names]) => [variable, fixed(names)])),
      );
      agree(both[0] ?? {}, both[1] ?? {}, name);
    }
  });
});
