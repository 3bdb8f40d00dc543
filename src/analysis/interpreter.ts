// Runs a program's statements on what is known of their values: modules, functions, classes and assignments.

import { Evaluator, type Surroundings } from "./evaluate.ts";
import { addTask, callApi, callGraph, decorate } from "./langgraph.ts";
import type {
  ClassCode,
  Expression,
  FunctionCode,
  ImportBinding,
  Language,
  Pattern,
  Program,
  Statement,
} from "./program.ts";
import {
  type Arguments,
  type CallSite,
  type ClassValue,
  constant,
  type FunctionValue,
  type GraphDraft,
  type InstanceValue,
  isNothing,
  isTelling,
  itemsOf,
  joined,
  type Module,
  NO_ARGUMENTS,
  Scope,
  UNKNOWN,
  type Value,
} from "./values.ts";

/** Gives the program of an imported module, or undefined where the workspace has none of that name. */
export type FindProgram = (from: string, module: string, language: Language) => Program | undefined;

/** Steps of evaluation before a file is left as it is; a file of 2,000 lines takes a few thousand. */
const MAX_STEPS = 80_000;
const MAX_DEPTH = 24;

interface Frame {
  readonly code: FunctionCode | undefined;
  readonly returns: Value[];
  readonly yields: Value[];
}

export class Interpreter implements Surroundings {
  /** Every graph met so far. */
  readonly drafts: GraphDraft[] = [];
  readonly #findProgram: FindProgram;
  readonly #evaluator = new Evaluator(this);
  readonly #modules = new Map<string, Module>();
  readonly #called = new Set<FunctionCode>();
  readonly #results = new Map<FunctionCode, Value>();
  readonly #plainResults = new Map<FunctionCode, Value>();
  readonly #builders: FunctionValue[] = [];
  readonly #entrypoints: { draft: GraphDraft; body: FunctionValue }[] = [];
  readonly #frames: Frame[] = [];
  readonly #asked = new Set<string>();
  #collecting: GraphDraft | undefined;
  #steps = 0;

  constructor(findProgram: FindProgram) {
    this.#findProgram = findProgram;
  }

  get exhausted(): boolean {
    return this.#steps > MAX_STEPS;
  }

  mayGoOn(): boolean {
    this.#steps++;
    return this.#steps <= MAX_STEPS;
  }

  // Modules

  /** Runs the module's own statements, once. */
  load(program: Program): Module {
    const known = this.#modules.get(program.path);
    if (known) return known;
    const scope = new Scope(program.path, program.language);
    const module: Module = { program, scope, exports: new Map(), wildcards: [], imported: new Set() };
    this.#modules.set(program.path, module);
    // A module's names are its own, whatever function asked for the module first.
    const outer = this.#frames.splice(0);
    const collecting = this.#collecting;
    this.#collecting = undefined;
    this.#frames.push({ code: undefined, returns: [], yields: [] });
    this.#run(program.statements, scope, false);
    this.#frames.splice(0, this.#frames.length, ...outer);
    this.#collecting = collecting;
    return module;
  }

  get modules(): Iterable<Module> {
    return this.#modules.values();
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
    return this.#results.get(value.code) ?? this.#execute(value, NO_ARGUMENTS);
  }

  exported(module: Module, name: string): Value | undefined {
    const question = `${module.program.path}\n${name}`;
    // Modules may pass each other's names on in a circle.
    if (this.#asked.has(question)) return undefined;
    this.#asked.add(question);
    try {
      return this.#exported(module, name);
    } finally {
      this.#asked.delete(question);
    }
  }

  #exported(module: Module, name: string): Value | undefined {
    const found = module.exports.get(name);
    if (!found) {
      for (const { from } of name === "default" ? [] : module.wildcards) {
        const program = this.#findProgram(module.program.path, from, module.program.language);
        const value = program && this.#nameIn(this.load(program), name);
        if (value) return value;
      }
      return undefined;
    }
    if ("value" in found) return found.value;
    const later = found.later;
    if (later.kind !== "from") return this.#evaluator.evaluate(later, module.scope);
    const binding = { module: later.module, imported: later.imported, local: name, span: found.span };
    return this.#imported(module, binding);
  }

  /** Names that a module passes on with `export *`. */
  reexported(module: Module, seen = new Set<Module>()): string[] {
    if (seen.has(module)) return [];
    seen.add(module);
    return module.wildcards.flatMap(({ from }) => {
      const program = this.#findProgram(module.program.path, from, module.program.language);
      if (!program) return [];
      const inner = this.load(program);
      const own = [...inner.exports.keys()].filter((name) => name !== "default");
      return [...own, ...this.reexported(inner, seen)];
    });
  }

  #nameIn(module: Module, name: string): Value | undefined {
    if (module.program.language === "typescript") {
      const exported = this.exported(module, name);
      if (exported) return exported;
    }
    const own = module.scope.names.get(name);
    if (own) return this.#resolved(own, module.scope, name);
    if (module.program.language === "typescript") return undefined;
    return this.exported(module, name);
  }

  #resolved(value: Value, scope: Scope, name: string): Value {
    if (value.kind !== "import") return value;
    // An import that comes back to itself must not go round for ever.
    scope.names.set(name, UNKNOWN);
    const resolved = this.#imported(value.module, value.binding);
    scope.names.set(name, resolved);
    return resolved;
  }

  #imported(from: Module, binding: ImportBinding): Value {
    const { path, language } = from.program;
    const external: Value = {
      kind: "external",
      module: binding.module,
      name: binding.imported === "*" ? lastPart(binding.module) : binding.imported,
    };
    const program = this.#findProgram(path, binding.module, language);
    if (binding.imported === "*") {
      if (program) return { kind: "module", module: this.load(program), dotted: binding.module };
      return external;
    }
    if (program) {
      const value = this.#nameIn(this.load(program), binding.imported);
      if (value) return value;
    }
    if (language === "python") {
      const dotted = binding.module.endsWith(".")
        ? binding.module + binding.imported
        : `${binding.module}.${binding.imported}`;
      const inner = this.#findProgram(path, dotted, language);
      if (inner) return { kind: "module", module: this.load(inner), dotted };
    }
    return program ? UNKNOWN : external;
  }

  lookup(name: string, scope: Scope): Value {
    for (let at: Scope | undefined = scope; at; at = at.parent) {
      const value = at.names.get(name);
      if (value) return this.#resolved(value, at, name);
    }
    const module = this.#modules.get(scope.path);
    const starred = module?.program.language === "python" ? this.exported(module, name) : undefined;
    if (starred) return starred;
    return { kind: "external", module: "", name };
  }

  // Statements

  #run(statements: readonly Statement[], scope: Scope, maybe: boolean): void {
    for (const statement of statements) {
      if (!this.mayGoOn()) return;
      this.#statement(statement, scope, maybe);
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
        scope.names.set(statement.name, this.makeClass(statement.code, scope));
        return;
      case "import":
        this.#import(statement.bindings, scope);
        return;
      case "type":
        scope.types.set(statement.name, statement.type);
        return;
      case "export":
        this.#export(statement, scope);
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
    else this.#frames[this.#frames.length - 1]?.returns.push(this.#evaluator.evaluate(value, scope));
  }

  #import(bindings: readonly ImportBinding[], scope: Scope): void {
    const module = this.#modules.get(scope.path);
    if (!module) return;
    for (const binding of bindings) {
      if (binding.local === "*") module.wildcards.push({ from: binding.module });
      else {
        scope.names.set(binding.local, { kind: "import", module, binding });
        scope.spans.set(binding.local, binding.span);
        if (scope === module.scope) module.imported.add(binding.local);
      }
    }
  }

  #export(statement: Extract<Statement, { kind: "export" }>, scope: Scope): void {
    const module = this.#modules.get(scope.path);
    if (!module) return;
    for (const { name, span, value } of statement.exports) {
      if (name === "*" && value.kind === "from") module.wildcards.push({ from: value.module });
      else if (value.kind === "from" || value.kind === "name")
        module.exports.set(name, { span, later: value });
      else module.exports.set(name, { span, value: this.#evaluator.evaluate(value, scope) });
    }
  }

  assign(target: Pattern, value: Value, scope: Scope, maybe: boolean): void {
    switch (target.kind) {
      case "name": {
        const old = scope.names.get(target.name);
        // What only may happen does not take away what is known: `except ImportError: graph = None`.
        if (maybe && old && isNothing(value)) return;
        scope.names.set(target.name, value);
        scope.spans.set(target.name, target.span);
        return;
      }
      case "place": {
        const { place } = target;
        if (place.kind !== "member" && place.kind !== "index") return;
        const object = this.#evaluator.evaluate(place.object, scope);
        const key =
          place.kind === "member" ? constant(place.name) : this.#evaluator.evaluate(place.index, scope);
        if (key.kind !== "constant") return;
        const fields =
          object.kind === "instance" || object.kind === "class"
            ? object.fields
            : object.kind === "dictionary"
              ? object.entries
              : undefined;
        if (fields && !(maybe && isNothing(value) && fields.has(String(key.value)))) {
          fields.set(String(key.value), value);
        }
        return;
      }
      case "list":
        target.items.forEach((item, index) => {
          const rest = item.kind === "rest";
          const part =
            value.kind !== "list"
              ? UNKNOWN
              : rest
                ? { kind: "list" as const, items: value.items.slice(index) }
                : (value.items[index] ?? UNKNOWN);
          this.assign(rest ? item.target : item, part, scope, maybe);
        });
        return;
      case "fields":
        for (const field of target.fields)
          this.assign(field.target, this.member(value, field.key), scope, maybe);
        return;
      case "default":
        this.assign(
          target.target,
          isNothing(value) ? this.#evaluator.evaluate(target.value, scope) : value,
          scope,
          maybe,
        );
        return;
      case "rest":
        this.assign(target.target, value, scope, maybe);
        return;
      case "ignored":
        return;
    }
  }

  yielded(value: Value): void {
    this.#frames[this.#frames.length - 1]?.yields.push(value);
  }

  // Functions

  closure(code: FunctionCode, scope: Scope): FunctionValue {
    const value: FunctionValue = { kind: "function", code, scope };
    if (code.buildsGraph) this.#builders.push(value);
    return value;
  }

  #decorated(code: FunctionCode, scope: Scope): Value {
    let value: Value = this.closure(code, scope);
    for (const decorator of [...code.decorators].reverse()) {
      const by = this.#evaluator.evaluate(decorator, scope);
      value = decorate(this, by, value, { path: scope.path, language: scope.language, span: decorator.span });
    }
    return value;
  }

  call(value: Value, args: Arguments, site: CallSite): Value {
    switch (value.kind) {
      case "function":
        return this.#callFunction(value, args);
      case "class":
        return this.#instantiate(value, args, site);
      case "instance": {
        const method = this.method(value, "__call__");
        return method ? this.#callFunction(method, args) : UNKNOWN;
      }
      case "task":
        if (this.#collecting && addTask(this.#collecting, value) && value.run)
          this.#callFunction(value.run, args);
        return UNKNOWN;
      case "external": {
        const loaded = value.module === "" ? this.#required(value.name, args, site) : undefined;
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

  /** `require("x")` and `import("x")`. */
  #required(name: string, args: Arguments, site: CallSite): Value | undefined {
    const [first] = args.positional;
    const from = this.#modules.get(site.path);
    if (!/^(require|import)$/.test(name) || !from) return undefined;
    if (first?.kind !== "constant" || typeof first.value !== "string") return undefined;
    return this.#imported(from, { module: first.value, imported: "*", local: "", span: site.span });
  }

  returns(value: FunctionValue): readonly Value[] {
    const returned: Value[] = [];
    this.#execute(value, NO_ARGUMENTS, returned);
    return returned;
  }

  #callFunction(value: FunctionValue, args: Arguments): Value {
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
    this.#bind(value, args, scope);
    this.#run(code.body(), scope, false);
    this.#frames.pop();
    returned?.push(...frame.returns);
    const results = [...frame.yields, ...frame.returns];
    let result = joined(results);
    if (result.kind === "function" && result.scope === scope) {
      const inner = result.code;
      const wraps = code.params.flatMap((param) => {
        const given = param.name === undefined ? undefined : scope.names.get(param.name);
        return given && isTelling(given) && inner.mentions(param.name ?? "") ? [given] : [];
      });
      result = { ...result, wraps: [...(result.wraps ?? []), ...wraps] };
    }
    if (!this.#results.has(code) || result.kind === "graph") this.#results.set(code, result);
    return result;
  }

  #bind(value: FunctionValue, args: Arguments, scope: Scope): void {
    const { code, self } = value;
    let params = code.params;
    if (code.kind !== "arrow" && scope.language === "typescript") scope.names.set("this", self ?? UNKNOWN);
    if (scope.language === "python" && self && code.kind !== "static" && params[0]) {
      this.assign(params[0].pattern, self, scope, false);
      params = params.slice(1);
    }
    params.forEach((param, index) => {
      const { pattern } = param;
      if (param.kind === "rest") {
        this.assign(pattern, { kind: "list", items: args.positional.slice(index) }, scope, false);
        return;
      }
      if (param.kind === "keywords") {
        const rest = new Map(
          [...args.named].filter(([name]) => !params.some((other) => other.name === name)),
        );
        this.assign(pattern, { kind: "dictionary", entries: rest, spans: new Map() }, scope, false);
        return;
      }
      const given =
        (param.name === undefined ? undefined : args.named.get(param.name)) ?? args.positional[index];
      const bound = given ?? (param.fallback ? this.#evaluator.evaluate(param.fallback, scope) : UNKNOWN);
      this.assign(pattern, bound, scope, false);
    });
  }

  // Classes

  makeClass(code: ClassCode, scope: Scope): ClassValue {
    const value: ClassValue = { kind: "class", code, scope, fields: new Map() };
    for (const field of code.fields) {
      if (!field.instance) value.fields.set(field.name, this.#evaluator.evaluate(field.value, scope));
    }
    // The methods that build graphs are run on an object of their own, unless the program makes one.
    const building = [...code.methods.values()].filter((method) => method.buildsGraph);
    if (building.length > 0) {
      const self: InstanceValue = { kind: "instance", of: value, fields: new Map() };
      const construct = this.method(self, "__init__") ?? this.method(self, "constructor");
      if (construct && !construct.code.buildsGraph) this.#builders.push(construct);
      for (const method of building) {
        this.#builders.push({ kind: "function", code: method, scope, self });
      }
      this.#instanceFields(self);
    }
    return value;
  }

  #instanceFields(self: InstanceValue): void {
    const scope = new Scope(self.of.scope.path, self.of.scope.language, self.of.scope);
    scope.names.set("this", self);
    for (const base of this.#bases(self.of)) {
      for (const field of base.code.fields) {
        if (field.instance) self.fields.set(field.name, this.#evaluator.evaluate(field.value, scope));
      }
    }
  }

  /** The class and its bases in the workspace, the base-most first. */
  #bases(value: ClassValue, depth = 0): ClassValue[] {
    const bases =
      depth > 8 ? [] : value.code.bases.map((base) => this.#evaluator.evaluate(base, value.scope));
    return [...bases.flatMap((base) => (base.kind === "class" ? this.#bases(base, depth + 1) : [])), value];
  }

  #instantiate(value: ClassValue, args: Arguments, site: CallSite): Value {
    const self: InstanceValue = { kind: "instance", of: value, fields: new Map() };
    const outside = this.#bases(value)
      .flatMap((base) =>
        base.code.bases.map((expression) => this.#evaluator.evaluate(expression, base.scope)),
      )
      .filter((base) => base.kind === "external");
    for (const base of outside) {
      if (/^(StateGraph|MessageGraph|ToolNode)$/.test(base.name)) return callApi(this, base, args, site);
    }
    this.#instanceFields(self);
    const construct = this.method(self, "__init__") ?? this.method(self, "constructor");
    if (construct) this.#callFunction(construct, args);
    else for (const [name, given] of args.named) self.fields.set(name, given);
    return self;
  }

  method(instance: InstanceValue, name: string): FunctionValue | undefined {
    for (const owner of this.#bases(instance.of).reverse()) {
      const code = owner.code.methods.get(name);
      if (code) return { kind: "function", code, scope: owner.scope, self: instance };
    }
    return undefined;
  }

  member(value: Value, name: string): Value {
    switch (value.kind) {
      case "module":
        return (
          this.#nameIn(value.module, name) ??
          this.#imported(value.module, {
            module: value.module.program.language === "python" ? `.${name}` : name,
            imported: "*",
            local: name,
            span: { start: 0, line: 1, endLine: 1 },
          })
        );
      case "external":
        return {
          kind: "external",
          module: value.module === "" ? value.name : `${value.module}.${value.name}`,
          name,
        };
      case "instance": {
        const field = value.fields.get(name);
        if (field) return field;
        const method = this.method(value, name);
        if (method) return method.code.kind === "getter" ? this.#callFunction(method, NO_ARGUMENTS) : method;
        for (const owner of this.#bases(value.of).reverse()) {
          const shared = owner.fields.get(name);
          if (shared) return shared;
        }
        return UNKNOWN;
      }
      case "class": {
        for (const owner of this.#bases(value).reverse()) {
          const shared = owner.fields.get(name);
          if (shared) return shared;
          const code = owner.code.methods.get(name);
          if (code) return { kind: "function", code, scope: owner.scope };
        }
        return UNKNOWN;
      }
      case "dictionary":
        return value.entries.get(name) ?? { kind: "method", target: value, name };
      case "graph":
        // A createAgent result keeps its compiled graph in `graph`.
        return name === "graph" ? value : { kind: "method", target: value, name };
      case "constant":
        // An enum's member: `Nodes.AGENT.value`.
        return name === "value" ? value : { kind: "method", target: value, name };
      case "tool":
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

function lastPart(module: string): string {
  return module.slice(module.lastIndexOf(".") + 1);
}
