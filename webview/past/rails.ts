// The rails at the left of the timeline: which branch each step is on, and where branches part. Newest step first.

/** A step, as far as rails need it. */
export interface Railed {
  readonly id: string;
  readonly parentId?: string | undefined;
}

/** What is drawn beside one step; rails are numbered from 0 at the left. */
export interface Rail {
  /** The rail that the step is on. */
  readonly at: number;
  /** A newer step leads down to it on its own rail. */
  readonly above: boolean;
  /** An older step comes below it on its own rail. */
  readonly below: boolean;
  /** Rails of branches that begin at this step: they come down and end in it. */
  readonly joins: readonly number[];
  /** Rails that go by. */
  readonly past: readonly number[];
}

/**
 * Goes on from page to page: `add` takes older steps and needs nothing of the newer ones but what is kept here. The
 * newest step is on the first rail, and each branch keeps its rail down to where it began.
 */
export class Rails {
  /** For each rail the step that it leads to, undefined for one that is free. */
  readonly #leads: (string | undefined)[] = [];
  #width = 0;

  /** The most rails side by side up to now. */
  get width(): number {
    return this.#width;
  }

  add(step: Railed): Rail {
    const leads = this.#leads;
    const coming = leads.flatMap((id, rail) => (id === step.id ? [rail] : []));
    const [own, ...joins] = coming;
    const free = leads.indexOf(undefined);
    const at = own ?? (free >= 0 ? free : leads.length);
    for (const rail of joins) leads[rail] = undefined;
    leads[at] = step.parentId;
    while (leads.length > 0 && leads.at(-1) === undefined) leads.pop();
    this.#width = Math.max(this.#width, at + 1, leads.length, ...joins.map((rail) => rail + 1));
    return {
      at,
      above: own !== undefined,
      below: step.parentId !== undefined,
      joins,
      past: leads.flatMap((id, rail) => (id !== undefined && rail !== at ? [rail] : [])),
    };
  }
}

/** The steps that lead to `id`, with itself, of those that are known. */
export function lineOf(steps: readonly Railed[], id: string | undefined): Set<string> {
  const line = new Set<string>();
  let next = id;
  for (const step of steps) {
    if (step.id !== next) continue;
    line.add(step.id);
    next = step.parentId;
  }
  return line;
}

/** The steps that came after `id`: those that are undone when the run goes on from there. */
export function futureOf(steps: readonly Railed[], id: string | undefined): Set<string> {
  const future = new Set<string>();
  if (id === undefined) return future;
  for (const { id: own, parentId } of steps.toReversed()) {
    if (parentId !== undefined && (parentId === id || future.has(parentId))) future.add(own);
  }
  return future;
}

/**
 * The newest ends of two branches, the newer first: of all, or of those that part at the step `at`. Undefined where
 * there are no two among these steps.
 */
export function branchesOf<Step extends Railed>(
  steps: readonly Step[],
  at?: string,
): readonly [newer: Step, older: Step] | undefined {
  const parents = new Set(steps.map(({ parentId }) => parentId));
  const byId = new Map(steps.map((step) => [step.id, step]));
  /** The step after `at` on the way to an end; each is another branch. */
  const after = (end: Step): string | undefined => {
    for (let step: Step | undefined = end; step; step = byId.get(step.parentId ?? ""))
      if (step.parentId === at) return step.id;
    return undefined;
  };
  const taken = new Set<string>();
  const ends: Step[] = [];
  for (const step of steps) {
    if (parents.has(step.id)) continue;
    const branch = at === undefined ? step.id : after(step);
    if (branch === undefined || taken.has(branch)) continue;
    taken.add(branch);
    ends.push(step);
    const [newer, older] = ends;
    if (newer && older) return [newer, older];
  }
  return undefined;
}
