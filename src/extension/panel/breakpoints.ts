// The breakpoints of nodes: which of VS Code's they are, and how one is set or taken away.

import * as vscode from "vscode";
import type { GraphBody, SourcePlace } from "../../protocol/dap.ts";
import type { PanelBreakpoint } from "../../protocol/webview.ts";

/** Where a node's breakpoints are in its source. */
export interface NodePlaces {
  readonly name: string;
  readonly source?: SourcePlace;
  readonly after?: SourcePlace;
}

type When = PanelBreakpoint["when"];

/** The breakpoints of all nodes: those that the adapter has, and those of their lines that are switched off. */
export function nodeBreakpoints({ graphs, breakpoints }: GraphBody): PanelBreakpoint[] {
  const found = new Map<string, PanelBreakpoint>();
  const add = (breakpoint: PanelBreakpoint): void => {
    const key = `${breakpoint.graph}\n${breakpoint.node}\n${breakpoint.when}`;
    if (!found.get(key)?.enabled) found.set(key, breakpoint);
  };
  for (const { id: graph, nodes } of graphs) {
    for (const node of nodes) {
      for (const set of breakpoints) {
        if ((set.graph !== "*" && set.graph !== graph) || (set.node !== "*" && set.node !== node.name))
          continue;
        const { when, conditional } = set;
        add({ graph, node: node.name, when, enabled: true, conditional });
      }
      for (const when of ["before", "after"] as const) {
        const off = setAt(node, when).find(({ enabled }) => !enabled);
        if (off) add({ graph, node: node.name, when, enabled: false, conditional: isConditional(off) });
      }
    }
  }
  return [...found.values()];
}

/**
 * Takes away all breakpoints that stop here; where there is none, sets one in the gutter, or by the node's name.
 * `ids`: those of the adapter's breakpoints that stop here.
 */
export async function toggleBreakpoint(
  session: vscode.DebugSession,
  ids: readonly number[],
  graph: string,
  node: NodePlaces,
  when: When,
): Promise<void> {
  const told = await Promise.all(
    vscode.debug.breakpoints.map(async (breakpoint) => {
      const known = await session.getDebugProtocolBreakpoint(breakpoint);
      return { breakpoint, id: (known as { id?: number } | undefined)?.id };
    }),
  );
  const existing = new Set([
    ...told.filter(({ id }) => id !== undefined && ids.includes(id)).map(({ breakpoint }) => breakpoint),
    ...setAt(node, when),
  ]);
  if (existing.size > 0) {
    vscode.debug.removeBreakpoints([...existing]);
    return;
  }
  const place = when === "before" ? node.source : node.after;
  if (place) {
    const at = new vscode.Position(place.line - 1, 0);
    vscode.debug.addBreakpoints([new vscode.SourceBreakpoint(new vscode.Location(fileUri(place.path), at))]);
  } else if (when === "before") {
    const name = graph === "" ? node.name : `${graph}/${node.name}`;
    vscode.debug.addBreakpoints([new vscode.FunctionBreakpoint(name)]);
  } else {
    void vscode.window.showInformationMessage(
      `The code of ${node.name} has no return line where a breakpoint after it could be shown. ` +
        'Set a breakpoint on its function in the gutter, and choose "After the node" as its mode.',
    );
  }
}

/** A path, or the URI that VS Code makes of it in a remote window. */
export function fileUri(source: string): vscode.Uri {
  return /^[a-z][\w+.-]+:\/\//i.test(source) ? vscode.Uri.parse(source) : vscode.Uri.file(source);
}

/** Breakpoints in the gutter at the line where this one would be set. */
function setAt(node: NodePlaces, when: When): vscode.SourceBreakpoint[] {
  const place = when === "before" ? node.source : node.after;
  if (!place) return [];
  const uri = fileUri(place.path);
  return vscode.debug.breakpoints.filter((breakpoint): breakpoint is vscode.SourceBreakpoint => {
    if (!(breakpoint instanceof vscode.SourceBreakpoint)) return false;
    const { location } = breakpoint;
    return location.uri.path === uri.path && location.range.start.line === place.line - 1;
  });
}

function isConditional({ condition, hitCondition, logMessage }: vscode.Breakpoint): boolean {
  return (condition ?? hitCondition ?? logMessage) !== undefined;
}
