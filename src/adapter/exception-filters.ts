// The errors and interrupts that a run can be stopped at besides breakpoints, as the client lists them.

import type { DebugProtocol } from "@vscode/debugprotocol";

const conditionDescription = 'An expression over the state, node, step and error, such as node == "search"';

export const exceptionFilters: DebugProtocol.ExceptionBreakpointsFilter[] = [
  {
    filter: "raised",
    label: "Node Errors",
    description: "Stops at an error of a node that ends the run.",
    supportsCondition: true,
    conditionDescription,
    default: true,
  },
  {
    filter: "retried",
    label: "Retried Errors",
    description: "Stops at an error that a retry policy will handle.",
    supportsCondition: true,
    conditionDescription,
    default: false,
  },
  {
    filter: "compiled",
    label: "The Graph's Own Interrupts",
    description: "Stops where the graph is compiled with interrupt_before or interrupt_after.",
    default: true,
  },
  {
    filter: "swallowed",
    label: "Swallowed Interrupts",
    description: "Stops where a node's own try/except catches interrupt().",
    supportsCondition: true,
    conditionDescription,
    default: true,
  },
];
