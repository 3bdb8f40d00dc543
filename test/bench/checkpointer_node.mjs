// Measures the Node file checkpointer: size and time of a long conversation, and the cost of a superstep.
// Prints one JSON line for each figure: {name, value, unit, goal, reached}.

import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AIMessage, HumanMessage } from "@langchain/core/messages";
import { Annotation, END, MemorySaver, MessagesAnnotation, START, StateGraph } from "@langchain/langgraph";
import { BaseCheckpointSaver } from "@langchain/langgraph-checkpoint";
import { createFileSaver } from "../../runtime/node/checkpointer/index.ts";

const folder = mkdtempSync(join(tmpdir(), "bench-"));
let files = 0;

function openSaver() {
  files += 1;
  return createFileSaver(BaseCheckpointSaver, { path: join(folder, `${files}`, "checkpoints.sqlite") });
}

function report(name, value, unit, goal, reached) {
  console.log(JSON.stringify({ name, value: Number(value.toFixed(3)), unit, goal, reached }));
}

function text(turn, who) {
  return `${who} ${turn} ${"lorem ipsum dolor sit amet ".repeat(20)}`.slice(0, 540);
}

/** 500 turns of a question and an answer: 1,000 messages of 540 bytes, 1,500 checkpoints. */
async function conversation() {
  const saver = openSaver();
  const graph = new StateGraph(MessagesAnnotation)
    .addNode("chat", (state) => ({ messages: [new AIMessage(text(state.messages.length, "ai"))] }))
    .addEdge(START, "chat")
    .addEdge("chat", END)
    .compile({ checkpointer: saver });
  const config = { configurable: { thread_id: "conversation" } };
  const turns = 500;
  const sizeAt = [];
  const begin = performance.now();
  for (let turn = 1; turn <= turns; turn += 1) {
    await graph.invoke({ messages: [new HumanMessage(text(turn, "human"))] }, config);
    if (turn === 100 || turn === 200 || turn === 400) sizeAt[turn] = await stored(saver);
  }
  saver.flushSync();
  const seconds = (performance.now() - begin) / 1000;
  sizeAt[turns] = await stored(saver);
  saver.close();
  const megabytes = statSync(saver.path).size / 1e6;
  // langgraph-checkpoint-sqlite (Python) on the same conversation: 556 MB, 9.7 s.
  report("conversation of 500 turns, file", megabytes, "MB", "<= 5.5", megabytes <= 5.5);
  report("conversation of 500 turns, time", seconds, "s", "<= 4.85", seconds <= 4.85);
  const early = (sizeAt[200] - sizeAt[100]) / 100;
  const late = (sizeAt[turns] - sizeAt[400]) / 100;
  report("bytes a turn, turns 401-500 to 101-200", late / early, "x", "<= 1.2", late / early <= 1.2);
}

async function stored(saver) {
  await saver.flush();
  const { DatabaseSync } = await import("node:sqlite");
  const database = new DatabaseSync(saver.path, { readOnly: true });
  const total = (sql) => Number(database.prepare(sql).get().total);
  const size =
    total("SELECT total(length(data)) AS total FROM blobs") +
    total("SELECT total(length(metadata) + length(envelope) + length(channels)) AS total FROM checkpoints") +
    total("SELECT total(length(value)) AS total FROM writes");
  database.close();
  return size;
}

function loop(checkpointer) {
  const State = Annotation.Root({
    count: Annotation(),
    log: Annotation({ reducer: (left, right) => [...left, ...right].slice(-20), default: () => [] }),
  });
  return new StateGraph(State)
    .addNode("a", ({ count }) => ({ count: count + 1, log: [`a ${count}`] }))
    .addNode("b", ({ count }) => ({ count: count + 1, log: [`b ${count}`] }))
    .addEdge(START, "a")
    .addEdge("a", "b")
    .addConditionalEdges("b", ({ count }) => (count >= 300 ? END : "a"))
    .compile(checkpointer === undefined ? {} : { checkpointer });
}

async function timeLoop(checkpointer, run) {
  const begin = performance.now();
  await loop(checkpointer).invoke(
    { count: 0 },
    { recursionLimit: 1000, configurable: { thread_id: `${run}` } },
  );
  return (performance.now() - begin) / 300;
}

/** A superstep with no stop, to the flush: the best of several runs, since a busy machine only ever adds. */
async function superstep() {
  const saver = openSaver();
  const memory = new MemorySaver();
  const best = {
    none: Number.POSITIVE_INFINITY,
    file: Number.POSITIVE_INFINITY,
    memory: Number.POSITIVE_INFINITY,
  };
  for (let run = 0; run < 15; run += 1) {
    best.none = Math.min(best.none, await timeLoop(undefined, run));
    best.file = Math.min(best.file, await timeLoop(saver, run));
    best.memory = Math.min(best.memory, await timeLoop(memory, run));
  }
  saver.close();
  const ratio = best.file / best.none;
  report("superstep without a checkpointer", best.none, "ms", "", true);
  report("superstep on the file checkpointer", best.file, "ms", "", true);
  report("superstep, file checkpointer to none", ratio, "x", "<= 1.5", ratio <= 1.5);
  report("superstep, MemorySaver to none", best.memory / best.none, "x", "", true);
}

/** One more item for a list of 10,000: what it costs to put it. */
async function largeList() {
  const saver = openSaver();
  const items = Array.from({ length: 10_000 }, (_, at) => ({ at, text: text(at, "item") }));
  let config = { configurable: { thread_id: "list", checkpoint_ns: "" } };
  const times = [];
  for (let step = 0; step < 40; step += 1) {
    items.push({ at: items.length, text: text(step, "more") });
    const checkpoint = {
      v: 4,
      id: `${String(step).padStart(8, "0")}`,
      ts: new Date().toISOString(),
      channel_values: { items: [...items] },
      channel_versions: { items: step },
      versions_seen: {},
    };
    const begin = performance.now();
    config = await saver.put(config, checkpoint, { source: "loop", step, parents: {} }, {});
    if (step > 5) times.push(performance.now() - begin);
    await saver.flush();
  }
  saver.close();
  const p50 = times.sort((a, b) => a - b)[Math.floor(times.length / 2)];
  report("put, list of 10,000 items of 550 bytes that grew by one", p50, "ms", "<= 20", p50 <= 20);
}

try {
  await conversation();
  await superstep();
  await largeList();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
