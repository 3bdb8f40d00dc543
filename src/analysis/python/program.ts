// Reads a Python file, statement by statement, with its functions, classes and imports.

import type { FunctionGrammar } from "../functions.ts";
import {
  type ClassCode,
  type Expression,
  type FunctionCode,
  GRAPH_MAKERS,
  type ImportBinding,
  type Parameter,
  type Program,
  type Statement,
} from "../program.ts";
import { spanOf } from "../reader.ts";
import { childOf, childrenOf, type SyntaxNode, type SyntaxTree } from "../syntax.ts";
import { PythonExpressions } from "./expressions.ts";

export function readPython(path: string, tree: SyntaxTree): Program {
  return new PythonReader(path, tree).program();
}

const SCRIPT_GUARD = /__name__\s*==\s*["']__main__["']|["']__main__["']\s*==\s*__name__/;

class PythonReader extends PythonExpressions {
  protected functionGrammar(): FunctionGrammar {
    const interrupts = this.#interruptNames();
    return {
      isFunction: (node) => node.type === "function_definition" || node.type === "lambda",
      name: (node) => {
        const name = childOf(node, "name");
        return name ? this.textOf(name) : undefined;
      },
      outer: (node, parents) => {
        const parent = parents[parents.length - 1];
        return parent?.type === "decorated_definition" ? parent : node;
      },
      firstStatement: (node) => {
        const body = childOf(node, "body");
        if (node.type === "lambda" || !body) return body;
        const statements = body.children.filter((child) => child.type !== "comment");
        return isDocstring(statements[0]) && statements.length > 1 ? statements[1] : statements[0];
      },
      returnTypes: new Set(["return_statement"]),
      callTypes: new Set(["call"]),
      isInterrupt: (call) => {
        const callee = childOf(call, "function");
        return callee !== undefined && interrupts.has(this.textOf(callee));
      },
      buildsGraph: (call) => {
        const callee = childOf(call, "function");
        if (!callee) return false;
        const name = callee.type === "attribute" ? childOf(callee, "attribute") : callee;
        return name?.type === "identifier" && GRAPH_MAKERS.test(this.textOf(name));
      },
    };
  }

  /** The names under which this file calls LangGraph's `interrupt`. */
  #interruptNames(): ReadonlySet<string> {
    const names = new Set<string>();
    let bound = false;
    const visit = (node: SyntaxNode): void => {
      for (const child of node.children) {
        if (child.type === "import_from_statement" || child.type === "import_statement") {
          for (const binding of this.#imports(child)) {
            if (binding.local === "interrupt") bound = true;
            if (!/^langgraph\b/.test(binding.module)) continue;
            if (binding.imported === "interrupt") names.add(binding.local);
            if (binding.imported === "*" || binding.imported === "types") {
              names.add(`${binding.local}.interrupt`);
              names.add(`${binding.local}.types.interrupt`);
            }
          }
        } else if (!/expression|class_def|assignment/.test(child.type)) visit(child);
      }
    };
    visit(this.root);
    // A file that is being typed may not have its import yet.
    if (!bound) names.add("interrupt");
    return names;
  }

  // Statements

  protected statements(nodes: readonly SyntaxNode[]): Statement[] {
    const out: Statement[] = [];
    for (const node of nodes) this.#statement(node, out);
    return out;
  }

  #body(node: SyntaxNode): Statement[] {
    return this.statements(childOf(node, "body")?.children ?? []);
  }

  #statement(node: SyntaxNode, out: Statement[]): void {
    const span = spanOf(node);
    switch (node.type) {
      case "expression_statement":
        for (const child of node.children) this.#expressionStatement(child, out);
        return;
      case "decorated_definition":
      case "function_definition":
      case "class_definition":
        this.#definition(node, out);
        return;
      case "import_statement":
      case "import_from_statement":
        out.push({ kind: "import", bindings: this.#imports(node), span });
        return;
      case "return_statement": {
        const value = node.children[0];
        if (value) out.push({ kind: "return", value: this.expression(value), span });
        return;
      }
      case "if_statement": {
        const condition = childOf(node, "condition");
        if (condition && SCRIPT_GUARD.test(this.textOf(condition))) {
          const guarded = childOf(node, "consequence") ?? node;
          this.scripts.push({ line: node.line, endLine: guarded.endLine });
          out.push({ kind: "script", span });
          return;
        }
        this.#branches(node, out);
        return;
      }
      case "for_statement": {
        const left = childOf(node, "left");
        const right = childOf(node, "right");
        if (!left || !right) return;
        out.push({
          kind: "loop",
          target: this.pattern(left),
          iterable: this.expression(right),
          body: this.#body(node),
          span,
        });
        return;
      }
      case "with_statement":
        for (const item of node.children.find((child) => child.type === "with_clause")?.children ?? []) {
          const value = childOf(item, "value");
          if (value) this.#withItem(value, out);
        }
        out.push(...this.#body(node));
        return;
      case "while_statement":
      case "try_statement":
      case "match_statement":
        this.#branches(node, out);
        return;
      case "type_alias_statement": {
        const [name, type] = node.children;
        if (name && type) {
          out.push({ kind: "type", name: this.textOf(name), type: this.type(type), span });
        }
        return;
      }
      case "ERROR":
        // What the parser could not join may still be whole statements.
        for (const child of node.children) {
          if (/_statement$|_definition$/.test(child.type)) this.#statement(child, out);
          else if (child.type === "call" || child.type === "assignment")
            this.#expressionStatement(child, out);
        }
        return;
      default:
        return;
    }
  }

  #branches(node: SyntaxNode, out: Statement[]): void {
    const bodies: Statement[][] = [];
    const visit = (parent: SyntaxNode): void => {
      for (const child of parent.children) {
        if (child.type === "block") {
          // A match statement's block holds its cases.
          if (child.children.some((inner) => inner.type === "case_clause")) visit(child);
          else bodies.push(this.statements(child.children));
        } else if (/_clause$/.test(child.type)) visit(child);
      }
    };
    visit(node);
    out.push({ kind: "branches", bodies, span: spanOf(node) });
  }

  #withItem(value: SyntaxNode, out: Statement[]): void {
    const alias = childOf(value, "alias")?.children[0];
    const source = value.type === "as_pattern" ? value.children[0] : value;
    if (!source) return;
    const span = spanOf(value);
    if (alias) {
      out.push({ kind: "assign", target: this.pattern(alias), value: this.expression(source), span });
    } else out.push({ kind: "expression", value: this.expression(source), span });
  }

  #expressionStatement(node: SyntaxNode, out: Statement[]): void {
    const span = spanOf(node);
    if (node.type === "assignment" || node.type === "augmented_assignment") {
      const left = childOf(node, "left");
      const right = childOf(node, "right");
      if (!left || !right) return;
      const type = this.aliasType(right);
      if (type && left.type === "identifier") {
        out.push({ kind: "type", name: this.textOf(left), type, span });
      }
      const target = this.pattern(left);
      if (node.type === "augmented_assignment") {
        out.push({ kind: "extend", target, value: this.expression(right), span });
        return;
      }
      // `a = b = value`: the inner assignment comes first.
      if (right.type === "assignment") {
        this.#expressionStatement(right, out);
        const inner = childOf(right, "left");
        if (inner) out.push({ kind: "assign", target, value: this.expression(inner), span });
        return;
      }
      out.push({ kind: "assign", target, value: this.expression(right), span });
      return;
    }
    out.push({ kind: "expression", value: this.expression(node), span });
  }

  #definition(node: SyntaxNode, out: Statement[]): void {
    const decorators = node.children
      .filter((child) => child.type === "decorator" && child.children[0])
      .map((child) => this.expression(child.children[0] as SyntaxNode));
    const definition = node.type === "decorated_definition" ? childOf(node, "definition") : node;
    const nameNode = definition && childOf(definition, "name");
    if (!definition || !nameNode) return;
    const name = this.textOf(nameNode);
    const span = spanOf(definition);
    if (definition.type === "class_definition") {
      out.push({ kind: "class", name, code: this.#class(definition, name, decorators), span });
    } else {
      out.push({ kind: "function", name, code: this.functionCode(definition, decorators, false), span });
    }
  }

  #imports(node: SyntaxNode): ImportBinding[] {
    const span = spanOf(node);
    const names = childrenOf(node, "name").map((child) => {
      const original = child.type === "aliased_import" ? childOf(child, "name") : child;
      const alias = childOf(child, "alias");
      const imported = original ? this.textOf(original) : "";
      return { imported, alias: alias ? this.textOf(alias) : undefined, span: spanOf(child) };
    });
    const from = childOf(node, "module_name");
    if (from) {
      const module = this.textOf(from).replace(/\s/g, "");
      if (node.children.some((child) => child.type === "wildcard_import")) {
        return [{ module, imported: "*", local: "*", span }];
      }
      return names.map((name) => ({
        module,
        imported: name.imported,
        local: name.alias ?? name.imported,
        span: name.span,
      }));
    }
    return names.map(({ imported, alias, span: at }) => {
      const first = imported.split(".", 1)[0] ?? imported;
      // `import a.b` binds `a`; `import a.b as c` binds the inner module.
      return { module: alias ? imported : first, imported: "*", local: alias ?? first, span: at };
    });
  }

  // Functions and classes

  protected functionCode(
    node: SyntaxNode,
    decorators: readonly Expression[],
    inClass: boolean,
  ): FunctionCode {
    const { place, buildsGraph } = this.factsOf(node);
    const body = childOf(node, "body");
    const nameNode = childOf(node, "name");
    const returnType = childOf(node, "return_type");
    let statements: readonly Statement[] | undefined;
    return {
      ...(nameNode ? { name: this.textOf(nameNode) } : {}),
      place,
      params: this.#parameters(childOf(node, "parameters")),
      decorators,
      ...(returnType ? { returnType: this.annotation(returnType) } : {}),
      kind: inClass ? methodKind(decorators) : "function",
      start: node.start,
      buildsGraph,
      text: () => (body ? this.textOf(body) : ""),
      body: () => {
        if (statements) return statements;
        if (!body) statements = [];
        else if (node.type === "lambda") {
          statements = [{ kind: "return", value: this.expression(body), span: spanOf(body) }];
        } else statements = this.statements(body.children);
        return statements;
      },
    };
  }

  #class(node: SyntaxNode, name: string, decorators: readonly Expression[]): ClassCode {
    const methods = new Map<string, FunctionCode>();
    const fields: ClassCode["fields"][number][] = [];
    const body = childOf(node, "body");
    for (const child of body?.children ?? []) {
      const definition = child.type === "decorated_definition" ? childOf(child, "definition") : child;
      if (definition?.type === "function_definition") {
        const methodName = childOf(definition, "name");
        const own = child.children
          .filter((inner) => inner.type === "decorator" && inner.children[0])
          .map((inner) => this.expression(inner.children[0] as SyntaxNode));
        if (methodName) methods.set(this.textOf(methodName), this.functionCode(definition, own, true));
      } else if (child.type === "expression_statement") {
        const assignment = child.children[0];
        const left = assignment && childOf(assignment, "left");
        const right = assignment && childOf(assignment, "right");
        if (left?.type === "identifier" && right) {
          fields.push({ name: this.textOf(left), value: this.expression(right), instance: false });
        }
      }
    }
    const bases = (childOf(node, "superclasses")?.children ?? [])
      .filter((child) => child.type !== "keyword_argument" && child.type !== "comment")
      .map((child) => this.expression(child.type === "subscript" ? (child.children[0] ?? child) : child));
    return { name, bases, decorators, methods, fields, span: spanOf(node) };
  }

  #parameters(node: SyntaxNode | undefined): Parameter[] {
    const out: Parameter[] = [];
    for (const child of node?.children ?? []) {
      const typeNode = childOf(child, "type");
      const value = childOf(child, "value");
      const named = childOf(child, "name") ?? (child.type === "typed_parameter" ? child.children[0] : child);
      if (!named || child.type === "comment" || /_separator$/.test(child.type)) continue;
      const kind =
        named.type === "list_splat_pattern"
          ? "rest"
          : named.type === "dictionary_splat_pattern"
            ? "keywords"
            : "plain";
      const identifier = kind === "plain" ? named : named.children[0];
      if (!identifier) continue;
      const name = this.textOf(identifier);
      out.push({
        name,
        pattern: { kind: "name", name, span: spanOf(identifier) },
        kind,
        ...(typeNode ? { type: this.type(typeNode) } : {}),
        ...(value ? { fallback: this.expression(value) } : {}),
      });
    }
    return out;
  }
}

function isDocstring(node: SyntaxNode | undefined): boolean {
  return node?.type === "expression_statement" && /string$/.test(node.children[0]?.type ?? "");
}

function methodKind(decorators: readonly Expression[]): FunctionCode["kind"] {
  const names = decorators.map((decorator) =>
    decorator.kind === "name" || decorator.kind === "member" ? decorator.name : "",
  );
  if (names.includes("staticmethod")) return "static";
  return names.some((name) => name === "property" || name === "cached_property") ? "getter" : "method";
}
