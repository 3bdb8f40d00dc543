// Classes and their objects: fields, methods, bases, and graphs that are built in methods.

import { callApi } from "./langgraph.ts";
import type { ClassCode, Expression } from "./program.ts";
import {
  type Arguments,
  type CallSite,
  type ClassValue,
  type FunctionValue,
  type InstanceValue,
  type Machine,
  NO_ARGUMENTS,
  Scope,
  UNKNOWN,
  type Value,
} from "./values.ts";

/** What classes leave to the interpreter. */
export interface ClassHost extends Machine {
  evaluate(expression: Expression, scope: Scope): Value;
  callFunction(value: FunctionValue, args: Arguments): Value;
  /** A function that builds a graph, to be run at the end unless the program calls it. */
  remember(builder: FunctionValue): void;
}

export class Classes {
  readonly #host: ClassHost;

  constructor(host: ClassHost) {
    this.#host = host;
  }

  make(code: ClassCode, scope: Scope): ClassValue {
    const value: ClassValue = { kind: "class", code, scope, fields: new Map() };
    for (const field of code.fields) {
      if (!field.instance) value.fields.set(field.name, this.#host.evaluate(field.value, scope));
    }
    // The methods that build graphs are run on an object of their own, unless the program makes one.
    const building = [...code.methods.values()].filter((method) => method.buildsGraph);
    if (building.length > 0) {
      const self: InstanceValue = { kind: "instance", of: value, fields: new Map() };
      const construct = this.#constructorOf(self);
      if (construct && !construct.code.buildsGraph) this.#host.remember(construct);
      for (const method of building) {
        this.#host.remember({ kind: "function", code: method, scope, self });
      }
      this.#instanceFields(self);
    }
    return value;
  }

  #constructorOf(self: InstanceValue): FunctionValue | undefined {
    return this.method(self, "__init__") ?? this.method(self, "constructor");
  }

  #instanceFields(self: InstanceValue): void {
    const scope = new Scope(self.of.scope.path, self.of.scope.language, self.of.scope);
    scope.names.set("this", self);
    for (const base of this.#bases(self.of)) {
      for (const field of base.code.fields) {
        if (field.instance) self.fields.set(field.name, this.#host.evaluate(field.value, scope));
      }
    }
  }

  /** The class and its bases in the workspace, the base-most first. */
  #bases(value: ClassValue, depth = 0): ClassValue[] {
    const bases = depth > 8 ? [] : value.code.bases.map((base) => this.#host.evaluate(base, value.scope));
    return [...bases.flatMap((base) => (base.kind === "class" ? this.#bases(base, depth + 1) : [])), value];
  }

  /** An object of the class; a graph or a tool node where the class extends one. */
  instantiate(value: ClassValue, args: Arguments, site: CallSite): Value {
    const self: InstanceValue = { kind: "instance", of: value, fields: new Map() };
    const bases = this.#bases(value);
    const outside = bases
      .flatMap((base) => base.code.bases.map((expression) => this.#host.evaluate(expression, base.scope)))
      .filter((base) => base.kind === "external");
    // A class of the name itself is a copy of LangGraph's sources.
    const named = bases.map((base) => ({
      kind: "external" as const,
      module: "",
      name: base.code.name ?? "",
    }));
    for (const base of [...outside, ...named]) {
      if (/^(StateGraph|MessageGraph|ToolNode)$/.test(base.name)) {
        return callApi(this.#host, base, args, site);
      }
    }
    this.#instanceFields(self);
    const construct = this.#constructorOf(self);
    if (construct) this.#host.callFunction(construct, args);
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

  memberOfInstance(value: InstanceValue, name: string): Value {
    const field = value.fields.get(name);
    if (field) return field;
    const method = this.method(value, name);
    if (method) return method.code.kind === "getter" ? this.#host.callFunction(method, NO_ARGUMENTS) : method;
    for (const owner of this.#bases(value.of).reverse()) {
      const shared = owner.fields.get(name);
      if (shared) return shared;
    }
    return UNKNOWN;
  }

  memberOfClass(value: ClassValue, name: string): Value {
    for (const owner of this.#bases(value).reverse()) {
      const shared = owner.fields.get(name);
      if (shared) return shared;
      const code = owner.code.methods.get(name);
      if (code) return { kind: "function", code, scope: owner.scope };
    }
    return UNKNOWN;
  }
}
