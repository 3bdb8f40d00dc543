// The branches that a step can go into: the tasks that come next in the graph of a frame.

import type { DebugProtocol } from "@vscode/debugprotocol";
import type { StepMode } from "../protocol/runtime.ts";
import type { Debuggee } from "./debuggee.ts";
import { staleReference } from "./errors.ts";
import { HandleTree } from "./handles.ts";
import type { Frame } from "./shown.ts";
import { isNext, leafOf, ThreadNumbers, threadsOf } from "./stop.ts";

export class StepTargets {
  readonly #debuggee: Debuggee;
  readonly #targets = new HandleTree<StepMode>();
  #stop: number | undefined;

  constructor(debuggee: Debuggee) {
    this.#debuggee = debuggee;
  }

  /** The pending tasks beside the frame's, each called as its thread is. */
  of({ graph }: Frame): DebugProtocol.StepInTarget[] {
    const { position, number } = this.#debuggee.requireStop();
    if (!position || !graph) return [];
    if (this.#stop !== number) this.#targets.nextStop();
    this.#stop = number;
    // After a node, the tasks that come next are no threads yet.
    const { finished: _, ...next } = position;
    return threadsOf(next, this.#debuggee.name, new ThreadNumbers()).flatMap((thread) => {
      const leaf = leafOf(thread);
      if (!leaf?.task || leaf.graph.namespace !== graph.namespace || !isNext(thread)) return [];
      const mode: StepMode = { kind: "into", namespace: graph.namespace, taskId: leaf.task.id };
      return [{ id: this.#targets.get(0, leaf.task.id, mode), label: thread.name }];
    });
  }

  /** How to step into a target of this stop. */
  mode(id: number): StepMode {
    if (this.#stop !== this.#debuggee.requireStop().number) throw staleReference("target");
    return this.#targets.resolve(id, "target");
  }
}
