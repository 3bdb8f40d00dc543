// Measures the Node file checkpointer: size and time of a long conversation, and the cost of a superstep.
// Prints one JSON line for each figure: {name, value, unit, goal, reached}.
//
// Goals are on processor time, of all of the process's threads: on an idle machine that is no less than the time
// that passes, and on a busy one it is the figure that still means something.

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

/** Starts a clock; what it returns gives seconds since then, of processor time and of time passed. */
function clock() {
  const cpu = process.cpuUsage();
  const begin = performance.now();
  return () => {
    const { user, system } = process.cpuUsage(cpu);
    return { cpu: (user + system) / 1e6, passed: (performance.now() - begin) / 1000 };
  };
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
  const elapsed = clock();
  for (let turn = 1; turn <= turns; turn += 1) {
    await graph.invoke({ messages: [new HumanMessage(text(turn, "human"))] }, config);
    if (turn === 100 || turn === 200 || turn === 400) sizeAt[turn] = await stored(saver);
  }
  saver.flushSync();
  const { cpu, passed } = elapsed();
  sizeAt[turns] = await stored(saver);
  saver.close();
  const megabytes = statSync(saver.path).size / 1e6;
  // langgraph-checkpoint-sqlite (Python) on the same conversation: 556 MB, 9.7 s.
  report("conversation of 500 turns, file", megabytes, "MB", "<= 5.5", megabytes <= 5.5);
  report("conversation of 500 turns, processor time", cpu, "s", "<= 4.85", cpu <= 4.85);
  report("conversation of 500 turns, time passed", passed, "s", "", true);
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

/** Supersteps a run: short, so that some runs are not interrupted on a busy machine. */
const STEPS = 200;

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
    .addConditionalEdges("b", ({ count }) => (count >= STEPS ? END : "a"))
    .compile(checkpointer === undefined ? {} : { checkpointer });
}

/** Milliseconds a superstep. */
async function timeLoop(checkpointer, run) {
  const elapsed = clock();
  await loop(checkpointer).invoke(
    { count: 0 },
    { recursionLimit: 1000, configurable: { thread_id: `${run}` } },
  );
  await checkpointer?.flush?.();
  const { cpu, passed } = elapsed();
  return { cpu: (cpu * 1000) / STEPS, passed: (passed * 1000) / STEPS };
}

/** A superstep with no stop, to the flush: the best of several runs, since a busy machine only ever adds. */
async function superstep() {
  const savers = { none: undefined, file: openSaver(), memory: new MemorySaver() };
  const best = {};
  for (let run = 0; run < 40; run += 1) {
    for (const [name, saver] of Object.entries(savers)) {
      const time = await timeLoop(saver, run);
      const least = best[name] ?? time;
      best[name] = { cpu: Math.min(least.cpu, time.cpu), passed: Math.min(least.passed, time.passed) };
    }
  }
  savers.file.close();
  const { none, file, memory } = best;
  report("superstep without a checkpointer, processor time", none.cpu, "ms", "", true);
  report("superstep on the file checkpointer, processor time", file.cpu, "ms", "", true);
  const ratio = file.cpu / none.cpu;
  report("superstep, file checkpointer to none, processor time", ratio, "x", "<= 1.5", ratio <= 1.5);
  report("superstep, file checkpointer to none, time passed", file.passed / none.passed, "x", "", true);
  report("superstep, MemorySaver to none, processor time", memory.cpu / none.cpu, "x", "", true);
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
