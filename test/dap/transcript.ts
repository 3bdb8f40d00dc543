/** A stop as a client shows it, as text without what differs from run to run: ids, times, folders. */
import { basename } from "node:path";
import type { DebugProtocol } from "@vscode/debugprotocol";
import type { Client, StoppedBody } from "./client.ts";

/** How far variables are opened, by scope. */
const depths: { readonly [scope: string]: number } = { Checkpoint: 1, Config: 1 };
const depth = 3;

/**
 * The stop and its threads with their stacks; of the thread that the stop is about, what the scopes of the top frame
 * hold, and what the last step wrote.
 */
export async function transcript(client: Client, stop: StoppedBody): Promise<string> {
  const lines = [`== ${stop.description} (${stop.reason})`];
  for (const { id, name } of await client.threads()) {
    const frames = await client.frames(id);
    lines.push(`thread ${name}${id === stop.threadId ? "  <- here" : ""}`);
    for (const frame of frames) lines.push(`  ${frameLine(frame)}`);
    if (id !== stop.threadId || !frames[0]) continue;
    for (const scope of await client.scopes(frames[0].id)) {
      lines.push(`  ${scope.name}${scope.expensive ? " (expensive)" : ""}`);
      lines.push(...(await variableLines(client, scope.variablesReference, depths[scope.name] ?? depth)));
    }
    const past = frames.find(({ presentationHint }) => presentationHint === "subtle");
    const writes = (past ? await client.scopes(past.id) : []).find(({ name }) => name === "Writes");
    const written = writes ? await variableLines(client, writes.variablesReference, depth) : [];
    if (written.length > 0) lines.push(`  Writes of ${past?.name}`, ...written);
  }
  return `${lines.map(normalised).join("\n")}\n`;
}

function frameLine({ name, source, line, presentationHint }: DebugProtocol.StackFrame): string {
  const place = source?.path === undefined ? "" : `  ${basename(source.path)}:${line}`;
  return `| ${name}${place}${presentationHint && presentationHint !== "normal" ? ` (${presentationHint})` : ""}`;
}

/** Variables and what is in them, `levels` deep. */
async function variableLines(
  client: Client,
  reference: number,
  levels: number,
  indent = "    ",
): Promise<string[]> {
  const lines: string[] = [];
  for (const { name, value, type, variablesReference, evaluateName } of await client.variables(reference)) {
    const shown = evaluateName === undefined ? "" : "  =";
    lines.push(`${indent}${name}: ${value}${type ? `  [${type}]` : ""}${shown}`);
    if (variablesReference > 0 && levels > 1)
      lines.push(...(await variableLines(client, variablesReference, levels - 1, `${indent}  `)));
  }
  return lines;
}

function normalised(line: string): string {
  return line
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "<id>")
    .replaceAll(/\b[0-9a-f]{32}\b/g, "<id>")
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.\d]*(?:Z|\+00:00)/g, "<time>");
}
