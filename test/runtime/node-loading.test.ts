// How the Node runtime finds LangGraph, reads the program and finds the graph in it.

import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Driver, interrupts, Refused } from "./driver.ts";
import { Drivers } from "./drivers.ts";
import { node, readingTypeScript } from "./runtimes.ts";

const repository = join(import.meta.dirname, "..", "..");
const fixtures = join(import.meta.dirname, "..", "fixtures", "node");
const program = (name: string): string => join(fixtures, name);
const ofContract = (name: string): string => join(node.graphs, name);

describe("loading a graph into the Node runtime", function () {
  // Each test starts one process or more.
  this.timeout(60_000);
  const drivers = Drivers.in(node);
  const projects: string[] = [];
  // After the processes in them have ended.
  afterEach(() => {
    for (const path of projects.splice(0)) rmSync(path, { recursive: true, force: true });
  });
  /** Loads nothing: one process can refuse one program after the other. */
  let refusing: Driver;
  before(async () => {
    refusing = await Driver.start(node, repository);
  });
  after(() => refusing.kill());

  /** The folder of a project of its own, with the packages named linked from this repository. */
  function project(files: { [name: string]: string }, packages: string[]): string {
    const path = mkdtempSync(join(realpathSync(tmpdir()), "project-"));
    projects.push(path);
    for (const name of packages) {
      const link = join(path, "node_modules", name);
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(join(repository, "node_modules", name), link, "junction");
    }
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(path, name)), { recursive: true });
      writeFileSync(join(path, name), text);
    }
    return path;
  }

  async function refusal(path: string, graph?: string): Promise<Refused> {
    const load = refusing.request("load", {
      program: path,
      ...(graph === undefined ? {} : { graph }),
      searchPaths: [],
      checkpoints: join(tmpdir(), "never-made.sqlite"),
      workspaceFolders: [dirname(path)],
    });
    const error: unknown = await load.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof Refused, "the graph was loaded");
    return error;
  }

  it("runs a CommonJS program with the CommonJS build of LangGraph", async () => {
    const driver = await drivers.own(program("commonjs.cjs"));
    assert.equal(driver.loaded.name, "graph");
    assert.deepEqual(driver.loaded.stateKeys, ["text"]);
    const asked = await driver.run({ input: { text: "" } });
    assert.equal(asked.reason, "interrupt");
    const id = interrupts(asked.position.root)[0]?.id ?? "";
    assert.equal((await driver.run({ resume: { [id]: "word" } })).reason, "end");
    assert.equal(await driver.evaluate("text"), '"WORD"');
  });

  it("takes a default export, calls a factory and compiles what it gives", async () => {
    const driver = await drivers.own(program("default_export.mjs"));
    assert.equal(driver.loaded.name, "default");
    await driver.run({ input: { text: "word" } });
    assert.equal(await driver.evaluate("text"), '"WORD"');
  });

  it("names the exported graphs when there is none of that name", async () => {
    const error = await refusal(program("two_graphs.mjs"), "third");
    assert.equal(error.data.code, "noGraph");
    assert.match(error.message, /exports no "third".*first, second/);
  });

  it("says what an export is that is no graph", async () => {
    const error = await refusal(program("two_graphs.mjs"), "notOne");
    assert.equal(error.data.code, "notAGraph");
    assert.match(error.message, /is no graph but number/);
  });

  it("says that there is no graph, and how to export one", async () => {
    const error = await refusal(ofContract("no_graph.ts"));
    assert.equal(error.data.code, "noGraph");
    assert.match(error.message, /exports no graph\. Export one/);
  });

  it("says that there is no such file", async () => {
    const error = await refusal(program("missing.mjs"));
    assert.equal(error.data.code, "noGraph");
    assert.match(error.message, /There is no file/);
  });

  it("gives the place of a syntax error", async () => {
    const at = project({ "broken.mjs": "export const a = 1;\nexport const = 2;\n" }, ["@langchain"]);
    const error = await refusal(join(at, "broken.mjs"));
    assert.equal(error.data.code, "importError");
    assert.equal(error.data.error?.frames[0]?.path, join(at, "broken.mjs"));
    assert.equal(error.data.error?.frames[0]?.line, 2);
  });

  it("names a package that the program imports and that is missing", async () => {
    const at = project({ "graph.mjs": 'import "not-installed-anywhere";\n' }, ["@langchain"]);
    const error = await refusal(join(at, "graph.mjs"));
    assert.equal(error.data.code, "importError");
    assert.match(error.message, /not-installed-anywhere/);
    assert.match(error.message, /npm install not-installed-anywhere/);
  });

  it("tells how to install LangGraph when the program has none", async () => {
    const at = project({ "package.json": "{}", "graph.mjs": "export const graph = 1;\n" }, []);
    const error = await refusal(join(at, "graph.mjs"));
    assert.equal(error.data.code, "langgraphMissing");
    assert.ok(error.message.includes(`npm install @langchain/langgraph @langchain/core (in ${at})`));
  });

  it("refuses a LangGraph that is too old", async () => {
    const old = JSON.stringify({ name: "@langchain/langgraph", version: "0.2.74", exports: { ".": {} } });
    const at = project(
      { "node_modules/@langchain/langgraph/package.json": old, "graph.mjs": "export const graph = 1;\n" },
      [],
    );
    const error = await refusal(join(at, "graph.mjs"));
    assert.equal(error.data.code, "langgraphTooOld");
    assert.match(error.message, /0\.2\.74 is too old.*npm install @langchain\/langgraph@latest/);
  });

  it("reads TypeScript with the project's own tsx", async () => {
    const path = join(repository, "examples", "typescript", "email-assistant.ts");
    const { loaded } = await drivers.own(path, { workspaceFolders: [dirname(path)] });
    const classify = loaded.graphs[0]?.nodes.find(({ name }) => name === "classify")?.functions[0];
    assert.deepEqual([classify?.path, classify?.line, classify?.name], [path, 43, "classify"]);
  });

  it("reads TypeScript as CommonJS with tsx, and finds its lines in functions and errors", async () => {
    const source = `import { Annotation, START, StateGraph } from "@langchain/langgraph";
enum Word { Last = "!" }
const State = Annotation.Root({ text: Annotation<string>() });
export const graph = new StateGraph(State)
  .addNode("shout", async (state: typeof State.State): Promise<{ text: string }> => {
    if (state.text === "no") throw new Error("no shouting");

    return { text: state.text.toUpperCase() + Word.Last };
  })
  .addEdge(START, "shout")
  .compile();
`;
    const at = project({ "package.json": "{}", "graph.ts": source }, ["@langchain", "tsx"]);
    const path = join(at, "graph.ts");
    const driver = await drivers.own(path, { workspaceFolders: [at] });
    const shout = driver.loaded.graphs[0]?.nodes[0]?.functions[0];
    assert.deepEqual(shout, {
      path,
      role: "node",
      line: 5,
      definitionLine: 5,
      firstStatementLine: 6,
      returnLines: [8],
      interruptLines: [],
      endLine: 9,
    });
    const { position, reason } = await driver.run({ input: { text: "no" } });
    assert.equal(reason, "exception");
    assert.equal(position.error?.node, "shout");
    assert.deepEqual([position.error?.frames[0]?.path, position.error?.frames[0]?.line], [path, 6]);
    assert.ok(!position.error?.traceback.includes(join("runtime", "node")));
    await driver.run({ threadId: "other", input: { text: "yes" } });
    assert.equal(await driver.evaluate("text"), '"YES!"');
  });

  it("names files by the folder that was opened, also when that is a link", async () => {
    const at = project({ "real/package.json": '{"type": "module"}' }, ["@langchain", "zod"]);
    for (const name of ["linear.ts", "record.ts"]) {
      cpSync(ofContract(name), join(at, "real", name));
    }
    const opened = join(at, "opened");
    symlinkSync(join(at, "real"), opened, "junction");
    const { loaded } = await drivers.own(join(opened, "linear.ts"), { workspaceFolders: [opened] });
    const { graphs, sources } = loaded;
    assert.equal(graphs[0]?.nodes[0]?.functions[0]?.path, join(opened, "linear.ts"));
    assert.deepEqual(sources.toSorted(), [join(opened, "linear.ts"), join(opened, "record.ts")]);
  });

  it("reads TypeScript by Node itself where there is no tsx", async () => {
    const at = project({ "package.json": '{"type": "module"}' }, ["@langchain", "zod"]);
    const path = join(at, "linear.ts");
    for (const name of ["linear.ts", "record.ts"]) {
      cpSync(ofContract(name), join(at, name));
    }
    const driver = await drivers.own(path, { workspaceFolders: [at] });
    const stop = await driver.run({ input: { topic: "bees", log: [] } }, { kind: "in" });
    assert.equal(stop.reason, "entry");
    assert.equal(driver.stdout + driver.stderr, "");
  });

  it("reads TypeScript by Node itself where its arguments say so", async () => {
    // Which Node refuses, and tsx takes.
    const source = "enum Word { Last }\nexport const graph = Word;\n";
    const files = { "package.json": '{"type": "module"}', "graph.ts": source };
    const at = project(files, ["@langchain", "tsx"]);
    await assert.rejects(Driver.load(readingTypeScript, join(at, "graph.ts")), /enum/);
  });

  it("tells how to install tsx when Node can't read the file", async () => {
    const at = project({ "package.json": "{}", "graph.tsx": "export const graph = 1;\n" }, ["@langchain"]);
    // In a process of its own: the tsx of another program would read it.
    const load = Driver.load(node, join(at, "graph.tsx"));
    await assert.rejects(load, /npm install --save-dev tsx/);
  });
});
