// Modules and the names they give each other: imports, exports, re-exports, in both languages.

import type { Expression, ImportBinding, Language, Program, Statement } from "./program.ts";
import { type Arguments, type CallSite, type Module, Scope, UNKNOWN, type Value } from "./values.ts";

/** Gives the program of an imported module, or undefined where the workspace has none of that name. */
export type FindProgram = (from: string, module: string, language: Language) => Program | undefined;

/** What the linker leaves to the interpreter. */
export interface LinkerHost {
  evaluate(expression: Expression, scope: Scope): Value;
  runModule(program: Program, scope: Scope): void;
}

export class Linker {
  readonly #findProgram: FindProgram;
  readonly #host: LinkerHost;
  readonly #modules = new Map<string, Module>();
  readonly #asked = new Set<string>();

  constructor(findProgram: FindProgram, host: LinkerHost) {
    this.#findProgram = findProgram;
    this.#host = host;
  }

  get modules(): Iterable<Module> {
    return this.#modules.values();
  }

  /** Runs the module's own statements, once. */
  load(program: Program): Module {
    const known = this.#modules.get(program.path);
    if (known) return known;
    const scope = new Scope(program.path, program.language);
    const module: Module = { program, scope, exports: new Map(), wildcards: [], imported: new Set() };
    this.#modules.set(program.path, module);
    this.#host.runModule(program, scope);
    return module;
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
    if (later.kind !== "from") return this.#host.evaluate(later, module.scope);
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
      name: binding.imported,
    };
    const program = this.#findProgram(path, binding.module, language);
    if (binding.imported === "*") {
      if (program) return { kind: "module", module: this.load(program) };
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
      if (inner) return { kind: "module", module: this.load(inner) };
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

  /** `require("x")` and `import("x")`. */
  required(name: string, args: Arguments, site: CallSite): Value | undefined {
    const [first] = args.positional;
    const from = this.#modules.get(site.path);
    if (!/^(require|import)$/.test(name) || !from) return undefined;
    if (first?.kind !== "constant" || typeof first.value !== "string") return undefined;
    return this.#imported(from, { module: first.value, imported: "*", local: "", span: site.span });
  }

  /** Binds the names that an import statement brings in; they are looked up when they are used. */
  import(bindings: readonly ImportBinding[], scope: Scope): void {
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

  export(statement: Extract<Statement, { kind: "export" }>, scope: Scope): void {
    const module = this.#modules.get(scope.path);
    if (!module) return;
    for (const { name, span, value } of statement.exports) {
      if (name === "*" && value.kind === "from") module.wildcards.push({ from: value.module });
      else if (value.kind === "from" || value.kind === "name")
        module.exports.set(name, { span, later: value });
      else module.exports.set(name, { span, value: this.#host.evaluate(value, scope) });
    }
  }

  /** `name` of a module value: a name in it, or a module below it. */
  memberOf(module: Module, name: string): Value {
    return (
      this.#nameIn(module, name) ??
      this.#imported(module, {
        module: module.program.language === "python" ? `.${name}` : name,
        imported: "*",
        local: name,
        span: { start: 0, line: 1, endLine: 1 },
      })
    );
  }
}
