// Reads a TypeScript or JavaScript file, statement by statement.

import type { FunctionGrammar } from "../functions.ts";
import { type Expression, GRAPH_MAKERS, type Program, type Statement } from "../program.ts";
import { spanOf } from "../reader.ts";
import { childOf, type SyntaxNode, type SyntaxTree } from "../syntax.ts";
import { TypeScriptModules } from "./modules.ts";

export function readTypeScript(path: string, tree: SyntaxTree): Program {
  return new TypeScriptReader(path, tree).program();
}

const SCRIPT_GUARD =
  /require\.main\s*===?\s*module|module\s*===?\s*require\.main|import\.meta\.(main\b|url\b.*argv|filename\b.*argv)|argv\[1\].*import\.meta/s;

const FUNCTIONS = new Set([
  "function_declaration",
  "generator_function_declaration",
  "function_expression",
  "generator_function",
  "arrow_function",
  "method_definition",
]);

class TypeScriptReader extends TypeScriptModules {
  protected functionGrammar(): FunctionGrammar {
    const interrupts = this.interruptNames();
    return {
      isFunction: (node) => FUNCTIONS.has(node.type),
      name: (node, parents) => this.#functionName(node, parents[parents.length - 1]),
      outer: (node) => node,
      firstStatement: (node) => {
        let body = childOf(node, "body");
        if (body?.type !== "statement_block") {
          while (body?.type === "parenthesized_expression" && body.children[0]) body = body.children[0];
          return body;
        }
        return body.children.find(
          (child) => child.type !== "comment" && !(isDirective(child) && (body?.children.length ?? 0) > 1),
        );
      },
      returnTypes: new Set(["return_statement"]),
      callTypes: new Set(["call_expression", "new_expression"]),
      isInterrupt: (call) => {
        const callee = childOf(call, "function");
        if (!callee) return false;
        const text = this.textOf(callee);
        return interrupts.has(text) || /^_?(config|runtime)\??\.interrupt$/.test(text);
      },
      buildsGraph: (call) => {
        const callee = childOf(call, call.type === "new_expression" ? "constructor" : "function");
        if (!callee) return false;
        const name = callee.type === "member_expression" ? childOf(callee, "property") : callee;
        return name !== undefined && GRAPH_MAKERS.test(this.textOf(name));
      },
    };
  }

  /** The name that JavaScript itself would give the function. */
  #functionName(node: SyntaxNode, parent: SyntaxNode | undefined): string | undefined {
    const own = childOf(node, "name");
    if (own) return this.textOf(own);
    const holder =
      parent?.type === "variable_declarator" || parent?.type === "public_field_definition"
        ? childOf(parent, "name")
        : parent?.type === "pair"
          ? childOf(parent, "key")
          : parent?.type === "assignment_expression"
            ? childOf(parent, "left")
            : undefined;
    if (!holder) return undefined;
    const text = this.textOf(holder).replace(/^["']|["']$/g, "");
    return text.slice(text.lastIndexOf(".") + 1);
  }

  // Statements

  protected statements(nodes: readonly SyntaxNode[]): Statement[] {
    const out: Statement[] = [];
    for (const node of nodes) this.#statement(node, out);
    return out;
  }

  #body(node: SyntaxNode | undefined): Statement[] {
    if (!node) return [];
    return this.statements(node.type === "statement_block" ? node.children : [node]);
  }

  #statement(node: SyntaxNode, out: Statement[]): void {
    const span = spanOf(node);
    switch (node.type) {
      case "expression_statement":
        if (node.children[0]) this.#expressionStatement(node.children[0], out);
        return;
      case "lexical_declaration":
      case "variable_declaration":
        for (const child of node.children) this.#declarator(child, out);
        return;
      case "function_declaration":
      case "generator_function_declaration":
      case "class_declaration":
      case "abstract_class_declaration":
        this.#definition(node, out);
        return;
      case "enum_declaration":
        this.#enum(node, out);
        return;
      case "type_alias_declaration": {
        const name = childOf(node, "name");
        const value = childOf(node, "value");
        if (name && value) out.push({ kind: "type", name: this.textOf(name), type: this.type(value), span });
        return;
      }
      case "import_statement":
        out.push({ kind: "import", bindings: this.imports(node), span });
        return;
      case "export_statement": {
        const declaration = childOf(node, "declaration");
        if (declaration) this.#statement(declaration, out);
        out.push({ kind: "export", exports: this.exports(node), span });
        return;
      }
      case "return_statement": {
        const value = node.children.find((child) => child.type !== "comment");
        if (value) out.push({ kind: "return", value: this.expression(value), span });
        return;
      }
      case "if_statement":
        this.#if(node, out);
        return;
      case "for_in_statement": {
        const left = childOf(node, "left");
        const right = childOf(node, "right");
        if (!left || !right) return;
        const body = this.#body(childOf(node, "body"));
        out.push({ kind: "loop", target: this.pattern(left), iterable: this.expression(right), body, span });
        return;
      }
      case "for_statement":
      case "while_statement":
      case "do_statement":
      case "labeled_statement":
        out.push({ kind: "branches", bodies: [this.#body(childOf(node, "body"))], span });
        return;
      case "switch_statement": {
        const cases = childOf(node, "body")?.children ?? [];
        const bodies = cases.map((child) =>
          this.statements(child.children.filter((inner) => inner.field === "body")),
        );
        out.push({ kind: "branches", bodies, span });
        return;
      }
      case "try_statement": {
        const parts = [childOf(node, "body"), childBody(node, "handler"), childBody(node, "finalizer")];
        out.push({ kind: "branches", bodies: parts.map((part) => this.#body(part)), span });
        return;
      }
      case "statement_block":
        out.push(...this.statements(node.children));
        return;
      case "ERROR":
        // What the parser could not join may still be whole statements.
        for (const child of node.children) {
          if (/_statement$|_declaration$/.test(child.type)) this.#statement(child, out);
          else if (/^(call|assignment|await)_expression$/.test(child.type))
            this.#expressionStatement(child, out);
        }
        return;
      default:
        return;
    }
  }

  #expressionStatement(node: SyntaxNode, out: Statement[]): void {
    const span = spanOf(node);
    const left = childOf(node, "left");
    const right = childOf(node, "right");
    if (node.type === "assignment_expression" && left && right) {
      const exports = this.commonJsExports(left, right);
      if (exports) {
        out.push({ kind: "export", exports, span });
        return;
      }
      if (right.type === "assignment_expression") this.#expressionStatement(right, out);
      out.push({ kind: "assign", target: this.pattern(left), value: this.expression(right), span });
      return;
    }
    out.push({ kind: "expression", value: this.expression(node), span });
  }

  #declarator(node: SyntaxNode, out: Statement[]): void {
    const name = childOf(node, "name");
    const value = childOf(node, "value");
    if (node.type !== "variable_declarator" || !name || !value) return;
    out.push({
      kind: "assign",
      target: this.pattern(name),
      value: this.expression(value),
      span: spanOf(node),
    });
  }

  #definition(node: SyntaxNode, out: Statement[]): void {
    const nameNode = childOf(node, "name");
    if (!nameNode) return;
    const name = this.textOf(nameNode);
    const span = spanOf(node);
    if (/class/.test(node.type)) out.push({ kind: "class", name, code: this.classCode(node), span });
    else out.push({ kind: "function", name, code: this.functionCode(node), span });
  }

  #enum(node: SyntaxNode, out: Statement[]): void {
    const name = childOf(node, "name");
    const body = childOf(node, "body");
    if (!name || !body) return;
    const entries = body.children.flatMap((child) => {
      const key = childOf(child, "name");
      const value = childOf(child, "value");
      if (child.type !== "enum_assignment" || !key || !value) return [];
      const constantKey: Expression = { kind: "constant", value: this.textOf(key), span: spanOf(key) };
      return [{ key: constantKey, value: this.expression(value) }];
    });
    const span = spanOf(node);
    out.push({
      kind: "assign",
      target: { kind: "name", name: this.textOf(name), span: spanOf(name) },
      value: { kind: "dictionary", entries, span },
      span,
    });
  }

  #if(node: SyntaxNode, out: Statement[]): void {
    const condition = childOf(node, "condition");
    const consequence = childOf(node, "consequence");
    if (condition && SCRIPT_GUARD.test(this.textOf(condition))) {
      this.scripts.push({ line: node.line, endLine: node.endLine });
      out.push({ kind: "script", span: spanOf(node) });
      return;
    }
    const alternative = childOf(node, "alternative")?.children[0];
    out.push({
      kind: "branches",
      bodies: [this.#body(consequence), this.#body(alternative)],
      span: spanOf(node),
    });
  }
}

function isDirective(node: SyntaxNode): boolean {
  return node.type === "expression_statement" && node.children[0]?.type === "string";
}

function childBody(node: SyntaxNode, field: string): SyntaxNode | undefined {
  const clause = childOf(node, field);
  return clause && childOf(clause, "body");
}
