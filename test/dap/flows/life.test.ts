// The life of a session over both languages: restart, terminate, open again, several at once, and deaths on either side.

import assert from "node:assert/strict";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { join } from "node:path";
import type { Client } from "../client.ts";
import { Bench, languages } from "../languages.ts";

for (const language of languages) {
  describe(`the life of a session in ${language.name}`, () => {
    const bench = Bench.in(language);
    const input = { topic: "bees", log: ["start"] };

    it("opens a thread again where it stood, after the session was ended", async () => {
      const launch = bench.launch("linear", { threadId: "kept" });
      const { program, line } = bench.fixture("linear");
      const first = await bench.alone();
      await first.breakpoints(program, [{ line: line("think") }]);
      await first.launch({ ...launch, input });
      const before = await first.frames();
      await first.request("terminate", {});
      await first.event("terminated");
      await first.close();

      const second = await bench.alone();
      const stop = await second.launch(launch);
      assert.deepEqual([stop.reason, stop.description], ["entry", "Before node think"]);
      const shown = (frames: typeof before): unknown => frames.map(({ name, line: at }) => [name, at]);
      assert.deepEqual(shown(await second.frames()), shown(before));
      assert.equal((await second.go("continue")).reason, "end");
      assert.deepEqual((await second.state()).log, ["start", "fetch", "think", "answer"]);
      await second.close();

      const third = await bench.alone();
      const end = await third.launch(launch);
      assert.equal(end.reason, "input");
      assert.deepEqual((await third.state()).log, ["start", "fetch", "think", "answer"]);
      await third.close();
    });

    it("opens a thread that waits for an answer, and takes the answer", async () => {
      const launch = bench.launch("review", { threadId: "asked" });
      const first = await bench.client();
      await first.launch({ ...launch, input: {} });
      await first.close();
      const second = await bench.client();
      const stop = await second.launch(launch);
      assert.deepEqual(
        [stop.reason, stop.description],
        ["interrupt", "Waiting for input: Approve the draft?"],
      );
      assert.equal(
        (await second.go("evaluate", { expression: "/resume yes", context: "repl" })).reason,
        "end",
      );
      assert.equal((await second.state()).sent, "Dear Ada");
      await second.close();
    });

    it("goes on by itself from an opened thread with the answers it was given, and without debugging", async () => {
      const first = await bench.client();
      await first.launch(bench.launch("review", { threadId: "asked", input: {} }));
      await first.close();
      const second = await bench.client();
      const end = await second.launch(
        bench.launch("review", { threadId: "asked", resume: { review: "yes" } }),
      );
      assert.equal(end.reason, "end");
      assert.equal((await second.state()).sent, "Dear Ada");
      await second.close();

      const stopped = await bench.client();
      await stopped.launch(bench.launch("linear", { threadId: "held", input, stopOnEntry: true }));
      await stopped.close();
      const third = await bench.client();
      await third.run(bench.launch("linear", { threadId: "held", noDebug: true }));
      assert.deepEqual(await third.event("exited"), { exitCode: 0 });
      assert.deepEqual(third.events("stopped"), []);
      await third.close();
    });

    it("restarts with the same input on a new thread, with the code read anew", async () => {
      const client = await bench.client();
      const { program, line } = bench.fixture("linear");
      await client.breakpoints(program, [{ line: line("think") }]);
      await client.launch(bench.launch("linear"));
      await client.go("langgraph/input", { input });
      const thread = await client.variable("Checkpoint", "thread");
      const again = await client.go("restart", {});
      assert.equal(again.description, "Before node think");
      assert.notEqual((await client.variable("Checkpoint", "thread")).value, thread.value);
      assert.deepEqual((await client.state()).log, ["start", "fetch"]);
      await client.close();
    });

    it("ends by itself at the end when it shall not stay", async () => {
      const client = await bench.client();
      await client.run(bench.launch("linear", { input, stopOnEnd: false }));
      assert.deepEqual(await client.event("exited"), { exitCode: 0 });
      await client.event("terminated");
      assert.deepEqual(client.events("stopped"), []);
      await client.close();
    });

    it("reads attributes from langgraph.json, files and the environment", async () => {
      const { program } = bench.fixture("linear");
      writeFileSync(join(bench.folder, "input.json"), JSON.stringify(input));
      writeFileSync(join(bench.folder, "settings.env"), "# comment\nexport GREETING='hello there' # tail\n");
      writeFileSync(
        join(bench.folder, "langgraph.json"),
        JSON.stringify({ graphs: { line: `${program}:graph` }, env: { OTHER: "from langgraph.json" } }),
      );
      const client = await bench.client();
      const { program: _, ...launch } = bench.launch("linear", { graph: "line", cwd: bench.folder });
      const stop = await client.launch({
        ...launch,
        inputFile: "input.json",
        envFile: "settings.env",
        env: { MORE: "1" },
        stopOnEntry: true,
      });
      assert.equal(stop.description, "Before node fetch");
      const read = (name: string): string =>
        language.name === "Python" ? `__import__("os").environ["${name}"]` : `process.env.${name}`;
      for (const [name, value] of Object.entries({
        GREETING: "hello there",
        OTHER: "from langgraph.json",
        MORE: "1",
      })) {
        assert.equal((await client.evaluate(read(name))).result, language.quote(value));
      }
      const token =
        language.name === "Python"
          ? '__import__("os").environ.get("LANGGRAPH_DEBUG_TOKEN")'
          : "process.env.LANGGRAPH_DEBUG_TOKEN";
      assert.match((await client.evaluate(token)).result, /^(None|undefined)$/);
      await client.close();
    });

    it("ends the run when the adapter is killed", async () => {
      const client = await bench.alone();
      await client.launch(bench.launch("linear", { input, stopOnEntry: true }));
      const runtime = await lifeOf(client, language.name);
      client.kill();
      await client.exited;
      const killed = Date.now();
      await runtime.over;
      assert.ok(Date.now() - killed < 1_000, `the runtime lived on for ${Date.now() - killed} ms`);
    });

    it("ends the session with a clear message when the run is killed", async () => {
      const client = await bench.client();
      const launch = bench.launch("linear", { input, stopOnEntry: true, threadId: "killed" });
      await client.launch(launch);
      process.kill(await processOf(client, language.name), "SIGKILL");
      await client.event("terminated");
      assert.match(client.output("important"), /process .*(killed|ended).*"threadId": "killed"/s);
      await client.close();
      const again = await bench.client();
      const { input: _, ...open } = launch;
      assert.equal((await again.launch(open)).description, "Before node fetch");
      await again.close();
    });

    it("says so when a node ends the process", async () => {
      const client = await bench.client();
      await client.run(bench.launch("exits", { input: { text: "" }, threadId: "left" }));
      assert.deepEqual(await client.event("exited"), { exitCode: 3 });
      await client.event("terminated");
      assert.match(client.output("important"), /exit code 3 while leave ran.*"threadId": "left"/s);
      await client.close();
    });
  });
}

describe("the adapter on a port", () => {
  const [language] = languages;
  if (!language) throw new Error("no language");
  const bench = Bench.in(language);

  it("serves several sessions at once, and one after another", async () => {
    const input = { topic: "bees", log: ["start"] };
    const clients = await Promise.all([bench.client(), bench.client()]);
    const stops = await Promise.all(
      clients.map((client) => client.launch(bench.launch("linear", { input, stopOnEntry: true }))),
    );
    assert.deepEqual(
      stops.map(({ description }) => description),
      ["Before node fetch", "Before node fetch"],
    );
    await clients[0]?.close();
    assert.equal((await clients[1]?.go("next"))?.description, "Before node think");
    await clients[1]?.close();
    const third = await bench.client();
    assert.equal((await third.launch(bench.launch("linear", { input }))).reason, "end");
    await third.close();
  });

  it("ends the run of a client that goes without a word", async () => {
    const client = await bench.client();
    await client.launch(bench.launch("linear", { input: { topic: "bees", log: [] }, stopOnEntry: true }));
    const runtime = await lifeOf(client, "Python");
    client.kill();
    await runtime.over;
  });
});

/** The process that runs the graph. */
async function processOf(client: Client, language: string): Promise<number> {
  const { result } = await client.evaluate(
    language === "Python" ? '__import__("os").getpid()' : "process.pid",
  );
  return Number(result);
}

/** Makes the process that runs the graph hold a connection to us; `over` resolves when it is closed: the process is gone. */
async function lifeOf(client: Client, language: string): Promise<{ over: Promise<void> }> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const held = once(server, "connection") as Promise<[Socket]>;
  await client.evaluate(
    language === "Python"
      ? `__import__("sys").modules.setdefault("held", __import__("socket").create_connection(("127.0.0.1", ${port})))`
      : `void process.getBuiltinModule("node:net").connect(${port}, "127.0.0.1").on("error", () => {})`,
  );
  const [socket] = await held;
  server.close();
  return {
    over: new Promise((resolve) => {
      socket.on("error", () => {});
      socket.once("close", () => resolve());
      socket.resume();
    }),
  };
}
