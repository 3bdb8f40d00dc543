// Measures what a client is told of a thread's past: the timeline of 10,000 checkpoints, the difference of two states of
// 10 MB, who wrote each key. In both languages, with the built adapter where there is one.
//
//     LANGGRAPH_BENCH_STEPS=1000 npm run bench -- past      a shorter thread
import { join } from "node:path";
import type { TimelineBody } from "../../src/protocol/dap.ts";
import { type Language, languages } from "../dap/languages.ts";
import { inFolder, percentile, report } from "./lib/measure.ts";
import { atEnd, longThread } from "./lib/threads.ts";

const steps = Number(process.env.LANGGRAPH_BENCH_STEPS ?? 10_000);
const page = 100;
const graphs = join(import.meta.dirname, "graphs");

async function timed<Result>(times: number[], ask: () => Promise<Result>): Promise<Result> {
  const began = performance.now();
  const result = await ask();
  times.push(performance.now() - began);
  return result;
}

/** The newest page as the first thing that is asked, and again after it; then all pages down to the first checkpoint. */
async function timeline(language: Language, folder: string): Promise<void> {
  const client = await longThread(language, folder, steps);
  const first: number[] = [];
  const following: number[] = [];
  const body = await timed(first, () => client.request<TimelineBody>("langgraph/timeline", { limit: page }));
  let checkpoint: string | undefined = body.entries.at(-1)?.id;
  let count = body.entries.length;
  while (checkpoint !== undefined) {
    const before: string = checkpoint;
    const { entries } = await timed(following, () =>
      client.request<TimelineBody>("langgraph/timeline", { before, limit: page }),
    );
    count += entries.length;
    checkpoint = entries.at(-1)?.id;
  }
  if (count < steps) throw new Error(`The timeline told ${count} of ${steps} checkpoints.`);
  const writers: number[] = [];
  const newest = body.entries[0]?.id;
  for (let round = 0; round < 10; round++) {
    await timed(writers, () => client.request("langgraph/keyHistory", { checkpointId: newest }));
  }
  client.kill();
  await client.exited;
  const of = `${language.name}, ${steps} checkpoints:`;
  report(`${of} first page of the timeline`, first[0] ?? Number.NaN, "ms", 300);
  report(`${of} each further page, p95`, percentile(following, 0.95), "ms", 50);
  report(`${of} who wrote each key, p95`, percentile(writers, 0.95), "ms");
}

async function difference(language: Language, folder: string): Promise<void> {
  const client = await atEnd({
    ...language.attributes,
    program: join(graphs, language.name === "Python" ? "notes.py" : "notes.ts"),
    checkpoints: join(folder, "difference.sqlite"),
    input: { count: 20_000 },
  });
  const { entries } = await client.request<TimelineBody>("langgraph/timeline", {});
  const [to, from] = entries.map(({ id }) => ({ checkpointId: id }));
  const times: number[] = [];
  let changes = 0;
  for (let round = 0; round < 5; round++) {
    const body = await timed(times, () =>
      client.request<{ changes: unknown[] }>("langgraph/diff", { from, to }),
    );
    changes = body.changes.length;
  }
  client.kill();
  await client.exited;
  report(
    `${language.name}: difference of two states of 10 MB, ${changes} changes`,
    percentile(times, 0.5),
    "ms",
    2_000,
  );
}

await inFolder(async (folder) => {
  for (const language of languages) {
    await timeline(language, join(folder, language.name));
    await difference(language, join(folder, language.name));
  }
});
