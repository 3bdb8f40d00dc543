// The saver beyond LangGraph's validation suite: real graphs, edits in place, live values, maintenance.

import assert from "node:assert/strict";
import { HumanMessage } from "@langchain/core/messages";
import type { RunnableConfig } from "@langchain/core/runnables";
import {
  Annotation,
  Command,
  END,
  interrupt,
  MemorySaver,
  MessagesAnnotation,
  Send,
  START,
  StateGraph,
} from "@langchain/langgraph";
import { type Checkpoint, type CheckpointTuple, DeltaSnapshot } from "@langchain/langgraph-checkpoint";
import { type FileSaver, UnknownCheckpointError } from "../../../runtime/node/checkpointer/index.ts";
import { checkpointOf, Place, put, thread, valuesAt } from "./helper.ts";

async function all(saver: FileSaver, config: RunnableConfig): Promise<CheckpointTuple[]> {
  return collect(saver.list(config));
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const result: T[] = [];
  for await (const item of items) result.push(item);
  return result;
}

describe("the file saver", () => {
  let place: Place;
  let saver: FileSaver;
  beforeEach(() => {
    place = new Place();
    saver = place.open();
  });
  afterEach(() => place.dispose());

  const idOf = (config: RunnableConfig): string => config.configurable?.checkpoint_id;

  it("runs a graph with an interrupt, a fan-out and a subgraph to the same end as MemorySaver", async () => {
    const State = Annotation.Root({
      topics: Annotation<string[]>,
      jokes: Annotation<string[]>({ reducer: (left, right) => left.concat(right), default: () => [] }),
      best: Annotation<string>,
    });
    const inner = new StateGraph(State)
      .addNode("pick", ({ jokes }) => ({ best: interrupt({ choose: jokes }) }))
      .addEdge(START, "pick")
      .compile();
    const outer = new StateGraph(State)
      .addNode("joke", (state: { topic: string }) => ({ jokes: [`joke on ${state.topic}`] }))
      .addNode("choose", inner)
      .addConditionalEdges(START, ({ topics }) => topics.map((topic) => new Send("joke", { topic })))
      .addEdge("joke", "choose")
      .addEdge("choose", END);
    const results: unknown[] = [];
    for (const checkpointer of [saver, new MemorySaver()]) {
      const graph = outer.compile({ checkpointer });
      const config = { configurable: { thread_id: "t" } };
      const stopped = await graph.invoke({ topics: ["cats", "dogs"] }, config);
      const state = await graph.getState(config, { subgraphs: true });
      const end = await graph.invoke(new Command({ resume: "joke on cats" }), config);
      const history = await collect(graph.getStateHistory(config));
      results.push([
        (stopped as unknown as { __interrupt__: { value: unknown }[] }).__interrupt__.map(
          ({ value }) => value,
        ),
        state.next,
        state.tasks.map(({ name, interrupts }) => [name, interrupts.map(({ value }) => value)]),
        end,
        history.map(({ values, next, metadata }) => [values, next, metadata?.step, metadata?.source]),
      ]);
    }
    assert.deepStrictEqual(results[0], results[1]);
  });

  it("goes on with a conversation in another process", async () => {
    const chat = (checkpointer: FileSaver) =>
      new StateGraph(MessagesAnnotation)
        .addNode("echo", ({ messages }) => ({ messages: [new HumanMessage(`echo ${messages.length}`)] }))
        .addEdge(START, "echo")
        .compile({ checkpointer });
    const config = { configurable: { thread_id: "t" } };
    await chat(saver).invoke({ messages: [new HumanMessage("one")] }, config);
    saver.close();
    const { messages } = await chat(place.open()).invoke({ messages: [new HumanMessage("two")] }, config);
    assert.deepStrictEqual(
      messages.map(({ content }) => content),
      ["one", "echo 1", "two", "echo 3"],
    );
  });

  it("replaces special writes and keeps the first of the others", async () => {
    const config = await put(saver, thread("t"), {});
    await saver.putWrites(
      config,
      [
        ["a", 1],
        ["__interrupt__", "first"],
      ],
      "task",
    );
    await saver.putWrites(
      config,
      [
        ["a", 2],
        ["__interrupt__", "second"],
      ],
      "task",
    );
    assert.deepStrictEqual((await saver.getTuple(config))?.pendingWrites, [
      ["task", "__interrupt__", "second"],
      ["task", "a", 1],
    ]);
  });

  it("takes writes before their checkpoint", async () => {
    const checkpoint = checkpointOf({ a: 1 });
    const config = { configurable: { thread_id: "t", checkpoint_ns: "", checkpoint_id: checkpoint.id } };
    await saver.putWrites(config, [["a", 2]], "task");
    await saver.put(thread("t"), checkpoint, { source: "loop", step: 0, parents: {} }, {});
    assert.deepStrictEqual((await saver.getTuple(config))?.pendingWrites, [["task", "a", 2]]);
  });

  it("keeps namespaces, odd thread ids and metadata as they are", async () => {
    for (const id of ["__proto__", "a:b|c", "é 😀", "1"]) {
      const config = { configurable: { thread_id: id, checkpoint_ns: "sub:1|inner:2" } };
      await put(saver, config, { id }, 0, { note: { at: 1 }, big: 1n });
      const tuple = await saver.getTuple(config);
      assert.deepStrictEqual(tuple?.checkpoint.channel_values, { id });
      assert.deepStrictEqual(tuple?.metadata, {
        source: "loop",
        step: 0,
        parents: {},
        note: { at: 1 },
        big: 1n,
      });
      assert.equal(await saver.getTuple(thread(id)), undefined);
    }
  });

  it("takes metadata that is no plain data", async () => {
    const metadata: Record<string, unknown> = { lc: 1, missing: undefined, list: [1n], nan: Number.NaN };
    const cyclic: Record<string, unknown> = {};
    cyclic.self = cyclic;
    const config = await put(saver, thread("t"), {}, 0, { ...metadata, cyclic });
    const { cyclic: found, ...rest } = { ...(await saver.getTuple(config))?.metadata } as Record<
      string,
      unknown
    >;
    assert.deepStrictEqual(rest, { source: "loop", step: 0, parents: {}, ...metadata });
    assert.equal(found, cyclic);
  });

  describe("an edit in place", () => {
    async function edit(config: RunnableConfig, values: Record<string, unknown>): Promise<void> {
      const { checkpoint } = (await saver.getTuple(config)) as CheckpointTuple;
      const versions = { ...checkpoint.channel_versions };
      for (const name of Object.keys(values)) versions[name] = 99;
      const channel_values = { ...checkpoint.channel_values, ...values };
      await saver.replace(config, { ...checkpoint, channel_values, channel_versions: versions });
    }

    it("keeps id, parent, metadata and pending writes, and what the checkpoint was", async () => {
      const parent = await put(saver, thread("t"), { a: 0, b: "x".repeat(100) });
      const config = await put(saver, parent, { a: 1, b: "x".repeat(100) }, 1, { note: "n" });
      await saver.putWrites(config, [["a", 5]], "task");
      const before = (await saver.getTuple(config)) as CheckpointTuple;
      await edit(config, { a: "edited" });
      await edit(config, { a: "edited twice" });
      const after = (await saver.getTuple(config)) as CheckpointTuple;
      assert.deepStrictEqual(after.checkpoint.channel_values, { a: "edited twice", b: "x".repeat(100) });
      assert.equal(after.checkpoint.channel_versions.a, 99);
      assert.deepStrictEqual(
        [after.config, after.parentConfig, after.metadata, after.pendingWrites],
        [before.config, before.parentConfig, before.metadata, before.pendingWrites],
      );
      const edits = await saver.edits(config);
      assert.deepStrictEqual(
        edits.map(({ checkpoint }) => checkpoint.channel_values.a),
        [1, "edited"],
      );
    });

    it("is what a stopped graph goes on with", async () => {
      const State = Annotation.Root({ draft: Annotation<string>, sent: Annotation<string> });
      const graph = new StateGraph(State)
        .addNode("write", () => ({ draft: "first" }))
        .addNode("send", ({ draft }) => ({ sent: draft }))
        .addEdge(START, "write")
        .addEdge("write", "send")
        .compile({ checkpointer: saver, interruptBefore: ["send"] });
      const config = { configurable: { thread_id: "t" } };
      await graph.invoke({ draft: "" }, config);
      const { config: at } = (await saver.getTuple(config)) as CheckpointTuple;
      await edit(at, { draft: "better" });
      assert.deepStrictEqual((await graph.getState(config)).next, ["send"]);
      assert.deepStrictEqual(await graph.invoke(null, config), { draft: "better", sent: "better" });
    });

    it("of a checkpoint that is not there is refused", async () => {
      const missing: Checkpoint = checkpointOf({});
      await assert.rejects(saver.replace(thread("t"), missing), UnknownCheckpointError);
    });
  });

  it("copies a thread, live values and pending writes included", async () => {
    const values = {
      list: Array.from({ length: 50 }, (_, at) => ({ at, text: "x".repeat(60) })),
      run: () => 1,
    };
    const config = await put(saver, thread("a"), values);
    await saver.putWrites(config, [["list", ["y".repeat(300)]]], "task");
    await saver.copyThread("a", "b");
    await saver.deleteThread("a");
    const copy = await saver.getTuple(thread("b"));
    assert.deepStrictEqual(copy?.checkpoint.channel_values, values);
    assert.deepStrictEqual(copy?.pendingWrites, [["task", "list", ["y".repeat(300)]]]);
    assert.equal(await saver.getTuple(thread("a")), undefined);
  });

  it("prunes to the latest checkpoint of each namespace, and goes on from there", async () => {
    const item = (at: number) => ({ at, text: `${at} `.repeat(40) });
    let config = thread("t");
    const list: unknown[] = [];
    for (let step = 0; step < 30; step += 1) {
      list.push(item(step));
      config = await put(saver, config, { list: [...list], only: item(-step) }, step);
    }
    await put(saver, thread("t", "sub"), { inner: item(1000) });
    await saver.prune(["t"]);
    assert.equal((await all(saver, thread("t"))).length, 1);
    assert.equal((await all(saver, { configurable: { thread_id: "t" } })).length, 2);
    assert.deepStrictEqual(await valuesAt(saver, config), { list, only: item(-29) });
    // A value whose blob is gone is stored again.
    const next = await put(saver, config, { list, only: item(0) }, 31);
    saver.close();
    saver = place.open();
    assert.deepStrictEqual(await valuesAt(saver, next), { list, only: item(0) });
  });

  it("prunes no ancestor that a delta channel is made from", async () => {
    await put(saver, thread("t"), { log: "unrelated" });
    const start = await put(saver, thread("t"), { log: new DeltaSnapshot(["a"]) });
    await saver.putWrites(start, [["log", ["b"]]], "task");
    const counters = { counters_since_delta_snapshot: { log: [1, 1] } };
    const middle = await put(saver, start, {}, 1, counters);
    const last = await put(saver, middle, {}, 2, counters);
    await saver.prune(["t"]);
    assert.equal((await all(saver, thread("t"))).length, 3);
    const history = await saver.getDeltaChannelHistory({ config: last, channels: ["log"] });
    assert.deepStrictEqual(history.log, { seed: new DeltaSnapshot(["a"]), writes: [["task", "log", ["b"]]] });
  });

  it("deletes the checkpoints of a run", async () => {
    const kept = await put(saver, thread("t"), { a: 1 }, 0, { run_id: "r1" });
    await put(saver, kept, { a: 2 }, 1, { run_id: "r2" });
    await saver.deleteForRuns(["r2"]);
    assert.deepStrictEqual(
      (await all(saver, thread("t"))).map(({ config }) => config),
      [kept],
    );
  });

  it("describes and lists threads, and checkpoints without their values", async () => {
    const first = await put(saver, thread("a"), { x: 1 });
    const second = await put(saver, first, { x: 2 }, 1);
    await put(saver, thread("b"), {});
    saver.describeThread("a", { graph: "agent", status: "stopped" });
    saver.describeThread("a", { name: "mine" });
    const a = saver.threads().find(({ id }) => id === "a");
    assert.deepStrictEqual(
      [a?.graph, a?.name, a?.status, a?.language],
      ["agent", "mine", "stopped", "javascript"],
    );
    assert.deepStrictEqual(
      saver.summaries("a").map(({ id, parent, step }) => [id, parent, step]),
      [
        [idOf(second), idOf(first), 1],
        [idOf(first), null, 0],
      ],
    );
    assert.deepStrictEqual(
      saver.summaries("a", { ns: "", before: idOf(second), limit: 5 }).map(({ id }) => id),
      [idOf(first)],
    );
    await saver.deleteThread("a");
    assert.deepStrictEqual(
      saver.threads().map(({ id }) => id),
      ["b"],
    );
  });
});
