// Namespaces of LangGraph: which graph of a run a checkpoint belongs to.

import type { GraphPosition } from "../../src/protocol/runtime.ts";

/** `a:<task id>|b:<task id>` in its parts; a number counts the graphs that one task runs. */
export const stepsOf = (namespace: string): string[] => (namespace === "" ? [] : namespace.split("|"));

/** A step that counts the graphs of one task. */
export const isCount = (step: string): boolean => /^\d+$/.test(step);

/** Name and task id of one step. */
export function splitStep(step: string): [name: string, id: string | undefined] {
  const colon = step.lastIndexOf(":");
  return colon < 0 ? [step, undefined] : [step.slice(0, colon), step.slice(colon + 1)];
}

/** As graphs that keep their state between visits have it. */
export const withoutIds = (namespace: string): string =>
  stepsOf(namespace)
    .map((step) => splitStep(step)[0])
    .join("|");

export const isWithin = (inner: string, outer: string): boolean =>
  outer === "" || inner === outer || inner.startsWith(`${outer}|`);

/** The graph at a namespace, in a tree of graphs that run. */
export function positionAt(root: GraphPosition | undefined, namespace: string): GraphPosition | undefined {
  if (root === undefined || root.namespace === namespace) return root;
  for (const { subgraph } of root.tasks) {
    const found = subgraph === undefined ? undefined : positionAt(subgraph, namespace);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Namespace of the graph whose task runs the graph at `namespace`. */
export function namespaceAround(root: GraphPosition | undefined, namespace: string): string | undefined {
  for (const { subgraph } of root?.tasks ?? []) {
    if (subgraph?.namespace === namespace) return root?.namespace;
    const found = namespaceAround(subgraph, namespace);
    if (found !== undefined) return found;
  }
  return undefined;
}
