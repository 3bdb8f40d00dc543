/** A fixture's answers, given to whatever waits for one, in order, and given again where a run goes back. */
import type { Json } from "../../src/protocol/runtime.ts";
import type { Fixture } from "../fixtures/fixtures.ts";

interface Answer {
  readonly node: string;
  readonly value: Json;
  /** Superstep of the root graph at which it was given. */
  readonly step: number;
}

export class Answers {
  #left: Answer[];
  #given: Answer[] = [];

  constructor(fixture: Fixture) {
    this.#left = Object.entries(fixture.answers ?? {}).flatMap(([node, values]) =>
      values.map((value) => ({ node, value: value as Json, step: 0 })),
    );
  }

  /** By interrupt id. All interrupts of one task share an id and are asked one after the other. */
  for(
    interrupts: readonly { readonly id: string; readonly node: string }[],
    step = 0,
  ): { [id: string]: Json } {
    const ids = new Map(interrupts.map(({ id, node }) => [id, node]));
    return Object.fromEntries([...ids].map(([id, node]) => [id, this.#next(node, step)]));
  }

  /** The run stands before this superstep again: what was given from there on will be asked again. */
  takeBack(step: number): void {
    const again = this.#given.filter((answer) => answer.step >= step);
    this.#given = this.#given.filter((answer) => answer.step < step);
    this.#left = [...again, ...this.#left];
  }

  #next(node: string, step: number): Json {
    const answer = this.#left.find((each) => each.node === node);
    if (!answer) throw new Error(`No answer is left for ${node}`);
    this.#left = this.#left.filter((each) => each !== answer);
    this.#given.push({ ...answer, step });
    return answer.value;
  }
}
