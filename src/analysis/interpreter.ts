// Runs a program's statements on what is known of their values: modules, functions, classes and assignments.

import { Classes, type ClassHost } from "./classes.ts";
import { Evaluator, type Surroundings } from "./evaluate.ts";
import { addTask, callApi, callGraph, decorate } from "./langgraph.ts";
import { type FindProgram, Linker, type LinkerHost } from "./linker.ts";
import { type PatternHost, Patterns } from "./patterns.ts";
import type { ClassCode, Expression, FunctionCode, Pattern, Program, Statement } from "./program.ts";
import {
  type Arguments,
  type CallSite,
  type ClassValue,
  constant,
  type FunctionValue,
  type GraphDraft,
  type InstanceValue,
  isTelling,
  itemsOf,
  joined,
  type Module,
  NO_ARGUMENTS,
  Scope,
  UNKNOWN,
  type Value,
} from "./values.ts";

/** Steps of evaluation before a file is left as it is; a file of 2,000 lines takes a few thousand. */
const MAX_STEPS = 80_000;
const MAX_DEPTH = 24;

interface Frame {
  readonly code: FunctionCode | undefined;
  readonly returns: Value[];
  readonly yields: Value[];
}

export class Interpreter implements Surroundings, LinkerHost, ClassHost, PatternHost {
  /** Every graph met so far. */
  readonly drafts: GraphDraft[] = [];
  readonly #linker: Linker;
  readonly #classes = new Classes(this);
  readonly #evaluator = new Evaluator(this);
  readonly #patterns = new Patterns(this);
  readonly #called = new Set<FunctionCode>();
  readonly #results = new Map<FunctionCode, Value>();
  readonly #plainResults = new Map<FunctionCode, Value>();
  readonly #builders: FunctionValue[] = [];
  readonly #entrypoints: { draft: GraphDraft; body: FunctionValue }[] = [];
  readonly #frames: Frame[] = [];
  #collecting: GraphDraft | undefined;
  #steps = 0;

  constructor(findProgram: FindProgram) {
    this.#linker = new Linker(findProgram, this);
  }

  get exhausted(): boolean {
    return this.#steps > MAX_STEPS;
  }

  mayGoOn(): boolean {
    this.#steps++;
    return this.#steps <= MAX_STEPS;
  }

  // Modules

  load(program: Program): Module {
    return this.#linker.load(program);
  }

  get modules(): Iterable<Module> {
    return this.#linker.modules;
  }

  exported(module: Module, name: string): Value | undefined {
    return this.#linker.exported(module, name);
  }

  reexported(module: Module): string[] {
    return this.#linker.reexported(module);
  }

  lookup(name: string, scope: Scope): Value {
    return this.#linker.lookup(name, scope);
  }

  runModule(program: Program, scope: Scope): void {
    // A module's names are its own, whatever function asked for the module first.
    const outer = this.#frames.splice(0);
    const collecting = this.#collecting;
    this.#collecting = undefined;
    this.#frames.push({ code: undefined, returns: [], yields: [] });
    this.#run(program.statements, scope, false);
    this.#frames.splice(0, this.#frames.length, ...outer);
    this.#collecting = collecting;
  }

  evaluate(expression: Expression, scope: Scope): Value {
    return this.#evaluator.evaluate(expression, scope);
  }

  /** Calls what nothing has called so far and what builds a graph, then finds the tasks of every entrypoint. */
  finish(path: string): void {
    for (let index = 0; index < this.#builders.length && !this.exhausted; index++) {
      const builder = this.#builders[index];
      if (builder && builder.scope.path === path && !this.#called.has(builder.code)) this.run(builder);
    }
    for (const { draft, body } of this.#entrypoints) {
      this.#collecting = draft;
      this.#execute(body, NO_ARGUMENTS);
      this.#collecting = undefined;
    }
  }

  /** What a function gives when it is called with unknown arguments. */
  run(value: FunctionValue): Value {
    return this.#results.get(value.code) ?? this.callFunction(value, NO_ARGUMENTS);
  }

  // Statements

  #run(statements: readonly Statement[], scope: Scope, maybe: boolean): void {
    // JavaScript knows a block's functions before its first statement.
    const hoisted = scope.language === "typescript";
    for (const statement of hoisted ? statements : []) {
      if (statement.kind === "function") this.#statement(statement, scope, maybe);
    }
    for (const statement of statements) {
      if (!this.mayGoOn()) return;
      if (!hoisted || statement.kind !== "function") this.#statement(statement, scope, maybe);
    }
  }

  #statement(statement: Statement, scope: Scope, maybe: boolean): void {
    const evaluate = this.#evaluator.evaluate.bind(this.#evaluator);
    switch (statement.kind) {
      case "assign":
        this.assign(statement.target, evaluate(statement.value, scope), scope, maybe);
        return;
      case "extend": {
        const added = evaluate(statement.value, scope);
        if (statement.target.kind !== "name") return;
        const old = this.lookup(statement.target.name, scope);
        if (old.kind === "list") old.items.push(...itemsOf(added));
        return;
      }
      case "expression":
        evaluate(statement.value, scope);
        return;
      case "function":
        scope.names.set(statement.name, this.#decorated(statement.code, scope));
        scope.spans.set(statement.name, statement.span);
        return;
      case "class":
        scope.names.set(statement.name, this.#classes.make(statement.code, scope));
        return;
      case "import":
        this.#linker.import(statement.bindings, scope);
        return;
      case "type":
        scope.types.set(statement.name, statement.type);
        return;
      case "export":
        this.#linker.export(statement, scope);
        return;
      case "return":
        this.#return(statement.value, scope);
        return;
      case "branches":
        for (const body of statement.bodies) this.#run(body, scope, true);
        return;
      case "loop":
        this.#evaluator.iterate(evaluate(statement.iterable, scope), (item, unsure) => {
          this.assign(statement.target, item, scope, false);
          this.#run(statement.body, scope, maybe || unsure);
        });
        return;
      case "script":
        return;
    }
  }

  /** Both sides of `return a if x else b` may be returned. */
  #return(value: Expression, scope: Scope): void {
    if (value.kind === "choice") for (const option of value.options) this.#return(option, scope);
    else this.#frames[this.#frames.length - 1]?.returns.push(this.evaluate(value, scope));
  }

  assign(target: Pattern, value: Value, scope: Scope, maybe: boolean): void {
    this.#patterns.assign(target, value, scope, maybe);
  }

  yielded(value: Value): void {
    this.#frames[this.#frames.length - 1]?.yields.push(value);
  }

  // Functions

  remember(builder: FunctionValue): void {
    this.#builders.push(builder);
  }

  makeClass(code: ClassCode, scope: Scope): ClassValue {
    return this.#classes.make(code, scope);
  }

  method(instance: InstanceValue, name: string): FunctionValue | undefined {
    return this.#classes.method(instance, name);
  }

  closure(code: FunctionCode, scope: Scope): FunctionValue {
    const value: FunctionValue = { kind: "function", code, scope };
    if (code.buildsGraph) this.#builders.push(value);
    return value;
  }

  #decorated(code: FunctionCode, scope: Scope): Value {
    let value: Value = this.closure(code, scope);
    for (const decorator of [...code.decorators].reverse()) {
      const by = this.evaluate(decorator, scope);
      value = decorate(this, by, value, { path: scope.path, language: scope.language, span: decorator.span });
    }
    return value;
  }

  call(value: Value, args: Arguments, site: CallSite): Value {
    switch (value.kind) {
      case "function":
        return this.callFunction(value, args);
      case "class":
        return this.#classes.instantiate(value, args, site);
      case "instance": {
        const method = this.method(value, "__call__");
        return method ? this.callFunction(method, args) : UNKNOWN;
      }
      case "task":
        if (this.#collecting && addTask(this.#collecting, value) && value.run)
          this.callFunction(value.run, args);
        return UNKNOWN;
      case "external": {
        const loaded = value.module === "" ? this.#linker.required(value.name, args, site) : undefined;
        return loaded ?? callApi(this, value, args, site);
      }
      case "method":
        if (value.target.kind === "graph") return callGraph(this, value.target, value.name, args, site);
        if (value.target.kind === "task") return this.call(value.target, args, site);
        return callApi(this, value, args, site);
      default:
        return callApi(this, value, args, site);
    }
  }

  returns(value: FunctionValue): readonly Value[] {
    const returned: Value[] = [];
    this.#execute(value, NO_ARGUMENTS, returned);
    return returned;
  }

  callFunction(value: FunctionValue, args: Arguments): Value {
    const matters = (given: Value): boolean => isTelling(given) || given.kind === "constant";
    const plain =
      !value.self && !this.#collecting && ![...args.positional, ...args.named.values()].some(matters);
    const known = plain ? this.#plainResults.get(value.code) : undefined;
    if (known) return known;
    const result = this.#execute(value, args);
    if (plain) this.#plainResults.set(value.code, result);
    return result;
  }

  #execute(value: FunctionValue, args: Arguments, returned?: Value[]): Value {
    const { code } = value;
    if (this.#frames.length > MAX_DEPTH || this.#frames.some((frame) => frame.code === code)) return UNKNOWN;
    if (!this.mayGoOn()) return UNKNOWN;
    this.#called.add(code);
    const scope = new Scope(value.scope.path, value.scope.language, value.scope);
    const frame: Frame = { code, returns: [], yields: [] };
    this.#frames.push(frame);
    this.#patterns.bind(value, args, scope);
    this.#run(code.body(), scope, false);
    this.#frames.pop();
    returned?.push(...frame.returns);
    const results = [...frame.yields, ...frame.returns];
    let result = joined(results);
    if (result.kind === "function" && result.scope === scope) {
      const inner = result.code.text();
      const wraps = code.params.flatMap((param) => {
        const given = param.name === undefined ? undefined : scope.names.get(param.name);
        return given && isTelling(given) && mentions(inner, param.name ?? "") ? [given] : [];
      });
      result = { ...result, wraps: [...(result.wraps ?? []), ...wraps] };
    }
    if (!this.#results.has(code) || result.kind === "graph") this.#results.set(code, result);
    return result;
  }

  member(value: Value, name: string): Value {
    switch (value.kind) {
      case "module":
        return this.#linker.memberOf(value.module, name);
      case "external":
        return {
          kind: "external",
          module: [value.module, value.name].filter((part) => part !== "" && part !== "*").join("."),
          name,
        };
      case "instance":
        return this.#classes.memberOfInstance(value, name);
      case "class":
        return this.#classes.memberOfClass(value, name);
      case "dictionary":
        return value.entries.get(name) ?? { kind: "method", target: value, name };
      case "graph":
        // A createAgent result keeps its compiled graph in `graph`.
        return name === "graph" ? value : { kind: "method", target: value, name };
      case "constant":
        // An enum's member: `Nodes.AGENT.value`.
        return name === "value" ? value : { kind: "method", target: value, name };
      case "tool":
        if (name === "name") return constant(value.name);
        return (name === "func" || name === "coroutine") && value.functions[0]
          ? value.functions[0]
          : { kind: "method", target: value, name };
      default:
        return { kind: "method", target: value, name };
    }
  }

  draft(kind: GraphDraft["kind"], site: CallSite): GraphDraft {
    const draft: GraphDraft = { kind, path: site.path, span: site.span, nodes: new Map(), edges: [] };
    this.drafts.push(draft);
    return draft;
  }

  entrypoint(draft: GraphDraft, body: FunctionValue): void {
    this.#entrypoints.push({ draft, body });
  }
}

function mentions(text: string, name: string): boolean {
  return /^\w+$/.test(name) && new RegExp(`\\b${name}\\b`).test(text);
}
