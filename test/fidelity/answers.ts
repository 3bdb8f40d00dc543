/** A fixture's answers, given to whatever waits for one, in order. */
import type { Json } from "../../src/protocol/runtime.ts";
import type { Fixture } from "../fixtures/fixtures.ts";

export class Answers {
  readonly #left: Map<string, unknown[]>;

  constructor(fixture: Fixture) {
    this.#left = new Map(Object.entries(fixture.answers ?? {}).map(([node, values]) => [node, [...values]]));
  }

  /** By interrupt id. All interrupts of one task share an id and are asked one after the other. */
  for(interrupts: readonly { readonly id: string; readonly node: string }[]): { [id: string]: Json } {
    const ids = new Map(interrupts.map(({ id, node }) => [id, node]));
    return Object.fromEntries([...ids].map(([id, node]) => [id, this.#next(node)]));
  }

  #next(node: string): Json {
    const left = this.#left.get(node);
    if (!left || left.length === 0) throw new Error(`No answer is left for ${node}`);
    return left.shift() as Json;
  }
}
