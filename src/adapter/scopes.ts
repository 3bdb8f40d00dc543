// The scopes of a frame: State, Input, Interrupts, Writes, Checkpoint, Config.

import type { DebugProtocol } from "@vscode/debugprotocol";
import type { CheckpointInfo, Json, ValueRoot } from "../protocol/runtime.ts";
import type { Debuggee } from "./debuggee.ts";
import type { Content, Frame } from "./shown.ts";

export class Scopes {
  readonly #debuggee: Debuggee;

  constructor(debuggee: Debuggee) {
    this.#debuggee = debuggee;
  }

  of(frame: Frame): DebugProtocol.Scope[] {
    switch (frame.kind) {
      case "label":
        return [];
      case "history":
        return this.#history(frame);
      default:
        return this.#current(frame);
    }
  }

  #current(frame: Frame): DebugProtocol.Scope[] {
    const { graph, task, thread } = frame;
    const stop = this.#debuggee.requireStop();
    const scopes: DebugProtocol.Scope[] = [];
    // By graph and not by namespace, which is another at each visit of a subgraph.
    const key = `${thread.id}/${frame.kind === "task" ? "" : "graph:"}${graph?.graph ?? ""}`;
    const add = (name: string, content: Content, more: Partial<DebugProtocol.Scope> = {}): void => {
      const variablesReference = this.#debuggee.variables.get(0, `${key}/${name}`, content);
      scopes.push({ name, variablesReference, expensive: false, ...more });
    };
    const values = (root: ValueRoot): Content => ({ kind: "values", root, path: [] });
    if (frame.kind === "input" && stop.form) {
      add(
        "Input",
        { kind: "form" },
        { presentationHint: "arguments", namedVariables: stop.form.fields.length },
      );
    }
    if (graph) {
      add("State", values({ kind: "state", namespace: graph.namespace }), {
        presentationHint: "locals",
        namedVariables: graph.stateKeys.length,
      });
    }
    if (graph && task?.hasInput) {
      add("Input", values({ kind: "input", namespace: graph.namespace, taskId: task.id }), {
        presentationHint: "arguments",
      });
    }
    if (graph?.checkpoint && thread.kind === "after" && frame.task && frame === this.#leafFrame(frame)) {
      add(
        "Writes",
        values({ kind: "writes", namespace: graph.namespace, checkpointId: graph.checkpoint.id }),
      );
    }
    if (task && task.interrupts.length > 0 && task.status === "waiting") {
      add(
        "Interrupts",
        { kind: "interrupts", interrupts: task.interrupts },
        { namedVariables: task.interrupts.length },
      );
    }
    if (graph?.checkpoint) add("Checkpoint", this.#checkpoint(graph.checkpoint), { expensive: true });
    add("Config", values({ kind: "config" }), { expensive: true });
    return scopes;
  }

  /** The frame itself when it is that of the thread's own task, and not of a graph around it. */
  #leafFrame(frame: Frame): Frame | undefined {
    return frame.task && frame.thread.levels.at(-1)?.task?.id === frame.task.id ? frame : undefined;
  }

  #history({ entry }: Frame): DebugProtocol.Scope[] {
    if (!entry) return [];
    const { id, namespace } = entry.checkpoint;
    const at = (name: string, content: Content): number =>
      this.#debuggee.variables.get(0, `history/${namespace}@${id}/${name}`, content);
    return [
      {
        name: "State",
        presentationHint: "locals",
        variablesReference: at("State", {
          kind: "values",
          root: { kind: "state", namespace, checkpointId: id },
          path: [],
        }),
        expensive: false,
      },
      {
        name: "Writes",
        variablesReference: at("Writes", {
          kind: "values",
          root: { kind: "writes", namespace, checkpointId: id },
          path: [],
        }),
        expensive: false,
      },
      {
        name: "Checkpoint",
        variablesReference: at("Checkpoint", this.#checkpoint(entry.checkpoint)),
        expensive: true,
      },
    ];
  }

  #checkpoint(checkpoint: CheckpointInfo): Content {
    const { id, parentId, step, source, createdAt, next, namespace, metadata } = checkpoint;
    const value: { [key: string]: Json } = {
      id,
      parent: parentId ?? null,
      step,
      source,
      created: createdAt,
      next,
      namespace,
      thread: this.#debuggee.stop?.position?.threadId ?? this.#debuggee.threadId,
      metadata,
    };
    return { kind: "json", value };
  }
}
