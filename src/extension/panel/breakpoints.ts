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

/** With the mode that is chosen in the gutter, "After the node", which VS Code's own typings leave out. */
type ModalBreakpoint = vscode.SourceBreakpoint & { readonly mode?: string };
const ModalBreakpoint = vscode.SourceBreakpoint as new (
  location: vscode.Location,
  enabled?: boolean,
  condition?: string,
  hitCondition?: string,
  logMessage?: string,
  mode?: string,
) => ModalBreakpoint;

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
  const place = when === "before" ? node.source : (node.after ?? node.source);
  // A line holds one breakpoint.
  if (place && !isTaken(place)) {
    const mode = lineMeans(node, place) === when ? undefined : when;
    const at = new vscode.Location(fileUri(place.path), new vscode.Position(place.line - 1, 0));
    vscode.debug.addBreakpoints([new ModalBreakpoint(at, undefined, undefined, undefined, undefined, mode)]);
  } else if (when === "before") {
    const name = graph === "" ? node.name : `${graph}/${node.name}`;
    vscode.debug.addBreakpoints([new vscode.FunctionBreakpoint(name)]);
  } else {
    void vscode.window.showInformationMessage(
      place
        ? `The breakpoint before ${node.name} holds the only line for one after it. Choose "After the node" as its mode in the gutter.`
        : `The code of ${node.name} is not in the workspace: there is no line for a breakpoint after it. Break before the nodes that follow.`,
    );
  }
}

/** A path, or the URI that VS Code makes of it in a remote window. */
export function fileUri(source: string): vscode.Uri {
  return /^[a-z][\w+.-]+:\/\//i.test(source) ? vscode.Uri.parse(source) : vscode.Uri.file(source);
}

/** Breakpoints in the gutter that are set for this, on or off: at the node's own lines, or by their mode. */
function setAt(node: NodePlaces, when: When): ModalBreakpoint[] {
  const places = [node.source, node.after].filter((place) => place !== undefined);
  return inGutter().filter((breakpoint) => {
    const place = places.find((each) => isAt(breakpoint, each));
    return place !== undefined && (breakpoint.mode ?? lineMeans(node, place)) === when;
  });
}

function inGutter(): ModalBreakpoint[] {
  return vscode.debug.breakpoints.filter(
    (breakpoint): breakpoint is ModalBreakpoint => breakpoint instanceof vscode.SourceBreakpoint,
  );
}

function isTaken(place: SourcePlace): boolean {
  return inGutter().some((breakpoint) => isAt(breakpoint, place));
}

function isAt({ location: { uri, range } }: ModalBreakpoint, { path, line }: SourcePlace): boolean {
  return uri.path === fileUri(path).path && range.start.line === line - 1;
}

/** What a breakpoint without a mode means here: the line that returns counts, also where it is the function's only one. */
function lineMeans({ after }: NodePlaces, { path, line }: SourcePlace): When {
  return after?.path === path && after.line === line ? "after" : "before";
}

function isConditional({ condition, hitCondition, logMessage }: vscode.Breakpoint): boolean {
  return (condition ?? hitCondition ?? logMessage) !== undefined;
}
