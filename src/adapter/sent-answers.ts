// The answers that were sent in this session, and where each was given: what `/undo` goes back to.

import type { GraphPosition, Json, Position } from "../protocol/runtime.ts";

export interface SentAnswer {
  readonly node: string;
  readonly value: Json;
  /** Of the graph whose task asked. */
  readonly namespace: string;
  readonly checkpointId: string;
  readonly taskId: string;
}

export class SentAnswers {
  #sent: SentAnswer[] = [];

  /** These answers, by interrupt id, were given at this position. */
  remember(position: Position | undefined, answers: { readonly [interruptId: string]: Json }): void {
    const walk = ({ namespace, checkpoint, tasks }: GraphPosition): void => {
      for (const { id: taskId, name: node, interrupts, subgraph } of tasks) {
        if (subgraph) walk(subgraph);
        // A nested interrupt is listed with the tasks around it too; the innermost one asked.
        const asked = interrupts.find((each) => each.namespace === namespace && each.id in answers);
        const value = asked && answers[asked.id];
        if (!checkpoint || value === undefined) continue;
        this.#sent.push({ node, value, namespace, checkpointId: checkpoint.id, taskId });
      }
    };
    if (position) walk(position.root);
  }

  /** The last one that was not taken back. */
  get last(): SentAnswer | undefined {
    return this.#sent.at(-1);
  }

  /** It was taken back; `whole`: and all others that were given at its checkpoint. */
  takeBack(last: SentAnswer, whole: boolean): void {
    const { namespace, checkpointId } = last;
    this.#sent = this.#sent.filter(
      (each) =>
        each !== last && !(whole && each.namespace === namespace && each.checkpointId === checkpointId),
    );
  }
}
