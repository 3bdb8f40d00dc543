// What the Threads view says of threads and graphs, and which launch configuration it opens a thread with.
import assert from "node:assert/strict";
import path from "node:path";
import {
  type GraphGroup,
  graphName,
  graphPlace,
  groupsOf,
  runFolder,
} from "../../../src/extension/threads/groups.ts";
import {
  bytesText,
  countText,
  stateText,
  threadName,
  timeAgo,
} from "../../../src/extension/threads/labels.ts";
import {
  type Configuration,
  configurationFor,
  namedCheckpoints,
  opening,
} from "../../../src/extension/threads/launches.ts";
import type { ThreadInfo } from "../../../src/protocol/runtime.ts";

const folder = path.resolve("/work");
const inFolder = (...parts: string[]): string => path.join(folder, ...parts);

function thread(id: string, more: Partial<ThreadInfo> = {}): ThreadInfo {
  const at = "2026-01-01T12:00:00.000Z";
  return {
    id,
    language: "python",
    status: "ended",
    at: [],
    checkpoints: 1,
    createdAt: at,
    updatedAt: at,
    ...more,
  };
}

describe("a thread in words", () => {
  it("says its state and where it stands", () => {
    for (const [status, at, text] of [
      ["running", ["a"], "running"],
      ["stopped", ["write"], "stopped at write"],
      ["stopped", [], "stopped"],
      ["waiting", ["review", "review"], "waiting for review"],
      ["failed", ["a", "b", "c", "d", "e"], "failed at a, b, c and 2 more"],
      ["ended", [], "ended"],
    ] as const)
      assert.equal(stateText({ status, at: [...at] }), text);
  });

  it("is called by its name, else by its id, of which a random one is shortened", () => {
    const id = "043ce498-b9d8-4b21-ae02-5fc4aa78a34b";
    assert.equal(threadName({ id, name: "Refund" }), "Refund");
    assert.equal(threadName({ id, name: " " }), "043ce498");
    assert.equal(threadName({ id: `${id}-2` }), "043ce498-2");
    assert.equal(threadName({ id: "customer-42-support" }), "customer-42-support");
  });

  it("says how long ago it has changed", () => {
    const now = Date.parse("2026-01-10T12:00:00.000Z");
    for (const [iso, text] of [
      ["2026-01-10T12:00:05.000Z", "just now"],
      ["2026-01-10T11:55:00.000Z", "5 min ago"],
      ["2026-01-10T09:00:00.000Z", "3 h ago"],
      ["2026-01-09T11:00:00.000Z", "yesterday"],
      ["2026-01-05T12:00:00.000Z", "5 days ago"],
      ["2025-01-05T12:00:00.000Z", new Date("2025-01-05T12:00:00.000Z").toLocaleDateString()],
    ] as const)
      assert.equal(timeAgo(iso, now), text);
  });

  it("says sizes and counts", () => {
    assert.deepEqual([0, 999, 1234, 56_789, 12_345_678, 3e9].map(bytesText), [
      ...["0 B", "999 B", "1.2 kB", "57 kB", "12 MB", "3.0 GB"],
    ]);
    assert.deepEqual([countText(1, "thread"), countText(2000, "thread")], ["1 thread", "2,000 threads"]);
  });
});

describe("threads by graph", () => {
  it("are grouped by file, language and graph, the graph used last first", () => {
    const later = "2026-01-02T00:00:00.000Z";
    const file = (name: string, threads: ThreadInfo[]) => ({
      file: name,
      threads,
      total: threads.length,
      size: { bytes: 1, free: 0 },
    });
    const groups = groupsOf([
      file("one", [thread("1", { graph: "a.py:graph" }), thread("2"), thread("3", { graph: "a.py:graph" })]),
      file("two", [thread("4", { graph: "a.py:graph", updatedAt: later })]),
      file("none", []),
    ]);
    const shown = ({ file: of, graph, threads }: GraphGroup) => [of, graph, threads.map(({ id }) => id)];
    assert.deepEqual(groups.map(shown), [
      ["two", "a.py:graph", ["4"]],
      ["one", "a.py:graph", ["1", "3"]],
      ["one", undefined, ["2"]],
    ]);
  });

  it("know the graph's place by its mark in the file", () => {
    assert.deepEqual(graphPlace("agents/mail.ts:graph"), { file: "agents/mail.ts", variable: "graph" });
    assert.deepEqual(graphPlace("C:\\x\\mail.py:graph"), { file: "C:\\x\\mail.py", variable: "graph" });
    assert.deepEqual(graphPlace("package.mail:graph"), { module: "package.mail", variable: "graph" });
    assert.deepEqual(graphPlace("./mail.ts"), { file: "./mail.ts", variable: "default" });
    assert.equal(graphPlace("LangGraph"), undefined);
    assert.deepEqual(["agents/mail.ts:graph", "p.mail:app", "LangGraph", undefined].map(graphName), [
      ...["mail.ts: graph", "p.mail: app", "LangGraph", "Unknown graph"],
    ]);
    assert.equal(runFolder(inFolder("py", ".langgraph-debug", "checkpoints.sqlite")), inFolder("py"));
    assert.equal(runFolder(inFolder("own", "file.sqlite")), inFolder("own"));
  });
});

describe("the launch that opens a thread", () => {
  const launch = (name: string, more: object): Configuration => ({
    type: "langgraph",
    request: "launch",
    name,
    ...more,
  });
  const graph = { file: inFolder("py", "mail.py"), variable: "graph" };
  const file = inFolder("py", ".langgraph-debug", "checkpoints.sqlite");
  const names = (where: string, name: string) =>
    where === inFolder("py") && name === "mail" ? "./mail.py:graph" : undefined;
  const chosen = (...configurations: Configuration[]) =>
    configurationFor(configurations, graph, file, folder, names)?.name;
  const cwd = `\${workspaceFolder}/py`;

  it("is made of the configuration that says most of the graph", () => {
    const any = launch("any", { program: `\${file}`, cwd: `\${fileDirname}` });
    const own = launch("own", { program: `\${workspaceFolder}/py/mail.py`, cwd });
    const named = launch("named", { program: "py/mail.py", graph: "graph", checkpoints: file });
    assert.equal(chosen(any, own, named), "named");
    assert.equal(chosen(any, own), "own");
    assert.equal(chosen(any), "any");
    for (const [about, more] of [
      ["another file", { program: "py/other.py" }],
      ["another variable", { program: "py/mail.py", graph: "other" }],
      ["another debugger", { type: "python", program: "py/mail.py" }],
      ["a name that langgraph.json does not have", { graph: "other", cwd }],
    ] as const)
      assert.equal(chosen(launch("x", more)), undefined, about);
    assert.equal(chosen(launch("by name", { graph: "mail", cwd })), "by name");
    assert.equal(chosen(launch("by path", { graph: "./mail.py:graph", cwd })), "by path");
  });

  it("gives no input and no answers, names file, graph and thread, and fills in the open file", () => {
    const found = configurationFor(
      [
        launch("any", {
          program: `\${file}`,
          cwd: `\${fileDirname}`,
          inputFile: `\${fileBasenameNoExtension}.json`,
          resume: ["yes"],
          stopOnEntry: true,
          env: { HOME: `\${fileDirname}`, OTHER: `\${command:x}` },
        }),
      ],
      graph,
      file,
      folder,
      names,
    );
    assert.deepEqual(opening(found, graph, file, "t-1"), {
      ...launch("any", { program: graph.file, graph: "graph", cwd: inFolder("py") }),
      env: { HOME: inFolder("py"), OTHER: `\${command:x}` },
      checkpoints: file,
      threadId: "t-1",
      noDebug: false,
    });
  });

  it("needs no configuration", () => {
    const module = { module: "p.mail", variable: "app" };
    assert.deepEqual(opening(undefined, module, file, "t-1"), {
      ...launch("p.mail", { graph: "p.mail:app", cwd: inFolder("py") }),
      checkpoints: file,
      threadId: "t-1",
      noDebug: false,
    });
  });

  it("knows the checkpoint file that a configuration names", () => {
    const named = (more: object) => namedCheckpoints(launch("x", more), folder);
    assert.equal(named({}), undefined);
    assert.equal(named({ cwd: "py", checkpoints: "own.sqlite" }), inFolder("py", "own.sqlite"));
    assert.equal(named({ checkpoints: `\${fileDirname}/own.sqlite` }), undefined);
  });
});
