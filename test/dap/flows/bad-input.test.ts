// Whatever is wrong with what the user gives: one clear message that says what to do, and a session that ends or goes on.

import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { LaunchAttributes } from "../../../src/protocol/dap.ts";
import { type Client, type ClientOptions, RequestFailed } from "../client.ts";
import { Bench, languages } from "../languages.ts";

for (const language of languages) {
  describe(`bad input in ${language.name}`, () => {
    const bench = Bench.in(language);
    const extension = language.name === "Python" ? "py" : "ts";

    /** Launches, expects the launch to fail and the session to end by itself; gives what the user is told. */
    const refusal = async (
      attributes: LaunchAttributes,
      options: ClientOptions = {},
    ): Promise<{ message: string; client: Client }> => {
      const client = await bench.client(options);
      const error = await client.run(attributes).then(
        () => assert.fail("launched"),
        (thrown: unknown) => thrown,
      );
      assert.ok(error instanceof RequestFailed, String(error));
      // Clients that know the candidates ask with a list instead of showing the message.
      const asks = error.body.error?.variables?.candidates !== undefined;
      if (!asks) assert.equal(error.body.error?.showUser, true, error.message);
      await client.event("terminated");
      await client.close();
      return { message: error.message, client };
    };

    it("names a file without a graph", async () => {
      const { message } = await refusal(bench.launch("no_graph"));
      assert.match(message, /no_graph\.(py|ts).* no graph|no graph .*no_graph\.(py|ts)/);
    });

    it("lists the graphs to choose from", async () => {
      const { message } = await refusal(bench.launch("several"));
      assert.match(message, /loud.*quiet.*"?graph/s);
      const client = await bench.client();
      const stop = await client.launch(bench.launch("several", { graph: "quiet", input: { text: "Hello" } }));
      assert.equal(stop.reason, "end");
      assert.deepEqual(await client.state(), { text: "hello" });
      await client.close();
    });

    it("shows the traceback of a failing import, its first frame linked", async () => {
      const { message, client } = await refusal(bench.launch("import_raises"));
      const { program, line } = bench.fixture("import_raises");
      assert.match(message, /the setting GRAPH is not set/);
      const links = client
        .events<{ source?: { path: string }; line?: number }>("output")
        .filter(({ source }) => source);
      assert.deepEqual([links[0]?.source?.path, links[0]?.line], [program, line("raise")]);
    });

    it("tells which package is missing, and how to install it for this interpreter", async () => {
      const { program } = bench.fixture("missing_package");
      const missing = existsSync(program) ? program : program.replace(/\.ts$/, ".mjs");
      const { message } = await refusal({ ...bench.launch("linear"), program: missing });
      const name = /a_package_that_nobody_has|a-package-that-nobody-has/.exec(message)?.[0];
      assert.ok(name);
      assert.match(
        message,
        new RegExp(`${language.name === "Python" ? "-m pip install .*" : "npm install "}${name}\\b`),
      );
    });

    it("tells how to install LangGraph for this interpreter", async () => {
      const program = join(bench.folder, `alone.${extension}`);
      writeFileSync(
        program,
        language.name === "Python" ? "import langgraph\n" : 'import "@langchain/langgraph";\n',
      );
      const { message } = await refusal({ ...bench.launch("linear"), program, pythonArgs: ["-S"] });
      assert.match(
        message,
        language.name === "Python" ? /-m pip install .*langgraph/ : /npm install @langchain\/langgraph/,
      );
    });

    it("tells how to update a LangGraph that is too old", async () => {
      const folder = join(bench.folder, "old");
      const program = join(folder, `graph.${extension}`);
      const write = (path: string, text: string): void => {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
      };
      write(`graph.${extension}`, "");
      write("langgraph/__init__.py", "");
      write("langgraph/pregel.py", "class Pregel:\n    async def astream(self, input): ...\n");
      write("langgraph-0.5.4.dist-info/METADATA", "Metadata-Version: 2.1\nName: langgraph\nVersion: 0.5.4\n");
      const old = { name: "@langchain/langgraph", version: "0.3.1", exports: { ".": {} } };
      write("node_modules/@langchain/langgraph/package.json", JSON.stringify(old));
      const { message } = await refusal({ ...bench.launch("linear"), program, env: { PYTHONPATH: folder } });
      assert.match(message, /0\.(5\.4|3\.1) is too old.*(pip|npm) install/);
    });

    it("tells that there is no interpreter, and which attribute to set", async () => {
      const name = language.name === "Python" ? "python" : "node";
      const { message } = await refusal({ ...bench.launch("linear"), [name]: join(bench.folder, "nowhere") });
      assert.match(message, new RegExp(`no such program.*"${name}"`));
      const program = join(bench.folder, `alone.${extension}`);
      writeFileSync(program, "");
      const none = await refusal(
        { program, cwd: bench.folder },
        { env: { PATH: "", Path: "", VIRTUAL_ENV: "" } },
      );
      assert.match(none.message, new RegExp(`No (Python|Node) was found.*"${name}"`));
    });

    it("tells what an interpreter said that does not start", async () => {
      const args =
        language.name === "Python"
          ? { pythonArgs: ["--no-such-option"] }
          : { nodeArgs: ["--no-such-option"] };
      const { message } = await refusal({ ...bench.launch("linear"), ...args });
      assert.match(message, /ended .*before it could load the graph.*no-such-option/s);
    });

    it("refuses attributes of a wrong type, and files that are not there or not JSON", async () => {
      const wrong = await refusal({ ...bench.launch("linear"), stopOnEntry: "yes" as unknown as boolean });
      assert.match(wrong.message, /"stopOnEntry" must be true or false/);
      const broken = join(bench.folder, "broken.json");
      writeFileSync(broken, '{"topic": ');
      for (const [attributes, told] of [
        [{ program: join(bench.folder, `gone.${extension}`) }, /no file .*gone/],
        [{ program: broken }, /neither Python nor JavaScript/],
        [{ inputFile: join(bench.folder, "gone.json") }, /"inputFile".*gone\.json can't be read/],
        [{ inputFile: broken }, /broken\.json is not JSON/],
        [{ input: {}, inputFile: broken }, /Both "input" and "inputFile"/],
        [{ cwd: join(bench.folder, "gone") }, /no folder .*gone/],
        [{ envFile: join(bench.folder, "gone.env") }, /"envFile".*can't be read/],
        [{ graph: "gone" }, /gone/],
      ] as [LaunchAttributes, RegExp][]) {
        assert.match((await refusal({ ...bench.launch("linear"), ...attributes })).message, told);
      }
      writeFileSync(join(bench.folder, "langgraph.json"), '{"graphs": {"one": "./one.py:graph"}}');
      const { program: _, ...launch } = bench.launch("linear", { cwd: bench.folder, graph: "two" });
      assert.match((await refusal(launch)).message, /no graph "two".*one/);
      writeFileSync(join(bench.folder, "langgraph.json"), '{"graphs": {"two": 2}}');
      assert.match((await refusal(launch)).message, /langgraph\.json: graph "two" must be/);
      assert.match((await refusal({})).message, /"program".*"graph"/);
    });

    it("tells what is wrong with an input that the graph does not take", async () => {
      const client = await bench.client();
      await client.run(bench.launch("typed_state", { input: { customer: { name: "Ada", age: -1 } } }));
      // One language refuses the input, the other's graph raises when it reads it.
      await Promise.race([client.event("terminated"), client.event("stopped")]);
      assert.match(client.output("important", "stderr"), /age/);
      await client.close();
    });

    for (const [what, spoil, told] of [
      [
        "is corrupt",
        (path: string) => writeFileSync(path, "This is not a database. ".repeat(200)),
        /corrupt|not a (checkpoint|database)|damaged/i,
      ],
      [
        "is from a newer version",
        (path: string) => {
          const database = new DatabaseSync(path);
          database.exec("PRAGMA user_version = 99; CREATE TABLE later (a)");
          database.close();
        },
        /newer/i,
      ],
    ] as [string, (path: string) => void, RegExp][]) {
      it(`says so when the checkpoint file ${what}`, async () => {
        const path = join(bench.folder, "spoiled.sqlite");
        spoil(path);
        const { message } = await refusal(
          bench.launch("linear", { checkpoints: path, input: { topic: "", log: [] } }),
        );
        assert.match(message, told);
        assert.match(message, /spoiled\.sqlite/);
      });
    }

    it("says so when another process keeps the checkpoint file locked", async () => {
      const path = join(bench.folder, "locked.sqlite");
      const database = new DatabaseSync(path);
      database.exec("CREATE TABLE other (a); BEGIN EXCLUSIVE");
      const { message } = await refusal(bench.launch("linear", { checkpoints: path }));
      database.close();
      assert.match(message, /locked/);
    });

    it("says so when the checkpoint file's folder can't be made", async () => {
      const file = join(bench.folder, "file");
      writeFileSync(file, "");
      const { message } = await refusal(
        bench.launch("linear", { checkpoints: join(file, "folder", "c.sqlite") }),
      );
      assert.match(message, /c\.sqlite|folder/);
    });

    it("refuses a thread of another graph, and loses nothing of it", async () => {
      const first = await bench.client();
      await first.launch(
        bench.launch("linear", { threadId: "mine", input: { topic: "a", log: [] }, stopOnEntry: true }),
      );
      await first.close();
      const other = await bench.client();
      await other.run(bench.launch("review", { threadId: "mine" }));
      await other.event("terminated");
      assert.match(other.output("important"), /mine/);
      await other.close();
      const again = await bench.client();
      assert.equal(
        (await again.launch(bench.launch("linear", { threadId: "mine" }))).description,
        "Before node fetch",
      );
      await again.close();
    });

    it("keeps a run unharmed by values that can't be stored", async () => {
      const client = await bench.client();
      const end = await client.launch(bench.launch("live_values", { input: { size: 21 } }));
      assert.equal(end.reason, "end");
      await client.close();
    });

    it("answers requests that make no sense with an error, and lives on", async () => {
      const client = await bench.client();
      const failing = async (command: string, args: object, told: RegExp): Promise<unknown> =>
        assert.rejects(client.request(command, args), told);
      await failing("stackTrace", { threadId: 1 }, /launch/);
      await failing("nonsense", {}, /doesn't know the request "nonsense"/);
      await failing("attach", {}, /"launch"/);
      client.write("this is not JSON");
      client.write("null");
      await client.launch(bench.launch("linear", { input: { topic: "", log: [] }, stopOnEntry: true }));
      await failing("launch", bench.launch("linear"), /already/);
      await failing("stackTrace", { threadId: 99 }, /earlier stop/);
      await failing("scopes", { frameId: 99 }, /earlier stop/);
      await failing("variables", { variablesReference: 99 }, /earlier stop/);
      await failing("exceptionInfo", { threadId: 1 }, /not stopped at an error/);
      await failing("langgraph/input", { input: 1 }, /under way/);
      await failing("langgraph/resume", {}, /"answers" must be/);
      assert.equal((await client.go("continue")).reason, "end");
      await client.close();
    });
  });
}

describe("a folder that can't be written", () => {
  const [language] = languages;
  if (!language) throw new Error("no language");
  const bench = Bench.in(language);

  it("is named", async () => {
    const folder = join(bench.folder, "locked");
    mkdirSync(folder);
    chmodSync(folder, 0o500);
    // The administrator may write everywhere.
    const free = process.getuid?.() === 0 || process.platform === "win32";
    const client = await bench.client();
    const launched = client.run(
      bench.launch("linear", { checkpoints: join(folder, "sub", "c.sqlite"), input: { topic: "", log: [] } }),
    );
    if (free) await launched;
    else await assert.rejects(launched, /locked/);
    chmodSync(folder, 0o700);
    await client.close();
  });
});
