// Another process on a checkpoint file, for the tests: `child.ts <task> <file> <thread> [count]`.

import type { RunnableConfig } from "@langchain/core/runnables";
import { BaseCheckpointSaver } from "@langchain/langgraph-checkpoint";
import { createFileSaver } from "../../../runtime/node/checkpointer/index.ts";
import { put, thread } from "./helper.ts";

const [, , task, path = "", threadId = "", count = "0"] = process.argv;

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Puts checkpoints that each hold all numbers so far, one of them in a blob of its own. */
async function putMany(length: number, flushEvery: number): Promise<void> {
  const saver = createFileSaver(BaseCheckpointSaver, { path });
  let config: RunnableConfig = thread(threadId);
  const items: { at: number; text: string }[] = [];
  for (let step = 0; step < length; step += 1) {
    items.push({ at: step, text: `${step} `.repeat(50) });
    config = await put(saver, config, { items: [...items], step }, step);
    await saver.putWrites(config, [["items", [{ at: step + 1 }]]], "task");
    if (step % flushEvery !== 0) continue;
    await saver.flush();
    say(`flushed ${step}`);
  }
}

try {
  if (task === "forever") {
    await putMany(Number.POSITIVE_INFINITY, 5);
  } else if (task === "many") {
    await putMany(Number(count), 10);
  } else if (task === "exit") {
    const saver = createFileSaver(BaseCheckpointSaver, { path });
    void put(saver, thread(threadId), { last: "words" });
    process.exit(0);
  } else if (task === "open") {
    createFileSaver(BaseCheckpointSaver, { path }).close();
    say("opened");
  }
} catch (error) {
  const { code, message } = error as { code?: string; message: string };
  say(JSON.stringify({ code, message }));
  process.exitCode = 1;
}
