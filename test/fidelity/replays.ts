/**
 * Runs fixture graphs without the debugger, and then again from each of their checkpoints, by its id.
 *
 *     node replays.ts <name in fixtures.json>...
 *
 * Prints a line of JSON for each, as `bare.py --replay` does: `fixture`, and `replays`, the final states by the
 * checkpoint's step; none where LangGraph's own saver can't keep the state.
 */
import { Command, MemorySaver } from "@langchain/langgraph";
import { type Fixture, fixtures } from "../fixtures/fixtures.ts";
import { type AnyGraph, configOf, load, plain, waiting } from "./bare.ts";

interface Given {
  readonly step: number;
  readonly node: string;
  readonly value: unknown;
}

async function replays(fixture: Fixture): Promise<Record<string, unknown>> {
  const graph = await load(fixture);
  const original = new MemorySaver();
  graph.checkpointer = original;
  const config = configOf(fixture, graph);
  const given: Given[] = [];
  const answers = Object.entries(fixture.answers ?? {}).flatMap(([node, values]) =>
    values.map((value) => ({ step: 0, node, value })),
  );
  await toEnd(graph, fixture.input, config, config, [...answers], given);
  const found: Record<string, unknown> = {};
  for await (const { config: at, checkpoint, metadata } of original.list({
    configurable: config.configurable,
  })) {
    const step = metadata?.step ?? -1;
    if (step < 0 || at.configurable?.checkpoint_ns) continue;
    const copy = new MemorySaver();
    copy.storage = structuredClone(original.storage);
    copy.writes = structuredClone(original.writes);
    graph.checkpointer = copy;
    const first = {
      ...config,
      configurable: { ...config.configurable, checkpoint_ns: "", checkpoint_id: checkpoint.id },
    };
    const left = given.filter((answer) => answer.step >= step);
    found[step] = await toEnd(graph, null, first, config, left, []);
  }
  return found;
}

/** The final state; `left` are the answers to give, in order for each node, and `given` takes what was given when. */
async function toEnd(
  graph: AnyGraph,
  todo: unknown,
  first: object,
  config: ReturnType<typeof configOf>,
  left: Given[],
  given: Given[],
): Promise<unknown> {
  let input = todo;
  let at = first;
  for (;;) {
    await graph.invoke(input, at);
    at = config;
    const snapshot = await graph.getState({ configurable: config.configurable }, { subgraphs: true });
    const asked = waiting(snapshot);
    if (asked.size === 0 && snapshot.next.length === 0) return plain(snapshot.values);
    const resume: Record<string, unknown> = {};
    for (const [id, path] of asked) {
      const names = [...new Set(left.map(({ node }) => node)), ...path];
      const node = names.findLast((name) => left.some((answer) => answer.node === name));
      const index = left.findIndex((answer) => answer.node === node);
      const [answer] = left.splice(index, 1);
      if (index < 0 || !answer) throw new Error(`No answer is left for the interrupt in ${path.join(":")}`);
      resume[id] = answer.value;
      given.push({ ...answer, step: snapshot.metadata?.step ?? 0 });
    }
    input = asked.size > 0 ? new Command({ resume }) : null;
  }
}

for (const fixture of fixtures.filter(({ name }) => process.argv.slice(2).includes(name))) {
  const found = await replays(fixture).catch((error: unknown) => {
    if (error instanceof TypeError) return {};
    throw error;
  });
  // Not at once: a pipe may take less than the states of a large graph.
  process.stdout.write(`\n${JSON.stringify({ fixture: fixture.name, replays: found })}\n`);
}
