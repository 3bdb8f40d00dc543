// Variables: values that the runtime pages, and the adapter's own (checkpoint, interrupts with their answers, input fields).

import type { DebugProtocol } from "@vscode/debugprotocol";
import type { InterruptInfo, Json, Value } from "../protocol/runtime.ts";
import { answerFrom, checkAnswer } from "./answer-check.ts";
import type { Reply } from "./base-session.ts";
import type { Client } from "./client.ts";
import type { Debuggee } from "./debuggee.ts";
import type { Edited, Editing } from "./editing.ts";
import { noSuchVariable, pastIsReadOnly, readOnly } from "./errors.ts";
import type { InputForm } from "./input-form.ts";
import type { Content } from "./shown.ts";
import { interruptKey } from "./stop.ts";

type Page = Pick<DebugProtocol.VariablesArguments, "filter" | "start" | "count">;

/** A client that can't page is given this many children, and told how many there are. */
const unpagedLimit = 1_000;

const fixed: DebugProtocol.VariablePresentationHint = { attributes: ["readOnly"] };

export class Variables {
  readonly #debuggee: Debuggee;
  readonly #client: Client;
  readonly #editing: Editing;

  constructor(debuggee: Debuggee, client: Client, editing: Editing) {
    this.#debuggee = debuggee;
    this.#client = client;
    this.#editing = editing;
  }

  async list({
    variablesReference,
    ...page
  }: DebugProtocol.VariablesArguments): Promise<DebugProtocol.Variable[]> {
    const content = this.#find(variablesReference);
    switch (content.kind) {
      case "values":
        return this.#values(variablesReference, content, page);
      case "json":
        return pageOf(this.#json(variablesReference, content.value), Array.isArray(content.value), page);
      case "interrupts":
        return pageOf(this.#interrupts(variablesReference, content.interrupts), false, page);
      case "interrupt":
        return pageOf(await this.#interrupt(variablesReference, content.interrupt), false, page);
      case "form":
        return pageOf(this.#form(variablesReference), false, page);
    }
  }

  /** Changes a value of the state, fills in an input field or an answer. */
  async set(
    { variablesReference, name, value }: DebugProtocol.SetVariableArguments,
    reply: Reply,
  ): Promise<DebugProtocol.SetVariableResponse["body"]> {
    const content = this.#find(variablesReference);
    if (content.kind === "form") {
      const set = this.#requireForm().set(name, value);
      return this.#setResult(variablesReference, name, set);
    }
    if (content.kind === "interrupt" && name === "answer") {
      const answer = answerFrom(value, content.interrupt);
      checkAnswer(content.interrupt, answer);
      this.#debuggee.answers.set(interruptKey(content.interrupt), answer);
      return this.#setResult(variablesReference, name, answer);
    }
    if (this.#editing.isEditable(content)) {
      return this.edited(variablesReference, await this.#editing.setChild(content, name, value, reply));
    }
    if (content.kind === "values" && content.root.kind === "state") throw pastIsReadOnly();
    throw content.kind === "values" || content.kind === "json" || content.kind === "interrupt"
      ? readOnly(name)
      : noSuchVariable(name);
  }

  /** The key of the state that a child of this reference is or is inside of; undefined where it is neither. */
  stateKey(reference: number, name: string): { namespace: string; key: string } | undefined {
    const content = this.#find(reference);
    if (content.kind !== "values" || content.root.kind !== "state") return undefined;
    return { namespace: content.root.namespace, key: content.path[0] ?? name };
  }

  /** A value that was set, as a response shows it. */
  edited(parent: number, { value, content }: Edited): DebugProtocol.SetVariableResponse["body"] {
    const shown = this.toVariable(parent, value, content);
    return {
      value: shown.value,
      ...(shown.type !== undefined && { type: shown.type }),
      variablesReference: shown.variablesReference,
      indexedVariables: shown.indexedVariables ?? 0,
      namedVariables: shown.namedVariables ?? 0,
    };
  }

  /** A value of the runtime as a variable below `parent`. */
  toVariable(parent: number, value: Value, child: Content): DebugProtocol.Variable {
    const total = value.indexed + value.named;
    return {
      name: value.name,
      value: value.value,
      type: value.type,
      variablesReference:
        total > 0
          ? this.#debuggee.variablesOf(parent).get(parent, value.key, { ...child, total } as Content)
          : 0,
      indexedVariables: value.indexed,
      namedVariables: value.named,
      ...(value.evaluateName !== undefined && { evaluateName: value.evaluateName }),
      presentationHint: this.#editing.isEditable(child)
        ? {}
        : value.unserialisable
          ? { attributes: ["readOnly", "hasSideEffects"] }
          : fixed,
    };
  }

  #find(reference: number): Content {
    return this.#debuggee.variablesOf(reference).find(reference, "variable", (content, name) => {
      if (content.kind === "values") return { ...content, path: [...content.path, name] };
      if (content.kind === "json" && typeof content.value === "object" && content.value !== null) {
        const value = (content.value as { [key: string]: Json })[name];
        return value === undefined ? undefined : { kind: "json", value };
      }
      return undefined;
    });
  }

  async #values(
    reference: number,
    content: Content & { kind: "values" },
    page: Page,
  ): Promise<DebugProtocol.Variable[]> {
    const whole = !this.#client.supportsPaging && !page.count && (content.total ?? 0) > unpagedLimit;
    const count = page.count || (whole ? unpagedLimit : undefined);
    const { values } = await this.#debuggee.runtime.request("values", {
      root: content.root,
      path: [...content.path],
      ...(page.filter !== undefined && { filter: page.filter }),
      ...(page.start !== undefined && { start: page.start }),
      ...(count !== undefined && { count }),
    });
    const variables = values.map((value) =>
      this.toVariable(reference, value, {
        kind: "values",
        root: content.root,
        path: [...content.path, value.key],
      }),
    );
    if (whole) {
      variables.push({
        name: "…",
        value: `${(content.total ?? 0) - values.length} more`,
        variablesReference: 0,
        presentationHint: fixed,
      });
    }
    return variables;
  }

  #json(reference: number, value: Json): DebugProtocol.Variable[] {
    if (typeof value !== "object" || value === null) return [];
    return Object.entries(value).map(([name, child]) => this.#jsonVariable(reference, name, child));
  }

  #jsonVariable(parent: number, name: string, value: Json, hint = fixed): DebugProtocol.Variable {
    const children = typeof value === "object" && value !== null ? Object.keys(value).length : 0;
    const list = Array.isArray(value);
    return {
      name,
      value: shortJson(value),
      type: value === null ? "null" : list ? "array" : typeof value,
      variablesReference:
        children > 0 ? this.#debuggee.variablesOf(parent).get(parent, name, { kind: "json", value }) : 0,
      indexedVariables: list ? children : 0,
      namedVariables: list ? 0 : children,
      presentationHint: hint,
    };
  }

  #interrupts(reference: number, interrupts: readonly InterruptInfo[]): DebugProtocol.Variable[] {
    return interrupts.map((interrupt) => ({
      name: interrupts.length > 1 ? `${interrupt.node} #${interrupt.index + 1}` : interrupt.node,
      value: shortJson(interrupt.value),
      variablesReference: this.#debuggee.variablesOf(reference).get(reference, interruptKey(interrupt), {
        kind: "interrupt",
        interrupt,
      }),
      indexedVariables: 0,
      presentationHint: fixed,
    }));
  }

  async #interrupt(reference: number, interrupt: InterruptInfo): Promise<DebugProtocol.Variable[]> {
    const answer = this.#debuggee.answers.get(interruptKey(interrupt));
    const { id, index, node, graph, responseSchema } = interrupt;
    const about = (name: string, value: Json): DebugProtocol.Variable =>
      this.#jsonVariable(reference, name, value);
    const variables: DebugProtocol.Variable[] = [
      about("value", interrupt.value),
      {
        name: "answer",
        value: answer === undefined ? "(none yet)" : JSON.stringify(answer),
        variablesReference: 0,
      },
      { ...about("id", id), value: id },
      about("index", index),
      { ...about("node", node), value: graph === "" ? node : `${graph.replaceAll("/", ":")}:${node}` },
    ];
    if (responseSchema !== undefined) variables.push(about("responseSchema", responseSchema));
    const tries = this.#debuggee.graphs.tries(interrupt);
    if (tries > 1) variables.push(about("tries", tries));
    if (interrupt.earlier.length > 0)
      variables.push(this.#jsonVariable(reference, "earlier", interrupt.earlier));
    return variables;
  }

  #form(reference: number): DebugProtocol.Variable[] {
    const form = this.#requireForm();
    return form.fields.map((field): DebugProtocol.Variable => {
      const value = form.value(field.name) ?? field.default;
      if (value !== undefined)
        return { ...this.#jsonVariable(reference, field.name, value, {}), type: field.type };
      return {
        name: field.name,
        value: field.required ? "(required)" : "(not set)",
        type: field.type,
        variablesReference: 0,
      };
    });
  }

  #requireForm(): InputForm {
    const { form } = this.#debuggee.requireStop();
    if (!form) throw noSuchVariable("Input");
    return form;
  }

  #setResult(reference: number, name: string, value: Json): DebugProtocol.SetVariableResponse["body"] {
    const {
      value: shown,
      type,
      variablesReference,
      indexedVariables,
      namedVariables,
    } = this.#jsonVariable(reference, name, value);
    return {
      value: shown,
      ...(type !== undefined && { type }),
      variablesReference,
      indexedVariables: indexedVariables ?? 0,
      namedVariables: namedVariables ?? 0,
    };
  }
}

function shortJson(value: Json): string {
  const text = JSON.stringify(value) ?? "";
  return text.length > 200 ? `${text.slice(0, 199)}…` : text;
}

function pageOf(variables: DebugProtocol.Variable[], indexed: boolean, page: Page): DebugProtocol.Variable[] {
  if (page.filter !== undefined && (page.filter === "indexed") !== indexed) return [];
  const start = page.start ?? 0;
  return variables.slice(start, page.count ? start + page.count : undefined);
}
