/** Reading langgraph.json, with the paths of every system. */
import assert from "node:assert/strict";
import {
  LanggraphJsonError,
  parseLanggraphJson,
  pathToProgram,
  splitGraphPath,
} from "../../../src/analysis/index.ts";

const parse = (config: unknown, path = "/app/langgraph.json") =>
  parseLanggraphJson(JSON.stringify(config), path);

describe("langgraph.json", () => {
  it("splits Python on the last colon and JavaScript on the first that is not a drive's", () => {
    const python = { variable: "graph", language: "python" } as const;
    const script = { variable: "graph", language: "typescript" } as const;
    assert.deepEqual(splitGraphPath("./src/agent.py:graph"), { file: "./src/agent.py", ...python });
    assert.deepEqual(splitGraphPath("C:\\app\\agent.py:graph"), { file: "C:\\app\\agent.py", ...python });
    assert.deepEqual(splitGraphPath("c:/app/a:b/agent.py:graph"), { file: "c:/app/a:b/agent.py", ...python });
    assert.deepEqual(splitGraphPath("pkg.agents.main:graph"), { module: "pkg.agents.main", ...python });
    assert.deepEqual(splitGraphPath("./src/agent.ts:graph"), { file: "./src/agent.ts", ...script });
    assert.deepEqual(splitGraphPath("C:\\app\\agent.mts:graph"), { file: "C:\\app\\agent.mts", ...script });
    assert.deepEqual(splitGraphPath("./agent.js:graph:more"), {
      file: "./agent.js",
      ...script,
      variable: "graph:more",
    });
    assert.deepEqual(splitGraphPath("./agent.cjs"), { file: "./agent.cjs", ...script, variable: "default" });
    assert.equal(splitGraphPath("./agent.py"), undefined);
    assert.equal(splitGraphPath("C:\\app\\agent.py"), undefined);
    assert.equal(splitGraphPath("./agent.py:"), undefined);
    assert.equal(splitGraphPath(""), undefined);
  });

  it("gives each graph's file or module and variable", () => {
    const { entries } = parse({
      graphs: {
        agent: "./src/agent.py:graph",
        team: { path: "./team/index.ts:app", description: "A team." },
        module: "pkg.flow:make_graph",
      },
    });
    assert.deepEqual(entries, [
      { name: "agent", file: "/app/src/agent.py", variable: "graph", language: "python" },
      {
        name: "team",
        file: "/app/team/index.ts",
        variable: "app",
        language: "typescript",
        description: "A team.",
      },
      { name: "module", module: "pkg.flow", variable: "make_graph", language: "python" },
    ]);
  });

  it("resolves paths as the system of langgraph.json does", () => {
    const config = {
      graphs: { a: "./src/agent.py:graph", b: "D:\\far\\b.ts:graph" },
      env: ".env",
      dependencies: ["."],
    };
    const found = parse(config, "C:\\work\\app\\langgraph.json");
    assert.deepEqual(
      found.entries.map((entry) => entry.file),
      ["C:\\work\\app\\src\\agent.py", "D:\\far\\b.ts"],
    );
    assert.equal(found.envFile, "C:\\work\\app\\.env");
    assert.deepEqual(found.roots, ["C:\\work\\app"]);
  });

  it("reads env as a file, as variables and as a list of names", () => {
    const graphs = { a: "a.py:graph" };
    assert.deepEqual(parse({ graphs, env: { KEY: "x", COUNT: 2 } }).env, { KEY: "x", COUNT: "2" });
    assert.equal(parse({ graphs, env: "config/.env" }).envFile, "/app/config/.env");
    assert.deepEqual(parse({ graphs, env: ["KEY"] }).env, {});
    assert.deepEqual(parse({ graphs }).env, {});
    assert.throws(
      () => parse({ graphs, env: 3 }),
      /"env" must be the path of a file or an object of variables/,
    );
  });

  it("tells folders among the dependencies from packages", () => {
    const found = parse({
      graphs: { a: "a.py:graph" },
      dependencies: [".", "./lib", "../shared", "langchain_openai", "/opt/x"],
    });
    assert.deepEqual(found.dependencies, [".", "./lib", "../shared", "langchain_openai", "/opt/x"]);
    assert.deepEqual(found.roots, ["/app", "/app/lib", "/shared", "/opt/x"]);
  });

  it("says what is wrong and where", () => {
    const failing = (text: string): string => {
      try {
        parseLanggraphJson(text, "/app/langgraph.json");
      } catch (error) {
        assert.ok(error instanceof LanggraphJsonError);
        return error.message;
      }
      return "";
    };
    assert.match(
      failing('{\n  "graphs": {\n    "a": \n}'),
      /^\/app\/langgraph\.json: line 4 is not valid JSON/,
    );
    assert.match(failing('{"graphs": {'), /^\/app\/langgraph\.json: line 1 is not valid JSON/);
    assert.equal(failing("[]"), "/app/langgraph.json: it must hold a JSON object.");
    assert.match(failing("{}"), /it names no graph\. Add "graphs"/);
    assert.match(failing('{"graphs": {"a": 3}}'), /graph "a" must be ".\/file.py:variable".*, not 3\.$/);
    assert.match(failing('{"graphs": {"a": "./agent.py"}}'), /graph "a" must be .*, not ".\/agent.py"\.$/);
    assert.match(
      failing('{"graphs": {"a": {"description": "x"}}}'),
      /graph "a" must be .*, not undefined\.$/,
    );
  });

  it("reads a file with a byte order mark", () => {
    const found = parseLanggraphJson('\uFEFF{"graphs": {"a": "a.py:graph"}}', "/app/langgraph.json");
    assert.equal(found.entries.length, 1);
  });

  it("finds the file of a module in the folders, packages and src too", () => {
    const files = new Set([
      "/app/pkg/flow.py",
      "/app/src/lib/__init__.py",
      "C:\\app\\pkg\\flow.py",
      "C:\\app\\a.ts",
    ]);
    const find = (graph: { file?: string; module?: string }, ...folders: string[]): string | undefined =>
      pathToProgram(graph, folders, (path) => files.has(path));
    assert.equal(find({ module: "pkg.flow" }, "/other", "/app"), "/app/pkg/flow.py");
    assert.equal(find({ module: "lib" }, "/app"), "/app/src/lib/__init__.py");
    assert.equal(find({ module: "pkg.flow" }, "C:\\app"), "C:\\app\\pkg\\flow.py");
    assert.equal(find({ file: "./a.ts" }, "C:\\app"), "C:\\app\\a.ts");
    assert.equal(find({ file: "./missing.py" }, "/app"), undefined);
  });
});
