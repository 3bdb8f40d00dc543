// Works out what an expression is, without running it.

import { callBuiltin, callCollection, callObject, plus } from "./collections.ts";
import type { CallExpression, ClassCode, Constant, Expression, FunctionCode, Pattern } from "./program.ts";
import {
  type Arguments,
  type CallSite,
  constant,
  dictionary,
  isNothing,
  isTelling,
  itemsOf,
  joined,
  type Machine,
  type Scope,
  textOf,
  UNKNOWN,
  type Value,
} from "./values.ts";

/** What an expression needs of the statements around it. */
export interface Surroundings extends Machine {
  assign(target: Pattern, value: Value, scope: Scope, maybe: boolean): void;
  closure(code: FunctionCode, scope: Scope): Value;
  makeClass(code: ClassCode, scope: Scope): Value;
  yielded(value: Value): void;
  /** False once the analysis has done more work than a file is worth. */
  mayGoOn(): boolean;
}

const MAX_ROUNDS = 50;

export class Evaluator {
  readonly #machine: Surroundings;

  constructor(machine: Surroundings) {
    this.#machine = machine;
  }

  evaluate(expression: Expression, scope: Scope): Value {
    const machine = this.#machine;
    if (!machine.mayGoOn()) return UNKNOWN;
    switch (expression.kind) {
      case "name":
        return machine.lookup(expression.name, scope);
      case "constant":
        return constant(expression.value);
      case "template":
        return this.#template(expression.parts, scope);
      case "member":
        return machine.member(this.evaluate(expression.object, scope), expression.name);
      case "index":
        return this.#index(this.evaluate(expression.object, scope), this.evaluate(expression.index, scope));
      case "call":
        return this.#call(expression, scope);
      case "function":
        return machine.closure(expression.code, scope);
      case "class":
        return machine.makeClass(expression.code, scope);
      case "list":
        return this.#list(expression.items, scope);
      case "dictionary":
        return this.#dictionary(expression, scope);
      case "spread":
        return this.evaluate(expression.value, scope);
      case "binary": {
        const left = this.evaluate(expression.left, scope);
        const right = this.evaluate(expression.right, scope);
        if (expression.operator === "+") return plus(left, right);
        return expression.operator === "|" ? pipe(left, right) : UNKNOWN;
      }
      case "choice":
        return joined(expression.options.map((option) => this.evaluate(option, scope)));
      case "comprehension":
        return this.#comprehension(expression, scope);
      case "assign": {
        const value = this.evaluate(expression.value, scope);
        machine.assign(expression.target, value, scope, false);
        return value;
      }
      case "yield": {
        const value = this.evaluate(expression.value, scope);
        machine.yielded(value);
        return UNKNOWN;
      }
      case "other":
        for (const part of expression.parts) this.evaluate(part, scope);
        return UNKNOWN;
    }
  }

  /** Calls `each` with the items of an iterable, or once with an unknown one. */
  iterate(iterable: Value, each: (item: Value, maybe: boolean) => void): void {
    if (iterable.kind === "list") for (const item of iterable.items.slice(0, MAX_ROUNDS)) each(item, false);
    else if (iterable.kind === "dictionary") {
      for (const key of [...iterable.entries.keys()].slice(0, MAX_ROUNDS)) each(constant(key), false);
    } else each(UNKNOWN, true);
  }

  #template(parts: readonly Expression[], scope: Scope): Value {
    let known = true;
    const texts = parts.map((part) => {
      const value = this.evaluate(part, scope);
      if (value.kind === "constant") return String(value.value);
      known = false;
      return value.kind === "template" ? value.text : `{${nameOf(part)}}`;
    });
    return known ? constant(texts.join("")) : { kind: "template", text: texts.join("") };
  }

  #index(object: Value, index: Value): Value {
    const key = index.kind === "constant" ? index.value : undefined;
    if (object.kind === "list" && typeof key === "number") return object.items.at(key) ?? UNKNOWN;
    if (object.kind === "dictionary" && key !== undefined) return object.entries.get(String(key)) ?? UNKNOWN;
    if (typeof key === "string" && (object.kind === "instance" || object.kind === "module")) {
      return this.#machine.member(object, key);
    }
    return UNKNOWN;
  }

  #call(expression: CallExpression, scope: Scope): Value {
    const callee = this.evaluate(expression.callee, scope);
    const args = this.#arguments(expression, scope);
    const site: CallSite = { path: scope.path, language: scope.language, span: expression.site };
    if (callee.kind === "external" && callee.module === "") {
      const known = callBuiltin(callee.name, args, (value) => this.#each(value));
      if (known) return known;
    }
    if (callee.kind === "external" && callee.module === "Object") {
      const known = callObject(callee.name, args.positional[0]);
      if (known) return known;
    }
    if (callee.kind === "method") {
      const known = callCollection(this.#machine, callee.target, callee.name, args, site);
      if (known) return known;
    }
    return this.#machine.call(callee, args, site);
  }

  #each(iterable: Value): readonly Value[] | undefined {
    if (iterable.kind === "list") return iterable.items;
    return iterable.kind === "dictionary" ? [...iterable.entries.keys()].map(constant) : undefined;
  }

  #arguments(expression: CallExpression, scope: Scope): Arguments {
    const positional: Value[] = [];
    const named = new Map<string, Value>();
    const spans: CallExpression["span"][] = [];
    for (const { name, value: source } of expression.args) {
      let value = this.evaluate(source, scope);
      if (source.kind === "spread") {
        if (value.kind === "dictionary") for (const [key, item] of value.entries) named.set(key, item);
        else if (value.kind === "list") {
          for (const item of value.items) positional.push(item);
          for (const _ of value.items) spans.push(source.span);
        }
        continue;
      }
      // A node's name that is known only at run time is shown by the variable's name.
      if (value.kind === "unknown" && (source.kind === "name" || source.kind === "member")) {
        if (
          /^add_?node$/i.test(nameOf(expression.callee)) &&
          positional.length === 0 &&
          expression.args.length > 1
        ) {
          value = { kind: "template", text: `{${nameOf(source)}}` };
        }
      }
      if (name !== undefined) named.set(name, value);
      else {
        positional.push(value);
        spans.push(source.span);
      }
    }
    return { positional, named, spans };
  }

  #list(items: readonly Expression[], scope: Scope): Value {
    const values: Value[] = [];
    const spans: Expression["span"][] = [];
    for (const item of items) {
      const value = this.evaluate(item, scope);
      const added = item.kind === "spread" ? itemsOf(value) : [value];
      values.push(...added);
      for (const _ of added) spans.push(item.span);
    }
    return { kind: "list", items: values, spans };
  }

  #dictionary(expression: Extract<Expression, { kind: "dictionary" }>, scope: Scope): Value {
    const result = dictionary();
    for (const { key, value: source } of expression.entries) {
      const value = this.evaluate(source, scope);
      if (!key) {
        if (value.kind === "dictionary")
          for (const [name, item] of value.entries) result.entries.set(name, item);
        continue;
      }
      const name = this.evaluate(key, scope);
      const text =
        name.kind === "constant" ? keyText(name.value, scope) : (nodeNameOf(name) ?? `{${nameOf(key)}}`);
      result.entries.set(text, value);
      result.spans.set(text, { ...key.span, endLine: source.span.endLine });
    }
    return result;
  }

  #comprehension(expression: Extract<Expression, { kind: "comprehension" }>, scope: Scope): Value {
    const items: Value[] = [];
    const entries = dictionary();
    const machine = this.#machine;
    const run = (clause: number): void => {
      if (!machine.mayGoOn() || items.length > MAX_ROUNDS) return;
      const next = expression.clauses[clause];
      if (!next) {
        const value = this.evaluate(expression.body, scope);
        if (expression.key) {
          const key = textOf(this.evaluate(expression.key, scope));
          entries.entries.set(key ?? `{${entries.entries.size}}`, value);
        } else items.push(value);
        return;
      }
      this.iterate(this.evaluate(next.iterable, scope), (item, maybe) => {
        machine.assign(next.target, item, scope, maybe);
        run(clause + 1);
      });
    };
    run(0);
    if (expression.key) return [...entries.entries.values()].every(isNothing) ? UNKNOWN : entries;
    return items.every(isNothing) ? UNKNOWN : { kind: "list", items };
  }
}

/** `prompt | model | parse`: the parts that are the user's own code. */
function pipe(left: Value, right: Value): Value {
  const parts = [left, right].filter((value) => isTelling(value) && value.kind !== "class");
  if (parts.length === 0) return UNKNOWN;
  if (left.kind === "dictionary" && right.kind === "dictionary") {
    return dictionary([...left.entries, ...right.entries]);
  }
  return { kind: "made", name: "RunnableSequence", parts };
}

/** The node that a value names: `START` and `END` are names too. */
export function nodeNameOf(value: Value | undefined): string | undefined {
  if (value?.kind === "template") return value.text;
  if (value?.kind === "external" && value.name === "START") return "__start__";
  if (value?.kind === "external" && value.name === "END") return "__end__";
  if (value?.kind === "send") return value.to;
  return textOf(value);
}

/** A dictionary's key as the language would show it. */
function keyText(value: Constant, scope: Scope): string {
  const text = String(value);
  return scope.language === "python" && typeof value === "boolean"
    ? text[0]?.toUpperCase() + text.slice(1)
    : text;
}

function nameOf(expression: Expression): string {
  return expression.kind === "name" || expression.kind === "member" ? expression.name : "…";
}
