// What the user has begun to answer, kept for each thread: over reloads, restarts and the end of the process.

import type * as vscode from "vscode";
import type { Drafts, Json } from "../../protocol/webview.ts";

const storageKey = "langgraph.drafts";
/** Threads beyond these are forgotten, the one that was longest untouched first. */
const mostThreads = 50;

export class DraftStore {
  readonly #memento: vscode.Memento;

  constructor(memento: vscode.Memento) {
    this.#memento = memento;
  }

  of(thread: string | undefined): Drafts {
    return thread === undefined ? {} : (this.#all()[thread] ?? {});
  }

  /** Without a value, the draft is forgotten. */
  set(thread: string, key: string, value: Json | undefined): void {
    const { [thread]: before = {}, ...others } = this.#all();
    const { [key]: _, ...rest } = before;
    const drafts = value === undefined ? rest : { ...rest, [key]: value };
    const all = Object.keys(drafts).length > 0 ? { ...others, [thread]: drafts } : others;
    void this.#memento.update(storageKey, Object.fromEntries(Object.entries(all).slice(-mostThreads)));
  }

  #all(): Record<string, Drafts> {
    return this.#memento.get(storageKey) ?? {};
  }
}
