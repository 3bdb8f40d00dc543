// Takes the code anew in the middle of a session: a new process stands where the old one stood.

import type { GraphModel } from "../model/graph.ts";
import type { ReloadBody } from "../protocol/dap.ts";
import type { GraphPosition, Position } from "../protocol/runtime.ts";
import type { Reply } from "./base-session.ts";
import type { Debuggee } from "./debuggee.ts";
import { asDebugError, notReloaded, wentOnMeanwhile } from "./errors.ts";
import type { Program } from "./program.ts";
import { graphAt, type Stop } from "./stop.ts";
import { keepingStory } from "./stops.ts";
import type { Terminal } from "./terminal.ts";

/**
 * Loads the code in `fresh`; only when that has worked, `old` is ended, and `fresh` stands at the same stop, of which
 * the client is told after the response. Rejects when the code can't be loaded: the old stop is as it was.
 */
export async function reload(
  old: Program,
  fresh: Program,
  terminal: Terminal | undefined,
  reply: Reply,
  take: () => void,
): Promise<ReloadBody> {
  const stop = old.debuggee.requireStop();
  const threadId = stop.position?.threadId;
  const open = async (): Promise<Position | undefined> =>
    threadId === undefined
      ? undefined
      : ((await fresh.debuggee.runtime.request("open", { threadId })) ?? undefined);
  try {
    await fresh.load(terminal);
  } catch (error) {
    throw notReloaded(asDebugError(error));
  }
  let gone: Gone | undefined;
  try {
    const position = await open();
    gone = await missing(old.debuggee, fresh.debuggee, position);
    if (old.debuggee.stop?.number !== stop.number) throw wentOnMeanwhile();
  } catch (error) {
    await fresh.end();
    throw error;
  }
  const answers = [...old.debuggee.answers];
  const sources = old.sources();
  await old.end();
  take();
  fresh.debuggee.adopt(old.debuggee);
  await fresh.takeOver();
  fresh.tellSources(sources);
  const position = await open();
  const now = standAgain(fresh, stop, position, gone);
  for (const [key, answer] of answers) fresh.debuggee.answers.set(key, answer);
  reply.after(() => fresh.stops.tell(now, stop));
  return gone ? { gone } : {};
}

function standAgain(
  fresh: Program,
  stop: Stop,
  position: Position | undefined,
  gone: Gone | undefined,
): Stop {
  if (stop.form || !position) return fresh.stops.standWaiting(position, stop.form);
  return fresh.stops.stand({
    reason: stop.reason,
    position: keepingStory(position, stop.position),
    hitBreakpointIds: stop.hitBreakpointIds,
    thread: stop.focus,
    rests: true,
    ...(gone
      ? {
          description: `The new code has no node ${gone.nodes.join(", ")}`,
          text: whatToDo(gone),
          blocked: whatToDo(gone),
        }
      : { description: stop.description, told: stop.text }),
  });
}

/** Nodes that come next and that the new code doesn't have, and the nearest step before whose next nodes are there. */
type Gone = NonNullable<ReloadBody["gone"]>;

function whatToDo({ nodes, before }: Gone): string {
  const many = nodes.length > 1;
  const back = before
    ? `/fork ${before.id} goes back to before ${before.next.join(", ")}`
    : "No earlier step of this run fits either";
  return (
    `The new code has no node ${nodes.join(", ")}, which ${many ? "come" : "comes"} next. Nothing is lost. ` +
    `${back}; or bring the ${many ? "nodes" : "node"} back and /reload.`
  );
}

async function missing(
  old: Debuggee,
  fresh: Debuggee,
  position: Position | undefined,
): Promise<Gone | undefined> {
  const before = old.stop?.position;
  if (!before || !position) return undefined;
  const models = fresh.graphs.models;
  const gone: { graph: GraphPosition; node: string }[] = [];
  const look = (graph: GraphPosition): void => {
    // What the new code still finds there needs no model: tasks may be known only when they are called.
    const found = graphAt(position, graph.namespace)?.tasks.map(({ name }) => name) ?? [];
    for (const { name, status, subgraph } of graph.tasks) {
      if (status !== "done" && !found.includes(name) && lacks(models, graph.graph, name)) {
        gone.push({ graph, node: name });
      } else if (subgraph) look(subgraph);
    }
  };
  look(before.root);
  const [first] = gone;
  if (!first) return undefined;
  const nodes = [...new Set(gone.map(({ node }) => node))];
  const around = way(before.root, first.graph).reverse();
  for (const graph of around) {
    const fits = await nearest(old, models, graph, before.threadId);
    if (fits) return { nodes, before: fits };
  }
  return { nodes };
}

function lacks(models: readonly GraphModel[], graph: string, node: string): boolean {
  const model = models.find(({ id }) => id === graph);
  return model !== undefined && !model.nodes.some(({ name }) => name === node);
}

/** The graphs from the root to `last`. */
function way(root: GraphPosition, last: GraphPosition): GraphPosition[] {
  if (root === last) return [root];
  for (const { subgraph } of root.tasks) {
    const rest = subgraph && way(subgraph, last);
    if (rest && rest.length > 0) return [root, ...rest];
  }
  return [];
}

/** The old process tells what came next at each step: the new code does not know the nodes that are gone. */
async function nearest(
  old: Debuggee,
  models: readonly GraphModel[],
  { namespace, checkpoint }: GraphPosition,
  threadId: string,
): Promise<Gone["before"]> {
  let before = checkpoint?.id;
  while (before !== undefined) {
    const page = await old.runtime.request("history", { threadId, namespace, before, limit: 50 });
    for (const { checkpoint: earlier, graph } of page.entries) {
      const { next } = earlier;
      if (next.length > 0 && !next.some((node) => lacks(models, graph, node)))
        return { id: earlier.id, next };
    }
    before = page.more ? page.entries.at(-1)?.checkpoint.id : undefined;
  }
  return undefined;
}
