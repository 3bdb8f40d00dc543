// Completion in the Debug Console: commands, state keys and node names.

import type { DebugProtocol } from "@vscode/debugprotocol";
import { examples } from "../model/questions/answer.ts";
import { recognise } from "../model/questions/recognise.ts";
import { questionLine } from "../model/questions/text.ts";
import type { InterruptInfo } from "../protocol/runtime.ts";
import type { Client } from "./client.ts";
import type { Program } from "./program.ts";

/** Steps whose checkpoints are offered. */
const recent = 20;

export async function complete(
  { text, column }: DebugProtocol.CompletionsArguments,
  { debuggee, commands, past, travel }: Pick<Program, "debuggee" | "commands" | "past" | "travel">,
  client: Client,
): Promise<DebugProtocol.CompletionItem[]> {
  const first = client.columnsStartAt1 ? 1 : 0;
  const before = String(text ?? "").slice(0, Math.max(0, column - first));
  const item = (
    label: string,
    type: DebugProtocol.CompletionItemType,
    typed: string,
    detail?: string,
  ): DebugProtocol.CompletionItem => ({
    label,
    type,
    start: before.length - typed.length + first,
    length: typed.length,
    ...(detail !== undefined && { detail }),
  });
  if (/^\/\S*$/.test(before)) {
    return commands
      .list()
      .filter(({ name }) => name.startsWith(before))
      .map(({ name, does }) => item(name, "function", before, does));
  }
  const fork = /^\/fork\s+(\S*)$/.exec(before)?.[1];
  if (fork !== undefined) {
    const steps = debuggee.stop?.position ? await past.around(recent) : [];
    return steps
      .filter(({ id }) => id.startsWith(fork))
      .map(({ id, nodes, source }) => item(id, "reference", fork, nodes.join(", ") || source));
  }
  const goto = /^\/goto\s+(\S*)$/.exec(before)?.[1];
  if (goto !== undefined) {
    return unique(travel.nodeNames(), goto).map((name) => item(name, "class", goto, "node"));
  }
  const resume = /^\/resume\s+(\S*)$/.exec(before)?.[1];
  if (resume !== undefined) {
    const interrupts = debuggee.stop?.interrupts ?? [];
    const nodes = interrupts.map(({ node }) => node);
    const asking = interrupts
      // A node that asks in several tasks is told apart by id.
      .map(({ id, node, value }) => ({
        name: nodes.indexOf(node) === nodes.lastIndexOf(node) ? node : id,
        question: questionLine(value),
      }))
      .filter(({ name }) => name.startsWith(resume))
      .map(({ name, question }) => item(name, "class", resume, question));
    return [...asking, ...answersTo(interrupts.length === 1 ? interrupts[0] : undefined, resume, item)];
  }
  const [, name = "", answer] = /^\/resume\s+(\S+)\s+(.*)$/s.exec(before) ?? [];
  if (answer !== undefined) {
    const asked = debuggee.stop?.interrupts.find(({ id, node }) => id === name || node === name);
    return answersTo(asked, answer, item);
  }
  const typed = /[\p{L}\p{N}_$]*$/u.exec(before)?.[0] ?? "";
  // After a dot or in a bracket the names of the state are no help.
  if (/[.\w)\]]\s*\.\s*$/.test(before.slice(0, before.length - typed.length))) return [];
  const command = /^\/(\S+)\s/.exec(before)?.[1];
  const keys = command === undefined ? [...(debuggee.loaded?.stateKeys ?? []), "state", "node", "step"] : [];
  const nodes = command === undefined ? debuggee.graphs.nodeNames() : [];
  return [
    ...unique(keys, typed).map((name) => item(name, "variable", typed, "state")),
    ...unique(nodes, typed).map((name) => item(name, "class", typed, "node")),
  ];
}

/** Answers of the shapes that the interrupt allows. */
function answersTo(
  interrupt: InterruptInfo | undefined,
  typed: string,
  item: (
    label: string,
    type: DebugProtocol.CompletionItemType,
    typed: string,
  ) => DebugProtocol.CompletionItem,
): DebugProtocol.CompletionItem[] {
  if (!interrupt) return [];
  return examples(recognise(interrupt.value, interrupt.responseSchema))
    .map((answer) => JSON.stringify(answer))
    .filter((answer) => answer.startsWith(typed))
    .map((answer) => item(answer, "value", typed));
}

function unique(names: readonly string[], start: string): string[] {
  return [...new Set(names)].filter((name) => name.startsWith(start));
}
