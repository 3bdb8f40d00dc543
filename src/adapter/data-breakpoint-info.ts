// What a variable or an expression can be watched for: the key of the state that it is or is inside of.

import type { DebugProtocol } from "@vscode/debugprotocol";
import type { GraphPosition, Position } from "../protocol/runtime.ts";
import { dataIdOf } from "./data-breakpoints.ts";
import { keysOf } from "./editing.ts";
import { badArguments } from "./errors.ts";
import type { Program } from "./program.ts";
import type { Frame } from "./shown.ts";
import { pathIn } from "./state-path.ts";
import { graphAt } from "./stop.ts";

type Info = DebugProtocol.DataBreakpointInfoResponse["body"];

/** Clients ask this at every context menu: it reads nothing. */
export async function dataBreakpointInfo(
  { variablesReference, name, frameId }: DebugProtocol.DataBreakpointInfoArguments,
  { debuggee, variables, frames }: Pick<Program, "debuggee" | "variables" | "frames">,
): Promise<Info> {
  if (typeof name !== "string") throw badArguments("dataBreakpointInfo", '"name" is missing.');
  const { position } = debuggee.requireStop();
  let found: { graph: GraphPosition | undefined; key: string } | undefined;
  if (variablesReference === undefined) {
    found = inExpression(
      name,
      frameId === undefined ? await frames.top() : frames.resolve(frameId),
      position,
    );
  } else {
    const at = variables.stateKey(variablesReference, name);
    found = at && { graph: graphAt(position, at.namespace), key: at.key };
  }
  if (!found?.graph?.stateKeys.includes(found.key)) {
    const description = `Only a key of the state can be watched for changes; ${name} is none.`;
    return { dataId: null, description };
  }
  const { graph, key } = { graph: found.graph.graph, key: found.key };
  return {
    dataId: dataIdOf({ graph, key }),
    description: graph === "" ? key : `${graph}: ${key}`,
    accessTypes: ["write"],
    canPersist: true,
  };
}

function inExpression(
  text: string,
  frame: Frame | undefined,
  position: Position | undefined,
): { graph: GraphPosition; key: string } | undefined {
  const past = frame?.entry?.checkpoint.namespace;
  const graph = frame?.graph ?? (past === undefined ? undefined : graphAt(position, past));
  const path = pathIn(text);
  const [key] = (path && graph && keysOf(path, graph.stateKeys)) ?? [];
  return key === undefined || !graph ? undefined : { graph, key };
}
