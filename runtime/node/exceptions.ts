// Which errors the user wants to see: the exception filters with their conditions.

import type { ExceptionFilter } from "../../src/protocol/runtime.ts";
import type { Breakpoints } from "./breakpoints.ts";
import { namesAt } from "./deciding.ts";
import { evaluate } from "./expression.ts";
import type { LiveGraph } from "./live.ts";

/** Decides for one run. */
export class Exceptions {
  readonly #breakpoints: Breakpoints;
  /** Of each error that a node raised, by the state that the node had. */
  readonly #raised = new WeakMap<object, boolean>();

  constructor(breakpoints: Breakpoints) {
    this.#breakpoints = breakpoints;
  }

  /** Whether the filter is on, and its condition true. One that raises counts as true. */
  stopsAt(filter: ExceptionFilter["filter"], live: LiveGraph, node: string, error: unknown): boolean {
    const found = this.#breakpoints.exceptions.get(filter);
    if (found === undefined) return false;
    const { condition } = found;
    if (condition === undefined || condition.trim() === "") return true;
    try {
      return Boolean(evaluate(condition, [...namesAt(live, node), { error }]));
    } catch {
      return true;
    }
  }

  /** A node raised an error that is not tried again. The graphs around it see the same error later. */
  raised(live: LiveGraph, node: string, error: unknown): void {
    if (typeof error !== "object" || error === null || this.#raised.has(error)) return;
    this.#raised.set(error, this.stopsAt("raised", live, node, error));
  }

  /** Whether the run stops at the error that ends it. */
  endsWith(error: unknown, root: LiveGraph | undefined): boolean {
    const parts = error instanceof AggregateError ? (error.errors as unknown[]) : [error];
    return parts.some((part) => {
      const known = typeof part === "object" && part !== null ? this.#raised.get(part) : undefined;
      if (known !== undefined || root === undefined) {
        return known ?? this.#breakpoints.exceptions.has("raised");
      }
      // An error of the graph itself.
      return this.stopsAt("raised", root, "", part);
    });
  }
}
