// The checkpoints of the thread as far as they are loaded: by graph run, by page, newest first.

import type { PanelStep, PastResult } from "../../src/protocol/webview.ts";
import type { Ask } from "../ask.ts";
import { type Rail, Rails } from "./rails.ts";

/** Steps of one graph's run. */
export interface Timeline {
  readonly namespace: string;
  readonly steps: readonly PanelStep[];
  /** One for each step. */
  readonly rails: readonly Rail[];
  /** The most rails side by side. */
  readonly width: number;
  /** There are older ones. */
  readonly more: boolean;
  readonly total: number;
  readonly live: string | undefined;
  readonly cursor: string | undefined;
  /** How many ends it has. */
  readonly branches: number;
  /** It was read at least once. */
  readonly isRead: boolean;
  /** Why the last reading failed. */
  readonly problem: string | undefined;
}

type Page = PastResult<"timeline">;

const pageSize = 100;
/** Where a step far back is wanted. */
const farPageSize = 1_000;

/** Reads what is asked for and keeps it; tells its listeners of each change. */
export class Timelines {
  readonly #ask: Ask;
  readonly #timelines = new Map<string, Timeline>();
  readonly #railsOf = new Map<string, Rails>();
  /** Namespaces that are being read; true: to be read again after that. */
  readonly #reading = new Map<string, boolean>();
  readonly #older = new Set<string>();
  readonly #listeners = new Set<() => void>();
  /** Counts threads: what was asked of one is of no use for the next. */
  #thread = 0;
  #version = 0;

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  /** Another number after each change. */
  readonly version = (): number => this.#version;

  get(namespace: string): Timeline | undefined {
    return this.#timelines.get(namespace);
  }

  step(namespace: string, id: string | undefined): PanelStep | undefined {
    return this.get(namespace)?.steps.find((step) => step.id === id);
  }

  /** Begins anew, for another thread. */
  clear(): void {
    this.#thread++;
    this.#timelines.clear();
    this.#railsOf.clear();
    this.#reading.clear();
    this.#older.clear();
    this.#changed();
  }

  /** Reads the newest steps of a graph's run, unless they were read. */
  open(namespace: string): void {
    if (!this.#timelines.has(namespace) && !this.#reading.has(namespace)) void this.#read(namespace);
  }

  /** What is shown of the newest steps may be old: they are read again. */
  refresh(namespaces: readonly string[]): void {
    for (const namespace of this.#timelines.keys()) {
      // What is folded is read when it is opened.
      if (!namespaces.includes(namespace)) this.#forget(namespace);
    }
    for (const namespace of namespaces) void this.#read(namespace);
  }

  /** Reads the next page of older steps. */
  async older(namespace: string, limit = pageSize): Promise<void> {
    const { steps, more } = this.#timelines.get(namespace) ?? { steps: [], more: false };
    const before = steps.at(-1)?.id;
    if (!more || before === undefined || this.#older.has(namespace)) return;
    const thread = this.#thread;
    this.#older.add(namespace);
    try {
      const page = await this.#ask({ type: "timeline", namespace, before, limit });
      const now = this.#timelines.get(namespace);
      // A refresh may have begun anew meanwhile.
      if (thread === this.#thread && now?.steps.at(-1)?.id === before) this.#append(now, page);
    } catch (error) {
      this.#fail(namespace, thread, error);
    } finally {
      this.#older.delete(namespace);
    }
  }

  /** Reads older steps until one is there, or there are no more; false then. */
  async reach(namespace: string, id: string): Promise<boolean> {
    for (;;) {
      const before = this.#timelines.get(namespace);
      if (before?.steps.some((step) => step.id === id)) return true;
      if (!before?.more) return false;
      await this.older(namespace, farPageSize);
      const after = this.#timelines.get(namespace);
      if (after?.steps.length === before.steps.length) return false;
    }
  }

  /** The newest step after which branches part; undefined where there is none. */
  async parting(namespace: string): Promise<PanelStep | undefined> {
    for (;;) {
      const { steps, rails, more } = this.#timelines.get(namespace) ?? nothing(namespace);
      const found = steps[rails.findIndex(({ joins }) => joins.length > 0)];
      if (found || !more) return found;
      await this.older(namespace, farPageSize);
      if (this.#timelines.get(namespace)?.steps.length === steps.length) return undefined;
    }
  }

  async #read(namespace: string): Promise<void> {
    if (this.#reading.has(namespace)) {
      this.#reading.set(namespace, true);
      return;
    }
    const thread = this.#thread;
    this.#reading.set(namespace, false);
    try {
      const page = await this.#ask({ type: "timeline", namespace, limit: pageSize });
      if (thread === this.#thread) this.#merge(namespace, page);
    } catch (error) {
      this.#fail(namespace, thread, error);
    }
    if (thread !== this.#thread) return;
    const again = this.#reading.get(namespace);
    this.#reading.delete(namespace);
    if (again) void this.#read(namespace);
  }

  /** The newest page, before the older steps that are known already. */
  #merge(namespace: string, page: Page): void {
    const known = this.#timelines.get(namespace);
    const same = new Map(known?.steps.map((step) => [step.id, step]));
    const fresh = page.entries.map((step) => {
      const before = same.get(step.id);
      return before && JSON.stringify(before) === JSON.stringify(step) ? before : step;
    });
    const last = fresh.at(-1)?.id;
    const overlap = known?.steps.findIndex(({ id }) => id === last) ?? -1;
    const keeps = page.more && overlap >= 0;
    const steps = keeps && known ? [...fresh, ...known.steps.slice(overlap + 1)] : fresh;
    const rails = new Rails();
    this.#railsOf.set(namespace, rails);
    this.#set({
      ...about(page),
      namespace,
      steps,
      rails: steps.map((step) => rails.add(step)),
      width: rails.width,
      more: keeps && known ? known.more : page.more,
      isRead: true,
      problem: undefined,
    });
  }

  #append(timeline: Timeline, page: Page): void {
    const rails = this.#railsOf.get(timeline.namespace) ?? new Rails();
    const added = page.entries.map((step) => rails.add(step));
    this.#set({
      ...timeline,
      steps: [...timeline.steps, ...page.entries],
      rails: [...timeline.rails, ...added],
      width: rails.width,
      more: page.more,
    });
  }

  #fail(namespace: string, thread: number, error: unknown): void {
    if (thread !== this.#thread) return;
    const known = this.#timelines.get(namespace) ?? nothing(namespace);
    this.#set({ ...known, isRead: true, problem: (error as Error).message });
  }

  #forget(namespace: string): void {
    this.#timelines.delete(namespace);
    this.#railsOf.delete(namespace);
  }

  #set(timeline: Timeline): void {
    this.#timelines.set(timeline.namespace, timeline);
    this.#changed();
  }

  #changed(): void {
    this.#version++;
    for (const listener of this.#listeners) listener();
  }
}

function about(page: Page): Pick<Timeline, "total" | "live" | "cursor" | "branches"> {
  const { total, live, cursor, branches = 0 } = page;
  return { total, live, cursor, branches };
}

function nothing(namespace: string): Timeline {
  return {
    namespace,
    steps: [],
    rails: [],
    width: 0,
    more: false,
    total: 0,
    live: undefined,
    cursor: undefined,
    branches: 0,
    isRead: false,
    problem: undefined,
  };
}
