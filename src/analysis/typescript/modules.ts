// Reads what a TypeScript or JavaScript file imports and exports.

import type { ExportBinding, ImportBinding } from "../program.ts";
import { spanOf } from "../reader.ts";
import { childOf, type SyntaxNode } from "../syntax.ts";
import { TypeScriptFunctions } from "./functions.ts";

export abstract class TypeScriptModules extends TypeScriptFunctions {
  /** The names under which this file calls LangGraph's `interrupt`. */
  protected interruptNames(): ReadonlySet<string> {
    const names = new Set<string>();
    let bound = false;
    for (const node of this.root.children) {
      if (node.type !== "import_statement") continue;
      for (const binding of this.imports(node)) {
        if (binding.local === "interrupt") bound = true;
        if (!/langgraph/.test(binding.module)) continue;
        if (binding.imported === "interrupt") names.add(binding.local);
        if (binding.imported === "*") names.add(`${binding.local}.interrupt`);
      }
    }
    // A file that is being typed may not have its import yet, and CommonJS has none.
    if (!bound) names.add("interrupt");
    return names;
  }

  protected imports(node: SyntaxNode): ImportBinding[] {
    const source = childOf(node, "source") ?? node.children.find((child) => child.type === "string");
    const clause = node.children.find((child) => /^import_(require_)?clause$/.test(child.type));
    const text = source ?? (clause && childOf(clause, "source"));
    if (!clause || !text) return [];
    const module = this.textOf(text).slice(1, -1);
    return clause.children.flatMap((child): ImportBinding[] => {
      const span = spanOf(child);
      if (child.type === "identifier") {
        const imported = clause.type === "import_require_clause" ? "*" : "default";
        return [{ module, imported, local: this.textOf(child), span }];
      }
      if (child.type === "namespace_import") {
        const name = child.children[0];
        return name ? [{ module, imported: "*", local: this.textOf(name), span }] : [];
      }
      return child.children.flatMap((specifier) => {
        const name = childOf(specifier, "name");
        if (!name) return [];
        const imported = this.textOf(name);
        const alias = childOf(specifier, "alias");
        return [{ module, imported, local: alias ? this.textOf(alias) : imported, span: spanOf(specifier) }];
      });
    });
  }

  /** Of an `export` statement. A declaration in it is a statement of its own. */
  protected exports(node: SyntaxNode): ExportBinding[] {
    const span = spanOf(node);
    const declaration = childOf(node, "declaration");
    if (declaration) {
      const isDefault = /^export\s+default\b/.test(this.text.slice(node.start, node.start + 60));
      return this.#declared(declaration, isDefault);
    }
    const value = childOf(node, "value");
    if (value) return [{ name: "default", span, value: this.expression(value) }];
    const source = childOf(node, "source");
    const module = source ? this.textOf(source).slice(1, -1) : undefined;
    const exports: ExportBinding[] = [];
    for (const child of node.children) {
      if (child === source) continue;
      if (child.type === "export_clause") {
        exports.push(...child.children.flatMap((specifier) => this.#exported(specifier, module)));
      } else if (child.type === "namespace_export" && module !== undefined && child.children[0]) {
        const name = this.textOf(child.children[0]);
        exports.push({ name, span, value: { kind: "from", module, imported: "*" } });
      } else if (child.type !== "comment" && child.type !== "decorator") {
        exports.push({ name: "default", span, value: this.expression(child) });
      }
    }
    if (exports.length === 0 && module !== undefined) {
      exports.push({ name: "*", span, value: { kind: "from", module, imported: "*" } });
    }
    return exports;
  }

  #exported(specifier: SyntaxNode, module: string | undefined): ExportBinding[] {
    const name = childOf(specifier, "name");
    if (!name) return [];
    const local = this.textOf(name);
    const alias = childOf(specifier, "alias");
    return [
      {
        name: alias ? this.textOf(alias) : local,
        span: spanOf(specifier),
        value:
          module === undefined
            ? { kind: "name", name: local, span: spanOf(name) }
            : { kind: "from", module, imported: local },
      },
    ];
  }

  #declared(declaration: SyntaxNode, isDefault: boolean): ExportBinding[] {
    const names: SyntaxNode[] = [];
    const visit = (node: SyntaxNode): void => {
      if (node.type === "identifier" || node.type === "shorthand_property_identifier_pattern")
        names.push(node);
      else if (node.type === "pair_pattern") node.children.slice(1).forEach(visit);
      else if (/_pattern$/.test(node.type)) node.children.forEach(visit);
    };
    const holders = declaration.children.filter((child) => child.type === "variable_declarator");
    if (holders.length === 0) {
      const name = childOf(declaration, "name");
      if (name) names.push(name);
    }
    for (const holder of holders) {
      const name = childOf(holder, "name");
      if (name) visit(name);
    }
    return names.map((name) => ({
      name: isDefault ? "default" : this.textOf(name),
      span: spanOf(name),
      value: { kind: "name", name: this.textOf(name), span: spanOf(name) },
    }));
  }

  /** Of `exports.x = value` and `module.exports = value`; undefined: it is another assignment. */
  protected commonJsExports(left: SyntaxNode, right: SyntaxNode): ExportBinding[] | undefined {
    const match = /^(?:(?:module\.)?exports\.([A-Za-z_$][\w$]*)|module\.exports)$/.exec(this.textOf(left));
    if (!match) return undefined;
    const [, name] = match;
    const value = this.expression(right);
    if (name !== undefined || value.kind !== "dictionary") {
      return [{ name: name ?? "default", span: spanOf(right), value }];
    }
    return value.entries.flatMap((entry) =>
      entry.key?.kind === "constant"
        ? [{ name: String(entry.key.value), span: entry.key.span, value: entry.value }]
        : [],
    );
  }
}
