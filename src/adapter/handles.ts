// Variable references and frame ids: keyed by (parent, name), so that the same variable has the same number at every stop.

import { staleReference } from "./errors.ts";

interface Handle<Content> {
  readonly parent: number;
  readonly name: string;
  content: Content;
  /** The stop at which it was last given out. */
  stop: number;
  readonly children: Map<string, number>;
}

/** How many handles may be kept; beyond that, those of earlier stops are let go. */
const limit = 100_000;

export class HandleTree<Content> {
  #handles = new Map<number, Handle<Content>>();
  #roots = new Map<string, number>();
  #last: number;
  #stop = 0;

  /** Numbers begin at `first`. */
  constructor(first = 1) {
    this.#last = first - 1;
  }

  /** All that was given out before is stale until it is given out again. */
  nextStop(): void {
    this.#stop++;
    if (this.#handles.size > limit) {
      this.#handles = new Map();
      this.#roots = new Map();
    }
  }

  /** Where too many are kept, those that were given out first are let go. */
  makeRoom(): void {
    const drop = (id: number): void => {
      const children = this.#handles.get(id)?.children ?? [];
      this.#handles.delete(id);
      for (const [, child] of children) drop(child);
    };
    for (const [name, id] of this.#roots) {
      if (this.#handles.size <= limit) return;
      this.#roots.delete(name);
      drop(id);
    }
  }

  /** The reference of the child `name` of `parent`; 0 is the parent of those that have none. */
  get(parent: number, name: string, content: Content): number {
    const siblings = parent === 0 ? this.#roots : this.#handles.get(parent)?.children;
    if (!siblings) throw staleReference("reference");
    const known = siblings.get(name);
    const handle = known === undefined ? undefined : this.#handles.get(known);
    if (known !== undefined && handle) {
      handle.content = content;
      handle.stop = this.#stop;
      return known;
    }
    // Never 0, and never a number that stood for something else.
    const id = ++this.#last;
    siblings.set(name, id);
    this.#handles.set(id, { parent, name, content, stop: this.#stop, children: new Map() });
    return id;
  }

  /** Throws for a number that was never given out, or not at this stop. */
  resolve(id: number, what: string): Content {
    const handle = this.#handles.get(id);
    if (handle?.stop !== this.#stop) throw staleReference(what);
    return handle.content;
  }

  /**
   * Like `resolve`, but follows `step` from the nearest ancestor of this stop: a client that kept a variable open may
   * ask for it before it asks for what is around it.
   */
  find(id: number, what: string, step: (content: Content, name: string) => Content | undefined): Content {
    const handle = this.#handles.get(id);
    if (!handle) throw staleReference(what);
    if (handle.stop === this.#stop) return handle.content;
    if (handle.parent === 0) throw staleReference(what);
    const content = step(this.find(handle.parent, what, step), handle.name);
    if (content === undefined) throw staleReference(what);
    handle.content = content;
    handle.stop = this.#stop;
    return content;
  }
}
