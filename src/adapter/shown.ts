// What a client can ask about at a stop: what a frame's id and a variable's reference stand for.

import type { SourceLine } from "../model/source.ts";
import type {
  GraphPosition,
  HistoryEntry,
  InterruptInfo,
  Json,
  TaskPosition,
  ValueRoot,
} from "../protocol/runtime.ts";
import type { StoppedThread } from "./stop.ts";

/** What a frame stands for; `scopes` and `evaluate` go by it. */
export interface Frame {
  /** `history` is a step already taken, `label` the line above those, `end` and `input` stand where no task is. */
  readonly kind: "task" | "graph" | "end" | "input" | "label" | "history";
  readonly thread: StoppedThread;
  readonly name: string;
  readonly place: SourceLine | undefined;
  readonly graph?: GraphPosition;
  readonly task?: TaskPosition;
  readonly entry?: HistoryEntry;
}

/** What a variable reference leads to. */
export type Content =
  | {
      readonly kind: "values";
      readonly root: ValueRoot;
      readonly path: readonly string[];
      readonly total?: number;
    }
  | { readonly kind: "json"; readonly value: Json }
  | { readonly kind: "interrupts"; readonly interrupts: readonly InterruptInfo[] }
  | { readonly kind: "interrupt"; readonly interrupt: InterruptInfo }
  | { readonly kind: "form" };
