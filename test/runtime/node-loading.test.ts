// How the Node runtime finds LangGraph, reads the program and finds the graph in it.

import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, it } from "mocha";
import { fixture, NodeRuntime, outline, ResponseError, repository } from "./node-driver.ts";

const program = (name: string): string => fixture(`node/${name}`);

/** What `load` is refused with. */
async function refusal(path: string, graph?: string): Promise<ResponseError> {
  await using runtime = await NodeRuntime.start();
  try {
    await runtime.load(path, graph === undefined ? {} : { graph });
  } catch (error) {
    assert.ok(error instanceof ResponseError);
    return error;
  }
  throw new Error("The graph was loaded.");
}

/** A project of its own, with the packages named linked from this repository. */
function project(files: { [name: string]: string }, packages: string[]): AsyncDisposable & { path: string } {
  const path = mkdtempSync(join(realpathSync(tmpdir()), "project-"));
  for (const name of packages) {
    const link = join(path, "node_modules", name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(repository, "node_modules", name), link, "junction");
  }
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), text);
  }
  return { path, [Symbol.asyncDispose]: async () => rmSync(path, { recursive: true, force: true }) };
}

describe("loading a graph into the Node runtime", function () {
  // Each test starts one process or more.
  this.timeout(60_000);

  it("runs a CommonJS program with the CommonJS build of LangGraph", async () => {
    await using runtime = await NodeRuntime.start();
    const loaded = await runtime.load(program("commonjs.cjs"));
    assert.equal(loaded.name, "graph");
    assert.deepEqual(loaded.stateKeys, ["text"]);
    const asked = await runtime.run("continue", { input: { text: "" } });
    assert.equal(asked.reason, "interrupt");
    const id = asked.position.root.tasks[0]?.interrupts[0]?.id ?? "";
    assert.equal((await runtime.run("continue", { resume: { [id]: "word" } })).reason, "end");
    assert.equal(await runtime.evaluate("text"), '"WORD"');
  });

  it("takes a default export, calls a factory and compiles what it gives", async () => {
    await using runtime = await NodeRuntime.start();
    const loaded = await runtime.load(program("default_export.mjs"));
    assert.equal(loaded.name, "default");
    await runtime.run("continue", { input: { text: "word" } });
    assert.equal(await runtime.evaluate("text"), '"WORD"');
  });

  it("takes path:export", async () => {
    await using runtime = await NodeRuntime.start();
    const path = program("two_graphs.mjs");
    const loaded = await runtime.request("load", {
      graph: `${path}:second`,
      searchPaths: [],
      checkpoints: join(runtime.folder, "checkpoints.sqlite"),
      workspaceFolders: [repository],
    });
    assert.equal(loaded.origin, `${path}:second`);
  });

  it("lists the candidates when several graphs are exported", async () => {
    const error = await refusal(program("two_graphs.mjs"));
    assert.equal(error.data.code, "ambiguousGraph");
    assert.deepEqual(error.data.candidates, ["first", "second"]);
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
    const error = await refusal(fixture("graphs/typescript/no_graph.ts"));
    assert.equal(error.data.code, "noGraph");
    assert.match(error.message, /exports no graph\. Export one/);
  });

  it("says that there is no such file", async () => {
    const error = await refusal(program("missing.mjs"));
    assert.equal(error.data.code, "noGraph");
    assert.match(error.message, /There is no file/);
  });

  it("gives the user's frames when the import fails, at the lines of the source", async () => {
    const path = fixture("graphs/typescript/import_raises.ts");
    const error = await refusal(path);
    assert.equal(error.data.code, "importError");
    assert.equal(error.data.error?.frames[0]?.path, path);
    assert.equal(error.data.error?.frames[0]?.line, 3);
  });

  it("gives the place of a syntax error", async () => {
    await using at = project({ "broken.mjs": "export const a = 1;\nexport const = 2;\n" }, ["@langchain"]);
    const error = await refusal(join(at.path, "broken.mjs"));
    assert.equal(error.data.code, "importError");
    assert.equal(error.data.error?.frames[0]?.path, join(at.path, "broken.mjs"));
    assert.equal(error.data.error?.frames[0]?.line, 2);
  });

  it("names a package that the program imports and that is missing", async () => {
    await using at = project({ "graph.mjs": 'import "not-installed-anywhere";\n' }, ["@langchain"]);
    const error = await refusal(join(at.path, "graph.mjs"));
    assert.equal(error.data.code, "importError");
    assert.match(error.message, /not-installed-anywhere/);
    assert.match(error.message, /npm install not-installed-anywhere/);
  });

  it("tells how to install LangGraph when the program has none", async () => {
    await using at = project({ "package.json": "{}", "graph.mjs": "export const graph = 1;\n" }, []);
    const error = await refusal(join(at.path, "graph.mjs"));
    assert.equal(error.data.code, "langgraphMissing");
    assert.ok(error.message.includes(`npm install @langchain/langgraph @langchain/core (in ${at.path})`));
  });

  it("refuses a LangGraph that is too old", async () => {
    const old = JSON.stringify({ name: "@langchain/langgraph", version: "0.2.74", exports: { ".": {} } });
    await using at = project(
      { "node_modules/@langchain/langgraph/package.json": old, "graph.mjs": "export const graph = 1;\n" },
      [],
    );
    const error = await refusal(join(at.path, "graph.mjs"));
    assert.equal(error.data.code, "langgraphTooOld");
    assert.match(error.message, /0\.2\.74 is too old.*npm install @langchain\/langgraph@latest/);
  });

  it("reads TypeScript with the project's own tsx", async () => {
    await using runtime = await NodeRuntime.start();
    const path = join(repository, "examples", "typescript", "email-assistant.ts");
    const { graphs } = await runtime.load(path);
    const classify = graphs[0]?.nodes.find(({ name }) => name === "classify")?.functions[0];
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
    await using at = project({ "package.json": "{}", "graph.ts": source }, ["@langchain", "tsx"]);
    const path = join(at.path, "graph.ts");
    await using runtime = await NodeRuntime.start({ cwd: at.path });
    const { graphs } = await runtime.load(path, { workspaceFolders: [at.path] });
    const shout = graphs[0]?.nodes[0]?.functions[0];
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
    const { position, reason } = await runtime.run("continue", { input: { text: "no" } });
    assert.equal(reason, "exception");
    assert.equal(position.error?.node, "shout");
    assert.deepEqual([position.error?.frames[0]?.path, position.error?.frames[0]?.line], [path, 6]);
    assert.ok(!position.error?.traceback.includes(join("runtime", "node")));
    await runtime.run("continue", { threadId: "other", input: { text: "yes" } });
    assert.equal(await runtime.evaluate("text"), '"YES!"');
  });

  it("names files by the folder that was opened, also when that is a link", async () => {
    await using at = project({ "real/package.json": '{"type": "module"}' }, ["@langchain", "zod"]);
    for (const name of ["linear.ts", "record.ts"]) {
      cpSync(fixture(`graphs/typescript/${name}`), join(at.path, "real", name));
    }
    const opened = join(at.path, "opened");
    symlinkSync(join(at.path, "real"), opened, "junction");
    await using runtime = await NodeRuntime.start({ cwd: opened });
    const { graphs, sources } = await runtime.load(join(opened, "linear.ts"), { workspaceFolders: [opened] });
    assert.equal(graphs[0]?.nodes[0]?.functions[0]?.path, join(opened, "linear.ts"));
    assert.deepEqual(sources.toSorted(), [join(opened, "linear.ts"), join(opened, "record.ts")]);
  });

  it("reads TypeScript by Node itself where there is no tsx", async () => {
    await using at = project({ "package.json": '{"type": "module"}' }, ["@langchain", "zod"]);
    const path = join(at.path, "linear.ts");
    for (const name of ["linear.ts", "record.ts"]) {
      cpSync(fixture(`graphs/typescript/${name}`), join(at.path, name));
    }
    await using runtime = await NodeRuntime.start({ cwd: at.path });
    await runtime.load(path, { workspaceFolders: [at.path] });
    const stop = await runtime.run("in", { input: { topic: "bees", log: [] } });
    assert.equal(stop.reason, "entry");
    assert.match(outline(stop.position.root), /pending/);
    assert.equal(runtime.output, "");
  });

  it("reads TypeScript by Node itself where its arguments say so", async () => {
    // Which Node refuses, and tsx takes.
    const source = "enum Word { Last }\nexport const graph = Word;\n";
    const files = { "package.json": '{"type": "module"}', "graph.ts": source };
    await using at = project(files, ["@langchain", "tsx"]);
    await using runtime = await NodeRuntime.start({
      cwd: at.path,
      nodeArgs: ["--experimental-strip-types"],
    });
    await assert.rejects(runtime.load(join(at.path, "graph.ts")), /enum/);
  });

  it("tells how to install tsx when Node can't read the file", async () => {
    await using at = project({ "package.json": "{}", "graph.tsx": "export const graph = 1;\n" }, [
      "@langchain",
    ]);
    const error = await refusal(join(at.path, "graph.tsx"));
    assert.match(error.message, /npm install --save-dev tsx/);
  });

  it("tells the fields of the input with their types", async () => {
    await using runtime = await NodeRuntime.start();
    const { inputSchema } = await runtime.load(fixture("graphs/typescript/linear.ts"));
    const { properties } = inputSchema as { properties: { [key: string]: { type?: string } } };
    assert.equal(properties.topic?.type, "string");
  });

  it("says what a broken checkpoint file means for the user", async () => {
    await using at = project({ "checkpoints.sqlite": "this is no database, but some text".repeat(200) }, []);
    await using runtime = await NodeRuntime.start();
    const load = runtime.load(fixture("graphs/typescript/linear.ts"), {
      checkpoints: join(at.path, "checkpoints.sqlite"),
    });
    await assert.rejects(load, (error: ResponseError) => error.data.code === "checkpointFile");
  });
});
