// What the graph says while it runs, by node: told to those who show it at most once a frame, however much comes.

import type { LiveText, PanelTask } from "../src/protocol/webview.ts";
import { keyOf } from "./graph/model.ts";

export interface Spoken {
  readonly graph: string;
  readonly node: string;
  /** The end of what its models have streamed in this run of the node. */
  readonly tokens: string;
  /** The newest custom events, the newest last, each with its number. */
  readonly custom: readonly { readonly number: number; readonly text: string }[];
  /** Of all custom events. */
  readonly count: number;
}

const longestTokens = 8_000;
const mostCustom = 100;

export class LiveTexts {
  #spoken: readonly Spoken[] = [];
  #waiting: LiveText[] = [];
  #frame: number | undefined;
  readonly #runs = new Map<string, number>();
  readonly #listeners = new Set<() => void>();

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  readonly all = (): readonly Spoken[] => this.#spoken;

  of(graph: string, node: string): Spoken | undefined {
    return this.#spoken.find((each) => each.graph === graph && each.node === node);
  }

  add(texts: readonly LiveText[]): void {
    this.#waiting.push(...texts);
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = undefined;
      this.#flush();
    });
  }

  /** A node that begins anew speaks anew. */
  begin(tasks: readonly PanelTask[]): void {
    for (const { graph, node, runs = 0 } of tasks) {
      const key = keyOf(graph, node);
      const before = this.#runs.get(key) ?? runs;
      this.#runs.set(key, runs);
      if (runs <= before || !this.of(graph, node)) continue;
      this.#flush();
      this.#tell(this.#spoken.filter((each) => each.graph !== graph || each.node !== node));
    }
  }

  clear(): void {
    this.#waiting = [];
    this.#runs.clear();
    if (this.#spoken.length > 0) this.#tell([]);
  }

  #flush(): void {
    const waiting = this.#waiting;
    if (waiting.length === 0) return;
    this.#waiting = [];
    const byNode = new Map(this.#spoken.map((each) => [keyOf(each.graph, each.node), each]));
    const groups = new Map<string, LiveText[]>();
    for (const text of waiting) {
      const key = keyOf(text.graph, text.node ?? "");
      const group = groups.get(key);
      if (group) group.push(text);
      else groups.set(key, [text]);
    }
    for (const [key, [first, ...rest]] of groups) {
      if (!first) continue;
      const { graph, node = "" } = first;
      const before = byNode.get(key) ?? { graph, node, tokens: "", custom: [], count: 0 };
      byNode.set(key, withTexts(before, [first, ...rest]));
    }
    this.#tell([...byNode.values()]);
  }

  #tell(spoken: readonly Spoken[]): void {
    this.#spoken = spoken;
    for (const listener of this.#listeners) listener();
  }
}

function withTexts(before: Spoken, texts: readonly LiveText[]): Spoken {
  const tokens = texts.filter(({ kind }) => kind === "tokens").map(({ text }) => text);
  const custom = texts.filter(({ kind }) => kind === "custom");
  return {
    ...before,
    tokens: (before.tokens + tokens.join("")).slice(-longestTokens),
    custom: [
      ...before.custom,
      ...custom.map(({ text }, index) => ({ number: before.count + index + 1, text })),
    ].slice(-mostCustom),
    count: before.count + custom.length,
  };
}
