// Completion in the Debug Console: commands, state keys and node names.

import type { DebugProtocol } from "@vscode/debugprotocol";
import { examples } from "../model/questions/answer.ts";
import { recognise } from "../model/questions/recognise.ts";
import { questionLine } from "../model/questions/text.ts";
import type { InterruptInfo, Json } from "../protocol/runtime.ts";
import type { Client } from "./client.ts";
import type { Program } from "./program.ts";
import { isNamed } from "./stop.ts";

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
  const open = /^\/open\s+(\S*)$/.exec(before)?.[1];
  if (open !== undefined) {
    const { threads } = await debuggee.runtime.request("threads", { file: debuggee.file });
    return threads
      .filter(({ id }) => id.startsWith(open))
      .map(({ id, name, status, graph }) => item(id, "reference", open, name ?? `${graph}: ${status}`));
  }
  const fork = /^\/(?:fork|diff(?:\s+\S+)?)\s+(\S*)$/.exec(before)?.[1];
  if (fork !== undefined) {
    const steps = debuggee.stop?.position ? await past.around(recent) : [];
    return steps
      .filter(({ id }) => id.startsWith(fork))
      .map(({ id, nodes, source }) => item(id, "reference", fork, nodes.join(", ") || source));
  }
  const goto = /^\/(?:goto|update)\s+(\S*)$/.exec(before)?.[1];
  if (goto !== undefined) {
    return unique(travel.nodeNames(), goto).map((name) => item(name, "class", goto, "node"));
  }
  const interrupts = debuggee.stop?.interrupts ?? [];
  const values = (answers: readonly Json[], start: string): DebugProtocol.CompletionItem[] =>
    answers
      .map((answer) => JSON.stringify(answer))
      .filter((answer) => answer.startsWith(start))
      .map((answer) => item(answer, "value", start));
  const resume = /^\/resume\s+(\S*)$/.exec(before)?.[1];
  if (resume !== undefined) {
    const asking = interrupts
      .map((each) => ({ name: nameOf(each, interrupts), question: questionLine(each.value) }))
      .filter(({ name }) => name.startsWith(resume))
      .map(({ name, question }) => item(name, "class", resume, question));
    return [...asking, ...values(answersTo(interrupts), resume)];
  }
  const [, name = "", answer] = /^\/resume\s+(\S+)\s+(.*)$/s.exec(before) ?? [];
  if (answer !== undefined) {
    return values(answersTo(interrupts.filter((each) => isNamed(each, name)).slice(0, 1)), answer);
  }
  const whole = /^\/command\s+(.*)$/s.exec(before)?.[1];
  if (whole !== undefined && interrupts.length > 0) {
    const answers = answersTo(interrupts);
    const commands = (answers.length > 0 ? answers : [""]).map((each) => ({
      resume: each,
      update: {},
      goto: [],
    }));
    return values(commands, whole);
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

/** Answers of the shapes that these interrupts allow; for several, the likeliest of each under its name. */
function answersTo(interrupts: readonly InterruptInfo[]): Json[] {
  const allowed = (interrupt: InterruptInfo): Json[] =>
    examples(recognise(interrupt.value, interrupt.responseSchema));
  const [first, ...others] = interrupts;
  if (!first) return [];
  if (others.length === 0) return allowed(first);
  return [
    Object.fromEntries(interrupts.map((each) => [nameOf(each, interrupts), allowed(each)[0] ?? ""] as const)),
  ];
}

/** Its node; its id where a node asks in several tasks. */
function nameOf({ id, node }: InterruptInfo, interrupts: readonly InterruptInfo[]): string {
  return interrupts.filter((each) => each.node === node).length === 1 ? node : id;
}

function unique(names: readonly string[], start: string): string[] {
  return [...new Set(names)].filter((name) => name.startsWith(start));
}
